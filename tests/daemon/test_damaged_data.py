"""`veilleur run` on damaged data: at its start, and while it runs; and its helper at night."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.command.helper import LONGEST_S, MEND_AGAIN_S, NIGHT, Housekeeper
from firmware.effect import Examine, KeepHouse
from firmware.event import DataMended, Event, NightDone
from firmware.pulse import ForwardingState
from firmware.record import Alert, AlertCause, AlertState
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import DamagedDatabase
from firmware.store.mend import mend
from firmware.store.nightly import make_nightly, nightly_backups
from firmware.store.recorder import Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.wording import messages
from tests.daemon.house import ALICE, BRUNO, CALLER, DIANE, SITE, House, Modem
from tests.daemon.program import until
from tests.deploy.shut_in import DAEMON, under

PAGE = 1024
STOPS_ITSELF = ("sh", "-c", 'kill -STOP $$; exec "$@"', "sh")   # before it does anything
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


def damaged_since_last_night(house: House) -> Modem:
    """A box whose backup is of another rota than the network was told of today, and whose data are
    damaged now; its daemon is not up."""
    house.load()
    make_nightly(house.data, datetime.now(UTC))
    house.load(SITE.replace('people = ["Alice Martin"]', 'people = ["Diane Leroy"]'))
    modem = house.modem()
    house.daemon().line("ready")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    assert house.last.stop() == 0
    damage(house.data / DATABASE_NAME, 1, 8)
    return modem


def test_a_damaged_database_at_boot(house: House) -> None:
    """Last night's backup is loaded, the administrators hear of it, calls are passed on: to whom
    the rota of today had named, for so it was on the network."""
    modem = damaged_since_last_night(house)
    before = modem.forwarding()
    daemon = house.daemon()
    daemon.error("loaded the backup of")
    daemon.line("ready")
    house.await_entry("forwarding", outcome="left")
    modem.say(f"call {CALLER}")
    modem.hears(f"{DIANE} rings: {CALLER}")
    assert modem.forwarding() == before
    (aside,) = (house.data / "backup").glob("veilleur-until-*.db")
    assert aside.read_bytes()[:PAGE] == b"\xa5" * PAGE
    house.await_entry("health", outcome="data_repaired")
    assert alarm(house) == messages.DATA_OF_BACKUP


def test_a_daemon_that_dies_as_soon_as_the_data_are_mended_is_not_the_last_to_know(
    house: House,
) -> None:
    """A second power cut: the next start finds a sound file, and yesterday's rota in it."""
    modem = damaged_since_last_night(house)
    before = modem.forwarding()
    assert mend(house.data, datetime.now(UTC)) is not None
    house.daemon().line("ready")
    house.await_entry("forwarding", outcome="left")
    assert modem.forwarding() == before
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
    for table in ("site", "rota_history"):
        damage(path, root_page(path, table), 1)
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
    daemon = house.daemon(command=under(DAEMON))   # its helper, too
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


def test_a_rota_that_is_damaged_while_it_runs_is_put_back_from_memory(house: House) -> None:
    """Last night's backup has an older one; there may be none at all. Nor has the page what came
    by SMS since the daemon looked last."""
    house.load()
    path = house.data / DATABASE_NAME
    make_nightly(house.data, datetime.now(UTC))
    house.load(f"{SITE}\n[retention]\nsms_text_days = 10\n")
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    modem.say(f"sms {BRUNO} RELAIS")
    with open_database(path, create=False) as database:
        rotas = RotaStore(database)
        until(lambda: (now := rotas.load_rota()) is not None and bool(now.overrides), "RELAIS")
        rota = rotas.load_rota()
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for table in ("person", "rota_history", "incoming_message"):
        damage(path, root_page(path, table), 1)
    modem.say(f"sms {CALLER} La patiente de 14 h")
    modem.hears("La patiente de 14 h")
    house.await_entry("health", outcome="data_repaired")
    house.await_entry("edit", person="repair")
    with open_database(path, create=False) as database:
        assert RotaStore(database).load_rota() == rota
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


class Keeper:
    """A helper on a clock of its own, and what it has said so far."""

    def __init__(self, house: House) -> None:
        self.now_s = 0.0
        self.helper = Housekeeper(house.data, lambda: self.now_s)
        self.done: list[Event] = []

    def look(self, recorder: Recorder) -> int:
        self.done += self.helper.look(recorder)
        return len(self.done)

    @property
    def whys(self) -> list[str | None]:
        return [event.why for event in self.done if isinstance(event, NightDone)]


@pytest.fixture
def keeper(house: House) -> Iterator[Keeper]:
    house.load()
    keeper = Keeper(house)
    yield keeper
    keeper.helper.stop()


@pytest.fixture
def pen(house: House, keeper: Keeper) -> Iterator[Recorder]:
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        yield Recorder(RowStore(database), print)


def test_a_night_that_is_due_while_the_helper_is_busy_comes_after_it(
    keeper: Keeper, pen: Recorder
) -> None:
    keeper.helper.do(Examine())
    keeper.helper.do(KeepHouse())
    until(lambda: keeper.look(pen) == 1, "the night after the examination")
    assert keeper.whys == [None]


def test_a_helper_that_hangs_is_ended_and_told(keeper: Keeper, pen: Recorder) -> None:
    """A night that never ended was the last: no backup any more, and nobody heard of it."""
    with pytest.MonkeyPatch.context() as helper:
        helper.setattr("firmware.command.helper.IDLE_DISK", STOPS_ITSELF)
        keeper.helper.do(KeepHouse())
    hanging = keeper.helper._helper
    assert hanging is not None
    keeper.now_s += LONGEST_S[NIGHT]
    assert keeper.look(pen) == 0
    with pytest.MonkeyPatch.context() as kernel:   # where no signal reaches it
        kernel.setattr(hanging, "kill", lambda: None)
        keeper.now_s += 1
        keeper.look(pen)
    keeper.helper.do(KeepHouse())
    keeper.look(pen)
    assert keeper.whys == ["ended: it took longer than 3 h", "a helper that was ended hangs still"]
    hanging.kill()
    until(lambda: hanging.poll() is not None, "the kernel lets go")
    keeper.helper.do(KeepHouse())
    until(lambda: keeper.look(pen) == 3, "another one's night")
    assert keeper.whys[2] is None


def test_where_no_process_can_be_made_the_night_has_failed(
    keeper: Keeper, pen: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    monkeypatch.setattr("firmware.command.helper.IDLE_DISK", ("/nonexistent/ionice",))
    keeper.helper.do(KeepHouse())
    keeper.look(pen)
    assert keeper.whys == ["no helper: No such file or directory"]


def test_what_cannot_be_mended_is_not_tried_every_two_seconds(
    house: House, keeper: Keeper, pen: Recorder
) -> None:
    (house.data / "backup").write_text("in the way")
    damage(house.data / DATABASE_NAME, root_page(house.data / DATABASE_NAME, "site"), 1)
    pen.trouble(DamagedDatabase("by hand"))
    keeper.look(pen)
    assert keeper.helper._helper is not None
    assert pen.repairing
    until(lambda: keeper.look(pen) == 0 and keeper.helper._helper is None, "its end")
    keeper.look(pen)
    assert keeper.helper._helper is None
    assert not pen.repairing
    keeper.now_s += MEND_AGAIN_S
    keeper.look(pen)
    assert keeper.helper._helper is not None


def test_a_helper_that_dies_before_it_can_answer_has_mended_all_the_same(
    house: House, keeper: Keeper, pen: Recorder
) -> None:
    make_nightly(house.data, NOW)
    path = house.data / DATABASE_NAME
    damage(path, root_page(path, "audit"), 1)
    assert mend(house.data, NOW) is not None   # and nobody was answered
    pen.trouble(DamagedDatabase("by hand"))
    until(lambda: keeper.look(pen) == 1, "the helper finds it mended")
    assert keeper.done == [DataMended(NOW, rota_is_current=True)]


def test_a_night_that_fails_says_why(house: House) -> None:
    house.load()
    (house.data / "backup").write_text("in the way")
    helper = house.start("keep-house", "night", "--data", house.data)
    assert helper.ended() == 1
    assert "backup" in json.loads(helper.output[-1])["why"]
