"""One command in flight, its deadline, and the way back to a clean channel. No clock, no device.

Theory of operation
-------------------
``send`` gives bytes; ``receive`` and ``tick`` give events; ``deadline_s`` says when ``tick`` is
due. A line is tried in this order: echo of what was sent, second line of a two-line code, final
result (whole line), the prefixes of the command in flight, the table of unsolicited codes, a
bare line when the command expects one, unknown.

A command that passes its deadline is answered with ``result=None`` and leaves the channel
*dirty*: its reply may still come. What is sent next must not get it. So the channel is left to
go quiet, a prompt that may be stuck is left with ESC (never Ctrl-Z, which would send), then AT is
sent until an OK comes back, and after another quiet gap a query confirms: its answer carries its
own prefix, so that the late OK of another command cannot be taken for it. The query differs from
one attempt to the next, for the same reason. Waits grow from 1 to 30 s. While it lasts
unsolicited codes are delivered as always, and what the lost command still says is ``LateReply``.

A prompt hidden behind left-over bytes looks like an unfinished line that ends with ``>``; it
counts as a prompt once nothing has followed for ``QUIET_S``. A prompt that nothing in flight asked
for is left with ESC, and the channel put right.
"""

from __future__ import annotations

from firmware.at.command import ESCAPE, Command, render
from firmware.at.dialogue_events import (
    Answer,
    ChannelClean,
    ChannelMute,
    DialogueEvent,
    LateReply,
    Transmit,
)
from firmware.at.dialogue_table import DIRTY, TABLE, Action, Input, State
from firmware.at.events import Unknown
from firmware.at.framing import Framer, Line, Prompt
from firmware.at.line_sorter import LineSorter
from firmware.at.profile import ModemProfile
from firmware.at.result_codes import FinalResult, numeric_result
from firmware.at.resync import QUIET_S, Resync
from firmware.moment import soonest

# The modem gives it by itself, within milliseconds (27.005 3.5.1); while it is awaited no code is
# told, and a caller who rings for a few seconds only would never be heard
PROMPT_TIMEOUT_S = 5.0
# Once an answer has begun the rest follows at once, or it was lost: a call that rings meanwhile
# must not wait for the deadline of a command to the network
REST_FOLLOWS_S = 8.0


class LocalProtocolError(RuntimeError):
    """We broke the rules of the channel: two commands at once, or one on a dirty channel."""


class Dialogue:
    """The AT channel of one modem. Every method takes the monotonic time in seconds."""

    def __init__(self, profile: ModemProfile) -> None:
        self._profile = profile
        self.reset()

    def reset(self) -> None:
        """Forget everything: the port was opened anew. Follow it by ``resynchronise``."""
        self._framer = Framer()
        self._sorter = LineSorter(self._profile.codes)
        self._resync = Resync()
        self._state = State.IDLE
        self._command: Command | None = None
        self._late: Command | None = None
        self._body: bytes | None = None
        self._lines: list[str] = []
        self._unread = 0
        self._deadline_s: float | None = None
        self._until_s = 0.0   # when a long answer must have ended, however it goes on
        self._asked_s = 0.0   # when the command in flight, or its body, was written
        self._heard_s: float | None = None
        self._prompt_before_quiet = False
        self._events: list[DialogueEvent] = []

    @property
    def state(self) -> State:
        """Where the channel is; for display and tests."""
        return self._state

    @property
    def busy(self) -> bool:
        """A command is in flight."""
        return self._command is not None

    @property
    def collected(self) -> tuple[str, ...]:
        """What the command in flight has been answered so far."""
        return tuple(self._lines)

    @property
    def unanswered(self) -> Command | None:
        """The command whose answer may still come though nobody can wait for it any more: what
        timed out, or what is in flight with its body sent."""
        return self._command if self._state is State.BODY else self._late

    def await_late(self, command: Command | None) -> None:
        """The channel was opened anew, and the modem is the same: until the channel is clean it
        may still answer what the channel before could not hear."""
        self._late = command

    @property
    def dirty(self) -> bool:
        """The channel is being put right; nothing can be sent until ``ChannelClean``."""
        return self._state in DIRTY

    @property
    def deadline_s(self) -> float | None:
        """When ``tick`` is due, ``None`` when nothing is awaited."""
        return soonest(self._deadline_s, self._quiet_at(), self._sorter.expires_s)

    def send(self, now_s: float, command: Command) -> bytes:
        """The bytes to write for ``command``; the body, if any, follows as ``Transmit``.

        Raises ``LocalProtocolError`` while another is in flight or the channel is dirty, and
        ``UnsafeCommand`` on anything outside the grammar; then nothing has changed.
        """
        if TABLE[self._state][Input.SEND] is Action.REFUSE:
            raise LocalProtocolError(f"cannot send {command.text!r}: {self._state.value}")
        rendered = render(command)
        self._command, self._body, self._lines = command, rendered.body, []
        self._unread = 0
        self._sorter.expect(command)
        if rendered.body is None:
            self._state, wait_s = State.COMMAND, command.timeout_s
        else:
            self._state, wait_s = State.PROMPT, min(command.timeout_s, PROMPT_TIMEOUT_S)
        self._ask_until(now_s, wait_s)
        return rendered.line

    def receive(self, now_s: float, data: bytes) -> list[DialogueEvent]:
        """Take bytes from the modem; never raises on any of them."""
        if data:
            self._heard_s = now_s
        for piece in self._framer.feed(data):
            if isinstance(piece, Prompt):
                self._react(now_s, Input.PROMPT)
            else:
                self._line(now_s, piece)
        return self._take_events()

    def tick(self, now_s: float) -> list[DialogueEvent]:
        """Let time pass; does nothing before ``deadline_s``."""
        self._events.extend(self._sorter.expire(now_s))
        quiet_at = self._quiet_at()
        if quiet_at is not None and now_s >= quiet_at:
            self._on_quiet(now_s)
        if self._deadline_s is not None and now_s >= self._deadline_s:
            self._deadline_s = None
            self._react(now_s, Input.DEADLINE)
        return self._take_events()

    def hurry(self, now_s: float, within_s: float) -> None:
        """Somebody waits who cannot wait for long: the command in flight has no more than this from
        when it was sent. Its answer may still come, as a ``LateReply``."""
        if self._command is not None and self._deadline_s is not None and not self.dirty:
            self._until_s = min(self._until_s, max(self._asked_s + within_s, now_s))
            self._deadline_s = min(self._deadline_s, self._until_s)

    def resynchronise(self, now_s: float) -> list[DialogueEvent]:
        """Put the channel right before the first command, after another program perhaps.

        Raises ``LocalProtocolError`` while a command is in flight.
        """
        if self.busy:
            raise LocalProtocolError("cannot resynchronise while a command is in flight")
        if not self.dirty:
            self._settle(now_s, escape=True)
        return self._take_events()

    def _take_events(self) -> list[DialogueEvent]:
        events, self._events = self._events, []
        return events

    # Lines and quiet

    def _quiet_at(self) -> float | None:
        """When quiet begins to count; it does only after what may be a prompt."""
        if self._heard_s is None:
            return None
        hidden = self._prompt_before_quiet or self._framer.hides_prompt
        return self._heard_s + QUIET_S if hidden else None

    def _on_quiet(self, now_s: float) -> None:
        self._heard_s = None
        self._prompt_before_quiet = False
        left_over = self._framer.take_pending().rstrip().removesuffix(">").strip()
        if left_over:
            self._events.append(Unknown(left_over))
        self._react(now_s, Input.STUCK)

    def _line(self, now_s: float, line: Line) -> None:
        self._prompt_before_quiet = False
        if line.overlong:
            self._events.append(Unknown(line.text))
            return
        probe = self._resync.sent if self.dirty else None
        found = self._sorter.sort(now_s, line.text, probe)
        self._events.extend(found.events)
        if found.input is not None:
            self._react(now_s, found.input, line.text, found.result)

    # The table

    def _react(
        self, now_s: float, what: Input, text: str = "", result: FinalResult | None = None
    ) -> None:
        action = TABLE[self._state][what]
        if action is Action.ESCAPE:
            self._settle(now_s, escape=True)
            return
        if self.dirty:
            self._recover(now_s, action, text, result)
            return
        match action:
            case Action.UNKNOWN:
                self._unread += 1
                self._events.append(Unknown(text))
            case Action.COLLECT:
                self._lines.append(text)
                self._deadline_s = min(self._until_s, now_s + REST_FOLLOWS_S)
            case Action.ANSWER if self._is_stray(result):
                self._deadline_s = min(self._until_s, now_s + REST_FOLLOWS_S)
            case Action.ANSWER:
                self._answer(result)
            case Action.ANSWER_UNPROMPTED if result is not None and not result.ok:
                self._answer(result)
            case Action.SEND_BODY:
                self._send_body(now_s)
            case Action.WAIT_FOR_QUIET:
                self._prompt_before_quiet = True
            case Action.TIME_OUT:
                self._time_out(now_s, escape=False)
            case Action.TIME_OUT_ESCAPE | Action.ANSWER_UNPROMPTED:
                self._time_out(now_s, escape=True)

    def _is_stray(self, result: FinalResult | None) -> bool:
        """An OK to a message without the line that comes before it (27.005 3.5.1, 4.3): that of
        another command, late. The modem is still sending, and would hear no command."""
        sending = self._state is State.BODY and not self._lines
        return sending and result is not None and result.ok

    def _recover(self, now_s: float, action: Action, text: str, result: FinalResult | None) -> None:
        """The cells of a dirty channel."""
        resync = self._resync
        match action:
            case Action.LATE:
                self._late_line(text)
            case Action.DRAIN:
                self._deadline_s = resync.quiet_until(now_s)
            case Action.PROBE:
                self._write(now_s, resync.probe(), State.PROBING)
            case Action.PROBE_RESULT if result is not None and result.ok:
                if numeric_result(text) is not None:
                    resync.note_numeric()
                self._drain(now_s)
            case Action.CONFIRM if resync.numeric:
                self._write(now_s, resync.probe(), State.PROBING)
            case Action.CONFIRM:
                avoid = self._late.prefixes if self._late is not None else ()
                self._write(now_s, resync.confirmation(avoid), State.CONFIRMING)
            case Action.CONFIRM_LINE if not resync.confirms(text):
                self._late_line(text)
            case Action.CONFIRM_RESULT:
                self._confirm_result(now_s)
            case Action.RETRY:
                resync.retry(now_s)
                self._events.append(ChannelMute(now_s - resync.since_s))
                self._settle(now_s, escape=True)

    def _answer(self, result: FinalResult | None) -> None:
        command = self._command
        if command is not None:
            body_sent = self._state is State.BODY
            lines = tuple(self._lines)
            self._events.append(Answer(command, result, lines, body_sent, self._unread))
        self._late = command if result is None else None
        self._command, self._body, self._lines = None, None, []
        self._deadline_s = None
        self._prompt_before_quiet = False
        self._sorter.expect(None)
        self._state = State.IDLE

    def _send_body(self, now_s: float) -> None:
        if self._command is None or self._body is None:
            raise AssertionError("waiting for a prompt without a body")
        self._events.append(Transmit(self._body))
        self._state, self._body = State.BODY, None
        self._ask_until(now_s, self._command.timeout_s)

    def _ask_until(self, now_s: float, wait_s: float) -> None:
        self._asked_s, self._deadline_s = now_s, now_s + wait_s
        self._until_s = self._deadline_s
        if self._command is not None:
            self._until_s += self._command.goes_on_s

    # Putting the channel right

    def _time_out(self, now_s: float, escape: bool) -> None:
        self._answer(None)
        self._settle(now_s, escape)

    def _settle(self, now_s: float, escape: bool) -> None:
        if not self.dirty:
            self._resync.start(now_s)
        if escape:
            self._events.append(Transmit(ESCAPE))
        self._state = State.SETTLING
        self._deadline_s = self._resync.quiet_until(now_s)

    def _drain(self, now_s: float) -> None:
        self._state = State.DRAINING
        self._deadline_s = self._resync.quiet_until(now_s)

    def _confirm_result(self, now_s: float) -> None:
        if self._resync.finished():
            self._clean()
        elif not self._resync.overtaken:
            self._drain(now_s)

    def _write(self, now_s: float, text: str, state: State) -> None:
        self._events.append(Transmit(render(Command(text)).line))
        self._state = state
        self._deadline_s = now_s + self._resync.wait_s

    def _late_line(self, text: str) -> None:
        late = self._late
        if late is not None and late.prefixes and text.startswith(late.prefixes):
            self._events.append(LateReply(late, text))
        else:
            self._events.append(Unknown(text))

    def _clean(self) -> None:
        self._late = None
        self._deadline_s = None
        self._state = State.IDLE
        self._events.append(ChannelClean())
