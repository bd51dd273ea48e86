"""Services and their line: how calls are passed on, what the SMS say, whom the site knows."""

from web.language import N_
from web.page import Entry, Page
from web.services import contact_list, contacts, hours, service, show  # noqa: F401 - their views
from web.services.blueprint import blueprint

SERVICES = Page(
    blueprint,
    Entry("services", "services.show", N_("Services")),
    audit={
        "services.added": N_("Service %(service)s added"),
        "services.changed": N_("Service %(service)s changed"),
        "services.hours": N_("Opening hours of %(service)s changed"),
        "services.contact": N_("Contact %(number)s changed"),
        "services.contacts": N_("%(count)s contacts read from a list"),
        "services.contacts_exported": N_("Contacts exported"),
    },
)
