"""The personal page: whom it opens for, the calendar that others read, swaps as wishes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from firmware.duty.swap_parts import parts_of
from firmware.record import Fact
from firmware.rota import Rota, shifts
from firmware.rota.site_file import read_site_file
from tests.web.house import NOW, SITE, House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box
from web.personal.calendar import calendar_file
from web.personal.door import FREE_FOR_ADDRESS
from web.personal.time_zone import time_zone

PARIS = ZoneInfo("Europe/Paris")
SITES = Path(__file__).parents[1] / "rota" / "sites"


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Somebody without an account."""
    return Visitor(create_app(house.data_dir, clock=house.clock), role=None)


def link(visitor: Visitor, person: str = "Alice Martin") -> str:
    found: Box = visitor.client.application.extensions[EXTENSION]
    with visitor.client.application.app_context():
        return f"/p/{found.people.new_link(person, 'Sophie Admin', NOW)}"


def test_the_address_opens_one_page_until_it_is_revoked(visitor: Visitor) -> None:
    mine = link(visitor)
    assert "Vos gardes" in visitor.read(mine)
    assert "Bruno" not in visitor.read(mine)
    assert visitor.get(f"{mine}/garde.ics").status_code == 200
    other = link(visitor, "Bruno Petit")
    assert "Bruno Petit" in visitor.read(other)
    newer = link(visitor)
    assert visitor.get(mine).status_code == 404
    assert visitor.get(f"{mine}/garde.ics").status_code == 404
    assert "n’ouvre aucune page, ou ne l’ouvre plus" in words_of(visitor.get(mine).text)
    assert visitor.get(newer).status_code == 200
    assert visitor.get("/people").status_code == 303, "it lets nobody into the other pages"


def test_whoever_tries_addresses_is_held_back(visitor: Visitor) -> None:
    mine = link(visitor)
    codes = [visitor.get(f"/p/guess{n}").status_code for n in range(FREE_FOR_ADDRESS + 1)]
    assert codes == [404] * FREE_FOR_ADDRESS + [429]
    assert "Trop d’essais" in words_of(visitor.get("/p/guess").text)
    assert visitor.get(mine).status_code == 200, "the owner of an address is not"


def test_a_calendar_is_the_same_while_the_rota_is(house: House, visitor: Visitor) -> None:
    mine = f"{link(visitor)}/garde.ics"
    first = visitor.get(mine)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    tag = first.headers["ETag"]
    assert visitor.get(mine, If_None_Match=tag).status_code == 304
    house.load(SITE.replace("2026-11-29T18:00", "2026-11-29T16:00"))
    second = visitor.get(mine)
    assert second.status_code == 200
    old, new = (events(each.data) for each in (first, second))
    # the same shifts under the same names, each a later revision
    assert len(old.keys() & new.keys()) >= len(old) - 2
    common = next(iter(old.keys() & new.keys()))
    assert int(new[common].sequence.value) > int(old[common].sequence.value)


def events(body: bytes) -> dict[str, Any]:
    """Each event by its name, as another library reads it."""
    calendar = vobject.readOne(body.decode())
    assert calendar.method.value == "PUBLISH"
    found = {event.uid.value: event for event in calendar.vevent_list}
    assert len(found) == len(calendar.vevent_list), "a name is given once"
    for event in found.values():
        assert event.dtstamp.value.utcoffset() == timedelta(0)
    return found


def times(body: bytes) -> list[tuple[datetime, datetime]]:
    """Start and end of each event in UTC, by the file's own VTIMEZONE."""
    found = [
        (event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC))
        for event in events(body).values()
    ]
    return sorted(found)


def written(rota: Rota, person: str, now: datetime) -> bytes:
    return calendar_file(
        rota, person, now, title="Garde", level="niveau %(level)s", version=7, changed_at=now
    )


@pytest.mark.parametrize(
    "name", ["weekly", "daily-and-12-hours", "handover-0230", "new-york", "lord-howe"]
)
def test_another_library_reads_the_shifts_that_the_rota_has(name: str) -> None:
    """Through both changes of the clock: the file is read by its own VTIMEZONE alone."""
    rota = read_site_file((SITES / f"{name}.toml").read_text(encoding="utf-8"))
    now = datetime(2026, 2, 20, tzinfo=UTC)
    today = now.astimezone(ZoneInfo(rota.site.time_zone)).replace(hour=0, minute=0)
    start, end = today - timedelta(days=60), today + timedelta(days=366)
    wanted = [
        (shift.start, shift.end, shift.person.name)
        for service in rota.services
        for shift in shifts(rota, service.name, start, end)
    ]
    name = min({who for _, _, who in wanted}, key=lambda who: sum(w[2] == who for w in wanted))
    found = times(written(rota, name, now))
    assert found == sorted((first, last) for first, last, who in wanted if who == name)
    assert found


def test_the_nights_of_the_changes_are_an_hour_shorter_and_longer() -> None:
    site = """
    [site]
    name = "N"
    time_zone = "Europe/Paris"
    [[person]]
    name = "A"
    mobile = "+33601020304"
    [[service]]
    name = "S"
    [[rotation]]
    service = "S"
    start = "2026-01-01T20:00"
    every = "1 day"
    people = ["A"]
    active = [{ days = "mon,tue,wed,thu,fri,sat,sun", from = "20:00", to = "08:00" }]
    """
    body = written(read_site_file(site), "A", datetime(2026, 3, 20, tzinfo=UTC))
    lengths = {
        start.astimezone(PARIS).date().isoformat(): (end - start) / timedelta(hours=1)
        for start, end in times(body)
    }
    assert (lengths["2026-03-27"], lengths["2026-03-28"], lengths["2026-10-24"]) == (12, 11, 13)
    assert b"DTSTART;TZID=Europe/Paris:20260328T200000" in body


def test_what_outlook_needs_of_a_time_zone() -> None:
    """One yearly rule for each half of the year, and no list of dates."""
    lines = time_zone("Europe/Paris", 2026).to_ical().decode().splitlines()
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in lines
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in lines
    assert not any(line.startswith("RDATE") for line in lines)
    new_york = time_zone("America/New_York", 2026).to_ical().decode()
    assert "BYDAY=2SU;BYMONTH=3" in new_york
    assert "BYDAY=1SU;BYMONTH=11" in new_york
    fixed = time_zone("Asia/Tokyo", 2026).to_ical().decode()
    assert "TZOFFSETTO:+0900" in fixed
    assert "RRULE" not in fixed


# Swaps


def test_a_swap_is_asked_with_what_the_daemon_reads(house: House, visitor: Visitor) -> None:
    mine = link(visitor)
    html = unescape(visitor.get(mine).text)
    asking = re.findall(r'href="(/p/[^"]+/swap\?[^"]+)"', html)
    page = asking[1]  # the second: Wednesday's taxi
    choices = re.findall(r'<option value="([^"]+)">', visitor.get(page).text)
    back = next(unescape(each) for each in choices if "2026-11-26" in each)
    fields = dict(
        re.findall(r'name="(service|level|start)" value="([^"]*)"', visitor.get(page).text)
    )
    answer = visitor.press(f"{mine}/swap", page, **fields, choice=back)
    assert answer.status_code == 303
    assert "La demande est en route" in visitor.read(answer.headers["Location"])
    (wish,) = house.wishes()
    there, in_return = parts_of(wish)
    assert (there.giver, there.taker) == ("Alice Martin", "Bruno Petit")
    assert there.start.astimezone(PARIS).isoformat() == "2026-11-25T08:00:00+01:00"
    assert (in_return.giver, in_return.taker) == ("Bruno Petit", "Alice Martin")
    assert in_return.start.astimezone(PARIS).isoformat() == "2026-11-26T08:00:00+01:00"


def test_nobody_is_asked_whose_mobile_is_not_proved(house: House, visitor: Visitor) -> None:
    house.enter(SITE.replace('mobile = "+33605060708"', 'mobile = "+33605060799"'))
    mine = link(visitor)
    page = unescape(re.findall(r'href="(/p/[^"]+/swap\?[^"]+)"', visitor.get(mine).text)[1])
    said = visitor.read(page)
    assert "Chloé Durand-Lefèvre" in said
    assert "Bruno Petit" not in said


@pytest.mark.parametrize("choice", ["", "nobody", '["Alice Martin"]'])
def test_a_swap_with_nobody_is_told_and_not_asked(
    house: House, visitor: Visitor, choice: str
) -> None:
    mine = link(visitor)
    page = unescape(re.findall(r'href="(/p/[^"]+/swap\?[^"]+)"', visitor.get(mine).text)[1])
    fields = dict(
        re.findall(r'name="(service|level|start)" value="([^"]*)"', visitor.get(page).text)
    )
    answer = visitor.press(f"{mine}/swap", page, **fields, choice=choice)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert house.wishes() == []


SWAP = {
    "by": "Bruno Petit", "other": "Alice Martin", "service": "Ambulance", "level": "1",
    "start": "2026-11-30T07:00:00+00:00", "end": "2026-12-07T07:00:00+00:00", "state": "asked",
}  # fmt: skip


def test_a_swap_is_answered_by_who_was_asked_alone(house: House, visitor: Visitor) -> None:
    house.record(Fact("swap:5", SWAP))
    alice, bruno, chloe = (
        link(visitor, name) for name in ("Alice Martin", "Bruno Petit", "Chloé Durand-Lefèvre")
    )
    assert "Bruno Petit vous demande" in visitor.read(alice)
    assert "Vous avez demandé à Alice Martin" in visitor.read(bruno)
    assert "Alice Martin" not in visitor.read(chloe)
    for page, how in ((bruno, "ok"), (alice, "withdraw"), (chloe, "ok"), (alice, "perhaps")):
        token = {"csrf_token": visitor.token(alice), "alert": "5", "answer": how}
        answer = visitor.client.post(
            f"{page}/swap/answer", data=token, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code == 404
    assert house.wishes() == []
    answer = visitor.press(f"{alice}/swap/answer", alice, alert="5", answer="ok")
    assert "le planning est en cours de modification" in words_of(
        visitor.get(answer.headers["Location"]).text
    )
    assert house.wishes() == [{"alert": "5", "answer": "ok", "by": "Alice Martin"}]
    house.record(Fact("swap:5", {**SWAP, "state": "agreed"}))
    asking = re.findall(r'href="(/p/[^"]+/swap\?[^"]+)"', unescape(visitor.get(alice).text))[1]
    token = {"csrf_token": visitor.token(asking), "alert": "5", "answer": "non"}
    late = visitor.client.post(
        f"{alice}/swap/answer", data=token, headers={"Origin": "http://localhost"}
    )
    assert late.status_code == 409
    assert "déjà reçu sa réponse" in words_of(late.text)
