"""Who is hung up on: the call that was meant, or nobody. A command may wait behind others, and the
call be over when its turn comes; whoever rings by then would be met in its place."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from firmware.at.answers import CallListEntry, CallStat
from firmware.call.call_state import CallState
from firmware.call.desk import CallDesk
from firmware.call.transfer import Rung
from firmware.effect import Effect, Write
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.policy import Decision, Reason
from firmware.record import Call, CallOutcome
from tests.alert.bench import START, Bench
from tests.modem_by_hand import ModemByHand, numbered, profile
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import BRUNO, CALLER, SAMPLE

OFFICE_HOURS = """
[[opening_hours]]
service = "Ambulance"
days = "mon-sun"
from = "08:00"
to = "18:00"
number = "+33388112233"
"""
RINGS = Call(1, START, "Ambulance", "+33699887766", outcome=CallOutcome.ALERTED)


def _desk(*remembered: Call, rung: Rung = Rung.SMS_ALERT) -> tuple[CallDesk, ModemByHand]:
    """After a restart of the program. The modem is busy."""
    line = ModemLine(profile())
    modem = ModemByHand(line)
    line.opened(modem.moment, profile())
    modem.settle()
    bench = Bench(None)
    desk = CallDesk(
        bench.ledger, line, bench.desk, remembered,
        lambda call: Decision(rung, None, Reason.CHOSEN), lambda call, target: None,
        lambda: "33",
    )  # fmt: skip
    line.ask(numbered(1), _unheard, Rank.CALL)
    line.pump(modem.moment)
    return desk, modem


def _unheard(reply: Reply) -> None:
    """Nobody waits for it."""


@pytest.mark.parametrize("over", [False, True])
def test_an_answered_call_that_nobody_leads(over: bool) -> None:
    desk, modem = _desk(RINGS)
    (line,) = desk._book.lines
    line.state = CallState.ACTIVE
    desk.seen(line)
    if over:
        desk.gone(line)
    modem.settle()
    assert ("AT+CHUP" in modem.heard) is not over


@pytest.mark.parametrize("over", [False, True])
def test_a_call_of_ours_that_nobody_owns(over: bool) -> None:
    desk, modem = _desk()
    leg = CallListEntry(2, False, CallStat.ACTIVE, True, False, "+33612345678")
    desk._book.dialled = (leg,)
    desk._listed((leg,))
    if over:
        desk._book.dialled = ()
    modem.settle()
    assert ("AT+CHLD=12" in modem.heard) is not over


@pytest.mark.parametrize("rung", [Rung.SMS_ALERT, Rung.NETWORK_DIVERT])
def test_a_call_that_is_found_up_is_decided_about_and_alerted_before_it_is_hung_up_on(
    rung: Rung,
) -> None:
    """Without a number it was hung up on first; with one, in mode divert, it was believed to be led
    on by the network, which leads nobody on who was answered."""
    for number in ("", ',"+33612345678",145'):
        desk, modem = _desk(rung=rung)
        modem.answers["AT+CLCC"] = (f"+CLCC: 1,1,0,0,0{number}", "OK")
        found: list[tuple[str | None, CallOutcome]] = []
        modem.after_write = partial(_look, desk, modem, found)
        desk.opened("867698040000018")
        modem.settle()
        assert found == [(rung.value, CallOutcome.ALERTED)]


def _look(
    desk: CallDesk, modem: ModemByHand, found: list[tuple[str | None, CallOutcome]], command: str
) -> None:
    """What was known of the call when it is hung up on."""
    if command == "AT+CHUP":
        call = desk._book.lines[-1].call
        found.append((call.decision, call.outcome))
        modem.answers["AT+CLCC"] = ("OK",)


class Garbling(CalmWorld):
    """A byte of `AT+CHLD=0` is garbled on its way: the modem answers the call."""

    def perform(self, effect: Effect) -> None:
        if effect == Write(b"AT+CHLD=0\r"):
            effect = Write(b"AT+CHLD=1\r")
        super().perform(effect)


@pytest.mark.parametrize("site", [SAMPLE, SAMPLE + OFFICE_HOURS])
def test_whom_a_garbled_refusal_has_answered_is_not_said_to_be_led_on(
    site: str, tmp_path: Path
) -> None:
    world = Garbling(tmp_path, site, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(120)
    world.call(CALLER)
    world.run(60)
    (call,) = world.journal("call")
    assert call["outcome"] == "alerted"
    assert any(CALLER in text and "non transféré" in text for text in world.texts(BRUNO))
