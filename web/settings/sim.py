"""The modem, the SIM, and what this SIM was found able to do: each with how it was found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import RequestKind
from firmware.rota.dialling import check_diallable
from firmware.rota.number import NumberFault, normalise_number
from firmware.store.rota_history import Sentence
from web import fault_words
from web.audit import audit
from web.box import box
from web.frame import render_page
from web.language import N_
from web.reader import reader
from web.saying import say
from web.sessions import current_account
from web.settings.blueprint import blueprint

# As the daemon keeps them: `firmware/call`
CAPABILITY, PROOF = "capability:", "forwarding-proof"
ABILITIES = {
    "forwarding": N_("Pass calls on while the box itself is off (conditional forwarding)"),
    "voice": N_("Answer with a voice (audio over USB)"),
    "transfer": N_("Join two calls and let them go on alone (AT+CHLD=4)"),
    "conference": N_("Join two calls and stay between them (AT+CHLD=3)"),
    "deflection": N_("Deflect a ringing call (AT+CTFR)"),
}
FOUND = {
    "yes": N_("yes"),
    "no": N_("no"),
    "unknown": N_("not known"),
}
_REFUSED, _NOT_YET = N_("the network refused it"), N_("not tried yet")
_IN_A_CALL = N_("seen in a call")
HOW = {
    ("forwarding", "yes"): N_("set in the network and read back"),
    ("forwarding", "no"): _REFUSED,
    ("forwarding", "unknown"): _NOT_YET,
    ("voice", "yes"): N_("sound went both ways in a call"),
    ("voice", "no"): N_("the sound failed in two calls in a row"),
    ("voice", "unknown"): _NOT_YET,
    ("transfer", "yes"): _IN_A_CALL,
    ("transfer", "no"): _REFUSED,
    ("transfer", "unknown"): _NOT_YET,
    ("conference", "yes"): _IN_A_CALL,
    ("conference", "no"): _REFUSED,
    ("conference", "unknown"): _NOT_YET,
    ("deflection", "unknown"): N_("not tried: this version does not use it"),
}
ASKED = N_("The box asks the network now. The answer appears here within a minute.")
PROVING = N_("The box writes to itself now. The proof appears here within some minutes.")
SOMEBODYS = N_("That is the number of %(name)s: the box must not pass this person over.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One ability: messages, and when it was last proved, if it was."""

    what: str
    light: str
    found: str
    how: str
    at: datetime | None = None


@blueprint.get("/settings/sim")
def sim() -> ResponseReturnValue:
    return _page()


def _page(typed: str | None = None, wrong: str = "") -> Response:
    """``wrong`` is what is wrong with the number that was ``typed``."""
    pulse = box().pulse()
    known = pulse.own_number if pulse is not None else None
    return render_page(
        "settings/sim.html",
        active="settings",
        style="settings",
        code=422 if wrong else 200,
        sims=_sims(),
        number=typed if typed is not None else reader().phone(known) if known else "",
        wrong=wrong,
    )


@blueprint.post("/settings/sim/check")
def check_forwarding() -> ResponseReturnValue:
    account = current_account()
    by = account.name if account is not None else ""
    box().store.ask(RequestKind.CHECK_FORWARDING, {}, by=by, at=box().clock())
    audit("sim.check")
    flash(ASKED)
    return redirect(url_for("settings.sim"), 303)


@blueprint.post("/settings/sim/number")
def prove_number() -> ResponseReturnValue:
    """The number of the SIM, as somebody reads it off the operator's paper: an SMS of the box to
    itself proves it."""
    rota, typed = box().rota(), request.form.get("number", "")
    country = rota.site.country_code if rota is not None else "33"
    try:
        number = check_diallable(normalise_number(typed, country), country)
    except NumberFault as wrong:
        return _page(typed, say(fault_words.words(wrong.text)))
    person = rota.person_with(number) if rota is not None else None
    if person is not None:
        return _page(typed, say(Sentence(SOMEBODYS, {"name": person.name})))
    account = current_account()
    by = account.name if account is not None else ""
    box().store.ask(RequestKind.PROVE_NUMBER, {"number": number}, by=by, at=box().clock())
    audit("sim.number")
    flash(PROVING)
    return redirect(url_for("settings.sim"), 303)


def _sims() -> list[tuple[str, list[Finding]]]:
    """Each SIM that was in the box, by the end of its number, with what was found."""
    proof = box().facts(PROOF).get("")
    return [
        (iccid, [_finding(name, iccid, known, proof) for name in ABILITIES])
        for iccid, known in box().facts(CAPABILITY).items()
        if isinstance(known, Mapping)
    ]


def _finding(
    name: str, iccid: str, known: Mapping[str, object], proof: object
) -> Finding:
    state = str(known.get(name, "unknown"))
    state = state if state in FOUND else "unknown"
    at = None
    if name == "forwarding" and isinstance(proof, Mapping) and proof.get("iccid") == iccid:
        at = _instant(proof.get("at"))
    light = {"yes": "good", "no": "bad"}.get(state, "clock")
    return Finding(ABILITIES[name], light, FOUND[state], HOW.get((name, state), ""), at)


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None and found <= reader().now else None
