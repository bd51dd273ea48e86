"""The rota in a real browser: a gap repaired, a shift dragged, two windows at once, one sheet."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from firmware.rota import on_duty, write_site_file
from tests.benchmarks.rota_speed import sample_rota
from tests.browser.conftest import Window, sign_in
from tests.web.house import House
from web.box import EXTENSION, Box

GAP = datetime(2026, 11, 29, 14, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
TAXI = "/rota?service=Taxi+conventionné"
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def names(app: Flask, instant: datetime, service: str) -> list[str]:
    box: Box = app.extensions[EXTENSION]
    rota = box.rota()
    assert rota is not None
    return [duty.person.name for duty in on_duty(rota, service, instant) if duty.level == 1]


def day(page: Page, date: str) -> str:
    return f'.day-cell:has(time[datetime="{date}"]) .piece'


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_gap_is_repaired_and_taken_back_in_both_languages(window: Window, app: Flask) -> None:
    """Two taps from the red banner; the undo is one more."""
    words = {
        "fr": ("Trou, personne n’est de garde :",
               "Trouver quelqu’un", "Choisir Chloé", "Enregistré."),
        "en": ("Nobody is on duty:", "Find somebody", "Choose Chloé", "Saved."),
    }
    for language, (nobody, find, choose, saved) in words.items():
        page = window.open(f"{TAXI}&lang={language}")
        fits(page)
        expect(page.locator(".gap-banner").first).to_contain_text(nobody)
        page.get_by_role("link", name=find).first.click()
        expect(page.locator(".suggestion")).to_contain_text("SMS")
        fits(page)
        # pressed twice by a nervous finger: saved once, and said so
        page.get_by_role("button", name=choose).evaluate(
            "button => { button.click(); setTimeout(() => button.click(), 30); }"
        )
        expect(page.get_by_role("status")).to_contain_text(saved)
        assert names(app, GAP, "Taxi conventionné") == ["Chloé Durand-Lefèvre"]
        expect(page.locator(".gap-banner")).to_have_count(0)
        page.locator("#undo").click()
        expect(page.locator(".gap-banner")).to_have_count(1)
        assert names(app, GAP, "Taxi conventionné") == []


def test_a_tap_shows_the_effect_and_then_saves(window: Window, app: Flask) -> None:
    page = window.open("/rota?service=Ambulance")
    page.locator(day(page, "2026-11-27")).first.click()
    page.get_by_text("Quelqu’un d’autre, ou autre chose").click()
    page.get_by_label("Quelqu’un est absent").check()
    expect(page.get_by_label("Qui vient", exact=True)).to_be_hidden()
    page.locator("#look").click()
    expect(page.locator("#preview")).to_contain_text("− 24 h")
    expect(page.locator("#preview")).to_contain_text("SMS à : Alice Martin")
    fits(page)
    assert names(app, FRIDAY, "Ambulance") == ["Alice Martin"]
    page.locator("#confirm").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"Absence\s: Alice Martin"))
    assert names(app, FRIDAY, "Ambulance") == []


def test_a_shift_is_dragged(browser: Browser, app: Flask, address: str) -> None:
    """A name onto a day replaces, a day onto a day swaps; the effect comes before the saving."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="fr-FR")
    sign_in(context, app, address)
    window = Window(context.new_page(), address)
    window.watch()
    page = window.open("/rota?service=Ambulance")
    page.locator(".hand", has_text="Bruno Petit").drag_to(
        page.locator(day(page, "2026-11-27")).first
    )
    expect(page.locator("#preview")).to_contain_text("Bruno Petit + 24 h")
    page.locator("#confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Bruno Petit remplace Alice Martin")
    assert names(app, FRIDAY, "Ambulance") == ["Bruno Petit"]
    page.locator(day(page, "2026-11-28")).first.drag_to(
        page.locator(day(page, "2026-11-30")).first
    )
    expect(page.locator("#preview")).to_contain_text("Alice Martin")
    page.locator("#confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Échange entre Alice Martin et Bruno Petit")
    assert names(app, datetime(2026, 11, 30, 12, tzinfo=UTC), "Ambulance") == ["Alice Martin"]
    context.close()
    assert window.faults == []


def test_two_windows_at_once(browser: Browser, app: Flask, address: str) -> None:
    contexts = [browser.new_context(locale="fr-FR") for _ in range(2)]
    pages = []
    for context in contexts:
        sign_in(context, app, address)
        page = context.new_page()
        page.goto(
            f"{address}/rota/change?service=Ambulance&start=2026-11-27T08:00&end=2026-11-28T08:00"
            "&out=Alice Martin&kind=absence&look=1"
        )
        pages.append(page)
    first, second = pages
    first.locator("#confirm").click()
    expect(first.get_by_role("status")).to_contain_text("Enregistré.")
    second.locator("#confirm").click()
    expect(second.get_by_role("alert")).to_contain_text("Sophie Admin, 19:30 :")
    expect(second.locator("#start")).to_have_value("2026-11-27T08:00")
    assert names(app, FRIDAY, "Ambulance") == []
    for context in contexts:
        context.close()


def test_the_fullest_month_is_one_sheet_of_a4(
    browser: Browser, app: Flask, address: str, house: House
) -> None:
    context = browser.new_context(locale="fr-FR")
    sign_in(context, app, address)
    page = context.new_page()
    for path in ("/rota/print?month=2026-12", "/rota/print?month=2026-08&all=1"):
        page.goto(address + path)
        assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 1
    house.load(write_site_file(sample_rota()))
    for month in ("2026-08", "2027-02"):
        page.goto(f"{address}/rota/print?month={month}")
        assert len(PAGE_OF_PDF.findall(page.pdf(prefer_css_page_size=True))) == 1
    context.close()
