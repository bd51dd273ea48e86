"""The rota: who is on duty, from the site file alone. See README.md."""

from firmware.rota.handover import Handover, handovers, next_handover
from firmware.rota.on_duty import on_duty
from firmware.rota.opening_hours import next_opening_change, office_number
from firmware.rota.values import (
    Duty,
    OpeningHours,
    Override,
    Person,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    UnknownNameError,
    Window,
    administrators,
    everybody,
)

__all__ = [
    "Duty",
    "Handover",
    "OpeningHours",
    "Override",
    "Person",
    "Rota",
    "Rotation",
    "Service",
    "Site",
    "Step",
    "UnknownNameError",
    "Window",
    "administrators",
    "everybody",
    "handovers",
    "next_handover",
    "next_opening_change",
    "office_number",
    "on_duty",
]
