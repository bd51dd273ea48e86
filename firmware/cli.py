"""The `veilleur` command: reads the command line, calls `firmware/command/`, words the faults."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

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
        code = _dispatch(options)
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


def _dispatch(options: argparse.Namespace) -> int:
    """Each command imports only what it needs: a Pi starts Python slowly."""
    match options.command:
        case "run":
            from firmware.command.run import run

            return run(options.data, options.port, options.profile)
        case "web":
            from firmware.command.page import web

            return web(options.data, options.listen)
        case "setup-code" | "password":
            return _account(options)
        case "import":
            from firmware.command.site import import_site

            return import_site(options.file, options.data)
        case "export":
            from firmware.command.site import export_site

            return export_site(options.data)
        case "who":
            from firmware.command.who import who

            return who(options.data, options.site, options.service, options.at, js=options.json)
        case "gaps":
            from firmware.command.who import show_gaps

            return show_gaps(
                options.data,
                options.site,
                options.service,
                options.start,
                options.end,
                js=options.json,
            )
        case "journal":
            from firmware.command.journal import show_journal

            return show_journal(options.data, js=options.json, follow=options.follow)
        case "doctor":
            from firmware.command.doctor import doctor

            return doctor(options.data, options.port)
        case "demo":
            from firmware.command.demo import demo

            return demo(options.listen)
        case "simulate":
            from firmware.command.simulate import simulate

            return simulate(options)
        case _:
            from hw.simulator import console

            return console.main(options)


def _account(options: argparse.Namespace) -> int:
    from firmware.command.accounts import password, setup_code

    if options.command == "password":
        return password(options.data, options.name)
    return setup_code(options.data)


def _parser(arguments_of: str) -> argparse.ArgumentParser:
    """The whole command line; what only the options of one command need is loaded for it alone."""
    parser = argparse.ArgumentParser(
        prog="veilleur", description="The on-call telephone of a small ambulance company."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="the whole box on a simulated modem")
    demo.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8080")

    run = commands.add_parser("run", help="the call daemon")
    _data(run)
    run.add_argument("--port", metavar="PATH", help="the modem's AT port; else it is looked for")
    run.add_argument("--profile", metavar="NAME", help="the modem's family; else told by USB")

    web = commands.add_parser("web", help="the LAN page")
    _data(web)
    web.add_argument("--listen", metavar="HOST:PORT")

    _data(commands.add_parser("setup-code", help="lets in the page's first administrator"))
    password = commands.add_parser("password", help="give an account of the page a new password")
    password.add_argument("name", metavar="NAME")
    _data(password)

    load = commands.add_parser("import", help="check a site file and load it")
    load.add_argument("file", metavar="FILE", type=Path)
    _data(load)

    export = commands.add_parser("export", help="print the site file")
    _data(export)

    who = commands.add_parser("who", help="who is on duty")
    _rota(who)
    who.add_argument("--at", metavar="INSTANT", help="such as 2026-03-29T01:00:00Z; else now")

    gaps = commands.add_parser("gaps", help="periods with nobody on duty at level 1")
    _rota(gaps)
    gaps.add_argument("--from", metavar="INSTANT", dest="start", required=True)
    gaps.add_argument("--to", metavar="INSTANT", dest="end", required=True)

    journal = commands.add_parser("journal", help="what happened")
    _data(journal)
    journal.add_argument("--json", action="store_true", help="one JSON object a line")
    journal.add_argument("--follow", action="store_true", help="go on with what happens next")

    check = commands.add_parser("doctor", help="what is wrong with the box, and what to do")
    check.add_argument("--data", metavar="DIR", type=Path)
    check.add_argument("--port", metavar="PATH", help="the modem's AT port; else it is looked for")

    _simulated(
        arguments_of,
        commands.add_parser("simulate", help="a simulated year of bad luck"),
        commands.add_parser("modem", help="the simulated modem alone"),
    )
    return parser


def _simulated(
    arguments_of: str, year: argparse.ArgumentParser, modem: argparse.ArgumentParser
) -> None:
    if arguments_of == "simulate":
        _simulate(year)
    elif arguments_of == "modem":
        from hw.simulator import console

        console.add_arguments(modem)


def _simulate(parser: argparse.ArgumentParser) -> None:
    from firmware.command.simulate import days, rate, seeds

    parser.add_argument("--days", metavar="N", type=days, required=True)
    parser.add_argument("--seed", metavar="S", type=seeds, required=True, help="or 1..20")
    parser.add_argument("--faults", metavar="RATE", type=rate, default=0.0, help="0.01: one in 100")
    parser.add_argument("--save", metavar="FILE", type=Path, help="a failing seed as a scenario")


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", type=Path, required=True)


def _rota(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", metavar="DIR", type=Path)
    where.add_argument("--site", metavar="FILE", type=Path)
    parser.add_argument("--service", metavar="NAME")
    parser.add_argument("--json", action="store_true")


if __name__ == "__main__":
    sys.exit(main())
