"""The rota: who covers what, changed without a manual."""

from web.duty import (  # noqa: F401 - they register their views
    calendar,
    change,
    drop,
    history,
    paper,
    rules,
    shares,
    worked,
)
from web.duty.blueprint import blueprint
from web.language import N_
from web.page import EVERYBODY, Entry, Page

DUTY = Page(blueprint, Entry("duty", "duty.month", N_("Rota"), EVERYBODY))
