"""What callers hear, twice a second: never long nothing, never somebody who did not accept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

from firmware.wording import voice_messages
from hw.simulator.ledger import CallRecord
from hw.simulator.modem import Power
from hw.simulator.modem_audio import AudioFault
from hw.simulator.terminal import CallState, CallView, Direction
from tests.simulation.box import SILENCES
from tests.simulation.promises import Promise
from tests.simulation.symbolic_voice import Heard
from tests.simulation.world import BOX, WORDINGS, World

LOOK_MS = 500
QUIET_MAX_MS = 5_000
WAIT_MAX_MS = 60_000
FIT, THIRD_MS = 2, 4_000      # lost answers fit into the minute; what others may cost
SILENCES_MS = 30_000
COMMANDS_MS = 8_000     # hold, dial, release, retrieve: beside the waits of a stretch of hold
Breaks = Callable[[str, str], None]


@dataclass(slots=True)
class Waits:
    """For how many seconds callers waited until a human or a clear choice, each time: since they
    were answered, or had the choice before."""

    answered: int = 0
    human_s: list[float] = field(default_factory=list)
    choice_s: list[float] = field(default_factory=list)


class VoiceWatch:
    """Follows the calls that the box has answered, while they last. A key that a caller presses is
    no silence to them: they are answered within 5 s of the last one.

    ``excused`` tells whether the box cannot be blamed now: it is without power, or its modem is.
    """

    def __init__(
        self, world: World, breaks: Breaks, excused: Callable[[], bool] = lambda: False
    ) -> None:
        self._world = world
        self._breaks = breaks
        self._excused = excused
        self._quiet_ms = self._held_ms = 0
        self._watching = False
        self._open: list[CallRecord] = []
        self._seen = 0
        self._told: set[tuple[int, str]] = set()
        self._since_ms: int | None = None    # since when whoever calls has had no choice
        self._heard = 0
        self._joined: list[tuple[CallRecord, CallRecord]] = []   # in a conference now
        self._silences: deque[tuple[int, int]] = deque()   # how often no answer came, by then
        self.waits = Waits()
        self.on_dialled: Callable[[str], None] = lambda number: None
        self._answered_ms: int | None = None

    @property
    def heard(self) -> list[Heard]:
        """All that was said to anybody so far."""
        return self._world.voice.heard

    def placed(self, _call_id: int) -> None:
        """Somebody rings the box."""
        if not self._watching:
            self._watching = True
            self._heard = len(self.heard)   # what was said to somebody else before
            self._later()

    def _later(self) -> None:
        self._world.timeline.after(LOOK_MS, self._look)

    def _look(self) -> None:
        modem, ledger = self._world.modem, self._world.network.ledger
        calls = modem.line.calls() if modem.line is not None else ()
        fresh = takewhile(lambda number: number > self._seen, reversed(ledger.calls))
        found = [ledger.calls[number] for number in fresh]
        self._open += found
        for record in found:
            if record.caller == BOX and record.dialled != BOX:
                self.on_dialled(record.dialled)
        self._seen = next(reversed(ledger.calls), 0)
        open_calls = self._open = [call for call in self._open if call.ended_ms is None]
        self._must_not_be_cut()
        for record in open_calls:
            if record.transferred_to is not None and record.dialled == BOX:
                self._judge(record, record.transferred_to)
        inwards = [
            call for call in calls
            if call.direction is Direction.MOBILE_TERMINATED and call.state in _UP
        ]  # fmt: skip
        outwards = [call for call in calls if call.direction is not Direction.MOBILE_TERMINATED]
        if len(inwards) == 1:
            self._listen(inwards[0], outwards)
        else:
            self._answered_ms, self._quiet_ms, self._held_ms = None, 0, 0
            self._since_ms, self._heard = None, len(self.heard)
        self._watching = bool(open_calls or calls)
        if self._watching:
            self._later()

    def _listen(self, caller: CallView, outwards: list[CallView]) -> None:
        voice, now_ms = self._world.voice, self._world.timeline.now_ms
        if self._answered_ms is None:
            self._answered_ms = self._since_ms = now_ms
            self.waits.answered += 1
        self._count(caller.number or "withheld", now_ms)
        joined = caller.multiparty and bool(outwards)
        if joined:
            self._human()
            self._accepted(caller, outwards[0].number or "")
        spoken = voice.playing or voice.taking is not None
        if self._excused() or joined or spoken or self._presses(caller):
            self._quiet_ms = 0
            if caller.state is CallState.ACTIVE:
                self._held_ms = 0
            return
        if caller.state is CallState.HELD:
            self._held_ms += LOOK_MS
            rules = self._world.rules
            limit_ms = 1000 * (rules.ring_s + rules.accept_s) + COMMANDS_MS
            if self._held_ms > limit_ms:
                self._break("hold", caller, self._held_ms)
            return
        self._quiet_ms += LOOK_MS
        if self._quiet_ms > QUIET_MAX_MS:
            self._break("nothing", caller, self._quiet_ms)

    def _presses(self, caller: CallView) -> bool:
        """Whether they have pressed a key since the last look."""
        since_ms = self._world.timeline.now_ms - LOOK_MS
        mine = next((call for call in self._open if call.id == caller.key), None)
        return mine is not None and any(
            at_ms > since_ms and by == mine.caller for at_ms, by, _ in mine.keys[-2:]
        )

    def _break(self, what: str, caller: CallView, lasted_ms: int) -> None:
        key = (self._answered_ms or 0, what)
        if key not in self._told:
            self._told.add(key)
            self._breaks(Promise.HEARD, f"{caller.number} has heard {what} for {lasted_ms} ms")

    def _accepted(self, caller: CallView, number: str) -> None:
        ours = [
            call for call in self._open
            if call.caller == BOX and number in (call.dialled, call.connected_to)
        ]  # fmt: skip
        if not ours:
            return
        self._must_have_pressed(ours[-1], number)
        inwards = [call for call in self._open if call.dialled == BOX and call.id == caller.key]
        if not self._joined and inwards:
            self._joined.append((inwards[0], ours[-1]))

    def _must_not_be_cut(self) -> None:
        """Of two who are joined one hangs up first; the box ends neither call before that."""
        for caller, ours in tuple(self._joined):
            if caller.ended_ms is None and ours.ended_ms is None:
                continue
            self._joined.remove((caller, ours))
            by_box = (caller.ended_by in ("", "called"), ours.ended_by in ("", "caller"))
            if all(by_box) and not self._excused():
                self._breaks(Promise.CUT, f"{caller.caller} and {ours.dialled} were hung up on")

    def _judge(self, record: CallRecord, number: str) -> None:
        self._human(record)
        if record.joined_call is not None:
            self._must_have_pressed(self._world.network.ledger.calls[record.joined_call], number)

    def _must_have_pressed(self, ours: CallRecord, number: str) -> None:
        pressed = any(key == "1" and by == number for _, by, key in ours.keys)
        if not pressed and (ours.id, "joined") not in self._told:
            self._told.add((ours.id, "joined"))
            self._breaks(Promise.ACCEPTED, f"{number} was joined, and pressed {ours.keys}")

    # How long they wait

    def _count(self, number: str, now_ms: int) -> None:
        """Everything said to them since the last look; what they say themselves is no waiting."""
        voice = self._world.voice
        for heard in voice.heard[self._heard :]:
            if heard.number == number and self._since_ms is not None:
                if heard.words in CHOICES or any(key in heard.words for key in STAFFS_KEY):
                    self._ended(self.waits.choice_s, heard.at_ms)
                    self._since_ms = heard.at_ms
                elif heard.words.startswith("mail/"):
                    self._since_ms = now_ms
        self._heard = len(voice.heard)
        if self._since_ms is None:
            return
        unheard = self._world.modem.audio.dead(AudioFault.NO_SOUND_OUT)   # no box can know
        if voice.taking is not None or unheard or out_of_order(self._world):
            self._since_ms = now_ms
        elif now_ms - self._since_ms > WAIT_MAX_MS + LOOK_MS + self._allowed_ms(now_ms):
            waited_s = (now_ms - self._since_ms) / 1000
            self._since_ms = None
            self._breaks(Promise.WAITS, f"{number} has waited for {waited_s:.0f} s")

    def _allowed_ms(self, now_ms: int) -> int:
        """Any two lost answers fit into the minute, a third need not (`firmware/voice`)."""
        seen = self._world.wire.seen
        self._silences.append((now_ms, sum(seen.get(fault, 0) for fault in SILENCES)))
        while self._silences[0][0] < now_ms - SILENCES_MS:
            self._silences.popleft()
        lost = self._silences[-1][1] - self._silences[0][1]
        return THIRD_MS if lost > FIT else 0

    def _ended(self, waits: list[float], at_ms: int) -> None:
        if self._since_ms is not None:
            waits.append((at_ms - self._since_ms) / 1000)

    def _human(self, record: CallRecord | None = None) -> None:
        begun_ms = self._answered_ms if record is None else record.connected_ms
        if begun_ms is not None and (begun_ms, "human") not in self._told:
            self._told.add((begun_ms, "human"))
            self._ended(self.waits.human_s, self._world.timeline.now_ms)
        self._since_ms = None


def out_of_order(world: World) -> bool:
    """Whether nothing that the box says could reach the modem."""
    modem = world.modem
    return not world.listening or world.wire.mute or modem.frozen or modem.power is not Power.ON


_UP = (CallState.ACTIVE, CallState.HELD)
_OFFERS = (
    voice_messages.OR_MESSAGE, voice_messages.OR_WAIT, voice_messages.NOT_YET,
    voice_messages.NOT_YET_NO_MESSAGE, voice_messages.LEAVE_MESSAGE,
    voice_messages.LEAVE_WISHED_MESSAGE, voice_messages.NO_MESSAGE, voice_messages.THANK_YOU,
    voice_messages.WRONG_CODE, voice_messages.MAILBOX_MENU, voice_messages.NO_CALL_BACK,
)  # fmt: skip
STAFFS_KEY = ("tapez 0", "press 0")   # to be led on like a caller
# A menu is none: whoever presses no key waits on
CHOICES = frozenset(wording.say(offer) for wording in WORDINGS.values() for offer in _OFFERS)
