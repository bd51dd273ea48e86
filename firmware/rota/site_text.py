"""A ``Rota`` as the text of a site file, always the same text for equal values."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.rota.grammar import clock_text, days_text, wall_text
from firmware.rota.sms_texts import TEXT_KINDS
from firmware.rota.values import (
    Contact,
    Greeting,
    Health,
    OpeningHours,
    Override,
    Person,
    Retention,
    Rota,
    Rotation,
    Service,
    Site,
    VoiceRules,
)

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}


def write_site_file(rota: Rota) -> str:
    """The site file of ``rota``: ``read_site_file`` of it gives an equal value back."""
    tables = [
        _table("[site]", _site(rota.site)),
        *(_table("[[person]]", _person(person)) for person in rota.people),
        *(_table("[[service]]", _service(service)) for service in rota.services),
        *(_table("[[rotation]]", _rotation(rotation)) for rotation in rota.rotations),
        *(_table("[[override]]", _override(override)) for override in rota.overrides),
        *(_table("[[opening_hours]]", _opening_hours(hours)) for hours in rota.opening_hours),
        *(_table("[[contact]]", _contact(contact)) for contact in rota.contacts),
    ]
    if rota.health != Health():
        tables.append(_table("[health]", _health(rota.health)))
    if rota.retention != Retention():
        tables.append(_table("[retention]", _retention(rota.retention)))
    if rota.voice != VoiceRules():
        tables.append(_table("[voice]", _voice(rota.voice)))
    tables += [_table("[[greeting]]", _greeting(greeting)) for greeting in rota.greetings]
    return "\n".join(tables)


def _table(header: str, lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in (header, *lines))


def _string(text: str) -> str:
    """A TOML basic string (TOML 1.0.0, String)."""
    shown = (_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if _control(c) else c) for c in text)
    return f'"{"".join(shown)}"'


def _control(c: str) -> bool:
    return ord(c) < 0x20 or ord(c) == 0x7F


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _site(site: Site) -> Iterator[str]:
    yield f"name = {_string(site.name)}"
    yield f"time_zone = {_string(site.time_zone)}"
    yield f"language = {_string(site.language)}"
    yield f"holidays = {_string(site.holidays)}"
    yield f"good_friday = {_flag(site.good_friday)}"
    yield f"country_code = {_string(site.country_code)}"


def _person(person: Person) -> Iterator[str]:
    yield f"name = {_string(person.name)}"
    yield f"mobile = {_string(person.mobile)}"
    yield f"role = {_string(person.role)}"
    if person.other_numbers:
        yield f"other_numbers = [{', '.join(_string(number) for number in person.other_numbers)}]"
    if person.former:
        yield "former = true"


def _service(service: Service) -> Iterator[str]:
    yield f"name = {_string(service.name)}"
    if service.digit is not None:
        yield f"digit = {_string(service.digit)}"
    yield f"mode = {_string(service.mode)}"
    yield f"acknowledge_within_s = {service.acknowledge_within_s}"
    yield f"confirm_divert = {_flag(service.confirm_divert)}"
    own = [(kind, getattr(service.texts, kind)) for kind in TEXT_KINDS]
    texts = ", ".join(f"{kind} = {_string(text)}" for kind, text in own if text is not None)
    if texts:
        yield f"texts = {{ {texts} }}"
    if service.information:
        yield f"information = {_string(service.information)}"


def _rotation(rotation: Rotation) -> Iterator[str]:
    yield f"service = {_string(rotation.service)}"
    yield f"level = {rotation.level}"
    yield f"start = {_string(wall_text(rotation.start))}"
    yield f"every = {_string(str(rotation.every))}"
    yield f"people = [{', '.join(_string(name) for name in rotation.people)}]"
    yield f"duty_type = {_string(rotation.duty_type)}"
    if rotation.end is not None:
        yield f"end = {_string(wall_text(rotation.end))}"
    if rotation.active:
        yield "active = ["
        for window in rotation.active:
            days = f"days = {_string(days_text(window.days))}"
            start = f"from = {_string(clock_text(window.start))}"
            end = f"to = {_string(clock_text(window.end))}"
            yield f"  {{ {days}, {start}, {end} }},"
        yield "]"


def _override(override: Override) -> Iterator[str]:
    yield f"service = {_string(override.service)}"
    yield f"level = {override.level}"
    yield f"from = {_string(wall_text(override.start))}"
    yield f"to = {_string(wall_text(override.end))}"
    if override.out is not None:
        yield f"out = {_string(override.out)}"
    if override.in_ is not None:
        yield f"in = {_string(override.in_)}"


def _opening_hours(hours: OpeningHours) -> Iterator[str]:
    yield f"service = {_string(hours.service)}"
    yield f"days = {_string(days_text(hours.days))}"
    yield f"from = {_string(clock_text(hours.start))}"
    yield f"to = {_string(clock_text(hours.end))}"
    yield f"number = {_string(hours.number)}"


def _retention(retention: Retention) -> Iterator[str]:
    yield f"sms_text_days = {retention.sms_text_days}"
    yield f"call_log_months = {retention.call_log_months}"
    yield f"voicemail_days = {retention.voicemail_days}"
    yield f"audit_months = {retention.audit_months}"


def _health(health: Health) -> Iterator[str]:
    yield f"self_check = {_string(clock_text(health.self_check))}"
    yield f"silence_alarm = {_flag(health.silence_alarm)}"
    yield f"weekly_sms = {_flag(health.weekly_sms)}"
    yield f"weekly_day = {_string(health.weekly_day)}"
    yield f"weekly_at = {_string(clock_text(health.weekly_at))}"
    yield f"sms_loop = {_string(health.sms_loop)}"
    if health.credit_code is not None:
        yield f"credit_code = {_string(health.credit_code)}"
    if health.credit_pattern is not None:
        yield f"credit_pattern = {_string(health.credit_pattern)}"
    yield f"credit_below = {health.credit_below}"


def _contact(contact: Contact) -> Iterator[str]:
    yield f"number = {_string(contact.number)}"
    yield f"name = {_string(contact.name)}"
    if contact.note:
        yield f"note = {_string(contact.note)}"


def _voice(voice: VoiceRules) -> Iterator[str]:
    yield f"rings = {voice.rings}"
    yield f"ring_s = {voice.ring_s}"
    yield f"accept_s = {voice.accept_s}"
    yield f"rounds = {voice.rounds}"
    yield f"message_s = {voice.message_s}"
    yield f"voicemail = {_flag(voice.voicemail)}"
    if voice.emergency is not None:
        yield f"emergency = {_string(voice.emergency)}"


def _greeting(greeting: Greeting) -> Iterator[str]:
    yield f"service = {_string(greeting.service)}"
    yield f"when = {_string(greeting.when)}"
    if greeting.text is not None:
        yield f"text = {_string(greeting.text)}"
    if greeting.recording is not None:
        yield f"recording = {_string(greeting.recording)}"
