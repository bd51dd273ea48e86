"""The last steps: read what was gathered, put it into service, and watch the first call and SMS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import JournalKind, RequestKind
from firmware.rota import Person, Rota, next_handover, on_duty
from firmware.store.journal import StoredEntry
from firmware.store.plain import instant_text, read_time
from web.audit import audit
from web.box import box
from web.editing import load_first
from web.journal_lines import newest_lines
from web.language import N_
from web.live import live_page
from web.reader import reader, rota
from web.saying import say
from web.sessions import current_account
from web.setup.blueprint import blueprint
from web.setup.doctor import ask_doctor
from web.setup.draft import NAME, load
from web.setup.frame import step_page, steps, turned_away

TRIAL = "setup-test"
HANDOVERS_SHOWN = 4
LINES_READ = 40
WATCHED = (JournalKind.CALL, JournalKind.SMS_OUT, JournalKind.DELIVERY, JournalKind.FORWARDING)
DONE = N_("The box is in service.")


@dataclass(frozen=True, slots=True)
class Turn:
    """From ``at`` (UTC; None: already now) these people are on duty."""

    at: datetime | None
    people: tuple[str, ...]


@blueprint.get("/setup/check")
def check() -> ResponseReturnValue:
    if (away := turned_away("check")) is not None:
        return away
    draft = load()
    return step_page("check", draft=draft, turns=_turns(draft.rota()), faults=())


@blueprint.post("/setup/check")
def put_into_service() -> ResponseReturnValue:
    if (away := turned_away("check")) is not None:
        return away
    draft, account = load(), current_account()
    done = load_first(draft.rota(), by=account.name if account is not None else "")
    if done.faults:
        faults = [say(fault.sentence) for fault in done.faults]
        return step_page("check", 422, draft=draft, turns=_turns(draft.rota()), faults=faults)
    if done.saved:
        audit("setup.site", site=draft.rota().site.name)
        box().drafts.drop(NAME)
        ask_doctor()
    return redirect(url_for("setup.doctor"), 303)


def _turns(known: Rota) -> list[Turn]:
    """Who is on duty now and at the next handovers: what the sentence really means."""
    service, at = known.services[0].name, reader().now
    found = [Turn(None, tuple(duty.person.name for duty in on_duty(known, service, at)))]
    while len(found) < HANDOVERS_SHOWN:
        following = next_handover(known, service, at)
        if following is None:
            break
        at = following
        found.append(Turn(at, tuple(duty.person.name for duty in on_duty(known, service, at))))
    return found


@blueprint.get("/setup/test")
def test() -> ResponseReturnValue:
    if rota() is None:
        return redirect(url_for("setup.go_on"), 303)
    begun = _begun_at()
    entries = [each for each in box().journal(LINES_READ) if each.entry.at >= begun]
    lines = [
        line for line in newest_lines(LINES_READ) if line.at >= begun and line.kind in WATCHED
    ]
    mobile = box().drafts.get(TRIAL).get("mobile")
    return live_page(
        "setup/test.html",
        style="setup",
        step="test",
        steps=steps(load()),
        people=_people(),
        lines=lines,
        asked=mobile,
        call_came=any(each.entry.kind is JournalKind.CALL for each in entries),
        sms_came=_delivered(entries, mobile),
    )


@blueprint.post("/setup/test/sms")
def send_test() -> ResponseReturnValue:
    name = request.form.get("to", "")
    person = next((each for each in _people() if each.name == name), None)
    if person is None:
        abort(400)
    account = current_account()
    by = account.name if account is not None else ""
    _begun_at()
    values = {**box().drafts.get(TRIAL), "mobile": person.mobile}
    box().drafts.put(TRIAL, values, box().clock())
    box().store.ask(RequestKind.SEND_TEST, {"mobile": person.mobile}, by=by, at=box().clock())
    audit("setup.test", person=person.name)
    return redirect(url_for("setup.test"), 303)


@blueprint.post("/setup/done")
def done() -> ResponseReturnValue:
    box().drafts.drop(TRIAL)
    flash(DONE)
    return redirect(url_for("status.show"), 303)


def _people() -> tuple[Person, ...]:
    known = rota()
    return known.people if known is not None else ()


def _begun_at() -> datetime:
    """When this trial began: what happened before proves nothing. A day later it begins anew."""
    stored, now = box().drafts.get(TRIAL).get("begun_at"), box().clock()
    if isinstance(stored, str) and now - read_time(stored) < timedelta(days=1):
        return read_time(stored)
    box().drafts.put(TRIAL, {"begun_at": instant_text(now)}, now)
    return now


def _delivered(entries: list[StoredEntry], mobile: object) -> bool:
    """Whether the telephone itself has confirmed the test."""
    return any(
        each.entry.kind is JournalKind.SMS_OUT
        and each.entry.number == mobile
        and each.entry.outcome == "delivered"
        for each in entries
    )
