"""Codes that work once: the setup code of a new box, the code of a lost password.

Only their scrypt hash is kept. A code dies when it is used, replaced, too old, or was guessed
wrongly `WRONG_MAX` times; whoever asks for a new one is held back by `throttle`.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.store.account_store import ACCOUNT, add_account
from firmware.store.account_values import Account, Role
from firmware.store.database import Database
from firmware.store.errors import RefusedRow, translated
from firmware.store.password import hashed, matches
from firmware.store.plain import instant_text
from firmware.store.table import Table

# The first dies with each start of the daemon, the second is on paper in the box: see `label`
SETUP, LABEL = "setup", "label"
# What travels by SMS: six digits, and little time to guess them in
SMS_DIGITS, SMS_LIVES = 6, timedelta(minutes=15)
WRONG_MAX = 10
# Crockford's base 32 without what is misread aloud: 2^40 codes of eight signs
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_SIGNS = 2, 4


@dataclass(frozen=True, slots=True)
class Code:
    """``expires_at`` None: it lives until it is used or replaced."""

    purpose: str
    hash: str
    created_at: datetime
    expires_at: datetime | None = None
    failures: int = 0
    used_at: datetime | None = None


CODE = Table("code", Code, "purpose")


class CodeUsed(RefusedRow):
    """Somebody else was quicker with the code, or the box has its administrator already."""


def new_setup_code() -> str:
    """``7K2M-94QX``."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP_SIGNS)) for _ in range(GROUPS))
    return "-".join(groups)


def new_sms_code() -> str:
    """``041977``."""
    return f"{secrets.randbelow(10**SMS_DIGITS):0{SMS_DIGITS}d}"


def read_setup_code(typed: str) -> str:
    """What was meant by what was typed: small letters, blanks, O for 0, I and L for 1."""
    signs = typed.upper().translate(str.maketrans("OIL", "011", " -\N{NO-BREAK SPACE}\t"))
    return "-".join(signs[at : at + GROUP_SIGNS] for at in range(0, len(signs), GROUP_SIGNS))


class CodeStore:
    """Belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self, purpose: str, secret: str, now: datetime, expires_at: datetime | None = None
    ) -> None:
        """A new code in place of the one before it."""
        code = Code(purpose, hashed(secret), now, expires_at)
        with self._database.transaction() as connection:
            connection.execute(CODE.upsert, CODE.values(code))

    def check(self, purpose: str, secret: str, now: datetime) -> Code | None:
        """The code, if ``secret`` is right and it still counts. A wrong one is counted."""
        with translated(self._database.path):
            found = CODE.select(self._database.connection, "WHERE purpose = ?", purpose)
        code = found[0] if found else None
        right = matches(secret, code.hash if code is not None else "")
        if code is None or not _counts(code, now):
            return None
        if right:
            return code
        self._count(code)
        return None

    def check_setup(self, secret: str, now: datetime) -> Code | None:
        """The same for the setup code, which may be the one that the box has shown or the one on
        its label. A wrong one is counted for both."""
        wrong: list[Code] = []
        for purpose in (SETUP, LABEL):
            with translated(self._database.path):
                found = CODE.select(self._database.connection, "WHERE purpose = ?", purpose)
            right = matches(secret, found[0].hash if found else "")
            counting = [code for code in found if _counts(code, now)]
            if counting and right:
                return counting[0]
            wrong += counting
        for code in wrong:
            self._count(code)
        return None

    def _count(self, code: Code) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE code SET failures = failures + 1 WHERE purpose = ? AND hash = ?",
                (code.purpose, code.hash),
            )

    def make_administrator(
        self, code: Code, name: str, password_hash: str, now: datetime, language: str | None
    ) -> Account:
        """The first administrator, for the setup code: both or neither. Raises ``CodeUsed``."""
        with self._database.transaction() as connection:
            use(connection, code, now)
            if connection.execute("SELECT 1 FROM account WHERE role = 'admin'").fetchone():
                raise CodeUsed("the box has its administrator already")
            # The label is not to open the page again, should the administrator be deleted one day
            connection.execute("DELETE FROM code WHERE purpose = ?", (LABEL,))
            return add_account(
                connection, name, Role.ADMIN, now, password_hash=password_hash, language=language
            )

    def change_password(self, code: Code, account_id: int, hash_: str, now: datetime) -> None:
        """A new password for a code, and every browser signed out. Raises ``CodeUsed``."""
        with self._database.transaction() as connection:
            use(connection, code, now)
            connection.execute("UPDATE account SET hash = ? WHERE id = ?", (hash_, account_id))
            connection.execute("DELETE FROM sign_in WHERE account = ?", (account_id,))

    def prove_mobile(self, code: Code, account: Account, now: datetime) -> None:
        """``account``'s mobile is proved, if it is still the same one. Raises ``CodeUsed``."""
        with self._database.transaction() as connection:
            use(connection, code, now)
            proved = connection.execute(
                "UPDATE account SET mobile_verified_at = ? WHERE id = ? AND mobile = ?",
                (instant_text(now), account.id, account.mobile),
            )
            if proved.rowcount != 1:
                raise CodeUsed("the mobile was changed meanwhile")

    def drop(self, purpose: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM code WHERE purpose = ?", (purpose,))


def new_code_for_setup(database: Database, now: datetime) -> str | None:
    """A new setup code while there is no administrator; the one before it dies."""
    return _new_code(database, SETUP, now)


def new_code_for_label(database: Database, now: datetime) -> str | None:
    """The same for the box's label; no start of the daemon replaces it."""
    return _new_code(database, LABEL, now)


def _new_code(database: Database, purpose: str, now: datetime) -> str | None:
    with translated(database.path):
        found = ACCOUNT.select(database.connection, "WHERE role = 'admin' AND disabled_at IS NULL")
    if found:
        return None
    secret = new_setup_code()
    CodeStore(database).put(purpose, secret, now)
    return secret


def _counts(code: Code, now: datetime) -> bool:
    in_time = code.expires_at is None or now < code.expires_at
    return code.used_at is None and in_time and code.failures < WRONG_MAX


def use(connection: sqlite3.Connection, code: Code, now: datetime) -> None:
    """Spend the code within the caller's transaction. Raises ``CodeUsed``."""
    used = connection.execute(
        "UPDATE code SET used_at = ? WHERE purpose = ? AND hash = ? AND used_at IS NULL",
        (instant_text(now), code.purpose, code.hash),
    )
    if used.rowcount != 1:
        raise CodeUsed("the code was used already")
