"""Accounts, signed-in browsers and the audit log: used by the page and by the commands."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import datetime

from firmware.store.account_values import Account, AuditEntry, Role, SignIn
from firmware.store.damaged import instants, part_of, raw_rows, read_row, readable
from firmware.store.database import Database
from firmware.store.errors import RefusedRow, translated
from firmware.store.plain import clean, instant_text
from firmware.store.table import Table

ACCOUNT = Table("account", Account, "id")
SIGN_IN = Table("sign_in", SignIn, "digest")
AUDIT = Table("audit", AuditEntry)
AUDIT_SHOWN_MAX = 1000
UNREADABLE = "line.unreadable"   # what a line says that cannot be read


class NameTaken(RefusedRow):
    """There is another account of that name."""


class LastAdministrator(RefusedRow):
    """Nobody could administer the box any more: nothing was written."""


class AccountStore:
    """Belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Accounts

    def accounts(self) -> tuple[Account, ...]:
        """All of them, by name."""
        return readable(self._database, ACCOUNT, "ORDER BY name")

    def unreadable(self) -> tuple[str, ...]:
        """Accounts that cannot be read, each by its name; empty where that is what cannot."""
        name = ACCOUNT.columns.index("name")
        found = raw_rows(self._database, f"SELECT {ACCOUNT.column_list} FROM account ORDER BY id")
        return tuple(
            str(part_of(raw[name]) or "") for raw in found if read_row(ACCOUNT, raw) is None
        )

    def account(self, account_id: int) -> Account | None:
        """None also where it is one of the ``unreadable``."""
        return self._one("WHERE id = ?", account_id)

    def named(self, name: str) -> Account | None:
        """The account of that name, whatever its capitals; None where it is ``unreadable``, too."""
        return self._one("WHERE name = ?", clean(name))

    def is_unreadable(self, name: str) -> bool:
        """Whether the account of that name is, or may be, one that cannot be read."""
        known = {each.casefold() for each in self.unreadable()}
        return clean(name).casefold() in known or ("" in known and self.named(name) is None)

    def has_administrator(self) -> bool:
        """Whether somebody can administer the box; until then the page shows the first start.

        An account that is damaged where its role stands may be the administrator's: to take a box
        in use for a new one would tell them nothing of that.
        """
        with translated(self._database.path):
            return _has_administrator(self._database.connection, "role NOT IN ('staff', 'reader')")

    def add(
        self,
        name: str,
        role: Role,
        at: datetime,
        *,
        password_hash: str = "",
        mobile: str | None = None,
        language: str | None = None,
    ) -> Account:
        """A new account. Raises ``NameTaken``."""
        with self._database.transaction() as connection:
            return add_account(
                connection, name, role, at, password_hash=password_hash, mobile=mobile,
                language=language,
            )  # fmt: skip

    def change(self, account: Account) -> None:
        """Write an account whole. Raises ``NameTaken`` or ``LastAdministrator``.

        Somebody who was disabled, or whose role or password changed, is signed out everywhere.
        """
        with self._database.transaction() as connection:
            before = ACCOUNT.select(connection, "WHERE id = ?", account.id)
            if not before:
                raise RefusedRow(f"{self._database.path}: there is no account {account.id}")
            _refuse_taken(connection, account.name, account.id)
            connection.execute(ACCOUNT.upsert, ACCOUNT.values(account))
            if not _has_administrator(connection):
                raise LastAdministrator("the last administrator cannot be taken away")
            kept = ("hash", "role", "disabled_at")
            if any(getattr(before[0], name) != getattr(account, name) for name in kept):
                connection.execute("DELETE FROM sign_in WHERE account = ?", (account.id,))

    def remove(self, account_id: int) -> None:
        """Raises ``LastAdministrator``. Its lines of the audit log stay."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM account WHERE id = ?", (account_id,))
            if not _has_administrator(connection):
                raise LastAdministrator("the last administrator cannot be taken away")

    def _one(self, condition: str, value: object) -> Account | None:
        found = readable(self._database, ACCOUNT, condition, value)
        return found[0] if found else None

    # Browsers that are signed in

    def sign_in(self, digest: str) -> tuple[SignIn, Account] | None:
        """The browser with that secret and whose it is."""
        with self._database.reading():
            found = readable(self._database, SIGN_IN, "WHERE digest = ?", digest)
            if not found:
                return None
            accounts = readable(self._database, ACCOUNT, "WHERE id = ?", found[0].account)
        return (found[0], accounts[0]) if accounts else None

    def sign_ins(self, account_id: int) -> tuple[SignIn, ...]:
        """Where this account is signed in, the last seen first."""
        return readable(
            self._database, SIGN_IN, "WHERE account = ? ORDER BY seen_at DESC", account_id
        )

    def begin(self, sign_in: SignIn, *, instead_of: str | None = None) -> None:
        """Remember a browser that signs in; its session of before ends with it."""
        with self._database.transaction() as connection:
            _end(connection, instead_of)
            connection.execute(SIGN_IN.upsert, SIGN_IN.values(sign_in))
            connection.execute(
                "UPDATE account SET last_login_at = ? WHERE id = ?",
                (instant_text(sign_in.created_at), sign_in.account),
            )

    def touch(self, sign_in: SignIn) -> None:
        """Write when a person was last seen, and what the page remembers of the browser.

        A session that was revoked meanwhile stays revoked.
        """
        plain = dict(zip(SIGN_IN.columns, SIGN_IN.values(sign_in), strict=True))
        with self._database.transaction() as connection:
            connection.execute(
                'UPDATE sign_in SET seen_at = ?, "values" = ? WHERE digest = ?',
                (plain["seen_at"], plain["values"], sign_in.digest),
            )

    def end(self, digest: str) -> None:
        with self._database.transaction() as connection:
            _end(connection, digest)

    def end_others(self, account_id: int, kept: str) -> None:
        """Sign this account out everywhere but in one browser."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM sign_in WHERE account = ? AND digest <> ?", (account_id, kept)
            )

    def end_all(self) -> None:
        """Sign everybody out: a backup must not revive what was ended since it was made."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sign_in")

    def forget_before(self, instant: datetime) -> None:
        """Drop sessions not seen since then, which no limit lets live any more."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sign_in WHERE seen_at < ?", (instant_text(instant),))

    # The audit log

    def audit(self, entry: AuditEntry) -> None:
        with self._database.transaction() as connection:
            write_audit(connection, entry)

    def audit_log(
        self, limit: int, before: int | None = None
    ) -> tuple[tuple[int, AuditEntry], ...]:
        """The newest lines with their numbers; one that cannot be read is one, too."""
        found = raw_rows(
            self._database,
            f"SELECT id, {AUDIT.column_list} FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (before if before is not None else 2**62, min(limit, AUDIT_SHOWN_MAX)),
        )
        times = instants(row[1] for row in found)
        return tuple(
            (number, read_row(AUDIT, raw) or AuditEntry(at, part_of(raw[1]) or "", UNREADABLE))
            for (number, *raw), (at, _) in zip(found, times, strict=True)
        )


def add_account(
    connection: sqlite3.Connection,
    name: str,
    role: Role,
    at: datetime,
    *,
    password_hash: str = "",
    mobile: str | None = None,
    language: str | None = None,
) -> Account:
    """A new account within the caller's transaction. Raises ``NameTaken``."""
    _refuse_taken(connection, name, 0)
    draft = Account(0, clean(name), password_hash, role, at, mobile=mobile, language=language)
    values = dict(zip(ACCOUNT.columns, ACCOUNT.values(draft), strict=True))
    del values["id"]
    names = ", ".join(f'"{column}"' for column in values)
    marks = ", ".join("?" for _ in values)
    cursor = connection.execute(
        f"INSERT INTO account ({names}) VALUES ({marks})", tuple(values.values())
    )
    return dataclasses.replace(draft, id=int(cursor.lastrowid or 0))


def write_audit(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    """Write a line within the caller's transaction."""
    marks = ", ".join("?" for _ in AUDIT.columns)
    connection.execute(
        f"INSERT INTO audit ({AUDIT.column_list}) VALUES ({marks})", AUDIT.values(entry)
    )


def _has_administrator(connection: sqlite3.Connection, role: str = "role = 'admin'") -> bool:
    found = connection.execute(
        f"SELECT 1 FROM account WHERE {role} AND disabled_at IS NULL LIMIT 1"
    )
    return found.fetchone() is not None


def _refuse_taken(connection: sqlite3.Connection, name: str, own: int) -> None:
    found = connection.execute("SELECT id FROM account WHERE name = ?", (clean(name),)).fetchone()
    if found is not None and found[0] != own:
        raise NameTaken(f"there is an account {name!r} already")


def _end(connection: sqlite3.Connection, digest: str | None) -> None:
    if digest is not None:
        connection.execute("DELETE FROM sign_in WHERE digest = ?", (digest,))
