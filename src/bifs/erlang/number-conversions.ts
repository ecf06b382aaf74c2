/** Conversions between numbers and text in modules erlang, erts_internal and string. */
import { listToFloatPrefix, listToIntegerPrefix } from '../../runtime/number-prefix.ts';
import {
  binaryToFloat,
  binaryToInteger,
  binaryToIntegerOrBig,
  floatToBinary,
  floatToList,
  integerToBinary,
  integerToList,
  listToFloat,
  listToInteger,
  listToIntegerOrBig,
} from '../../runtime/number-text.ts';
import type { BifTable } from '../registry.ts';

export const erlangNumberConversionBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'integer_to_list', arity: 1, fn: integerToList },
    { name: 'integer_to_list', arity: 2, fn: integerToList },
    { name: 'integer_to_binary', arity: 1, fn: integerToBinary },
    { name: 'integer_to_binary', arity: 2, fn: integerToBinary },
    { name: 'list_to_integer', arity: 1, fn: listToInteger, until: 26 },
    { name: 'list_to_integer', arity: 2, fn: listToInteger, until: 26 },
    { name: 'binary_to_integer', arity: 1, fn: binaryToInteger, until: 26 },
    { name: 'binary_to_integer', arity: 2, fn: binaryToInteger, until: 26 },
    { name: 'float_to_list', arity: 1, fn: floatToList },
    { name: 'float_to_list', arity: 2, fn: floatToList },
    { name: 'float_to_binary', arity: 1, fn: floatToBinary },
    { name: 'float_to_binary', arity: 2, fn: floatToBinary },
    { name: 'list_to_float', arity: 1, fn: listToFloat },
    { name: 'binary_to_float', arity: 1, fn: binaryToFloat },
  ],
};

export const ertsInternalNumberBifs: BifTable = {
  module: 'erts_internal',
  pure: true,
  rows: [
    { name: 'list_to_integer', arity: 2, fn: listToIntegerOrBig },
    { name: 'binary_to_integer', arity: 2, fn: binaryToIntegerOrBig },
  ],
};

export const stringNumberBifs: BifTable = {
  module: 'string',
  pure: true,
  rows: [
    { name: 'list_to_float', arity: 1, fn: listToFloatPrefix },
    { name: 'list_to_integer', arity: 1, fn: listToIntegerPrefix, until: 26 },
  ],
};
