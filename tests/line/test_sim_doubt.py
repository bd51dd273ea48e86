"""A SIM that an error names is looked at at once: twice if it is not ready, never in a loop."""

from __future__ import annotations

import pytest

from firmware.at import message_commands as commands
from firmware.line.modem_line import Rank
from firmware.line.registration import POLL_S, Progress
from firmware.line.sim_doubt import BUSY_LOOKS_MAX, LOOK_AGAIN_S, READY_FOR_S
from tests.line.registration_bench import Bench

pytestmark = pytest.mark.usefixtures("modem_family")

LOOK = "AT+CPIN?"
PDU = "0001000B913306050607F8000001C8"


def ready() -> Bench:
    bench = Bench()
    bench.open()
    bench.run(POLL_S / 3)
    bench.modem.heard.clear()
    return bench


def text(bench: Bench, result: str) -> None:
    """An SMS is handed over, and the modem answers so."""
    command = commands.send_message(PDU)
    bench.modem.answers[command.text] = (result,)
    bench.line.ask(command, lambda reply: None, Rank.SEND)
    bench.modem.settle()
    bench.run(0.0)


def looks(bench: Bench) -> int:
    return bench.heard.count(LOOK)


@pytest.mark.parametrize("result", ["+CMS ERROR: 310", "+CMS ERROR: 313", "+CME ERROR: 10"])
def test_a_sim_that_is_gone_is_told_within_seconds(result: str) -> None:
    bench = ready()
    bench.modem.answers[LOOK] = ("+CME ERROR: 10",)
    text(bench, result)
    assert looks(bench) == 1
    bench.run(LOOK_AGAIN_S)
    assert looks(bench) == 2
    assert bench.restarts == ["+CME ERROR: 10 (SIM not inserted)"]
    bench.registration.start()     # as the attendant does
    bench.modem.settle()
    assert bench.registration.progress is Progress.SIM_FAULT
    assert [key for key, _ in bench.raised] == ["sim"]


def test_a_sim_that_asks_for_its_pin_is_brought_up_and_none_is_entered_here() -> None:
    bench = ready()
    bench.modem.answers[LOOK] = ("+CPIN: SIM PIN", "OK")
    text(bench, "+CMS ERROR: 311")
    bench.run(LOOK_AGAIN_S)
    assert bench.restarts == ["+CPIN: SIM PIN"]
    assert not [command for command in bench.heard if command.startswith("AT+CPIN=")]


@pytest.mark.parametrize("result", ["+CMS ERROR: 304", "+CMS ERROR: 500", "+CME ERROR: 30",
                                    "+CME ERROR: 16", "ERROR"])  # fmt: skip
def test_other_errors_are_no_reason_to_look(result: str) -> None:
    bench = ready()
    text(bench, result)
    assert looks(bench) == 0


def test_a_sim_that_is_ready_is_believed_for_a_while_whatever_blames_it() -> None:
    bench = ready()
    for _ in range(10):
        text(bench, "+CMS ERROR: 313")
        bench.run(READY_FOR_S / 10)
    assert looks(bench) == 1
    text(bench, "+CMS ERROR: 313")
    assert looks(bench) == 2
    assert bench.restarts == []
    assert bench.registration.progress is Progress.READY


def test_polls_that_blame_a_ready_sim_make_no_loop() -> None:
    bench = ready()
    bench.modem.answers["AT+CSQ"] = ("+CME ERROR: 13",)
    bench.run(10 * POLL_S)
    assert 1 <= looks(bench) <= 10
    assert bench.polls >= 10
    assert bench.restarts == []


@pytest.mark.parametrize("first", [("+CPIN: REBDY", "OK"), ("OK",), ("+CME ERROR: 10",)])
def test_one_look_alone_ends_nothing(first: tuple[str, ...]) -> None:
    """Its line may be garbled, and callers would pay for the set-up."""
    bench = ready()
    bench.modem.answers[LOOK] = first
    text(bench, "+CMS ERROR: 310")
    bench.modem.answers[LOOK] = ("+CPIN: READY", "OK")
    bench.run(POLL_S)
    assert looks(bench) == 2
    assert bench.restarts == []


def test_a_sim_that_is_busy_is_waited_for() -> None:
    bench = ready()
    bench.modem.answers[LOOK] = ("+CME ERROR: 14",)
    text(bench, "+CMS ERROR: 314")
    bench.run((BUSY_LOOKS_MAX - 2) * LOOK_AGAIN_S)
    assert bench.restarts == []
    bench.run(LOOK_AGAIN_S)
    assert bench.restarts == ["+CME ERROR: 14 (SIM busy)"]


def test_silence_says_nothing_of_the_sim_and_stops_no_poll() -> None:
    bench = ready()
    bench.modem.answers[LOOK] = None
    text(bench, "+CMS ERROR: 310")
    polls = bench.polls
    bench.run(3 * POLL_S)
    assert looks(bench) == 1
    assert bench.polls > polls
    assert bench.restarts == []


def test_a_registration_that_ends_may_be_the_card_s() -> None:
    bench = ready()
    for name in ("+CREG", "+CEREG"):
        bench.modem.answers[f"AT{name}?"] = (f"{name}: 2,0", "OK")
    bench.run(POLL_S)
    assert looks(bench) == 1
    assert bench.restarts == []
    assert bench.registration.progress is Progress.SEARCHING


def test_while_it_is_brought_up_nothing_is_looked_at_twice() -> None:
    bench = Bench()
    bench.modem.answers["AT+CNUM"] = ("+CME ERROR: 13",)
    bench.modem.answers["AT+CLIP=1"] = ("+CME ERROR: 14",)
    bench.open()
    assert looks(bench) == 1
