"""An override as a form: somebody replaces somebody, is absent, comes in addition, or swaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateTimeLocalField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from firmware.rota import Override, Rota, shifts
from firmware.rota.grammar import YEARS
from firmware.rota.local_time import first_instant, last_instant
from firmware.store.rota_history import Sentence
from web.duty.blueprint import WALL, staff, wall
from web.editing import Fault, Refused
from web.forms import Form, fault
from web.language import N_
from web.reader import languages, reader
from web.saving import begun_meanwhile, now_wall
from web.saying import say

REPLACE, ABSENCE, ADDITION, SWAP = "replace", "absence", "addition", "swap"
KINDS = {
    REPLACE: N_("Replace somebody"),
    ABSENCE: N_("Somebody is absent"),
    ADDITION: N_("Somebody comes in addition"),
    SWAP: N_("Two people swap"),
}
SENTENCES = {
    REPLACE: N_("%(in)s replaces %(out)s: %(service)s (level %(level)s), %(from)s to %(to)s"),
    ABSENCE: N_("%(out)s is absent, %(from)s to %(to)s"),
    ADDITION: N_("%(in)s comes on duty: %(service)s (level %(level)s), %(from)s to %(to)s"),
    SWAP: N_(
        "%(out)s and %(in)s swap: %(service)s (level %(level)s), %(from)s to %(to)s for"
        " %(other_from)s to %(other_to)s"
    ),
}
NOBODY = N_("choose …")
IS_PAST = N_("This is past. The earliest is now, %(now)s.")
NOT_ON_DUTY = N_("%(name)s is not on duty here at that time.")
CHOOSE = N_("Please choose somebody.")
CHOOSE_SHIFT = N_("Please choose the duty to swap for.")
NOT_A_DATE = N_("Not a valid datetime value.")
NOT_A_NUMBER = N_("Not a valid integer value.")
A_LEVEL = N_("Number must be between %(min)s and %(max)s.")  # WTForms' own
SWAP_DAYS = 60
LEVEL_MAX = 99
# The fields of an override in the site file, and ours
FIELDS = {"from": "start", "to": "end", "out": "out", "in": "into", "service": "service",
          "level": "level"}  # fmt: skip


class ChangeForm(Form):
    """What was typed; `overrides` makes of it what the rota keeps."""

    kind = RadioField(choices=lambda: list(KINDS.items()), default=REPLACE)
    service = SelectField()
    level = IntegerField(
        default=1, validators=[InputRequired(), NumberRange(1, LEVEL_MAX)]
    )
    start = DateTimeLocalField(format=[WALL], validators=[InputRequired()])
    end = DateTimeLocalField(format=[WALL], validators=[InputRequired()])
    # Who is chosen is checked with the rota: an unknown name gets a sentence of its own
    out = SelectField(default="", validate_choice=False)
    into = SelectField(default="", validate_choice=False)
    other = SelectField(default="", validate_choice=False)
    # When the form was made: a start that passes while it is read is no mistake
    made = DateTimeLocalField(format=[WALL], validators=[Optional()], widget=HiddenInput())

    def offer(self, rota: Rota) -> ChangeForm:
        """Fill the lists to choose from."""
        names = staff(rota)
        self.service.choices = [service.name for service in rota.services]
        self.out.choices = [("", languages().gettext(NOBODY)), *names]
        self.into.choices = [("", languages().gettext(NOBODY)), *names]
        self.other.choices = [("", languages().gettext(NOBODY)), *_others(self, rota)]
        return self

    def begin_now(self) -> None:
        """From now on, where the start has passed since the form was made."""
        start = begun_meanwhile(self.start.data, self.made.data, now_wall())
        if start != self.start.data:
            self.start.process(MultiDict({self.start.name: start.strftime(WALL)}))

    def refuse(self, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
        """Put each fault beside its field; what belongs to none comes back."""
        left = []
        for each in faults:
            name = FIELDS.get(each.key, each.key)
            if name in self._fields and (each.table in ("", "override")):
                fault(self[name], say(each.sentence))
            else:
                left.append(each)
        return tuple(left)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form asks for: overrides to add, and the sentence for the history."""

    overrides: tuple[Override, ...]
    sentence: Sentence
    until: datetime

    def apply(self, rota: Rota) -> Rota:
        return replace(rota, overrides=(*rota.overrides, *self.overrides))


def entry(form: ChangeForm, rota: Rota) -> Entry:
    """The valid form as overrides; raises ``Refused`` with the field that is wrong."""
    form.begin_now()
    if form.start.data < now_wall():
        raise Refused(IS_PAST, key="from", now=f"{now_wall():%H:%M}")
    overrides = tuple(_overrides(form, rota))
    first = overrides[0]
    values = {
        "service": first.service,
        "level": str(first.level),
        "from": form.start.data.strftime(WALL),
        "to": form.end.data.strftime(WALL),
        "out": first.out or "",
        "in": first.in_ or "",
    }
    if form.kind.data == SWAP:
        values["other_from"] = overrides[1].start.strftime(WALL)
        values["other_to"] = overrides[1].end.strftime(WALL)
    end = max(last_instant(each.end, reader().zone) for each in overrides)
    return Entry(overrides, Sentence(SENTENCES[form.kind.data], values), end + timedelta(days=1))


def _overrides(form: ChangeForm, rota: Rota) -> Iterator[Override]:
    kind, out, into = form.kind.data, form.out.data or None, form.into.data or None
    rule = Override(form.service.data, form.level.data, form.start.data, form.end.data)
    if kind != ADDITION and out is None:
        raise Refused(CHOOSE, key="out")
    if kind in (REPLACE, ADDITION) and into is None:
        raise Refused(CHOOSE, key="in")
    if kind == ADDITION:
        yield replace(rule, in_=into)
    elif kind == REPLACE:
        _must_be_on_duty(rota, rule, str(out))
        yield replace(rule, out=out, in_=into)
    elif kind == ABSENCE:
        yield from _absences(rota, replace(rule, out=out))
    else:
        _must_be_on_duty(rota, rule, str(out))
        other = _other(form.other.data, rule)
        yield replace(rule, out=out, in_=other.out)
        yield replace(other, in_=out)


def _must_be_on_duty(rota: Rota, rule: Override, name: str) -> None:
    if rule.end.year not in YEARS:
        return  # the rota refuses it by its field; until 9999 are half a million shifts
    zone = reader().zone
    start, end = first_instant(rule.start, zone), last_instant(rule.end, zone)
    found = shifts(rota, rule.service, start, end, rule.level) if start < end else ()
    if start < end and all(shift.person.name != name for shift in found):
        raise Refused(NOT_ON_DUTY, key="out", name=name)


def _absences(rota: Rota, rule: Override) -> Iterator[Override]:
    """Whoever is away is so everywhere: one for each place where the rules name the person."""
    places = {(r.service, r.level) for r in rota.rotations if rule.out in r.people}
    places |= {(o.service, o.level) for o in rota.overrides if rule.out == o.in_}
    for service, level in sorted(places or {(rule.service, rule.level)}):
        yield replace(rule, service=service, level=level)


def _others(form: ChangeForm, rota: Rota) -> Iterator[tuple[str, str]]:
    """The coming duties that one could swap for: value and words."""
    if form.service.data not in form.service.choices or not isinstance(form.level.data, int):
        return
    zone, now = reader().zone, reader().now
    until = now + timedelta(days=SWAP_DAYS)
    for shift in shifts(rota, form.service.data, now, until, form.level.data):
        if shift.person.name != form.out.data and not shift.starts_earlier and shift.start > now:
            value = f"{wall(shift.start)}/{wall(shift.end)}/{shift.person.name}"
            day = reader().date_clock(shift.start.astimezone(zone))
            yield value, f"{shift.person.name}, {day}"


def _other(value: str | None, rule: Override) -> Override:
    """The duty that was chosen, as an absence of whoever has it."""
    try:
        start, end, name = (value or "").split("/", 2)
        times: dict[str, Any] = {
            "start": datetime.strptime(start, WALL),  # noqa: DTZ007 - wall clock
            "end": datetime.strptime(end, WALL),  # noqa: DTZ007 - wall clock
        }
    except ValueError:
        raise Refused(CHOOSE_SHIFT, key="other") from None
    if times["start"] < now_wall():
        raise Refused(CHOOSE_SHIFT, key="other")
    return replace(rule, out=name, **times)
