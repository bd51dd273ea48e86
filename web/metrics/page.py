"""`/metrics`: what a monitoring system wants to know, and nothing about any person."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, request

from firmware.pulse import ForwardingState, ModemState, Pulse, StoreState
from firmware.record import AlertState
from firmware.update.version import own_version
from web.box import box
from web.metrics.access import EXTENSION, MetricsAccess
from web.metrics.exposition import CONTENT_TYPE, Gauge, Sample, exposition, gauge, one_of
from web.reader import rota
from web.roles import public
from web.service_status import service_status

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@public
def show() -> Response:
    access: MetricsAccess = current_app.extensions[EXTENSION]
    if not access.is_open:
        abort(404)
    header, token = request.headers.get("Authorization", ""), request.args.get("token", "")
    if not access.admits(header, token, request.remote_addr):
        return Response("", 401, {"WWW-Authenticate": 'Bearer realm="veilleur"'})
    now = box().clock()
    figures = [_build(), *_of_the_modem(now), *_of_the_store(now)]
    return Response(exposition(figures), content_type=CONTENT_TYPE)


def _build() -> Gauge:
    python = ".".join(str(part) for part in sys.version_info[:3])
    labels = {"version": own_version() or "unknown", "python": python}
    return Gauge("veilleur_build_info", "The program's version.", (Sample(1, labels),))


def _of_the_modem(now: datetime) -> Iterator[Gauge]:
    """What the daemon measured; nothing of it once its last word is too old."""
    state = box().state(now)
    yield gauge("veilleur_up", "1 while the daemon runs and reports.", state.answers)
    pulse = state.pulse
    if not state.answers or pulse is None:
        return
    yield one_of("veilleur_modem_state", "1 for the state that the modem is in.", pulse.modem)
    yield gauge(
        "veilleur_modem_registered",
        "1 while the modem is registered on a network.",
        pulse.modem is ModemState.READY,
    )
    yield gauge("veilleur_modem_signal_dbm", "Received signal in dBm.", pulse.signal_dbm)
    yield gauge(
        "veilleur_clock_trusted", "1 while something confirms the clock.", pulse.clock_trusted
    )
    yield one_of(
        "veilleur_store_state",
        "1 for the state that the database is in; in all but good what happens is in memory only.",
        pulse.store,
    )
    yield gauge(
        "veilleur_sms_loop_failing",
        "1 while an SMS of the box to itself does not come back.",
        pulse.sms_loop_failing,
    )
    yield from _of_forwarding(pulse, now)


def _of_forwarding(pulse: Pulse, now: datetime) -> Iterator[Gauge]:
    verified = pulse.forwarding is ForwardingState.VERIFIED
    checked_at = pulse.forwarding_checked_at if verified else None
    yield gauge(
        "veilleur_forwarding_verified",
        "1 while the network forwards calls as the rota wants, read back.",
        verified,
    )
    yield gauge(
        "veilleur_forwarding_verified_age_seconds",
        "Time since forwarding was last read back and found right.",
        None if checked_at is None else max((now - checked_at).total_seconds(), 0.0),
    )


def _of_the_store(now: datetime) -> Iterator[Gauge]:
    store, pulse, known = box().store, box().pulse(), rota()
    for name, what, instants in (
        ("call", "call", (store.last_call_at(), pulse.last_call_at if pulse else None)),
        ("sms", "SMS", (store.last_text_at(), pulse.last_sms_at if pulse else None)),
    ):
        latest = max((each for each in instants if each is not None), default=None)
        yield gauge(
            f"veilleur_last_{name}_timestamp_seconds",
            f"When the last {what} came in (Unix time).",
            latest.timestamp() if latest is not None else None,
        )
    alerts = Counter(alert.state for alert in store.callers_alerts())
    yield Gauge(
        "veilleur_alerts",
        "Callers' alerts without an answer: open asks people, exhausted has asked everybody.",
        tuple(
            Sample(alerts[state], {"state": state.value})
            for state in (AlertState.OPEN, AlertState.EXHAUSTED)
        ),
    )
    yield gauge(
        "veilleur_callers_waiting", "Lines of the call-back list.", len(store.call_back_list(now))
    )
    alarms: int | None = len(store.open_alarms())
    waiting = store.outgoing_waiting()
    if pulse is not None and box().state(now).answers and pulse.store is not StoreState.GOOD:
        alarms, waiting = None, pulse.outgoing_waiting   # more are up, in the daemon's memory alone
    yield gauge("veilleur_alarms", "Alarms that are up.", alarms)
    yield gauge("veilleur_outgoing_waiting", "SMS that have not left yet.", waiting)
    if known is not None:
        uncovered = [service_status(known, each, now).nobody for each in known.services]
        yield gauge(
            "veilleur_services_uncovered", "Services with nobody on duty now.", sum(uncovered)
        )
    yield gauge(
        "veilleur_database_bytes", "The database and its log on disk.", box().database_bytes()
    )
