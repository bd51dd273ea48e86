"""Framing, sorting of lines, dialogue: any bytes, at any time, on every profile."""

from __future__ import annotations

import re
from typing import Final

from firmware.at import call_commands, device_commands, message_commands, service_commands
from firmware.at.command import Command
from firmware.at.dialogue import Dialogue, LocalProtocolError
from firmware.at.dialogue_events import Answer, ChannelClean, DialogueEvent, LateReply, Transmit
from firmware.at.events import Unknown
from firmware.at.framing import LINE_LIMIT_BYTES, Framer, Line
from tests.at.support import DELIVER, PDU, PROFILE_NAMES, load_profile
from tests.fuzz.seeds import transcript_lines
from tests.fuzz.target import Deed, Features, Target, Wait, deed, promise, script, wait

_NUMBER: Final = "+33601020304"
COMMANDS: Final[tuple[Command, ...]] = (
    device_commands.signal_query(),
    message_commands.send_message(PDU),
    device_commands.imei(),
    call_commands.dial(_NUMBER),
    message_commands.list_messages(),
    device_commands.registration_query("CS"),
    call_commands.call_list(),
    service_commands.forwarding_query(2),
    call_commands.answer(),
    message_commands.read_message(3),
    call_commands.call_hold("0"),
    message_commands.storage_query(),
    device_commands.errors_query(),
    message_commands.delete_message(1),
)
_RESYNCHRONISE, _RESET = 14, 15
_DEEDS: Final = 16
_WAITS_S: Final = (0.0, 0.01, 0.299, 0.3, 0.31, 1.0, 2.0, 5.0, 9.99, 10.0, 31.0, 125.0)
_END_S: Final = 1200.0  # beyond every deadline: a command, then each attempt at a clean channel
_WAKE_UPS_MAX: Final = 400
_WRITTEN: Final = re.compile(rb"\x1b|AT[ -~]*\r|[0-9A-F]+\x1a")


class _Channel:
    """A dialogue with its time, every promise checked at every turn."""

    def __init__(self, profile: str, piecemeal: bool) -> None:
        self._dialogue = Dialogue(load_profile(profile))
        self._piecemeal = piecemeal
        self._now_s = 100.0
        self._open: Command | None = None
        self.events: list[DialogueEvent] = []
        self.features: set[object] = set()

    def play(self, data: bytes) -> None:
        for step in script(data):
            match step:
                case Deed(number):
                    self._do(number % _DEEDS)
                case Wait(number):
                    self._pass(_WAITS_S[number % len(_WAITS_S)])
                case bytes():
                    for piece in [bytes((b,)) for b in step] if self._piecemeal else [step]:
                        self._take(self._dialogue.receive(self._now_s, piece))
            self._check()
        self._pass(_END_S)
        promise(self._open is None, "a command that was never answered")

    def _do(self, number: int) -> None:
        dialogue = self._dialogue
        if number == _RESET:
            dialogue.reset()
            self._open = None
            return
        free = not dialogue.busy and not (dialogue.dirty and number != _RESYNCHRONISE)
        try:
            if number == _RESYNCHRONISE:
                self._take(dialogue.resynchronise(self._now_s))
            else:
                self._written(dialogue.send(self._now_s, COMMANDS[number]))
                self._open = COMMANDS[number]
        except LocalProtocolError:
            promise(not free, "a free channel refused a command")
        else:
            promise(free, "a command was taken on a busy or dirty channel")

    def _pass(self, for_s: float) -> None:
        end_s = self._now_s + for_s
        for _ in range(_WAKE_UPS_MAX):
            due_s = self._dialogue.deadline_s
            if due_s is None or due_s > end_s:
                self._now_s = end_s
                return
            self._now_s = max(self._now_s, due_s)
            self._take(self._dialogue.tick(self._now_s))
            self._check()
        raise AssertionError("the dialogue keeps asking to be woken")

    def _take(self, events: list[DialogueEvent]) -> None:
        state = self._dialogue.state
        for event in events:
            self.features.add((state, type(event)))
            match event:
                case Transmit(data):
                    self._written(data)
                case Answer():
                    promise(event.command is self._open, "an answer to nothing, or to another")
                    self.features.add((event.command.text[:7], str(event.result)[:12]))
                    self._open = None
                case ChannelClean() | LateReply():
                    promise(self._open is None, "recovery with a command in flight")
                case Unknown(line):
                    promise(len(line) <= LINE_LIMIT_BYTES, "an unbounded line")
        self.events += events

    def _written(self, data: bytes) -> None:
        promise(_WRITTEN.fullmatch(data) is not None, f"written outside the grammar: {data!r}")

    def _check(self) -> None:
        dialogue = self._dialogue
        promise(dialogue.busy == (self._open is not None), "busy without a command, or idle with")
        if dialogue.busy or dialogue.dirty:
            promise(dialogue.deadline_s is not None, "something is awaited without a deadline")
        self.features.add(dialogue.state)


def run(data: bytes) -> Features:
    """The first byte chooses the profile; the rest is a script of bytes, commands and waits."""
    profile = PROFILE_NAMES[data[0] % len(PROFILE_NAMES)] if data else PROFILE_NAMES[0]
    at_once, bytewise = _Channel(profile, False), _Channel(profile, True)
    at_once.play(data[1:])
    bytewise.play(data[1:])
    promise(at_once.events == bytewise.events, "the cuts of a stream change its events")
    _framing(data)
    return frozenset(at_once.features)


def _framing(data: bytes) -> None:
    framer = Framer(64)
    for piece in framer.feed(data):
        if isinstance(piece, Line):
            promise(piece.text == piece.text.strip() != "", "a line with blanks around it")
            promise(len(piece.text) <= 64, "a line beyond the limit")
    promise(len(framer.pending) <= 64, "a buffer beyond its limit")


def seeds() -> list[bytes]:
    """Each profile with the lines that modems send, in every kind of situation."""
    found: list[bytes] = []
    for number, line in enumerate(transcript_lines()):
        profile = bytes((number % len(PROFILE_NAMES),))
        command = deed(number % len(COMMANDS))
        said = b"\r\n" + line + b"\r\n"
        found.append(profile + command + said + b"\r\nOK\r\n" + said)
        sent = b"\r\n+CMGS: 4\r\n\r\nOK\r\n"
        found.append(profile + deed(1) + b"\r\n> " + said + wait(11) + sent)
    return found


TOKENS: Final = (
    *(deed(number) for number in range(_DEEDS)),
    *(wait(number) for number in range(len(_WAITS_S))),
    b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\nRING\r\n", b"\r\n> ", b"> ", b">", b"\r\n", b"\r\r\n",
    b"\r\n+CMT: ,25\r\n", b"\r\n+CDS: 25\r\n", DELIVER.encode() + b"\r\n", b"\r\nAT+CSQ\r",
    b"\r\n+CMEE: 1\r\n", b"\r\n+CRC: 0\r\n", b"\r\n+CMGF: 0\r\n", b"\r\n0\r\n", b"\r\n4\r\n",
    b"\r\nNO CARRIER\r\n", b"\r\n+CME ERROR: 10\r\n", b"\r\n+CMGS: 4\r\n", b"\r\nCONNECT\r\n",
    b"\r\nRDY\r\n", b'\r\n+CLIP: "+33699887766",145\r\n', b"\x00", b"A" * 300,
)  # fmt: skip
TARGET: Final = Target("dialogue", run, seeds, TOKENS, 6_000, 3_000)
