/** All BIF tables of the virtual machine. */
import { erlangArithBifs } from './erlang/arith.ts';
import { erlangListTupleBifs } from './erlang/lists-tuples.ts';
import { erlangNumberConversionBifs, ertsInternalNumberBifs, stringNumberBifs } from './erlang/number-conversions.ts';
import { erlangTypeTestBifs } from './erlang/type-tests.ts';
import { mathBifs } from './math.ts';
import type { BifTable } from './registry.ts';

export const bifTables: readonly BifTable[] = [
  erlangArithBifs,
  erlangListTupleBifs,
  erlangTypeTestBifs,
  erlangNumberConversionBifs,
  ertsInternalNumberBifs,
  stringNumberBifs,
  mathBifs,
];
