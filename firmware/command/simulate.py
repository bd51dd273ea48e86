"""`veilleur simulate`: a simulated year from a seed, or several; the simulation is in `tests`."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType

VOICES = {"by-seed": None, "always": True, "never": False}
ROOT = Path(__file__).parents[2]   # of a checkout; an installed program has no tests beside it


def simulate(options: argparse.Namespace) -> int:
    """Run it. Exit codes: 0 all promises kept, 1 one was broken, 2 wrong usage or no tests."""
    module = _simulation()
    if module is None:
        print(
            "veilleur: the simulation is not installed: run this in a checkout, with the"
            " development packages",
            file=sys.stderr,
        )
        return 2
    if options.save is not None and (wrong := _unwritable(options.save)):
        print(f"veilleur: --save {options.save}: {wrong}", file=sys.stderr)
        return 2
    code = module.main(
        options.days, options.seed, options.faults, load=options.load, save=options.save,
        voice=VOICES[options.voice],
    )  # fmt: skip
    return int(code)


def _unwritable(file: Path) -> str | None:
    """Why a failing seed could not be saved there: told before a year is played, not after it."""
    try:
        target = file.resolve()    # a link whose file is not there yet stays a link
        existed = target.exists()
        target.open("a").close()
        if not existed:
            target.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _simulation() -> ModuleType | None:
    if (ROOT / "tests" / "simulation").is_dir() and str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("tests.simulation.seeds")
    except ImportError:
        return None


def seeds(text: str) -> tuple[int, ...]:
    """One seed, or a range such as 1..20."""
    first, dots, last = text.partition("..")
    try:
        begin, end = int(first), int(last) if dots else int(first)
    except ValueError:
        wrong = f"a seed is a number, or a range as 1..20: {text!r}"
        raise argparse.ArgumentTypeError(wrong) from None
    if not 0 <= begin <= end or end - begin >= 1000:
        raise argparse.ArgumentTypeError(f"a range goes upwards, at most 1000 seeds: {text!r}")
    return tuple(range(begin, end + 1))


def days(text: str) -> int:
    """A whole number of days, 1 to 730."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 730:
        raise argparse.ArgumentTypeError(f"days are 1 to 730, not {text!r}")
    return number


def load(text: str) -> float:
    """A share of the full load, 0.01 to 2."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.01 <= number <= 2.0:
        raise argparse.ArgumentTypeError(f"a load is 0.01 to 2, not {text!r}")
    return number


def rate(text: str) -> float:
    """A rate of faults, 0 to 0.2."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 0.2:
        raise argparse.ArgumentTypeError(f"a rate of faults is 0 to 0.2, not {text!r}")
    return number
