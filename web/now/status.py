"""The start page: who is on duty, and whether the box can be relied upon."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from firmware.record import Alarm
from web.alarm_advice import advice_for
from web.box import box
from web.gate import may_open_page
from web.journal_lines import newest_lines
from web.live import live_page
from web.now.call_back import waiting
from web.reader import languages, open_alarms, reader, rota
from web.roles import signed_in
from web.service_status import ServiceStatus, service_status

blueprint = Blueprint("status", __name__)
NEWS_SHOWN = 6
WAITING_SHOWN = 2  # more would push who is on duty off the first screen


@blueprint.get("/")
@signed_in
def show() -> Response:
    pulse = box().pulse()
    return live_page(
        "now/status.html",
        active="status",
        services=_services(),
        alarms=_alarms(),
        # What callers wrote is not for the screen on the wall
        news=newest_lines(NEWS_SHOWN) if may_open_page("journal.show") else None,
        **_most_urgent(),
        last_call_at=_latest(box().store.last_call_at(), pulse.last_call_at if pulse else None),
        last_text_at=_latest(box().store.last_text_at(), pulse.last_sms_at if pulse else None),
    )


def _most_urgent() -> dict[str, Any]:
    """The first few of the call-back list: one tap instead of two."""
    known = waiting()
    return {**known, "waiting": known["lines"][:WAITING_SHOWN]}


def _latest(*instants: datetime | None) -> datetime | None:
    """The daemon knows what it has seen since its start, the store what was there before."""
    return max((each for each in instants if each is not None), default=None)


def _services() -> list[ServiceStatus]:
    known, now, pulse = rota(), reader().now, box().pulse()
    if known is None:
        return []
    trusted = pulse.clock_trusted if pulse is not None else True
    return [
        service_status(known, service, now, clock_trusted=trusted) for service in known.services
    ]


def _alarms() -> list[tuple[Alarm, str, str | None]]:
    """Each open alarm with its words in the reader's language, and what to do."""
    return [
        (alarm, languages().alarm(alarm.cause, alarm.values), advice_for(alarm.cause))
        for alarm in open_alarms()
    ]
