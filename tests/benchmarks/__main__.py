"""`python -m tests.benchmarks [NAME ...] [--rounds N] [--quick] [--write-readme]`"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

from tests.benchmarks import baud, bulk, idle, journal_speed, latency, report, rota_speed
from tests.benchmarks.effort import QUICK, Effort, Progress, absent
from tests.benchmarks.figures import Table

BENCHMARKS: dict[str, Callable[[Effort, Progress], list[Table]]] = {
    "latency": latency.run,
    "out": bulk.run_out,
    "both-ways": bulk.run_both_ways,
    "idle": idle.run,
    "baud": baud.run,
    "rota": rota_speed.run,
    "journal": journal_speed.run,
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is named, or everything; print a table each. Exit code 2 for a wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, help="turns of each contestant (default: 5)")
    parser.add_argument("--quick", action="store_true", help="a look in under a minute")
    parser.add_argument(
        "--write-readme", action="store_true", help="put the figures into the README"
    )
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds: at least 1")
    effort = QUICK if options.quick else Effort()
    if options.rounds is not None:
        effort = replace(effort, rounds=options.rounds)
    print(machine := report.machine())
    for line in absent():
        print(line)
    tables: list[Table] = []
    loads = [report.load()]
    for name in options.names or BENCHMARKS:
        with Progress(name) as progress:
            found = BENCHMARKS[name](effort, progress)
        loads.append(report.load())
        for table in found:
            print(f"\n{table.text()}", flush=True)
        print(f"  {loads[-1]}")
        tables += found
    if options.write_readme:
        report.write_readme(tables, f"{machine}; {loads[0]} before, {loads[-1]} after.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
