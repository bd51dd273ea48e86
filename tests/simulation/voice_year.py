"""Simulated days in which the box answers by voice, one seed after another.

    python -m tests.simulation.voice_year --days 60 --seed 1..8 --faults 0.02 --load 0.1
"""

from __future__ import annotations

import argparse
import sys

from tests.simulation.seeds import failure
from tests.simulation.year import simulate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--seed", default="1..4")
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--load", type=float, default=0.1)
    options = parser.parse_args()
    first, _, last = options.seed.partition("..")
    red = 0
    for seed in range(int(first), int(last or first) + 1):
        outcome = simulate(
            options.days, seed, options.faults, load=options.load, voice=True
        )
        red += bool(outcome.broken)
        print(f"seed {seed}: {outcome.headline}", flush=True)
        if outcome.broken:
            print("\n".join(failure(outcome)), flush=True)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
