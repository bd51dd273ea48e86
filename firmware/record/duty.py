"""What the staff said of their duty by SMS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Intervention:
    """Working time marked by SMS: from DEBUT to FIN; ``ended_at`` None while it lasts."""

    id: int
    person: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RotaOverride:
    """An override that came by SMS (RELAIS); times are wall clock in the site's zone."""

    service: str
    level: int
    start: datetime
    end: datetime
    out: str | None
    in_: str | None
    entered_at: datetime
    entered_by: str
