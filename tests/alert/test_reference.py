"""References: free, never misread, never a word, all of them used before one comes again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware.alert.reference import (
    ALPHABET,
    DIGITS,
    DURATION,
    free_reference,
    is_reference,
    reference,
)
from firmware.sms.staff_commands import WORDS
from tests.sms.patience import patient

MISREAD = set("01ILOSZB5")


def test_no_two_characters_look_alike() -> None:
    assert not MISREAD - {"Z"} & set(ALPHABET)
    assert "Z" not in ALPHABET or "2" not in ALPHABET
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_every_value_comes_before_one_comes_again() -> None:
    seen = [reference(number) for number in range(len(ALPHABET) ** 3)]
    assert len(set(seen)) == len(seen)


@patient
@given(st.integers(0, 10**9), st.sets(st.integers(0, 19_682), max_size=300))
def test_a_free_one_is_found_and_is_one(number: int, taken_numbers: set[int]) -> None:
    taken = {reference(each) for each in taken_numbers}
    found = free_reference(number, taken)
    assert found not in taken
    assert is_reference(found)
    assert any(character in DIGITS for character in found)
    assert found.lower() not in WORDS
    assert DURATION.fullmatch(found) is None


def test_no_alert_is_named_by_a_length_of_time() -> None:
    """A telephone showed `OK 37h` for `OK 67J`: what a message garbles must name nothing else."""
    found = {free_reference(number, ()) for number in range(len(ALPHABET) ** 3)}
    assert not {"48H", "9MN", "22M", "H79"} & found
    assert len(found) > 10_000


def test_neighbours_look_nothing_alike() -> None:
    for number in range(2_000):
        one, other = reference(number), reference(number + 1)
        assert sum(a == b for a, b in zip(one, other, strict=True)) <= 1


def test_what_is_no_reference() -> None:
    for word in ("", "8F", "8F22", "8f2", "ABC", "OK2", "8B2", "0F2", "é22", "88\u0660"):
        assert not is_reference(word)
