"""The table of commands: what each is called, what it takes, what it runs.

Each entry imports only what its own command needs, and only when it is asked for: a Pi starts
Python slowly.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DEMO_LISTEN = "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Entry:
    """``late`` options are costly to load: they are added for this command's own line alone."""

    name: str
    help: str
    options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    late: bool = False


# What a command takes


def _data(parser: ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", type=Path, required=True)


def _port(parser: ArgumentParser) -> None:
    parser.add_argument("--port", metavar="PATH", help="the modem's AT port; else it is looked for")


def _demo_options(parser: ArgumentParser) -> None:
    parser.add_argument("--listen", metavar="HOST:PORT", default=DEMO_LISTEN)


def _run_options(parser: ArgumentParser) -> None:
    _data(parser)
    _port(parser)
    parser.add_argument(
        "--audio", metavar="PATH", help="the tty (or alsa:CARD) that carries the modem's sound"
    )
    parser.add_argument("--profile", metavar="NAME", help="the modem's family; else told by USB")


def _web_options(parser: ArgumentParser) -> None:
    _data(parser)
    parser.add_argument("--listen", metavar="HOST:PORT")
    parser.add_argument("--tls", action="store_true", help="https, under the box's own certificate")


def _time_options(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)


def _password_options(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    _data(parser)


def _label_options(parser: ArgumentParser) -> None:
    _data(parser)
    parser.add_argument("--address", metavar="URL", default="http://veilleur.local")
    parser.add_argument("--language", choices=("fr", "en"), help="else the site's")
    parser.add_argument("--no-code", action="store_true", help="print none, make none")


def _house_options(parser: ArgumentParser) -> None:
    parser.add_argument("task", choices=("night", "mend", "examine", "save", "return"))
    _data(parser)


def _file_options(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    _data(parser)


def _backup_options(parser: ArgumentParser) -> None:
    _file_options(parser)
    parser.add_argument("--passphrase-file", metavar="PATH", help="seals it; - is standard input")


def _restore_options(parser: ArgumentParser) -> None:
    _file_options(parser)
    parser.add_argument(
        "--passphrase-file", metavar="PATH", help="of a sealed one, - is standard input; else asked"
    )


def _update_options(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a signed bundle")
    what.add_argument("--brought", action="store_true", help="what page or stick laid down")


def _stick_options(parser: ArgumentParser) -> None:
    parser.add_argument("--night", action="store_true", help="leave a backup, take no update")


def _rota(parser: ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", metavar="DIR", type=Path)
    where.add_argument("--site", metavar="FILE", type=Path)
    parser.add_argument("--service", metavar="NAME")
    parser.add_argument("--json", action="store_true")


def _who_options(parser: ArgumentParser) -> None:
    _rota(parser)
    parser.add_argument("--at", metavar="INSTANT", help="such as 2026-03-29T01:00:00Z; else now")


def _gaps_options(parser: ArgumentParser) -> None:
    _rota(parser)
    parser.add_argument("--from", metavar="INSTANT", dest="start", required=True)
    parser.add_argument("--to", metavar="INSTANT", dest="end", required=True)


def _journal_options(parser: ArgumentParser) -> None:
    _data(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--follow", action="store_true", help="go on with what happens next")


def _doctor_options(parser: ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", type=Path)
    _port(parser)


def _simulate_options(parser: ArgumentParser) -> None:
    from firmware.command.simulate import VOICES, days, load, rate, seeds

    parser.add_argument("--days", metavar="N", type=days, required=True)
    parser.add_argument("--seed", metavar="S", type=seeds, required=True, help="or 1..20")
    parser.add_argument("--faults", metavar="RATE", type=rate, default=0.0, help="0.01: one in 100")
    parser.add_argument("--load", metavar="SHARE", type=load, default=1.0, help="1: 14,600 a year")
    parser.add_argument(
        "--voice", choices=tuple(VOICES), default="by-seed", help="whether calls are answered"
    )
    parser.add_argument("--save", metavar="FILE", type=Path, help="a failing seed as a scenario")


def _modem_options(parser: ArgumentParser) -> None:
    from hw.simulator import console

    console.add_arguments(parser)


# What a command runs


def _demo(options: Namespace) -> int:
    from firmware.command.demo import demo

    return demo(options.listen)


def _run(options: Namespace) -> int:
    from firmware.command.run import run

    return run(options.data, options.port, options.profile, options.audio)


def _web(options: Namespace) -> int:
    from firmware.command.page import web

    return web(options.data, options.listen, tls=options.tls)


def _setup_code(options: Namespace) -> int:
    from firmware.command.accounts import setup_code

    return setup_code(options.data)


def _password(options: Namespace) -> int:
    from firmware.command.accounts import password

    return password(options.data, options.name)


def _label(options: Namespace) -> int:
    from firmware.command.label import label

    return label(options.data, options.address, options.language, with_code=not options.no_code)


def _lamps_out(options: Namespace) -> int:
    from firmware.command.lamps_out import lamps_out

    return lamps_out(options.data)


def _set_clock(options: Namespace) -> int:
    from firmware.command.set_clock import set_clock

    return set_clock(options.file)


def _import(options: Namespace) -> int:
    from firmware.command.site import import_site

    return import_site(options.file, options.data)


def _export(options: Namespace) -> int:
    from firmware.command.site import export_site

    return export_site(options.data)


def _backup(options: Namespace) -> int:
    from firmware.command.backup import backup

    return backup(options.file, options.data, options.passphrase_file)


def _restore(options: Namespace) -> int:
    from firmware.command.backup import restore

    return restore(options.file, options.data, options.passphrase_file)


def _update(options: Namespace) -> int:
    from firmware.command.update import update, update_brought

    return update_brought() if options.brought else update(options.file)


def _stick(options: Namespace) -> int:
    from firmware.command.stick import stick

    return stick(at_night=options.night)


def _keep_house(options: Namespace) -> int:
    from firmware.command.housekeeping import keep_house

    return keep_house(options.task, options.data)


def _who(options: Namespace) -> int:
    from firmware.command.who import who

    return who(options.data, options.site, options.service, options.at, js=options.json)


def _gaps(options: Namespace) -> int:
    from firmware.command.who import show_gaps

    where = options.data, options.site, options.service
    return show_gaps(*where, options.start, options.end, js=options.json)


def _journal(options: Namespace) -> int:
    from firmware.command.journal import show_journal

    return show_journal(options.data, js=options.json, follow=options.follow)


def _doctor(options: Namespace) -> int:
    from firmware.command.doctor import doctor

    return doctor(options.data, options.port)


def _simulate(options: Namespace) -> int:
    from firmware.command.simulate import simulate

    return simulate(options)


def _modem(options: Namespace) -> int:
    from hw.simulator import console

    return console.main(options)


COMMANDS = (
    Entry("demo", "the whole box on a simulated modem", _demo_options, _demo),
    Entry("run", "the call daemon", _run_options, _run),
    Entry("web", "the LAN page", _web_options, _web),
    Entry("setup-code", "lets in the page's first administrator", _data, _setup_code),
    Entry("password", "give an account of the page a new password", _password_options, _password),
    Entry("import", "check a site file and load it", _file_options, _import),
    Entry("export", "print the site file", _data, _export),
    Entry("backup", "everything in one file, while the box runs", _backup_options, _backup),
    Entry("restore", "put a backup in the place of the data", _restore_options, _restore),
    Entry("label", "the A6 label of a new box, as HTML", _label_options, _label),
    Entry("lamps-out", "switch the box's lamps off: what systemd does after the daemon", _data,
          _lamps_out),
    Entry("set-clock", "the computer's, to the time that the daemon had from the network",
          _time_options, _set_clock),
    Entry("keep-house", "what the daemon's helper does", _house_options, _keep_house),
    Entry("update", "verify a signed bundle and install it", _update_options, _update),
    Entry("stick", "what a stick named VEILLEUR has brought", _stick_options, _stick),
    Entry("who", "who is on duty", _who_options, _who),
    Entry("gaps", "periods with nobody on duty at level 1", _gaps_options, _gaps),
    Entry("journal", "what happened", _journal_options, _journal),
    Entry("doctor", "what is wrong with the box, and what to do", _doctor_options, _doctor),
    Entry("simulate", "a simulated year of bad luck", _simulate_options, _simulate, late=True),
    Entry("modem", "the simulated modem alone", _modem_options, _modem, late=True),
)
