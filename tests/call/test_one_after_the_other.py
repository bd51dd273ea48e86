"""Whoever rings just after a call that was refused is a caller of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.at.answers import CallListEntry, CallStat
from firmware.call.call_in_hand import CallInHand, Phase
from firmware.call.call_state import UP, CallState
from firmware.record import Call
from tests.call.told import deafen
from tests.simulation.sites import CALLER, with_mode
from tests.simulation.world import World


def test_one_list_is_enough_for_a_call_that_was_refused(tmp_path: Path) -> None:
    """Found by a simulated year: the second list was lost, and so was the next caller, whose number
    was lost, too, and who gave up: taken for the one refused, nobody was told."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    book, feed, lists = world.attendant._calls._book, world.wire.feed, 0

    def one_list(data: bytes) -> None:
        nonlocal lists
        lists += b"+CLCC" in data and (lists > 0 or book.lines[0].phase is Phase.REJECTED)
        if lists < 2:
            feed(data)

    world.wire.feed = one_list  # type: ignore[method-assign]
    world.call(CALLER)
    while not lists:
        world.run(0.1)
    world.swallowed["+CLIP"] = 99
    world.call("+33688776655", patience_s=5)
    world.run(8)
    world.wire.feed = feed  # type: ignore[method-assign]
    world.run(60)
    assert sorted(a.number or "" for a in world.page.unsettled_alerts()) == ["", CALLER]


def hidden(world: World) -> int:
    """How many callers without a number somebody is asked about."""
    return sum(alert.number is None for alert in world.page.unsettled_alerts())


def test_of_two_hidden_callers_each_is_alerted_of_where_the_refusal_was_not_answered(
    tmp_path: Path
) -> None:
    """Found by a simulated year: the OK was lost, the next hidden caller rang four seconds later
    and was refused in the first one's place; the network had nowhere to lead them on."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    world.unanswered.add("AT+CHLD=0")
    world.call(CALLER, withheld=True)
    world.run(4)
    world.call("+33688776655", withheld=True)
    world.run(60)
    assert hidden(world) == 2


def test_the_next_hidden_caller_who_rings_before_a_list_was_read_is_another(tmp_path: Path) -> None:
    """Found by a simulated year: half a second after the OK to the refusal of the first."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    book = world.attendant._calls._book
    world.refused["AT+CLCC"] = 99
    world.call(CALLER, withheld=True)
    while not any(line.phase is Phase.REJECTED for line in book.lines):
        world.run(0.1)
    world.call("+33688776655", withheld=True)
    world.run(3)
    world.refused["AT+CLCC"] = 0
    world.run(60)
    assert hidden(world) == 2


def test_the_next_hidden_caller_who_rings_before_a_late_ok_to_the_refusal_is_another(
    tmp_path: Path
) -> None:
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    answers, timeline, held = world._from_modem, world.timeline, False

    def late_ok(data: bytes) -> None:
        nonlocal held
        lines = world.attendant._calls._book.lines
        if data == b"\r\nOK\r\n" and not held and lines and lines[0].phase is Phase.REJECTING:
            held = True
            timeline.after(6_000, lambda: answers(data))
        else:
            answers(data)

    world.wire.on_output = late_ok
    world.call(CALLER, withheld=True)
    world.run(3)
    world.call("+33688776655", withheld=True)
    world.run(60)
    assert held
    assert hidden(world) == 2


def test_a_hidden_caller_who_rang_on_while_the_refusal_waited_is_one(tmp_path: Path) -> None:
    """Found by a simulated year: a network that answered no SMS deafened the modem; the caller rang
    twice until the refusal could be written, and was taken for two when it was answered."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    deafen(world)
    world.run(31)
    world.call(CALLER, withheld=True, patience_s=30)
    world.run(120)
    assert hidden(world) == 1


def test_a_hidden_caller_alone_is_alerted_of_once_though_the_refusal_was_not_answered(
    tmp_path: Path
) -> None:
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    world.unanswered.add("AT+CHLD=0")
    world.call(CALLER, withheld=True)
    world.run(60)
    assert hidden(world) == 1


def test_a_hidden_caller_who_rings_on_is_taken_for_two_at_the_most(tmp_path: Path) -> None:
    """No refusal reaches the modem, and it answers none: the next may be ringing, for all we know.
    """
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    feed, refusals = world.wire.feed, (b"AT+CHLD=0", b"AT+CHUP")

    def deaf_to_refusals(data: bytes) -> None:
        if not data.startswith(refusals):
            feed(data)

    world.wire.feed = deaf_to_refusals  # type: ignore[method-assign]
    world.call(CALLER, withheld=True, patience_s=50)
    world.run(90)
    assert hidden(world) == 2


STATES = {
    CallState.ACTIVE: CallStat.ACTIVE, CallState.HELD: CallStat.HELD,
    CallState.INCOMING: CallStat.INCOMING, CallState.WAITING: CallStat.WAITING,
}  # fmt: skip


@pytest.mark.parametrize("was", STATES)
@pytest.mark.parametrize("shown", STATES)
@pytest.mark.parametrize("number", [CALLER, ""])
def test_who_rings_in_the_place_of_a_call_that_was_up_is_another(
    was: CallState, shown: CallState, number: str, tmp_path: Path
) -> None:
    """Found by simulation: of a caller who was joined with somebody, by a transfer, one list had
    told the end, and before the second a hidden caller rang, with the same id. Each of their rings
    was taken for a caller of its own, as the list showed the one who had gone."""
    start = datetime(2026, 3, 10, 11, tzinfo=UTC)
    book = World(tmp_path, with_mode("divert"), start=start, boot=False).attendant._calls._book
    call = Call(1, start, "Ambulance", CALLER)
    line = CallInHand(call, was, Phase.SPEAKING, 0.0, None, list_id=1)
    entry = CallListEntry(1, True, STATES[shown], voice=True, multiparty=False, number=number)
    rings_anew = was in UP and shown not in UP
    assert (book._match(entry, [line]) is None) is rings_anew
