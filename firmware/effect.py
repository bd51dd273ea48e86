"""What the attendant wants done, in the order in which the shell must do it.

`Record` is always first: what the box is about to do is on disk before it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from firmware.pulse import Pulse
from firmware.record import Row
from firmware.recovery.rungs import Rung
from firmware.voice.clip import Clip

DRAFTS = "draft"   # the folder of recordings that nobody has decided to keep


@dataclass(frozen=True, slots=True)
class Record:
    """Commit these rows in one transaction and return only once they are durable."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Send these bytes to the modem."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ReopenPort:
    """Close the port and look for the modem again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rescue:
    """Close the port and carry out a rung that is the shell's: the second port, USB, the power,
    the computer. `RescueDone` tells what came of it."""

    rung: Rung
    reason: str


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `Woken` at this monotonic instant at the latest; replaces the wake-up before."""

    monotonic_s: float


@dataclass(frozen=True, slots=True)
class SetClock:
    """Believe that it was ``utc`` at ``monotonic_s``, unless something better says otherwise."""

    utc: datetime
    monotonic_s: float


@dataclass(frozen=True, slots=True)
class Publish:
    """Put the pulse where the page looks."""

    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Announce:
    """A line for whoever watches the daemon. ``about`` is ``ready``, or an alarm's key."""

    text: str
    about: str


@dataclass(frozen=True, slots=True)
class KeepHouse:
    """Forget what is too old and make a backup, beside everything else; `NightDone` tells."""


@dataclass(frozen=True, slots=True)
class Examine:
    """Have the doctor look at the box, beside everything else; the page reads what it found."""


@dataclass(frozen=True, slots=True)
class MakeSetupCode:
    """A new setup code, shown where only who stands before the box reads it; `SetupCodeMade`."""


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Stop the computer cleanly: the battery is about to."""


@dataclass(frozen=True, slots=True)
class OpenVoice:
    """The modem's voice path is open: start the audio port and tell `VoiceOpened` or `VoiceLost`.
    ``listen``: the modem does not tell the keys, so they are listened for in the sound."""

    listen: bool


@dataclass(frozen=True, slots=True)
class CloseVoice:
    """Stop the audio port; what plays or is taken down ends with it."""


@dataclass(frozen=True, slots=True)
class LetFlow:
    """Hold the sound back, or let it flow again: the modem's buffer is full, or was emptied."""

    go: bool


@dataclass(frozen=True, slots=True)
class Play:
    """Play these in place of what plays now; `Played` with this ``turn`` tells that all was
    played. With ``loop`` they are played again and again, and nothing is told."""

    turn: int
    clips: tuple[Clip, ...]
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Hush:
    """Play nothing."""


@dataclass(frozen=True, slots=True)
class TakeDown:
    """Record what is heard as ``voice/<name>.wav``, ``max_s`` at most, until ``silence_s`` of
    silence; `TakenDown` tells how it ended."""

    name: str
    max_s: float
    silence_s: float


@dataclass(frozen=True, slots=True)
class EndTakeDown:
    """End the recording that is under way and keep what there is."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have these spoken ahead of time, when nothing else is to be done."""

    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class RemoveRecording:
    """Delete ``voice/<name>.wav``; it may be gone already."""

    name: str


@dataclass(frozen=True, slots=True)
class MakeGreeting:
    """Make the recording ``draft`` (``draft/3``) into a greeting, as an upload on the page is made
    into one, and delete it; `GreetingMade` tells."""

    draft: str


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Hold a telephone PIN against the person's; `PinChecked` tells."""

    person: str
    pin: str = field(repr=False)


VoiceEffect = (
    OpenVoice
    | CloseVoice
    | LetFlow
    | Play
    | Hush
    | TakeDown
    | EndTakeDown
    | Prepare
    | RemoveRecording
    | MakeGreeting
    | CheckPin
)

Effect = (
    Record
    | Write
    | ReopenPort
    | Rescue
    | SetClock
    | WakeAt
    | Publish
    | Announce
    | KeepHouse
    | Examine
    | MakeSetupCode
    | PowerOff
    | VoiceEffect
)
