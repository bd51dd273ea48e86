"""Who is on duty: the one function that everything else asks."""

from __future__ import annotations

from datetime import datetime

from firmware.rota.level import service_rota
from firmware.rota.local_time import as_utc
from firmware.rota.values import Duty, Rota


def on_duty(rota: Rota, service_name: str, instant: datetime) -> tuple[Duty, ...]:
    """Everybody on duty for a service at ``instant``, by level, then in the order of the rules.

    ``UnknownNameError`` for a service or a person that the rota lacks, ValueError for a naive
    instant.
    """
    instant = as_utc(instant)
    found: tuple[Duty, ...] = ()
    for level in service_rota(rota, service_name).levels:
        found += level.duties(instant)
    return found
