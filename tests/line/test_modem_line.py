"""The queue in front of the modem: everybody who asks gets exactly one answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.at import call_commands, device_commands, message_commands, service_commands
from firmware.line.modem_line import (
    CALL_WAITS_S,
    CALL_WAITS_SHORTLY_S,
    ModemLine,
    Rank,
    Reply,
)
from tests.modem_by_hand import RESYNCHRONISING, ModemByHand, numbered, profile

pytestmark = pytest.mark.usefixtures("modem_family")

PDU = "0001000B913306050607F8000001C8"


def _line() -> tuple[ModemLine, ModemByHand]:
    line = ModemLine(profile())
    modem = ModemByHand(line)
    line.opened(modem.moment, profile())
    modem.settle()
    modem.heard.clear()
    return line, modem


def _own(modem: ModemByHand) -> list[str]:
    return [command for command in modem.heard if command not in RESYNCHRONISING]


def _unheard(reply: Reply) -> None:
    """Nobody listens."""


def test_the_urgent_goes_first_and_then_who_came_first() -> None:
    line, modem = _line()
    for number, rank in enumerate([Rank.POLL, Rank.SEND, Rank.CALL, Rank.SEND, Rank.BRING_UP]):
        line.ask(numbered(number), _unheard, rank)
    modem.settle()
    assert _own(modem) == [f"AT+CMGR={number}" for number in (2, 4, 1, 3, 0)]


def test_many_texts_do_not_starve_a_poll_and_nothing_goes_before_a_call() -> None:
    line, modem = _line()
    line.ask(numbered(0), _unheard, Rank.POLL)
    for number in range(1, 8):
        line.ask(numbered(number), _unheard, Rank.SEND)
    line.ask(numbered(8), _unheard, Rank.CALL)
    modem.settle()
    assert _own(modem) == [f"AT+CMGR={number}" for number in (8, 1, 2, 3, 0, 4, 5, 6, 7)]


def test_the_answer_goes_to_whoever_asked() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CLCC"] = ('+CLCC: 1,1,4,0,0,"+33699887766",145', "OK")
    modem.answers["AT+CHUP"] = ("+CME ERROR: 3",)
    line.ask(call_commands.call_list(), replies.append, Rank.CALL)
    line.ask(call_commands.hang_up(), replies.append, Rank.CALL)
    modem.settle()
    listed, refused = replies
    assert listed.ok
    assert listed.lines == ('+CLCC: 1,1,4,0,0,"+33699887766",145',)
    assert refused.refused
    assert not refused.ok
    assert "3" in refused.why


def test_silence_is_answered_too_late_and_the_next_command_waits_for_a_clean_channel() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CLCC"] = None
    line.ask(call_commands.call_list(), replies.append, Rank.CALL)
    line.ask(device_commands.attention(), replies.append, Rank.POLL)
    modem.settle()
    assert replies == []
    modem.pass_time(call_commands.call_list().timeout_s)
    assert [reply.why for reply in replies] == ["no answer"]
    assert not replies[0].lost
    modem.settle()
    assert [reply.ok for reply in replies] == [False, True]


@pytest.mark.parametrize("urgent", [Rank.CALL, Rank.BRING_UP])
def test_a_caller_does_not_wait_out_a_network_that_does_not_answer(urgent: Rank) -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CCFC=2,2"] = None
    line.ask(service_commands.forwarding_query(2), replies.append, Rank.FORWARD)
    modem.settle()
    modem.pass_time(5)
    line.ask(numbered(1), replies.append, urgent)
    modem.settle()
    modem.pass_time(CALL_WAITS_S - 5)
    modem.settle()
    waited = [reply.why for reply in replies]
    assert waited == (["no answer", "OK"] if urgent is Rank.CALL else [])
    modem.pass_time(service_commands.forwarding_query(2).timeout_s)
    modem.settle()
    assert len(replies) == 2


def test_a_caller_waits_less_for_what_the_modem_knows_by_itself() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CSQ"] = None
    line.ask(device_commands.signal_query(), replies.append, Rank.POLL)
    modem.settle()
    line.ask(numbered(1), replies.append, Rank.CALL)
    modem.settle()
    modem.pass_time(CALL_WAITS_SHORTLY_S)
    modem.settle()
    assert [reply.why for reply in replies] == ["no answer", "OK"]


def test_what_is_given_up_is_answered_at_once() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["ATD+33612345678;"] = None
    line.ask(call_commands.dial("+33612345678"), replies.append, Rank.CALL)
    modem.settle()
    line.give_up(modem.moment)
    modem.pass_time(0)
    assert [reply.why for reply in replies] == ["no answer"]


def test_whoever_asks_about_a_call_later_than_that_waits_no_longer() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CCFC=2,2"] = None
    line.ask(service_commands.forwarding_query(2), replies.append, Rank.FORWARD)
    modem.settle()
    modem.pass_time(2 * CALL_WAITS_S)
    assert replies == []
    line.ask(numbered(1), replies.append, Rank.CALL)
    modem.settle()
    modem.pass_time(0)
    modem.settle()
    assert [reply.why for reply in replies] == ["no answer", "OK"]


def test_without_a_port_the_answer_is_lost_at_once() -> None:
    line = ModemLine(profile())
    replies: list[Reply] = []
    line.ask(device_commands.attention(), replies.append, Rank.CALL)
    assert [reply.lost for reply in replies] == [True]
    assert line.deadline_s is None


@pytest.mark.parametrize("how", ["closed", "forget", "opened"])
def test_a_lost_port_or_a_restart_answers_everybody_at_once(how: str) -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CMGR=1"] = None
    for number in (1, 2, 3):
        line.ask(numbered(number), replies.append, Rank.SEND)
    modem.settle()
    if how == "closed":
        line.closed()
    elif how == "forget":
        line.forget(modem.moment)
    else:
        line.opened(modem.moment, profile())
    assert [(reply.command.text, reply.lost) for reply in replies] == [
        ("AT+CMGR=1", True),
        ("AT+CMGR=2", True),
        ("AT+CMGR=3", True),
    ]
    assert line.quiet


def test_who_asks_again_because_it_was_lost_asks_the_new_channel() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CMGR=1"] = None

    def again(reply: Reply) -> None:
        replies.append(reply)
        if reply.lost:
            line.ask(numbered(2), replies.append, Rank.SEND)

    line.ask(numbered(1), again, Rank.SEND)
    modem.settle()
    line.forget(modem.moment)
    modem.settle()
    assert [reply.lost for reply in replies] == [True, False]


def test_a_key_asks_once_while_the_first_still_waits() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    modem.answers["AT+CMGR=1"] = None
    line.ask(numbered(1), _unheard, Rank.CALL)
    modem.settle()
    for _ in range(3):
        line.ask(call_commands.call_list(), replies.append, Rank.CALL, key="list")
    modem.pass_time(30.0)
    modem.settle()
    assert _own(modem).count("AT+CLCC") == 1
    assert len(replies) == 1


def test_calm_commands_wait_for_the_end_of_the_call_in_their_order() -> None:
    line, modem = _line()
    line.in_call = True
    line.ask(numbered(1), _unheard, Rank.FORWARD, calm=True)
    line.ask(numbered(2), _unheard, Rank.FORWARD, calm=True)
    line.ask(numbered(3), _unheard, Rank.POLL)
    modem.settle()
    assert _own(modem) == ["AT+CMGR=3"]
    line.in_call = False
    modem.settle()
    assert _own(modem) == ["AT+CMGR=3", "AT+CMGR=1", "AT+CMGR=2"]


def test_what_nobody_wants_any_more_is_not_sent_and_is_lost() -> None:
    line, modem = _line()
    replies: list[Reply] = []
    line.ask(numbered(1), replies.append, Rank.SEND, wanted=lambda: False)
    line.ask(numbered(2), replies.append, Rank.SEND, wanted=lambda: True)
    modem.settle()
    assert _own(modem) == ["AT+CMGR=2"]
    assert [reply.lost for reply in replies] == [True, False]


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("ask"), st.sampled_from(Rank), st.booleans(), st.sampled_from(["a", "b", ""]),
            st.sampled_from(["answers", "refuses", "is silent"]),
        ),
        st.tuples(st.sampled_from(["pump", "settle", "forget", "close", "open"])),
        st.tuples(st.just("in_call"), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 15.0, 60.0])),
        st.tuples(st.just("noise"), st.sampled_from(["\r\nRING\r\n", "OK\r\n", "\xff\x00", "> "])),
    ),
    max_size=40,
)  # fmt: skip


class Chaos:
    """A line on which anything happens in any order; counts who was answered how often."""

    def __init__(self) -> None:
        self.line, self.modem = _line()
        self.answered: Counter[int] = Counter()
        self.merged: set[int] = set()
        self.asked = 0

    def ask(self, rank: Rank, calm: bool, letter: str, how: str) -> None:
        self.asked += 1
        me = self.asked
        command = numbered(me)
        self.modem.answers[command.text] = {
            "answers": ("OK",), "refuses": ("ERROR",), "is silent": None,
        }[how]  # fmt: skip
        waiting = len(self.line._queue)
        was_open = self.line.open
        self.line.ask(
            command, lambda reply: self.answered.update([me]), rank, key=letter or None, calm=calm
        )
        if was_open and len(self.line._queue) == waiting:
            self.merged.add(me)

    def pump(self) -> None:
        self.line.pump(self.modem.moment)

    def settle(self) -> None:
        self.modem.settle()

    def forget(self) -> None:
        if self.line.open:
            self.line.forget(self.modem.moment)

    def close(self) -> None:
        self.line.closed()

    def open(self) -> None:
        self.line.opened(self.modem.moment, profile())

    def in_call(self, in_call: bool) -> None:
        self.line.in_call = in_call

    def wait(self, seconds: float) -> None:
        self.modem.pass_time(seconds)

    def noise(self, noise: str) -> None:
        self.modem.says(noise)


@given(STEPS)
def test_whatever_happens_everybody_who_asks_gets_exactly_one_answer(
    steps: list[tuple[Any, ...]],
) -> None:
    """Asked, refused, silent, lost, restarted, in any order; with a key the later ones are the
    first one's. At the end the port closes, so that nobody can be waiting still."""
    chaos = Chaos()
    for name, *values in steps:
        getattr(chaos, name)(*values)
        assert max(chaos.answered.values(), default=0) <= 1
    chaos.close()
    assert set(chaos.answered) == set(range(1, chaos.asked + 1)) - chaos.merged
    assert set(chaos.answered.values()) <= {1}


def test_what_a_modem_tells_behind_a_port_that_was_away_may_have_happened_before() -> None:
    """Found by a simulated year: it had kept its codes back for a message when USB stumbled, and a
    call that had rung for long was taken for one that had just begun."""
    line, modem = _line()
    modem.pass_time(60.0)
    sent_s = modem.now_s
    modem.answers[message_commands.send_message(PDU).text] = None   # no prompt is seen
    line.ask(message_commands.send_message(PDU), _unheard, Rank.SEND)
    modem.settle()
    modem.pass_time(2.0)
    line.closed()
    modem.pass_time(4.0)
    line.opened(modem.moment, profile())
    line.pump(modem.moment)
    modem.says("\r\nRING\r\n")
    assert line.held_since_s(modem.moment) == sent_s
    modem.settle()
    modem.pass_time(60.0)
    modem.says("\r\nRING\r\n")
    assert line.held_since_s(modem.moment) is None


def test_nobody_knows_when_that_began_which_a_modem_tells_first_of_all() -> None:
    line = ModemLine(profile())
    modem = ModemByHand(line)
    line.opened(modem.moment, profile())
    modem.says("\r\nRING\r\n")
    assert line.held_since_s(modem.moment) == 0.0


def test_a_message_whose_reference_came_keeps_no_code_back_though_its_ok_was_lost() -> None:
    """Found by a simulated year: a call that rang then was believed to ring since."""
    line, modem = _line()
    modem.pass_time(60.0)
    line.ask(message_commands.send_message(PDU), _unheard, Rank.SEND)
    line.pump(modem.moment)
    modem.says("\r\n> ")
    modem.pass_time(0.5)
    for said in ("+CMGS: 66", "RING"):
        modem.says(f"\r\n{said}\r\n")
        assert line.held_since_s(modem.moment) is None
        modem.pass_time(3.0)
