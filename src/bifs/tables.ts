/** All BIF tables of the virtual machine. */
import { erlangArithBifs } from './erlang/arith.ts';
import { erlangExceptionBifs } from './erlang/exceptions.ts';
import { erlangListTupleBifs } from './erlang/lists-tuples.ts';
import { erlangMessageBifs } from './erlang/messages.ts';
import { erlangNumberConversionBifs, ertsInternalNumberBifs, stringNumberBifs } from './erlang/number-conversions.ts';
import { erlangDictionaryBifs } from './erlang/process-dictionary.ts';
import { erlangProcessFlagBifs } from './erlang/process-flags.ts';
import { erlangProcessInfoBifs } from './erlang/process-info.ts';
import { erlangProcessBifs, ertsInternalProcessBifs } from './erlang/processes.ts';
import { erlangSpawnBifs } from './erlang/spawn.ts';
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
  erlangExceptionBifs,
  erlangMessageBifs,
  erlangDictionaryBifs,
  erlangProcessFlagBifs,
  erlangProcessInfoBifs,
  erlangProcessBifs,
  erlangSpawnBifs,
  ertsInternalProcessBifs,
];
