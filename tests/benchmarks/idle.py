"""What everybody costs while nothing happens: all at once, each on a modem of its own."""

from __future__ import annotations

import select
from contextlib import ExitStack

from tests.benchmarks.contestants.contestant import Turn
from tests.benchmarks.effort import Effort, Progress, folder, present
from tests.benchmarks.figures import Table, at_most
from tests.benchmarks.programs import Failed, Use

SETTLE_S = 5.0
MIB = 1024 * 1024


def run(effort: Effort, progress: Progress) -> list[Table]:
    """The table of resident memory, processor time and wake-ups."""
    progress.now("idle: starting everybody")
    table = Table(
        f"Idle, {effort.idle_s:.0f} s",
        ("", "resident", "CPU", "wake-ups a minute", "commands a minute"),
        headlines={"resident": "resident", "CPU": "CPU", "wake-ups": "wake-ups a minute"},
    )
    with ExitStack() as stack:
        turns: list[Turn] = []
        for each in present(effort):
            place = stack.enter_context(folder())
            try:
                turns.append(stack.enter_context(Turn(each, place)))
            except Failed as fault:
                table.notes.append(f"{each.name}: {fault}")
        progress.now("idle: nothing happens")
        select.select([], [], [], SETTLE_S)
        before = [(turn.program.use(), turn.bed.witness.commands) for turn in turns]
        select.select([], [], [], effort.idle_s)
        for turn, (start, asked) in zip(turns, before, strict=True):
            end, commands = turn.program.use(), turn.bed.witness.commands - asked
            table.rows.append(_row(turn.contestant.name, start, end, commands, effort.idle_s))
            if turn.contestant.name == "Veilleur":
                _goals(table, start, end, effort.idle_s)
    return [table]


def _row(name: str, start: Use, end: Use, commands: int, seconds: float) -> tuple[str, ...]:
    a_minute = 60 / seconds
    return (
        name,
        f"{end.resident / MIB:.1f} MiB",
        f"{(end.cpu_s - start.cpu_s) / seconds * 100:.2f} %",
        f"{(end.waits - start.waits) * a_minute:.0f}",
        f"{commands * a_minute:.0f}",
    )


def _goals(table: Table, start: Use, end: Use, seconds: float) -> None:
    resident = end.resident / MIB
    busy = (end.cpu_s - start.cpu_s) / seconds * 100
    table.goals = [
        at_most("at most 40 MiB resident", resident, 40.0, f"{resident:.1f} MiB"),
        at_most("under 0.5 % of a processor", busy, 0.5, f"{busy:.2f} %"),
    ]
