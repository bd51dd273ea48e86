"""Codes that go to an account's own mobile by SMS; the daemon sends them."""

from __future__ import annotations

from firmware.record import RequestKind
from firmware.store.account_values import Account
from firmware.store.code_store import SMS_DIGITS, SMS_LIVES, new_sms_code
from firmware.store.throttle import Limit
from web.accounts.sign_in import request_place
from web.box import box

FREE_SENDS, FREE_PLACE, FREE_TRIES = 3, 10, 5


def send_code(account: Account, purpose: str) -> None:
    """A new code in place of the one before it, on its way to the account's mobile."""
    now, secret = box().clock(), new_sms_code()
    box().codes.put(purpose, secret, now, now + SMS_LIVES)
    values = {"mobile": account.mobile or "", "code": secret}
    box().store.ask(RequestKind.SEND_CODE, values, by=account.name, at=now)


def pretend_to_send() -> None:
    """As much work as `send_code`, for a name that gets none."""
    now = box().clock()
    box().codes.put(purpose_of("nobody", 0), new_sms_code(), now, now)
    box().codes.drop(purpose_of("nobody", 0))


def purpose_of(why: str, account_id: int) -> str:
    return f"{why}:{account_id}"


def send_limits(why: str, name: str) -> list[Limit]:
    """Each SMS costs money and rings somebody's telephone: few for a name, some for an address."""
    return [
        Limit(f"{why}-send:{name.casefold()}", FREE_SENDS),
        Limit(f"{why}-send@{request_place()}", FREE_PLACE),
    ]


def try_limits(why: str, name: str) -> list[Limit]:
    return [
        Limit(f"{why}-try:{name.casefold()}", FREE_TRIES, cleared=True),
        Limit(f"{why}-try@{request_place()}", FREE_PLACE),
    ]


def read_digits(typed: str) -> str:
    """Six digits, however they are grouped; anything else is no code."""
    digits = "".join(typed.split())
    return digits if len(digits) == SMS_DIGITS and digits.isascii() else ""
