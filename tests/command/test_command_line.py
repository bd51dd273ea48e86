"""The command line itself: help, wrong usage, bad data, exit codes; never a traceback."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.store.database import DATABASE_NAME
from tests.command.conftest import Run
from tests.daemon.house import SITE

ROOT = Path(__file__).parents[2]
# interface.md: each command with its options; what is missing is wrong usage
COMMANDS = {
    "demo": ["[--listen HOST:PORT]"],
    "doctor": ["[--data DIR]", "[--port PATH]"],
    "run": ["--data DIR", "[--port PATH]", "[--profile NAME]"],
    "web": ["--data DIR", "[--listen HOST:PORT]", "[--tls]"],
    "setup-code": ["--data DIR"],
    "password": ["--data DIR", "NAME"],
    "import": ["--data DIR", "FILE"],
    "export": ["--data DIR"],
    "backup": ["--data DIR", "FILE"],
    "restore": ["--data DIR", "FILE"],
    "label": ["--data DIR", "[--address URL]", "[--language {fr,en}]", "[--no-code]"],
    "lamps-out": ["--data DIR"],
    "set-clock": ["FILE"],
    "stick": ["[--night]"],
    "update": ["[--brought]", "[FILE]"],
    "keep-house": ["{night,mend,examine,save,return}", "--data DIR"],
    "who": ["(--data DIR | --site FILE)", "[--service NAME]", "[--at INSTANT]", "[--json]"],
    "gaps": [
        "(--data DIR | --site FILE)", "[--service NAME]", "[--json]", "--from INSTANT",
        "--to INSTANT",
    ],
    "journal": ["--data DIR", "[--json]", "[--follow]"],
    "simulate": ["--days N", "--seed S", "[--faults RATE]", "[--load SHARE]",
                 "[--voice {by-seed,always,never}]", "[--save FILE]"],
    "modem": ["[--profile", "(--pty PATH | --tcp HOST:PORT)", "[--script FILE]"],
}  # fmt: skip
READERS = [["who"], ["gaps", "--from", "2026-01-01T00:00", "--to", "2026-02-01T00:00"],
           ["export"], ["journal"]]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_the_options(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    usage = re.sub(r"\s+", " ", ran.out.partition("options:")[0])
    assert usage.startswith(f"usage: veilleur {command} ")
    for option in COMMANDS[command]:
        assert option in usage


def test_help_lists_every_command_and_no_other(run: Run) -> None:
    listed = re.findall(r"^    ([\w-]+)(?: +\S|$)", run("--help").out, re.M)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["dance"], ["run"], ["web"], ["export"], ["journal"], ["who"], ["modem"], ["import"],
        ["gaps", "--site", "x"], ["import", "x"], ["who", "--site"], ["run", "--data"],
        ["demo", "extra"], ["who", "--site", "x", "--nope"],
        ["modem", "--pty", "x", "--speed", "0"], ["modem", "--pty", "x", "--speed", "nan"],
        ["modem", "--pty", "x", "--speed", "fast"], ["modem", "--pty", "x", "--seed", "one"],
        ["modem", "--pty", "x", "--tcp", "127.0.0.1:0"],
    ],
)  # fmt: skip
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: veilleur")
    assert ": error: " in ran.err.splitlines()[-1]


@pytest.mark.parametrize("name", ["no/such.scenario", ".", "x" * 300])
def test_a_seed_that_could_not_be_saved_is_told_before_it_is_played(
    run: Run, tmp_path: Path, name: str
) -> None:
    ran = run("simulate", "--days", "365", "--seed", "1", "--save", tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"veilleur: --save {tmp_path / name}: ")
    assert list(tmp_path.iterdir()) == []


def test_where_a_seed_would_be_saved_is_looked_at_and_left_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[object] = []

    def main(*_: object, save: Path, **__: object) -> int:
        played.append(save)
        return 0

    monkeypatch.setattr("tests.simulation.seeds.main", main)
    full, link = tmp_path / "full", tmp_path / "link"
    full.write_text("kept")
    link.symlink_to("target")
    for file in (full, link, tmp_path / "new"):
        assert run("simulate", "--days", "1", "--seed", "1", "--save", file).code == 0
    assert played == [full, link, tmp_path / "new"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "link"]
    assert full.read_text() == "kept"


def make_newer(path: Path) -> None:
    """As a later program with one more migration leaves it."""
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO migration SELECT max(number) + 1, 'later', 'x', '' FROM migration"
        )
    database.close()


@pytest.mark.parametrize("reader", READERS)
class TestBadData:
    def test_no_directory(self, run: Run, tmp_path: Path, reader: list[str]) -> None:
        fault = run(*reader, "--data", tmp_path / "none").fault
        assert fault == f"veilleur: {tmp_path / 'none'}: no such data directory"
        assert list(tmp_path.iterdir()) == []

    def test_no_database(self, run: Run, tmp_path: Path, reader: list[str]) -> None:
        fault = run(*reader, "--data", tmp_path).fault
        assert fault.startswith(f"veilleur: {tmp_path / DATABASE_NAME} is not there")
        assert list(tmp_path.iterdir()) == []

    def test_a_newer_database(self, run: Run, data: Path, reader: list[str]) -> None:
        path = data / DATABASE_NAME
        make_newer(path)
        before = path.read_bytes()
        assert "newer" in run(*reader, "--data", data).fault
        assert path.read_bytes() == before

    @pytest.mark.parametrize("how", ["text", "truncated", "folder"])
    def test_a_damaged_database(
        self, run: Run, data: Path, reader: list[str], how: str
    ) -> None:
        path = data / DATABASE_NAME
        whole = path.read_bytes()
        path.unlink()
        match how:
            case "text":
                path.write_text("this is no database" * 1000)
            case "truncated":
                path.write_bytes(whole[: len(whole) // 2])
            case "folder":
                path.mkdir()
        assert str(path) in run(*reader, "--data", data).fault


@pytest.mark.parametrize("command", ["run", "import", "web"])
def test_writers_leave_a_newer_database_alone(
    run: Run, data: Path, site: Path, command: str
) -> None:
    path = data / DATABASE_NAME
    make_newer(path)
    before = path.read_bytes()
    file = [site] if command == "import" else []
    assert "newer" in run(command, *file, "--data", data).fault
    assert path.read_bytes() == before


def test_an_empty_database_has_no_site(run: Run, data: Path) -> None:
    with sqlite3.connect(data / DATABASE_NAME) as database:
        for table in ("rotation_person", "rotation", "service", "person", "site"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    database.close()
    for reader in READERS[:3]:
        fault = run(*reader, "--data", data).fault
        assert fault == f"veilleur: {data}: no site file has been imported"


PROGRAMS = [
    [sys.executable, "-m", "firmware"],
    [str(Path(sys.executable).with_name("veilleur"))],
]
# As somebody who may not: started by root, the child gives its rights up first
UNPRIVILEGED = """
import os, sys
sys.path.insert(0, os.getcwd())
from firmware.cli import main
import firmware.command.journal, firmware.command.page, firmware.command.run  # while one may
import firmware.command.site, firmware.command.who
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(main())
"""


@pytest.mark.parametrize("reader", [*READERS, ["run"], ["web"]])
def test_permission_denied(data: Path, reader: list[str]) -> None:
    data.chmod(0o700 if os.geteuid() == 0 else 0)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, *reader, "--data", data],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        data.chmod(0o700)
    assert (ran.returncode, ran.stdout) == (2, ""), ran.stderr
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert re.search("denied|may not be|cannot be", ran.stderr)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("locale", ["C", "fr_FR.ISO-8859-1", "C.UTF-8"])
def test_both_names_and_any_locale(site: Path, program: list[str], locale: str) -> None:
    """JSON is UTF-8 whatever the locale says; warnings of Python's are errors here."""
    if not Path(program[0]).exists():
        pytest.skip("the project is not installed: no veilleur beside this Python")
    site.write_text(SITE.replace("Alice Martin", "Zoé 🚑 Łęcka"), encoding="utf-8")
    environ = {**os.environ, "LC_ALL": locale, "PYTHONWARNINGS": "error", "PYTHONUTF8": "0",
               "PYTHONCOERCECLOCALE": "0"}  # fmt: skip
    ran = subprocess.run(
        [*program, "who", "--site", site, "--at", "2026-03-29T01:00:00Z", "--json"],
        cwd=ROOT, capture_output=True, env=environ, timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "Zoé 🚑 Łęcka" in ran.stdout.decode("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said(site: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "firmware", "who", "--site", site],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr == "veilleur: No space left on device\n"
