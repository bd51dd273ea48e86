"""Puts the page together: `create_app(data_dir)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from firmware.store.errors import StoreError
from web import assets, compression, gate, reader, sessions
from web.box import EXTENSION, Box, box
from web.frame import Frame
from web.guard import Guard
from web.language import N_, Languages
from web.metrics.access import EXTENSION as METRICS
from web.metrics.access import MetricsAccess
from web.numbers import RowConverter
from web.pages import DEMO_PAGES, PAGES
from web.virtual_phones import EXTENSION as PHONES
from web.virtual_phones import VirtualPhones

FAULTS = {
    400: N_("The page did not understand this request. Nothing was changed."),
    403: N_("This page was open for too long, or is not for your account. Nothing was "
            "changed. Go back and load it again."),
    404: N_("There is no such page."),
    405: N_("There is no such page."),
    413: N_("That is too long. Nothing was changed."),
    429: N_("Too many tries from here. Wait some minutes, then try again."),
    421: N_("The page does not answer under this name. Use the address of the box."),
}  # fmt: skip
ANY_FAULT = N_("The page made a mistake. The box itself is not concerned.")
NOBODY = MetricsAccess()
STORE_FAULT = N_("The page cannot read the data of the box.")


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    data_dir: Path,
    *,
    phones: VirtualPhones | None = None,
    clock: Callable[[], datetime] = utc_now,
    names: Iterable[str] = (),
    guest: str | None = None,
    metrics: MetricsAccess = NOBODY,
    fingerprint: str | None = None,
) -> Flask:
    """The LAN page of the box whose data lie in ``data_dir``.

    ``phones`` adds the demo's virtual telephones. ``clock`` gives now, aware and in UTC.
    ``names`` are host names under which the page answers, beside its IP addresses, ``localhost``
    and ``veilleur.local``. ``guest`` names the account of whoever is not signed in: for the demo
    alone. ``metrics`` says who may read `/metrics`. The ``fingerprint`` of its certificate is
    shown among the settings. Opens nothing yet: a fault of the data shows on the page.
    """
    app = Flask(__name__)
    app.url_map.converters["int"] = RowConverter
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    compression.install(app)  # first, hence the last to see an answer
    words = Languages(reader.site_language, sessions.own_language)
    app.extensions[EXTENSION] = Box(data_dir, clock)
    app.extensions[reader.LANGUAGES_EXTENSION] = words
    words.install(app)
    app.before_request(lambda: box().read_afresh())
    assets.install(app)
    Guard(names).protect(app)
    sessions.install(app, guest)
    app.extensions[METRICS] = metrics
    gate.protect(app)
    pages = PAGES
    if phones is not None:
        app.extensions[PHONES] = phones
        pages = (*PAGES, *DEMO_PAGES)
    for page in pages:
        app.register_blueprint(page.blueprint)
    app.jinja_env.globals["fingerprint"] = fingerprint
    Frame(pages, is_demo=guest is not None).install(app)
    app.register_error_handler(HTTPException, _fault)
    app.register_error_handler(StoreError, _store_fault)
    return app


def _fault(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    return render_template("fault.html", what=FAULTS.get(code, ANY_FAULT), why=""), code


def _store_fault(error: StoreError) -> ResponseReturnValue:
    return render_template("fault.html", what=STORE_FAULT, why=str(error)), 503
