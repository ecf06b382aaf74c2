/** What flags of the emulator set, once and for all. */

export interface MachineSettings {
  /** Processes and ports that may exist at a time (+P, +Q). */
  readonly processLimit: number;
  readonly portLimit: number;
  /** Characters that io:printable_range/0 says can be printed (+pc). */
  readonly printableRange: 'latin1' | 'unicode';
  /** What error_logger:warning_map/0 says (+W). */
  readonly warnings: 'error' | 'warning' | 'info';
}

/** As in OTP 27. */
export const DEFAULT_SETTINGS: MachineSettings = {
  processLimit: 2 ** 20,
  portLimit: 2 ** 16,
  printableRange: 'latin1',
  warnings: 'warning',
};
