"""Who waits for an answer: the call-back list, and alerts that somebody can take care of."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import AlertCause
from firmware.store.account_values import Role
from firmware.store.page_store import SHOWN_MAX, CallBackReason
from web.box import box
from web.gate import may_open_page
from web.language import N_
from web.live import live_page
from web.reader import languages, reader, rota
from web.roles import allow, signed_in

blueprint = Blueprint("call_back", __name__)
BY_THE_PAGE = N_("somebody at the page")
# The newest first within each
URGENCY = {CallBackReason.UNANSWERED: 0, CallBackReason.ASKING: 1, CallBackReason.ABANDONED: 2}
AMONG_COLLEAGUES = (AlertCause.REMINDER, AlertCause.RELAY, AlertCause.SWAP)


def waiting() -> dict[str, Any]:
    """Who waits, the most urgent first, and all that `now/waiting.html` shows of them."""
    known = rota()
    lines = box().store.call_back_list(reader().now)
    return {
        "lines": sorted(lines, key=lambda line: URGENCY[line.reason]),
        "people": known.people if known is not None else (),
        "noted": box().noted(),
        "by_the_page": BY_THE_PAGE,
    }


@blueprint.get("/call-back")
@signed_in
def show() -> Response:
    unsettled = box().store.unsettled_alerts()
    return live_page(
        "now/call_back.html",
        active="call_back",
        messages=_messages(),
        colleagues=[alert for alert in unsettled if alert.cause in AMONG_COLLEAGUES],
        **waiting(),
    )


def _messages() -> tuple[int, int] | None:
    """How many messages callers have left, and how many nobody has heard; None: not theirs."""
    if not may_open_page("voice.mail"):
        return None
    store = box().store
    return len(store.voicemails(SHOWN_MAX)), store.new_voicemails()


@blueprint.post("/alerts/<int:alert_id>/taken-care-of")
@allow(Role.STAFF)
def taken_care_of(alert_id: int) -> ResponseReturnValue:
    """Leave the wish in the store; the daemon closes the alert and tells whoever was asked."""
    if any(alert.id == alert_id for alert in box().store.unsettled_alerts()):
        box().take_care(alert_id, _by(request.form.get("by", "")))
    # Else somebody was quicker: the page shows how it stands
    back = "status.show" if request.args.get("back") == "now" else "call_back.show"
    return redirect(url_for(back), 303)


def _by(name: str) -> str:
    """Whoever the visitor says to be: one of the people, or nobody in particular."""
    known = rota()
    if name and known is not None:
        if all(person.name != name for person in known.people):
            abort(400)
        return name
    # It reaches people by SMS, hence in the site's language
    return languages().in_site_language(BY_THE_PAGE)
