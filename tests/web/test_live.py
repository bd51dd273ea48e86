"""The live part: nothing while nothing is new, itself when something is."""

from __future__ import annotations

import re
from datetime import timedelta

from firmware.record import CallOutcome
from tests.web.house import House
from tests.web.visitor import Visitor, words_of

LIVE = {"HX_Request": "true", "HX_Target": "live"}


def address(html: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_nothing_is_sent_while_nothing_is_new(visitor: Visitor) -> None:
    answer = visitor.get(address(visitor.get().text), **LIVE)
    assert answer.status_code == 204
    assert answer.data == b""
    assert answer.headers["X-Page-Time"] == "19:30:00"


def test_a_new_row_is_sent_without_the_frame_of_the_page(house: House, visitor: Visitor) -> None:
    seen = address(visitor.get().text)
    house.call(7, CallOutcome.RINGING, 0)
    answer = visitor.get(seen, **LIVE)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="live"')
    assert "<html" not in answer.text
    assert "Appel : 06 39 98 00 01, sonne en ce moment" in words_of(answer.text)
    assert address(answer.text) != seen


def test_the_box_falling_silent_is_news(house: House, visitor: Visitor) -> None:
    seen = address(visitor.get().text)
    house.now += timedelta(seconds=50)
    assert "Le boîtier ne répond pas." in words_of(visitor.get(seen, **LIVE).text)


def test_a_filter_survives_the_polling(house: House, visitor: Visitor) -> None:
    house.call(7, CallOutcome.DIVERTED, 5)
    page = visitor.get("/journal?kind=call").text
    assert address(page).startswith("/journal?kind=call&seen=")
    assert visitor.get(address(page), **LIVE).status_code == 204


def test_the_language_chosen_survives_too(visitor: Visitor) -> None:
    page = visitor.get("/?lang=en").text
    assert visitor.get(address(page), **LIVE).status_code == 204


def test_without_javascript_the_page_reloads_itself(visitor: Visitor) -> None:
    assert '<noscript><meta http-equiv="refresh" content="30">' in visitor.get().text
