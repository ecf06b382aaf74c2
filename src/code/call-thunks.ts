/** What stands in slots instead of the code of exports while somebody wants to be told of calls from outside (process_flag(save_calls, _)). */
import { buildCallThunks } from '../jit/call-thunks.ts';

interface Thunk {
  readonly thunk: CallableFunction;
  /** Where the code lies that it goes on in. */
  readonly table: WebAssembly.Table;
  readonly element: number;
}

interface CalledExport {
  readonly slot: number;
  readonly arity: number;
}

export class CallThunks {
  private readonly called: (slot: number) => void;
  private readonly bySlot = new Map<number, Thunk>();

  /** `called` gets the slots of exports as they are called. */
  constructor(called: (slot: number) => void) {
    this.called = called;
  }

  /** Makes those of many exports at once. */
  add(exports: readonly CalledExport[]): void {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: exports.length });
    const imports = { env: { code: table, called: this.called } } as unknown as WebAssembly.Imports;
    const made = new WebAssembly.Instance(new WebAssembly.Module(buildCallThunks(exports)), imports).exports;
    exports.forEach(({ slot }, element) => {
      this.bySlot.set(slot, { thunk: made[`f${element}`] as CallableFunction, table, element });
    });
  }

  /** What an export's slot holds so that its code is `code`. */
  around(made: CalledExport, code: CallableFunction): CallableFunction {
    if (!this.bySlot.has(made.slot)) this.add([made]);
    const { thunk, table, element } = this.bySlot.get(made.slot) as Thunk;
    table.set(element, code);
    return thunk;
  }

  /** The code that a slot's thunk goes on in; undefined: it has none. */
  codeOf(slot: number): CallableFunction | undefined {
    const known = this.bySlot.get(slot);
    return known?.table.get(known.element) as CallableFunction | undefined;
  }
}
