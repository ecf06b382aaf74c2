/** Where translated modules are kept between runs. It is the host's to bound it, and to notice what has been damaged. */

export interface CodeCache {
  /**
   * What was kept for a .beam file of this content, in this variant, by the same build of Enigma; undefined: nothing, or nothing whole.
   * The array belongs to the caller, who may write to it, and begins at a multiple of 4 in its buffer.
   */
  find(file: Uint8Array, variant: string): Uint8Array<ArrayBuffer> | undefined;
  /** Keeps `entry`, if it can. Later runs may find it; this one need not. */
  keep(file: Uint8Array, variant: string, entry: Uint8Array): void;
}
