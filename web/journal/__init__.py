"""What happened."""

from firmware.store.account_values import Role
from web.journal import page
from web.language import N_
from web.page import Entry, Page

JOURNAL = Page(
    page.blueprint,
    Entry("journal", "journal.show", N_("Journal"), frozenset({Role.STAFF})),
)
