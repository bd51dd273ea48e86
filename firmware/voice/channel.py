"""The voice path of the modem, opened and closed by commands at each call.

    closed -> settling (the call is too young) -> opening (commands) -> open -> closed

The sound itself never comes here: the shell carries it over a second port or a sound card, once
`on_open` was called. Without that port, or with a family that has no voice, `available` says why.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from firmware.at import call_commands as commands
from firmware.at.command import Command
from firmware.at.events import CallProgress, CallStage, SoundFlow, UnsolicitedEvent
from firmware.at.profile import Quirk, VoiceWay
from firmware.line.errand import Conversation, Errand
from firmware.line.modem_line import ModemLine, Rank
from firmware.moment import Moment, soonest

SETTLE_S = 0.2      # 100 ms are said to be enough (quirk voice-after-begin); twice is no loss
TRIES = 3           # of a command that is refused: the call may be younger than its code
AGAIN_S = 0.3
OPEN_WITHIN_S = 6.0   # the caller hears nothing meanwhile

NO_CHANNEL = "no voice channel"   # the family has none that USB could carry
NO_PORT = "no audio port"         # it has, but its port or card was not found
TOO_LATE = "the voice path did not open in time"


class Path(Enum):
    """Where the voice path is."""

    CLOSED = "closed"
    SETTLING = "settling"
    OPENING = "opening"
    OPEN = "open"


class VoiceChannel:
    """The AT side of the voice path. One call at a time has it.

    ``on_flow`` is called with False when the modem can take no more sound, with True when it can.
    """

    def __init__(self, line: ModemLine) -> None:
        self._line = line
        self._errand = Errand(line, Rank.CALL)
        self._closing = Errand(line, Rank.CALL)
        self._way: str | None = None
        self._begun_s: float | None = None   # when the modem said that a call is up
        self._begin_at_s: float | None = None
        self._give_up_at_s: float | None = None
        self._tries = 0
        self._on_open: Callable[[], None] = _nothing
        self._on_fault: Callable[[str], None] = _ignore
        self.path = Path.CLOSED
        self.tells_keys = False   # whether the modem itself reports keys, in this call
        self.flowing = True
        self.on_flow: Callable[[bool], None] = lambda go: None

    # What there is

    def found(self, way: str | None) -> None:
        """By which way the shell can carry sound: SERIAL, CARD, or None where it found neither."""
        self._way = way
        self.forget()

    @property
    def available(self) -> str | None:
        """None where a call can have a voice; else why it cannot."""
        if not self._line.profile.voices:
            return NO_CHANNEL
        return NO_PORT if self._voice is None else None

    @property
    def _voice(self) -> VoiceWay | None:
        return self._line.profile.voice(self._way)

    # Opening and closing

    def open(
        self, moment: Moment, on_open: Callable[[], None], on_fault: Callable[[str], None]
    ) -> None:
        """Open the path of the call that is up. Exactly one of the two is called, once, unless
        `close` or `forget` comes first; ``on_fault`` gets the reason in words."""
        self._stop()
        why = self.available
        if why is not None:
            on_fault(why)
            return
        self._on_open, self._on_fault = on_open, on_fault
        self._tries = 0
        begun_s = moment.monotonic_s if self._begun_s is None else self._begun_s
        settle_s = SETTLE_S if self._line.profile.has(Quirk.VOICE_AFTER_BEGIN) else 0.0
        self.path = Path.SETTLING
        self._begin_at_s = max(begun_s + settle_s, moment.monotonic_s)
        self._give_up_at_s = moment.monotonic_s + OPEN_WITHIN_S
        self.tick(moment)

    def close(self) -> None:
        """Close the path; what was to open is not. A refusal is no matter: the call may be over,
        and the path with it."""
        was, voice = self.path, self._voice
        self._stop()
        if was in (Path.OPENING, Path.OPEN) and voice is not None:
            self._closing.start(self._say(commands.profile_voice(voice, on=False)))

    def call_over(self) -> None:
        """No call is left: the next one begins anew, and must settle anew."""
        self._begun_s = None
        self.close()

    def forget(self) -> None:
        """The modem has restarted or is gone: nothing is open, and nothing is to be closed."""
        self._begun_s = None
        self._closing.drop()
        self._stop()

    # Time and what the modem says

    @property
    def deadline_s(self) -> float | None:
        """When `tick` wants to be called; None while nothing is waited for."""
        return soonest(self._begin_at_s, self._give_up_at_s)

    def tick(self, moment: Moment) -> None:
        """Go on where a call has settled, or a refused command is due again; or give up."""
        if self._give_up_at_s is not None and moment.monotonic_s >= self._give_up_at_s:
            self._fail(TOO_LATE)
            return
        if self._begin_at_s is None or moment.monotonic_s < self._begin_at_s:
            return
        self._begin_at_s = None
        voice = self._voice
        if voice is None:
            self._fail(NO_PORT)
            return
        self.path = Path.OPENING
        self._errand.start(self._opening(voice))

    def heard(self, moment: Moment, event: UnsolicitedEvent) -> None:
        """A code of the modem: a call came up, or its buffer is full."""
        match event:
            case CallProgress(stage=CallStage.ACTIVE) if self._begun_s is None:
                self._begun_s = moment.monotonic_s
            case SoundFlow(go) if self.path is Path.OPEN and go is not self.flowing:
                self.flowing = go
                self.on_flow(go)

    # The conversation

    def _opening(self, voice: VoiceWay) -> Conversation:
        if self._tries == 0:
            yield from self._say(commands.profile_voice_before(voice))
        for command in commands.profile_voice(voice, on=True):
            reply = yield command
            if reply.ok:
                continue
            self._tries += 1
            answered = self._line.answered_at
            if reply.refused and self._tries < TRIES and answered is not None:
                self.path = Path.SETTLING
                self._begin_at_s = answered.monotonic_s + AGAIN_S
            else:
                self._fail(f"{command.text}: {reply.why}")
            return
        detection = commands.dtmf_detection(self._line.profile)
        if detection is None:
            decoders = self._line.profile.codes.values()
            self.tells_keys = any(each.startswith("dtmf") for each in decoders)
        else:
            reply = yield detection
            self.tells_keys = reply.ok
        self.path, self._give_up_at_s = Path.OPEN, None
        self._on_open()

    @staticmethod
    def _say(wanted: tuple[Command, ...]) -> Conversation:
        for command in wanted:
            _ = yield command   # what comes of it is no matter

    def _fail(self, why: str) -> None:
        on_fault = self._on_fault
        self.close()
        on_fault(why)

    def _stop(self) -> None:
        self._errand.drop()
        self._begin_at_s = self._give_up_at_s = None
        self._on_open, self._on_fault = _nothing, _ignore
        self.path, self.flowing, self.tells_keys = Path.CLOSED, True, False


def _nothing() -> None:
    """Nobody waits for it."""


def _ignore(_why: str) -> None:
    """Nobody waits for it."""
