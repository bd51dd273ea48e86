"""Data that were damaged while the box ran: the backup's rota takes the place of a newer one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.event import DataMended, RotaChanged
from firmware.health.starts import LIFE
from firmware.pulse import ForwardingState
from firmware.record import UNTOLD_REPAIR, Fact, Repair
from firmware.rota import read_site_file
from firmware.store.tables import FACT
from tests.simulation.sites import BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
CHLOE_ALONE = SAMPLE.replace('"Alice Martin", "Bruno Petit"', '"Chloé Durand"')


def _mended(folder: Path, now: str, backup: str) -> World:
    """As the shell tells it: the data are whole again, and then their rota."""
    world = World(folder, now, start=START)
    world.run(120)
    night = world.moment.utc.replace(hour=2, minute=30)
    world.rotas.replace_rota(read_site_file(backup), "mend", world.moment.utc)
    world.step(DataMended(night, rota_is_current=False))
    world.step(RotaChanged(world.rotas.load_rota(), by_somebody=False))
    world.run(200)
    return world


def _forwarding(world: World) -> ForwardingState:
    assert world.pulse is not None
    return world.pulse.forwarding


def _led_to(world: World) -> str | None:
    call = world.call(CALLER, patience_s=40)
    world.run(60)
    return world.network_call(call).connected_to


def test_a_backup_s_rota_does_not_lead_calls_away_while_the_box_runs(tmp_path: Path) -> None:
    world = _mended(tmp_path, CHLOE_ALONE, SAMPLE)
    assert _forwarding(world) is ForwardingState.DIFFERENT
    assert "forwarding" in world.alarms()
    assert _led_to(world) == CHLOE
    assert any(CALLER in text for text in world.texts(BRUNO)), "on duty by the backup"
    world.change_rota(SAMPLE)   # somebody has looked
    world.run(100)
    assert _forwarding(world) is ForwardingState.VERIFIED
    assert _led_to(world) == BRUNO


@pytest.mark.parametrize("rota_is_current", [True, False])
def test_a_repair_whose_daemon_died_before_it_told_is_told_by_the_next(
    tmp_path: Path, rota_is_current: bool
) -> None:
    """The file is sound now, and only what it says of itself tells of the repair."""
    world = World(tmp_path, CHLOE_ALONE, start=START)
    world.run(120)
    world.kill()
    night = world.moment.utc.replace(hour=2, minute=30)
    if not rota_is_current:
        world.rotas.replace_rota(read_site_file(SAMPLE), "repair", world.moment.utc)
    repair = Repair(night, rota_is_current)
    world.rows.record((Fact(UNTOLD_REPAIR, repair.as_fact()),))
    for _ in range(2):   # and once only
        world.restart()
        world.run(200)
        assert "data" in world.alarms()
        query = "SELECT count(*) FROM journal WHERE outcome = 'data_repaired'"
        assert world.database.connection.execute(query).fetchone() == (1,)
    left = ForwardingState.VERIFIED if rota_is_current else ForwardingState.DIFFERENT
    assert _forwarding(world) is left
    assert _led_to(world) == CHLOE


def test_what_somebody_waits_for_is_in_the_mended_file_whatever_it_gave(tmp_path: Path) -> None:
    """The page shows the caller again, and a box that is started anew goes on asking."""
    world = World(tmp_path, SAMPLE, start=START)
    world.run(120)
    world.text(CALLER, "La patiente de 14 h")
    world.run(30)
    connection = world.database.connection
    (alert,) = world.page.callers_alerts()
    asked = connection.execute("SELECT id, cause FROM outgoing_message").fetchall()
    facts = {row.key: row.value for row in FACT.select(connection, "")}
    for table in ("alert", "outgoing_message", "fact"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
    world.rows.record((Fact(UNTOLD_REPAIR, Repair(None, rota_is_current=True).as_fact()),))
    world.step(DataMended(None, rota_is_current=True))
    assert world.page.callers_alerts() == (alert,)
    assert set(asked) <= set(connection.execute("SELECT id, cause FROM outgoing_message"))
    found = {row.key: row.value for row in FACT.select(connection, "")}
    del facts[LIFE], found[LIFE]   # written anew, and so not the same
    assert facts.items() <= found.items()
    assert found[UNTOLD_REPAIR] is None, "a restart does not tell it again"
