"""Every page is light: the first with all that it fetches, and each that follows."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.house import House
from tests.web.telephones import Telephones
from tests.web.visitor import Visitor, parsed
from tests.web.walk import full_house, pages, personal_page
from web import create_app

FIRST_MAX, AFTERWARDS_MAX = 150_000, 20_000
PAGES_AT_LEAST = 30


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Flask]]:
    """The demo's house, only looked at: once for all tests of this file."""
    with full_house(tmp_path_factory.mktemp("weight") / "data") as house:
        yield house, create_app(house.data_dir, phones=Telephones(), clock=house.clock)


@pytest.fixture
def app(walked: tuple[House, Flask]) -> Flask:
    house, app = walked
    house.wake()  # into this test's own folder
    return app


def fetch(visitor: Visitor, path: str) -> TestResponse:
    answer = visitor.get(path, Accept_Encoding="gzip")
    assert answer.status_code == 200, path
    return answer


def html_of(answer: TestResponse) -> str:
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.data) if zipped else answer.data).decode()


def fetched_by(visitor: Visitor, html: str) -> set[str]:
    """Addresses of the files that a browser fetches for this page."""
    found = set()
    for tag, attributes in parsed(html).tags:
        address = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if tag == "use":
            address = str(attributes["href"]).split("#")[0]
        if address:
            found.add(address)
    for sheet in [each for each in found if ".css" in each]:
        css = html_of(fetch(visitor, sheet))
        found |= {f"/static/{name}" for name in re.findall(r'url\("([^"]+)"\)', css)}
    return found


def test_no_page_is_heavy(walked: tuple[House, Flask], app: Flask) -> None:
    visitor = Visitor(app)
    found = pages(app, personal_page(walked[0].data_dir))
    assert len(found) >= PAGES_AT_LEAST, "the walk has lost its way"
    start = fetched_by(visitor, html_of(fetch(visitor, "/")))
    sizes: dict[str, int] = {}
    heavy = {}
    for endpoint, path in found.items():
        answer = fetch(visitor, path)
        needed = fetched_by(visitor, html_of(answer))
        for address in needed - set(sizes):
            sizes[address] = len(fetch(visitor, address).data)
        own = len(answer.data)
        first = own + sum(sizes[address] for address in needed)
        afterwards = own + sum(sizes[address] for address in needed - start)
        if first > FIRST_MAX or afterwards > AFTERWARDS_MAX:
            heavy[endpoint] = (first, afterwards)
    assert heavy == {}


def test_what_comes_compressed_is_the_same(app: Flask) -> None:
    visitor = Visitor(app)
    for path in ("/rota", "/static/app.css", "/static/icons.svg"):
        zipped, plain = fetch(visitor, path), visitor.get(path)
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(zipped.data) == plain.data
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert len(zipped.data) < len(plain.data) / 2


def test_the_length_tells_nothing(app: Flask) -> None:
    """BREACH: the same page is not twice of the same length."""
    visitor = Visitor(app)
    assert len({len(fetch(visitor, "/rota").data) for _ in range(20)}) > 5


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "br"])
def test_who_does_not_take_it_gets_it_plain(app: Flask, accepts: str) -> None:
    answer = Visitor(app).get("/rota", Accept_Encoding=accepts)
    assert "Content-Encoding" not in answer.headers
    assert b"<html" in answer.data


def test_a_file_that_the_browser_has_is_not_sent_again(app: Flask) -> None:
    visitor = Visitor(app)
    etag = fetch(visitor, "/static/app.css").headers["ETag"]
    again = visitor.get("/static/app.css", Accept_Encoding="gzip", If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")
