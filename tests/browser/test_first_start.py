"""A new box, from the code that it shows to the call that the page sees; on a phone in French, at a
desk in English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from firmware.record import CallOutcome, JournalEntry, JournalKind
from firmware.store.code_store import SETUP
from tests.browser.conftest import WIDTHS, WITHIN_MS, Window
from tests.web.house import ALICE, House
from web.box import EXTENSION, Box

CODE, SECRET = "7K2M-94QX", "trois petits chats"
WORDS = {
    "fr": ("Continuer", "Oui : mettre le boîtier en service", "Le boîtier a vu l’appel.",
           "Envoyer un SMS d’essai", "Le téléphone a confirmé le SMS.", "Terminer",
           "Le boîtier est en service.", "reçoit les alarmes", "Enregistrer et ajouter des lignes"),
    "en": ("Go on", "Yes: put the box into service", "The box has seen the call.",
           "Send a test SMS", "The telephone has confirmed the SMS.", "Finish",
           "The box is in service.", "gets the alarms", "Save, and add more"),
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A box that has never been set up."""
    with House(tmp_path / "data", site=None) as house:
        house.wake()
        yield house


@pytest.fixture(params=[("phone", "fr"), ("desktop", "en")], ids=lambda param: "-".join(param))
def visit(
    request: pytest.FixtureRequest, browser: Browser, app: Flask, address: str, house: House
) -> Iterator[tuple[Window, str]]:
    """A window in which nobody is signed in."""
    size, language = request.param
    box: Box = app.extensions[EXTENSION]
    box.codes.put(SETUP, CODE, house.now)
    width, height = WIDTHS[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(WITHIN_MS)
    window = Window(context.new_page(), address)
    window.watch()
    yield window, language
    context.close()
    # What Chromium says by itself about a form that comes back with a fault beside a field
    assert [fault for fault in window.faults if "status of 422" not in fault] == []


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_start(visit: tuple[Window, str], house: House) -> None:
    window, language = visit
    go_on, yes, seen, send, confirmed, finish, in_service, alarms, more = WORDS[language]
    page = window.open(f"/?lang={language}")
    page.goto(f"{window.address}/setup?lang={language}")
    fits(page)
    page.locator("#code").fill("7k2m 94qx")
    page.locator("#name").fill("Alice Martin")
    page.locator("#password").fill(SECRET)
    page.locator("#again").fill(SECRET)
    page.get_by_role("button", name=go_on).click()
    # The company
    page.locator("#name").fill("Ambulances Dupont")
    fits(page)
    page.get_by_role("button", name=go_on).click()
    # The people; the first one is oneself
    expect(page.locator("#name-0")).to_have_value("Alice Martin")
    expect(page.get_by_label(alarms).first).to_be_checked()
    page.locator("#mobile-0").fill("06 01 02")
    page.locator("#name-1").fill("Bruno Petit")
    page.locator("#mobile-1").fill("06 05 06 07 08")
    fits(page)
    page.get_by_role("button", name=go_on, exact=True).click()
    expect(page.locator("#mobile-0-wrong")).to_be_visible()
    expect(page.locator("#name-1")).to_have_value("Bruno Petit")
    page.locator("#mobile-0").fill("06 01 02 03 04")
    page.get_by_role("button", name=more).click()
    expect(page.locator("#name-1")).to_have_value("Bruno Petit")
    page.get_by_role("button", name=go_on, exact=True).click()
    # Left, and taken up again
    expect(page.locator("#minutes")).to_have_value("5")
    page.goto(window.address)
    page.locator("#to-setup").click()
    page.get_by_role("button", name=go_on).click()
    expect(page.locator("#place-2")).to_have_value("2")
    fits(page)
    page.get_by_role("button", name=go_on).click()
    expect(page.locator("#content")).to_contain_text("Bruno Petit")
    fits(page)
    page.get_by_role("button", name=yes).click()
    # The box examines itself; here nobody does what the page asks
    page.locator("main:has([role=status]) a.button").click()
    # The page watches the first call and the first SMS
    page.evaluate("window.sameDocument = true")
    house.call(1, CallOutcome.DIVERTED, 0)
    expect(page.get_by_text(seen)).to_be_visible()
    page.get_by_role("button", name=send).click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert [wish["mobile"] for wish in house.wishes() if "mobile" in wish] == [ALICE]
    house.record(
        JournalEntry(
            house.now, JournalKind.SMS_OUT, number=ALICE, outcome="delivered", key="sms_out:1"
        )
    )
    expect(page.get_by_text(confirmed)).to_be_visible()
    assert page.evaluate("window.sameDocument === true")
    fits(page)
    page.get_by_role("button", name=finish).click()
    expect(page.get_by_text(in_service)).to_be_visible()
    expect(page.locator(".who").first).to_have_text("Alice Martin")
