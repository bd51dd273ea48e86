"""Notification to `AT+CMGS`, `+CLIP` to the reject, start to ready: in turns, round after round."""

from __future__ import annotations

import random
import select
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.bed import incoming_mark
from tests.benchmarks.contestants.contestant import Contestant, Turn
from tests.benchmarks.effort import Effort, Progress, folder, present
from tests.benchmarks.figures import (
    Bar,
    Goal,
    Table,
    at_least,
    at_most,
    duration,
    median,
    percentile,
    times,
)
from tests.benchmarks.programs import Failed

ANSWER_WITHIN_S = 5.0  # beyond twice the time for which a contestant may sleep
POLLED_ROUNDS = 2
QUIET_S = 0.06
POLLER_QUIET_S = 0.3
SETTLE_WITHIN_S = 15.0
FIRST_CALL = 5000
CALL_SLEEP_MAX_S = 1.0  # those that sleep longer still notice a call within about a second
SLOW_COUNT = 6  # of SMS and calls for those that take seconds each
DEFAULTS_COUNT = 2  # of SMS and calls for those that take half a minute each


@dataclass(slots=True)
class Samples:
    """Of one contestant, all rounds together, in s; `lost` counts what was never answered."""

    starts: list[float] = field(default_factory=list)
    notifications: list[float] = field(default_factory=list)
    rejects: list[float] = field(default_factory=list)
    lost: int = 0
    calls_lost: int = 0
    failure: str = ""


def settle(turn: Turn) -> None:
    """Let it finish what it is about; those that poll are never quiet."""
    witness = turn.bed.witness
    if turn.contestant.polls:
        witness.sends_settled(POLLER_QUIET_S, SETTLE_WITHIN_S)
    else:
        witness.quiet(QUIET_S, SETTLE_WITHIN_S)
        witness.sends_settled(QUIET_S, SETTLE_WITHIN_S)


def any_phase(chance: random.Random, longest_s: float) -> None:
    """People do not wait for the moment at which a sleeping program looks: neither do we."""
    if longest_s:
        select.select([], [], [], chance.uniform(0.0, longest_s))


def notify(turn: Turn, number: int, samples: Samples) -> None:
    """One SMS in; the time until the forward is begun.

    Where the program has asked for no +CMTI, from when the SMS set out: a few ms earlier.
    """
    witness = turn.bed.witness
    position = witness.here()
    begun_s = time.monotonic()
    turn.bed.text(number)
    within_s = ANSWER_WITHIN_S + 2 * turn.contestant.sleeps_s
    send = witness.next(position, "send", within_s)
    told = witness.since(position, "cmti")
    settle(turn)
    if send is None or not any(incoming_mark(number) in text for text in turn.bed.sent()):
        samples.lost += 1
        return
    samples.notifications.append(send.at_s - (told[0].at_s if told else begun_s))


def ring(turn: Turn, number: int, samples: Samples) -> None:
    """One call in; the time until it is rejected, and everything that follows from it."""
    witness = turn.bed.witness
    position = witness.here()
    begun_s = time.monotonic()
    turn.bed.ring(number)
    within_s = ANSWER_WITHIN_S + 2 * turn.contestant.sleeps_s
    reject = witness.next(position, "reject", within_s)
    told = witness.since(position, "clip")
    settle(turn)
    turn.bed.end_calls()
    settle(turn)
    if reject is None:
        samples.calls_lost += 1
        return
    samples.rejects.append(reject.at_s - (told[0].at_s if told else begun_s))


def take_turn(
    contestant: Contestant, place: Path, samples: Samples, count: int, first: int
) -> None:
    """Start it, let it forward and reject `count` times each, end it."""
    try:
        with Turn(contestant, place) as turn:
            samples.starts.append(turn.ready_after_s)
            settle(turn)
            turn.bed.witness.sends_settled(POLLER_QUIET_S, SETTLE_WITHIN_S)
            chance = random.Random(first)
            for number in range(first, first + count):
                any_phase(chance, contestant.sleeps_s)
                notify(turn, number, samples)
            for number in range(first, first + count):
                any_phase(chance, min(contestant.sleeps_s, CALL_SLEEP_MAX_S))
                ring(turn, FIRST_CALL + number, samples)
    except Failed as fault:
        samples.failure = str(fault)


def measure(effort: Effort, progress: Progress) -> dict[str, Samples]:
    """The ones that are quick in turns; those that take seconds side by side meanwhile: they
    sleep nearly all the time."""
    contestants = present(effort)
    found = {each.name: Samples() for each in contestants}
    slow = [each for each in contestants if each.takes_seconds]
    with ThreadPoolExecutor(max(len(slow), 1)) as pool:
        slow_ones = [pool.submit(_alone, each, found[each.name]) for each in slow]
        _rounds(contestants, effort, progress, found)
        progress.now("latency: those that look every few seconds or less often")
        for each in slow_ones:
            each.result()
    return found


def _rounds(
    contestants: list[Contestant],
    effort: Effort,
    progress: Progress,
    found: dict[str, Samples],
) -> None:
    for number in range(effort.rounds):
        for each in contestants:
            if each.takes_seconds or (each.polls and number >= POLLED_ROUNDS):
                continue
            progress.now(f"latency: round {number + 1} of {effort.rounds}: {each.name}")
            count = effort.polled if each.polls else effort.notifications
            with folder() as place:
                take_turn(each, place, found[each.name], count, number * count)


def _alone(contestant: Contestant, samples: Samples) -> None:
    count = DEFAULTS_COUNT if contestant.default_settings else SLOW_COUNT
    with folder() as place:
        take_turn(contestant, place, samples, count, 0)


def run(effort: Effort, progress: Progress) -> list[Table]:
    """The three tables."""
    found = measure(effort, progress)
    sms, calls = (
        _table(
            "SMS in: +CMTI to the forward's AT+CMGS",
            {name: each.notifications for name, each in found.items()},
            {name: each.lost for name, each in found.items()},
            notification_goals(found),
        ),
        _table(
            "Call in: +CLIP to the reject",
            {name: each.rejects for name, each in found.items()},
            {name: each.calls_lost for name, each in found.items()},
            [],
        ),
    )
    sms.headlines = {"SMS in": "median", "p99": "p99", ": floor": "median : floor"}
    calls.headlines = {"call in": "median"}
    return [sms, calls, _starts(found)]


def _table(
    title: str, found: dict[str, list[float]], lost: dict[str, int], goals: list[Goal]
) -> Table:
    floor = found["floor"]
    table = Table(
        title,
        ("", "n", "median", "p99", "median : floor", "p99 : floor", "never"),
        goals=goals,
    )
    for name, values in found.items():
        middle, late = median(values), percentile(values, 99)
        table.rows.append((
            name, str(len(values)), duration(middle), duration(late),
            times(middle / median(floor)), times(late / percentile(floor, 99)), str(lost[name]),
        ))  # fmt: skip
        if values:
            table.bars.append(Bar(name, middle, late))
    return table


def notification_goals(found: dict[str, Samples]) -> list[Goal]:
    """Within 2 of the floor at the median and 4 at p99; 20 times ahead of the tuned gammu-smsd."""
    floor, ours = found["floor"].notifications, found["Veilleur"].notifications
    middle = median(ours) / median(floor)
    late = percentile(ours, 99) / percentile(floor, 99)
    goals = [
        at_most("median within 2× of the floor", middle, 2.0, times(middle)),
        at_most("p99 within 4× of the floor", late, 4.0, times(late)),
    ]
    for name in ("gammu-smsd tuned", "gammu-smsd busy loop"):
        peer = found[name].notifications if name in found else []
        ahead = median(peer) / median(ours)
        goals.append(at_least(f"20× ahead of {name}", ahead, 20.0, times(ahead)))
    return goals


def _starts(found: dict[str, Samples]) -> Table:
    floor = median(found["floor"].starts)
    table = Table(
        "Start of the process to ready",
        ("", "n", "median", "longest", "median : floor"),
        headlines={"start": "median"},
    )
    for name, each in found.items():
        table.rows.append((
            name, str(len(each.starts)), duration(median(each.starts)),
            duration(percentile(each.starts, 100)), times(median(each.starts) / floor),
        ))  # fmt: skip
        if each.failure:
            table.notes.append(f"{name}: {each.failure}")
    return table
