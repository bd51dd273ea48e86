"""What is known of a silence, over a restart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.health.listening import SMS, Listening
from firmware.moment import Moment
from firmware.record import Call, IncomingMessage, Memory
from firmware.rota import read_site_file
from firmware.sms.own_texts import from_outside, note_own
from tests.alert.bench import Bench
from tests.health.test_silence import live, office
from tests.simulation.sites import SAMPLE, with_mode
from tests.simulation.workload import CALLERS
from tests.simulation.world import BOX, World

MONDAY = datetime(2026, 3, 9, 7, 58, tzinfo=UTC)


def _box(memory: Memory, at: datetime) -> tuple[Bench, Listening]:
    bench = Bench(read_site_file(SAMPLE), memory)
    bench.ledger.moment = Moment(0.0, at, True)
    return bench, Listening(bench.ledger, bench.roster, bench.bell)


def _listens(bench: Bench, listening: Listening, minutes: int) -> bool:
    """Whether the alarm comes up in so many."""
    for _ in range(minutes):
        now = bench.ledger.moment
        bench.ledger.moment = replace(
            now, monotonic_s=now.monotonic_s + 60, utc=now.utc + timedelta(minutes=1)
        )
        listening.tick()
        listening.look(ready=True)
        if bench.ledger.alarm("silence:calls") is not None:
            return True
    return False


def test_a_silence_that_a_test_call_has_ended_does_not_come_back_with_a_restart() -> None:
    busy, _ = live(office(4.0), 12, 1)
    bench, listening = _box(Memory(facts={"silence:calls": busy.came().as_fact()}), MONDAY)
    assert _listens(bench, listening, 60 * 12)
    for _ in range(60 - bench.ledger.now.minute):   # the hour passes, and is written
        _listens(bench, listening, 1)
    bench.ledger.next_id(Call)
    listening.tick()
    assert bench.ledger.alarm("silence:calls") is None
    facts = json.loads(json.dumps(dict(bench.ledger._facts)))
    last_ids = dict(bench.ledger._last_ids)
    bench, listening = _box(Memory(facts=facts, last_ids=last_ids), bench.ledger.now)
    assert not _listens(bench, listening, 30)


def test_the_box_s_own_sms_is_no_traffic(tmp_path: Path) -> None:
    """It writes to itself in a silence, which then goes on: from outside nothing comes."""
    world = World(tmp_path, with_mode("divert"), start=MONDAY, proved=True, boot=False)
    world.modem.power_on()
    world.run(600)
    health = world.attendant._health
    busy, _ = live(office(4.0), 12, 1)
    health.listening._models[SMS] = busy
    weight = busy.weight
    assert health.own_number.check()
    world.run(600)
    assert world.attendant._ledger.last_id(IncomingMessage) == 1
    assert health.listening._models[SMS].weight >= weight
    assert health.listening.last_at(SMS) is None
    assert world.page.last_text_at() is None
    world.phone(CALLERS[0]).send_text(BOX, "Une ambulance svp")
    world.run(60)
    assert health.listening._models[SMS].weight < 0.1
    assert from_outside(world.attendant._ledger) == 1
    came = health.listening.last_at(SMS)
    assert came is not None
    assert world.page.last_text_at() == came


@pytest.mark.parametrize("damaged", [None, "3", -1, {}])
def test_of_a_damaged_count_all_are_from_outside(damaged: object) -> None:
    bench, _ = _box(Memory(facts={"own-texts": damaged}), MONDAY)
    bench.ledger.next_id(IncomingMessage)
    assert from_outside(bench.ledger) == 1
    note_own(bench.ledger)
    assert from_outside(bench.ledger) == 0


def test_the_alarm_says_how_long_the_silence_is_now() -> None:
    busy, _ = live(office(4.0), 12, 1)
    bench, listening = _box(Memory(facts={"silence:calls": busy.came().as_fact()}), MONDAY)
    assert _listens(bench, listening, 60 * 12)
    hours = int(bench.ledger.alarms[0].values["hours"])
    _listens(bench, listening, 1)
    for _ in range(60 * 5):
        _listens(bench, listening, 1)
    (alarm,) = bench.ledger.alarms
    assert int(alarm.values["hours"]) in (hours + 5, hours + 6)
