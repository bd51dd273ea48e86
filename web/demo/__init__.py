"""The demo's virtual telephones."""

from web.demo import page
from web.language import N_
from web.page import EVERYBODY, Entry, Page

DEMO = Page(page.blueprint, Entry("demo", "demo.show", N_("Demo"), EVERYBODY))
