"""People: who is on the staff, their numbers, absences and personal pages."""

from firmware.store.account_values import Role
from web.language import N_
from web.page import Entry, Page
from web.people import absence, links, numbers, person, pins, show  # noqa: F401 - their views
from web.people.blueprint import blueprint

PEOPLE = Page(
    blueprint,
    Entry("people", "people.show", N_("People"), frozenset({Role.STAFF})),
    audit={
        "people.added": N_("%(person)s added"),
        "people.changed": N_("%(person)s changed"),
        "people.removed": N_("%(person)s removed"),
        "people.left": N_("%(person)s has left"),
        "people.code": N_("Code sent to %(number)s for %(person)s"),
        "people.verified": N_("%(number)s of %(person)s verified"),
        "people.absence": N_("Absence of %(person)s entered"),
        "people.absence_ended": N_("Absence of %(person)s taken back"),
        "people.pin": N_("New telephone PIN of %(person)s"),
        "people.pin_removed": N_("Telephone PIN of %(person)s taken away"),
        "people.link": N_("Personal page of %(person)s: new address"),
        "people.link_revoked": N_("Personal page of %(person)s closed"),
    },
)
