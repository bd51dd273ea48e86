"""The page of one change: what it would do, who could take it, and saving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from firmware.rota import Rota
from firmware.rota.free import Availability, availability
from firmware.rota.local_time import first_instant, last_instant
from web.box import box
from web.duty.blueprint import WALL, author, blueprint, present
from web.duty.drop import Entered, entered
from web.duty.effects import Effects, effects
from web.duty.entry import ABSENCE, ADDITION, KINDS, REPLACE, ChangeForm, Entry, entry
from web.editing import Edit, Fault, Refused, check, edit
from web.frame import render_page
from web.numbers import row_number
from web.reader import reader
from web.saving import now_wall

SUGGESTED = 3
FREE_MAX = timedelta(days=62)  # of a stretch that somebody could take whole


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who could take it, and what would come of that."""

    who: Availability
    effects: Effects


@blueprint.get("/rota/change")
def change() -> ResponseReturnValue:
    """The form as the address fills it; with what it would do, where it is complete."""
    rota, version = present()
    form = ChangeForm(_from_now(request.args, rota)).offer(rota)
    if request.args.get("look") or form.into.data or form.kind.data == ABSENCE:
        return _shown(form, rota, version, *_looked(form, rota))
    form.process(_from_now(request.args, rota))
    return _shown(form.offer(rota), rota, version)


@blueprint.post("/rota/change")
def save_change() -> ResponseReturnValue:
    """Write it, if the rota is still the one that the form was made from."""
    rota, version = present()
    form = ChangeForm(request.form).offer(rota)
    made_from = request.form.get("version", -1, type=row_number)
    wanted, faults = _checked(form, rota)
    if wanted is None:
        # Perhaps it is wrong because of what somebody else has just done
        meanwhile = box().versions(after=made_from, limit=5) if made_from >= 0 else ()
        stale = Edit(version, meanwhile=meanwhile)
        return _shown(form, rota, version, None, faults, stale, 409 if meanwhile else 422)
    done = edit(wanted.apply, version=made_from, sentence=wanted.sentence, by=author())
    if done.done:
        place: dict[str, str] = {"service": form.service.data, "day": f"{form.start.data:%Y-%m-%d}"}
        if done.saved:
            place["saved"] = str(done.version)
        return redirect(url_for("duty.month", _external=False, **place), 303)
    faults = form.refuse(done.faults)
    found, more = _looked(form, rota) if done.meanwhile else (None, ())
    return _shown(form, rota, done.version, found, (*faults, *more), done, code=409)


def _from_now(args: MultiDict[str, str], rota: Rota) -> MultiDict[str, str]:
    """What runs already is changed from now on: a tap on it must not begin with an error.

    A tap on a name asks who replaces it, one on a gap who comes.
    """
    filled = MultiDict(args)
    filled.setdefault("kind", REPLACE if filled.get("out") else ADDITION)
    filled.setdefault("service", rota.services[0].name)
    filled.setdefault("level", "1")
    start, now = filled.get("start", ""), f"{now_wall():{WALL}}"
    if "look" not in args and start and start < now < filled.get("end", ""):
        filled["start"] = now
    return filled


def _checked(form: ChangeForm, rota: Rota) -> tuple[Entry | None, tuple[Fault, ...]]:
    if not form.validate():
        return None, ()
    try:
        return entry(form, rota), ()
    except Refused as refusal:
        return None, form.refuse((refusal.fault,))


def _looked(form: ChangeForm, rota: Rota) -> tuple[Effects | None, tuple[Fault, ...]]:
    """What the change would do, or what is wrong with it."""
    wanted, faults = _checked(form, rota)
    if wanted is None:
        return None, faults
    after = wanted.apply(rota)
    wrong = form.refuse(check(rota, after, reader().now))
    if wrong or form.errors:
        return None, wrong
    return effects(rota, after, reader().now, wanted.until), ()


def _shown(
    form: ChangeForm,
    rota: Rota,
    version: int,
    found: Effects | None = None,
    faults: tuple[Fault, ...] = (),
    done: Edit | None = None,
    code: int = 200,
) -> ResponseReturnValue:
    people = _availability(form, rota)
    return render_page(
        "duty/change.html",
        active="duty",
        style="duty",
        code=code,
        form=form,
        made=f"{now_wall():{WALL}}",
        kinds=KINDS,
        version=version,
        effects=found,
        faults=faults,
        meanwhile=done.meanwhile if done is not None else (),
        people=people,
        about=_about(form),
        already=_already(form, rota) if found is None else (),
        suggestions=_suggestions(form, rota, people) if found is None and code == 200 else (),
    )


def _about(form: ChangeForm) -> tuple[datetime, datetime] | None:
    """The stretch that the form speaks of, as instants; None where it is none."""
    if form.start.data is None or form.end.data is None:
        return None
    zone = reader().zone
    start, end = first_instant(form.start.data, zone), last_instant(form.end.data, zone)
    return (start, end) if start < end else None


def _already(form: ChangeForm, rota: Rota) -> list[Entered]:
    """What was entered for this stretch already, and may be taken out again."""
    about = _about(form)
    if about is None or not isinstance(form.level.data, int):
        return []
    return entered(rota, form.service.data, form.level.data, *about)


def _availability(form: ChangeForm, rota: Rota) -> tuple[Availability, ...]:
    """Who is free in the stretch that the form speaks of, the best first."""
    about = _about(form)
    if about is None or about[1] - about[0] > FREE_MAX:
        return ()
    return availability(rota, *about)


def _suggestions(
    form: ChangeForm, rota: Rota, people: tuple[Availability, ...]
) -> list[Suggestion]:
    """The first few who are free, each with what would come of it."""
    if form.kind.data not in (REPLACE, ADDITION) or form.into.data or form.errors:
        return []
    found: list[Suggestion] = []
    proved = box().people.verified()  # on any other number nobody comes on duty
    free = (who for who in people if who.why == "free" and who.person.mobile in proved)
    for who in free:
        if who.person.name == form.out.data:
            continue
        form.into.data = who.person.name
        wanted, _ = _checked(form, rota)
        if wanted is None:
            break
        after = wanted.apply(rota)
        found.append(Suggestion(who, effects(rota, after, reader().now, wanted.until)))
        if len(found) == SUGGESTED:
            break
    form.into.data = ""
    return found
