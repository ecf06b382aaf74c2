/** What differs between the releases of OTP that this virtual machine stands for. */
import type { Machine } from '../../process/machine.ts';

export interface ReleaseVersions {
  /** Version of the runtime system (erts), of the interface of NIFs and of that of drivers. */
  readonly erts: string;
  readonly nif: string;
  readonly driver: string;
}

const NEWEST: ReleaseVersions = { erts: '17.1', nif: '2.18', driver: '3.3' };

const RELEASES: Readonly<Record<number, ReleaseVersions>> = {
  25: { erts: '13.1.5', nif: '2.16', driver: '3.3' },
  27: { erts: '15.2.7', nif: '2.17', driver: '3.3' },
  29: NEWEST,
};

export function release(vm: Machine): ReleaseVersions {
  return RELEASES[vm.otpRelease] ?? NEWEST;
}
