"""The tables of the site file, each read into its value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo, available_timezones

from firmware.rota import voice_table
from firmware.rota.dialling import check_diallable
from firmware.rota.fields import Table, nearest
from firmware.rota.grammar import (
    GrammarFault,
    folded,
    parse_days,
    parse_name,
    parse_step,
    parse_text,
)
from firmware.rota.holidays import HOLIDAY_CODES
from firmware.rota.local_time import first_instant, last_instant
from firmware.rota.number import COUNTRY_CODE, normalise_number
from firmware.rota.sms_texts import TEXT_KINDS, parse_alert_text
from firmware.rota.text import Text, TextError, quoted
from firmware.rota.values import (
    DUTY_TYPES,
    LANGUAGES,
    MODES,
    ROLES,
    AlertTexts,
    Contact,
    Greeting,
    OpeningHours,
    Override,
    Person,
    Rotation,
    Service,
    Site,
    Step,
    Window,
)

LEVEL_MAX = 99
ACKNOWLEDGE_WITHIN_S = (10, 86_400)
PEOPLE_MAX = 1_000  # in one rotation
OTHER_NUMBERS_MAX = 4
CONTACTS_MAX = 5_000

_NUMBER = "number"  # of a person: mobile and other numbers alike, once in the whole file
_STAND_IN_ZONE = "UTC"
_STAND_IN_WALL = datetime(2000, 1, 1)  # noqa: DTZ001 - wall clock


@dataclass(slots=True)
class Names:
    """What was named so far, folded form to name: for references and duplicates."""

    people: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def once(self, table: Table, key: str, value: str) -> None:
        """Record a fault if ``value`` stood in another table of this kind already."""
        if table.sound(key):
            line, shown = table.place.of(key).line, quoted(table.values[key])
            self.once_at(table, key, value, line, f"{table.title}.{key}", shown)

    def once_at(
        self, table: Table, key: str, value: str, line: int, kind: str, shown: str
    ) -> None:
        """The same for one ``value`` of ``key``, on ``line``, among all of its ``kind``."""
        first = self.lines.get((kind, value))
        if first is None:
            self.lines[(kind, value)] = line
            return
        table.fault_at(
            line,
            key,
            "{table}: {key} {value} is the same as on line {first}",
            value=shown,
            first=first,
        )


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_site(table: Table) -> Site:
    """``[site]``."""
    site = Site(
        name=table.name(),
        time_zone=table.parsed("time_zone", _parse_zone, _STAND_IN_ZONE),
        language=table.choice("language", LANGUAGES, "fr"),
        holidays=table.choice("holidays", HOLIDAY_CODES, "FR"),
        good_friday=table.flag("good_friday", False),
        country_code=table.parsed("country_code", _parse_country_code, "33", "33"),
    )
    table.finish()
    return site


def _parse_zone(text: str) -> str:
    if text in _zones():
        return text
    near = nearest(text, _zones()) if len(text) < 60 else None
    if near is None:
        raise GrammarFault("expected a time zone such as Europe/Paris")
    raise GrammarFault("there is no such time zone; did you mean {near}?", near=near)


def _parse_country_code(text: str) -> str:
    if COUNTRY_CODE.fullmatch(text):
        return text
    raise GrammarFault("expected one to three digits without + or 0 in front, such as 33")


def read_person(table: Table, site: Site, names: Names) -> Person:
    """``[[person]]``."""
    name = table.name()
    names.once(table, "name", folded(name))
    former = table.flag("former", False)
    mobile = table.parsed("mobile", lambda text: _parse_number(text, site), "")
    if table.sound("mobile") and not former:
        line, shown = table.place.of("mobile").line, quoted(table.values["mobile"])
        names.once_at(table, "mobile", mobile, line, _NUMBER, shown)
    role = table.choice("role", ROLES, "staff")
    # The number of somebody who has left may be somebody else's by now
    others = _other_numbers(table, site, Names() if former else names)
    person = Person(name, mobile, role, others, former)
    names.people.setdefault(folded(person.name), person.name)
    table.finish()
    return person


def _other_numbers(table: Table, site: Site, names: Names) -> tuple[str, ...]:
    items = table.items("other_numbers", required=False) or []
    if len(items) > OTHER_NUMBERS_MAX:
        table.fault(
            "other_numbers",
            "{table}: {key} has more than {highest} numbers",
            highest=OTHER_NUMBERS_MAX,
        )
        return ()
    place = table.place.of("other_numbers")
    found: list[str] = []
    for index, item in enumerate(items):
        line = place.item(index).line
        if not isinstance(item, str):
            table.fault_at(
                line, "other_numbers", "{table}: {key} must be a list of numbers in quotes"
            )
            continue
        try:
            number = _parse_number(item, site)
        except TextError as error:
            table.fault_at(
                line,
                "other_numbers",
                "{table}: {key} = {value}: {reason}",
                value=quoted(item),
                reason=error.text,
            )
            continue
        names.once_at(table, "other_numbers", number, line, _NUMBER, quoted(item))
        found.append(number)
    return tuple(found)


def _parse_number(text: str, site: Site) -> str:
    return check_diallable(normalise_number(text, site.country_code), site.country_code)


def read_service(table: Table, names: Names) -> Service:
    """``[[service]]``."""
    service = Service(
        name=table.name(),
        digit=table.parsed("digit", _parse_digit, "", "") or None,
        mode=table.choice("mode", MODES, "divert"),
        acknowledge_within_s=table.whole("acknowledge_within_s", *ACKNOWLEDGE_WITHIN_S, 300),
        confirm_divert=table.flag("confirm_divert", True),
        texts=_texts(table),
        information=table.parsed("information", parse_text, "", ""),
    )
    names.once(table, "name", folded(service.name))
    if service.digit is not None:
        names.once(table, "digit", service.digit)
    names.services.setdefault(folded(service.name), service.name)
    table.finish()
    return service


def _texts(table: Table) -> AlertTexts:
    found = table.take("texts", dict, Text.of('{{ missed = "..." }}'), False)
    if found is None:
        return AlertTexts()
    inner = Table(f"{table.title} texts", found, table.place.of("texts"), table.faults)
    texts = AlertTexts(
        **{
            kind: inner.parsed(kind, partial(parse_alert_text, kind), "", "") or None
            for kind in TEXT_KINDS
        }
    )
    inner.finish()
    return texts


def _parse_digit(text: str) -> str:
    if len(text) == 1 and text in "0123456789":
        return text
    raise GrammarFault("expected one key from 0 to 9")


def read_rotation(table: Table, site: Site, names: Names) -> Rotation:
    """``[[rotation]]``."""
    rotation = Rotation(
        service=_service(table, names),
        level=table.whole("level", 1, LEVEL_MAX, 1),
        start=table.wall("start") or _STAND_IN_WALL,
        every=table.parsed("every", parse_step, Step(1, "week")),
        people=_people(table, names),
        duty_type=table.choice("duty_type", DUTY_TYPES, "astreinte"),
        end=table.wall("end", required=False),
        active=_active(table),
    )
    if rotation.end is not None:
        _in_order(table, site, "start", "end", rotation.start, rotation.end)
    table.finish()
    return rotation


def _service(table: Table, names: Names) -> str:
    name = table.take("service", str, Text.of("a text in quotes"), True)
    if name is None:
        return ""
    line = table.place.of("service").line
    return table.reference("service", line, name, names.services, Text.of("service"))


def _people(table: Table, names: Names) -> tuple[str, ...]:
    items = table.items("people", required=True) or []
    if len(items) > PEOPLE_MAX:
        table.fault("people", "{table}: {key} has more than {highest} names", highest=PEOPLE_MAX)
        return ()
    place = table.place.of("people")
    found = []
    for index, item in enumerate(items):
        line = place.item(index).line
        if isinstance(item, str):
            found.append(table.reference("people", line, item, names.people, Text.of("person")))
        else:
            table.fault_at(line, "people", "{table}: {key} must be a list of names in quotes")
    return tuple(found)


def _active(table: Table) -> tuple[Window, ...]:
    items = table.items("active", required=False) or []
    place = table.place.of("active")
    windows = []
    for index, item in enumerate(items):
        at = place.item(index)
        if isinstance(item, dict):
            windows.append(_window(Table(f"{table.title} active", item, at, table.faults)))
        else:
            table.fault_at(
                at.line,
                "active",
                '{table}: {key} must be a list of {{ days = "...", from = "...", to = "..." }}',
            )
    return tuple(windows)


def _window(table: Table) -> Window:
    window = Window(
        table.parsed("days", parse_days, ("mon",)), table.clock("from"), table.clock("to")
    )
    table.finish()
    return window


def read_override(table: Table, site: Site, names: Names) -> Override:
    """``[[override]]``."""
    override = Override(
        service=_service(table, names),
        level=table.whole("level", 1, LEVEL_MAX, 1),
        start=table.wall("from", exact=True) or _STAND_IN_WALL,
        end=table.wall("to", exact=True) or _STAND_IN_WALL,
        out=_person(table, "out", names),
        in_=_person(table, "in", names),
    )
    _in_order(table, site, "from", "to", override.start, override.end)
    if "out" not in table.values and "in" not in table.values:
        table.fault("", "{table}: it needs out, in or both")
    elif override.out is not None and override.out == override.in_:
        table.fault("in", "{table}: out and in are the same person")
    table.finish()
    return override


def _person(table: Table, key: str, names: Names) -> str | None:
    name = table.take(key, str, Text.of("a text in quotes"), False)
    if name is None:
        return None
    line = table.place.of(key).line
    return table.reference(key, line, name, names.people, Text.of("person"))


def _in_order(
    table: Table, site: Site, first_key: str, last_key: str, first: datetime, last: datetime
) -> None:
    """Record a fault unless some time lies between; a skipped hour holds none."""
    if not table.sound(first_key, last_key):
        return
    zone = ZoneInfo(site.time_zone)
    if first_instant(first, zone) < last_instant(last, zone):
        return
    if first.tzinfo is None and last.tzinfo is None and first < last:
        table.fault(last_key, "{table}: {first} to {key} lies in a skipped hour", first=first_key)
    else:
        table.fault(last_key, "{table}: {key} must be after {first}", first=first_key)


def read_opening_hours(table: Table, site: Site, names: Names) -> OpeningHours:
    """``[[opening_hours]]``."""
    hours = OpeningHours(
        service=_service(table, names),
        days=table.parsed("days", parse_days, ("mon",)),
        start=table.clock("from"),
        end=table.clock("to"),
        number=table.parsed("number", lambda text: _parse_number(text, site), ""),
    )
    table.finish()
    return hours


def read_greeting(table: Table, names: Names) -> Greeting:
    """``[[greeting]]``."""
    return voice_table.read_greeting(table, _service(table, names), names.once_at)


def read_contact(table: Table, site: Site, names: Names) -> Contact:
    """``[[contact]]``."""
    contact = Contact(
        number=table.parsed("number", lambda text: normalise_number(text, site.country_code), ""),
        name=table.name(),
        note=table.parsed("note", parse_note, "", ""),
    )
    names.once(table, "number", contact.number)
    table.finish()
    return contact


def parse_note(text: str) -> str:
    """A contact's note: like a name, and it may be empty."""
    return parse_name(text) if text.strip() else ""
