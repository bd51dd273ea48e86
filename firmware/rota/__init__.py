"""The rota: who is on duty, from the site file alone. See README.md."""

from firmware.rota.coverage import Gap, gaps
from firmware.rota.fields import Fault
from firmware.rota.greeting import greeting_for, greeting_times
from firmware.rota.handover import (
    Handover,
    borrowed_until,
    handovers,
    next_handover,
    next_level_change,
)
from firmware.rota.notice import NoticeFault, notice_faults
from firmware.rota.number import NumberFault, normalise_number
from firmware.rota.on_duty import on_duty
from firmware.rota.opening_hours import next_opening_change, office_number
from firmware.rota.rotation import is_over
from firmware.rota.shifts import Shift, shifts
from firmware.rota.site_file import SiteFileFaults, read_site_file
from firmware.rota.site_text import write_site_file
from firmware.rota.values import (
    AlertTexts,
    Contact,
    Duty,
    Greeting,
    Health,
    OpeningHours,
    Override,
    Person,
    Retention,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    UnknownNameError,
    VoiceRules,
    Window,
    administrators,
    everybody,
)

__all__ = [
    "AlertTexts",
    "Contact",
    "Duty",
    "Fault",
    "Gap",
    "Greeting",
    "Handover",
    "Health",
    "NoticeFault",
    "NumberFault",
    "OpeningHours",
    "Override",
    "Person",
    "Retention",
    "Rota",
    "Rotation",
    "Service",
    "Shift",
    "Site",
    "SiteFileFaults",
    "Step",
    "UnknownNameError",
    "VoiceRules",
    "Window",
    "administrators",
    "borrowed_until",
    "everybody",
    "gaps",
    "greeting_for",
    "greeting_times",
    "handovers",
    "is_over",
    "next_handover",
    "next_level_change",
    "next_opening_change",
    "normalise_number",
    "notice_faults",
    "office_number",
    "on_duty",
    "read_site_file",
    "shifts",
    "write_site_file",
]
