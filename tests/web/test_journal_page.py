"""The journal searched, told, counted and exported."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.call.transfer import Rung
from firmware.policy import Reason
from firmware.record import (
    Alert,
    AlertCause,
    AlertState,
    Asked,
    Call,
    CallOutcome,
    IncomingMessage,
    JournalEntry,
    JournalKind,
    OutgoingMessage,
    OutgoingState,
)
from firmware.store.figures import AnswerTime, CallsAt
from firmware.store.journal_search import Place
from tests.web.house import ALICE, BRUNO, CALLER, STRANGER, House
from tests.web.visitor import Visitor, words_of
from web.journal.export import BATCH, BYTE_ORDER_MARK, harmless
from web.journal.figures import answers_of, bars, hours_of
from web.journal.filters import NO_DAY, NO_NUMBER, TO_BEFORE_DAY, place_text, wanted
from web.journal.outcome_names import OUTCOME_NAMES
from web.journal.steps import DECISIONS
from web.journal_words import SENTENCES

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def week(house: House) -> House:
    """Some calls and answers of the last days."""
    house.call(1, CallOutcome.DIVERTED, 9)
    house.call(2, CallOutcome.ABANDONED, 26 * 60, STRANGER)
    house.call(3, CallOutcome.DIVERTED, 3 * 24 * 60, STRANGER)
    house.record(
        JournalEntry(house.ago(8), JournalKind.ACK, person="Bruno Petit", outcome="declined")
    )
    return house


def found(visitor: Visitor, **fields: str) -> str:
    """The lines that a search shows, as text."""
    html = visitor.get(f"/journal?{urlencode(fields)}").text
    return words_of(html[html.index("</details>") :])


@pytest.mark.parametrize(
    ("fields", "shown", "hidden"),
    [
        ({"number": "06 39 98 00 02"}, "06 39 98 00 02, a raccroché trop tôt", "06 39 98 00 01"),
        ({"number": "+33639980001"}, "06 39 98 00 01", "06 39 98 00 02"),
        ({"person": "Bruno Petit"}, "Bruno Petit passe", "Appel"),
        ({"outcome": "call:abandoned"}, "a raccroché", "transmis"),
        ({"kind": "call", "outcome": "ack:declined"}, "transmis", "passe"),
        ({"day": "2026-11-23"}, "a raccroché", "transmis"),
        ({"day": "2026-11-21", "to": "2026-11-23"}, "06 39 98 00 02, transmis", "06 39 98 00 01"),
        ({"to": "2026-11-22"}, "06 39 98 00 02, transmis", "a raccroché"),
        ({"number": "AMELI"}, "Rien ne correspond", "Appel"),
    ],
)
def test_a_search_narrows(
    week: House, visitor: Visitor, fields: dict[str, str], shown: str, hidden: str
) -> None:
    page = found(visitor, **fields)
    assert shown in page
    assert hidden not in page


@pytest.mark.parametrize(
    ("fields", "field", "fault"),
    [
        ({"number": "zzz!"}, "number", NO_NUMBER),
        ({"day": "2026-02-30"}, "day", NO_DAY),
        ({"day": "9999-12-31"}, "day", NO_DAY),
        ({"day": "2026-11-24", "to": "2026-11-23"}, "to", TO_BEFORE_DAY),
    ],
)
def test_a_fault_stands_beside_its_field(
    week: House, visitor: Visitor, fields: dict[str, str], field: str, fault: str
) -> None:
    html = visitor.get(f"/journal?{urlencode({**fields, 'lang': 'en'})}").text
    assert f'value="{fields[field]}"' in html
    assert fault in html[html.index(f'id="{field}-wrong"') :]
    assert "transmis" not in html
    assert visitor.get(f"/journal/journal.csv?{urlencode(fields)}").status_code == 400


def test_a_filter_by_kind_keeps_the_rest_of_the_search(week: House, visitor: Visitor) -> None:
    html = visitor.get("/journal?day=2026-11-24&person=Bruno+Petit").text
    kept = html[html.index('id="kind-call"') :].split('"')[3]
    query = kept.split("?")[1].replace("&amp;", "&")
    assert dict(parse_qsl(query)) == {
        "kind": "call", "person": "Bruno Petit", "day": "2026-11-24",
    }  # fmt: skip


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["kind", "outcome", "number", "person", "day", "to", "after"]), st.text()
    )
)
def test_whatever_is_typed_is_understood_or_refused(fields: dict[str, str]) -> None:
    asked = wanted(fields, None, PARIS)
    assert asked.search.since is None or asked.search.until is not None
    assert set(asked.faults) <= set(asked.typed)


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**62))
def test_a_place_comes_back_from_its_address(at: datetime, number: int) -> None:
    place = Place(at, number)
    assert wanted({"after": place_text(place)}, None, PARIS).after == place


def test_every_outcome_can_be_chosen(visitor: Visitor) -> None:
    html = visitor.get("/journal").text
    for kind, outcomes in SENTENCES.items():
        for outcome in outcomes:
            words = html[html.index(f'value="{kind}:{outcome}"') :].split(">")[1].split("<")[0]
            assert words.strip()
            assert "%" not in words


def test_short_names_are_those_of_outcomes() -> None:
    for kind, names in OUTCOME_NAMES.items():
        assert set(names) <= set(SENTENCES[kind])


# Export


def table(visitor: Visitor, **fields: str) -> list[list[str]]:
    response = visitor.get(f"/journal/journal.csv?{urlencode(fields)}")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].endswith('"journal-2026-11-24.csv"')
    text = response.data.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    separator = "," if fields.get("lang") == "en" else ";"
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=separator))


def test_the_export_holds_what_the_search_finds(week: House, visitor: Visitor) -> None:
    head, *rows = table(visitor, kind="call")
    assert head[:4] == ["Date", "Heure", "Type", "Événement"]
    assert [row[:2] for row in rows] == [
        ["2026-11-24", "19:21:00"], ["2026-11-23", "17:30:00"], ["2026-11-21", "19:30:00"],
    ]  # fmt: skip
    assert rows[0][3:7] == [
        "Appel : 06 39 98 00 01, transmis à Chloé Durand-Lefèvre",
        "Ambulance", "06 39 98 00 01", "Chloé Durand-Lefèvre",
    ]  # fmt: skip
    english = table(visitor, kind="call", lang="en")
    assert english[0][3] == "What happened"
    assert len(english) == 4


def test_a_long_export_is_complete(house: House, visitor: Visitor) -> None:
    house.record(
        *(
            JournalEntry(house.ago(n % 7), JournalKind.ACK, person=f"P{n}", outcome="declined")
            for n in range(2 * BATCH)
        )
    )
    _, *rows = table(visitor, kind="ack")
    assert sorted(row[6] for row in rows) == sorted(f"P{n}" for n in range(2 * BATCH))


@pytest.mark.parametrize("evil", ["=1+1", "+33611", "-2", "@SUM(A1)", "\t=1", "＝1+1", "  =1"])
def test_no_cell_begins_a_formula(house: House, visitor: Visitor, evil: str) -> None:
    house.record(
        JournalEntry(
            house.now, JournalKind.SMS_IN, evil, evil, evil, "alerted", {"text": f"{evil}\r\n=2"}
        )
    )
    _, row = table(visitor, kind="sms_in")
    assert [cell for cell in row if cell != harmless(cell) and not cell.startswith("'")] == []
    assert f"'{evil}" in (row[4], harmless(evil))
    assert "\n" not in row[7]


# The story of a call


@pytest.fixture
def told(house: House, visitor: Visitor) -> str:
    """A call that was passed on to Alice, whom nobody could reach; Bruno answered."""
    rang = house.ago(10)

    def after(seconds: float) -> datetime:
        return rang + timedelta(seconds=seconds)

    asked = (Asked("Alice Martin", ALICE, 1, after(2.8)), Asked("Bruno Petit", BRUNO, 2, after(63)))
    messages = [
        OutgoingMessage(
            number, f"alert:7:{number}", each.mobile, "?", 0, each.at, state, about=7,
            person=each.person, ended_at=each.at + timedelta(seconds=6),
        )
        for number, (each, state) in enumerate(
            zip(asked, (OutgoingState.FAILED, OutgoingState.DELIVERED), strict=True), 1
        )
    ]  # fmt: skip
    decided = after(1.2).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    house.record(
        Call(5, rang, "Ambulance", CALLER, False, Rung.NETWORK_DIVERT.value, ALICE,
             CallOutcome.DIVERTED, after(2.8)),
        JournalEntry(rang, JournalKind.CALL, "Ambulance", CALLER, "Alice Martin", "diverted",
                     {"target": ALICE, "decided_at": decided}, "call:5"),
        Alert(7, "8F2", AlertCause.DIVERTED, 5, "Ambulance", after(2.8), CALLER,
              state=AlertState.ACKNOWLEDGED, asked=asked, ended_at=after(95),
              ended_by="Bruno Petit"),
        *messages,
        JournalEntry(after(69), JournalKind.DELIVERY, None, BRUNO, "Bruno Petit", "delivered",
                     {"cause": "alert:7:2"}),
        JournalEntry(after(95), JournalKind.ACK, "Ambulance", CALLER, "Bruno Petit", "acknowledged",
                     {"reference": "8F2"}),
        JournalEntry(after(96), JournalKind.ACK, "Ambulance", STRANGER, "Alice Martin", "declined",
                     {"reference": "9K4"}),
    )  # fmt: skip
    link = visitor.get("/journal?kind=call").text.split('class="story-link"')[1]
    return visitor.read(link.split('href="')[1].split('"')[0])


def test_a_call_is_told_step_by_step(told: str) -> None:
    steps = [
        "19:20:00 Le téléphone sonne : 06 39 98 00 01",
        "19:20:01 + 1,2 s Le boîtier décide : transmettre à Alice Martin",
        "19:20:02 + 2,8 s Le réseau transmet l’appel à Alice Martin",
        "SMS à Alice Martin, niveau 1 : merci de répondre pour 8F2",
        "+ 8,8 s Le SMS à Alice Martin n’a pas pu être remis",
        "19:21:03 + 1 min 03 s SMS à Bruno Petit, niveau 2 : merci de répondre pour 8F2",
        "+ 1 min 09 s SMS reçu par le téléphone : Bruno Petit",
        "19:21:35 + 1 min 35 s Bruno Petit s’occupe de 8F2",
    ]
    places = [told.find(step) for step in steps]
    assert -1 not in places, [step for step, at in zip(steps, places, strict=True) if at < 0]
    assert places == sorted(places)
    assert "9K4" not in told


def test_a_call_that_was_answered_tells_each_step_with_its_seconds(
    house: House, visitor: Visitor
) -> None:
    rang = house.ago(10)
    answered = (rang + timedelta(seconds=6)).replace(tzinfo=None)
    told = [
        [0.0, "answered", None], ["x", "asked", "y"], [9.5, "greeted", None],
        [11.0, "asked", "Alice Martin"], [20, "answered by", "Alice Martin"],
        [23.4, "accepted by", "Alice Martin"], [24.0, "joined", "transfer"],
        [25.0, "sung", "a song"],
    ]  # fmt: skip
    house.record(
        Call(5, rang, "Ambulance", CALLER, False, None, ALICE, CallOutcome.TRANSFERRED,
             house.ago(5)),
        JournalEntry(rang, JournalKind.CALL, "Ambulance", CALLER, "Alice Martin", "transferred",
                     {"answered_at": f"{answered.isoformat()}Z", "steps": told}, "call:5"),
    )  # fmt: skip
    page = visitor.read("/journal/2")
    steps = [
        "+ 6,0 s Le boîtier décroche", "+ 16 s L’appelant a entendu l’annonce",
        "+ 17 s Appel de Alice Martin", "+ 26 s Alice Martin décroche",
        "+ 29 s Alice Martin accepte (touche 1)",
        "+ 30 s Les deux sont en communication (transfert)", "+ 31 s sung a song",
    ]  # fmt: skip
    places = [page.find(step) for step in steps]
    assert -1 not in places, (places, page)
    assert places == sorted(places)


def test_a_call_that_the_network_led_on_meanwhile_rang_nowhere(
    house: House, visitor: Visitor
) -> None:
    at = house.ago(10)
    house.record(
        Call(5, at, "Ambulance", None, False, Rung.NETWORK_DIVERT, ALICE, CallOutcome.DIVERTED, at),
        JournalEntry(at, JournalKind.CALL, "Ambulance", None, "Alice Martin", "diverted",
                     {"reason": Reason.MEANWHILE.value}, "call:5"),
    )  # fmt: skip
    why = "Un autre appel était en cours : le réseau l’a transféré de lui-même"
    assert why in visitor.read("/journal")
    page = visitor.read("/journal/2")
    assert "Quelqu’un d’autre appelle pendant que le boîtier est occupé" in page
    assert "Le réseau transmet l’appel à Alice Martin" in page
    assert "Le téléphone sonne" not in page


def test_a_text_is_told_too(house: House, visitor: Visitor) -> None:
    alert = house.alert(1)
    house.record(
        IncomingMessage(1, alert.opened_at, STRANGER, alert.text),
        JournalEntry(alert.opened_at, JournalKind.SMS_IN, "Ambulance", STRANGER, None, "alerted",
                     {"text": alert.text}, "sms_in:1"),
    )  # fmt: skip
    page = visitor.read("/journal/2")
    assert "+ 0" not in page
    assert "SMS reçu : 06 39 98 00 02" in page
    assert "Personne n’a encore répondu pour 8F1 ; la personne suivante sera alertée" in page


@pytest.mark.parametrize("line", ["1", "99", str(2**70)])
def test_a_line_without_a_story_is_no_page(house: House, visitor: Visitor, line: str) -> None:
    assert visitor.get(f"/journal/{line}").status_code == 404


def test_what_the_box_decides_has_words() -> None:
    decided = (Rung.ATTENDED_TRANSFER, Rung.NETWORK_DIVERT, Rung.SMS_ALERT)
    assert set(DECISIONS) == {rung.value for rung in decided}


# Figures


def test_hours_are_those_of_the_site() -> None:
    summer, winter = datetime(2026, 7, 1, 22, tzinfo=UTC), datetime(2026, 1, 1, 23, tzinfo=UTC)
    hours = hours_of(
        [
            CallsAt(summer, CallOutcome.DIVERTED, 2),
            CallsAt(winter, CallOutcome.REFUSED, 1),
            CallsAt(winter, CallOutcome.ALERTED, 4),
        ],
        PARIS,
    )
    assert hours[0] == {"passed": 2, "missed": 1, "texted": 4}
    assert sum(hours[1:], start=hours[1].__class__()).total() == 0


def test_an_answer_counts_where_it_came() -> None:
    answered = [
        AnswerTime(AlertState.ACKNOWLEDGED, True, seconds) for seconds in (0, 60, 61, 300, 9999)
    ]
    others = [
        AnswerTime(AlertState.CLOSED, True, 400),
        AnswerTime(AlertState.CLOSED, False, 1),
        AnswerTime(AlertState.OPEN, False, None),
        AnswerTime(AlertState.EXHAUSTED, False, None),
    ]
    assert dict(answers_of([*answered, *others])) == {
        "≤ 1": 2, "1–2": 1, "2–5": 1, "5–10": 1, "10–30": 0, "> 30": 1, "not answered": 1,
    }  # fmt: skip


COUNTS = st.dictionaries(st.sampled_from(["passed", "texted", "missed"]), st.integers(0, 999))


@settings(deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=24))
def test_bars_are_as_high_as_their_numbers(rows: list[dict[str, int]]) -> None:
    drawn = bars([(str(place), counts) for place, counts in enumerate(rows)])
    highest = max(bar.total for bar in drawn) or 1
    for bar, counts in zip(drawn, rows, strict=True):
        assert bar.total == sum(counts.values())
        assert abs((200 - bar.top) - 200 * bar.total / highest) <= 0.2
        assert sum(piece.height for piece in bar.pieces) == pytest.approx(200 - bar.top, abs=0.2)
        assert 0 <= bar.x <= bar.x + bar.width <= 720.1


def test_the_figures_page_says_in_a_table_what_it_draws(week: House, visitor: Visitor) -> None:
    week.record(
        Alert(1, "8F2", AlertCause.CALL, 1, "Ambulance", week.ago(9), state=AlertState.ACKNOWLEDGED,
              ended_at=week.ago(8.25), ended_by="Alice Martin"),
        Alert(2, "9K4", AlertCause.CALL, 2, "Ambulance", week.ago(9), state=AlertState.EXHAUSTED),
    )  # fmt: skip
    page = visitor.read("/journal/figures?days=7")
    assert "3 appels" in page
    assert "19 h 2 0 0 2" in page
    assert "17 h 0 0 1 1" in page
    assert "La moitié en moins de 45 s" in page
    assert "1 restée sans réponse" in page
    assert "≤ 1 min 1" in page
    assert "sans réponse 1" in page
    assert "3 appels" in visitor.read("/journal/figures?days=nonsense")
