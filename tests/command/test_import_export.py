"""`veilleur import` and `veilleur export`: all or nothing, faults by line, and back again."""

from __future__ import annotations

import getpass
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import RotaOverride
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.command.conftest import Run
from tests.daemon.house import SITE


def contents(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table as it is."""
    with sqlite3.connect(f"file:{data / DATABASE_NAME}?mode=ro", uri=True) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))  # noqa: S608
                 for (name,) in names}  # fmt: skip
    database.close()
    return found  # type: ignore[return-value]


def test_a_new_directory_is_made_and_closed_to_others(
    run: Run, site: Path, tmp_path: Path
) -> None:
    data = tmp_path / "new" / "data"
    ran = run("import", site, "--data", data)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"{site}: loaded\n"
    assert sorted(path.name for path in data.iterdir()) == [DATABASE_NAME, "voice"]
    assert stat.S_IMODE(data.stat().st_mode) & 0o007 == 0
    assert stat.S_IMODE((data / DATABASE_NAME).stat().st_mode) & 0o007 == 0


def test_twice_is_once(run: Run, site: Path, data: Path) -> None:
    before = contents(data)
    ran = run("import", site, "--data", data)
    assert (ran.code, ran.err) == (0, f"{site}: nothing has changed\n")
    assert contents(data) == before


def test_what_was_exported_changes_nothing(
    run: Run, data: Path, tmp_path: Path
) -> None:
    exported = run("export", "--data", data)
    assert (exported.code, exported.err) == (0, "")
    path = tmp_path / "exported.toml"
    path.write_text(exported.out, encoding="utf-8")
    before = contents(data)
    assert run("import", path, "--data", data).err == f"{path}: nothing has changed\n"
    assert contents(data) == before
    assert run("export", "--data", data).out == exported.out
    assert run("import", path, "--data", tmp_path / "other").code == 0
    assert run("export", "--data", tmp_path / "other").out == exported.out


def test_an_override_that_came_by_sms_is_exported(run: Run, data: Path, tmp_path: Path) -> None:
    relieved = RotaOverride(
        service="Ambulance", level=1, start=datetime(2026, 11, 24, 5, 7), end=datetime(2026, 11, 30, 8),  # noqa: DTZ001, E501
        out="Alice Martin", in_="Bruno Petit", entered_at=datetime(2026, 11, 24, 4, 7, tzinfo=UTC),
        entered_by="Bruno Petit",
    )  # fmt: skip
    with open_database(data / DATABASE_NAME, create=False) as database:
        RowStore(database).record((relieved,))
        known = RotaStore(database).load_rota()
    assert known is not None
    exported = run("export", "--data", data).out
    assert '"2026-11-24T05:07"' in exported
    path = tmp_path / "exported.toml"
    path.write_text(exported, encoding="utf-8")
    before = contents(data)
    assert run("import", path, "--data", data).err == f"{path}: nothing has changed\n"
    assert contents(data) == before
    assert run("import", path, "--data", tmp_path / "other").code == 0
    with open_database(tmp_path / "other" / DATABASE_NAME, create=False) as database:
        assert RotaStore(database).load_rota() == known


FAULTS = {
    "the table [site] is missing": ("", [1]),
    "toml": ('[site]\nname = "A\n', [2]),
    "two at once": (
        SITE.replace('every = "1 week"', 'every = "1 fortnight"', 1)
        .replace('people = ["Bruno Petit"]', 'people = ["Bruno Grand"]'),
        [29, 37],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing(
    run: Run, data: Path, tmp_path: Path, name: str
) -> None:
    text, lines = FAULTS[name]
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    before, files = contents(data), (data / DATABASE_NAME).read_bytes()
    for command in (("import", path, "--data", data), ("who", "--site", path)):
        ran = run(*command)
        assert (ran.code, ran.out) == (2, "")
        said = ran.err.splitlines()
        assert [line.split(":")[0] for line in said] == [str(path)] * len(lines)
        assert [int(line.split(":")[1]) for line in said] == lines
        assert all(line.split(":", 2)[2].strip() for line in said)
    assert contents(data) == before
    assert (data / DATABASE_NAME).read_bytes() == files


def test_a_fault_makes_no_directory(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("nonsense")
    assert run("import", path, "--data", tmp_path / "data").code == 2
    assert not (tmp_path / "data").exists()


def test_not_utf8_names_the_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('[site]\nname = "Région"\n'.encode("latin-1"))
    assert run("import", path, "--data", tmp_path / "data").fault == f"{path}:2: not UTF-8 text"


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(SITE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert run("import", path, "--data", tmp_path / "data").code == 0
    plain = tmp_path / "plain.toml"
    plain.write_text(SITE, encoding="utf-8")
    ran = run("import", plain, "--data", tmp_path / "data")
    assert ran.err == f"{plain}: nothing has changed\n"


@pytest.mark.parametrize("how", ["missing", "folder", "nul", "deep"])
def test_a_file_that_is_none(run: Run, tmp_path: Path, how: str) -> None:
    path = tmp_path / how
    match how:
        case "folder":
            path.mkdir()
        case "nul":
            path.write_bytes(b"\0" * 100)
        case "deep":
            path.write_text("x = " + "[" * 100_000)
    assert run("import", path, "--data", tmp_path / "data").fault.startswith(f"{path}:1: ")


def test_a_directory_that_cannot_be_made(run: Run, site: Path) -> None:
    for place in (site, site / "data"):
        fault = run("import", site, "--data", place).fault
        assert fault.startswith(f"veilleur: {place}: cannot be made: ")


def test_who_changed_it_is_in_the_journal(run: Run, data: Path) -> None:
    said = run("journal", "--data", data).out
    assert said.count("\n") == 1
    assert "edit" in said
    assert getpass.getuser() in said
