"""The word by which the box knows its own SMS again."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from firmware.health.token import LENGTH, LETTERS, holds_token, make_token


@given(st.text(max_size=30), st.text(max_size=30))
def test_it_depends_on_every_secret(one: str, other: str) -> None:
    assert make_token(one, "x") == make_token(one, "x")
    assert (make_token(one) == make_token(other)) == (one == other)


@given(st.integers())
def test_its_form(secret: int) -> None:
    assert re.fullmatch(f"[{LETTERS}]{{{LENGTH}}}", make_token(secret))


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    token = make_token("secret")
    assert holds_token(f"{before}{token}{after}", token)
    assert holds_token(f"{before}{token.lower()}{after}", token)


def test_no_token_is_in_no_text() -> None:
    assert not holds_token("anything", "")
