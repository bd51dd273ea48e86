"""Veilleur: the real daemon with a site of one person, its database and its whole attendant."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from firmware.record import OutgoingMessage
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.row_store import RowStore
from tests.benchmarks.bed import DUTY, PROFILE
from tests.benchmarks.contestants.contestant import PYTHON, Contestant, Letter
from tests.benchmarks.programs import ROOT, Failed

# firmware.sms.outbox: an alert. The guard holds notices back beyond 300 an hour, never alerts.
RANK_ALERT = 0

SITE = f"""\
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"
language = "fr"
country_code = "33"

[[person]]
name = "Alice Martin"
mobile = "{DUTY}"

[[service]]
name = "Ambulance"
mode = "divert"
acknowledge_within_s = 3600

[[rotation]]
service = "Ambulance"
level = 1
start = "2020-01-06T08:00"
every = "1 week"
people = ["Alice Martin"]
"""


class Veilleur(Contestant):
    """`veilleur run`. What it is to send lies in its outbox, as after a power cut."""

    name = "Veilleur"
    sweeps_every_s = 60.0

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """See `Contestant`."""
        site, data = folder / "site.toml", folder / "data"
        site.write_text(SITE)
        self._make_runtime(folder)
        done = subprocess.run(
            [PYTHON, "-m", "firmware", "import", str(site), "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"import: {done.stderr.strip()}")
        (data / "veilleur.toml").write_text('[clock]\ntrust = "system"\n')
        now = datetime.now(UTC)
        rows = [
            OutgoingMessage(
                id=number,
                cause=f"benchmark:{number}",
                recipient=letter.recipient,
                text=letter.text,
                rank=RANK_ALERT,
                created_at=now,
            )
            for number, letter in enumerate(letters, start=1)
        ]
        with open_database(data / DATABASE_NAME, create=False) as database:
            RowStore(database).record(rows)

    def command(self, folder: Path, port: Path) -> list[str]:
        """See `Contestant`."""
        return [
            PYTHON, "-m", "firmware", "run", "--data", str(folder / "data"),
            "--port", str(port), "--profile", PROFILE,
        ]  # fmt: skip

    def environ(self, folder: Path) -> dict[str, str]:
        """See `Contestant`."""
        return {"VEILLEUR_RUNTIME": os.readlink(folder / "run")}

    def clear(self, folder: Path) -> None:
        """See `Contestant`."""
        shutil.rmtree(os.readlink(folder / "run"), ignore_errors=True)

    def _make_runtime(self, folder: Path) -> None:
        """The pulse for the page belongs on a RAM disk, as /run is."""
        memory = Path("/dev/shm")  # noqa: S108 - the only RAM disk that every user has
        made = tempfile.mkdtemp(
            prefix="veilleur-bench-", dir=memory if memory.is_dir() else folder
        )
        (folder / "run").symlink_to(made)
