"""Bring-up, on a modem played by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.at import call_commands, device_commands, message_commands
from firmware.at.command import Command
from firmware.line.bring_up import BringUp
from firmware.line.registration import (
    POLL_S,
    Progress,
)
from firmware.line.sim_pin import PinKeeper
from tests.line.registration_bench import Bench
from tests.modem_by_hand import profile

pytestmark = pytest.mark.usefixtures("modem_family")


def test_from_the_port_to_the_network() -> None:
    bench = Bench()
    bench.open()
    assert bench.progress == [Progress.STARTING, Progress.SEARCHING, Progress.READY]
    facts = bench.registration.facts
    assert (facts.imei, facts.model, facts.iccid) == (
        "867698040000018", "EC25", "8933012345678901234",
    )  # fmt: skip
    assert (facts.operator, facts.technology, facts.signal_dbm) == ("Orange F", "4G", -71)
    assert facts.storages == profile().storages
    assert bench.raised == []
    assert bench.polls == 1


def test_the_first_storage_is_selected_last_so_that_new_messages_go_there() -> None:
    bench = Bench()
    bench.open()
    selected = [command for command in bench.heard if command.startswith("AT+CPMS=")]
    first, second = profile().storages
    assert selected == [f'AT+CPMS="{name}","{name}","{name}"' for name in (second, first)]


def test_one_storage_is_enough() -> None:
    bench = Bench()
    bench.modem.answers['AT+CPMS="ME","ME","ME"'] = ("+CMS ERROR: 302",)
    bench.open()
    assert bench.registration.facts.storages == ("SM",)
    assert bench.registration.progress is Progress.READY


@pytest.mark.parametrize(
    "command", ["ATE0", "AT+CGSN", "AT+CMGF=0", 'AT+CPMS="SM","SM","SM"']
)
def test_a_refused_must_is_told_tried_again_and_over_once_it_works(command: str) -> None:
    bench = Bench()
    before = dict(bench.modem.answers)
    bench.modem.answers[command] = ("ERROR",)
    if command.startswith("AT+CPMS"):
        bench.modem.answers['AT+CPMS="ME","ME","ME"'] = ("ERROR",)
    bench.open()
    assert bench.registration.progress is Progress.STARTING
    assert [key for key, _ in bench.raised] == ["modem"]
    assert command.partition("=")[0] in bench.raised[0][1]
    bench.run(60)
    assert len(bench.setbacks) > 5     # the ladder of recovery is told of each
    assert "" not in bench.setbacks
    bench.modem.answers = before
    bench.run(90)
    assert bench.setbacks[-1] == ""
    assert bench.progress[-1] is Progress.READY
    assert ("modem", "over") in bench.alarms


@pytest.mark.parametrize(
    "builder",
    [
        device_commands.errors_numeric,
        call_commands.calling_line,
        call_commands.ring_kind,
        message_commands.message_service,
        lambda: device_commands.registration_reports("CS"),
        lambda: device_commands.registration_reports("EPS"),
        device_commands.operator_format,
        lambda: device_commands.network_time_update(profile()),
        device_commands.model,
        lambda: device_commands.iccid(profile()),
        device_commands.pin_tries,
        device_commands.operator_query,
        device_commands.signal_query,
    ],
)
def test_a_refused_nicety_keeps_nobody_from_being_ready(builder: Callable[[], Command]) -> None:
    bench = Bench()
    command = builder().text
    bench.modem.answers[command] = ("ERROR",)
    bench.open()
    assert command in bench.heard
    assert bench.registration.progress is Progress.READY
    assert bench.raised == []


def test_the_forms_of_cnmi_are_tried_until_one_is_taken() -> None:
    bench = Bench()
    for value in profile().cnmi[:2]:
        bench.modem.answers[f"AT+CNMI={value}"] = ("ERROR",)
    bench.open()
    asked = [command for command in bench.heard if command.startswith("AT+CNMI=")]
    assert asked[::2] == [f"AT+CNMI={value}" for value in profile().cnmi[:3]]
    assert bench.registration.progress is Progress.READY


def test_a_closed_port_asks_for_nothing() -> None:
    bench = Bench()
    bench.open()
    bench.line.closed()
    bench.registration.closed()
    assert bench.registration.progress is Progress.CLOSED
    assert bench.registration.deadline_s is None
    bench.modem.heard.clear()
    bench.modem.pass_time(10 * POLL_S)
    bench.registration.tick()
    assert bench.heard == []


@pytest.mark.parametrize("silent", ["AT+CGSN", "AT+CPIN?", "AT+CMGF=0"])
def test_silence_in_the_middle_of_the_set_up_begins_it_anew(silent: str) -> None:
    bench = Bench()
    before = dict(bench.modem.answers)
    bench.modem.answers[silent] = None
    bench.open()
    bench.run(40)
    assert bench.registration.progress is Progress.STARTING
    assert set(bench.setbacks) == {"no answer"}
    bench.modem.answers = before
    bench.run(60)
    assert bench.progress[-1] is Progress.READY


def test_a_sim_that_tells_another_number_each_time_serves_as_one_that_tells_none() -> None:
    """It was asked for ever, without an alarm."""
    bench, told = Bench(), 0

    def another(command: str) -> None:
        nonlocal told
        told += 1
        bench.modem.answers[profile().iccid] = (f"89330123456789{told:05}", "OK")

    bench.modem.after_write = another
    bench.open()
    bench.run(60)
    assert bench.registration.progress is Progress.READY
    assert bench.registration.facts.iccid is None


def test_one_error_makes_no_sim_unknown() -> None:
    """Its number would be proved anew, and its PIN, refused or not, be another SIM's."""
    bench = Bench()
    bench.open()
    number = bench.modem.answers[profile().iccid]
    bench.modem.answers[profile().iccid] = ("ERROR",)

    def tells(command: str) -> None:
        if command == profile().iccid:
            bench.modem.answers[command] = number

    bench.modem.after_write = tells
    bench.open()
    assert bench.registration.facts.iccid == "8933012345678901234"


def test_a_sim_that_asks_again_and_again_for_the_pin_it_takes_is_told() -> None:
    bench = Bench()
    bench.registration._bringing_up = BringUp(PinKeeper(bench.ledger, "1234", "monday"))
    bench.modem.answers["AT+CPIN?"] = ("+CPIN: SIM PIN", "OK")
    bench.open()
    bench.run(120)
    assert ("sim", "the SIM answers +CPIN: SIM PIN.") in bench.raised
    bench.modem.answers["AT+CPIN?"] = ("+CPIN: READY", "OK")
    bench.run(60)
    assert bench.registration.progress is Progress.READY


def test_a_card_that_cannot_be_read_just_then_is_read_at_a_later_look() -> None:
    """A modem that starts says for seconds that its SIM is busy."""
    bench = Bench()
    number = bench.modem.answers[profile().iccid]
    bench.modem.answers[profile().iccid] = ("+CME ERROR: 14",)
    bench.open()
    bench.run(POLL_S + 1)
    assert bench.registration.progress is Progress.READY
    assert bench.registration.facts.iccid is None
    bench.modem.answers[profile().iccid] = number
    known: list[str | None] = []
    bench.registration.on_progress = lambda: known.append(bench.registration.facts.iccid)
    bench.run(POLL_S + 1)
    assert known == ["8933012345678901234"]
    bench.modem.heard.clear()
    bench.run(3 * POLL_S)
    assert profile().iccid not in bench.modem.heard
    assert len(known) == 1


def test_a_card_that_is_read_later_tells_another_number_twice() -> None:
    bench = Bench()
    bench.open()
    bench.modem.answers[profile().iccid] = ("+CME ERROR: 14",)
    bench.registration.start(profile())
    bench.modem.settle()
    told = 0

    def another(command: str) -> None:
        nonlocal told
        told += command == profile().iccid
        bench.modem.answers[profile().iccid] = (f"89330123456789{min(told, 1):05}", "OK")

    bench.modem.after_write = another
    bench.run(POLL_S + 1)
    assert bench.registration.facts.iccid is None
    bench.run(POLL_S + 1)
    assert bench.registration.facts.iccid == "8933012345678900001"
