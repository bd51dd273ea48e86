"""`veilleur run` on a disk that fills up or becomes read-only, and behind another program's lock:
calls are passed on, texts are alerted, and nothing leaves the SIM that is not on disk."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.pulse import ForwardingState, StoreState
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.nightly import make_nightly
from firmware.store.page_store import PageStore
from tests.daemon.house import ALICE, CALLER, DIANE, House, Modem
from tests.daemon.program import until
from tests.daemon.test_damaged_data import damage

SIZE, CARD_BYTES = "4m", 8 * 1024 * 1024
OTHER, THIRD = "+33688776655", "+33677665544"


def mount(*arguments: str | Path) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(house: House) -> Iterator[Path]:
    """A disk of its own for the data directory."""
    house.data.mkdir()
    if os.geteuid() != 0 or not mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", house.data):
        pytest.skip("only root may mount a small disk")
    yield house.data
    house.close()
    subprocess.run(["umount", "--lazy", house.data], check=True)


@pytest.fixture
def card(house: House, tmp_path: Path) -> Iterator[Card]:
    """A memory card of its own for the data directory."""
    house.data.mkdir()
    card = Card(tmp_path / "card", house.data)
    if os.geteuid() != 0 or not card.made():
        pytest.skip("only root may mount a card, and mkfs.ext4 makes it")
    yield card
    house.close()
    card.unmount()


class Card:
    """ext4 in a file, as on the Pi's memory card."""

    def __init__(self, image: Path, place: Path) -> None:
        self._image, self._place = image, place

    def made(self) -> bool:
        if shutil.which("mkfs.ext4") is None:
            return False
        self._image.write_bytes(b"\0" * CARD_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-F", self._image], check=True)
        return self.into()

    def into(self) -> bool:
        return mount("-o", "loop,errors=remount-ro", self._image, self._place)

    def becomes(self, how: str) -> None:
        """Read-only (`ro`) or not (`rw`), by a good kernel's hand."""
        until(lambda: mount("-o", f"remount,{how}", self._place), f"remounted {how}")

    def fails(self) -> None:
        """What the kernel does when it meets an error on a card: read-only until mounted anew."""
        assert mount("-o", "remount,abort", self._place)

    def out(self) -> None:
        """Until nobody has it: a mount namespace made meanwhile keeps a copy of this mount, and the
        kernel would give the same broken file system again."""
        self.unmount()
        try:
            until(self._is_free, "the card is out")
        except AssertionError:   # for minutes: none of ours
            pytest.skip("a mount namespace of another program keeps the card")

    def unmount(self) -> None:
        until(self._is_unmounted, "a helper whose daemon was killed has ended")

    def _is_unmounted(self) -> bool:
        if not self._place.is_mount():
            return True
        return subprocess.run(["umount", self._place], check=False).returncode == 0

    def _is_free(self) -> bool:
        return not subprocess.check_output(["losetup", "--associated", self._image])


def fill(disk: Path) -> Path:
    """Not one byte more."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


def running(house: House) -> Modem:
    house.load()
    modem = house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    return modem


def kept_by_the_sim(modem: Modem, number: int) -> None:
    modem.await_state(lambda s: s["modem"]["messages_stored"] == number, f"{number} in the SIM")


def open_alarms(house: House) -> bool:
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        return any(alarm.key == "disk" for alarm in PageStore(database).open_alarms())


def alarms(modem: Modem) -> list[str]:
    return [text for text in modem.texts(DIANE) if "disque" in text]


def test_a_disk_that_fills_up(house: House, small_disk: Path) -> None:
    modem = running(house)
    filler = fill(small_disk)
    modem.say(f"sms {CALLER} La patiente de 14 h")
    modem.hears("La patiente de 14 h")
    house.await_pulse(lambda pulse: pulse.store is StoreState.FULL, "a full disk in the pulse")
    until(lambda: len(alarms(modem)) == 1, "the alarm")
    modem.say(f"call {OTHER}")
    modem.hears(f"{ALICE} rings: {OTHER}")
    kept_by_the_sim(modem, 1)
    assert house.journal("sms_in") == house.journal("call") == []
    # Killed now, its successor goes on from the spool and what the SIM has kept
    house.last.stop(signal.SIGKILL)
    house.daemon().line("ready")
    modem.say(f"sms {THIRD} Et celle de 15 h")
    modem.hears("Et celle de 15 h")
    kept_by_the_sim(modem, 2)
    filler.unlink()
    kept_by_the_sim(modem, 0)
    received = {entry["number"] for entry in house.journal("sms_in")}
    assert received == {CALLER, THIRD}
    (called,) = house.journal("call")
    assert (called["number"], called["outcome"]) == (OTHER, "diverted")
    house.await_pulse(lambda pulse: pulse.store is StoreState.GOOD, "in order again")
    until(lambda: not open_alarms(house), "the alarm's end")
    assert "plein" in alarms(modem)[0]
    assert [sum("de 14 h" in text for text in modem.texts(ALICE))] == [1]
    assert house.last.stop() == 0


def test_a_start_on_a_disk_that_is_full_to_the_last_byte(house: House, small_disk: Path) -> None:
    """Room was set aside for SQLite's own files: a box that does not start passes no calls."""
    modem = running(house)
    assert house.last.stop() == 0
    fill(small_disk)
    house.daemon().line("ready")
    house.last.error("trying again with the room that was set aside")
    modem.say(f"call {OTHER}")
    modem.hears(f"{ALICE} rings: {OTHER}")


def test_a_start_with_damaged_data_on_a_full_disk(house: House, small_disk: Path) -> None:
    """There is no room to load last night's backup on the disk: it is read in the RAM disk."""
    house.load()
    make_nightly(house.data, datetime.now(UTC))
    damage(house.data / DATABASE_NAME, 1, 8)
    modem = house.modem()
    (house.data / "veilleur.toml").write_text('[clock]\ntrust = "system"\n', encoding="utf-8")
    fill(small_disk)
    house.daemon().line("ready")
    house.last.error("going on with what it says")
    house.await_pulse(lambda pulse: pulse.forwarding is ForwardingState.VERIFIED, "verified")
    modem.say(f"call {OTHER}")
    modem.hears(f"call 1: forwarded to {ALICE}")
    house.await_pulse(lambda pulse: pulse.store is not StoreState.GOOD, "told")


def test_a_card_that_the_kernel_makes_read_only(house: House, card: Card) -> None:
    modem = running(house)
    card.fails()
    modem.say(f"sms {CALLER} La patiente de 14 h")
    modem.hears(f"{ALICE} got a text from")
    house.await_pulse(lambda pulse: pulse.store is not StoreState.GOOD, "told")
    modem.say(f"call {OTHER}")
    modem.hears(f"{ALICE} rings: {OTHER}")
    kept_by_the_sim(modem, 1)
    # It can only be mounted anew when nobody has a file open on it
    assert house.last.stop() == 0
    card.out()
    # At the next boot it is read-only from the start, and calls are passed on all the same
    assert card.into()
    card.becomes("ro")
    house.daemon().line("ready")
    assert "going on with what it says" in house.last.error("read-only")
    modem.say(f"call {THIRD}")
    modem.hears(f"call 2: forwarded to {ALICE}")
    house.await_pulse(lambda pulse: pulse.store is StoreState.READ_ONLY, "told again")
    card.becomes("rw")
    kept_by_the_sim(modem, 0)
    for number in (OTHER, THIRD):
        house.await_entry("call", number=number, outcome="diverted")
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    assert [sum("de 14 h" in text for text in modem.texts(ALICE))] == [1]
    until(lambda: not open_alarms(house), "the alarm's end")
    # And with a file that is damaged, too, from last night's backup
    assert house.last.stop() == 0
    make_nightly(house.data, datetime.now(UTC))
    damage(house.data / DATABASE_NAME, 1, 8)
    card.becomes("ro")
    house.daemon().line("ready")
    house.last.error("loaded the backup of")
    modem.say(f"call {CALLER}")
    modem.hears(f"call 3: forwarded to {ALICE}")


def test_a_lock_that_is_held_in_mid_message(house: House) -> None:
    """Told once; the text is alerted meanwhile, and stays in the SIM until it is on disk."""
    modem = running(house)
    with closing(sqlite3.connect(house.data / DATABASE_NAME, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        modem.say(f"sms {CALLER} La patiente de 14 h")
        modem.hears(f"{ALICE} got a text from")
        assert "locked for too long" in house.last.error("kept in memory")
        kept_by_the_sim(modem, 1)
        assert house.journal("sms_in") == []
        holder.execute("ROLLBACK")
    kept_by_the_sim(modem, 0)
    house.await_entry("sms_in", number=CALLER, outcome="alerted")
    assert house.last.stop() == 0
    assert len([line for line in house.last.errors if "locked" in line]) == 1
    assert alarms(modem) == [], "a lock that is let go soon disturbs nobody"
