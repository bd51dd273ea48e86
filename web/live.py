"""Pages that keep themselves up to date: each has one part that is fetched again and again.

The page asks every few seconds and names the print of what it shows; while that is still right the
answer is an empty 204. Polling and not server-sent events: waitress gives each open connection one
of its few threads, and a forgotten tab must not be able to hold them all.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request, url_for

from web.reader import reader, shared

PRINT_DIGITS = 20
TIME_HEADER = "X-Page-Time"
PAUSE_S = 3  # a call rings for longer; ten open pages ask thrice a second


def live_page(
    template: str, endpoint: str | None = None, pause_s: int | None = None, **values: object
) -> Response:
    """The page, its live part, or nothing, as the request wants it.

    ``template`` is the live part; the page around it is ``page.html``. ``endpoint`` is where the
    part is fetched again after ``pause_s``, if that is not where this request went.
    """
    values = {**shared(), "pause_s": pause_s or PAUSE_S, **values}
    part = render_template(template, **values)
    seen = hashlib.sha256(part.encode()).hexdigest()[:PRINT_DIGITS]
    values["address"] = _address(endpoint, seen)
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "live":
        if request.args.get("seen") == seen:
            response = make_response("", 204)
        else:
            response = make_response(render_template("live.html", part=part, seen=seen, **values))
    else:
        response = make_response(render_template("page.html", part=part, seen=seen, **values))
    response.headers[TIME_HEADER] = reader().seconds(reader().now)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _address(endpoint: str | None, seen: str) -> str:
    """Where the live part is fetched again: the same page with the same filter."""
    kept = {name: value for name, value in request.args.items() if name not in ("seen", "lang")}
    kept["seen"] = seen
    if endpoint is not None:
        page = url_for(endpoint)
    else:
        page = url_for(request.endpoint or "status.show", **(request.view_args or {}))
    return f"{page}?{urlencode(kept)}"
