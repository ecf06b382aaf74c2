/** The native records (OTP 29) that a module defines, as values with the defaults of their fields. */
import type { RecordDefinition } from '../loader/beam-module.ts';
import { am, atom } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { tupleOf } from '../term/build.ts';
import { NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { makeRecord } from '../term/native-record.ts';
import type { Translation } from './translation.ts';

/** The term of a constant; 0 for none. */
function constantTerm(constant: RecordDefinition['fields'][number]['default'], literals: readonly Term[]): Term {
  switch (constant?.kind) {
    case undefined:
      return NON_VALUE;
    case 'atom':
      return atom(constant.name);
    case 'nil':
      return NIL;
    case 'integer':
      return makeBigInt(BigInt(constant.value));
    case 'literal':
      return literals[constant.index] as Term;
    default:
      throw new RangeError(`default value of kind ${constant?.kind}`);
  }
}

/** Prototypes by name, 0 for fields without a default value. Allocates where literals go; `literals` are the module's. */
export function recordPrototypes(
  { name: moduleName, records }: Translation,
  literals: readonly Term[],
): Map<Term, Term> {
  const module = atom(moduleName);
  return new Map(
    records.map(({ name, exported, fields }) => {
      const names = fields.map((field) => atom(field.name));
      const definition = tupleOf([module, atom(name), exported ? am.true : am.false, ...names]);
      const values = fields.map((field) => constantTerm(field.default, literals));
      return [atom(name), makeRecord(definition, values)];
    }),
  );
}
