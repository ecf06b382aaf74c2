/** Decodes operands of code and of record definitions; checks that what they refer to is in the file's tables. */
import type { Atom, FReg, Integer, Label, Literal, Nil, Operand, Unsigned, XReg, YReg } from '../isa/operands.ts';
import type { ByteReader } from './byte-reader.ts';
import { CompactReader, compactTag, extendedTag } from './compact-term.ts';
import { corrupt } from './load-error.ts';

const registerLimit = 1024;
/** No heap need in a file comes near this many words. */
const heapWordLimit = 2 ** 24;
const sharedNumbers = 1024;

const nil: Nil = { kind: 'nil' };
const xs = Array.from({ length: registerLimit }, (_, index): XReg => ({ kind: 'x', index, type: 0 }));
const ys = Array.from({ length: registerLimit }, (_, index): YReg => ({ kind: 'y', index, type: 0 }));
const frs = Array.from({ length: registerLimit }, (_, index): FReg => ({ kind: 'fr', index }));
const numbers = Array.from({ length: sharedNumbers }, (_, value): Unsigned => ({ kind: 'u', value }));

/** Sizes of the tables that operands refer to. */
export interface OperandTables {
  readonly atoms: readonly string[];
  readonly literalCount: number;
  /** 0 if type hints are to be dropped. */
  readonly typeCount: number;
  readonly labelCount: number;
}

export class OperandReader {
  readonly reader: ByteReader;
  readonly compact: CompactReader;
  private readonly tables: OperandTables;
  private readonly atoms: readonly Atom[];
  // Equal operands are one object: a module has many of each, all kept until it is translated.
  private readonly labels: Label[] = [];
  private readonly literals: Literal[] = [];
  private readonly typed = new Map<number, XReg | YReg>();

  constructor(reader: ByteReader, tables: OperandTables) {
    this.reader = reader;
    this.compact = new CompactReader(reader);
    this.tables = tables;
    this.atoms = tables.atoms.map((name, index) => ({ kind: 'atom', index, name }));
  }

  /** The next operand. A list is only legal where `allowList` is true, which is never inside a list. */
  operand(allowList: boolean): Operand {
    const { compact } = this;
    const tag = compact.next();
    const { value } = compact;
    switch (tag) {
      case compactTag.x:
      case compactTag.y:
        return this.register(tag, value);
      case compactTag.u:
        return this.unsigned(value);
      case compactTag.f:
        if (!(value < this.tables.labelCount) && value !== 0) this.bad(`there is no label ${value}`);
        return this.label(value);
      case compactTag.a:
        return value === 0 ? nil : (this.atoms[value] ?? this.bad(`there is no atom ${value}`));
      case compactTag.i:
        return this.integer(value);
      case compactTag.z:
        return this.extended(value, allowList);
      default:
        return this.bad('has a character operand, which no OTP release supports');
    }
  }

  private bad(what: string): never {
    return corrupt(this.reader.chunk, what);
  }

  private label(label: number): Label {
    const known = this.labels[label];
    if (known !== undefined) return known;
    const made: Label = { kind: 'f', label };
    this.labels[label] = made;
    return made;
  }

  private literal(index: number): Literal {
    const known = this.literals[index];
    if (known !== undefined) return known;
    const made: Literal = { kind: 'literal', index };
    this.literals[index] = made;
    return made;
  }

  private register(tag: number, index: number): XReg | YReg {
    const register = tag === compactTag.x ? xs[index] : tag === compactTag.y ? ys[index] : undefined;
    return register ?? this.bad(`there is no register ${index}`);
  }

  private unsigned(value: number): Operand {
    if (value < sharedNumbers) return numbers[value] ?? { kind: 'u', value };
    return Number.isNaN(value) ? { kind: 'o', value: this.compact.big } : { kind: 'u', value };
  }

  private integer(value: number): Integer {
    return { kind: 'integer', value: Number.isNaN(value) ? this.compact.big : value };
  }

  private extended(kind: number, allowList: boolean): Operand {
    switch (kind) {
      case extendedTag.list:
        return allowList ? this.list() : this.bad('has a list in a wrong place');
      case extendedTag.floatRegister:
        return frs[this.compact.unsigned(registerLimit - 1)] ?? this.bad('has a bad float register');
      case extendedTag.allocList:
        return this.alloc();
      case extendedTag.literal:
        return this.literal(this.compact.unsigned(this.tables.literalCount - 1));
      case extendedTag.typedRegister:
        return this.typedRegister();
      default:
        return this.bad(`has an operand with extended tag ${kind}, not supported since OTP R16B`);
    }
  }

  private list(): Operand {
    const count = this.compact.unsigned(this.reader.remaining);
    const items = new Array<Operand>(count);
    for (let i = 0; i < count; i++) items[i] = this.operand(false);
    return { kind: 'list', items };
  }

  private typedRegister(): Operand {
    const tag = this.compact.next();
    const register = this.register(tag, this.compact.value);
    const { typeCount } = this.tables;
    const type = this.compact.unsigned(typeCount === 0 ? Number.MAX_SAFE_INTEGER : typeCount - 1);
    return typeCount === 0 || type === 0 ? register : this.withType(register, type);
  }

  private withType(register: XReg | YReg, type: number): XReg | YReg {
    const key = (type * registerLimit + register.index) * 2 + (register.kind === 'x' ? 0 : 1);
    const known = this.typed.get(key);
    if (known !== undefined) return known;
    const made: XReg | YReg = { kind: register.kind, index: register.index, type };
    this.typed.set(key, made);
    return made;
  }

  private alloc(): Operand {
    const need = [0, 0, 0];
    const count = this.compact.unsigned(3);
    for (let i = 0; i < count; i++) {
      const kind = this.compact.unsigned(2);
      need[kind] = (need[kind] ?? 0) + this.compact.unsigned(heapWordLimit);
    }
    const [words = 0, floats = 0, funs = 0] = need;
    return { kind: 'alloc', words, floats, funs };
  }
}
