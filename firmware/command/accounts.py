"""`veilleur setup-code` and `veilleur password`: what only somebody at the box itself may do."""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.data import open_data
from firmware.command.settings import SettingsFault
from firmware.store.account_store import AccountStore
from firmware.store.account_values import AuditEntry
from firmware.store.code_store import new_code_for_setup
from firmware.store.password import hashed
from web.password_rules import fault_of

AT_THE_BOX = "veilleur password"


def setup_code(data_dir: Path) -> int:
    """Print a new setup code; the one before it is worth nothing any more."""
    with open_data(data_dir, create=True) as database:
        code = new_code_for_setup(database, datetime.now(UTC))
    if code is None:
        print("veilleur: there is an administrator already; see `veilleur password`",
              file=sys.stderr)  # fmt: skip
        return 1
    print(code)
    return 0


def password(data_dir: Path, name: str) -> int:
    """Give an account a new password, and enable it; every browser of it is signed out."""
    now = datetime.now(UTC)
    with open_data(data_dir) as database:
        accounts = AccountStore(database)
        account = accounts.named(name)
        if account is None and accounts.is_unreadable(name):
            raise SettingsFault(
                f"the account {name!r} cannot be read, its data are damaged; what mends them: "
                "sudo systemctl restart veilleur, or switch the box off and on"
            )
        if account is None:
            known = ", ".join(repr(each.name) for each in accounts.accounts()) or "none"
            raise SettingsFault(f"there is no account {name!r}; there are: {known}")
        secret = _asked_for()
        wrong = fault_of(secret, account.name)
        if wrong is not None:
            raise SettingsFault(f"password: {wrong}")
        accounts.change(replace(account, hash=hashed(secret), disabled_at=None))
        accounts.audit(AuditEntry(now, AT_THE_BOX, "password.at_the_box",
                                  values={"account": account.name}))  # fmt: skip
    print(f"{account.name}: the new password counts from now on", file=sys.stderr)
    return 0


def _asked_for() -> str:
    """From the terminal without an echo, twice; else the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    secret = getpass.getpass("new password: ")
    if getpass.getpass("once more: ") != secret:
        raise SettingsFault("password: both must be the same")
    return secret
