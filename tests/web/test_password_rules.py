"""Long passwords are taken, whatever signs they are made of; the first guesses are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.store.password import NOBODY, Cost, hashed, matches
from web.password_rules import COMMON, LENGTH_MIN, LIKE_NAME, TOO_COMMON, TOO_SHORT, fault_of

CHEAP = Cost(n_log2=2, r=1, p=1)


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("trois petits chats", None),
        ("correct horse battery staple", None),
        ("Été à la mer", None),
        ("🚑🚒🚓🚕🚗🚙🚌🚎🏎🚜", None),
        ("court", TOO_SHORT),
        ("neuf sign", TOO_SHORT),
        ("motdepasse", TOO_COMMON),
        ("Mot De Passe", TOO_COMMON),
        ("MÔTDEPASSE", TOO_COMMON),
        ("azertyuiop", TOO_COMMON),
        ("1234567890", TOO_COMMON),
        ("abcdefghijkl", TOO_COMMON),
        ("zyxwvutsrq", TOO_COMMON),
        ("aaaaaaaaaaaa", TOO_COMMON),
        ("ababababababab", TOO_COMMON),
        ("alicemartin", LIKE_NAME),
        ("Alice Martin 67", LIKE_NAME),
        ("dupont2026!!", LIKE_NAME),
        ("Ambulances1", LIKE_NAME),
        ("alice aime les tartes", None),
    ],
)
def test_what_is_taken(secret: str, fault: str | None) -> None:
    assert fault_of(secret, "Alice Martin", "Ambulances Dupont") == fault


def test_the_list_holds_nothing_that_is_too_short_anyway() -> None:
    assert {secret for secret in COMMON if len(secret) < LENGTH_MIN} == set()


@given(st.text(max_size=80), st.text(max_size=80))
def test_only_the_same_password_matches_its_hash(secret: str, other: str) -> None:
    stored = hashed(secret, CHEAP)
    assert matches(secret, stored)
    if other.encode("utf-8", "replace") != secret.encode("utf-8", "replace"):
        assert not matches(other, stored)


@pytest.mark.parametrize("stored", ["", "x", "scrypt$14$8$5$$", "scrypt$a$b$c$d$e", NOBODY])
def test_a_broken_hash_and_nobody_s_are_no_match(stored: str) -> None:
    assert not matches("", stored)


def test_two_hashes_of_one_password_differ() -> None:
    assert hashed("x", CHEAP) != hashed("x", CHEAP)
    assert hashed("x").startswith("scrypt$14$8$5$")
