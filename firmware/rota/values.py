"""The site file as one immutable value, compared by content.

Wall-clock fields are naive datetimes or times in the site's zone; only ``Override`` may hold aware
datetimes (an exact instant, for a take-over in the hour that exists twice).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal

Language = Literal["fr", "en"]
Role = Literal["staff", "admin"]
Mode = Literal["divert", "transfer", "alert"]
DutyType = Literal["astreinte", "permanence", "garde"]
StepUnit = Literal["hour", "day", "week", "month"]
SmsLoop = Literal["once", "weekly", "daily"]
GreetingTime = Literal["always", "open", "closed", "holiday"]

LANGUAGES: tuple[Language, ...] = ("fr", "en")
ROLES: tuple[Role, ...] = ("staff", "admin")
MODES: tuple[Mode, ...] = ("divert", "transfer", "alert")
DUTY_TYPES: tuple[DutyType, ...] = ("astreinte", "permanence", "garde")
STEP_UNITS: tuple[StepUnit, ...] = ("hour", "day", "week", "month")
SMS_LOOPS: tuple[SmsLoop, ...] = ("once", "weekly", "daily")
GREETING_TIMES: tuple[GreetingTime, ...] = ("always", "open", "closed", "holiday")


class UnknownNameError(LookupError):
    """A service or a person that the rota does not hold."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the box stands. ``country_code`` is E.164's, digits only, such as ``33``."""

    name: str
    time_zone: str = "Europe/Paris"
    language: Language = "fr"
    holidays: str = "FR"
    good_friday: bool = False
    country_code: str = "33"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff. ``mobile`` is in E.164 form, such as ``+33601020304``.

    ``other_numbers`` are further mobiles in the order in which they are tried when an SMS to the
    one before cannot be delivered. Calls go to ``mobile`` alone. ``former``: has left and stands
    here for the past's sake; their numbers are nobody's any more.
    """

    name: str
    mobile: str
    role: Role = "staff"
    other_numbers: tuple[str, ...] = ()
    former: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """All numbers, the first one first."""
        return (self.mobile, *self.other_numbers)

    def number_after(self, number: str) -> str | None:
        """The number to try next, or None after the last one (and for one that is not theirs)."""
        numbers = self.numbers
        at = numbers.index(number) + 1 if number in numbers else len(numbers)
        return numbers[at] if at < len(numbers) else None


@dataclass(frozen=True, slots=True)
class AlertTexts:
    """The administrator's own words for a service's alerts, None where the built-in ones stand.

    ``sms_texts`` tells which ``{names}`` each may hold and which it must.
    """

    diverted: str | None = None
    missed: str | None = None
    unconfirmed: str | None = None
    sms: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What callers ask for. ``digit`` is its key in the voice menu, if it has one.

    ``information`` is the sheet that goes with the SMS to whoever comes on duty.
    """

    name: str
    digit: str | None = None
    mode: Mode = "divert"
    acknowledge_within_s: int = 300
    confirm_divert: bool = True
    texts: AlertTexts = AlertTexts()
    information: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A daily stretch of wall-clock time that starts on each of ``days``.

    ``days`` holds ``mon`` ... ``sun``, ``holiday``, ``not-holiday`` in this order
    (``grammar.parse_days``). An ``end`` at or before ``start`` lies on the next day: equal times
    are 24 hours.
    """

    days: tuple[str, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Step:
    """The distance between two handovers of a rotation, in wall-clock units."""

    count: int
    unit: StepUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns at one level of a service.

    ``start`` and ``end`` are wall clock; no ``end`` means for ever; no ``active`` means always.
    """

    service: str
    level: int
    start: datetime
    every: Step
    people: tuple[str, ...]
    duty_type: DutyType = "astreinte"
    end: datetime | None = None
    active: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """An absence (``out``), an addition (``in_``) or a replacement (both) at one level.

    Naive ``start`` and ``end`` are wall clock, aware ones exact instants.
    """

    service: str
    level: int
    start: datetime
    end: datetime
    out: str | None = None
    in_: str | None = None


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours in which calls of a service go to the office telephone ``number`` (E.164)."""

    service: str
    days: tuple[str, ...]
    start: time
    end: time
    number: str


@dataclass(frozen=True, slots=True)
class Health:
    """``self_check`` and ``weekly_at`` are wall clock; ``weekly_day`` is ``mon`` ... ``sun``.

    ``credit_code`` is what a telephone dials to be told the SIM's credit (None: it is not asked);
    ``credit_pattern`` the words of the answer around ``{amount}``; ``credit_below`` the amount, in
    whole units of the currency, below which the alarm is raised. ``sms_loop`` says how often the
    box writes itself an SMS after the first one.
    """

    self_check: time = time(8, 30)
    silence_alarm: bool = True
    weekly_sms: bool = True
    weekly_day: str = "mon"
    weekly_at: time = time(9, 0)
    sms_loop: SmsLoop = "once"
    credit_code: str | None = None
    credit_pattern: str | None = None
    credit_below: int = 5


@dataclass(frozen=True, slots=True)
class Contact:
    """A caller whom the site knows: alerts show name and note beside the number (E.164)."""

    number: str
    name: str
    note: str = ""

    @property
    def shown(self) -> str:
        """``Mme Leroy, EHPAD``."""
        return f"{self.name}, {self.note}" if self.note else self.name


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept: the site file's ``[retention]``. What is unsettled stays.

    ``call_log_months``: calls, texts and what was done about them, without the words of the texts,
    which go after ``sms_text_days``. ``audit_months``: interventions, edits, who was on duty, what
    accounts did; the monthly document has to be kept for a year (D3171-16).
    """

    sms_text_days: int = 30
    call_log_months: int = 12
    voicemail_days: int = 30
    audit_months: int = 12


@dataclass(frozen=True, slots=True)
class VoiceRules:
    """How a call is answered by voice: the site file's ``[voice]``.

    Answered after ``rings``; each number rings for ``ring_s``; who takes it up has ``accept_s`` to
    press 1; everybody is tried ``rounds`` times; a message lasts ``message_s`` at most.
    ``emergency`` is the site's own wording of the sentence about 15 and 112, None for the built-in
    one. It is always said: there is no way to leave it out.
    """

    rings: int = 1
    ring_s: int = 20
    accept_s: int = 15
    rounds: int = 2
    message_s: int = 180
    voicemail: bool = True
    emergency: str | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What callers of ``service`` hear first at the times of ``when``.

    ``recording`` is the name of a sound, such as ``greeting/3``; ``text`` is spoken where there is
    none, or where it cannot be played. One of the two is always there.
    """

    service: str
    when: GreetingTime = "always"
    text: str | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """``person`` is on duty at ``level`` from ``since`` inclusive to ``until`` exclusive (UTC).

    Overlapping and adjacent shifts of one person at one level are one. ``until`` is None when the
    rules never end it.
    """

    level: int
    person: Person
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Rota:
    """The whole site file. Overrides stand in the order of entry: the later wins.

    What the calculator prepares from it is kept beside the fields; it takes no part in equality,
    hash, copies or ``dataclasses.replace``.
    """

    site: Site
    people: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()
    opening_hours: tuple[OpeningHours, ...] = ()
    health: Health = Health()
    contacts: tuple[Contact, ...] = ()
    retention: Retention = Retention()
    voice: VoiceRules = VoiceRules()
    greetings: tuple[Greeting, ...] = ()
    _prepared: dict[object, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __reduce__(self) -> tuple[type[Rota], tuple[object, ...]]:
        return Rota, (
            self.site,
            self.people,
            self.services,
            self.rotations,
            self.overrides,
            self.opening_hours,
            self.health,
            self.contacts,
            self.retention,
            self.voice,
            self.greetings,
        )

    def person(self, name: str) -> Person:
        """The person of exactly this name; ``UnknownNameError`` if there is none."""
        for person in self.people:
            if person.name == name:
                return person
        raise UnknownNameError(f"no person is named {name!r}")

    def service(self, name: str) -> Service:
        """The service of exactly this name; ``UnknownNameError`` if there is none."""
        for service in self.services:
            if service.name == name:
                return service
        raise UnknownNameError(f"no service is named {name!r}")

    def person_with(self, number: str) -> Person | None:
        """The person who has ``number`` (E.164) among theirs, or None for a stranger."""
        for person in self.people:
            if number in person.numbers and not person.former:
                return person
        return None

    def contact(self, number: str) -> Contact | None:
        """The contact with ``number`` (E.164), or None."""
        known = self._prepared.get(Contact)
        if known is None:
            known = self._prepared[Contact] = {each.number: each for each in self.contacts}
        found: Contact | None = known.get(number)
        return found


def administrators(rota: Rota) -> tuple[Person, ...]:
    """Everybody present with the role ``admin``, in the order of the site file."""
    return tuple(each for each in rota.people if each.role == "admin" and not each.former)


def everybody(rota: Rota, service_name: str) -> tuple[Person, ...]:
    """All people of a service's rotations, by level and then in list order, each once.

    The escalation list for the time in which the clock is not trusted.
    """
    rota.service(service_name)
    rotations = [rotation for rotation in rota.rotations if rotation.service == service_name]
    rotations.sort(key=lambda rotation: rotation.level)
    names = dict.fromkeys(name for rotation in rotations for name in rotation.people)
    found = (rota.person(name) for name in names)
    return tuple(person for person in found if not person.former)
