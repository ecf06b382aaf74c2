/** Finds .beam files: those given by name, those in folders given with -pa, and the libraries of an OTP. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export class ModuleFiles {
  private readonly paths = new Map<string, string>();

  /** The file wins over every file of its module that was added before. */
  addFile(path: string): void {
    this.paths.set(basename(path, '.beam'), path);
  }

  /** Throws when the folder does not exist. */
  addFolder(path: string): void {
    for (const name of readdirSync(path)) if (name.endsWith('.beam')) this.addFile(join(path, name));
  }

  /** Every library of the OTP at `root`, if there is one, and of the Elixir beside it. */
  addOtp(root: string | undefined): void {
    if (root === undefined) return;
    for (const libraries of [join(root, 'lib'), join(root, '..', 'elixir', 'lib')]) {
      if (!existsSync(libraries)) continue;
      for (const library of readdirSync(libraries)) {
        const folder = join(libraries, library, 'ebin');
        if (existsSync(folder) && statSync(folder).isDirectory()) this.addFolder(folder);
      }
    }
  }

  find(module: string): Uint8Array | undefined {
    const path = this.paths.get(module);
    return path === undefined ? undefined : readFileSync(path);
  }
}
