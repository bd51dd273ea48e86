"""One file with everything: made while others write, put back whole or not at all."""

from __future__ import annotations

import json
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from firmware.record import OF_THIS_BOX, Fact
from firmware.rota import read_site_file
from firmware.store import backup, journal
from firmware.store.backup import (
    SETTINGS_KEPT,
    UnusableBackup,
    read_backup,
    restore_backup,
    write_backup,
)
from firmware.store.daemon_lock import DaemonLock
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import DataInUse, StoreError, UnreadableDatabase
from firmware.store.migrations import known_migrations
from firmware.store.page_store import PageStore
from firmware.store.pulse_file import runtime_dir
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.store.spool import Spool
from tests.daemon.house import SITE
from tests.store.fresh import made_database
from tests.store.samples import NOW, alert, call, incoming, line

PIN = 'pin = "4321"'


class Box:
    """A data directory with something of everything."""

    def __init__(self, data: Path) -> None:
        self.data = data
        (data / "voice" / "greetings").mkdir(parents=True)
        (data / "voice" / "greetings" / "nuit été.wav").write_bytes(b"RIFF" * 1000)
        (data / "voice" / "spoken").mkdir()
        (data / "voice" / "spoken" / "0a.wav").write_bytes(b"RIFF")
        (data / "veilleur.toml").touch(mode=0o600)
        (data / "veilleur.toml").write_text(f'port = "/dev/ttyUSB2"\n{PIN}\n')
        with made_database(data / DATABASE_NAME) as database:
            RotaStore(database).replace_rota(read_site_file(SITE), "Diane", NOW)
            RowStore(database).record([call(1), alert(1), incoming(1), line()])

    def everything(self) -> dict[str, bytes]:
        """Each file, the database in words."""
        found = {
            str(path.relative_to(self.data)): path.read_bytes()
            for path in self.data.rglob("*")
            if path.is_file() and not path.name.startswith((DATABASE_NAME, "daemon.lock"))
        }
        with open_database(self.data / DATABASE_NAME, create=False) as database:
            found[DATABASE_NAME] = "\n".join(database.connection.iterdump()).encode()
        return found


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "box.zip"


def test_everything_comes_back_on_another_box(box: Box, file: Path, tmp_path: Path) -> None:
    made = write_backup(box.data, file, NOW)
    assert made == read_backup(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = tmp_path / "other"
    other.mkdir()
    done = restore_backup(file, other, "Diane", NOW)
    assert (done.aside, done.settings_kept) == (None, False)
    assert (other / "veilleur.toml").read_text() == 'port = "/dev/ttyUSB2"\n', "without the PIN"
    assert stat.S_IMODE((other / "veilleur.toml").stat().st_mode) == 0o600
    assert (other / "voice" / "greetings" / "nuit été.wav").read_bytes() == b"RIFF" * 1000
    # The page, another user of the same group, goes on adding to it
    assert (other / "voice" / "greetings").stat().st_mode & 0o7777 == 0o2770
    assert not (other / "voice" / "spoken").exists()
    with open_database(other / DATABASE_NAME, create=False) as database:
        assert RotaStore(database).load_rota() == read_site_file(SITE)
        assert len(RowStore(database).load_memory(NOW).alerts) == 1
        last = journal.latest(database)[0].entry
    assert (last.outcome, last.person) == ("restored", "Diane")
    assert last.detail["made_at"] == "2026-03-29T01:00:00.123456Z"


@pytest.mark.parametrize("spoilt", [
    "", "port = [", f"[recovery]\n{PIN}\n", f"{PIN.upper()}\n",
])  # fmt: skip
def test_settings_that_were_spoilt_since_go_into_no_backup(
    box: Box, file: Path, tmp_path: Path, spoilt: str
) -> None:
    """But those that the box serves with; the PIN in none, wherever somebody has written it."""
    settings, other = box.data / "veilleur.toml", tmp_path / "other"
    (box.data / SETTINGS_KEPT).write_text(f"# of state 1:2\n{settings.read_text()}")
    settings.write_text(spoilt)
    write_backup(box.data, file, NOW)
    other.mkdir()
    restore_backup(file, other, "Diane", NOW)
    assert (other / "veilleur.toml").read_text() == 'port = "/dev/ttyUSB2"\n'
    (box.data / SETTINGS_KEPT).unlink()
    write_backup(box.data, file, NOW)
    with zipfile.ZipFile(file) as archive:
        assert not any(b"4321" in archive.read(name) for name in archive.namelist())


def test_it_is_made_in_the_middle_of_somebody_s_transaction(box: Box, file: Path) -> None:
    """It waits for nobody, keeps nobody waiting, and holds what was committed."""
    with open_database(box.data / DATABASE_NAME, create=False) as writer:
        with writer.transaction() as connection:
            connection.execute("DELETE FROM alert")
            write_backup(box.data, file, NOW)
        RowStore(writer).record([call(2)])
    done = restore_backup(file, box.data, "Diane", NOW)
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        memory = RowStore(database).load_memory(NOW)
    assert len(memory.alerts) == 1
    assert [each.id for each in memory.calls] == [1]
    assert done.settings_kept
    assert PIN in (box.data / "veilleur.toml").read_text()
    assert done.aside is not None
    with open_database(done.aside, create=False) as before:
        assert RowStore(before).load_memory(NOW).last_ids["Call"] == 2


def test_a_page_that_is_open_writes_nothing_into_the_restored_data(box: Box, file: Path) -> None:
    """Its connection belongs to the file of before, log and all."""
    write_backup(box.data, file, NOW)
    with open_database(box.data / DATABASE_NAME, create=False) as page:
        RowStore(page).record([call(7)])
        restore_backup(file, box.data, "Diane", NOW)
        RowStore(page).record([call(8)])
        with open_database(box.data / DATABASE_NAME, create=False) as database:
            RowStore(database).record([call(2)])
            database.check(thoroughly=True)
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        database.check(thoroughly=True)
        calls = RowStore(database).load_memory(NOW).calls
    assert [each.id for each in calls] == [1, 2]


def test_what_is_true_of_the_box_alone_is_not_restored(box: Box, file: Path) -> None:
    """A backup of three weeks ago does not know that the box was alive since."""
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        facts = [Fact(key, "of then") for key in (*OF_THIS_BOX, "proof")]
        RowStore(database).record(facts)
    write_backup(box.data, file, NOW)
    restore_backup(file, box.data, "Diane", NOW)
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        found = RowStore(database).load_memory(NOW).facts
    assert found["proof"] == "of then"
    assert not found.keys() & set(OF_THIS_BOX)


def test_what_the_disk_before_did_not_take_comes_into_no_restored_data(
    box: Box, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers are other calls' by now."""
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(tmp_path))
    write_backup(box.data, file, NOW)
    spool = Spool(runtime_dir(box.data))
    spool.add([call(1, number="+33688776655")])
    assert spool.rows() != ()
    restore_backup(file, box.data, "Diane", NOW)
    assert spool.rows() == ()


@pytest.mark.parametrize("meanwhile", ["grows", "is deleted"])
def test_a_message_that_is_being_recorded_spoils_no_backup(
    box: Box, file: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """A caller speaks while the night's backup is made: it was found bad only when needed."""
    message = box.data / "voice" / "mail" / "7.wav.part"
    message.parent.mkdir()
    message.write_bytes(b"RIFF" * 1000)
    write = zipfile.ZipFile.write

    def while_it_is_recorded(archive: zipfile.ZipFile, path: Path, name: str) -> None:
        if path == message and meanwhile == "is deleted":
            message.unlink()
        write(archive, path, name)
        if path == message:
            message.write_bytes(b"RIFF" * 2000)

    monkeypatch.setattr(zipfile.ZipFile, "write", while_it_is_recorded)
    write_backup(box.data, file, NOW)
    names = read_backup(file).files
    assert ("voice/mail/7.wav.part" in names) == (meanwhile == "grows")
    assert "voice/greetings/nuit été.wav" in names


def test_what_callers_have_said_since_stays_on_the_disk(box: Box, file: Path) -> None:
    mail = box.data / "voice" / "mail"
    mail.mkdir()
    (mail / "1.wav").write_bytes(b"of before")
    write_backup(box.data, file, NOW)
    (mail / "1.wav").write_bytes(b"changed")
    (mail / "2.wav").write_bytes(b"since")
    restore_backup(file, box.data, "Diane", NOW)
    found = {path.name: path.read_bytes() for path in mail.iterdir()}
    assert found == {"1.wav": b"of before", "2.wav": b"since"}


def test_refused_while_a_daemon_runs(box: Box, file: Path) -> None:
    write_backup(box.data, file, NOW)
    before = box.everything()
    with DaemonLock(box.data), pytest.raises(DataInUse, match="is in use"):
        restore_backup(file, box.data, "Diane", NOW)
    assert box.everything() == before


def altered(file: Path, name: str, content: bytes) -> None:
    """The same backup with other bytes under one name."""
    with zipfile.ZipFile(file) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for each, data in {**members, name: content}.items():
            archive.writestr(each, data)


def manifest(file: Path, **changes: object) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return json.dumps({**json.loads(archive.read("manifest.json")), **changes}).encode()


def spoil(file: Path, how: str) -> None:
    data = file.read_bytes()
    match how:
        case "cut short":
            file.write_bytes(data[: len(data) // 2])
        case "a flipped bit":
            middle = len(data) // 2
            file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        case "empty":
            file.write_bytes(b"")
        case "another file":
            file.write_text(SITE)
        case "other content":
            altered(file, DATABASE_NAME, b"x" * 5000)
        case "a newer format":
            altered(file, "manifest.json", manifest(file, format=99))
        case "no manifest's words":
            altered(file, "manifest.json", b"[]")
        case "a way out":
            altered(file, "manifest.json", manifest(file, files={"../../evil": "0", "x": "1"}))


@pytest.mark.parametrize(
    "how",
    [
        "cut short", "a flipped bit", "empty", "another file", "other content", "a newer format",
        "no manifest's words", "a way out",
    ],
)  # fmt: skip
def test_what_is_damaged_or_newer_is_refused_and_changes_nothing(
    box: Box, file: Path, how: str
) -> None:
    write_backup(box.data, file, NOW)
    before = box.everything()
    spoil(file, how)
    with pytest.raises(UnusableBackup) as caught:
        restore_backup(file, box.data, "Diane", NOW)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert box.everything() == before
    leftover = [path.name for path in box.data.iterdir() if path.name.startswith(".")]
    assert leftover == []


def test_a_path_that_leads_out_of_the_folder(box: Box, file: Path, tmp_path: Path) -> None:
    write_backup(box.data, file, NOW)
    with zipfile.ZipFile(file) as archive:
        files = json.loads(archive.read("manifest.json"))["files"]
    evil = "voice/../../../evil"
    altered(file, "manifest.json", manifest(file, files={**files, evil: "0"}))
    altered(file, evil, b"evil")
    with pytest.raises(UnusableBackup, match="has no place"):
        restore_backup(file, box.data, "Diane", NOW)
    assert not (tmp_path / "evil").exists()


def test_the_database_of_a_newer_program(box: Box, file: Path) -> None:
    newer = len(known_migrations()) + 1
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        database.connection.execute(
            "INSERT INTO migration VALUES (?, 'future', 'x', 'x')", (newer,)
        )
    # This program cannot even copy it: it does not know what it would copy
    with pytest.raises(StoreError, match="newer Veilleur"):
        write_backup(box.data, file, NOW)
    assert not file.exists()


def test_a_damaged_database_makes_no_backup(box: Box, file: Path) -> None:
    file.write_text("the good one of yesterday")
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        RowStore(database).record([incoming(n, text="y" * 3000) for n in range(2, 60)])
    path = box.data / DATABASE_NAME
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    with pytest.raises(UnreadableDatabase, match="damaged"):
        write_backup(box.data, file, NOW)
    assert file.read_text() == "the good one of yesterday"


def test_numbers_pass_the_gate_of_the_site_file(box: Box, file: Path) -> None:
    """A premium number that came into an old database by no gate comes into no other by this."""
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        rota = RotaStore(database).load_rota()
        assert rota is not None
        people = (replace(rota.people[0], mobile="+33899123456"), *rota.people[1:])
        RotaStore(database).replace_rota(replace(rota, people=people), "old", NOW)
    write_backup(box.data, file, NOW)
    before = box.everything()
    with pytest.raises(UnusableBackup, match="its rota cannot be used"):
        restore_backup(file, box.data, "Diane", NOW)
    assert box.everything() == before


def test_a_backup_that_unfolds_without_end(
    box: Box, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(box.data, file, NOW)
    monkeypatch.setattr(backup, "SIZE_MAX", 10_000)
    with pytest.raises(UnusableBackup, match="more than a box can hold"):
        read_backup(file)


def test_a_folder_that_cannot_be_written(box: Box, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        write_backup(box.data, tmp_path / "nowhere" / "box.zip", NOW)


def test_the_page_s_list_is_that_of_the_backup(box: Box, file: Path) -> None:
    write_backup(box.data, file, NOW)
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        RowStore(database).record([alert(2), alert(3)])
    restore_backup(file, box.data, "Diane", NOW)
    with open_database(box.data / DATABASE_NAME, create=False) as database:
        assert [each.id for each in PageStore(database).unsettled_alerts()] == [1]
