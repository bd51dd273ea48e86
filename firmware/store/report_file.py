"""What the doctor found, for the page, in a RAM file beside the pulse: worded, in each language.

The page knows neither the modem nor the doctor's sentences; it shows what stands here, and when.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware.store.plain import from_plain, json_text, to_plain

REPORT_NAME = "doctor.json"
SIZE_MAX = 256 * 1024
_MODE = 0o640   # the page reads as a member of the daemon's group


@dataclass(frozen=True, slots=True)
class ReportLine:
    """``level`` is one of the doctor's: ok, attention, wrong, unknown. ``advice`` may be empty."""

    level: str
    check: str
    sentence: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """``verdict`` is the one sentence at the end."""

    at: datetime
    language: str
    lines: tuple[ReportLine, ...]
    verdict: str


def write_reports(folder: Path, reports: tuple[Report, ...]) -> None:
    """One of each language; a reader sees all of the old ones or all of the new. ``OSError``."""
    draft = folder / f".{REPORT_NAME}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json_text(to_plain(list(reports))))
    draft.replace(folder / REPORT_NAME)


def read_report(folder: Path, language: str) -> Report | None:
    """The last report in a language, or None when there is none or it is not one; never raises."""
    try:
        handle = os.open(folder / REPORT_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(SIZE_MAX + 1)
        if len(data) > SIZE_MAX:
            return None
        found: tuple[Report, ...] = from_plain(tuple[Report, ...], json.loads(data))
    except (OSError, ValueError, RecursionError):
        return None
    return next((each for each in found if each.language == language), None)
