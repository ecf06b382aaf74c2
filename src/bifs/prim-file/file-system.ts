/** prim_file's functions on the file system (prim_file_nif.c). */
import { PosixError } from '../../host/files.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeBinary } from '../../term/bits.ts';
import { listOf } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { int32, int64, uint32 } from '../nif-arguments.ts';
import type { BifTable } from '../registry.ts';
import { fileInfo, nameArgument, ok, reporting } from './posix-results.ts';

function required(value: number | undefined): number {
  if (value === undefined) throw badarg();
  return value;
}

function readInfo(vm: Machine, name: Term, followLinks: Term): Term {
  const follow = required(int32(followLinks)) !== 0;
  return fileInfo(vm.host.files.info(nameArgument(name), follow));
}

function setPermissions(vm: Machine, name: Term, permissions: Term): Term {
  const bits = required(uint32(permissions));
  vm.host.files.setPermissions(nameArgument(name), bits);
  return am.ok;
}

function setOwner(vm: Machine, name: Term, uid: Term, gid: Term): Term {
  const [user, group] = [required(int32(uid)), required(int32(gid))];
  vm.host.files.setOwner(nameArgument(name), user, group);
  return am.ok;
}

/** Unix does not let anybody set the time of creation. */
function setTime(vm: Machine, name: Term, accessed: Term, modified: Term, created: Term): Term {
  const [access, modification] = [required(int64(accessed)), required(int64(modified))];
  required(int64(created));
  const file = nameArgument(name);
  if (!Number.isFinite(access) || !Number.isFinite(modification)) throw new PosixError('einval');
  vm.host.files.setTimes(file, access, modification);
  return am.ok;
}

function readLink(vm: Machine, name: Term): Term {
  return ok(makeBinary(vm.host.files.readLink(nameArgument(name))));
}

/** The names as binaries, the last one first. */
function listDirectory(vm: Machine, name: Term): Term {
  const names = vm.host.files.listDirectory(nameArgument(name));
  return ok(listOf(names.map(makeBinary).reverse()));
}

function makeHardLink(vm: Machine, existing: Term, name: Term): Term {
  vm.host.files.makeHardLink(nameArgument(existing), nameArgument(name));
  return am.ok;
}

function makeSoftLink(vm: Machine, target: Term, name: Term): Term {
  vm.host.files.makeSoftLink(nameArgument(target), nameArgument(name));
  return am.ok;
}

function rename(vm: Machine, from: Term, to: Term): Term {
  vm.host.files.rename(nameArgument(from), nameArgument(to));
  return am.ok;
}

function makeDirectory(vm: Machine, name: Term): Term {
  vm.host.files.makeDirectory(nameArgument(name));
  return am.ok;
}

function removeFile(vm: Machine, name: Term): Term {
  vm.host.files.removeFile(nameArgument(name));
  return am.ok;
}

function removeDirectory(vm: Machine, name: Term): Term {
  vm.host.files.removeDirectory(nameArgument(name));
  return am.ok;
}

function getCwd(vm: Machine): Term {
  return ok(makeBinary(vm.host.files.workingDirectory()));
}

function setCwd(vm: Machine, name: Term): Term {
  vm.host.files.setWorkingDirectory(nameArgument(name));
  return am.ok;
}

/** Devices with working directories of their own are a matter of Windows. */
function getDeviceCwd(_vm: Machine, device: Term): Term {
  required(int32(device));
  throw new PosixError('enotsup');
}

/** So are names of eight and three characters. */
function altname(_vm: Machine, name: Term): Term {
  nameArgument(name);
  throw new PosixError('enotsup');
}

export const primFileSystemBifs: BifTable = {
  module: 'prim_file',
  rows: [
    { name: 'read_info_nif', arity: 2, fn: reporting(readInfo) },
    { name: 'set_permissions_nif', arity: 2, fn: reporting(setPermissions) },
    { name: 'set_owner_nif', arity: 3, fn: reporting(setOwner) },
    { name: 'set_time_nif', arity: 4, fn: reporting(setTime) },
    { name: 'read_link_nif', arity: 1, fn: reporting(readLink) },
    { name: 'list_dir_nif', arity: 1, fn: reporting(listDirectory) },
    { name: 'make_hard_link_nif', arity: 2, fn: reporting(makeHardLink) },
    { name: 'make_soft_link_nif', arity: 2, fn: reporting(makeSoftLink) },
    { name: 'rename_nif', arity: 2, fn: reporting(rename) },
    { name: 'make_dir_nif', arity: 1, fn: reporting(makeDirectory) },
    { name: 'del_file_nif', arity: 1, fn: reporting(removeFile) },
    { name: 'del_dir_nif', arity: 1, fn: reporting(removeDirectory) },
    { name: 'get_cwd_nif', arity: 0, fn: reporting(getCwd) },
    { name: 'set_cwd_nif', arity: 1, fn: reporting(setCwd) },
    { name: 'get_device_cwd_nif', arity: 1, fn: reporting(getDeviceCwd) },
    { name: 'altname_nif', arity: 1, fn: reporting(altname) },
  ],
};
