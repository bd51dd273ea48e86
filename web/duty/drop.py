"""Taking an entry (a replacement, an absence, an addition) out again, with its effect first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import Override, Rota
from firmware.rota.local_time import first_instant, last_instant
from firmware.rota.past import end_of, minute
from firmware.store.rota_history import Sentence
from web.duty.blueprint import WALL, author, blueprint, present
from web.duty.effects import effects
from web.duty.entry import ABSENCE, ADDITION, REPLACE, SENTENCES
from web.editing import Edit, check, edit
from web.frame import render_page
from web.language import N_
from web.numbers import row_number
from web.reader import reader

DROPPED = {
    REPLACE: N_("Taken out: %(in)s replaces %(out)s: %(service)s (level %(level)s), %(from)s to"
                " %(to)s"),
    ABSENCE: N_("Taken out: absence of %(out)s: %(service)s (level %(level)s), %(from)s to"
                " %(to)s"),
    ADDITION: N_("Taken out: %(in)s in addition: %(service)s (level %(level)s), %(from)s to"
                 " %(to)s"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entered:
    """An override with its number in the rota, and its words."""

    index: int
    rule: Override
    sentence: Sentence


def entered(rota: Rota, service: str, level: int, start: datetime, end: datetime) -> list[Entered]:
    """What was entered for the stretch and still acts or will, the last first."""
    return list(_entered(rota, service, level, max(start, minute(reader().now)), end))[::-1]


def _entered(
    rota: Rota, service: str, level: int, start: datetime, end: datetime
) -> Iterator[Entered]:
    zone = reader().zone
    for index, rule in enumerate(rota.overrides):
        if (rule.service, rule.level) != (service, level):
            continue
        if first_instant(rule.start, zone) < end and last_instant(rule.end, zone) > start:
            yield Entered(index, rule, _said(rule, SENTENCES))


def _said(rule: Override, sentences: dict[str, str]) -> Sentence:
    kind = ABSENCE if rule.in_ is None else ADDITION if rule.out is None else REPLACE
    values = {
        "service": rule.service,
        "level": str(rule.level),
        "from": _time(rule.start),
        "to": _time(rule.end),
        "out": rule.out or "",
        "in": rule.in_ or "",
    }
    return Sentence(sentences[kind], values)


def _time(value: datetime) -> str:
    return value.strftime(WALL) + ("Z" if value.tzinfo is not None else "")


def _without(index: int, now: datetime) -> Callable[[Rota], Rota]:
    """The rota without the entry from now on: what it did until now stays."""

    def without(rota: Rota) -> Rota:
        zone, rule = reader().zone, rota.overrides[index]
        running = first_instant(rule.start, zone) < now
        rest = (replace(rule, end=end_of(now, zone)),) if running else ()
        overrides = (*rota.overrides[:index], *rest, *rota.overrides[index + 1 :])
        return replace(rota, overrides=overrides)

    return without


def _known(rota: Rota, index: int) -> Override:
    """The entry of this number, if it is not past."""
    if not 0 <= index < len(rota.overrides):
        abort(404)
    rule = rota.overrides[index]
    if last_instant(rule.end, reader().zone) <= minute(reader().now):
        abort(404)
    return rule


@blueprint.get("/rota/entry/<int:index>")
def entry_page(index: int) -> ResponseReturnValue:
    """What taking the entry out would do."""
    rota, version = present()
    return _shown(rota, version, index)


@blueprint.post("/rota/entry/<int:index>")
def drop_entry(index: int) -> ResponseReturnValue:
    rota, version = present()
    made_from = request.form.get("version", -1, type=row_number)
    if made_from != version:
        # Another change may have given its number to another entry: the calendar shows what is
        return _shown(rota, version, None, edit(lambda same: same, version=made_from,
                                               sentence=Sentence(""), by=""), 409)  # fmt: skip
    rule = _known(rota, index)
    done = edit(
        _without(index, minute(reader().now)),
        version=version,
        sentence=_said(rule, DROPPED),
        by=author(),
    )
    if done.done:
        day = f"{rule.start:%Y-%m-%d}"
        return redirect(
            url_for("duty.month", service=rule.service, day=day, saved=done.version), 303
        )
    return _shown(rota, done.version, index, done, 409)


def _shown(
    rota: Rota, version: int, index: int | None, done: Edit | None = None, code: int = 200
) -> ResponseReturnValue:
    found, rule, faults = None, None, done.faults if done is not None else ()
    if index is not None:
        rule = _known(rota, index)
        after = _without(index, minute(reader().now))(rota)
        faults = faults or check(rota, after, reader().now)
        until = last_instant(rule.end, reader().zone) + timedelta(days=1)
        found = None if faults else effects(rota, after, reader().now, until)
    return render_page(
        "duty/entry.html",
        active="duty",
        style="duty",
        code=code,
        rule=rule,
        sentence=_said(rule, SENTENCES) if rule is not None else None,
        index=index,
        effects=found,
        faults=faults,
        meanwhile=done.meanwhile if done is not None else (),
        version=version,
    )
