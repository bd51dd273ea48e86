"""Who may open the page, as values: accounts, signed-in browsers, lines of the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; an administrator may do everything."""

    ADMIN = "admin"
    STAFF = "staff"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a password of their own.

    ``hash`` is empty for an account that nobody can sign in to. ``mobile`` (E.164) counts for a
    lost password only once ``mobile_verified_at`` is set. ``language`` None: the site's.
    """

    id: int
    name: str
    hash: str
    role: Role
    created_at: datetime
    mobile: str | None = None
    mobile_verified_at: datetime | None = None
    language: str | None = None
    last_login_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser that is signed in; ``seen_at`` is its last request made by a person.

    ``digest`` is the SHA-256 of the secret in its cookie. ``values`` is what the page remembers of
    this browser between two requests, under the browser's own session alone.
    """

    digest: str
    account: int
    created_at: datetime
    seen_at: datetime
    address: str
    device: str = ""
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who (``name``; ``account`` where there is one) changed what, when, from which address."""

    at: datetime
    name: str
    what: str
    address: str = ""
    account: int | None = None
    values: dict[str, str] = field(default_factory=dict)
