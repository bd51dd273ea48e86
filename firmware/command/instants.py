"""Instants as people type and programs read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from firmware.command.settings import SettingsFault
from firmware.rota.local_time import first_instant

YEARS = range(1970, 2200)  # beyond these lie typing errors, and dates that clocks cannot show


def read_instant(text: str, zone: ZoneInfo, name: str) -> datetime:
    """``2026-03-29T01:00:00Z``, any ISO 8601 with an offset, or a wall clock time of the site.

    Raises `SettingsFault` naming the option.
    """
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = first_instant(instant, zone)
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise SettingsFault(
            f"{name}: an instant such as 2026-03-29T01:00:00Z is expected, not {text!r}"
        ) from fault
    if instant.year not in YEARS:
        raise SettingsFault(f"{name}: between {YEARS[0]} and {YEARS[-1]}, please, not {text}")
    return instant


def as_json(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_words(instant: datetime | None, zone: ZoneInfo) -> str:
    return "..." if instant is None else f"{instant.astimezone(zone):%a %d/%m/%Y %H:%M}"
