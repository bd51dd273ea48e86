"""What the page knows of people beside the rota: proved numbers, secret links to their own pages.

A proof belongs to the number, so that it outlives a change of name and counts for nobody's next
number. Whoever's link it is loses it when the rota no longer holds them.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from firmware.rota import Rota
from firmware.store import code_store, pin_store
from firmware.store.code_store import Code
from firmware.store.damaged import readable
from firmware.store.database import Database
from firmware.store.plain import clean, instant_text
from firmware.store.table import Table

SECRET_BYTES = 24  # 192 bits, 32 characters of an address


@dataclass(frozen=True, slots=True)
class VerifiedNumber:
    """``how``: a code was typed that went there by SMS, or a site file vouched for it."""

    number: str
    verified_at: datetime
    how: Literal["code", "import"]
    by: str


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Whoever has the secret behind ``digest`` sees ``person``'s own page."""

    digest: str
    person: str
    created_at: datetime
    created_by: str
    used_at: datetime | None = None


VERIFIED_NUMBER = Table("verified_number", VerifiedNumber, "number")
PERSONAL_LINK = Table("personal_link", PersonalLink, "digest")


class PeopleStore:
    """Belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def verified(self) -> dict[str, VerifiedNumber]:
        """Every proved number (E.164) with its proof."""
        found = readable(self._database, VERIFIED_NUMBER, "")
        return {each.number: each for each in found}

    def prove(self, code: Code, number: str, by: str, at: datetime) -> None:
        """The code came back: the number is proved. Raises ``CodeUsed``."""
        with self._database.transaction() as connection:
            code_store.use(connection, code, at)
            vouch(connection, [number], "code", by, at)

    def new_link(self, person: str, by: str, at: datetime) -> str:
        """A link in place of the one that the person had; returns its secret, told only here."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        link = PersonalLink(digest_of(secret), person, at, by)
        with self._database.transaction() as connection:
            _drop_links(connection, person)
            connection.execute(PERSONAL_LINK.upsert, PERSONAL_LINK.values(link))
        return secret

    def revoke_link(self, person: str) -> None:
        with self._database.transaction() as connection:
            _drop_links(connection, person)

    def link_of(self, person: str) -> PersonalLink | None:
        found = readable(self._database, PERSONAL_LINK, "WHERE person = ?", clean(person))
        return found[0] if found else None

    def open_link(self, secret: str, at: datetime) -> str | None:
        """Whose page the secret opens, None for nobody's; remembers the day it was used on."""
        digest = digest_of(secret)
        found = readable(self._database, PERSONAL_LINK, "WHERE digest = ?", digest)
        if not found:
            return None
        used_at = found[0].used_at
        if used_at is None or used_at.date() != at.date():
            with self._database.transaction() as connection:
                connection.execute(
                    "UPDATE personal_link SET used_at = ? WHERE digest = ?",
                    (instant_text(at), digest),
                )
        return found[0].person


def digest_of(secret: str) -> str:
    """SHA-256 is enough for 192 random bits: nobody tries them through."""
    return hashlib.sha256(secret.encode()).hexdigest()


def vouch(
    connection: sqlite3.Connection,
    numbers: Iterable[str],
    how: Literal["code", "import"],
    by: str,
    at: datetime,
) -> None:
    """Note numbers as proved, within the caller's transaction; an earlier proof stays."""
    columns = VERIFIED_NUMBER.column_list
    connection.executemany(
        f"INSERT OR IGNORE INTO verified_number ({columns}) VALUES (?, ?, ?, ?)",
        [VERIFIED_NUMBER.values(VerifiedNumber(number, at, how, by)) for number in numbers],
    )


def follow(connection: sqlite3.Connection, before: Rota | None, after: Rota) -> None:
    """Links and PINs follow a changed name, known by its mobile, and end with the person."""
    was = {person.mobile: person.name for person in before.people} if before is not None else {}
    gone = set(was.values()) - {person.name for person in after.people}
    for person in after.people:
        old = was.get(person.mobile)
        if old is not None and old != person.name and old in gone:
            connection.execute(
                "UPDATE personal_link SET person = ? WHERE person = ?",
                (clean(person.name), clean(old)),
            )
            pin_store.follow(connection, old, person.name)
    pin_store.drop_strangers(connection)
    connection.execute(
        "DELETE FROM personal_link WHERE person NOT IN (SELECT name FROM person WHERE former = 0)"
    )


def numbers_of(rota: Rota | None) -> set[str]:
    people = rota.people if rota is not None else ()
    return {number for person in people if not person.former for number in person.numbers}


def _drop_links(connection: sqlite3.Connection, person: str) -> None:
    connection.execute("DELETE FROM personal_link WHERE person = ?", (clean(person),))
