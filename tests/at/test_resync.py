"""The way back to a clean channel: a late reply never reaches another command."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.at import device_commands, message_commands, service_commands
from firmware.at.command import Command
from firmware.at.dialogue_events import Answer, ChannelClean, ChannelMute, DialogueEvent, LateReply
from firmware.at.dialogue_table import State
from firmware.at.unsolicited import Ring
from tests.at.support import PDU, PROFILE_NAMES, Line, load_profile

QUERIES = {"+CMEE?": "+CMEE: 1", "+CRC?": "+CRC: 1", "+CMGF?": "+CMGF: 0"}


def confirming(text: str) -> str:
    """What a modem answers to one or more queries in a line, without the result."""
    parts = text.removeprefix("AT").split(";")
    return "".join(f"\r\n{QUERIES[part]}\r\n" for part in parts if part in QUERIES)


def prompt_replies(_: float, data: bytes) -> Iterable[tuple[float, bytes]]:
    """A modem that is well: every command is answered after 20 ms, ESC is ignored."""
    text = data.decode("ascii").strip("\r\x1b")
    if not text:
        return
    yield 0.02, f"{confirming(text)}\r\nOK\r\n".encode()


def clean(events: list[DialogueEvent]) -> bool:
    return any(isinstance(event, ChannelClean) for event in events)


def test_a_healthy_channel_is_clean_within_a_second(line: Line) -> None:
    line.peer = prompt_replies
    line.resynchronise()
    assert line.dialogue.dirty
    assert line.wait(0.9) == [ChannelClean()]
    assert not line.dialogue.dirty
    assert line.written[0] == b"\x1b"
    assert line.written[1] == b"AT\r"
    line.send(device_commands.signal_query())


def test_after_a_deadline_the_channel_is_put_right(line: Line) -> None:
    line.send(device_commands.signal_query())
    (answer,) = line.wait(device_commands.signal_query().timeout_s)
    assert isinstance(answer, Answer)
    assert answer.result is None
    assert line.dialogue.dirty
    line.peer = prompt_replies
    assert clean(line.wait(1.0))
    assert b"\x1b" not in line.written  # no body was in flight: no prompt can be stuck


def test_the_late_reply_is_told_and_belongs_to_its_command(line: Line) -> None:
    command = service_commands.forwarding_query(1)
    line.send(command)
    line.wait(command.timeout_s)
    found = line.hear(b'\r\n+CCFC: 1,1,"+33601020304",145\r\n\r\nOK\r\n')
    assert found == [LateReply(command, '+CCFC: 1,1,"+33601020304",145')]
    assert line.dialogue.dirty


def test_the_late_ok_is_not_taken_for_that_of_at(line: Line) -> None:
    line.send(device_commands.signal_query())
    line.wait(10.31)
    assert line.written[-1] == b"AT\r"
    line.hear(b"\r\n+CSQ: 1,99\r\n\r\nOK\r\n")  # the lost command's; AT is not answered yet
    line.wait(0.4)
    assert line.dialogue.state is State.CONFIRMING
    line.hear(b"\r\nOK\r\n")  # this is AT's
    assert line.dialogue.dirty
    line.wait(0.4)
    last = line.written[-1].decode().strip()
    assert clean(line.hear(f"{confirming(last)}\r\nOK\r\n".encode()))


def test_events_are_delivered_while_the_channel_is_dirty(line: Line) -> None:
    line.resynchronise()
    assert line.hear(b"\r\nRING\r\n") == [Ring()]


def test_a_mute_modem_is_reported_with_growing_waits(line: Line) -> None:
    line.resynchronise()
    events = line.wait(130.0)
    mutes = [event.for_s for event in events if isinstance(event, ChannelMute)]
    assert len(mutes) >= 6
    gaps = [late - early for early, late in pairwise(mutes)]
    assert gaps == sorted(gaps)
    assert max(gaps) < 31.0
    assert mutes[0] < 2.0
    probes = [data for data in line.written if data != b"\x1b"]
    assert probes[0] == b"AT\r"
    assert set(probes[1:]) == {b"ATQ0V1\r"}


def test_a_modem_that_comes_back_is_clean_again(line: Line) -> None:
    line.resynchronise()
    line.wait(60.0)
    line.peer = prompt_replies
    assert clean(line.wait(40.0))


def test_numeric_results_left_by_another_program(line: Line) -> None:
    def numeric(now_s: float, data: bytes) -> Iterable[tuple[float, bytes]]:
        if data == b"ATQ0V1\r":
            line.peer = prompt_replies
            yield 0.02, b"\r\nOK\r\n"
        elif data != b"\x1b":
            yield 0.02, b"0\r"

    line.peer = numeric
    line.resynchronise()
    assert clean(line.wait(3.0))
    assert b"ATQ0V1\r" in line.written


def test_results_turned_off_by_another_program(line: Line) -> None:
    def silent(now_s: float, data: bytes) -> Iterable[tuple[float, bytes]]:
        if data == b"ATQ0V1\r":
            line.peer = prompt_replies
            yield 0.02, b"\r\nOK\r\n"

    line.peer = silent
    line.resynchronise()
    assert clean(line.wait(5.0))


def test_a_modem_stuck_at_its_prompt(line: Line) -> None:
    stuck = [True]

    def peer(now_s: float, data: bytes) -> Iterable[tuple[float, bytes]]:
        if data == b"\x1b":
            stuck[0] = False
            return [(0.02, b"\r\nOK\r\n")]
        assert b"\x1a" not in data
        return [] if stuck[0] else list(prompt_replies(now_s, data))

    line.peer = peer
    line.resynchronise()
    assert clean(line.wait(3.0))


def test_a_modem_without_the_confirming_queries_is_believed_after_all(line: Line) -> None:
    def refuses(now_s: float, data: bytes) -> Iterable[tuple[float, bytes]]:
        if data == b"AT\r":
            yield 0.02, b"\r\nOK\r\n"
        elif data != b"\x1b":
            yield 0.02, b"\r\nERROR\r\n"

    line.peer = refuses
    line.resynchronise()
    assert clean(line.wait(5.0))


def test_a_modem_that_babbles_results_does_not_hold_us_for_ever(line: Line) -> None:
    line.resynchronise()
    for _ in range(150):
        line.hear(b"\r\nOK\r\n")
        line.wait(0.1)
    assert len(line.written) > 1


def test_every_final_result_begins_the_quiet_anew(line: Line) -> None:
    line.resynchronise()
    for _ in range(5):
        line.wait(0.25)
        line.hear(b"\r\nOK\r\n")
    assert line.written == [b"\x1b"]
    line.wait(0.31)
    assert line.written == [b"\x1b", b"AT\r"]


def test_unknown_noise_does_not_put_off_the_probe(line: Line) -> None:
    line.resynchronise()
    line.wait(0.2)
    line.hear(b"\r\n+NOISE: 1\r\n")
    line.wait(0.11)
    assert line.written == [b"\x1b", b"AT\r"]


def test_escape_is_never_ctrl_z(line: Line) -> None:
    line.send(message_commands.send_message(PDU))
    line.wait(300.0)
    assert b"\x1b" in line.written
    assert not any(b"\x1a" in data for data in line.written)


class SlowModem:
    """Answers in order, one at a time; each line costs its own time, some are not heard at all.

    What it says to a command of ours names that command.
    """

    def __init__(self, delays_s: list[float], heard: list[bool], knows_queries: bool) -> None:
        self._delays_s = delays_s
        self._heard = heard
        self._knows_queries = knows_queries
        self._free_at_s = 0.0
        self._count = 0

    def __call__(self, now_s: float, data: bytes) -> Iterable[tuple[float, bytes]]:
        text = data.decode("ascii").strip("\r\x1b")
        if not text:
            return
        self._count += 1
        if now_s < self._free_at_s and not self._heard[self._count % len(self._heard)]:
            return  # V.250 5.6: what comes while a command runs may be ignored
        self._free_at_s = max(now_s, self._free_at_s)
        self._free_at_s += self._delays_s[self._count % len(self._delays_s)]
        after_s = self._free_at_s - now_s
        if text.startswith("AT+CHLD"):
            yield after_s, f"\r\n+CME ERROR: 9{text[-1]}0\r\n".encode()
        elif not confirming(text) or self._knows_queries:
            yield after_s, f"{confirming(text)}\r\nOK\r\n".encode()
        else:
            yield after_s, b"\r\nERROR\r\n"


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(PROFILE_NAMES),
    delays_s=st.lists(
        st.one_of(st.just(0.02), st.floats(0.01, 3.0), st.floats(3.0, 15.0)),
        min_size=1,
        max_size=10,
    ),
    heard=st.lists(st.booleans(), min_size=1, max_size=5),
    gap_s=st.floats(0.0, 3.0),
)
def test_a_late_reply_is_never_given_to_another_command(
    name: str, delays_s: list[float], heard: list[bool], gap_s: float
) -> None:
    """The modem is slow and deaf at random; our deadline is 2 s; each result names its command."""
    line = Line(load_profile(name))
    line.peer = SlowModem([*delays_s, 0.02, 0.02, 0.02], heard, knows_queries=True)
    sent = send_a_dozen(line, gap_s)
    line.wait(400.0)
    answers = [event for event in line.events if isinstance(event, Answer)]
    assert len(answers) == sent
    for answer in answers:
        if answer.result is not None:
            assert answer.result.code == 900 + 10 * int(answer.command.text[-1])


def send_a_dozen(line: Line, gap_s: float) -> int:
    """Send up to twelve commands in 4000 s, as soon as the channel allows; how many went."""
    sent = 0
    for _ in range(4000):
        if not (line.dialogue.busy or line.dialogue.dirty):
            line.send(Command(f"AT+CHLD=2{sent % 4 + 1}", timeout_s=2.0))
            sent += 1
            line.wait(gap_s)
        if sent == 12:
            break
        line.wait(1.0)
    return sent


@given(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=5), st.floats(0.0, 3.0))
@settings(max_examples=50, deadline=None)
def test_a_modem_that_knows_no_query_still_serves(delays_s: list[float], gap_s: float) -> None:
    line = Line(load_profile("generic"))
    line.peer = SlowModem(delays_s, [True], knows_queries=False)
    line.resynchronise()
    assert send_a_dozen(line, gap_s) == 12


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_attempts_whose_answers_come_late_do_not_confirm(line: Line, lost: int) -> None:
    """The answers to earlier queries come all at once; only that to the last one counts."""
    line.resynchronise()
    line.wait(0.31)
    line.hear(b"\r\nOK\r\n")
    line.wait(0.31)
    first = line.written[-1].decode().strip()
    line.wait(1.1)  # no answer: a new attempt
    line.wait(0.31)
    line.hear(f"{confirming(first)}\r\nOK\r\n".encode() * lost)
    line.wait(0.31)
    second = line.written[-1].decode().strip()
    assert second != first
    line.hear(f"{confirming(first)}\r\nOK\r\n".encode())
    assert line.dialogue.dirty
    line.wait(0.5)
    assert line.written[-1].decode().strip() == second  # the answer is on its way: no new line
    assert clean(line.hear(f"{confirming(second)}\r\nOK\r\n".encode()))
