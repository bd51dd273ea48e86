"""What comes after a repair: the next row, edit, question and visit find a box in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.command.housekeeping import keep_house
from firmware.record import Alert, OutgoingMessage, Voicemail
from firmware.rota import read_site_file
from firmware.store import journal, rota_history
from firmware.store.account_store import AccountStore
from firmware.store.account_values import AuditEntry, Role, SignIn
from firmware.store.backup import changes_in, restore_backup, write_backup
from firmware.store.database import Database, open_database
from firmware.store.errors import DamagedDatabase, ForeignDatabase
from firmware.store.mend import mend
from firmware.store.migrations import known_migrations
from firmware.store.nightly import make_nightly, nightly_backups
from firmware.store.numbers import LEAP
from firmware.store.people_store import PeopleStore
from firmware.store.pin_store import PinStore
from firmware.store.rota_store import RotaStore
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore
from tests.daemon.house import SITE
from tests.store.samples import NOW, alert, line, outgoing
from tests.store.test_mend import EDITED, PAGE, Box

LATER = NOW + timedelta(hours=9)
NOBODY_S = b"\xff\x41"   # no UTF-8


@pytest.fixture
def box(tmp_path: Path) -> Box:
    data = tmp_path / "data"
    data.mkdir()
    return Box(data)


@contextmanager
def opened(box: Box) -> Iterator[Database]:
    with open_database(box.path, create=False) as database:
        yield database


def by_hand(box: Box, statement: str, *values: object) -> None:
    """What no step of ours does, but a card may."""
    with closing(sqlite3.connect(box.path, isolation_level=None)) as connection:
        connection.execute(statement, values)


def last_ids(box: Box) -> dict[str, int]:
    with opened(box) as database:
        return dict(RowStore(database).load_memory(NOW).last_ids)


@pytest.mark.parametrize("with_backup", [True, False])
def test_a_step_can_be_recorded_where_the_counters_were_lost(box: Box, with_backup: bool) -> None:
    """A journal line of a number that is taken is refused with its whole step, and the modem is
    not written to."""
    if with_backup:
        make_nightly(box.data, NOW)
    box.of_today()
    box.damage(box.root_page("counter"))
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        RowStore(database).record([line(), alert(501)])
    box.edit()


@pytest.mark.parametrize("lost", ["alert", "sqlite_sequence"])
def test_no_number_of_an_alert_is_given_twice(box: Box, lost: str) -> None:
    """Its reference is on somebody's telephone, and its question would be refused."""
    make_nightly(box.data, NOW)
    box.of_today()
    with opened(box) as database:
        RowStore(database).record([outgoing(70, cause="alert:500:1")])
    box.damage(box.root_page(lost))
    assert mend(box.data, NOW) is not None
    ids = last_ids(box)
    assert ids["Alert"] >= 500
    assert ids["OutgoingMessage"] >= 70


def test_where_nothing_is_left_numbers_go_on_from_far_ahead(box: Box) -> None:
    """Recordings of today lie beside the data, under the numbers of their rows."""
    make_nightly(box.data, NOW)
    box.path.unlink()
    assert mend(box.data, NOW) is not None
    ids = last_ids(box)
    assert ids == {
        "Alert": 29 + LEAP, "IncomingMessage": 59, "OutgoingMessage": LEAP, "Voicemail": LEAP,
    }  # fmt: skip
    assert set(ids) > {kind.__name__ for kind in (Alert, OutgoingMessage, Voicemail)}


def test_a_restored_backup_goes_on_from_the_numbers_of_the_data_it_replaces(
    box: Box, tmp_path: Path
) -> None:
    write_backup(box.data, tmp_path / "b.zip", NOW)
    with opened(box) as database:
        RowStore(database).record([alert(5000), line()])
        followed = journal.last_change(database)
    restore_backup(tmp_path / "b.zip", box.data, "Diane", LATER)
    assert last_ids(box)["Alert"] >= 5000
    with opened(box) as database:
        assert journal.changes(database, followed), "whoever follows sees what comes next"
    box.edit()


def test_a_night_after_an_old_backup_was_restored_is_later_than_those_before(
    box: Box, tmp_path: Path
) -> None:
    """Where nothing was left to count on from."""
    write_backup(box.data, tmp_path / "b.zip", NOW)
    box.of_today()
    before = make_nightly(box.data, NOW)
    box.path.unlink()
    restore_backup(tmp_path / "b.zip", box.data, "Diane", LATER)
    after = make_nightly(box.data, LATER)
    assert changes_in(after) > changes_in(before)


def test_the_repair_s_own_line_of_the_journal_stays(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    box.damage(box.root_page("incoming_message"))
    mend(box.data, LATER)
    with opened(box) as database:
        (said,) = (
            each.entry for each in journal.latest(database, 50) if each.entry.person == "repair"
        )
        newest = rota_history.versions(database, limit=1)[0]
        assert said.detail["rota"] == newest.number
        assert rota_history.rota_at(database, newest.number) == read_site_file(EDITED)


def test_a_rota_whose_tables_are_damaged_is_read_from_its_history(box: Box) -> None:
    """Also where there is no backup at all."""
    box.of_today()
    box.damage(box.root_page("person"))
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.rota_is_current
    assert box.rota() == read_site_file(EDITED)
    box.edit()


def test_a_rota_that_names_somebody_who_is_gone_keeps_no_box_from_being_mended(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    by_hand(box, "DELETE FROM person WHERE position = 1")
    box.damage(box.root_page("incoming_message"))
    assert mend(box.data, NOW) is not None
    assert box.rota() == read_site_file(EDITED)


def test_where_the_backup_s_rota_is_in_force_the_history_says_so(box: Box) -> None:
    """A form that was opened on the rota that is lost does not pass for one on this."""
    make_nightly(box.data, NOW)
    box.of_today()
    with opened(box) as database:
        before = RotaStore(database).version()
    box.damage(box.root_page("person"))
    by_hand(box, "UPDATE rota_history SET site = x'00' WHERE version = ?", before)
    mended = mend(box.data, NOW)
    assert mended is not None
    assert not mended.rota_is_current
    with opened(box) as database:
        version = RotaStore(database).version()
        assert version > before
        assert rota_history.rota_at(database, version) == read_site_file(SITE)


@pytest.mark.parametrize("cell", [b'[{"x', NOBODY_S])
@pytest.mark.parametrize("in_backup", [True, False])
def test_a_row_that_cannot_be_read_keeps_no_daemon_from_starting(
    box: Box, cell: bytes, in_backup: bool
) -> None:
    """Its pages are sound: only whoever reads the row finds it."""
    garbage = "UPDATE alert SET asked = CAST(? AS TEXT) WHERE id = 3", cell
    if in_backup:
        by_hand(box, *garbage)
    make_nightly(box.data, NOW)
    by_hand(box, *garbage)
    assert mend(box.data, NOW) is not None
    lost = {3} if in_backup else set[int]()
    assert set(box.alerts()) == set(range(1, 30)) - lost
    assert mend(box.data, NOW) is None


def test_a_repair_revives_nobody_whom_somebody_has_shut_out(box: Box) -> None:
    with opened(box) as database:
        accounts, people = AccountStore(database), PeopleStore(database)
        accounts.add("diane", Role.ADMIN, NOW)
        gone = accounts.add("gone", Role.STAFF, NOW)
        for digest in ("old", "kept"):
            accounts.begin(SignIn(digest, 1, NOW, NOW, "192.0.2.1", "x", {}))
        PinStore(database).set("Alice Martin", "2580", "diane", NOW)
        secret = people.new_link("Alice Martin", "diane", NOW)
    make_nightly(box.data, NOW)
    box.of_today()
    with opened(box) as database:
        accounts = AccountStore(database)
        accounts.end("old")
        accounts.remove(gone.id)
        PinStore(database).remove("Alice Martin")
        PeopleStore(database).revoke_link("Alice Martin")
    box.damage(box.root_page("incoming_message"))
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        accounts = AccountStore(database)
        assert [each.name for each in accounts.accounts()] == ["diane"]
        assert [each.digest for each in accounts.sign_ins(1)] == ["kept"]
        assert PinStore(database).of("Alice Martin") is None
        assert PeopleStore(database).open_link(secret, NOW) is None


def test_accounts_that_cannot_be_read_come_from_the_backup_without_their_sessions(
    box: Box,
) -> None:
    with opened(box) as database:
        AccountStore(database).add("diane", Role.ADMIN, NOW)
        AccountStore(database).begin(SignIn("old", 1, NOW, NOW, "192.0.2.1", "x", {}))
    make_nightly(box.data, NOW)
    box.of_today()
    for table in ("account", "sign_in"):
        box.damage(box.root_page(table))
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        assert AccountStore(database).has_administrator()
        assert AccountStore(database).sign_ins(1) == ()


def test_what_the_page_leaves_out_is_damage_all_the_same(box: Box) -> None:
    with opened(box) as database:
        AccountStore(database).add("diane", Role.ADMIN, NOW)
    make_nightly(box.data, NOW)
    by_hand(box, "UPDATE account SET created_at = '2026-03-29T01:0 '")
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        assert [each.name for each in AccountStore(database).accounts()] == ["diane"]
    assert mend(box.data, NOW) is None


def test_what_came_by_sms_since_the_rota_was_loaded_is_put_back_too(box: Box) -> None:
    """A duty taken over by RELAIS is in memory, and perhaps nowhere else any more."""
    known = read_site_file(EDITED)
    with opened(box) as database:
        rotas = RotaStore(database)
        watch = RotaWatch(rotas, rotas.load_rota())
        watch.in_memory = lambda: known
        assert watch.repaired(is_current=False)
        assert watch.look(LATER) is False, "by nobody"
        assert watch.rota == rotas.load_rota() == known


def test_a_box_whose_history_is_spoilt_is_mended_from_its_own_backup(box: Box) -> None:
    """Without one nothing says that it was ever ours: then it is left alone."""
    spoilt = "UPDATE migration SET checksum = 'x' WHERE number = 3"
    by_hand(box, spoilt)
    with pytest.raises(ForeignDatabase):
        mend(box.data, NOW)
    by_hand(box, "UPDATE migration SET checksum = ? WHERE number = 3", _checksum(3))
    make_nightly(box.data, NOW)
    box.of_today()
    by_hand(box, spoilt)
    assert mend(box.data, NOW) is not None
    assert 500 in box.alerts()


def _checksum(number: int) -> str:
    return known_migrations()[number - 1].checksum


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM counter WHERE name = 'journal_change'",
        "UPDATE counter SET value = 7 WHERE name = 'journal_change'",
        "UPDATE counter SET value = 0 WHERE name = 'rota_version'",
    ],
)
def test_a_counter_that_is_gone_or_behind_is_damage(box: Box, statement: str) -> None:
    """A card has kept an old page, or lost one: no further step could be recorded."""
    by_hand(box, statement)
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        RowStore(database).record([line()])
    box.edit()


def test_a_number_after_which_there_is_none_is_damage(box: Box) -> None:
    by_hand(box, "UPDATE alert SET id = 9223372036854775806 WHERE id = 3")
    by_hand(box, "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'alert'")
    assert mend(box.data, NOW) is not None
    number = last_ids(box)["Alert"] + 1
    with opened(box) as database:
        RowStore(database).record([alert(number)])
    assert number > 29
    assert mend(box.data, NOW) is None


def test_the_number_of_a_row_that_is_there_is_not_given_again(box: Box) -> None:
    by_hand(box, "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'alert'")
    assert last_ids(box)["Alert"] == 29


def test_an_index_that_does_not_fit_its_table_is_mended_when_a_night_has_found_it(
    box: Box,
) -> None:
    """The quick look of a start finds sound pages; each night's backup would fail."""
    with closing(sqlite3.connect(box.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(at)', '(kind)')"
            " WHERE name = 'journal_at'"
        )
    with pytest.raises(DamagedDatabase):
        make_nightly(box.data, NOW)
    assert mend(box.data, NOW) is None
    assert mend(box.data, NOW, thoroughly=True) is not None
    make_nightly(box.data, NOW)


def test_a_night_finds_a_row_that_cannot_be_read_before_it_pushes_a_sound_one_out(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand(box, "UPDATE alert SET asked = 'x' WHERE id = 3")
    with pytest.MonkeyPatch.context() as machine:
        machine.setattr("os.nice", lambda steps: 0)
        assert keep_house("night", box.data) == 1
    assert json.loads(capsys.readouterr().out)["damaged"]
    assert nightly_backups(box.data) == []


def test_words_of_sqlite_s_that_are_no_text_are_damage_too(box: Box) -> None:
    """It names what it found in the schema."""
    make_nightly(box.data, NOW)
    data = box.path.read_bytes()
    place = data.rindex(b"name TEXT NOT NULL UNIQUE", 0, 40 * PAGE)
    box.path.write_bytes(data[:place] + b"name\xa0TEXT" + data[place + 9 :])
    with closing(sqlite3.connect(box.path)) as connection, pytest.raises(UnicodeDecodeError):
        connection.execute("SELECT * FROM service").fetchall()
    assert mend(box.data, NOW) is not None
    assert box.rota() == read_site_file(SITE)


def test_a_line_of_the_audit_that_cannot_be_read_is_not_taken_over(box: Box) -> None:
    """It would stand there for ever, and say nothing."""
    with opened(box) as database:
        for name in ("diane", "bruno"):
            AccountStore(database).audit(AuditEntry(NOW, name, "people.changed", "192.0.2.1"))
    by_hand(box, "UPDATE audit SET at = '2026-03-29T01:0 ' WHERE id = 1")
    box.damage(box.root_page("incoming_message"))
    assert mend(box.data, NOW) is not None
    with opened(box) as database:
        assert [entry.name for _, entry in AccountStore(database).audit_log(9)] == ["bruno"]
