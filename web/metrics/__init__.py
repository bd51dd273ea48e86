"""A few figures for the IT department's monitoring."""

from web.metrics import page
from web.page import Page

METRICS = Page(page.blueprint)
