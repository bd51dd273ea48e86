"""The same seed sends the same bytes, whatever else is different; another seed sends others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.simulation.year import simulate

ROOT = Path(__file__).parents[2]
DAYS, SEED, FAULTS, LOAD = 1, 7, 0.03, 0.1
SCRIPT = f"""
from tests.simulation.year import simulate
print(simulate({DAYS}, {SEED}, {FAULTS}, load={LOAD}).digest)
"""


def test_the_same_seed_sends_the_same_bytes_with_another_hash_seed() -> None:
    here = simulate(DAYS, SEED, FAULTS, load=LOAD).digest
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Apia", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == here


def test_another_seed_sends_other_bytes() -> None:
    assert simulate(DAYS, SEED, load=LOAD).digest != simulate(DAYS, SEED + 1, load=LOAD).digest
