"""What is going on now: who is on duty, the box, and who waits for an answer."""

from web.language import N_
from web.now import call_back, status
from web.page import EVERYBODY, Entry, Page

NOW = Page(status.blueprint, Entry("status", "status.show", N_("Now"), EVERYBODY))
CALL_BACK = Page(
    call_back.blueprint,
    Entry("call_back", "call_back.show", N_("To ring back"), EVERYBODY, "call_back_count"),
)
