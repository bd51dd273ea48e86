"""The outbox at a network that is slow or down for hours: nothing twice, nothing given up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.at import message_commands as commands
from firmware.record import Memory, OutgoingMessage, OutgoingState, RequestKind
from firmware.sms.outbox_rules import RANK_ALERT, RANK_ANSWER, RETRY_AFTER_S
from hw.simulator.faults import Fault
from tests.alert.bench import Bench
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, CALLER, CHLOE, SAMPLE
from tests.sms.outbox_bench import ALICE, BRUNO, LONG, handed_over, rows

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LATE = b"\r\n+CMGS: 5\r\n\r\nOK\r\n"


@pytest.mark.parametrize("result", ["+CMS ERROR: 500", "ERROR"])
def test_a_part_whose_reference_came_is_sent_whatever_the_result(result: str) -> None:
    bench = Bench(None)
    bench.fate = lambda turn: f"+CMGS: 5\r\n\r\n{result}"
    bench.outbox.send("answer:1", BRUNO, "Un", RANK_ANSWER)
    bench.settle()
    bench.wait(600)
    assert handed_over(bench) == [(BRUNO, "Un")]
    assert (rows(bench)["answer:1"].state, bench.outbox.book.waiting) == (OutgoingState.SENT, 0)


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


def test_a_reference_that_comes_while_the_second_try_waits_for_the_line_is_believed() -> None:
    """The echo was seconds behind: its time had come, but the channel was not clean yet."""
    bench = Bench(None)
    bench.fate = lambda turn: None if turn == 1 else ""
    bench.outbox.send("answer:1", BRUNO, "Un", RANK_ANSWER)
    bench.settle()
    bench.answers_at = False
    bench.wait(61)
    bench.wait(RETRY_AFTER_S[0])
    assert rows(bench)["answer:1"].state is OutgoingState.SENDING
    bench.line.receive(bench.ledger.moment, LATE)
    bench.outbox.send("answer:2", ALICE, "Deux", RANK_ANSWER)
    bench.answers_at = True
    for _ in range(60):
        bench.wait(10)
    assert handed_over(bench) == [(BRUNO, "Un"), (ALICE, "Deux")]
    assert {row.state for row in rows(bench).values()} == {OutgoingState.SENT}


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


DOWN = "+CMS ERROR: 500"
ALARM = "alarm:alert:1:raised:2026-03-10T11:00:00.000+00:00:+33601020304"


@pytest.mark.parametrize(("cause", "about"), [("alert:1:1", 1), (ALARM, None)])
def test_what_an_alert_waits_for_outlives_a_long_outage(cause: str, about: int | None) -> None:
    bench = Bench(None)
    failed: list[OutgoingMessage] = []
    bench.outbox.on_failed = failed.append
    bench.fate = lambda turn: DOWN
    bench.outbox.send(cause, BRUNO, "Un", RANK_ALERT, about=about)
    for _ in range(2 * 24 * 12):
        bench.wait(300)
    assert [message.attempts for message in failed] == [len(RETRY_AFTER_S) + 1]
    assert bench.outbox.book.has_failed(cause)
    assert len(bench.handed_over) > 500   # every five minutes, for two days
    assert rows(bench)[cause].state is OutgoingState.QUEUED
    bench.fate = lambda turn: ""
    bench.wait(300)
    assert rows(bench)[cause].state is OutgoingState.SENT
    assert not bench.outbox.book.has_failed(cause)


@pytest.mark.parametrize("cause", ["alarm:modem:raised:x", "alarm:alert:x:raised", "call:7:note"])
def test_an_alarm_or_the_only_word_about_a_caller_goes_on_until_it_is_too_old(cause: str) -> None:
    bench = Bench(None)
    failed: list[OutgoingMessage] = []
    bench.outbox.on_failed = failed.append
    bench.fate = lambda turn: DOWN
    bench.outbox.send(cause, BRUNO, "Un", RANK_ANSWER)
    for _ in range(20):
        bench.wait(300)
    assert rows(bench)[cause].state is OutgoingState.QUEUED
    assert len(failed) == 1, "the next number is tried meanwhile"
    bench.fate = lambda turn: ""
    bench.wait(300)
    assert rows(bench)[cause].state is OutgoingState.SENT


@pytest.mark.parametrize("cause", ["answer:1", "handover:ends:x", "weekly:x"])
def test_anything_else_fails_in_the_end(cause: str) -> None:
    bench = Bench(None)
    bench.fate = lambda turn: DOWN
    bench.outbox.send(cause, BRUNO, "Un", RANK_ANSWER)
    for _ in range(20):
        bench.wait(300)
    assert rows(bench)[cause].state is OutgoingState.FAILED
    assert len(bench.handed_over) == len(RETRY_AFTER_S) + 1


class Outage(Bench):
    """A bench whose network takes nothing, from the start."""

    over = False

    def _answer(self, line: bytes) -> bytes:
        answer = super()._answer(line)
        refused = line.endswith(b"\x1a") and not self.over
        return f"\r\n{DOWN}\r\n".encode() if refused else answer


def test_a_restart_keeps_trying_and_tells_of_the_failure_no_second_time() -> None:
    bench = Outage(None)
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    for _ in range(20):
        bench.wait(300)
    again = Outage(None, Memory(outgoing=tuple(rows(bench).values())))
    failed: list[OutgoingMessage] = []
    again.outbox.on_failed = failed.append
    again.wait(700)
    assert len(again.handed_over) == 2
    assert (failed, again.outbox.book.has_failed("alert:1:1")) == ([], True)
    again.over = True
    again.wait(300)
    assert rows(again)["alert:1:1"].state is OutgoingState.SENT


def test_the_end_of_an_alert_ends_its_alarm_and_its_questions_and_nothing_else() -> None:
    bench = Bench(None)
    bench.outbox.ready = False
    bench.outbox.send("alert:1:1", BRUNO, "Question", RANK_ALERT, about=1)
    bench.outbox.send(ALARM, ALICE, "Alarme", RANK_ANSWER)
    bench.outbox.send(ALARM.replace("alert:1", "alert:11"), ALICE, "Autre", RANK_ANSWER)
    bench.outbox.withdraw(1)
    bench.outbox.ready = True
    bench.settle()
    assert handed_over(bench) == [(ALICE, "Autre")]


def test_another_question_takes_the_place_of_those_to_the_same_number() -> None:
    bench = Bench(None)
    bench.outbox.ready = False
    bench.outbox.send("alert:1:1", BRUNO, "Bruno", RANK_ALERT, about=1)
    bench.outbox.send("alert:1:2", ALICE, "Alice", RANK_ALERT, about=1)
    bench.outbox.send(ALARM, BRUNO, "Alarme", RANK_ANSWER)
    bench.outbox.withdraw(1, BRUNO)
    bench.outbox.ready = True
    bench.settle()
    assert handed_over(bench) == [(ALICE, "Alice"), (BRUNO, "Alarme")]


@pytest.mark.parametrize("hours", [1, 3, 24])
def test_after_an_outage_each_is_asked_once_and_the_administrators_are_alarmed(
    hours: int, tmp_path: Path
) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=START)
    world.run(60)
    world.wire.set_rate(Fault.CMS_ERROR, 1.0)
    world.text(CALLER, "ma mere est tombee")
    world.run(3600 * hours)
    assert world.texts(BRUNO) == world.texts(CHLOE) == []
    world.wire.clear()
    world.run(900)
    for mobile in (BRUNO, CHLOE):
        assert sum("ma mere est tombee" in text for text in world.texts(mobile)) == 1
    assert sum("personne n'a répondu" in text for text in world.texts(ADMIN)) == 1


def test_an_alert_taken_care_of_in_the_outage_sends_nothing_afterwards(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=START)
    world.run(60)
    world.wire.set_rate(Fault.CMS_ERROR, 1.0)
    world.text(CALLER, "ma mere est tombee")
    world.run(3600 * 2)
    world.page.ask(
        RequestKind.TAKE_CARE, {"alert": "1", "by": "page"}, by="page", at=world.moment.utc
    )
    world.page_wishes()
    world.wire.clear()
    world.run(1200)
    heard = [*world.texts(BRUNO), *world.texts(CHLOE), *world.texts(ADMIN)]
    assert not [text for text in heard if "Réf" in text and "Répondez" in text]
    assert not [text for text in heard if "personne n'a répondu" in text]
