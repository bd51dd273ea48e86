"""Rotations and their hours, as sentences; each edit begins at an instant and leaves the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import Rota, Rotation
from firmware.rota.edits import (
    from_next_handover,
    has_begun,
    overlap,
    with_rotation,
    without_rotation,
)
from firmware.rota.grammar import parse_wall
from firmware.rota.text import TextError
from firmware.store.rota_history import Sentence
from web import fault_words
from web.duty import sentences
from web.duty.blueprint import WALL, author, blueprint, present, service_of, staff
from web.duty.draft import Draft, sorted_people
from web.duty.effects import Effects, effects
from web.duty.entry import IS_PAST
from web.duty.words import DAYS, DUTY_TYPES
from web.editing import Edit, Fault, check, edit
from web.frame import render_page
from web.language import N_
from web.numbers import row_number
from web.reader import reader
from web.roles import signed_in
from web.saving import now_wall

CHANGED = N_("Rotation of %(service)s (level %(level)s) from %(from)s: %(people)s")
ENDED = N_("Rotation of %(service)s (level %(level)s) ends %(from)s: %(people)s")
OVERLAPS = N_("Another rotation of this level has somebody then too, first %(from)s to %(to)s: "
              "%(people)s.")  # fmt: skip
ACTIONS = ("up", "down", "leave", "join", "narrow", "widen", "save", "finish", "look")
LOOKED_AT = timedelta(days=62)
# The keys of the site file and the fields of the form
FIELDS = {"days": "windows", "from": "windows", "to": "windows", "active": "windows"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rotation with its number in the rota and how it stands: past, present or coming."""

    index: int
    rotation: Rotation
    tone: str


@blueprint.get("/rota/rules")
@signed_in
def rules() -> ResponseReturnValue:
    """All rotations by service and level; those that have ended come last."""
    rota, version = present()
    wall = now_wall()
    found = [Rule(at, each, _tone(each, wall)) for at, each in enumerate(rota.rotations)]
    return render_page(
        "duty/rules.html",
        active="duty",
        style="duty",
        groups=[
            (service.name, [rule for rule in found if rule.rotation.service == service.name])
            for service in rota.services
        ],
        version=version,
        **_words(),
    )


def _tone(rotation: Rotation, wall: datetime) -> str:
    if rotation.end is not None and rotation.end <= wall:
        return "past"
    return "present" if has_begun(rotation, wall) else "coming"


def _words() -> dict[str, Any]:
    return {
        "rotation_words": sentences.rotation_words,
        "window_words": sentences.window_words,
        "type_words": sentences.type_words,
    }


@blueprint.get("/rota/rules/new")
def new_rule() -> ResponseReturnValue:
    rota, version = present()
    tomorrow = (now_wall() + timedelta(days=1)).replace(hour=8, minute=0)
    return _shown(rota, version, None, Draft(service_of(rota), start=tomorrow.strftime(WALL)))


@blueprint.post("/rota/rules/new")
def save_new_rule() -> ResponseReturnValue:
    rota, version = present()
    return _acted(rota, version, None)


@blueprint.get("/rota/rules/<int:index>")
def rule(index: int) -> ResponseReturnValue:
    """The rotation as it would go on from its next handover: the earliest that keeps its rhythm."""
    rota, version = present()
    known = _known(rota, index)
    return _shown(rota, version, index, Draft.of(from_next_handover(known, now_wall())))


@blueprint.post("/rota/rules/<int:index>")
def save_rule(index: int) -> ResponseReturnValue:
    rota, version = present()
    _known(rota, index)
    return _acted(rota, version, index)


def _known(rota: Rota, index: int) -> Rotation:
    if not 0 <= index < len(rota.rotations):
        abort(404)
    return rota.rotations[index]


def _acted(rota: Rota, version: int, index: int | None) -> ResponseReturnValue:
    """One of the form's buttons: the lists, look, save, end."""
    draft = Draft.typed(request.form)
    action = next((each for each in ACTIONS if each in request.form), "look")
    at = request.form.get(action, -1, type=int)
    if draft.act(action, at, request.form.get("joins", "")):
        return _shown(rota, version, index, draft)
    wanted = _ending(draft, rota, index) if action == "finish" else _wanted(draft, rota, index)
    if wanted is None:
        return _shown(rota, version, index, draft, code=422)
    apply, sentence = wanted
    if action not in ("save", "finish"):
        faults = _placed(draft, check(rota, apply(rota), reader().now))
        found = None
        if not draft.wrong and not faults:
            until = reader().now + LOOKED_AT
            found = effects(rota, apply(rota), reader().now, until)
        return _shown(rota, version, index, draft, found, Edit(version, faults=faults))
    made_from = request.form.get("version", -1, type=row_number)
    done = edit(apply, version=made_from, sentence=sentence, by=author())
    if done.done:
        return redirect(url_for("duty.month", service=draft.service, saved=done.version), 303)
    faults = _placed(draft, done.faults)
    again = Edit(done.version, faults=faults, meanwhile=done.meanwhile)
    return _shown(rota, done.version, index, draft, None, again, 409)


Wanted = tuple[Callable[[Rota], Rota], Sentence]


def _wanted(draft: Draft, rota: Rota, index: int | None) -> Wanted | None:
    """The edit that the form asks for, or None: then the draft says what is wrong."""
    new = draft.rotation()
    if new is None:
        return None
    wall = now_wall()
    if new.start < wall:
        draft.refuse("start", Sentence(IS_PAST, {"now": f"{wall:%H:%M}"}))
        return None
    if new.end is not None and new.end <= new.start:
        draft.refuse("end", Sentence(fault_words.WORDS["{table}: {key} must be after {first}"]))
        return None
    known = all(any(each.name == name for each in rota.people) for name in new.people)
    if known and not draft.together and any(s.name == new.service for s in rota.services):
        _refuse_overlap(draft, with_rotation(rota, index, new, wall), new)
        if draft.wrong:
            return None
    return lambda present: with_rotation(present, index, new, wall), _sentence(CHANGED, new)


def _refuse_overlap(draft: Draft, after: Rota, new: Rotation) -> None:
    found = overlap(after, new)
    if found is not None:
        values = {
            "from": found.start.strftime("%Y-%m-%dT%H:%MZ"),
            "to": found.end.strftime("%Y-%m-%dT%H:%MZ"),
            "people": ", ".join(found.other.people),
        }
        draft.refuse("together", Sentence(OVERLAPS, values))


def _ending(draft: Draft, rota: Rota, index: int | None) -> Wanted | None:
    if index is None:
        abort(400)
    wall, old = now_wall(), rota.rotations[index]
    try:
        end = parse_wall(request.form.get("ends", "")).replace(tzinfo=None)
    except TextError as error:
        draft.refuse("ends", fault_words.words(error.text))
        return None
    if end < wall:
        draft.refuse("ends", Sentence(IS_PAST, {"now": f"{wall:%H:%M}"}))
        return None
    said = _sentence(ENDED, old, end)
    return lambda present: without_rotation(present, index, end, wall), said


def _sentence(what: str, rotation: Rotation, at: datetime | None = None) -> Sentence:
    return Sentence(
        what,
        {
            "service": rotation.service,
            "level": str(rotation.level),
            "from": (at or rotation.start).strftime(WALL),
            "people": ", ".join(rotation.people),
        },
    )


def _placed(draft: Draft, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Each fault beside its field; what belongs to none comes back."""
    left = []
    for each in faults:
        if each.table == "rotation" and each.key:
            draft.refuse(FIELDS.get(each.key, each.key), each.sentence)
        else:
            left.append(each)
    return tuple(left)


def _shown(
    rota: Rota,
    version: int,
    index: int | None,
    draft: Draft,
    found: Effects | None = None,
    done: Edit | None = None,
    code: int = 200,
) -> ResponseReturnValue:
    old = rota.rotations[index] if index is not None and index < len(rota.rotations) else None
    return render_page(
        "duty/rule.html",
        active="duty",
        style="duty",
        code=code,
        old=old,
        begun=old is not None and has_begun(old, now_wall()),
        draft=draft,
        draft_windows=[(turn, each) for turn, each in enumerate(draft.windows)],
        address=url_for("duty.new_rule") if index is None else url_for("duty.rule", index=index),
        services=[each.name for each in rota.services],
        joins=sorted_people(staff(rota), draft.people),
        units=sentences.UNITS,
        days=DAYS,
        duty_types=DUTY_TYPES,
        effects=found,
        faults=done.faults if done is not None else (),
        meanwhile=done.meanwhile if done is not None else (),
        version=version,
        **_words(),
    )

