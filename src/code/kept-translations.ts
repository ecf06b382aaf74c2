/** The translations of modules that the host's cache has, of one variant: release and options that they depend on. */
import type { Translation } from './translation.ts';
import { decodeTranslation, encodeTranslation } from './translation-file.ts';

/** What of the host's cache is needed here. */
interface Store {
  find(file: Uint8Array, variant: string): Uint8Array<ArrayBuffer> | undefined;
  keep(file: Uint8Array, variant: string, entry: Uint8Array): void;
}

export class KeptTranslations {
  private readonly cache: Store;
  private readonly variant: string;

  constructor(cache: Store, variant: string) {
    this.cache = cache;
    this.variant = variant;
  }

  /** That of a .beam file, which may be a view of linear memory. */
  find(file: Uint8Array): Translation | undefined {
    const known = this.cache.find(file, this.variant);
    return known === undefined ? undefined : decodeTranslation(known);
  }

  keep(file: Uint8Array, translation: Translation): void {
    this.cache.keep(file, this.variant, encodeTranslation(translation));
  }
}
