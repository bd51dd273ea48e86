"""`veilleur run`: the call daemon."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.at.profile import ModemProfile
from firmware.attendant import Attendant
from firmware.command.box_front import BoxFront
from firmware.command.data import DATABASE, make_data_dir, open_data
from firmware.command.disk import look_at_disk
from firmware.command.helper import Housekeeper
from firmware.command.outcomes import UpdateWatch
from firmware.command.ports import attached_cards, attached_ports
from firmware.command.settings import (
    FILE,
    Settings,
    load_profile,
    profile_names,
)
from firmware.command.settings_kept import Found, are_good, keep, settings_to_serve_with
from firmware.command.system_wish import set_computer_clock, show_on_console
from firmware.command.time_sources import battery_backed, synchronised
from firmware.configuration import Configuration
from firmware.event import DataMended, Event
from firmware.line.usb_port import (
    Candidate,
    NotAModem,
    PortUnavailable,
    candidates,
    named,
    with_audio,
)
from firmware.pulse import Lamp, Pulse, StoreState
from firmware.record import UNTOLD_REPAIR
from firmware.recovery.permits import RecoveryOptions
from firmware.shell.main_loop import MainLoop
from firmware.shell.system_clock import SystemClock
from firmware.shell.voice.speech import Speech
from firmware.shell.voice.voice_room import VoiceRoom
from firmware.shell.watchdog import Watchdog, complain
from firmware.store import reserve
from firmware.store.code_store import new_code_for_setup
from firmware.store.daemon_lock import DaemonLock
from firmware.store.database import Database
from firmware.store.errors import StoreError, UnwritableDatabase
from firmware.store.leftovers import sweep
from firmware.store.mend import Mended, mend
from firmware.store.pending_restore import drop_overdue, restore_pending
from firmware.store.pin_store import PinStore
from firmware.store.pulse_file import runtime_dir, write_pulse
from firmware.store.read_only import read_only_copy
from firmware.store.recorder import Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.rota_watch import RotaWatch
from firmware.store.row_store import RowStore
from firmware.store.spool import Spool
from firmware.wording import LANGUAGES, Wording

DISK_EVERY = timedelta(hours=1)
# Beside the data: a restart of the service empties its folder of /run
RESCUED, PLACE = ".rescued", ".modem-place"


def run(
    data_dir: Path, port: str | None, profile: str | None, audio: str | None = None
) -> int:
    """Serve until SIGTERM. A port named on the command line must be there and be a modem."""
    found, known = _settings(data_dir, profile)
    make_data_dir(data_dir)
    if _put_back(data_dir):   # with its settings, where the box had none
        found, known = _settings(data_dir, profile)
    settings = found.settings
    with DaemonLock(data_dir), _sound_data(data_dir) as (database, mended):
        setup_code = _setup_code(database)
        show_on_console(setup_code)
        keep(data_dir, found)
        rows, rotas = RowStore(database), RotaStore(database)
        recorder = Recorder(rows, complain, Spool(runtime_dir(data_dir)))
        recorder.resume()
        data_version, version = rows.data_version(), rotas.version()
        memory = recorder.load_memory(datetime.now(UTC))
        kept = (lambda: True) if settings.clock_is_kept else synchronised
        rota = RotaWatch(rotas, rotas.load_rota(), version)
        clock = SystemClock(memory.newest_at, kept, battery_backed, set_computer_clock)
        attendant = Attendant(
            _configuration(found, known, setup_code),
            memory,
            rota.rota,
            clock.moment(),
        )
        rota.in_memory = lambda: attendant.roster.rota
        finder = _Finder(port or settings.port, known, audio or settings.audio)
        front = BoxFront(settings.pins, database)
        publisher = _Publisher(runtime_dir(data_dir), data_dir)
        loop = MainLoop(
            attendant,
            rows,
            rota,
            clock,
            Watchdog(),
            publisher.publish,
            finder.ports,
            insist=port is not None,
            data_version=data_version,
            recorder=recorder,
            helper=Housekeeper(data_dir, repaired=rota.repaired),
            then_said=(f"setup code: {setup_code}",) if setup_code else (),
            hooks=replace(
                front.rescue(settings.recovery), mark=data_dir / RESCUED, place=data_dir / PLACE
            ),
            voice=VoiceRoom(data_dir / "voice", Speech(data_dir), _pin_check(data_dir)),
            front=front.hooks,
        )
        publisher.tell, publisher.show = loop.tell, front.show
        front.connect(loop.tell, loop.stop)
        if mended is not None and memory.facts.get(UNTOLD_REPAIR) is None:   # else it knows
            loop.tell(DataMended(mended.backup_of, mended.rota_is_current))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, frame: loop.stop())
        try:
            return _serve(loop, port)
        finally:
            front.close()


def _settings(data_dir: Path, profile: str | None) -> tuple[Found, ModemProfile | None]:
    """And the profile: the command line has the last word. Raises `SettingsFault`."""
    found = settings_to_serve_with(data_dir, profile) if data_dir.is_dir() else Found(Settings())
    if found.fault:
        complain(f"{data_dir / FILE}: {found.fault}; going on with older settings")
    return found, _profile(profile or found.settings.profile)


def _serve(loop: MainLoop, port: str | None) -> int:
    """Until it is ended; the exit code. Raises `PortUnavailable` at the first opening."""
    try:
        loop.run()
    except NotAModem as fault:
        print(f"veilleur: {port}: not a modem, or mute: {fault}", file=sys.stderr)
        return 1
    except PortUnavailable:  # wrong usage
        raise
    except StoreError as fault:  # systemd starts it again
        print(f"veilleur: {fault}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _pin_check(data_dir: Path) -> Callable[[str, str], bool]:
    """Holds a telephone PIN against the store; for another thread than the loop's, whose database
    this is not. What cannot be read is no right PIN."""

    def check(person: str, pin: str) -> bool:
        try:
            with open_data(data_dir, create=False) as database:
                return PinStore(database).verify(person, pin)
        except StoreError as fault:
            complain(f"the PIN of {person} cannot be checked: {fault}")
            return False

    return check


def _put_back(data_dir: Path) -> bool:
    """A backup that the page was given; whatever is wrong with it, the box starts. True if it has
    brought settings."""
    had = (data_dir / FILE).exists()
    outcome = restore_pending(data_dir, datetime.now(UTC))
    if outcome is not None and outcome.restored is None:
        print(f"veilleur: nothing restored: {outcome.why}", file=sys.stderr, flush=True)
    elif outcome is not None and outcome.restored is not None:
        made_at = outcome.restored.backup.made_at
        print(f"restored a backup of {made_at:%Y-%m-%d %H:%M} UTC", flush=True)
    brought = not had and (data_dir / FILE).exists()
    return brought and are_good(data_dir)


@contextmanager
def _sound_data(data_dir: Path) -> Iterator[tuple[Database, Mended | None]]:
    """The database, read through; a damaged or lost one is mended first."""
    sweep(data_dir, datetime.now(UTC))   # it may be what fills the disk
    try:
        database, mended = _opened(data_dir)
    except UnwritableDatabase as fault:
        database, mended = _opened_all_the_same(data_dir, fault)
    with database:
        reserve.keep(data_dir)
        yield database, mended


def _opened_all_the_same(
    data_dir: Path, fault: UnwritableDatabase
) -> tuple[Database, Mended | None]:
    """On a disk that takes nothing: a box that does not start passes no calls."""
    if fault.state is not StoreState.READ_ONLY and reserve.release(data_dir):
        complain(f"{fault}; trying again with the room that was set aside")
        try:
            return _opened(data_dir)
        except UnwritableDatabase as still:
            fault = still
    complain(f"{fault}; going on with what it says")
    folder, now = runtime_dir(data_dir), datetime.now(UTC)
    database, mended = read_only_copy(data_dir / DATABASE, folder, now)
    _tell_mended(data_dir, mended)
    return database, mended


def _opened(data_dir: Path) -> tuple[Database, Mended | None]:
    mended = mend(data_dir, datetime.now(UTC))
    _tell_mended(data_dir, mended)
    return open_data(data_dir, create=True), mended


def _tell_mended(data_dir: Path, mended: Mended | None) -> None:
    if mended is not None:
        complain(
            f"{data_dir}: the data were damaged or gone; loaded the backup of"
            f" {mended.backup_of or 'no night: there was none'}, took over {mended.rows} rows;"
            f" what was there is in {mended.aside or 'no file'}"
        )


def _setup_code(database: Database) -> str:
    """While the page has no administrator: what lets the first one in. A disk that is full must
    not keep the telephone from being answered."""
    try:
        code = new_code_for_setup(database, datetime.now(UTC))
    except StoreError as fault:
        print(f"veilleur: no setup code: {fault}", file=sys.stderr, flush=True)
        return ""
    return code or ""


def _configuration(found: Found, known: ModemProfile | None, setup_code: str) -> Configuration:
    settings = found.settings
    return Configuration(
        profile=known or load_profile("generic"),
        wordings={language: Wording(language) for language in LANGUAGES},
        pin=settings.pin,
        pin_written=settings.pin_written,
        own_number=settings.own_number,
        recovery=RecoveryOptions(
            power=settings.recovery.cuts_power or settings.pins.relay is not None,
            reboot=settings.recovery.reboot is not None,
        ),
        setup_code=setup_code,
        settings_fault=found.fault,
    )


class _Publisher:
    """Shows the pulse to the page. A RAM disk that is full or gone (`/run/user` at a logout) must
    not keep the telephone from being answered: it is said once, and the page shows an old pulse
    for what it is. With the first pulse, and each hour, it looks how much room the disk has,
    and whether a backup waits in vain; with each, whether an update has come to an end."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self._folder, self._data_dir = folder, data_dir
        self._disk_seen_at: datetime | None = None
        self._updates = UpdateWatch()
        self.tell: Callable[[Event], None] = lambda event: None
        self.show: Callable[[tuple[Lamp, ...]], None] = lambda lamps: None
        self._fault = ""

    def publish(self, pulse: Pulse) -> None:
        self.show(pulse.lamps)
        if self._disk_seen_at is None or abs(pulse.at - self._disk_seen_at) >= DISK_EVERY:
            self._disk_seen_at = pulse.at
            drop_overdue(self._data_dir, datetime.now(UTC))
            seen = look_at_disk(self._data_dir)
            if seen is not None:
                self.tell(seen)
        for seen_outside in self._updates.look():
            self.tell(seen_outside)
        try:
            write_pulse(self._folder, pulse)
            self._fault = ""
        except OSError as fault:
            if str(fault) != self._fault:
                self._fault = str(fault)
                print(f"veilleur: the page cannot be told: {fault}", file=sys.stderr, flush=True)


class _Finder:
    """The ports to try: the one that was named, else what USB shows now."""

    def __init__(
        self, port: str | None, profile: ModemProfile | None, audio: str | None
    ) -> None:
        self._port, self._audio = port, audio
        self._profile = profile
        names = [name for name in profile_names() if name != "generic"]
        self._profiles = [profile] if profile else [load_profile(name) for name in names]

    def ports(self) -> tuple[Candidate, ...]:
        ports, cards = attached_ports(), attached_cards()
        if self._port is None:
            found = candidates(ports, self._profiles, cards)
        else:
            real = os.path.realpath(self._port)
            found = (named(self._port, real, self._profile, ports, self._profiles, cards),)
        if self._audio is not None:
            return tuple(with_audio(each, self._audio) for each in found)
        return found


def _profile(name: str | None) -> ModemProfile | None:
    return load_profile(name) if name is not None else None
