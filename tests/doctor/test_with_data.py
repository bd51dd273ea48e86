"""`veilleur doctor --data`: the directory, its files and database, and a daemon that runs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.command import doctor as command
from firmware.command import doctor_data
from firmware.command.data import open_data
from firmware.command.doctor_data import daemon_facts, data_facts, settings_of
from firmware.command.doctor_report import Progress
from firmware.doctor.facts import DatabaseState, DiskFacts, SettingsFacts
from firmware.pulse import PULSE_STALE_S
from firmware.store.daemon_lock import DaemonLock
from firmware.store.pulse_file import read_pulse, runtime_dir, write_pulse
from firmware.wording import doctor_messages as words
from tests.daemon.house import House
from tests.doctor.clinic import Clinic, forward_to, modem
from tests.doctor.samples import ALICE, PULSE, SITE, STOPPED, wrongs

SOMEBODY = 65534   # nobody


@pytest.fixture(autouse=True)
def no_modem(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is plugged into the machine that tests: nothing is visible on USB."""
    monkeypatch.setattr("firmware.command.doctor_ports.attached_ports", list)


def test_wrong_usage(clinic: Clinic) -> None:
    missing = clinic.examine("--data", clinic.folder / "none")
    assert missing.code == 2
    assert missing.text == ""
    assert missing.errors == f"veilleur: {clinic.folder / 'none'}: no such data directory\n"
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--date", "x"])
    assert ended.value.code == 2


def test_neither_data_nor_port(clinic: Clinic) -> None:
    report = clinic.examine()
    assert report.code == 1
    assert report.faults == ["Port du modem"]
    assert "aucun modem n'est visible sur USB" in report.text


def test_an_empty_directory(clinic: Clinic) -> None:
    clinic.data.mkdir(mode=0o750)
    report = clinic.examine("--data", clinic.data)
    assert report.code == 1
    assert report.faults == ["Base de données", "Port du modem"]
    assert f"veilleur import site.toml --data {clinic.data}" in report.text
    assert list(clinic.data.iterdir()) == []


def test_a_directory_without_a_site(clinic: Clinic) -> None:
    clinic.load()
    (clinic.data / "veilleur.db").unlink()
    assert main(["export", "--data", str(clinic.data)]) == 2   # there is none
    open_data(clinic.data, create=True).close()
    report = clinic.examine("--data", clinic.data)
    assert report.faults == ["Port du modem", "Planning"]


def test_the_language_is_the_sites(clinic: Clinic) -> None:
    clinic.load(SITE.replace("[site]", '[site]\nlanguage = "en"'))
    assert "WRONG  Modem port: no modem is visible on USB." in clinic.examine(
        "--data", clinic.data
    ).text


def test_a_newer_database_is_left_as_it_is(clinic: Clinic) -> None:
    clinic.load()
    with sqlite3.connect(clinic.data / "veilleur.db") as connection:
        connection.execute("INSERT INTO migration VALUES (99, 'later', 'x', '2030')")
    connection.close()
    report = clinic.examine("--data", clinic.data)
    assert report.faults == ["Base de données", "Port du modem"]
    assert "un Veilleur plus récent l'a écrite" in report.text
    with sqlite3.connect(clinic.data / "veilleur.db") as connection:
        (last,) = connection.execute("SELECT max(number) FROM migration").fetchone()
    connection.close()
    assert last == 99


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_something_else_in_the_databases_place(clinic: Clinic, content: bytes) -> None:
    clinic.data.mkdir()
    (clinic.data / "veilleur.db").write_bytes(content)
    report = clinic.examine("--data", clinic.data)
    if content:
        assert "Base de données" in report.faults
        assert "veilleur restore" in report.text
    else:   # SQLite takes an empty file for an empty database, and so do all our commands
        assert "Planning" in report.faults


def test_a_damaged_database(clinic: Clinic) -> None:
    clinic.load()
    path = clinic.data / "veilleur.db"
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)
    report = clinic.examine("--data", clinic.data)
    assert "Base de données" in report.faults
    assert report.code == 1


def test_a_database_too_large_is_not_read_through(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.load()
    monkeypatch.setattr(doctor_data, "READ_THROUGH_MAX", 100)
    report = clinic.examine("--data", clinic.data)
    assert report.line("Base de données").startswith("?")
    assert report.line("Planning").startswith("OK")


def test_a_disk_that_is_nearly_full(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.load()
    nearly = DiskFacts(3_000_000, 30_000_000_000, 5000, 100_000)
    monkeypatch.setattr(doctor_data, "disk_facts", lambda path: nearly)
    report = clinic.examine("--data", clinic.data)
    assert "Disque" in report.faults
    assert "plein : 3 Mo libres sur 30000 Mo" in report.text


@pytest.mark.parametrize(
    ("text", "mode", "mark", "part"),
    [
        ('pin = "1234"\n', 0o600, "OK", "lu sans faute"),
        ('pin = "1234"\n', 0o640, "PANNE", "d'autres peuvent le lire"),
        ('listen = "127.0.0.1:80"\n', 0o644, "OK", "lu sans faute"),
        ("pin = 1234\n", 0o600, "PANNE", "le programme le refuse"),
        ('prot = "/dev/ttyUSB2"\n', 0o600, "PANNE", "no such setting"),
        ('profile = "nokia"\n', 0o600, "PANNE", "there is no 'nokia'"),
        ("= = =\n", 0o600, "PANNE", "le programme le refuse"),
    ],
)
def test_the_settings_file(clinic: Clinic, text: str, mode: int, mark: str, part: str) -> None:
    clinic.load()
    clinic.settings(text, mode)
    report = clinic.examine("--data", clinic.data)
    line = report.line("Fichier de réglages")
    assert line.startswith(mark)
    assert part in line
    assert "1234" not in report.text


def test_a_folder_that_everybody_may_read(clinic: Clinic) -> None:
    clinic.load()
    clinic.data.chmod(0o755)
    report = clinic.examine("--data", clinic.data)
    assert report.line("Dossier des données").startswith("À VOIR")


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Nothing is denied to root: the tests' user becomes another one for a moment."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(SOMEBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_folder_that_this_user_may_not_use(clinic: Clinic) -> None:
    clinic.load()
    clinic.settings('pin = "1234"\n')
    clinic.data.chmod(0)
    try:
        with as_somebody_else():
            settings, settings_facts = settings_of(clinic.data)
            found = data_facts(clinic.data, settings_facts, datetime.now(UTC), Progress())
            running = daemon_facts(clinic.data)
    finally:
        clinic.data.chmod(0o750)
    assert found.folder is None or not found.folder.usable
    assert (settings.pin, running.running) == (None, False)
    assert wrongs(replace(STOPPED, data=found)) == [words.L_FOLDER]


def test_a_database_that_this_user_may_not_write(clinic: Clinic) -> None:
    clinic.load()
    for folder in (clinic.folder, *list(clinic.folder.parents)[:3]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o011)
    clinic.data.chmod(0o777)
    (clinic.data / "veilleur.db").chmod(0o400)
    with as_somebody_else():
        found = data_facts(clinic.data, SettingsFacts(), datetime.now(UTC), Progress())
    assert found.database.state is DatabaseState.UNREADABLE
    assert words.L_DATABASE in wrongs(replace(STOPPED, data=found))


def test_the_working_folder(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.load()
    assert clinic.examine("--data", clinic.data).line("Dossier de travail").startswith("OK")
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(clinic.folder / "gone"))
    assert "Dossier de travail" in clinic.examine("--data", clinic.data).faults


def test_the_working_folder_among_the_temporary_files_is_not_made(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.load()
    for name in doctor_data.RUNTIME_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    temporary = clinic.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    assert clinic.examine("--data", clinic.data).line("Dossier de travail").startswith("OK")
    assert list(temporary.iterdir()) == []


# A daemon that runs


def test_a_daemon_that_holds_the_lock_is_believed_by_its_pulse(clinic: Clinic) -> None:
    clinic.load()
    now = datetime.now(UTC)
    pulse = replace(
        PULSE, at=now, answered_at=now, forwarding_checked_at=now - timedelta(minutes=3)
    )
    with modem(clinic.port) as site, DaemonLock(clinic.data):
        before = site.modem.port.settings.echo
        write_pulse(runtime_dir(clinic.data), pulse)
        report = clinic.box()
        assert report.faults == []
        assert report.code == 0
        assert site.modem.port.settings.echo == before
        assert f"Renvoi d'appel : vers {ALICE} (Alice Martin)" in report.text
        assert f"{clinic.port} n'a pas été touché" in report.text

        write_pulse(runtime_dir(clinic.data), replace(pulse, at=now - 2 * stale()))
        old = clinic.box()
        assert old.faults == ["Programme veilleur"]
        assert "sudo systemctl restart veilleur" in old.text

        (runtime_dir(clinic.data) / "pulse.json").unlink()
        unseen = clinic.box()
        assert unseen.faults == []
        assert unseen.line("Programme veilleur").startswith("?")


def stale() -> timedelta:
    return timedelta(seconds=PULSE_STALE_S)


def test_the_daemons_own_environment_tells_where_its_pulse_is(
    tmp_path: Path, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's RUNTIME_DIRECTORY is not in the environment of whoever asks."""
    monkeypatch.setattr(command, "ASKING_S", 5.0)
    folder = tmp_path / "house"
    folder.mkdir()
    house = House(folder)
    try:
        house.load()
        with modem(house.port):
            daemon = house.daemon()
            daemon.line("ready")
            house.await_pulse(
                lambda pulse: pulse.forwarding.value == "verified", "verified forwarding"
            )
            assert read_pulse(runtime_dir(house.data)) is None   # not in our environment
            report = clinic.examine("--data", house.data)
            assert report.code == 0, report.text
            assert report.line("Renvoi d'appel").startswith("OK")
            assert report.line("Programme veilleur").startswith("OK")

            other = clinic.examine("--port", house.port)
            assert other.faults == ["Port du modem"]
            assert "est utilisé par un programme veilleur qui tourne" in other.text
            assert f"relancez : veilleur doctor --data {house.data}" in other.text

            assert daemon.stop() == 0
        with modem(house.port) as site:
            forward_to(site)
            stopped = clinic.examine("--data", house.data, "--port", house.port)
            assert stopped.faults == []
            assert "il ne tourne pas" in stopped.line("Programme veilleur")
    finally:
        house.close()
