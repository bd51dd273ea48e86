"""A person's own page behind a secret address: shifts, swaps, the calendar. No account needed."""

from web.language import N_
from web.page import Page
from web.personal import page, pin, swaps  # noqa: F401 - they register their views
from web.personal.blueprint import blueprint

PERSONAL = Page(
    blueprint,
    audit={
        "personal.pin": N_("On the personal page: new telephone PIN of %(person)s"),
        "personal.swap_asked": N_("On the personal page: %(person)s asks %(other)s for a swap"),
        "personal.swap_answered": N_("On the personal page: %(person)s answers about a swap"),
    },
)
