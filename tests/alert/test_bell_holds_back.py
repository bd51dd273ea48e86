"""An alarm that comes and goes all day is on the page all day, and a few SMS an hour."""

from pathlib import Path

import pytest

from firmware.alert.bell import LASTS_S, UNTOLD, Bell
from firmware.event import Woken
from firmware.rota import read_site_file
from firmware.wording import messages
from tests.alert.bench import NOON, Bench, told
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")


def test_a_fault_that_is_over_before_it_could_be_told_is_not_told(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    bell = world.attendant._bell
    for _ in range(10):
        bell.ring("forwarding", messages.FORWARDING_UNANSWERED, {"number": "1", "why": "x"})
        assert world.attendant._ledger.alarm("forwarding") is not None
        bell.still("forwarding")
        world.run(60)
    assert told(world, "ALARME", "RETOUR") == []


def test_a_fault_that_flutters_is_told_four_times_an_hour_at_most(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(120)   # forwarding was proved twice: nothing ends its alarm
    bell = world.attendant._bell
    for _ in range(8):
        bell.ring("forwarding", messages.FORWARDING_UNANSWERED, {"number": "1", "why": "x"})
        world.run(200)
        assert "forwarding" in world.alarms()
        bell.still("forwarding")
        world.run(200)
    assert len(told(world, "ALARME")) == 4
    assert len(told(world, "RETOUR")) == 4


def test_a_fault_that_flutters_and_then_stays_is_told_all_the_same(tmp_path: Path) -> None:
    """The last word that the administrators had was "back in order"."""
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    for _ in range(4):
        world.attendant._bell.ring("meter", messages.SMS_STORE_FULL)
        world.run(200)
        world.attendant._bell.still("meter")
        world.run(200)
    world.attendant._bell.ring("meter", messages.SMS_STORE_FULL)
    world.step(Woken())
    world.kill()
    world.restart()
    world.run(LASTS_S - 120)
    assert len(told(world, "ALARME")) == 4
    world.run(240)
    assert len(told(world, "ALARME")) == 5
    world.attendant._bell.still("meter")
    world.run(200)
    assert len(told(world, "RETOUR")) == 5


def test_a_cause_that_changes_too_often_and_then_stays_is_told(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(90)
    bell = world.attendant._bell
    for cause in (messages.MODEM_MUTE, messages.BUDGET, messages.SIM_MISSING):
        bell.ring("changing", cause)
        world.run(300)
    assert len(told(world, "ALARME")) == 2
    world.run(LASTS_S)
    assert "SIM" in told(world, "ALARME")[2]
    bell.still("changing")
    world.run(200)
    assert len(told(world, "RETOUR")) == 1


def test_a_cause_that_alternates_is_told_once_in_six_hours(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(90)
    bell = world.attendant._bell
    for turn in range(30):
        cause = messages.MODEM_MUTE if turn % 2 else messages.SIM_MISSING
        bell.ring("fluttering", cause)
        world.run(300)
    assert len(told(world, "ALARME")) == 2  # when it came, and one change


def test_what_comes_together_is_one_sms_and_so_is_its_end(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(90)
    bell = world.attendant._bell
    world.step(Woken())  # the bell's clock is that of the last step
    bell.ring("meter", messages.SMS_STORE_FULL)
    world.step(Woken())
    world.run(5)
    bell.ring("gauge", messages.BUDGET)
    bell.tell("flood:1", messages.FLOOD, {"number": "+33699887766"})
    world.step(Woken())
    world.run(90)
    (text,) = world.texts(ADMIN)
    assert text.startswith("Ambulances Dupont :\nALARME : ")
    assert text.count("ALARME : ") == 3
    world.run(120)
    bell.still("meter")
    bell.still("gauge")
    world.step(Woken())
    world.run(90)
    assert [text.count("RETOUR A LA NORMALE : ") for text in world.texts(ADMIN)] == [0, 2]


def test_what_lasts_is_told_again_after_four_hours_then_daily_and_no_more(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(50)
    bell = world.attendant._bell
    bell.ring("meter", messages.SMS_STORE_FULL)
    bell.ring("gauge", messages.BUDGET)
    world.run(4 * 3600 - 60)
    assert len(world.texts(ADMIN)) == 1
    world.run(360)
    assert len(world.texts(ADMIN)) == 2
    again = world.texts(ADMIN)[1]
    assert again.count("TOUJOURS EN ALARME depuis 13:00") == 2
    world.kill()
    world.restart()
    world.run(86_400 - 600)
    assert len(world.texts(ADMIN)) == 2
    world.run(900)
    assert len(told(world, "Ambulances Dupont")) == 3
    world.attendant._bell.still("meter")
    world.attendant._bell.still("gauge")
    world.run(600)
    assert len(world.texts(ADMIN)) == 4
    world.run(3 * 86_400)
    assert len(told(world, "TOUJOURS", "Ambulances Dupont")) == 4


def test_news_of_an_alarm_survive_a_power_cut_before_they_left(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    world.attendant._bell.ring("gauge", messages.BUDGET)
    world.step(Woken())
    world.kill()
    world.restart()
    world.run(120)
    assert len(told(world, "ALARME")) == 1


@pytest.mark.parametrize("wait_s", ["soon", None, [], -1])
def test_what_a_damaged_card_says_of_an_alarm_that_is_held_back_keeps_it_from_nobody(
    wait_s: object,
) -> None:
    bench = Bench(read_site_file(SAMPLE))
    bench.ledger.raise_alarm("meter", messages.SMS_STORE_FULL, {})
    bench.ledger.remember(UNTOLD, {"meter": wait_s})
    bench.bell = Bell(bench.ledger, bench.roster, bench.outbox, bench.speaker)
    bench.rings_for(LASTS_S + 60)
    assert len(bench.texts()) == 1
