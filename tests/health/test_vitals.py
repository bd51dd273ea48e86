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
        (["+QTEMP: 79", "+QTEMP: 80", "+QTEMP: 75", "ERROR"], "modem-hot"),
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
