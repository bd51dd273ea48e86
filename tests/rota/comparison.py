"""Holds the product's answers about one service against the oracle's minutes."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from firmware.rota import Rota, gaps, next_handover, office_number, on_duty, shifts
from tests.rota.oracle import Answer, Oracle

MINUTE = timedelta(minutes=1)

Run = tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Truth:
    """The oracle's minutes of one service from `start` on, and what follows from them."""

    start: datetime
    minutes: list[Answer]
    changes: list[int]
    office_changes: list[int]
    runs: dict[tuple[int, str], list[Run]]

    def at(self, minute: int) -> datetime:
        return self.start + minute * MINUTE

    def empty(self, level: int) -> list[Run]:
        """The longest runs of minutes with nobody on duty at a level."""
        found: list[Run] = []
        for begin, end in self._stretches():
            if all(on != level for on, _ in self.minutes[begin].duty):
                if found and found[-1][1] == begin:
                    found[-1] = (found[-1][0], end)
                else:
                    found.append((begin, end))
        return found

    def _stretches(self) -> list[Run]:
        edges = [0, *self.changes, len(self.minutes)]
        return list(pairwise(edges))


def find_truth(oracle: Oracle, service: str) -> Truth:
    minutes = oracle.minutes(service)
    changes, office_changes = [], []
    runs: dict[tuple[int, str], list[Run]] = defaultdict(list)
    since = dict.fromkeys(minutes[0].duty, 0)
    before = minutes[0]
    for minute, answer in enumerate(minutes):
        if answer is before:
            continue
        if answer.duty != before.duty:
            changes.append(minute)
            for pair in before.duty - answer.duty:
                runs[pair].append((since.pop(pair), minute))
            since |= dict.fromkeys(answer.duty - before.duty, minute)
        if answer.office != before.office:
            office_changes.append(minute)
        before = answer
    for pair, begin in since.items():
        runs[pair].append((begin, len(minutes)))
    return Truth(oracle.start, minutes, changes, office_changes, dict(runs))


def check_instant(rota: Rota, service: str, truth: Truth, minute: int, second: int = 0) -> None:
    """One instant: the people, the order of the levels, since when and until when."""
    instant = truth.at(minute) + timedelta(seconds=second)
    found = on_duty(rota, service, instant)
    pairs = [(duty.level, duty.person.name) for duty in found]
    assert sorted(pairs) == sorted(truth.minutes[minute].duty), instant
    assert [level for level, _ in pairs] == sorted(level for level, _ in pairs), instant
    for duty in found:
        runs = truth.runs[duty.level, duty.person.name]
        begin, end = runs[bisect_right(runs, (minute, len(truth.minutes))) - 1]
        what = (instant, duty.level, duty.person.name)
        if begin > 0:
            assert duty.since == truth.at(begin), what
        else:
            assert duty.since is None or duty.since <= truth.start, what
        if end < len(truth.minutes):
            assert duty.until == truth.at(end), what
        else:
            assert duty.until is None or duty.until >= truth.at(end), what


def check_office(rota: Rota, service: str, truth: Truth, minute: int) -> None:
    instant = truth.at(minute)
    assert office_number(rota, service, instant) == truth.minutes[minute].office, instant


def check_chain(rota: Rota, service: str, truth: Truth) -> None:
    """The handovers one after the other are the minutes of change, none more and none less."""
    end = truth.at(len(truth.minutes))
    expected = [truth.at(minute) for minute in truth.changes]
    before = truth.start
    for instant in expected:
        assert next_handover(rota, service, before) == instant, before
        before = instant
    last = next_handover(rota, service, before)
    assert last is None or last >= end


def check_periods(rota: Rota, service: str, truth: Truth) -> None:
    """Gaps and shifts of the whole time, level by level, cut to it."""
    end = truth.at(len(truth.minutes))
    levels = {level for level, _ in truth.runs} | {1}
    for level in levels:
        empty = [(truth.at(first), truth.at(last)) for first, last in truth.empty(level)]
        found_gaps = gaps(rota, service, truth.start, end, level=level)
        assert [(gap.start, gap.end) for gap in found_gaps] == empty, level
        expected = [
            (truth.at(first), name, truth.at(last))
            for (run_level, name), runs in truth.runs.items()
            if run_level == level
            for first, last in runs
        ]
        found = shifts(rota, service, truth.start, end, level=level)
        assert {shift.level for shift in found} <= {level}
        assert sorted((s.start, s.person.name, s.end) for s in found) == sorted(expected)
    everything = shifts(rota, service, truth.start, end)
    assert len(everything) == sum(len(runs) for runs in truth.runs.values())
