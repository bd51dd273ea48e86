"""The first start of a box."""

from web.language import N_
from web.page import Page
from web.setup import doctor, first, frame, steps, trial
from web.setup.blueprint import blueprint

__all__ = ["SETUP", "doctor", "first", "frame", "steps", "trial"]

SETUP = Page(
    blueprint,
    audit={
        "setup.administrator": N_("First administrator made"),
        "setup.site": N_("%(site)s put into service"),
        "setup.doctor": N_("Examination of the box asked for"),
        "setup.test": N_("Test SMS to %(person)s"),
    },
)
