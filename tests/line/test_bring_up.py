"""Bring-up: what a modem may refuse, and what the wire makes of it."""

from __future__ import annotations

import pytest

from firmware.at import call_commands
from firmware.at.command import Command
from tests.line.registration_bench import Bench
from tests.modem_by_hand import profile

pytestmark = pytest.mark.usefixtures("modem_family")

WISHES = (
    "AT+CLIP=1", "ATS0=0", "AT+CRC=1", "AT+CSSN=0,1", "AT+CREG=2", "AT+CEREG=2", "AT+CSMS=0",
    "AT+COPS=3,0", "AT+CTZR=1", "AT+CMEE=1", "AT+CNUM", "AT+CSCA?",
)  # fmt: skip


def refused_once(bench: Bench, command: str) -> None:
    """A byte of it was garbled on its way; whatever is said then is taken."""
    bench.modem.answers[command] = ("ERROR",)

    def heard(said: str) -> None:
        if said == command:
            bench.modem.answers[command] = ("OK",)

    bench.modem.after_write = heard


@pytest.mark.parametrize("command", WISHES)
def test_a_wish_that_was_refused_is_uttered_once_more(command: str) -> None:
    """A simulated modem told no caller's number for two hours, as AT+CLIP=1 was garbled once."""
    bench = Bench()
    refused_once(bench, command)
    bench.open()
    bench.modem.settle()
    assert bench.heard.count(command) == 2
    assert bench.registration.initialised


@pytest.mark.parametrize("command", WISHES)
def test_a_modem_that_goes_on_refusing_it_is_not_asked_a_third_time(command: str) -> None:
    bench = Bench()
    bench.modem.answers[command] = ("ERROR",)
    bench.open()
    bench.modem.settle()
    assert bench.heard.count(command) == 2
    assert bench.registration.initialised


def test_the_best_form_of_cnmi_is_not_given_up_for_one_garbled_byte() -> None:
    bench = Bench()
    best = f"AT+CNMI={profile().cnmi[0]}"
    refused_once(bench, best)
    bench.open()
    bench.modem.settle()
    assert [each for each in bench.heard if each.startswith("AT+CNMI=")] == [best, best]


def test_no_lost_answer_of_the_bring_up_takes_a_caller_s_minute() -> None:
    """AT+CLIP=1 had a minute, as if it asked the network: so long nobody looked who was on the
    line. A store that is slow has half of it."""
    bench = Bench()
    asked: list[Command] = []
    ask = bench.line.ask

    def watched(command: Command, *how: object, **more: object) -> None:
        asked.append(command)
        ask(command, *how, **more)  # type: ignore[arg-type]

    bench.line.ask = watched  # type: ignore[method-assign]
    bench.open()
    bench.modem.settle()
    texts = [command.text for command in asked]
    set_up = asked[: texts.index("AT+CREG?")]
    assert len(set_up) > 15
    assert {command.text for command in set_up if command.timeout_s > 30.0} == set()


def test_two_lost_answers_about_a_call_fit_into_a_caller_s_minute() -> None:
    """Whoever was answered, and let go as nobody heard of it, waited for 61 s."""
    assert call_commands.answer().timeout_s + call_commands.hang_up().timeout_s <= 56.0
