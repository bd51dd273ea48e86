"""What the reader of the journal looks for, as it stands in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.record import JournalKind
from firmware.rota import NumberFault, Rota, normalise_number
from firmware.rota.local_time import first_instant
from firmware.store.journal_search import Place, Search
from web.language import N_

TEXT_MAX = 80
# Far from the ends of what a date can be
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
FIELDS = ("kind", "outcome", "number", "person", "day", "to")

NO_DAY = N_("This is no day of the calendar.")
TO_BEFORE_DAY = N_("This day is before the first one.")
NO_NUMBER = N_("Neither a telephone number nor a name that this site knows.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``search`` is what to look for, ``typed`` what stands in the fields, ``faults`` a message
    beside the field that cannot be understood: then nothing is looked for."""

    search: Search
    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    after: Place | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the kind is asked for."""
        return any(self.typed[name] for name in FIELDS if name != "kind")


def wanted(arguments: Mapping[str, str], rota: Rota | None, zone: ZoneInfo) -> Wanted:
    """Read the fields. An unknown kind or outcome, which no form offers, filters nothing."""
    typed = {name: arguments.get(name, "").strip()[:TEXT_MAX] for name in FIELDS}
    faults: dict[str, str] = {}
    kind, outcome = _kind_and_outcome(typed)
    first, last = _day(typed, "day", faults), _day(typed, "to", faults)
    if first is not None and last is not None and last < first:
        faults["to"] = TO_BEFORE_DAY
    # A first day alone is that day, a last day alone all until its end
    last = last if last is not None else first
    search = Search(
        kind=kind,
        number=_number(typed["number"], rota, faults),
        person=typed["person"] or None,
        outcome=outcome,
        since=_midnight(first, zone) if first is not None else None,
        until=_midnight(last + timedelta(days=1), zone) if last is not None else None,
    )
    return Wanted(search, typed, faults, _place(arguments.get("after", "")))


def place_text(place: Place) -> str:
    """Where a page of lines ends, for the address of the next one."""
    at = place.at.astimezone(UTC).isoformat() if place.at is not None else ""
    return f"{at}~{place.id}"


def _kind_and_outcome(typed: dict[str, str]) -> tuple[JournalKind | None, str | None]:
    """An outcome names its kind, ``call:diverted``: the same word means another thing elsewhere."""
    kind, _, outcome = typed["outcome"].partition(":")
    if not outcome or kind not in set(JournalKind):
        typed["outcome"] = outcome = ""
        kind = typed["kind"]
    elif typed["kind"] not in ("", kind):
        typed["outcome"] = outcome = ""  # another kind was chosen since
        kind = typed["kind"]
    if kind not in set(JournalKind):
        typed["kind"] = kind = ""
    return (JournalKind(kind) if kind else None), (outcome or None)


def _day(typed: dict[str, str], name: str, faults: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        day = date.fromisoformat(typed[name])
    except ValueError:
        faults[name] = NO_DAY
        return None
    if not FIRST_DAY <= day <= LAST_DAY:
        faults[name] = NO_DAY
        return None
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return first_instant(datetime.combine(day, time()), zone)


def _number(text: str, rota: Rota | None, faults: dict[str, str]) -> str | None:
    """A number as people write it, or the name of a person or of a known caller."""
    if not text:
        return None
    country_code = rota.site.country_code if rota is not None else "33"
    number = _as_number(text, country_code) or _number_of(text, rota)
    if number is not None:
        return number
    if text.isascii() and text.isalnum() and len(text) <= 11:
        return text  # 23.040 9.1.2.5: a sender's name, or a short code
    faults["number"] = NO_NUMBER
    return None


def _as_number(text: str, country_code: str) -> str | None:
    try:
        return normalise_number(text, country_code)
    except NumberFault:
        return None


def _number_of(name: str, rota: Rota | None) -> str | None:
    """The number of a person or a known caller with that name."""
    if rota is None:
        return None
    known = [(person.name, person.mobile) for person in rota.people]
    known += [(contact.name, contact.number) for contact in rota.contacts]
    wanted_name = name.casefold()
    return next((number for each, number in known if each.casefold() == wanted_name), None)


def _place(text: str) -> Place | None:
    at, _, number = text.partition("~")
    if not number.isascii() or not number.isdigit():
        return None
    try:
        line = min(int(number), 2**62)
        instant = datetime.fromisoformat(at) if at else None
        if instant is not None and instant.tzinfo is None:
            return None
        return Place(instant, line)
    except (ValueError, OverflowError):
        return None
