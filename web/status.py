"""The start page: who is on duty, and whether the box can be relied upon."""

from __future__ import annotations

from flask import Blueprint, Response

from web.box import box
from web.journal_lines import newest_lines
from web.live import live_page
from web.reader import languages, reader, rota
from web.service_status import service_status

blueprint = Blueprint("status", __name__)
NEWS_SHOWN = 6


@blueprint.get("/")
def show() -> Response:
    known, now = rota(), reader().now
    pulse = box().pulse()
    trusted = pulse.clock_trusted if pulse is not None else True
    services = [
        service_status(known, service, now, clock_trusted=trusted)
        for service in (known.services if known is not None else ())
    ]
    alarms = [
        (alarm, languages().alarm(alarm.cause, alarm.values)) for alarm in box().store.open_alarms()
    ]
    return live_page(
        "status.html",
        active="status",
        services=services,
        alarms=alarms,
        news=newest_lines(NEWS_SHOWN),
    )
