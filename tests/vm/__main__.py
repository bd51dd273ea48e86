"""`make test-vm`: the box under a real systemd in a virtual machine.

    python -m tests.vm [--fresh] [--rounds N] [--seed S] [--only NAME]
    python -m tests.vm --image     (`make test-image`)

What has gone well with this very package is not done again: a run that was cut off goes on where it
stopped. `--fresh` does everything. `--image`: the root file system of a Pi, arm64, in an
emulated Arm machine, as far as the page; the power is cut on amd64.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.vm.box import running
from tests.vm.chain import CHAIN, IMAGE, RESTARTS, Step, boots, gets_its_site
from tests.vm.machine import accelerator
from tests.vm.power import cut_round
from tests.vm.root import CACHE, Root, box
from tests.vm.sound_step import hears_a_sound_card
from tests.vm.stick_steps import (
    leaves_backups_on_a_stick,
    refuses_what_a_stick_brings,
    takes_an_update_from_a_stick,
)

CUTS = 5
WHOLE: tuple[Step, ...] = (
    *CHAIN, hears_a_sound_card, leaves_backups_on_a_stick, refuses_what_a_stick_brings,
    *RESTARTS, takes_an_update_from_a_stick,
)  # fmt: skip


class Record:
    """What was done, in a file: a step's name, how long it took, its figures."""

    def __init__(self, path: Path, fresh: bool) -> None:
        self._path = path
        self.failed: list[str] = []
        self._done: dict[str, dict[str, object]] = {}
        if path.exists() and not fresh:
            self._done = json.loads(path.read_text(encoding="utf-8"))

    def has(self, name: str) -> bool:
        return name in self._done

    def take(self, name: str, action: Callable[[], str]) -> None:
        """Do a step and tell what it took; one that fails is told, and done again next time."""
        began_s = time.monotonic()
        try:
            figures = action()
        except (AssertionError, OSError, LookupError, ValueError):
            print(f"{time.monotonic() - began_s:7.0f} s  {name}: FAILED", flush=True)
            traceback.print_exc()
            self.failed.append(name)
            return
        took_s = time.monotonic() - began_s
        print(f"{took_s:7.0f} s  {name}: {figures}", flush=True)
        self._done[name] = {"s": round(took_s), "figures": figures}
        self._path.write_text(json.dumps(self._done, indent=1, ensure_ascii=False) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--fresh", action="store_true", help="do again what went well")
    parser.add_argument("--only", metavar="NAME", help="one step of the chain")
    parser.add_argument("--rounds", type=int, default=4, help=f"of {CUTS} power cuts each")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--image", action="store_true", help="arm64, as far as the page")
    options = parser.parse_args()
    began_s = time.monotonic()
    root = box("arm64" if options.image else "amd64")
    print(f"{time.monotonic() - began_s:7.0f} s  root: {root.disk.parent.name},"
          f" {accelerator(root)[1]}", flush=True)  # fmt: skip
    record = Record(root.disk.parent / "done.json", options.fresh)
    chain(root, record, IMAGE if options.image else WHOLE, options.only)
    if options.only is None and not options.image:
        for seed in range(options.seed, options.seed + options.rounds):
            name = f"power is cut {CUTS} times, seed {seed}"
            if not record.has(name):
                record.take(name, partial(cut_round, root, CACHE / "power", seed, CUTS))
    print(f"{time.monotonic() - began_s:7.0f} s  in all; failed: {record.failed or 'nothing'}")
    return 1 if record.failed else 0


def chain(root: Root, record: Record, steps: tuple[Step, ...], only: str | None) -> None:
    """The steps that are not done yet, on one new box."""
    wanted = [step for step in steps if only in (None, step.__name__)]
    if only is None:
        wanted = [step for step in wanted if not record.has(step.__name__)]
    if not wanted:
        return
    with running(root, CACHE / f"chain-{root.architecture}") as new:
        for step in (boots, gets_its_site, *wanted):
            record.take(step.__name__, partial(step, new))


if __name__ == "__main__":
    sys.exit(main())
