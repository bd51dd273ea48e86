"""Who may speak to the modem next: a ranked queue in front of the one-command dialogue.

A command's answer goes to whoever asked, together with the instant at which it came. Everybody
who asked gets exactly one answer: the modem's, "too late" (``result`` None), or "lost" when the
port went away or the modem restarted before its turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from firmware.at.command import Command, render
from firmware.at.dialogue import Dialogue
from firmware.at.dialogue_events import (
    Answer,
    ChannelClean,
    ChannelMute,
    DialogueEvent,
    LateReply,
    Transmit,
)
from firmware.at.profile import ModemProfile
from firmware.at.result_codes import FinalResult
from firmware.line.held_back import HeldBack
from firmware.moment import Moment


class Rank(IntEnum):
    """The order of urgency; within a rank, first come, first served. ``HANDOVER``: the network
    leads calls to a person of before. ``FORWARD``: what it holds is proved again."""

    CALL = 0
    BRING_UP = 1
    RECEIVE = 2
    HANDOVER = 3
    SEND = 4
    FORWARD = 5
    POLL = 6


# A caller must not wait for an SMS or a forwarding whose answer was lost: else its whole deadline,
# a minute. Most answers of a network come within five seconds; a later one is heard all the same.
CALL_WAITS_S = 15.0
CALL_WAITS_SHORTLY_S = 5.0   # for what modem and card know by themselves
OVERTAKEN_MAX = 4   # then a command goes before all but calls: many texts must not starve it


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a command. ``result`` None: no answer in time, or lost with the channel.
    ``unread``: lines came with the answer that nobody could read. ``asked_s``: when the command was
    written, after it had waited for others (monotonic)."""

    command: Command
    result: FinalResult | None
    lines: tuple[str, ...] = ()
    lost: bool = False
    unread: int = 0
    asked_s: float = 0.0

    @property
    def ok(self) -> bool:
        return self.result is not None and self.result.ok

    @property
    def doubtful(self) -> bool:
        """OK, and nothing else that could be read: what there was to say may have been garbled."""
        return self.ok and not self.lines and self.unread > 0

    @property
    def refused(self) -> bool:
        """The modem or the network said no (as opposed to saying nothing)."""
        return self.result is not None and not self.result.ok

    @property
    def why(self) -> str:
        if self.lost:
            return "lost"
        return "no answer" if self.result is None else str(self.result)


Then = Callable[[Reply], None]
Wanted = Callable[[], bool]
Late = Callable[[Command, str], None]


def _always() -> bool:
    return True


@dataclass(order=True, slots=True)
class _Waiting:
    rank: int
    turn: int
    command: Command = field(compare=False)
    then: Then = field(compare=False)
    key: str | None = field(compare=False)
    calm: bool = field(compare=False)
    wanted: Wanted = field(compare=False)
    overtaken: int = field(compare=False, default=0)


class ModemLine:
    """The queue. ``in_call`` is set by whoever follows the calls: commands asked for with
    ``calm=True`` (27.007 7.11 forwarding is a long network dialogue) wait until it is false.
    """

    def __init__(self, profile: ModemProfile) -> None:
        self.profile = profile
        self._dialogue = Dialogue(profile)
        self._queue: list[_Waiting] = []
        self._turn = 0
        self._current: _Waiting | None = None
        self._asked_s = 0.0   # since when
        self._output: list[bytes] = []
        self._held = HeldBack()
        self._held.cut_off(0.0)   # what began before the program
        self._in_call = False
        self.in_call_s: float | None = None   # a call was up then, and nobody has seen its end
        self.open, self.opened_s = False, 0.0
        self.mute_for_s = 0.0
        self.answered_at: Moment | None = None
        self.silent_since_s: float | None = None   # what should have come by then did not
        # A line of an answer that came after its deadline. Whoever asked has been told "too late"
        # and asks again: only what cannot be asked again is worth hearing.
        self.on_late: Late = lambda command, line: None
        self.on_refused: Callable[[Reply], None] = lambda reply: None   # of whatever command
        self._left: Command | None = None   # unanswered when the port went away

    @property
    def in_call(self) -> bool:
        return self._in_call

    @in_call.setter
    def in_call(self, in_call: bool) -> None:
        self._in_call, self.in_call_s = in_call, None

    @property
    def deadline_s(self) -> float | None:
        return self._dialogue.deadline_s if self.open else None

    @property
    def quiet(self) -> bool:
        """Nothing is asked and nothing waits."""
        return self._current is None and not self._queue

    def opened(self, moment: Moment, profile: ModemProfile) -> None:
        """A new port: whatever was asked of the old one is lost. It may lead to the same modem,
        which has only lost its cable for a moment and goes on with what it was told."""
        left = self._dialogue.unanswered if self.open else self._left
        self.profile = profile
        self._dialogue = Dialogue(profile)
        self.open, self.opened_s = True, moment.monotonic_s
        self.mute_for_s = 0.0
        self.silent_since_s = moment.monotonic_s   # until it has answered once
        if self._in_call:
            self._in_call, self.in_call_s = False, moment.monotonic_s
        self._drop_all()
        self.doubt(moment)
        self._dialogue.await_late(left)

    def closed(self, in_call_s: float | None = None) -> None:
        """The port went away; a call that was up then goes on without it."""
        if self.open:
            self._left = self._dialogue.unanswered
        self.open = False
        self.silent_since_s = None
        self._in_call, self.in_call_s = False, in_call_s
        self._drop_all()

    def forget(self, moment: Moment) -> None:
        """The modem restarted: it will answer nothing that was asked before, and has no call."""
        self.in_call_s = None
        self._drop_all()
        self._handle(moment, self._dialogue.resynchronise(moment.monotonic_s))

    def doubt(self, moment: Moment) -> None:
        """The answer just given may have been another command's, late, and the next would get
        this one's: nothing is sent before the channel is settled."""
        self._handle(moment, self._dialogue.resynchronise(moment.monotonic_s))

    def ask(
        self,
        command: Command,
        then: Then,
        rank: Rank,
        *,
        key: str | None = None,
        calm: bool = False,
        wanted: Wanted = _always,
    ) -> None:
        """Put a command in the queue.

        With a ``key``, a command of the same key that still waits makes this one unnecessary.
        A command that is no longer ``wanted`` when its turn comes is not sent; it is "lost".
        Without a port the answer is "lost", at once.
        """
        if not self.open:
            then(Reply(command, None, lost=True))
            return
        if key is not None and any(waiting.key == key for waiting in self._queue):
            return
        self._turn += 1
        heapq.heappush(
            self._queue, _Waiting(rank, self._turn, command, then, key, calm, wanted)
        )

    def shout(self, command: Command) -> None:
        """Write a command past the dialogue, to a modem that does not answer; no reply is
        awaited, and one that comes is an unknown line."""
        self._output.append(render(command).line)

    def give_up(self, moment: Moment) -> None:
        """Nobody can wait any longer for the answer to what is in flight."""
        self._dialogue.hurry(moment.monotonic_s, 0.0)

    def receive(self, moment: Moment, data: bytes) -> list[DialogueEvent]:
        """Bytes from the modem; returns the unsolicited events among them."""
        self._held.heard(moment.monotonic_s)
        return self._handle(moment, self._dialogue.receive(moment.monotonic_s, data))

    def tick(self, moment: Moment) -> list[DialogueEvent]:
        """Deadlines that have passed; returns unsolicited events (a parser's leftovers)."""
        return self._handle(moment, self._dialogue.tick(moment.monotonic_s))

    def pump(self, moment: Moment) -> None:
        """Send the next command if the modem is free for it."""
        current = self._current
        if current is not None and current.rank != Rank.CALL and self._call_waits:
            own = current.rank in (Rank.RECEIVE, Rank.POLL)
            within_s = CALL_WAITS_SHORTLY_S if own else CALL_WAITS_S
            self._dialogue.hurry(moment.monotonic_s, within_s)
        while self.open and self._current is None and not self._dialogue.dirty:
            waiting = self._next()
            if waiting is None:
                return
            self._current, self._asked_s = waiting, moment.monotonic_s
            self._output.append(self._dialogue.send(moment.monotonic_s, waiting.command))
            self._follow(moment)

    def held_since_s(self, moment: Moment) -> float | None:
        """What the modem tells now may have happened at any time since then, and in which order
        is all that is known; None: it happens now."""
        return self._held.since_s(moment.monotonic_s)

    def _follow(self, moment: Moment) -> None:
        if not self.open:
            self._held.cut_off(moment.monotonic_s)
            return
        answering = bool(self._dialogue.collected)   # +CMGS: has come: the body is over
        command = self._current.command if self._current is not None and not answering else None
        self._held.follow(moment.monotonic_s, command, dirty=self._dialogue.dirty)

    @property
    def _call_waits(self) -> bool:
        return any(waiting.rank == Rank.CALL for waiting in self._queue)

    def take_output(self) -> bytes:
        data = b"".join(self._output)
        self._output.clear()
        return data

    def _next(self) -> _Waiting | None:
        """The next command that may go now; those that nobody wants any more are answered."""
        held = []
        found = None
        while self._queue and found is None:
            waiting = heapq.heappop(self._queue)
            if not waiting.wanted():
                waiting.then(Reply(waiting.command, None, lost=True))
            elif waiting.calm and self.in_call:
                held.append(waiting)
            else:
                found = waiting
        for waiting in held:
            heapq.heappush(self._queue, waiting)
        if found is not None:
            self._overtakes(found)
        return found

    def _overtakes(self, found: _Waiting) -> None:
        """Who has waited for so many that came later has waited long enough."""
        for waiting in self._queue:
            if waiting.turn < found.turn:
                waiting.overtaken += 1
                if waiting.overtaken >= OVERTAKEN_MAX:
                    waiting.rank = min(waiting.rank, Rank.BRING_UP)
        heapq.heapify(self._queue)

    def _handle(self, moment: Moment, happened: list[DialogueEvent]) -> list[DialogueEvent]:
        unsolicited: list[DialogueEvent] = []
        for event in happened:
            match event:
                case Transmit(data):
                    self._output.append(data)
                case Answer():
                    self._answered(moment, event)
                case ChannelClean():
                    self._hears(moment)
                case ChannelMute(for_s):
                    self.mute_for_s = for_s
                    self._misses(moment)
                case LateReply(command, line):
                    self.on_late(command, line)
                case _:
                    unsolicited.append(event)
        self._follow(moment)
        return unsolicited

    def _answered(self, moment: Moment, answer: Answer) -> None:
        waiting, self._current = self._current, None
        if answer.result is not None:
            self._hears(moment)
        else:
            self._misses(moment)
        if waiting is not None:
            reply = Reply(
                answer.command, answer.result, answer.lines,
                unread=answer.unread, asked_s=self._asked_s,
            )  # fmt: skip
            if reply.refused:
                self.on_refused(reply)
            waiting.then(reply)

    def _hears(self, moment: Moment) -> None:
        self.answered_at = moment
        self.mute_for_s = 0.0
        self.silent_since_s = None

    def _misses(self, moment: Moment) -> None:
        if self.silent_since_s is None:
            self.silent_since_s = moment.monotonic_s

    def _drop_all(self) -> None:
        """Answer everybody with "lost", and with what the modem had said so far; whoever asks
        again meanwhile asks the new channel."""
        told = self._dialogue.collected
        self._dialogue.reset()
        dropped = [waiting for waiting in [self._current] if waiting is not None]
        dropped += sorted(self._queue)
        current, self._current = self._current, None
        self._queue = []
        self._output.clear()
        for waiting in dropped:
            lines = told if waiting is current else ()
            waiting.then(Reply(waiting.command, None, lines, lost=True))
