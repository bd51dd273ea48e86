"""Who is hung up on: the call that was meant, or nobody. A command may wait behind others, and the
call be over when its turn comes; whoever rings by then would be met in its place."""

from __future__ import annotations

import pytest

from firmware.at.answers import CallListEntry, CallStat
from firmware.call.call_state import CallState
from firmware.call.desk import CallDesk
from firmware.call.transfer import Rung
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.policy import Decision, Reason
from firmware.record import Call, CallOutcome
from tests.alert.bench import START, Bench
from tests.modem_by_hand import ModemByHand, numbered, profile


def _desk() -> tuple[CallDesk, ModemByHand]:
    """After a restart: a call that was left to ring is in hand. The modem is busy."""
    line = ModemLine(profile())
    modem = ModemByHand(line)
    line.opened(modem.moment, profile())
    modem.settle()
    bench = Bench(None)
    rings = Call(1, START, "Ambulance", "+33699887766", outcome=CallOutcome.ALERTED)
    desk = CallDesk(
        bench.ledger, line, bench.desk, [rings],
        lambda call: Decision(Rung.SMS_ALERT, None, Reason.CHOSEN), lambda call, target: None,
        lambda: "33",
    )  # fmt: skip
    line.ask(numbered(1), _unheard, Rank.CALL)
    line.pump(modem.moment)
    return desk, modem


def _unheard(reply: Reply) -> None:
    """Nobody waits for it."""


@pytest.mark.parametrize("over", [False, True])
def test_an_answered_call_that_nobody_leads(over: bool) -> None:
    desk, modem = _desk()
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
