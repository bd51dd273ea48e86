"""Alarms of a box that has nobody to tell yet: they wait for the site file."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.alert.bell import BATTERY, CALLERS_AGAIN
from firmware.rota import read_site_file
from firmware.wording import messages
from tests.alert.bench import NOON, Bench, told
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")

HOUR_S = 3600
SINCE = {"since": "8:00", "until": "9:00"}


def load_site(bench: Bench) -> None:
    bench.roster.rota = read_site_file(SAMPLE)
    bench.bell.tick()


def unanswered(bench: Bench, number: int) -> None:
    values = {"reference": f"R{number:02}", "what": f"appel de +336{number:08}"}
    bench.bell.ring(f"alert:{number}", messages.ALERT_UNANSWERED, values)


@pytest.mark.parametrize("killed", [False, True])
def test_what_began_before_the_site_was_loaded_is_told_then(killed: bool, tmp_path: Path) -> None:
    """It counted as told: the alarm came four hours later, what is no state never."""
    world = CalmWorld(tmp_path, "", start=NOON)
    world.run(60)
    world.attendant._bell.ring("card", messages.CARD_SLOW, {"seconds": "7"})
    world.attendant._bell.tell("off", messages.BOX_WAS_OFF, SINCE)
    world.run(HOUR_S)
    if killed:
        world.kill()
        world.restart()
        world.run(60)
    world.network.phone(ADMIN)
    world.change_rota(SAMPLE)
    world.run(180)
    (text,) = [text for text in world.texts(ADMIN) if "carte" in text]
    assert "ALARME : " in text
    assert "entre 8:00 et 9:00" in text
    world.run(3 * HOUR_S)
    assert not told(world, "TOUJOURS")   # it is told again four hours after it was told


def test_what_is_over_before_there_is_a_site_and_what_is_of_another_day_is_not_told() -> None:
    bench = Bench(None)
    bench.bell.ring("meter", messages.SMS_STORE_FULL)
    bench.bell.tell("off", messages.BOX_WAS_OFF, SINCE)
    bench.rings_for(90_000)
    bench.bell.still("meter")
    load_site(bench)
    bench.rings_for(HOUR_S)
    assert bench.texts() == []


def test_callers_of_before_are_told_of_a_few_in_an_hour() -> None:
    """Each in an SMS of its own, which asks for its OK."""
    bench = Bench(None)
    for number in range(3 * CALLERS_AGAIN):
        unanswered(bench, number)
        bench.rings_for(60)
    bench.bell.still("alert:0", by_sms=False)   # somebody took care of it on the page
    bench.bell.ring(BATTERY, messages.BATTERY_LOW)
    load_site(bench)
    bench.rings_for(600)
    assert len([text for text in bench.texts() if "+336" in text]) == CALLERS_AGAIN
    assert len([text for text in bench.texts() if "batterie" in text]) == 1
    bench.bell.still("alert:9", by_sms=False)   # of one that waits for its turn
    bench.rings_for(8 * HOUR_S)
    texts = " ".join(bench.texts())
    told_of = {number for number in range(3 * CALLERS_AGAIN) if f"+336{number:08}" in texts}
    assert told_of == set(range(3 * CALLERS_AGAIN)) - {0, 9}


def test_without_a_site_nothing_is_due_and_no_sms_of_the_day_is_spent() -> None:
    bench = Bench(None)
    for turn in range(20):
        bench.bell.tell(f"event-{turn}", messages.FLOOD, {"number": str(turn)})
        bench.rings_for(200)
    assert bench.bell.deadline_s is None
    load_site(bench)
    bench.rings_for(1200)
    lines = [line for text in bench.texts() for line in text.splitlines()]
    assert len([line for line in lines if line.startswith("ALARME")]) == 20
