"""An SMS to itself that did not come back, over a restart; a SIM that is not told for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware.wording import messages
from tests.alert.bench import told
from tests.simulation.sites import with_mode
from tests.simulation.world import BOX, WORDINGS, World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HOUR_S = 3600


class Calm(World):
    """It looks seldom: these are days in which nothing happens."""

    poll_every_s = keep_alive_s = 600.0
    pulse_every_s = 300.0


def to_itself(world: World) -> int:
    messages_ = world.network.ledger.messages.values()
    return sum(each.recipient == BOX and not each.report for each in messages_)


def recoveries(world: World) -> int:
    return sum(each["outcome"] == "recovery" for each in world.journal("health"))


def lost_one(folder: Path, times: int = 1) -> World:
    """A box that hears; so many of its SMS to itself were accepted, and nobody saw them again."""
    world = Calm(folder, with_mode("divert"), start=START)
    world.run(600)
    kept: Any = world.network.service_centre._kept
    store, left = kept.store, times

    def swallow(record: Any, *rest: Any, **named: Any) -> None:
        nonlocal left
        if record.recipient == BOX and record.sender == BOX and left:
            left -= 1
        else:
            store(record, *rest, **named)

    kept.store = swallow
    assert world.attendant._health.own_number.check()
    world.run(1000)
    assert world.alarms() == {"sms-loop"}
    return world


def test_it_is_sent_again_after_a_restart_and_the_alarm_ends(tmp_path: Path) -> None:
    world = lost_one(tmp_path)
    world.restart()
    world.run(HOUR_S + 60)
    assert world.alarms() == set()


def test_it_is_sent_each_day_while_the_alarm_is_up(tmp_path: Path) -> None:
    """And not more often: each costs something."""
    world = lost_one(tmp_path, times=4)
    world.run(2 * 86_400 + 2 * HOUR_S)
    assert world.alarms() == {"sms-loop"}
    assert to_itself(world) == 4   # now, after an hour, a day, another day
    world.run(86_400)
    assert world.alarms() == set()


def test_a_deaf_modem_is_reset_again_after_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, with_mode("divert"), start=START)
    world.run(600)
    world.network.set_deaf(BOX, True)
    assert world.attendant._health.own_number.check()
    world.run(1000)
    world.restart()
    before = recoveries(world)
    world.run(2 * HOUR_S)
    assert recoveries(world) > before
    assert "sms-loop" in world.alarms()


def test_that_it_came_late_is_told_after_a_restart_too(tmp_path: Path) -> None:
    """Calls may have been missed meanwhile."""
    world = World(tmp_path, with_mode("divert"), start=START)
    world.run(600)
    world.network.set_deaf(BOX, True)
    assert world.attendant._health.own_number.check()
    world.run(300)
    assert world.alarms() == {"sms-loop"}
    world.restart()
    world.run(20)
    world.network.set_deaf(BOX, False)
    world.run(1200)
    assert world.alarms() == set()
    words = WORDINGS["fr"].say(messages.SMS_LOOP_LATE)[:40]
    assert any(words in text for text in told(world, "RETOUR"))


class SlowSim(World):
    """Its number is not told at first, after a modem has started."""

    untold = 0

    def _to_modem(self, data: bytes) -> None:
        if b"CCID" in data and self.untold > 0:
            self.untold -= 1
            answer = data.strip() + b"\r\r\n+CME ERROR: 14\r\n"
            self.timeline.after(20, lambda: self._from_modem(answer))
            return
        super()._to_modem(data)


@pytest.mark.parametrize("anew", [False, True])
def test_a_sim_that_is_not_told_is_the_one_of_before(tmp_path: Path, anew: bool) -> None:
    """Else nothing would find a deaf modem, under a green light."""
    world = SlowSim(tmp_path, with_mode("divert"), start=START, boot=False)
    world.sim.number = None
    world.modem.power_on()
    world.run(600)
    world.network.set_deaf(BOX, True)
    assert world.attendant._health.own_number.check()
    world.run(1000)
    assert world.alarms() == {"sms-loop"}
    world.untold = 2
    if anew:
        world.restart()
    world.modem.restart()
    world.run(300)
    assert world.untold == 0
    assert "sms-loop" in world.alarms()
    own = world.attendant._health.own_number
    assert (own.number, world.attendant.roster.own_numbers) == (BOX, (BOX,))
    assert own.check()


def test_a_clock_that_was_ahead_ends_no_daily_check(tmp_path: Path) -> None:
    daily = '[health]\nsms_loop = "daily"\n\n[[service]]'
    world = Calm(tmp_path, with_mode("divert").replace("[[service]]", daily, 1), start=START)
    world.run(600)
    world.skew = timedelta(days=400)
    assert world.attendant._health.own_number.check()
    world.run(120)
    world.skew = timedelta()
    world.run(60)
    sent = to_itself(world)
    world.run(90_000)
    assert to_itself(world) > sent
