"""The outbox at a network that is slow or down for hours: nothing twice, nothing given up."""

from __future__ import annotations

import pytest

from firmware.at import service_commands as commands
from firmware.record import OutgoingState
from firmware.sms.outbox import RANK_ANSWER
from tests.alert.bench import Bench
from tests.sms.test_outbox import BRUNO, LONG, handed_over, rows

LATE = b"\r\n+CMGS: 5\r\n\r\nOK\r\n"


@pytest.mark.parametrize("result", ["+CMS ERROR: 500", "ERROR"])
def test_a_part_whose_reference_came_is_sent_whatever_the_result(result: str) -> None:
    bench = Bench(None)
    bench.fate = lambda turn: f"+CMGS: 5\r\n\r\n{result}"
    bench.outbox.send("answer:1", BRUNO, "Un", RANK_ANSWER)
    bench.settle()
    bench.wait(600)
    assert handed_over(bench) == [(BRUNO, "Un")]
    assert (rows(bench)["answer:1"].state, bench.outbox.waiting) == (OutgoingState.SENT, 0)


def unanswered(text: str) -> Bench:
    """A bench whose modem has said nothing to the first part until its deadline passed."""
    bench = Bench(None)
    bench.fate = lambda turn: None if turn == 1 else ""
    bench.outbox.send("answer:1", BRUNO, text, RANK_ANSWER)
    bench.settle()
    bench.wait(61)
    return bench


def test_a_reference_that_comes_late_is_believed() -> None:
    bench = unanswered("Un")
    assert rows(bench)["answer:1"].state is OutgoingState.QUEUED
    bench.line.receive(bench.ledger.moment, LATE)
    bench.settle()
    for _ in range(60):
        bench.wait(10)
    assert handed_over(bench) == [(BRUNO, "Un")]
    message = rows(bench)["answer:1"]
    assert (message.state, message.references) == (OutgoingState.SENT, (5,))


def test_a_late_reference_of_one_part_is_not_the_whole_message() -> None:
    bench = unanswered(LONG)
    bench.line.receive(bench.ledger.moment, LATE)
    for _ in range(60):
        bench.wait(10)
    message = rows(bench)["answer:1"]
    assert message.state is OutgoingState.SENT
    assert message.references[0] == 5
    assert len(message.references) == len(bench.handed_over)
    assert "".join(text for _, text in handed_over(bench)) == LONG


def test_a_late_reference_counts_once_and_only_before_the_next_attempt() -> None:
    bench = unanswered("Un")
    for _ in range(60):
        bench.wait(10)   # it went again and was answered
    bench.fate = lambda turn: None
    bench.outbox.send("answer:2", BRUNO, "Deux", RANK_ANSWER)
    bench.settle()
    kept = rows(bench)
    first, second = kept["answer:1"], kept["answer:2"]
    command = commands.send_message(bench.handed_over[0][1].removesuffix("\x1a"))
    bench.outbox.late(command, "+CMGS: 9")
    assert rows(bench) == {}
    assert first.references == (2,)
    assert (second.state, second.references) == (OutgoingState.SENDING, ())


@pytest.mark.parametrize("line", ["+CMGS:", "+CMGS: x", "+CMGL: 5"])
def test_a_late_line_without_a_reference_proves_nothing(line: str) -> None:
    bench = unanswered("Un")
    command = commands.send_message(bench.handed_over[0][1].removesuffix("\x1a"))
    bench.outbox.late(command, line)
    assert rows(bench)["answer:1"].state is OutgoingState.QUEUED
