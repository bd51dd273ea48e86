"""Who is on duty, found by brute force: minute by minute, without a sum over intervals.

Written from the rules of the site file alone and without the product's code, so that the two
cannot share a mistake. It takes the plain dict of `tomllib` and trusts it to be a valid file.

How a minute is judged. The wall clock is walked minute by minute of UTC. Mostly it shows one
wall minute and the rules are read off for that one. In the repeated hour of autumn a shift is on
from the first showing of its start to the second showing of its end: that is, if the clock has
shown its start already, and will still show its end, or shows a minute before it. So one instant
stands for the wall minutes `low..high`: `high` is the latest shown so far, `low` the earliest
shown now, or the one just before the earliest that will be shown later. A rule holds if it holds
at any of them. A wall minute that spring leaves out is never shown: what begins in it begins
after the gap.
"""

from __future__ import annotations

import calendar
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import holidays as holiday_library

DAY_MINUTES = 24 * 60
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The walk begins earlier and ends later than asked, so that no edge falls into a repeated hour.
MARGIN = timedelta(days=3)

Table = dict[str, Any]
T = TypeVar("T")
Duty = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one minute of one service is: the (level, name) pairs on duty, the office's number."""

    duty: Duty
    office: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What the rules say at one wall minute, one entry for each rule of the service.

    Equal rows are made once, so that they are told apart by identity.
    """

    named: tuple[str | None, ...]
    inside: tuple[bool, ...]
    overrides: tuple[bool, ...]
    office: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of a zone: for each minute of UTC what it shows.

    `shown` is in minutes since the year 1; `repeated` gives (low, high) for those minutes alone
    where they differ from what is shown.
    """

    start: datetime
    shown: array[int]
    repeated: dict[int, tuple[int, int]]


@lru_cache(maxsize=16)
def walk_clock(zone_name: str, start: datetime, end: datetime) -> Clock:
    zone = ZoneInfo(zone_name)
    first = int(start.timestamp())
    shown = array("q")
    for second in range(first, int(end.timestamp()), 60):
        local = datetime.fromtimestamp(second, zone)
        shown.append(local.toordinal() * DAY_MINUTES + local.hour * 60 + local.minute)
    high = accumulate(shown, max)
    later = [*accumulate(reversed(shown[1:]), min)][::-1]
    repeated = {
        minute: (min(wall, then - 1), latest)
        for minute, (wall, latest, then) in enumerate(zip(shown, high, later, strict=False))
        if latest != wall or then <= wall
    }
    return Clock(start, shown, repeated)


def _minute_of_day(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _wall(text: str) -> int:
    day, time_of_day = text.split("T")
    return date.fromisoformat(day).toordinal() * DAY_MINUTES + _minute_of_day(time_of_day)


def _handovers(rotation: Table) -> Iterator[int]:
    """The wall minutes of all handovers from the first one on, without an end."""
    begin = _wall(rotation["start"])
    number, unit = rotation["every"].split()
    count, unit = int(number), unit.rstrip("s")
    step = 0
    while True:
        if unit == "month":
            first_day = date.fromordinal(begin // DAY_MINUTES)
            year, month = divmod(first_day.year * 12 + first_day.month - 1 + step * count, 12)
            last_day = calendar.monthrange(year, month + 1)[1]
            day = date(year, month + 1, min(first_day.day, last_day))
            yield day.toordinal() * DAY_MINUTES + begin % DAY_MINUTES
        else:
            minutes = {"hour": 60, "day": DAY_MINUTES, "week": 7 * DAY_MINUTES}[unit]
            yield begin + step * count * minutes
        step += 1


def _fill(track: list[T], origin: int, begin: int, end: int, value: T) -> None:
    """Write `value` at the wall minutes from `begin` until before `end`, where there are any."""
    begin, end = max(begin - origin, 0), min(end - origin, len(track))
    if begin < end:
        track[begin:end] = [value] * (end - begin)


def _named_track(rotation: Table, origin: int, size: int) -> list[str | None]:
    """For each wall minute the person whom the rotation names."""
    track: list[str | None] = [None] * size
    people = rotation["people"]
    last = _wall(rotation["end"]) if "end" in rotation else origin + size
    for step, (begin, end) in enumerate(pairwise(_handovers(rotation))):
        if begin >= min(last, origin + size):
            return track
        _fill(track, origin, begin, min(end, last), people[step % len(people)])
    raise AssertionError("a rotation's handovers do not end")


def bank_holidays(site: Table, years: range) -> set[date]:
    """The days that `holiday` stands for; also what the product's own table is held against."""
    days = set(holiday_library.country_holidays("FR", years=years))
    if site["holidays"] in ("FR-57", "FR-67", "FR-68"):
        days |= {date(year, 12, 26) for year in years}
    if site.get("good_friday", False):
        # The language is named: the library's default follows the machine's locale.
        moselle = holiday_library.country_holidays(
            "FR", subdiv="57", years=years, language="en_US"
        )
        days |= {day for day, name in moselle.items() if name == "Good Friday"}
    return days


def _is_listed(day: date, days: str, bank: set[date]) -> bool:
    for part in days.split(","):
        entry = part.strip()
        if entry == "holiday":
            if day in bank:
                return True
            continue
        first, _, last = entry.partition("-")
        index = DAY_NAMES.index(first)
        final = DAY_NAMES.index(last or first)
        while index != final:
            if day.weekday() == index:
                return True
            index = (index + 1) % 7
        if day.weekday() == final:
            return True
    return False


def _window_track(window: Table, bank: set[date], origin: int, size: int) -> list[bool]:
    """For each wall minute whether it is inside the window of any listed day."""
    track = [False] * size
    begin, end = _minute_of_day(window["from"]), _minute_of_day(window["to"])
    if end <= begin:
        end += DAY_MINUTES
    for ordinal in range(origin // DAY_MINUTES - 1, (origin + size) // DAY_MINUTES + 1):
        if _is_listed(date.fromordinal(ordinal), window["days"], bank):
            midnight = ordinal * DAY_MINUTES
            _fill(track, origin, midnight + begin, midnight + end, True)
    return track


def _any_window(windows: list[Table], bank: set[date], origin: int, size: int) -> list[bool]:
    tracks = [_window_track(window, bank, origin, size) for window in windows]
    return [any(marks) for marks in zip(*tracks, strict=True)]


def _give_way(name: str, entered: int, overrides: list[tuple[int, Table]]) -> str | None:
    """Who does the duty of `name`, who came onto it by override number `entered` (rotation: -1).

    The latest entered replacement for this person wins, and whoever it brings in can give way
    to entries made after it. Without a replacement an absence leaves the place empty.
    """
    about = [(i, o) for i, o in overrides if i > entered and o.get("out") == name]
    for number, override in reversed(about):
        if "in" in override:
            return _give_way(override["in"], number, overrides)
    return None if about else name


class Oracle:
    """One site over [start, end), both whole minutes of UTC."""

    def __init__(self, site: Table, start: datetime, end: datetime) -> None:
        self.start, self.end = start.astimezone(UTC), end.astimezone(UTC)
        self._site = site
        self._clock = walk_clock(site["site"]["time_zone"], self.start - MARGIN, self.end + MARGIN)
        self._origin = min(self._clock.shown)
        self._size = max(self._clock.shown) - self._origin + 1
        self._bank = bank_holidays(site["site"], range(start.year - 1, end.year + 2))

    @property
    def services(self) -> list[str]:
        return [service["name"] for service in self._site["service"]]

    def minutes(self, service: str) -> list[Answer]:
        """The answer of each minute of [start, end); equal answers are the same object."""
        rows = self._rows(service)
        same: dict[Answer, Answer] = {}

        def judge(at: set[Row]) -> Answer:
            answer = self._judge(service, at)
            return same.setdefault(answer, answer)

        judged = {row: judge({row}) for row in set(rows)}
        plain = [judged[row] for row in rows]
        origin = self._origin
        answers = [plain[wall - origin] for wall in self._clock.shown]
        for minute, (low, high) in self._clock.repeated.items():
            answers[minute] = judge(set(rows[low - origin : high - origin + 1]))
        skip = int(MARGIN.total_seconds()) // 60
        return answers[skip:-skip]

    def is_shown(self, begin: str, end: str) -> bool:
        """Whether the clock shows any minute from `begin` until before `end` in the walk."""
        first, last = _wall(begin), _wall(end)
        return any(first <= wall < last for wall in self._clock.shown)

    def _rules(self, kind: str, service: str) -> list[Table]:
        return [rule for rule in self._site.get(kind, []) if rule["service"] == service]

    def _rows(self, service: str) -> list[Row]:
        """What the rules say at each wall minute; equal rows are the same object."""
        origin, size = self._origin, self._size
        named: list[list[str | None]] = []
        inside: list[list[bool]] = []
        for rotation in self._rules("rotation", service):
            named.append(_named_track(rotation, origin, size))
            windows = rotation.get("active")
            inside.append(
                [True] * size if windows is None else _any_window(windows, self._bank, origin, size)
            )
        overrides = []
        for override in self._rules("override", service):
            track = [False] * size
            _fill(track, origin, _wall(override["from"]), _wall(override["to"]), True)
            overrides.append(track)
        office = [
            _window_track(window, self._bank, origin, size)
            for window in self._rules("opening_hours", service)
        ]
        tracks: list[list[Any]] = [*named, *inside, *overrides, *office]
        if not tracks:
            return [Row((), (), (), ())] * size
        a, b, c = len(named), 2 * len(named), 2 * len(named) + len(overrides)
        found: dict[tuple[Any, ...], Row] = {}
        rows = []
        for m in zip(*tracks, strict=True):
            row = found.get(m)
            if row is None:
                row = found[m] = Row(m[:a], m[a:b], m[b:c], m[c:])
            rows.append(row)
        return rows

    def _judge(self, service: str, at: set[Row]) -> Answer:
        """The answer for an instant that stands for the wall minutes of these rows."""
        on: set[tuple[int, str, int]] = set()  # level, name, number of the override behind it
        for i, rotation in enumerate(self._rules("rotation", service)):
            if any(row.inside[i] for row in at):
                names = {row.named[i] for row in at} - {None}
                on |= {(rotation["level"], name, -1) for name in names if name is not None}
        active = [
            (i, override)
            for i, override in enumerate(self._rules("override", service))
            if any(row.overrides[i] for row in at)
        ]
        for i, override in active:
            if "out" not in override:
                on.add((override["level"], override["in"], i))
        duty = set()
        for level, name, entered in on:
            here = [(i, override) for i, override in active if override["level"] == level]
            holder = _give_way(name, entered, here)
            if holder is not None:
                duty.add((level, holder))
        office = None
        for i, hours in enumerate(self._rules("opening_hours", service)):
            if office is None and any(row.office[i] for row in at):
                office = hours["number"]
        return Answer(frozenset(duty), office)
