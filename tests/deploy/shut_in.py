"""A program under the filter of its unit: `python -m tests.deploy.shut_in UNIT COMMAND ...`.

What systemd forbids by seccomp (`SystemCallFilter=`, `RestrictSUIDSGID=`,
`MemoryDenyWriteExecute=`) is forbidden here by the same library with the same error; groups of
calls are asked of `systemd-analyze`. Folders, devices, networks and users are not shut off: that
takes a real systemd (`tests/vm`).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

DAEMON = "veilleur.service"
UNITS = Path(__file__).parents[2] / "deploy/systemd"
LIBRARY = "libseccomp.so.2"
# seccomp.h
_ALLOW, _EPERM = 0x7FFF0000, 0x00050000 | errno.EPERM
_MASKED_EQ = 7
_PR_SET_NO_NEW_PRIVS = 38
_PROT_WRITE, _PROT_EXEC = 2, 4
# Where each call has the mode of what it makes or changes, and `open` its flags
_MODES = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2, "mknod": 1,
          "mknodat": 2, "creat": 1}  # fmt: skip
_FLAGS = {"open": 1, "openat": 2}


def under(unit: str) -> tuple[str, ...]:
    """`veilleur` under the filter of a unit; skips the test where there is none to be had."""
    import pytest

    if shutil.which("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None:
        pytest.skip("systemd is not there (apt-get install systemd)")
    return (sys.executable, "-m", "tests.deploy.shut_in", unit, sys.executable, "-m", "firmware")


def settings(unit: str, key: str) -> list[str]:
    """Every line of a unit that sets ``key``, in their order."""
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)


def allowed(unit: str) -> set[str]:
    """The calls that a unit may make: a list says what it may, one with `~` takes away."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True
    ).stdout
    groups: dict[str, set[str]] = {}
    for block in re.split(r"\n{2,}", told.strip()):
        name, *lines = block.splitlines()
        groups[name] = {line.strip() for line in lines if not line.strip().startswith("#")} - {""}

    def calls(word: str) -> set[str]:
        if not word.startswith("@"):
            return {word}
        return {call for each in groups[word] for call in calls(each)}

    found: set[str] = set()
    for line in settings(unit, "SystemCallFilter"):
        named = {call for word in line.removeprefix("~").split() for call in calls(word)}
        found = found - named if line.startswith("~") else found | named
    return found | calls("@default")


class _Comparison(ctypes.Structure):
    """struct scmp_arg_cmp."""

    _fields_ = [
        ("arg", ctypes.c_uint), ("op", ctypes.c_int),
        ("a", ctypes.c_uint64), ("b", ctypes.c_uint64),
    ]  # fmt: skip


def _has(arg: int, bits: int) -> _Comparison:
    return _Comparison(arg, _MASKED_EQ, bits, bits)


class _Filter:
    """``default`` for the calls that no rule names."""

    def __init__(self, default: int) -> None:
        self._library = ctypes.CDLL(LIBRARY)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(default)))

    def rule(self, action: int, call: str, *comparisons: _Comparison) -> None:
        """A call that this architecture does not have is no matter."""
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            array = (_Comparison * len(comparisons))(*comparisons)
            _well(self._library.seccomp_rule_add_array(
                self._context, ctypes.c_uint32(action), number, len(comparisons), array
            ))  # fmt: skip

    def load(self) -> None:
        _well(self._library.seccomp_load(self._context))


def _well(done: int) -> None:
    if done < 0:
        raise OSError(-done, os.strerror(-done))


def shut_in(unit: str) -> None:
    """From now on this process and its children may no more than the unit says."""
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    refused = _Filter(_ALLOW)
    if settings(unit, "RestrictSUIDSGID") == ["yes"]:
        for bit in (stat.S_ISUID, stat.S_ISGID):
            for call, mode in _MODES.items():
                refused.rule(_EPERM, call, _has(mode, bit))
            for call, flags in _FLAGS.items():
                refused.rule(_EPERM, call, _has(flags, os.O_CREAT), _has(flags + 1, bit))
    if settings(unit, "MemoryDenyWriteExecute") == ["yes"]:
        refused.rule(_EPERM, "mmap", _has(2, _PROT_EXEC | _PROT_WRITE))
        refused.rule(_EPERM, "mprotect", _has(2, _PROT_EXEC))
    refused.load()
    listed = _Filter(_EPERM)
    for call in sorted(allowed(unit)):
        listed.rule(_ALLOW, call)
    listed.load()


def main() -> None:
    unit, *command = sys.argv[1:]
    shut_in(unit)
    os.execvp(command[0], command)  # noqa: S606 - the test's own


if __name__ == "__main__":
    main()
