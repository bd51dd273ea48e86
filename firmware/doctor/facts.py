"""What was found out about a box, before anybody judges it. None means: could not be found out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from firmware.doctor.questions import Replies
from firmware.moment import Moment
from firmware.pulse import Pulse
from firmware.record import Alarm
from firmware.rota import Rota


@dataclass(frozen=True, slots=True)
class Process:
    """A program that runs now. ``data_dir`` is that of a ``veilleur run``, else None."""

    pid: int
    name: str
    data_dir: str | None = None


class FoundBy(StrEnum):
    COMMAND_LINE = "command line"
    SETTINGS = "veilleur.toml"
    USB = "usb"


class PortProblem(StrEnum):
    MISSING = "missing"
    TAKEN = "taken"
    DENIED = "denied"
    NOT_SERIAL = "not serial"
    LOST = "lost"            # it went away while it was asked


@dataclass(frozen=True, slots=True)
class PortFacts:
    """One port that was looked at. ``usb_id`` is ``2c7c:0125``, ``detail`` the system's words."""

    path: str
    found_by: FoundBy
    usb_id: str | None = None
    interface: int | None = None
    problem: PortProblem | None = None
    detail: str = ""
    holders: tuple[Process, ...] = ()


@dataclass(frozen=True, slots=True)
class ModemFacts:
    """What was asked at ``port``. ``clean`` is false when it never answered AT rightly;
    ``bytes_heard`` then tells a mute port from one that talks of something else."""

    port: PortFacts
    profile: str
    proven: bool
    clean: bool
    bytes_heard: int
    replies: Replies = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """``pulse`` is None when there is none or this user may not read it."""

    running: bool
    pid: int | None = None
    pulse: Pulse | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """``synchronised`` is the kernel's word (adjtimex(2)); ``rtc`` what the battery-backed clock
    says, None where there is none; ``zone_known`` whether the site's time zone can be loaded."""

    synchronised: bool | None = None
    rtc: datetime | None = None
    zone_known: bool = True


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """statvfs(3) of the data directory; ``inodes_total`` 0 where the file system counts none."""

    free_bytes: int
    total_bytes: int
    inodes_free: int = 0
    inodes_total: int = 0
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """``mode`` are the permission bits; ``usable`` whether this user may do what the box must."""

    path: str
    mode: int
    owner: str
    group: str
    usable: bool


@dataclass(frozen=True, slots=True)
class PinsFacts:
    """Lamps, button and relay are in the settings. ``library``: gpiozero is there; ``chip``: this
    user may use a device of the pins."""

    library: bool
    chip: bool


class SoundProblem(StrEnum):
    NO_CHANNEL = "no channel"    # the modem's family has none that the box could use
    NOT_FOUND = "not found"      # USB shows neither its sound port nor its sound card
    MISSING = "missing"          # the one that the settings name
    DENIED = "denied"
    NO_PROGRAM = "no program"    # arecord and aplay, for a card


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """How the modem's sound can be had. ``path`` is a tty or ``alsa:`` and a card; ``engine``
    names the program that speaks, empty without one; ``recordings_gone`` the services with a
    greeting whose recording is not there."""

    path: str | None = None
    problem: SoundProblem | None = None
    engine: str = ""
    recordings_gone: tuple[str, ...] = ()


class DatabaseState(StrEnum):
    GOOD = "good"
    ABSENT = "absent"
    DAMAGED = "damaged"      # or not a database of ours
    NEWER = "newer"
    BUSY = "busy"
    UNREADABLE = "unreadable"
    UNWRITABLE = "unwritable"


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """``checked`` is false where it is too large to be read through here."""

    state: DatabaseState
    detail: str = ""
    schema: int = 0
    checked: bool = True


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """`veilleur.toml`. ``fault`` is why the program refuses it; the PIN itself is never here.
    ``pin_written`` names the state of the file that the PIN was read from."""

    file: FileFacts | None = None
    fault: str | None = None
    holds_pin: bool = False
    pin_written: str = ""
    older: bool = False


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The data directory and what is in it. ``folder`` is None when it may not even be looked at.
    ``files`` are the database and its companions; ``runtime_fault`` why the pulse cannot be
    written, None when it can. ``memory`` are the facts that the box remembers."""

    path: str
    folder: FileFacts | None
    files: tuple[FileFacts, ...] = ()
    settings: SettingsFacts = field(default_factory=SettingsFacts)
    database: DatabaseFacts = field(default_factory=lambda: DatabaseFacts(DatabaseState.ABSENT))
    rota: Rota | None = None
    alarms: tuple[Alarm, ...] = ()
    memory: dict[str, object] = field(default_factory=dict)
    disk: DiskFacts | None = None
    runtime_dir: str = ""
    runtime_fault: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. ``data`` is None without ``--data``; ``modem`` None when none could be asked.

    ``ports`` were tried in this order; ``known_usb`` are those that USB shows and a profile knows.
    ``throttled`` are the bits of the Pi's ``get_throttled``; ``port_asked`` is the port of the
    command line; ``pins`` is None where the settings name none; ``voice`` None where nobody looked.
    """

    moment: Moment
    user: str
    clock: ClockFacts
    data: DataFacts | None = None
    daemon: DaemonFacts | None = None
    port_asked: str | None = None
    ports: tuple[PortFacts, ...] = ()
    known_usb: tuple[str, ...] = ()
    rivals: tuple[Process, ...] = ()
    modem: ModemFacts | None = None
    throttled: int | None = None
    pins: PinsFacts | None = None
    voice: VoiceFacts | None = None

    @property
    def rota(self) -> Rota | None:
        return self.data.rota if self.data is not None else None

    @property
    def daemon_runs(self) -> bool:
        return self.daemon is not None and self.daemon.running
