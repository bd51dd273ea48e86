"""Passwords and codes at rest: scrypt of the standard library (RFC 7914).

The cost is the one of OWASP's equal choices that needs least memory (N=2^14, r=8, p=5: 16 MB for a
quarter of a second here); one is reckoned at a time, so that tries in parallel cannot fill a
Raspberry Pi. The cost lies in the hash: it can be raised without anybody losing their password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass

SALT_OCTETS, KEY_OCTETS = 16, 32
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Cost:
    """RFC 7914's N (as a power of two), r and p."""

    n_log2: int = 14
    r: int = 8
    p: int = 5


def hashed(secret: str, cost: Cost | None = None) -> str:
    """``scrypt$14$8$5$SALT$KEY``."""
    cost = cost or Cost()
    salt = secrets.token_bytes(SALT_OCTETS)
    key = _scrypt(secret, salt, cost)
    numbers = f"{cost.n_log2}${cost.r}${cost.p}"
    return f"scrypt${numbers}${_text(salt)}${_text(key)}"


# For names that do not exist: looking takes as long as it does for those that do
NOBODY = f"scrypt$14$8$5${'A' * 22}==${'A' * 43}="


def matches(secret: str, stored: str) -> bool:
    """Whether ``secret`` is what was hashed; an empty or broken hash takes as long and is no."""
    try:
        kind, n_log2, r, p, salt, key = stored.split("$")
        cost = Cost(int(n_log2), int(r), int(p))
        wanted = base64.b64decode(key, validate=True)
        given = _scrypt(secret, base64.b64decode(salt, validate=True), cost)
    except ValueError:
        if stored != NOBODY:
            matches(secret, NOBODY)
        return False
    return kind == "scrypt" and hmac.compare_digest(given, wanted) and stored != NOBODY


def _scrypt(secret: str, salt: bytes, cost: Cost) -> bytes:
    n = 1 << cost.n_log2
    with _ONE_AT_A_TIME:
        return hashlib.scrypt(
            secret.encode("utf-8", "replace"), salt=salt, n=n, r=cost.r, p=cost.p,
            maxmem=129 * n * cost.r + 2**20, dklen=KEY_OCTETS,
        )  # fmt: skip


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
