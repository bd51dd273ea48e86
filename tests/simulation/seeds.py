"""One seed or many: runs them on every processor, prints the ledger, or the broken promise."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.simulation.promises import Broken
from tests.simulation.voice_town import speaks
from tests.simulation.year import Outcome, simulate

BAR = 40
SHOWN = 5     # broken promises told beside the first one


class Bar:
    """A line on a terminal that grows; nothing at all where nobody looks."""

    def __init__(self) -> None:
        self._shown = -1
        self._terminal = sys.stderr.isatty()

    def show(self, share: float) -> None:
        filled = int(share * BAR)
        if self._terminal and filled != self._shown:
            self._shown = filled
            print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}", end="", file=sys.stderr)

    def clear(self) -> None:
        if self._terminal:
            print("\r" + " " * (BAR + 8) + "\r", end="", file=sys.stderr, flush=True)


def main(
    days: int,
    seeds: tuple[int, ...],
    faults: float,
    *,
    load: float = 1.0,
    save: Path | None = None,
    voice: bool | None = None,
) -> int:
    """Print what came of each seed; 1 when any promise was broken. ``voice``: whether the box
    answers calls; None lets the seed say."""
    bar = Bar()
    failed = 0
    for outcome in _outcomes(days, seeds, faults, load, bar, voice):
        bar.clear()
        if outcome.broken:
            failed += 1
            print("\n".join(failure(outcome)))
            if save is not None:
                with save.open("w" if failed == 1 else "a", encoding="utf-8") as file:
                    file.write(("" if failed == 1 else "\n") + as_scenario(outcome))
                print(f"saved as a scenario: {save}")
        if len(seeds) == 1 or outcome.broken:
            print(outcome.words)
        else:
            print(f"seed {outcome.seed}: {outcome.headline}")
        print(f"bytes sent: sha256 {outcome.digest}", flush=True)
    if len(seeds) > 1:
        print(f"{len(seeds)} seeds of {days} days, faults {faults:g}: {failed} broke a promise")
    return 1 if failed else 0


def _outcomes(
    days: int,
    seeds: tuple[int, ...],
    faults: float,
    load: float,
    bar: Bar,
    voice: bool | None,
) -> Iterator[Outcome]:
    voices = {seed: speaks(seed) if voice is None else voice for seed in seeds}
    if len(seeds) == 1:
        began_s = time.process_time()
        yield simulate(days, seeds[0], faults, bar.show, load, voice=voices[seeds[0]])
        print(f"{time.process_time() - began_s:.1f} s of CPU", file=sys.stderr)
        return
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        runs = [
            pool.submit(simulate, days, seed, faults, load=load, voice=voices[seed])
            for seed in seeds
        ]
        for done, run in enumerate(as_completed(runs), start=1):
            yield run.result()
            bar.show(done / len(runs))


def failure(outcome: Outcome) -> list[str]:
    """The first broken promise: seed, time, the events before it, and how to see it again."""
    first, *others = outcome.broken
    return [
        f"BROKEN PROMISE, seed {outcome.seed}: {first.promise}",
        f"  at {_instant(first)}: {first.what}",
        f"  the last {len(first.events)} events:",
        *(f"    {event}" for event in first.events),
        *(f"  then {_instant(each)} {each.promise}: {each.what}" for each in others[:SHOWN]),
        f"  in all: {outcome.counts}",
        "  again: veilleur simulate"
        f" --days {outcome.days} --seed {outcome.seed} --faults {outcome.faults:g}"
        f" --load {outcome.load:g} --voice {'always' if outcome.voice else 'never'}",
    ]


def as_scenario(outcome: Outcome) -> str:
    """The run as a file for `tests/scenarios`: what was broken, and the sentence that plays it."""
    first = outcome.broken[0]
    what = " ".join(first.what.split())[:200]
    return (
        f"# Broken at {_instant(first)}: {first.promise}\n"
        f"# {what}\n\n"
        f"title Seed {outcome.seed} keeps its promises for {outcome.days} days\n"
        f"simulate {outcome.days} days with seed {outcome.seed} and faults {outcome.faults:g}"
        f" at load {outcome.load:g}{' with a voice' if outcome.voice else ''}\n"
    )


def _instant(broken: Broken) -> str:
    return f"{broken.utc:%Y-%m-%d %H:%M:%S.%f}"[:-3] + "Z"
