"""A card has spoilt one row of each table: every page shows the others, and says so."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing

import pytest

from firmware.record import (
    CallOutcome,
    Fact,
    IncomingMessage,
    JournalEntry,
    JournalKind,
    OutgoingMessage,
    RequestKind,
    Voicemail,
)
from firmware.store.account_values import AuditEntry, Role
from firmware.store.database import DATABASE_NAME
from firmware.wording import messages
from tests.web.house import ALICE, CALLER, NOW, SITE, STRANGER, House
from tests.web.visitor import Visitor, admit, words_of
from web.journal.page import LINES_SHOWN

NO_TEXT = b"\xff\x41"
NO_VALUE = b"?!"
GONE = "Certaines données du boîtier sont illisibles"
LINE = "Une ligne du journal est illisible"
# Said to whoever would sign in, in the list of the accounts, in the log
ACCOUNT_GONE = {
    "fr": ("Le boîtier n’arrive pas à lire l’un de ses comptes", "Ce compte est illisible",
           "Connexion impossible : le compte {} est illisible"),
    "en": ("The box cannot read one of its accounts", "This account cannot be read",
           "No way in: the account {} cannot be read"),
}  # fmt: skip
PAGES = (
    "/", "/call-back", "/voicemail", "/voice", "/rota", "/rota/history", "/rota/history/2",
    "/rota/change", "/journal", "/journal/figures", "/journal/2", "/people",
    "/people/person?name=Alice+Martin", "/services", "/settings", "/settings/log",
    "/settings/users", "/account", "/setup/test",
)  # fmt: skip
# The column of each table in whose newest row nobody can read anything any more
SPOILT = {
    "journal": "detail", "audit": "values", "alert": "asked", "call": "started_at",
    "alarm": "values", "voicemail": "at", "fact": "value", "account": "created_at",
    "sign_in": "values", "verified_number": "verified_at", "personal_link": "created_at",
    "phone_pin": "set_at", "rota_history": "values", "request": "values",
    "incoming_message": "received_at", "outgoing_message": "references",
}  # fmt: skip


def spoil(house: House, table: str, column: str, cell: bytes, row: str = "max") -> None:
    """As no step of ours does, but a card may: the newest row, or the oldest (``min``)."""
    with closing(sqlite3.connect(house.data_dir / DATABASE_NAME, isolation_level=None)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON").fetchall()
        (schema,) = raw.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        key = raw.execute(f"PRAGMA table_info({table})").fetchone()[1]
        key = key if "WITHOUT ROWID" in schema else "rowid"
        newest = f"(SELECT {row}({key}) FROM {table})"  # noqa: S608 - ours
        done = raw.execute(
            f'UPDATE {table} SET "{column}" = CAST(? AS TEXT) WHERE {key} = {newest}',  # noqa: S608
            (cell,),
        )
        assert done.rowcount == 1, table


def two_of_each(house: House, visitor: Visitor) -> None:
    """What happened, and what was set: twice, so that one is left."""
    for number, caller in ((1, CALLER), (2, STRANGER)):
        house.call(number, CallOutcome.ABANDONED, 60 * number, caller)
        house.alert(number, caller=caller)
        house.alarm(f"network{number}", messages.NETWORK_LOST, state="denied")
        at = house.ago(number)
        house.record(
            Voicemail(number, number, "Ambulance", caller, at, 7.0, f"mail/{number}"),
            IncomingMessage(number, at, caller, "Bonjour"),
            OutgoingMessage(number, f"alert:{number}:1", ALICE, "Appel", 0, at, about=number),
            Fact(f"swap:{number}", {}),
        )
        box = visitor.box
        box.accounts.audit(AuditEntry(at, f"auditor {number}", "people.changed", "192.0.2.1"))
        box.accounts.add(f"Zoé {number}", Role.STAFF, at)
        name = ("Alice Martin", "Bruno Petit")[number - 1]
        box.people.new_link(name, "x", NOW)
        box.pins.set(name, "2580", "x", NOW)
        box.store.ask(RequestKind.DELETE_VOICEMAIL, {"voicemail": f"{number}"}, by="x", at=NOW)
    house.enter(SITE.replace("Dupont", "Durand"))
    admit(visitor.client.application, Role.STAFF)   # the newest session is not the visitor's


def test_every_page_shows_what_can_be_read(house: House, visitor: Visitor) -> None:
    two_of_each(house, visitor)
    for number, (table, column) in enumerate(SPOILT.items()):
        spoil(house, table, column, NO_TEXT if number % 2 else NO_VALUE)
    for path in PAGES:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert GONE in words_of(answer.text), path   # an alert is missing from each


@pytest.mark.parametrize(
    ("column", "cell"), [("at", NO_TEXT), ("detail", NO_VALUE)]
)
def test_a_line_of_the_journal_that_cannot_be_read_is_a_line(
    house: House, visitor: Visitor, column: str, cell: bytes
) -> None:
    for number in (1, 2, 3):
        house.call(number, CallOutcome.DIVERTED, 100 - number, f"+3363998000{number}")
    spoil(house, "journal", column, cell)
    page = visitor.read("/journal")
    assert (LINE in page, "06 39 98 00 01" in page, "06 39 98 00 02" in page) == (True,) * 3
    assert LINE in visitor.read("/")
    rows = list(csv.reader(visitor.get("/journal/journal.csv").text.splitlines(), delimiter=";"))
    assert sum(LINE in row[3] for row in rows) == 1
    assert len(rows) == 1 + 3 + 1, "titles, calls, and the rota that was loaded"
    assert GONE not in page   # nothing is missing


def test_pages_of_the_journal_go_on_behind_lines_that_have_no_date(
    house: House, visitor: Visitor
) -> None:
    """Also where a page ends with one, or has no other."""
    for number in range(LINES_SHOWN + 5):
        house.record(JournalEntry(house.ago(number), JournalKind.HEALTH, f"P{number}."))
    with closing(sqlite3.connect(house.data_dir / DATABASE_NAME, isolation_level=None)) as raw:
        raw.execute("UPDATE journal SET at = '2026-11-24T18' || service WHERE id BETWEEN 2 AND 42")
    seen: list[str] = []
    path: str | None = "/journal"
    while path is not None:
        page = visitor.get(path).text
        seen += re.findall(r"P\d+\.", words_of(page))
        older = re.search(r'id="older" href="([^"]*)"', page)
        path = older[1].replace("&amp;", "&") if older else None
    assert sorted(seen) == sorted({f"P{number}." for number in range(LINES_SHOWN + 5)})


def test_a_line_of_the_audit_that_cannot_be_read_is_a_line(house: House, visitor: Visitor) -> None:
    for name in ("diane", "bruno", "chloé"):
        visitor.box.accounts.audit(AuditEntry(NOW, name, "people.changed", "192.0.2.1"))
    spoil(house, "audit", "at", b"2026-03-29T01:0 ")
    page = visitor.read("/settings/log")
    assert "Cette ligne est illisible" in page
    assert all(name in page for name in ("diane", "bruno", "chloé"))


def test_a_line_of_the_rota_s_history_that_cannot_be_read_is_a_line(
    house: House, visitor: Visitor
) -> None:
    house.enter(SITE.replace("Dupont", "Durand"))
    spoil(house, "rota_history", "at", NO_TEXT)
    assert "Cette ligne de l’historique est illisible" in visitor.read("/rota/history")
    assert "Durand" in visitor.read("/rota/history/2"), "what it did can be read"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_account_that_cannot_be_read_is_no_wrong_password(
    house: House, visitor: Visitor, language: str
) -> None:
    """Whoever would sign in reads it, and everybody else who would; administrators among the
    accounts and in the log. What is told is the same for every name, as a wrong one's is."""
    said, listed, logged = ACCOUNT_GONE[language]
    stranger = Visitor(visitor.client.application, role=None)
    for each in (visitor, stranger):
        assert said not in words_of(each.get(f"/sign-in?lang={language}").text)
    for name, column in (("Zoé", "created_at"), ("Yves", "name"), ("Xavier", "role")):
        visitor.box.accounts.add(name, Role.STAFF, NOW)
        spoil(house, "account", column, NO_TEXT)
    for name in ("zoé", "Yves", "somebody else"):
        answer = stranger.press("/sign-in", "/sign-in", name=name, password="x")  # noqa: S106
        assert (answer.status_code, said in words_of(answer.text)) == (403, True), name
    assert said in words_of(stranger.get("/lost-password").text)
    page, log = visitor.read("/settings/users"), visitor.read("/settings/log")
    assert [page.count(each) for each in (listed, "Zoé", "Yves", "Xavier")] == [3, 1, 0, 1]
    assert [log.count(logged.format(name)) for name in ("Zoé", "?")] == [1, 2]


def test_the_only_administrator_s_account_that_cannot_be_read_is_no_first_start(
    house: House, visitor: Visitor
) -> None:
    spoil(house, "account", "role", NO_TEXT)
    stranger = Visitor(visitor.client.application, role=None)
    for each in (visitor, stranger):
        assert each.get("/").headers["Location"] == "/sign-in"
    assert ACCOUNT_GONE["fr"][0] in stranger.read("/sign-in")
    assert stranger.get("/setup").status_code == 303


def test_whose_session_cannot_be_read_signs_in_again(house: House, visitor: Visitor) -> None:
    spoil(house, "sign_in", "values", NO_VALUE)
    answer = visitor.get("/journal")
    assert (answer.status_code, answer.headers["Location"][:8]) == (303, "/sign-in")
