"""The notification again, on serial lines of three speeds."""

from __future__ import annotations

from tests.benchmarks.contestants import ALL
from tests.benchmarks.contestants.contestant import Turn
from tests.benchmarks.effort import Effort, Progress, folder
from tests.benchmarks.figures import Table, at_most, duration, median, percentile, times
from tests.benchmarks.latency import Samples, notify, settle
from tests.benchmarks.programs import Failed

NOTIFICATIONS = 15
ROUNDS = 1
COMPARED = ("floor", "Veilleur", "python-gsmmodem")


def run(effort: Effort, progress: Progress) -> list[Table]:
    """One table: a row for each speed and contestant."""
    table = Table(
        "SMS in: +CMTI to AT+CMGS, by baud rate",
        ("", "baud", "n", "median", "p99", "median : floor", "never"),
    )
    contestants = [each for each in ALL if each.name in COMPARED]
    for baud in effort.bauds:
        found = {each.name: Samples() for each in contestants}
        for number in range(min(effort.rounds, ROUNDS)):
            for each in contestants:
                progress.now(f"baud: {baud}: {each.name}")
                try:
                    with folder() as place, Turn(each, place, baud=baud) as turn:
                        settle(turn)
                        for sms in range(NOTIFICATIONS):
                            notify(turn, number * NOTIFICATIONS + sms, found[each.name])
                except Failed as fault:
                    table.notes.append(f"{each.name} at {baud}: {fault}")
        floor = median(found["floor"].notifications)
        for name, samples in found.items():
            values = samples.notifications
            table.rows.append((
                name, str(baud), str(len(values)), duration(median(values)),
                duration(percentile(values, 99)), times(median(values) / floor),
                str(samples.lost),
            ))  # fmt: skip
        ratio = median(found["Veilleur"].notifications) / floor
        table.goals.append(
            at_most(f"{baud} baud: median within 2× of the floor", ratio, 2.0, times(ratio))
        )
    return [table]
