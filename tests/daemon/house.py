"""A box to try: a data directory with a rota, a simulated modem, the real daemon."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firmware.cli import main
from firmware.pulse import Pulse
from firmware.store import journal
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Role
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.page_store import PageStore
from firmware.store.pulse_file import read_pulse, runtime_dir
from tests.daemon.program import Program, until
from tests.patience import WITHIN_S

SPEED = 10  # the network's seconds are ours by ten; the daemon's are not
ALICE, BRUNO, DIANE = "+33601020304", "+33605060708", "+33613141516"
CALLER = "+33699887766"

SITE = f"""\
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"
language = "fr"
country_code = "33"

[[person]]
name = "Alice Martin"
mobile = "{ALICE}"

[[person]]
name = "Bruno Petit"
mobile = "{BRUNO}"

[[person]]
name = "Diane Leroy"
mobile = "{DIANE}"
role = "admin"

[[service]]
name = "Ambulance"
mode = "divert"
acknowledge_within_s = 300

[[rotation]]
service = "Ambulance"
level = 1
start = "2020-01-06T08:00"
every = "1 week"
people = ["Alice Martin"]

[[rotation]]
service = "Ambulance"
level = 2
start = "2020-01-06T08:00"
every = "1 week"
people = ["Bruno Petit"]
"""


class House:
    """Starts programs and ends them all; everything lies in one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = folder / "modem"
        self.runtime = folder / "run"
        self.runtime.mkdir()
        self.environ = {"VEILLEUR_RUNTIME": str(self.runtime)}
        self._programs: list[Program] = []

    def start(self, *arguments: str | Path, **more: Any) -> Program:
        program = Program(*arguments, environ=self.environ, **more)
        self._programs.append(program)
        return program

    @property
    def last(self) -> Program:
        """The program that was started last."""
        return self._programs[-1]

    def close(self) -> None:
        for program in reversed(self._programs):
            program.discard()

    # Its parts

    def load(self, site: str = SITE, *, set_up: bool = True) -> None:
        """`veilleur import` of a site file, in this process: another one than the daemon's.

        ``set_up``: the page has an administrator, so that the daemon prints no setup code.
        """
        path = self.folder / "site.toml"
        path.write_text(site, encoding="utf-8")
        assert main(["import", str(path), "--data", str(self.data)]) == 0
        with open_database(self.data / DATABASE_NAME, create=False) as database:
            accounts = AccountStore(database)
            if set_up and not accounts.has_administrator():
                accounts.add("Diane Leroy", Role.ADMIN, datetime.now(UTC))

    def modem(
        self, *options: str, profile: str = "generic", port: Path | None = None, **more: Any
    ) -> Modem:
        program = self.start(
            "modem", "--profile", profile, "--pty", port or self.port, "--speed", str(SPEED),
            *options, **more,
        )  # fmt: skip
        program.line("ready")
        return Modem(program)

    def daemon(self, *options: str | Path, port: Path | None = None, **more: Any) -> Program:
        settings = self.data / "veilleur.toml"
        if not settings.exists():   # nobody keeps the clock of the machine that runs tests
            self.data.mkdir(mode=0o750, exist_ok=True)
            settings.write_text('[clock]\ntrust = "system"\n', encoding="utf-8")
        return self.start("run", "--data", self.data, "--port", port or self.port, *options, **more)

    # What it has written

    def journal(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The journal as `veilleur journal --json` gives it, perhaps of one kind only."""
        with open_database(self.data / DATABASE_NAME, create=False) as database:
            entries = [journal.entry_as_json(each) for each in journal.entries(database)]
        return [entry for entry in entries if kind in (None, entry["kind"])]

    def await_entry(
        self, kind: str, within_s: float = WITHIN_S, **values: object
    ) -> dict[str, Any]:
        """The last journal line of this kind with these values, once it is there."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [
                entry
                for entry in self.journal(kind)
                if all(entry[name] == value for name, value in values.items())
            ]
            return bool(found)

        until(there, f"a {kind} with {values} in {self.journal()}", within_s)
        return found[-1]

    def pulse(self) -> Pulse | None:
        return read_pulse(runtime_dir(self.data, self.environ))

    def await_pulse(self, true: Callable[[Pulse], bool], what: str) -> Pulse:
        """The pulse, once something is true of it."""
        until(lambda: (now := self.pulse()) is not None and true(now), f"{what}: {self.pulse()}")
        pulse = self.pulse()
        assert pulse is not None
        return pulse

    def page_store(self) -> PageStore:
        return PageStore(open_database(self.data / DATABASE_NAME, create=False))


class Modem:
    """`veilleur modem` and the telephones behind it."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def say(self, line: str) -> None:
        self.program.say(line)

    def hears(self, part: str, within_s: float = WITHIN_S) -> str:
        """The next piece of news that holds ``part``."""
        return self.program.line(part, within_s)

    def state(self) -> dict[str, Any]:
        self.say("state")
        found: dict[str, Any] = json.loads(self.hears('{"at"'))
        return found

    def forwarding(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state()["forwarding"]
        return found

    def texts(self, number: str) -> list[str]:
        """What is on a telephone's screen."""
        return [
            text["text"]
            for phone in self.state()["phones"]
            if phone["number"] == number
            for text in phone["texts"]
        ]

    def await_state(
        self, true: Callable[[dict[str, Any]], bool], what: str, within_s: float = WITHIN_S
    ) -> dict[str, Any]:
        deadline = time.monotonic() + within_s
        while not true(state := self.state()):
            assert time.monotonic() < deadline, f"not in {within_s} s: {what}; {state}"
        return state
