"""The `veilleur` command: reads the command line, calls `firmware/command/`, words the faults."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence

from firmware.command.table import COMMANDS

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
SERVERS = ("demo", "modem", "run", "web")  # SIGTERM is how these end


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0 done, 1 a check failed, 2 wrong usage or input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, io.TextIOWrapper):  # JSON and site files, whatever the locale says
        sys.stdout.reconfigure(encoding="utf-8")
    options = _parser("".join(arguments[:1])).parse_args(arguments)
    if options.command in SERVERS:  # from now on: loading the rest takes a second on a Pi
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(EXIT_DONE))
    from firmware.command.data import SiteFault
    from firmware.command.settings import SettingsFault
    from firmware.store.errors import StoreError

    try:
        code: int = options.run_command(options)
        sys.stdout.flush()
        return code
    except SiteFault as fault:  # lines for editors: they stay bare
        print(fault, file=sys.stderr)
    except (SettingsFault, StoreError) as fault:
        print(f"veilleur: {fault}", file=sys.stderr)
    except BrokenPipeError:  # `head` has seen enough
        _let_go_of_stdout()
        return EXIT_DONE
    except OSError as fault:
        _let_go_of_stdout()
        print(f"veilleur: {_worded(fault)}", file=sys.stderr)
    except KeyboardInterrupt:
        return EXIT_DONE
    return EXIT_USAGE


def _worded(fault: OSError) -> str:
    words = fault.strerror or str(fault)
    return f"{fault.filename}: {words}" if fault.filename is not None else words


def _let_go_of_stdout() -> None:
    """What could not be written must not be tried again when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _parser(arguments_of: str) -> argparse.ArgumentParser:
    """The whole command line, of which ``arguments_of`` is the command that is asked for."""
    parser = argparse.ArgumentParser(
        prog="veilleur", description="The on-call telephone of a small ambulance company."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for entry in COMMANDS:
        options = commands.add_parser(entry.name, help=entry.help)
        if not entry.late or entry.name == arguments_of:
            entry.options(options)
        options.set_defaults(run_command=entry.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
