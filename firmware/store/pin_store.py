"""PINs of the staff for the telephone: who rings the box's own number proves with it who they are.

Four to eight digits are soon tried through by a program; what protects them is that the telephone
takes few tries an hour (the conversation counts them) and that the caller's number must be theirs.
The cost is a fifth of a password's, because the call daemon waits for it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from firmware.rota.text import TextError
from firmware.store.damaged import readable
from firmware.store.database import Database
from firmware.store.password import Cost, hashed, matches
from firmware.store.plain import clean
from firmware.store.table import Table

DIGITS = (4, 8)
_COST = Cost(n_log2=14, r=8, p=1)
_RUNS = "01234567890123456789", "98765432109876543210"


@dataclass(frozen=True, slots=True)
class PhonePin:
    """``hash`` holds its salt and cost; ``set_by`` is an account's name, or the person's own."""

    person: str
    hash: str
    set_at: datetime
    set_by: str


PHONE_PIN = Table("phone_pin", PhonePin, "person")


class WeakPin(TextError):  # noqa: N818 - a fault of the input, named like the others
    """A PIN that will not be taken; its text says why."""


class PinStore:
    """Belongs to the thread that opened the database; `matches` of the hash to any."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, person: str, pin: str, by: str, at: datetime) -> None:
        """A PIN in place of the one before. Raises ``WeakPin``."""
        row = PhonePin(person, hashed(checked(pin), _COST), at, by)
        with self._database.transaction() as connection:
            connection.execute(PHONE_PIN.upsert, PHONE_PIN.values(row))

    def remove(self, person: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM phone_pin WHERE person = ?", (clean(person),))

    def of(self, person: str) -> PhonePin | None:
        found = readable(self._database, PHONE_PIN, "WHERE person = ?", clean(person))
        return found[0] if found else None

    def verify(self, person: str, pin: str) -> bool:
        """Whether ``pin`` is that person's; False, too, for a person who has none."""
        known = self.of(person)
        return known is not None and matches(pin, known.hash)


def checked(pin: str) -> str:
    """``pin`` without blanks. Raises ``WeakPin``."""
    digits = "".join(pin.split())
    lowest, highest = DIGITS
    if not (digits.isascii() and digits.isdigit() and lowest <= len(digits) <= highest):
        raise WeakPin("a PIN has {lowest} to {highest} digits", lowest=lowest, highest=highest)
    if len(set(digits)) == 1 or any(digits in run for run in _RUNS):
        raise WeakPin("this PIN is the first that somebody would try: no 0000, no 1234")
    return digits


def follow(connection: sqlite3.Connection, old: str, new: str) -> None:
    """The PIN goes with a changed name, within the caller's transaction."""
    connection.execute(
        "UPDATE OR REPLACE phone_pin SET person = ? WHERE person = ?", (clean(new), clean(old))
    )


def drop_strangers(connection: sqlite3.Connection) -> None:
    """Nobody who has left keeps a PIN."""
    connection.execute(
        "DELETE FROM phone_pin WHERE person NOT IN (SELECT name FROM person WHERE former = 0)"
    )
