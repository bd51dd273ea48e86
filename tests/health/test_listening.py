"""What is known of a silence, over a restart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.health.listening import Listening
from firmware.moment import Moment
from firmware.record import Call, Memory
from firmware.rota import read_site_file
from tests.alert.bench import Bench
from tests.health.test_silence import live, office
from tests.simulation.sites import SAMPLE

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
