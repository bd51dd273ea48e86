"""Opening: the same settings for everybody, and one clear line for whatever is wrong."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware.store import journal
from firmware.store.database import Database, open_database
from firmware.store.errors import NewerDatabase, StoreError, UnreadableDatabase
from firmware.store.migrations import known_migrations
from firmware.store.row_store import RowStore
from tests.store.samples import NOW, call, incoming, line

NOBODY = 65534


def setting(database: Database, name: str) -> object:
    return database.connection.execute(f"PRAGMA {name}").fetchone()[0]


def one_line(error: BaseException, path: Path) -> bool:
    return str(path) in str(error) and "\n" not in str(error)


def test_every_connection_has_the_same_settings(path: Path) -> None:
    for create in (True, False, True):
        with open_database(path, create=create) as database:
            assert setting(database, "journal_mode") == "wal"
            assert setting(database, "synchronous") == 2, "FULL: acknowledged means on the disk"
            assert setting(database, "foreign_keys") == 1
            assert setting(database, "busy_timeout") == 5000
            assert setting(database, "page_size") == 1024
            assert setting(database, "wal_autocheckpoint") == 4000
            assert setting(database, "journal_size_limit") == 4 * 1024 * 1024
            assert setting(database, "secure_delete") == 1
            assert database.connection.isolation_level is None


def test_the_file_is_for_the_group_and_closed_to_others(path: Path) -> None:
    before = os.umask(0o077)
    try:
        with open_database(path, create=True) as database:
            RowStore(database).record([call()])
            files = sorted(path.parent.iterdir())
            assert [file.name for file in files] == [
                "veilleur.db",
                "veilleur.db-shm",
                "veilleur.db-wal",
            ]
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o660}
    finally:
        os.umask(before)


def test_nothing_is_made_unless_asked(path: Path) -> None:
    with pytest.raises(UnreadableDatabase, match="not there") as caught:
        open_database(path, create=False)
    assert one_line(caught.value, path)
    assert list(path.parent.iterdir()) == []


def test_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "veilleur.db"
    with pytest.raises(UnreadableDatabase, match="No such file") as caught:
        open_database(path, create=True)
    assert one_line(caught.value, path)


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_in_its_place(path: Path, create: bool) -> None:
    path.mkdir()
    with pytest.raises(UnreadableDatabase, match="not a file") as caught:
        open_database(path, create=create)
    assert one_line(caught.value, path)


@pytest.mark.parametrize("content", [b"[site]\nname = 'x'\n" * 500, b"\0" * 8192, b"SQLite for"])
def test_not_a_database(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UnreadableDatabase, match="not a database") as caught:
        open_database(path, create=True)
    assert one_line(caught.value, path)
    assert path.read_bytes() == content


def test_a_database_of_another_program(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE moz_places (id INTEGER)")
    other.close()
    with pytest.raises(UnreadableDatabase, match="another program") as caught:
        open_database(path, create=True)
    assert one_line(caught.value, path)


def test_a_newer_database_is_left_as_it_was(path: Path) -> None:
    with open_database(path, create=True) as database, database.transaction() as connection:
        connection.execute("INSERT INTO migration VALUES (9999, 'future', 'x', 'x')")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="newer Veilleur") as caught:
        open_database(path, create=True)
    assert one_line(caught.value, path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_found_by_the_check_at_start(path: Path) -> None:
    with open_database(path, create=True) as database:
        RowStore(database).record([incoming(n, text="y" * 3000) for n in range(1, 60)])
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    with open_database(path, create=False) as database:
        with pytest.raises(UnreadableDatabase, match="damaged: restore a backup") as caught:
            database.check()
        assert one_line(caught.value, path)


def test_a_sound_file_passes_the_check(database: Database) -> None:
    RowStore(database).record([call(), line()])
    database.check()


def test_a_file_cut_short(path: Path) -> None:
    with open_database(path, create=True) as database:
        RowStore(database).record([incoming(n, text="y" * 3000) for n in range(1, 60)])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)

    def use() -> None:
        with open_database(path, create=False) as database:
            database.check()

    with pytest.raises(UnreadableDatabase, match="damaged") as caught:
        use()
    assert one_line(caught.value, path)


def test_a_row_that_cannot_be_understood_is_named(database: Database) -> None:
    RowStore(database).record([call()])
    with database.transaction() as connection:
        connection.execute("UPDATE call SET started_at = 'yesterday'")
    with pytest.raises(UnreadableDatabase, match="'call' cannot be read"):
        RowStore(database).load_memory(NOW)


@contextmanager
def another_user() -> Iterator[None]:
    """Root may read everything; anybody else is stopped by the modes themselves."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), [(0o000, 0o777), (0o444, 0o777), (0o666, 0o555), (0o666, 0o000)]
)
def test_no_permission(file_mode: int, folder_mode: int, create: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "veilleur.db"
        open_database(path, create=True).close()
        path.chmod(file_mode)
        folder.chmod(folder_mode)
        try:
            with (
                another_user(),
                pytest.raises(UnreadableDatabase, match=r"may not be|Permission") as caught,
            ):
                open_database(path, create=create)
            assert one_line(caught.value, path)
        finally:
            folder.chmod(0o700)


ROOT = Path(__file__).parents[2]
OPENER = """
import sys
from pathlib import Path
from firmware.store.database import open_database
from firmware.store.migrations import known_migrations
from firmware.store.row_store import RowStore
from firmware.record import Fact
sys.stdin.readline()
with open_database(Path(sys.argv[1]), create=True) as database:
    RowStore(database).record([Fact(sys.argv[2], True)])
"""


@pytest.mark.parametrize("empty_file", [False, True])
def test_many_openers_at_once_make_one_database(path: Path, empty_file: bool) -> None:
    if empty_file:
        path.touch()
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(path), str(number)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
        )
        for number in range(4)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write(b"go\n")
        opener.stdin.close()
    assert [opener.wait(timeout=60) for opener in openers] == [0] * 4
    with open_database(path, create=False) as database:
        assert set(RowStore(database).load_memory(NOW).facts) == {"0", "1", "2", "3"}
        found = database.connection.execute("SELECT count(*) FROM migration").fetchone()
    assert found == (len(known_migrations()),)
    assert [file.name for file in path.parent.iterdir()] == ["veilleur.db"]


def test_errors_of_this_room_are_all_one_family(database: Database) -> None:
    with pytest.raises(StoreError), database.transaction() as connection:
        connection.execute("SELECT * FROM no_such_table")
    assert not database.connection.in_transaction
    assert journal.entries(database) == ()
