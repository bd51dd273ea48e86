"""``python -m tests.fuzz``: the long run of `make fuzz`, all targets, every processor."""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.fuzzer import (
    CORPUS,
    CRASHES,
    Crash,
    Fuzzer,
    attempt,
    distilled,
    shrunk,
    starting_inputs,
)
from tests.fuzz.targets import TARGETS

EXIT_CLEAN, EXIT_CRASHES = 0, 1
KEPT_MAX_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one share of the work has come to."""

    name: str
    tried: int
    features: int
    crashes: tuple[Crash, ...]
    fresh: tuple[bytes, ...]


def work(name: str, seconds: float, seed: int) -> Outcome:
    """Fuzz one target for so many seconds of wall time; runs in a process of its own."""
    target = TARGETS[name]
    start = starting_inputs(target)
    known: set[object] = set()
    for data in start:
        outcome = attempt(target, data)
        if not isinstance(outcome, Crash):
            known |= outcome
    fuzzer = Fuzzer(target, seed, start)
    end_s = time.monotonic() + seconds
    found = fuzzer.run(lambda _tried: time.monotonic() < end_s)
    crashes = tuple(shrunk(target, crash) for crash in found.crashes.values())
    fresh = [data for data in distilled(fuzzer.pool, known) if len(data) <= KEPT_MAX_BYTES]
    return Outcome(name, found.tried, len(found.features), crashes, tuple(fresh))


def _save(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


def _told(outcome: Outcome, keep: bool) -> None:
    print(
        f"{outcome.name}: {outcome.tried} inputs, {outcome.features} features, "
        f"{len(outcome.fresh)} inputs worth keeping, {len(outcome.crashes)} crashes",
        flush=True,
    )
    for crash in outcome.crashes:
        path = _save(CRASHES / outcome.name, crash.data)
        print(f"\n{path}: {crash.place}\n{crash.words}", flush=True)
    for data in outcome.fresh if keep else ():
        _save(CORPUS / outcome.name, data)


def main() -> int:
    """Share the time among the targets; save what broke; exit code 1 if anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="of wall time, in all")
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="default: all")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--keep", action="store_true", help="add what is new to the corpus")
    options = parser.parse_args()
    names: list[str] = options.target or list(TARGETS)
    seed = int(time.time()) if options.seed is None else options.seed
    print(f"seed {seed}, {options.jobs} jobs, {options.seconds:.0f} s", flush=True)
    share_s = options.seconds / len(names)
    broken = False
    with ProcessPoolExecutor(options.jobs) as pool:
        shares = [
            pool.submit(work, name, share_s, seed + job)
            for name in names
            for job in range(options.jobs)
        ]
        for share in as_completed(shares):
            outcome = share.result()
            broken = broken or bool(outcome.crashes)
            _told(outcome, options.keep)
    return EXIT_CRASHES if broken else EXIT_CLEAN


if __name__ == "__main__":
    sys.exit(main())
