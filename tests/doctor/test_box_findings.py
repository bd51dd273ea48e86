"""Machine, data and rota by tables: one fact is spoilt, one finding follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmware.disk_desk import CAUSES
from firmware.doctor.examine import examine
from firmware.doctor.facts import (
    ClockFacts,
    DaemonFacts,
    DatabaseFacts,
    DatabaseState,
    DiskFacts,
    FileFacts,
    PinsFacts,
    SettingsFacts,
)
from firmware.doctor.finding import Level, Phrase
from firmware.doctor.questions import Question
from firmware.moment import Moment
from firmware.pulse import StoreState
from firmware.rota import Person, read_site_file
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words
from firmware.wording import messages
from tests.doctor.samples import (
    ALICE,
    BRUNO,
    DATA,
    GOOD_FILE,
    NOW,
    OFFICE_HOURS,
    PULSE,
    RUNNING,
    SITE,
    STOPPED,
    asked,
    data,
    found,
    only,
    with_data,
    wrongs,
)

OK, LOOK, WRONG, UNKNOWN = Level.OK, Level.ATTENTION, Level.WRONG, Level.UNKNOWN
Q = Question


# The machine


@pytest.mark.parametrize(
    ("disk", "level", "msgid"),
    [
        (DiskFacts(5_000_000_000, 30_000_000_000), OK, box.DISK_GOOD),
        (DiskFacts(200_000_000, 30_000_000_000), OK, box.DISK_GOOD),
        (DiskFacts(199_999_999, 30_000_000_000), LOOK, box.DISK_LOW),
        (DiskFacts(20_000_000, 30_000_000_000), LOOK, box.DISK_LOW),
        (DiskFacts(19_999_999, 30_000_000_000), WRONG, box.DISK_FULL),
        (DiskFacts(0, 30_000_000_000), WRONG, box.DISK_FULL),
        (DiskFacts(5_000_000_000, 30_000_000_000, 999, 10**6), LOOK, box.DISK_INODES),
        (DiskFacts(5_000_000_000, 30_000_000_000, 0, 10**6), WRONG, box.DISK_INODES),
        (DiskFacts(5_000_000_000, 30_000_000_000, 0, 0), OK, box.DISK_GOOD),
        (
            DiskFacts(5_000_000_000, 30_000_000_000, read_only=True),
            WRONG,
            box.DISK_READ_ONLY,
        ),
    ],
)
def test_the_disk(disk: DiskFacts, level: Level, msgid: str) -> None:
    finding = only(with_data(STOPPED, disk=disk), words.L_DISK)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


LATE = NOW - timedelta(minutes=3)


@pytest.mark.parametrize(
    ("clock", "answer", "level", "msgid"),
    [
        (ClockFacts(True, NOW), None, OK, box.CLOCK_SYNCHRONISED),
        (ClockFacts(True, LATE), None, LOOK, box.CLOCK_DIFFERS_RTC),
        (ClockFacts(False, NOW), None, OK, box.CLOCK_RTC),
        (ClockFacts(None, None), None, LOOK, box.CLOCK_UNPROVEN),
        (ClockFacts(False, None), '"26/03/12,14:05:10+04"', OK, box.CLOCK_NETWORK),
        (ClockFacts(False, None), '"26/03/12,13:05:10+04"', OK, box.CLOCK_NETWORK),  # UTC first
        (ClockFacts(False, None), '"26/03/12,14:05:10"', OK, box.CLOCK_NETWORK),     # no zone
        (ClockFacts(True, NOW), '"26/03/12,17:05:10+04"', LOOK, box.CLOCK_DIFFERS_NETWORK),
        (ClockFacts(False, NOW), '"80/01/06,00:00:10+00"', OK, box.CLOCK_RTC),       # never set
    ],
)
def test_the_time(clock: ClockFacts, answer: str | None, level: Level, msgid: str) -> None:
    told = None if answer is None else f"+CCLK: {answer}|OK"
    finding = only(replace(asked(STOPPED, {Q.CLOCK: told}), clock=clock), words.L_CLOCK)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


def test_an_impossible_clock_makes_the_rota_unknown() -> None:
    facts = replace(STOPPED, moment=Moment(5.0, datetime(1970, 1, 1, tzinfo=UTC), False))
    assert only(facts, words.L_CLOCK).sentence.msgid == box.CLOCK_IMPOSSIBLE
    assert only(facts, words.L_DUTY).level is UNKNOWN
    assert found(facts, words.L_GAPS) == ()
    assert only(facts, words.L_FORWARD_BUSY).level is UNKNOWN
    assert wrongs(facts) == [words.L_CLOCK]


def test_a_time_zone_that_this_machine_lacks() -> None:
    facts = replace(STOPPED, clock=replace(STOPPED.clock, zone_known=False), modem=None, ports=())
    assert only(facts, words.L_ZONE).level is WRONG
    assert found(facts, words.L_DUTY) == ()


@pytest.mark.parametrize(
    ("bits", "level", "msgid"),
    [
        (None, UNKNOWN, box.POWER_UNKNOWN),
        (0, OK, box.POWER_GOOD),
        (0x50005, WRONG, box.POWER_LOW),
        (0x50000, LOOK, box.POWER_WAS_LOW),
        (0x10000, LOOK, box.POWER_WAS_LOW),
        (0x4, LOOK, box.POWER_HOT),
        (0x8, LOOK, box.POWER_HOT),
        (0x80000, OK, box.POWER_GOOD),
    ],
)
def test_the_power(bits: int | None, level: Level, msgid: str) -> None:
    finding = only(replace(STOPPED, throttled=bits), words.L_POWER)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


@pytest.mark.parametrize(
    ("pins", "level", "msgid"),
    [
        (PinsFacts(library=True, chip=True), OK, box.PINS_GOOD),
        (PinsFacts(library=True, chip=False), LOOK, box.PINS_NO_CHIP),
        (PinsFacts(library=False, chip=True), LOOK, box.PINS_NO_LIBRARY),
    ],
)
def test_the_pins(pins: PinsFacts, level: Level, msgid: str) -> None:
    finding = only(replace(STOPPED, pins=pins), words.L_PINS)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)
    assert words.L_PINS not in {each.check for each in examine(STOPPED)}


def test_a_box_without_a_battery_clock() -> None:
    facts = replace(STOPPED, clock=ClockFacts(True, None))
    assert only(facts, words.L_RTC).level is LOOK


# The data


@pytest.mark.parametrize(
    ("state", "level", "advice"),
    [
        (DatabaseState.ABSENT, WRONG, box.DATABASE_ABSENT_TO_DO),
        (DatabaseState.DAMAGED, WRONG, box.DATABASE_DAMAGED_TO_DO),
        (DatabaseState.NEWER, WRONG, box.DATABASE_NEWER_TO_DO),
        (DatabaseState.BUSY, UNKNOWN, words.RUN_AGAIN),
        (DatabaseState.UNREADABLE, WRONG, words.RUN_AS_ROOT),
        (DatabaseState.UNWRITABLE, WRONG, box.DATABASE_UNWRITABLE_TO_DO),
    ],
)
def test_the_database(state: DatabaseState, level: Level, advice: str) -> None:
    facts = with_data(STOPPED, database=DatabaseFacts(state, "why"), rota=None)
    finding = only(facts, words.L_DATABASE)
    assert finding.level is level
    assert finding.advice is not None
    assert finding.advice.msgid == advice
    assert found(facts, words.L_ROTA) == ()   # one line says it, not two


def test_a_database_too_large_to_be_read_through() -> None:
    facts = with_data(STOPPED, database=DatabaseFacts(DatabaseState.GOOD, "", 1, checked=False))
    assert only(facts, words.L_DATABASE).level is UNKNOWN


@pytest.mark.parametrize(
    ("settings", "level", "msgid"),
    [
        (SettingsFacts(), OK, box.SETTINGS_ABSENT),
        (SettingsFacts(GOOD_FILE), OK, box.SETTINGS_GOOD),
        (SettingsFacts(replace(GOOD_FILE, mode=0o600), holds_pin=True), OK, box.SETTINGS_GOOD),
        (
            SettingsFacts(replace(GOOD_FILE, mode=0o644), "open to others", holds_pin=True),
            WRONG,
            box.SETTINGS_EXPOSED,
        ),
        (SettingsFacts(GOOD_FILE, "ports: no such setting"), WRONG, box.SETTINGS_FAULT),
        (SettingsFacts(replace(GOOD_FILE, usable=False), "denied"), WRONG, box.SETTINGS_CLOSED),
    ],
)
def test_the_settings_file(settings: SettingsFacts, level: Level, msgid: str) -> None:
    finding = only(with_data(STOPPED, settings=settings), words.L_SETTINGS)
    assert (finding.level, finding.sentence.msgid) == (level, msgid)


def test_the_folder() -> None:
    folder = FileFacts(DATA, 0o755, "veilleur", "veilleur", usable=True)
    assert only(with_data(STOPPED, folder=folder), words.L_FOLDER).level is LOOK
    shut = with_data(STOPPED, folder=replace(folder, usable=False), rota=None)
    assert only(shut, words.L_FOLDER).sentence.msgid == box.FOLDER_CLOSED
    assert only(with_data(STOPPED, folder=None), words.L_FOLDER).level is WRONG


@pytest.mark.parametrize(
    ("owner", "group", "mode", "told"),
    [
        ("veilleur", "veilleur", 0o660, False),
        ("veilleur-web", "veilleur", 0o660, False),   # the page, a member of the group
        ("root", "veilleur", 0o640, True),
        ("root", "root", 0o660, True),
    ],
)
def test_files_that_somebody_made_as_root(owner: str, group: str, mode: int, told: bool) -> None:
    files = (FileFacts(f"{DATA}/veilleur.db", mode, owner, group, usable=True),)
    levels = [each.level for each in found(with_data(STOPPED, files=files), words.L_FOLDER)]
    assert (LOOK in levels) is told


def test_a_working_folder_that_cannot_be_written() -> None:
    assert wrongs(with_data(STOPPED, runtime_fault="/run/veilleur")) == [words.L_RUNTIME]
    assert wrongs(with_data(RUNNING, runtime_fault="/run/veilleur")) == []


# The rota


def test_who_is_on_duty_is_told_by_level() -> None:
    names = only(STOPPED, words.L_DUTY).sentence.values["names"]
    assert isinstance(names, Phrase)
    first, second = names.values["first"], names.values["second"]
    assert isinstance(first, Phrase)
    assert isinstance(second, Phrase)
    assert first.values == {"person": "Alice Martin", "mobile": ALICE, "level": 1}
    assert second.values == {"person": "Bruno Petit", "mobile": BRUNO, "level": 2}


def test_nobody_on_duty_and_gaps() -> None:
    nights = 'active = [{ days = "mon-fri", from = "18:00", to = "08:00" }]'
    first, _, second = SITE.partition("level = 2")
    site = f'{first}level = 1\nend = "2021-01-01T08:00"{second}'.replace(
        'people = ["Alice Martin"]', f'people = ["Alice Martin"]\n{nights}'
    )
    facts = with_data(STOPPED, rota=read_site_file(site))
    assert only(facts, words.L_DUTY).sentence.msgid == box.DUTY_NOBODY
    gaps = only(facts, words.L_GAPS)
    assert (gaps.level, gaps.sentence.msgid) == (LOOK, box.GAPS_MORE)
    assert gaps.sentence.values["start"] == NOW
    assert gaps.sentence.values["end"] == datetime(2026, 3, 12, 17, 0, tzinfo=UTC)


def test_the_office_in_its_hours_is_no_gap() -> None:
    site = SITE.split("[[rotation]]")[0] + OFFICE_HOURS.replace("18:00", "08:00")
    assert only(with_data(STOPPED, rota=read_site_file(site)), words.L_GAPS).level is OK


def test_a_site_that_is_not_loaded_or_empty() -> None:
    assert only(with_data(STOPPED, rota=None), words.L_ROTA).sentence.msgid == box.ROTA_NONE
    assert data().rota is not None
    bare = replace(data().rota, services=(), rotations=())  # type: ignore[type-var]
    assert only(with_data(STOPPED, rota=bare), words.L_ROTA).sentence.msgid == box.ROTA_NO_SERVICE


@pytest.mark.parametrize("mobile", ["+33899000000", "112", "+8816123456789", "", "+33601"])
def test_a_mobile_that_cannot_be_rung(mobile: str) -> None:
    rota = data().rota
    assert rota is not None
    people = (*rota.people, Person("Emma Roux", mobile))
    finding = only(with_data(STOPPED, rota=replace(rota, people=people)), words.L_NUMBERS)
    assert finding.level is WRONG
    assert finding.sentence.values["person"] == "Emma Roux"


def test_no_administrator() -> None:
    facts = with_data(STOPPED, rota=read_site_file(SITE.replace('role = "admin"', "")))
    assert only(facts, words.L_ADMINISTRATORS).level is LOOK


def test_without_data_the_machine_and_the_modem_are_checked() -> None:
    facts = replace(STOPPED, data=None, daemon=None)
    checks = {each.check for each in examine(facts)}
    assert {words.L_CLOCK, words.L_MODEM, words.L_SIM, words.L_NETWORK} <= checks
    assert only(facts, words.L_ROTA).level is UNKNOWN
    assert not checks & {words.L_FOLDER, words.L_DATABASE, words.L_DAEMON, words.L_DISK}
    assert wrongs(facts) == []



# What the daemon says of itself


@pytest.mark.parametrize("state", StoreState)
def test_a_daemon_that_goes_on_from_memory_is_told(state: StoreState) -> None:
    """The alarm of it is on no disk."""
    found = wrongs_of_the_daemon(store=state)
    if state is StoreState.GOOD:
        assert found == []
    else:
        level = LOOK if state is StoreState.BUSY else WRONG
        assert found == [(words.L_DISK, level, CAUSES[state])]


def test_a_daemon_that_does_not_know_the_time_is_told() -> None:
    told = wrongs_of_the_daemon(clock_trusted=False)
    assert told == [(words.L_CLOCK, WRONG, messages.CLOCK_UNTRUSTED)]


def wrongs_of_the_daemon(**changes: Any) -> list[tuple[str, Level, str]]:
    daemon = DaemonFacts(running=True, pid=812, pulse=replace(PULSE, **changes))
    found = examine(replace(RUNNING, daemon=daemon))
    return [
        (each.check, each.level, each.sentence.msgid) for each in found if each.level is not OK
    ]
