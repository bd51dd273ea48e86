"""Settings and sessions in two browsers at once."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Browser, expect

from firmware.store.account_values import Role
from firmware.store.password import Cost, hashed
from tests.browser.conftest import Window, sign_in
from tests.web.house import House
from web.box import EXTENSION, Box

SECRET = "trois petits chats"  # noqa: S105 - of an account that lives for one test
REFUSED = re.compile(
    r"console: (Failed to load resource|Response Status Error Code (401|409|422))"
)


def test_two_administrators_change_the_company_at_once(
    window: Window, browser: Browser, app: Flask, address: str
) -> None:
    page = window.open("/settings")
    page.get_by_role("link", name="Entreprise").click()
    page.locator("#name").fill("Ambulances Muller")
    other = browser.new_context()
    sign_in(other, app, address)
    second = other.new_page()
    second.goto(f"{address}/settings/site")
    second.locator("#holidays").select_option("FR-67")
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_text("Enregistré.")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Enregistrer").click()
    conflict = page.get_by_role("alert").filter(has_text="Quelqu’un d’autre a modifié")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("Sophie Admin")
    expect(page.locator("#name")).to_have_value("Ambulances Muller")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    expect(page.locator("#nav-brand")).to_contain_text("Ambulances Muller")
    window.faults[:] = [fault for fault in window.faults if not REFUSED.match(fault)]


def test_an_account_is_made_and_its_owner_signs_in_and_is_locked_out(
    window: Window, browser: Browser, address: str
) -> None:
    page = window.open("/settings/users")
    page.locator("#name").fill("Bruno Petit")
    page.get_by_role("button", name="Créer le compte").click()
    secret = page.locator("#shown").inner_text()
    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(f"{address}/journal")
    theirs.get_by_label("Votre nom").fill("Bruno Petit")
    theirs.get_by_label("Mot de passe").fill(secret)
    theirs.get_by_role("button", name="Se connecter").click()
    expect(theirs.get_by_role("heading", name="Journal")).to_be_visible()
    expect(theirs.locator("#nav-settings")).to_have_count(0)
    page.get_by_role("link", name="Comptes").click()
    page.get_by_role("link", name="Bruno Petit").click()
    page.get_by_role("button", name="Ne plus laisser se connecter").click()
    # Their open page is taken to the door by itself
    expect(theirs.get_by_role("button", name="Se connecter")).to_be_visible()
    context.close()


def test_a_session_that_ends_comes_back_to_where_it_was(
    house: House, app: Flask, window: Window
) -> None:
    box: Box = app.extensions[EXTENSION]
    cheap = hashed(SECRET, Cost(n_log2=4, r=1, p=1))
    account = box.accounts.add("Zoé", Role.STAFF, house.now, password_hash=cheap)
    page = window.open("/journal?kind=call")
    page.context.clear_cookies()
    expect(page.get_by_label("Votre nom")).to_be_visible()
    page.get_by_label("Votre nom").fill("Zoé")
    page.get_by_label("Mot de passe").fill("faux mot de passe")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    page.get_by_label("Mot de passe").fill(SECRET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()
    assert box.accounts.sign_ins(account.id)
    window.faults[:] = [fault for fault in window.faults if not REFUSED.match(fault)]
