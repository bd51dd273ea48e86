"""Temperature and voltage: what each family of simulated modem tells, and when it is an alarm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.at.command import Command
from firmware.at.result_codes import FinalResult, ResultKind
from firmware.line.modem_line import Reply
from tests.simulation.sites import SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
OK = FinalResult(ResultKind.OK)


@pytest.mark.parametrize(
    ("profile", "degrees", "millivolts"),
    [
        ("quectel-eg25", 34, 3876),
        ("simcom-sim7600", 31, 3876),
        ("telit-le910c1", 31, 3880),
        ("huawei-e1550", None, None),
    ],
)
def test_what_each_family_tells(
    tmp_path: Path, profile: str, degrees: int | None, millivolts: int | None
) -> None:
    world = World(tmp_path, SAMPLE, start=START, profile=profile)
    world.run(180)
    pulse = world.pulse
    assert pulse is not None
    assert (pulse.modem_temperature_c, pulse.modem_voltage_mv) == (degrees, millivolts)
    assert pulse.sms_store


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (["+QTEMP: 79", "+QTEMP: 80", "+QTEMP: 75", "+QTEMP: 73"], "modem-hot"),
        (["+CBC: 0,9,3450", "+CBC: 0,5,3399", "+CBC: 0,7,3450", "+CBC: 0,9,3600"], "modem-voltage"),
    ],
)
def test_an_alarm_begins_and_ends_at_two_numbers(
    tmp_path: Path, lines: list[str], key: str
) -> None:
    world = World(tmp_path, SAMPLE, start=START)
    vitals = world.attendant._health.vitals
    take = vitals._temperature if key == "modem-hot" else vitals._voltage
    up = []
    for line in lines:
        take(Reply(Command("AT"), OK, (line,)))
        up.append(world.attendant._ledger.alarm(key) is not None)
    assert up == [False, True, True, False]


@pytest.mark.parametrize(
    ("bad", "unread", "over"),
    [("+QTEMP: 80", "+QTEMP: x", "+QTEMP: 40"), ("+CBC: 0,5,3399", "+CBC: 0,5", "+CBC: 0,9,3600")],
)
def test_an_answer_that_cannot_be_read_does_not_end_an_alarm(
    tmp_path: Path, bad: str, unread: str, over: str
) -> None:
    world = World(tmp_path, SAMPLE, start=START)
    ledger, vitals = world.attendant._ledger, world.attendant._health.vitals
    take, key = (
        (vitals._temperature, "modem-hot")
        if bad.startswith("+QTEMP")
        else (vitals._voltage, "modem-voltage")
    )
    take(Reply(Command("AT"), OK, (bad,)))
    for reply in (Reply(Command("AT"), OK, (unread,)), Reply(Command("AT"), None, lost=True)):
        take(reply)
        assert ledger.alarm(key) is not None
    assert (vitals.temperature_c, vitals.voltage_mv) == (None, None)
    take(Reply(Command("AT"), OK, (over,)))
    assert ledger.alarm(key) is None


def test_a_modem_that_tells_no_temperature_ends_the_alarm_of_the_one_before(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, SAMPLE, start=START, profile="huawei-e1550")
    attendant = world.attendant
    attendant._health.vitals._temperature(Reply(Command("AT"), OK, ("+QTEMP: 80",)))
    world.run(120)
    assert attendant._ledger.alarm("modem-hot") is None
