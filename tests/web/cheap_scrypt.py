"""scrypt at a thousandth of its cost, for tests of the page that sign in again and again.

The cost that is asked for and written beside the hash stays the real one; only the reckoning is
cheap, at both ends. `test_password_rules` holds the real one.
"""

from __future__ import annotations

import hashlib

import pytest

from firmware.store import password
from firmware.store.password import Cost


def make_scrypt_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    def cheap(secret: str, salt: bytes, cost: Cost) -> bytes:
        octets = secret.encode("utf-8", "replace") + bytes((cost.n_log2, cost.r, cost.p))
        return hashlib.scrypt(octets, salt=salt, n=2, r=1, p=1, dklen=password.KEY_OCTETS)

    monkeypatch.setattr(password, "_scrypt", cheap)
