"""What the doctor reads of the machine: clock, disk, power, files, the programs that run."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firmware.command.time_sources import kernel_synchronised
from firmware.doctor.facts import ClockFacts, DiskFacts, FileFacts, PinsFacts, Process
from firmware.shell.gpio import Pins

PROC = Path("/proc")
PIN_LIBRARIES = ("gpiozero", "lgpio")   # Debian has the first without the second
CHIPS = Path("/dev")
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
# Kernels of the Raspberry Pi tell it here, in hexadecimal, without vcgencmd and its group video
THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
VCGENCMD_S = 3.0
RIVALS = ("ModemManager", "brltty")
MEMORY_DEVICES = 1      # the kernel's devices.txt: /dev/null, /dev/zero ...
COMM_MAX = 15           # proc(5): the kernel cuts a program's name there


# Clock and power


def clock_facts(zone: str | None) -> ClockFacts:
    """``zone`` is the site's time zone, None without a site."""
    return ClockFacts(kernel_synchronised(), _rtc(), zone is None or _zone_known(zone))


def _rtc() -> datetime | None:
    try:
        return datetime.fromtimestamp(int(RTC.read_text(encoding="ascii")), UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _zone_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def pins_facts(pins: Pins) -> PinsFacts | None:
    """None where the settings name no pin."""
    if not pins.any:
        return None
    chips = [os.access(path, os.R_OK | os.W_OK) for path in CHIPS.glob("gpiochip*")]
    library = all(find_spec(name) is not None for name in PIN_LIBRARIES)
    return PinsFacts(library, any(chips))


def throttled() -> int | None:
    """The bits of a Raspberry Pi's ``get_throttled``; None on other machines."""
    try:
        return int(THROTTLED.read_text(encoding="ascii"), 16)
    except (OSError, ValueError):
        return _vcgencmd()


def _vcgencmd() -> int | None:
    program = shutil.which("vcgencmd")
    if program is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a fixed command, found on PATH
            [program, "get_throttled"], capture_output=True, timeout=VCGENCMD_S, check=True
        ).stdout
        return int(said.decode("ascii").strip().removeprefix("throttled="), 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


# Files


def disk_facts(path: Path) -> DiskFacts | None:
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    return DiskFacts(
        free_bytes=found.f_bavail * found.f_frsize,
        total_bytes=found.f_blocks * found.f_frsize,
        inodes_free=found.f_favail,
        inodes_total=found.f_files,
        read_only=bool(found.f_flag & os.ST_RDONLY),
    )


def file_facts(path: Path, access: int) -> FileFacts | None:
    """None where it is not there. ``access`` (``os.R_OK`` ...) is what the box must be able to."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return FileFacts(str(path), 0, "?", "?", usable=False)
    usable = os.access(path, access, effective_ids=True)
    return FileFacts(
        str(path),
        stat.S_IMODE(found.st_mode),
        user_name(found.st_uid),
        _group_name(found.st_gid),
        usable,
    )


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:   # a user id without a name, as in some containers
        return str(uid)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


# Programs


def holders(path: str) -> tuple[Process, ...]:
    """Other programs that have this port open, as far as this user may see. Empty for what is no
    port: everybody has /dev/null open."""
    device = os.path.realpath(path)
    if not _may_be_a_port(device):
        return ()
    return tuple(
        process(pid) for pid in _pids() if pid != os.getpid() and _has_open(pid, device)
    )


def _may_be_a_port(device: str) -> bool:
    try:
        found = os.stat(device)
    except OSError:
        return False
    return stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) != MEMORY_DEVICES


def rivals() -> tuple[Process, ...]:
    """Programs that run and are known to take modems for themselves."""
    names = {rival[:COMM_MAX] for rival in RIVALS}
    return tuple(process(pid) for pid in _pids() if _comm(pid) in names)


def process(pid: int) -> Process:
    arguments = _command_line(pid)
    daemon = _is_daemon(arguments)
    return Process(pid, "veilleur" if daemon else _comm(pid), _data_of(arguments, pid, daemon))


def _is_daemon(arguments: list[str]) -> bool:
    """``veilleur run ...`` or ``python -m firmware run ...``."""
    programs = [Path(argument).name for argument in arguments[:3]]
    return "run" in arguments and bool({"veilleur", "firmware"} & set(programs))


def _data_of(arguments: list[str], pid: int, daemon: bool) -> str | None:
    if not daemon:
        return None
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--data":
            continue
        if not equals and place + 1 < len(arguments):
            value = arguments[place + 1]
        return _absolute(value, pid) if value else None
    return None


def _absolute(path: str, pid: int) -> str:
    """A path as it was meant where that program was started."""
    if Path(path).is_absolute():
        return path
    try:
        return str(Path(os.readlink(PROC / str(pid) / "cwd")) / path)
    except OSError:
        return path


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())


def _has_open(pid: int, device: str) -> bool:
    folder = PROC / str(pid) / "fd"
    try:
        return any(_target(entry) == device for entry in folder.iterdir())
    except OSError:   # it has ended, or is somebody else's
        return False


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _comm(pid: int) -> str:
    try:
        return (PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"


def _command_line(pid: int) -> list[str]:
    try:
        data = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode("utf-8", errors="replace") for part in data.split(b"\0")]
