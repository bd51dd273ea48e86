"""Dates, delays and numbers in the reader's manner."""

from __future__ import annotations

import gettext
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.web.catalogue import TRANSLATIONS
from web.reading import Reader

PARIS = ZoneInfo("Europe/Paris")


def reader(language: str, now: datetime, country_code: str = "33") -> Reader:
    words = gettext.translation("messages", TRANSLATIONS, [language])
    return Reader(words.gettext, words.ngettext, PARIS, now, country_code)


NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
FR, EN = reader("fr", NOW), reader("en", NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("instant", "french", "english"),
    [
        ("2026-11-24T19:30", "19:30", "19:30"),
        ("2026-11-24T00:00", "00:00", "00:00"),
        ("2026-11-25T08:00", "demain 08:00", "tomorrow 08:00"),
        ("2026-11-23T23:59", "hier 23:59", "yesterday 23:59"),
        ("2026-11-30T08:00", "lundi 08:00", "Monday 08:00"),
        ("2026-12-01T08:00", "mardi 1 décembre 08:00", "Tuesday 1 December 08:00"),
        ("2026-11-17T08:00", "mardi 17 novembre 08:00", "Tuesday 17 November 08:00"),
        ("2027-01-04T08:00", "lundi 4 janvier 2027 08:00", "Monday 4 January 2027 08:00"),
    ],
)
def test_when(instant: str, french: str, english: str) -> None:
    assert FR.when(at(instant)) == french
    assert EN.when(at(instant)) == english


@pytest.mark.parametrize(
    ("seconds", "french"),
    [
        (0, "il y a 0 s"),
        (59, "il y a 59 s"),
        (60, "il y a 1 min"),
        (3599, "il y a 59 min"),
        (3600, "il y a 1 h 00 min"),
        (12 * 3600, "il y a 12 h 00 min"),
        (12 * 3600 + 1, "07:29"),
        (-30, "il y a 0 s"),
    ],
)
def test_ago(seconds: int, french: str) -> None:
    assert FR.ago(NOW - timedelta(seconds=seconds)) == french


def test_left() -> None:
    assert FR.left(NOW + timedelta(minutes=125)) == "dans 2 h 05 min"
    assert FR.left(NOW + timedelta(days=2)) == "dans 2 jours"
    assert EN.left(NOW + timedelta(days=9)) == "in 9 days"
    assert FR.left(NOW) == "maintenant"


def test_a_delay_across_the_clock_change_is_a_difference_of_instants() -> None:
    """From 20:00 to 08:00 in the night of the spring change there are eleven hours."""
    night = reader("fr", at("2026-03-28T20:00").astimezone(UTC))
    assert night.left(at("2026-03-29T08:00")) == "dans 11 h 00 min"
    assert night.when(at("2026-03-29T08:00")) == "demain 08:00"


def test_both_half_past_two_of_autumn_read_alike() -> None:
    night = reader("fr", datetime(2026, 10, 25, 0, 0, tzinfo=UTC))
    assert night.when(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "02:30"
    assert night.when(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "02:30"
    assert night.left(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "dans 1 h 30 min"


@pytest.mark.parametrize(
    ("number", "country_code", "shown"),
    [
        ("+33601020304", "33", "06 01 02 03 04"),
        ("+33388112233", "33", "03 88 11 22 33"),
        ("+33601020304", "49", "+33601020304"),
        ("+4915112345678", "33", "+4915112345678"),
        ("+3312345", "33", "+3312345"),
        ("AMELI", "33", "AMELI"),
        ("36105", "33", "36105"),
        ("", "33", ""),
    ],
)
def test_phone(number: str, country_code: str, shown: str) -> None:
    said = reader("fr", NOW, country_code).phone(number)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == shown
    assert " " not in said
