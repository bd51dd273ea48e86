"""`veilleur run` while another program holds the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from firmware.store.database import DATABASE_NAME
from tests.daemon.house import ALICE, CALLER, House


def test_a_lock_that_is_held_in_mid_message_loses_nothing(house: House) -> None:
    """Longer than SQLite waits (5 s): it is told once, and the SMS is alerted afterwards."""
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_entry("forwarding", outcome="verified", number=ALICE)
    database = house.data / DATABASE_NAME
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        modem.say(f"sms {CALLER} La patiente de 14 h")
        assert "locked for too long" in daemon.error("everything waits")
        assert house.journal("sms_in") == []
        holder.execute("ROLLBACK")
    modem.hears(f"{ALICE} got a text from", within_s=60.0)
    modem.hears("La patiente de 14 h")
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    assert daemon.stop() == 0
    assert len([line for line in daemon.errors if "locked" in line]) == 1
