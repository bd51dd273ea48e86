"""All pages, in the order in which they stand at the top: a new page package is named here."""

from __future__ import annotations

from web.accounts import ACCOUNTS
from web.demo import DEMO
from web.duty import DUTY
from web.journal import JOURNAL
from web.metrics import METRICS
from web.now import CALL_BACK, NOW
from web.page import Page
from web.people import PEOPLE
from web.personal import PERSONAL
from web.services import SERVICES
from web.settings import SETTINGS
from web.setup import SETUP
from web.voice import VOICE

PAGES: tuple[Page, ...] = (
    NOW,
    CALL_BACK,
    VOICE,
    DUTY,
    JOURNAL,
    PEOPLE,
    SERVICES,
    SETTINGS,
    ACCOUNTS,
    SETUP,
    PERSONAL,
    METRICS,
)
# Only where the application was given virtual telephones
DEMO_PAGES: tuple[Page, ...] = (DEMO,)
