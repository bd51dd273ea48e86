"""Bank holidays against the ``holidays`` library."""

from __future__ import annotations

from datetime import date

import holidays as library
import pytest

from firmware.rota.holidays import bank_holidays, easter

YEARS = range(2020, 2041)
SUBDIVISIONS = {"FR-57": "57", "FR-67": "6AE", "FR-68": "6AE"}  # 6AE: both Alsatian departments


@pytest.mark.parametrize("year", YEARS)
def test_france(year: int) -> None:
    assert set(bank_holidays("FR", False, year)) == set(library.country_holidays("FR", years=year))


@pytest.mark.parametrize("code", SUBDIVISIONS)
@pytest.mark.parametrize("year", YEARS)
def test_alsace_moselle(code: str, year: int) -> None:
    theirs = set(library.country_holidays("FR", subdiv=SUBDIVISIONS[code], years=year))
    assert set(bank_holidays(code, True, year)) == theirs
    friday = {day for day, name in bank_holidays(code, True, year).items() if "friday" in name}
    assert len(friday) == 1
    assert set(bank_holidays(code, False, year)) == theirs - friday


@pytest.mark.parametrize("year", YEARS)
def test_eleven_days_with_names(year: int) -> None:
    assert len(set(bank_holidays("FR", False, year).values())) == 11
    assert len(set(bank_holidays("FR-67", True, year).values())) == 13


def test_easter_at_its_limits() -> None:
    # The earliest and the latest date of the Gregorian calendar, and the two exceptions of Gauss.
    assert easter(1818) == date(1818, 3, 22)
    assert easter(2038) == date(2038, 4, 25)
    assert easter(1954) == date(1954, 4, 18)
    assert easter(1981) == date(1981, 4, 19)


def test_two_holidays_on_one_day() -> None:
    assert len(bank_holidays("FR", False, 2008)) == 10  # Ascension on the 1st of May


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="FR-99"):
        bank_holidays("FR-99", False, 2026)
