"""A conversation of several commands: one at a time, and dropped without a trace."""

from __future__ import annotations

import pytest

from firmware.line.errand import Conversation, Errand
from firmware.line.modem_line import ModemLine, Rank, Reply
from tests.modem_by_hand import RESYNCHRONISING, ModemByHand, numbered, profile

pytestmark = pytest.mark.usefixtures("modem_family")


class Bench:
    """An errand on a line with a modem."""

    def __init__(self, *, calm: bool = False) -> None:
        self.line = ModemLine(profile())
        self.modem = ModemByHand(self.line)
        self.line.opened(self.modem.moment, profile())
        self.modem.settle()
        self.errand = Errand(self.line, Rank.BRING_UP, calm=calm)
        self.replies: list[Reply] = []
        self.done: list[str] = []

    @property
    def heard(self) -> list[str]:
        return [each for each in self.modem.heard if each not in RESYNCHRONISING]

    def talk(self, *numbers: int) -> Conversation:
        for number in numbers:
            reply = yield numbered(number)
            self.replies.append(reply)

    def start(self, *numbers: int, name: str = "done") -> None:
        self.errand.start(self.talk(*numbers), lambda: self.done.append(name))


def test_each_command_waits_for_the_answer_to_the_one_before() -> None:
    bench = Bench()
    bench.modem.answers["AT+CMGR=2"] = ("ERROR",)
    bench.start(1, 2, 3)
    assert bench.errand.running
    bench.modem.settle()
    assert bench.heard == ["AT+CMGR=1", "AT+CMGR=2", "AT+CMGR=3"]
    assert [reply.ok for reply in bench.replies] == [True, False, True]
    assert bench.done == ["done"]
    assert not bench.errand.running


def test_a_conversation_without_a_word_is_done_at_once() -> None:
    bench = Bench()
    bench.start()
    assert bench.done == ["done"]
    assert not bench.errand.running


def test_starting_another_drops_the_one_before_and_its_waiting_command() -> None:
    bench = Bench()
    bench.start(1, 2, name="first")
    bench.start(3, name="second")
    bench.modem.settle()
    assert bench.heard == ["AT+CMGR=3"]
    assert bench.done == ["second"]


def test_the_answer_to_a_dropped_command_is_not_heard() -> None:
    bench = Bench()
    bench.start(1, 2)
    bench.line.pump(bench.modem.moment)      # the first is in flight
    bench.errand.drop()
    bench.modem.settle()
    assert bench.heard == ["AT+CMGR=1"]
    assert bench.replies == []
    assert bench.done == []


def test_a_dropped_conversation_may_tidy_up() -> None:
    bench = Bench()
    tidied = []

    def talk() -> Conversation:
        try:
            yield numbered(1)
        finally:
            tidied.append(True)

    bench.errand.start(talk())
    bench.errand.drop()
    assert tidied == [True]


def test_the_end_of_one_may_be_the_start_of_the_next() -> None:
    bench = Bench()
    bench.errand.start(bench.talk(1), lambda: bench.start(2))
    bench.modem.settle()
    assert bench.heard == ["AT+CMGR=1", "AT+CMGR=2"]
    assert bench.done == ["done"]


def test_a_lost_port_is_an_answer_like_any_other() -> None:
    bench = Bench()
    bench.start(1, 2)
    bench.line.closed()
    assert [reply.lost for reply in bench.replies] == [True, True]
    assert bench.done == ["done"]


@pytest.mark.parametrize("calm", [True, False])
def test_a_calm_errand_waits_for_the_end_of_the_call(calm: bool) -> None:
    bench = Bench(calm=calm)
    bench.line.in_call = True
    bench.start(1)
    bench.modem.settle()
    assert bench.heard == ([] if calm else ["AT+CMGR=1"])
    bench.line.in_call = False
    bench.modem.settle()
    assert bench.heard == ["AT+CMGR=1"]
