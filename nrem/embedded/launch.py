"""Becomes another program that dies with its parent, if need be under another user id.

Run by path, standard library only: `python -I -S launch.py SIGNAL PARENT IDENTITY PROGRAM ARG…`.
A separate program, because no Python code may run between fork and exec of a threaded parent.
SIGNAL reaches the program when PARENT (a process id) is gone, however it ended. IDENTITY:
    same     the caller's
    mapped   uid 1000 of a new user namespace, which outside it is still the caller
    dropped  uid 65534 with the one capability of reading what root may read
Postgres refuses to run as root; either of the last two satisfies it.
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import Final

INSIDE_UID: Final = 1000
DROPPED_UID: Final = 65534

# Numbers of the Linux system interface: linux/prctl.h, linux/sched.h, linux/capability.h.
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_KEEPCAPS: Final = 8
_PR_SET_SECUREBITS: Final = 28
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_RAISE: Final = 2
_SECBIT_NO_SETUID_FIXUP: Final = 1 << 2
_CLONE_NEWUSER: Final = 0x10000000
_CAPABILITY_VERSION: Final = 0x20080522
_CAP_DAC_OVERRIDE: Final = 1
# The shell's status for "found, but could not be run".
_CANNOT_RUN: Final = 126


def main(arguments: list[str]) -> None:
    """Take the identity, arm the death signal and become the program; returns never.

    Raises: OSError when the kernel refuses; SystemExit when the parent is gone already.
    """
    death_signal, parent, identity = int(arguments[0]), int(arguments[1]), arguments[2]
    libc = ctypes.CDLL(None, use_errno=True)
    os.umask(0o077)
    if identity == "mapped":
        _enter_namespace(libc)
    elif identity == "dropped":
        _drop_to_nobody(libc)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    # After the identity: the kernel disarms the signal when the user id changes.
    _prctl(libc, _PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        raise SystemExit(_CANNOT_RUN)
    program = arguments[3:]
    os.execv(program[0], program)  # noqa: S606 - a program given by its full path, without a shell


def _call(function: "ctypes._NamedFuncPointer", *arguments: object) -> None:
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(libc: ctypes.CDLL, option: int, *values: int) -> None:
    """Pass full words: the kernel compares the unused ones with zero."""
    padded = (*values, 0, 0, 0, 0)[:4]
    _call(libc.prctl, option, *(ctypes.c_ulong(value) for value in padded))


def _enter_namespace(libc: ctypes.CDLL) -> None:
    user, group = os.geteuid(), os.getegid()
    _call(libc.unshare, _CLONE_NEWUSER)
    # Kernels before 3.19 have no such file and need no denial.
    with contextlib.suppress(FileNotFoundError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{INSIDE_UID} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{INSIDE_UID} {group} 1", encoding="ascii")


def _drop_to_nobody(libc: ctypes.CDLL) -> None:
    """Keep the right to pass through root's directories: data and binaries may lie there."""
    os.setgroups([])
    os.setresgid(DROPPED_UID, DROPPED_UID, DROPPED_UID)
    # access() ignores the capabilities of everybody but root without this, and initdb calls it.
    # Where the kernel refuses, only directories that all may enter will do.
    with contextlib.suppress(OSError):
        _prctl(libc, _PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    _prctl(libc, _PR_SET_KEEPCAPS, 1)
    os.setresuid(DROPPED_UID, DROPPED_UID, DROPPED_UID)
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    # Effective, permitted and inheritable, for capabilities 0-31 and again for 32-63.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _call(libc.capset, header, data)
    _prctl(libc, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"cannot start {sys.argv[4:5]} as {sys.argv[3]}: {error}\n")
        raise SystemExit(_CANNOT_RUN) from None
