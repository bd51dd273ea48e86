"""`veilleur run` on damaged data: at its start, and while it runs; and its helper at night."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.helper import Housekeeper
from firmware.effect import KeepHouse
from firmware.event import DataMended, NightDone
from firmware.pulse import ForwardingState
from firmware.record import Alert, AlertCause, AlertState
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.nightly import make_nightly, nightly_backups
from firmware.store.recorder import Recorder
from firmware.store.row_store import RowStore
from firmware.wording import messages
from tests.daemon.house import ALICE, CALLER, SITE, House
from tests.daemon.program import until

PAGE = 1024
NOW = datetime(2026, 3, 10, 11, tzinfo=UTC)


def damage(path: Path, first_page: int, count: int) -> None:
    """Bytes that are wrong on the disk itself, under everybody's feet."""
    with path.open("r+b") as file:
        file.seek((first_page - 1) * PAGE)
        file.write(b"\xa5" * (count * PAGE))


def alarm(house: House) -> str:
    (found,) = (each for each in house.page_store().open_alarms() if each.key == "data")
    return found.cause


def root_page(path: Path, table: str) -> int:
    with open_database(path, create=False) as database:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (page,) = database.connection.execute(query, (table,)).fetchone()
    return int(page)


def test_a_damaged_database_at_boot(house: House) -> None:
    """Last night's backup is loaded, the administrators hear of it, calls are passed on."""
    house.load()
    make_nightly(house.data, datetime.now(UTC))
    damage(house.data / DATABASE_NAME, 1, 8)
    modem = house.modem()
    daemon = house.daemon()
    daemon.error("loaded the backup of")
    daemon.line("ready")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings: {CALLER}")
    (aside,) = (house.data / "backup").glob("veilleur-until-*.db")
    assert aside.read_bytes()[:PAGE] == b"\xa5" * PAGE
    house.await_entry("health", outcome="data_repaired")
    assert alarm(house) == messages.DATA_OF_BACKUP


def test_damaged_and_no_backup_leaves_the_network_s_forwarding_alone(house: House) -> None:
    """Nothing is known of the rota: what was registered goes on."""
    house.load()
    modem = house.modem()
    house.daemon().line("ready")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    assert house.last.stop() == 0
    before = modem.forwarding()
    path = house.data / DATABASE_NAME
    damage(path, root_page(path, "site"), 1)
    daemon = house.daemon()
    daemon.line("ready")
    daemon.error("aucun fichier de site")
    modem.say(f"call {CALLER}")
    modem.hears(f"{ALICE} rings: {CALLER}")
    assert modem.forwarding() == before


def test_a_page_that_is_damaged_while_it_runs(house: House) -> None:
    """Calls go on, the helper mends, what happened meanwhile is written, and it is told."""
    house.load()
    path = house.data / DATABASE_NAME
    with open_database(path, create=False) as database:
        old = [
            Alert(n, f"R{n}", AlertCause.CALL, n, "Ambulance", NOW, text="x" * 900,
                  state=AlertState.CLOSED, ended_at=NOW)
            for n in range(1, 200)
        ]
        RowStore(database).record(old)
    make_nightly(house.data, datetime.now(UTC))
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    with open_database(path, create=False) as database:
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    damage(path, root_page(path, "incoming_message"), 1)
    modem.say(f"sms {CALLER} La patiente de 14 h")
    modem.hears("La patiente de 14 h")
    daemon.error("rows are kept in memory")
    daemon.error("the disk takes rows again")
    house.await_entry("health", outcome="data_repaired")
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    modem.await_state(lambda state: state["modem"]["messages_stored"] == 0, "the SIM is empty")
    with open_database(path, create=False) as database:
        database.check(thoroughly=True)
    assert alarm(house) == messages.DATA_MENDED, "the rota is current"
    assert daemon.stop() == 0


def test_the_helper_s_night(house: House) -> None:
    """Backup and forgetting, in a process of its own; twice at once is once."""
    house.load(f"{SITE}\n[retention]\nsms_text_days = 10\n")
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        recorder = Recorder(RowStore(database), print)
        helper = Housekeeper(house.data)
        helper.do(KeepHouse())
        first = helper._helper
        helper.do(KeepHouse())
        assert helper._helper is first
        done: list[object] = []

        def has_done(count: int) -> bool:
            done.extend(helper.look(recorder))
            return len(done) >= count

        until(lambda: has_done(1), "the night is over")
        assert done == [NightDone()]
        (backup,) = nightly_backups(house.data)
        backup.parent.chmod(0o555)
        damage(house.data / DATABASE_NAME, root_page(house.data / DATABASE_NAME, "audit"), 1)
        done.clear()
        helper.do(KeepHouse())
        until(lambda: has_done(1), "the damage is found")
        assert isinstance(done[0], NightDone)
        assert "damaged" in str(done[0].why)
        backup.parent.chmod(0o755)
        until(lambda: has_done(2), "the helper mends")
        assert isinstance(done[1], DataMended)
        assert done[1].rota_is_current
        helper.stop()


def test_a_night_that_fails_says_why(house: House) -> None:
    house.load()
    (house.data / "backup").write_text("in the way")
    helper = house.start("keep-house", "night", "--data", house.data)
    assert helper.ended() == 1
    assert "backup" in json.loads(helper.output[-1])["why"]
