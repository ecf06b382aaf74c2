/**
 * Where OTP versions disagree about terms. One object for each realm: every map made under one set of rules must be used under the
 * same, so it is set once, before the first term is made.
 */
export interface TermRules {
  /** `0.0 =:= -0.0` is false (OTP 27 and later); before, they are the same term. */
  zeroSigns: boolean;
  /** Atoms among the keys of a small map stand in order of their index (OTP 26 and later); before, in order of their text. */
  atomKeysByIndex: boolean;
  /** There are native records (OTP 29 and later). */
  nativeRecords: boolean;
}

export const termRules: TermRules = { zeroSigns: true, atomKeysByIndex: true, nativeRecords: true };

export function hasNativeRecords(otpRelease: number): boolean {
  return otpRelease >= 29;
}

/** Takes over the rules of an OTP release (25, 27 …). */
export function useTermRulesOf(otpRelease: number): void {
  termRules.zeroSigns = otpRelease >= 27;
  termRules.atomKeysByIndex = otpRelease >= 26;
  termRules.nativeRecords = hasNativeRecords(otpRelease);
}
