"""What only somebody at the box may do: the setup code, and a new password for an account."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.command.data import open_data
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Account, Role, SignIn
from firmware.store.code_store import SETUP, CodeStore
from firmware.store.password import Cost, hashed, matches
from tests.command.conftest import Run

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
SECRET = "quatre grands chiens"  # noqa: S105 - of accounts that live for one test


@pytest.fixture
def zoe(data: Path) -> Account:
    with open_data(data) as database:
        store = AccountStore(database)
        store.add("Somebody", Role.ADMIN, NOW)
        account = store.add(
            "Zoé", Role.ADMIN, NOW, password_hash=hashed("before", Cost(4, 1, 1))
        )
        store.begin(SignIn("0" * 64, account.id, NOW, NOW, "192.168.1.7"))
        store.change(replace(account, disabled_at=NOW))
        store.begin(SignIn("1" * 64, account.id, NOW, NOW, "192.168.1.7"))
    return account


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_each_setup_code_takes_the_place_of_the_one_before_it(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "new"
    first, second = (run("setup-code", "--data", data).out.strip() for _ in range(2))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", second)
    with open_data(data) as database:
        codes = CodeStore(database)
        assert codes.check(SETUP, first, NOW) is None
        assert codes.check(SETUP, second, NOW) is not None
        stored = database.path.read_bytes()
    assert second.encode() not in stored


@pytest.mark.usefixtures("zoe")
def test_there_is_no_setup_code_once_somebody_administers_the_box(run: Run, data: Path) -> None:
    ran = run("setup-code", "--data", data)
    assert (ran.code, ran.out) == (1, "")
    assert "there is an administrator already" in ran.err


def test_a_new_password_counts_lets_in_again_and_signs_out_everywhere(
    run: Run, data: Path, zoe: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{SECRET}\n")
    ran = run("password", "zoé", "--data", data)
    assert (ran.code, ran.out) == (0, "")
    with open_data(data) as database:
        store = AccountStore(database)
        account = store.account(zoe.id)
        assert account is not None
        assert matches(SECRET, account.hash)
        assert account.disabled_at is None
        assert store.sign_ins(zoe.id) == ()
        (_, line), *_ = store.audit_log(1)
    assert (line.what, line.values) == ("password.at_the_box", {"account": "Zoé"})


def test_an_account_that_cannot_be_read_is_told_from_one_that_is_not_there(
    run: Run, data: Path, zoe: Account
) -> None:
    with open_data(data) as database, database.transaction() as connection:
        connection.execute("UPDATE account SET created_at = '?' WHERE id = ?", (zoe.id,))
    ran = run("password", "zoé", "--data", data)
    assert (ran.code, ran.out) == (2, "")
    assert "the account 'zoé' cannot be read" in ran.err
    assert "systemctl restart veilleur" in ran.err


@pytest.mark.parametrize(
    ("name", "secret", "fault"),
    [
        ("Nobody", SECRET, "there is no account 'Nobody'; there are: 'Somebody', 'Zoé'"),
        ("Zoé", "court", "At least 10 characters"),
        ("Zoé", "", "At least 10 characters"),
        ("Zoé", "motdepasse", "one of the first passwords"),
    ],
)
def test_what_cannot_be_a_password_changes_nothing(
    run: Run,
    data: Path,
    zoe: Account,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    secret: str,
    fault: str,
) -> None:
    typed(monkeypatch, f"{secret}\n")
    assert fault in run("password", name, "--data", data).fault
    with open_data(data) as database:
        account = AccountStore(database).account(zoe.id)
    assert account is not None
    assert matches("before", account.hash)
