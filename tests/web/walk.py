"""Every page of the application, found by following its links: new ones come along by themselves.

The box is the demo's: two months of journal, a gap next Sunday, an open alert.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from firmware.command.data import read_site
from firmware.command.demo import SAMPLE_SITE
from firmware.command.demo_story import tell, with_a_gap
from firmware.rota import write_site_file
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.people_store import PeopleStore
from firmware.wording import messages
from tests.web.house import NOW, House
from tests.web.visitor import Visitor

# Answers that are no page to look at
NO_PAGES = {"static", "metrics.show"}
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')


def full_house(data_dir: Path, now: datetime = NOW, *, alarm: bool = True) -> House:
    """The demo's company with everything measured, and perhaps an alarm up."""
    rota = with_a_gap(read_site(SAMPLE_SITE), now)
    house = House(data_dir, site=write_site_file(rota), now=now)
    house.record(*tell(rota, now))
    if alarm:
        house.alarm("network", messages.NETWORK_LOST, state="denied")
    house.wake()
    return house


def personal_page(data_dir: Path, now: datetime = NOW) -> str:
    """The address of a person's own page, which no page of the administrator links to twice."""
    with open_database(data_dir / DATABASE_NAME, create=False) as database:
        secret = PeopleStore(database).new_link("Alice Martin", "Diane Leroy", now)
    return f"/p/{secret}"


def pages(app: Flask, *more: str) -> dict[str, str]:
    """The first path found of each view that shows a page, by its endpoint.

    ``more`` are paths that nothing links to. Views without a value in their address need no link.
    """
    visitor = Visitor(app)
    found: dict[str, str] = {}
    waiting = ["/", *more, *_plain_paths(app)]
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        endpoint = _endpoint(app, path)
        if endpoint is None or endpoint in NO_PAGES or endpoint in found:
            continue
        answer = visitor.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        found[endpoint] = path
        links = [link.replace("&amp;", "&") for link in LINK.findall(answer.text)]
        waiting += [link for link in dict.fromkeys(links) if link not in seen]
        seen |= set(links)
    return found


def views(app: Flask) -> set[str]:
    """Each endpoint that answers GET."""
    return {rule.endpoint for rule in _readable(app)} - NO_PAGES


def _readable(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))


def _plain_paths(app: Flask) -> list[str]:
    return [str(rule) for rule in _readable(app) if not rule.arguments]


def _endpoint(app: Flask, path: str) -> str | None:
    try:
        found, _ = app.url_map.bind("localhost").match(urlsplit(path).path)
    except HTTPException:
        return None
    return str(found)
