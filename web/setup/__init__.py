"""The first start of a box."""

from web.language import N_
from web.page import Page
from web.setup import first
from web.setup.blueprint import blueprint

__all__ = ["SETUP", "first"]

SETUP = Page(blueprint, audit={"setup.administrator": N_("First administrator made")})
