"""What can happen to the box, as the attendant is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from firmware.at.profile import ModemProfile
from firmware.pulse import StoreState
from firmware.record import Request
from firmware.recovery.rungs import Rung
from firmware.rota import Rota


@dataclass(frozen=True, slots=True)
class PortOpened:
    """A serial port that may be the modem's is open. ``profile`` where the USB ids told it.
    ``second``: it is the modem's other AT port, asked for by a `Rescue`.
    ``voice``: how its sound can be had, ``serial`` or ``card``, where it can be had at all."""

    port: str
    profile: ModemProfile | None = None
    second: bool = False
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class PortLost:
    """The port is gone (unplugged, taken, not there); the shell keeps looking for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class RescueDone:
    """A `Rescue` was carried out; ``why`` says why it could not be."""

    rung: Rung
    why: str | None = None


@dataclass(frozen=True, slots=True)
class BytesReceived:
    """Bytes came from the modem, cut anywhere."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Woken:
    """The instant asked for by `WakeAt` has come (or nothing happened; both are harmless)."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The last event of a daemon that was asked to stop. One that dies does not say so."""


@dataclass(frozen=True, slots=True)
class RotaChanged:
    """The page or an import changed the rota; this is all of it. ``by_somebody``: False where it
    came with data that were mended, and may be older than the one before."""

    rota: Rota | None
    by_somebody: bool = True


@dataclass(frozen=True, slots=True)
class RequestsMade:
    """The page left wishes in the store."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class StoreChanged:
    """The disk takes no rows any more, or again. Told before any other event may follow."""

    state: StoreState
    why: str = ""


@dataclass(frozen=True, slots=True)
class StoreSlow:
    """A row was on disk after so many seconds only; whoever waited for it waited for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NightDone:
    """`KeepHouse` is over; ``why`` it did not go well, None if it did."""

    why: str | None = None


@dataclass(frozen=True, slots=True)
class DataMended:
    """The database was damaged or gone, and is whole again.

    ``backup_of``: when the backup that was loaded was made, None if there was none.
    ``rota_is_current``: nothing of the rota is older than it was.
    """

    backup_of: datetime | None
    rota_is_current: bool


@dataclass(frozen=True, slots=True)
class DiskSeen:
    """How much room the data directory's disk has; told at the start and each hour."""

    free_mb: int
    total_mb: int


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """The button on the box; ``long``: held for ten seconds."""

    long: bool = False


@dataclass(frozen=True, slots=True)
class SetupCodeMade:
    """What came of `MakeSetupCode`; empty: the page has its administrator already."""

    code: str


@dataclass(frozen=True, slots=True)
class BatterySeen:
    """What the battery behind the box says; told at the start and at each change."""

    low: bool


@dataclass(frozen=True, slots=True)
class VoiceOpened:
    """`OpenVoice` worked: sound goes both ways."""


@dataclass(frozen=True, slots=True)
class VoiceLost:
    """There is no sound (any more) on the audio port."""

    reason: str


@dataclass(frozen=True, slots=True)
class VoiceFault:
    """A clip could not be played (spoken in time, read); the others of its turn were."""

    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class Played:
    """All of a `Play` was played."""

    turn: int


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """A key was heard in the sound."""

    key: str


class TakenWhy(StrEnum):
    """Why a recording ended."""

    LIMIT = "limit"
    SILENCE = "silence"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class TakenDown:
    """A recording is over; ``seconds`` of it are on disk (0: nothing is)."""

    name: str
    seconds: float
    why: TakenWhy


class Unmade(StrEnum):
    """Why a recording has become no greeting."""

    NOT_HEARD = "nothing can be heard"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class GreetingMade:
    """The answer to `MakeGreeting`: the greeting is ``name``, empty where there is ``why`` not."""

    draft: str
    name: str
    why: Unmade | None = None


@dataclass(frozen=True, slots=True)
class VoiceEngine:
    """Whether sentences can be spoken; told at the start and when it changes."""

    available: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class PinChecked:
    """The answer to `CheckPin`."""

    person: str
    right: bool


VoiceEvent = (
    VoiceOpened
    | VoiceLost
    | VoiceFault
    | Played
    | KeyHeard
    | TakenDown
    | VoiceEngine
    | PinChecked
    | GreetingMade
)

@dataclass(frozen=True, slots=True)
class UpdateSeen:
    """What came of the last update, or of a file for one; told at the start and when it changes.

    ``what`` is a word of `wording.update_words`, ``values`` go into its sentence.
    """

    what: str
    at: datetime
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StickSeen:
    """How a backup onto a stick went: a word of `wording.update_words`, or another."""

    what: str


Event = (
    PortOpened
    | PortLost
    | RescueDone
    | BytesReceived
    | Woken
    | Stopping
    | DiskSeen
    | RotaChanged
    | RequestsMade
    | StoreChanged
    | StoreSlow
    | NightDone
    | DataMended
    | ButtonPressed
    | SetupCodeMade
    | BatterySeen
    | UpdateSeen
    | StickSeen
    | VoiceEvent
)
