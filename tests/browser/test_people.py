"""A secretary's evening in Chromium: a new colleague, a leave, a swap; words and contacts.

One story each, as a whole, on a telephone and on a desk.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from firmware.duty.swap_parts import parts_of
from tests.browser.conftest import WIDTHS, WITHIN_MS, Window
from tests.web.house import House


def test_a_new_colleague_a_leave_and_a_swap(
    window: Window, house: House, browser: Browser
) -> None:
    page = window.open("/")
    page.click("#nav-people")
    page.get_by_role("link", name="Ajouter une personne").click()
    page.get_by_label("Prénom et nom").fill("Zoé Neuve")
    page.locator("#mobile").fill("06 99 88 77 66")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("non vérifié")).to_be_visible()
    page.get_by_role("button", name="Envoyer le code au 06 99 88 77 66").click()
    (wish,) = house.wishes()
    page.get_by_label("Les six chiffres du SMS").fill(wish["code"])
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("vérifié par code")).to_be_visible()

    page.click("#nav-people")
    page.get_by_role("link", name="Alice Martin").click()
    page.get_by_label("Du", exact=True).fill("2026-12-14T08:00")
    page.get_by_label("Au", exact=True).fill("2026-12-21T08:00")
    page.get_by_role("button", name="Voir l’effet").click()
    expect(page.locator(".preview .bad-words").first).to_contain_text("personne n’est de garde")
    expect(page.get_by_text("Aucune.", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Enregistrer l’absence").click()
    expect(page.get_by_text("L’absence est enregistrée.")).to_be_visible()
    page.get_by_role("button", name="Créer l’adresse").click()
    address = page.get_by_label("Adresse de la page personnelle").input_value()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    _ask_for_a_swap(browser, window, address)
    asked = parts_of(house.wishes()[-1])
    assert [(part.giver, part.taker) for part in asked] == [("Alice Martin", "Bruno Petit")]


def _ask_for_a_swap(browser: Browser, window: Window, address: str) -> None:
    """On Alice's own telephone, where nobody is signed in."""
    width, height = WIDTHS["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
    context.set_default_timeout(WITHIN_MS)
    phone = Window(context.new_page(), window.address)
    phone.watch()
    page = phone.open(urlsplit(address).path)
    expect(page.get_by_role("heading", name="Alice Martin")).to_be_visible()
    page.get_by_role("link", name=re.compile("prendre la garde du mercredi 25 novembre")).click()
    page.get_by_label("À qui, et en échange de quoi").select_option(
        label="Bruno Petit, sans contrepartie"
    )
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("La demande est en route")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
    assert phone.faults == []


EXCEL = "Numéro;Nom;Note\r\n03 88 00 00 01;Mme Müller;Care home\r\n06 12 34 56 78;Dr Weber;\r\n"


def test_words_with_their_cost_and_a_list_of_contacts(window: Window, house: House) -> None:
    page = window.open("/?lang=en")
    page.click("#nav-services")
    page.get_by_role("link", name="Ambulance", exact=True).click()
    expect(page.locator("#preview-information .cost")).to_contain_text("1 SMS")
    page.get_by_label("Information").fill("Key of the garage: box 3. ")
    page.get_by_label("Information").press_sequentially("Vehicle 2 is away. " * 6)
    # Live, before anything is saved
    expect(page.locator("#preview-information .sms")).to_contain_text("Vehicle 2 is away.")
    expect(page.locator("#preview-information .cost")).to_contain_text("2 SMS")
    page.get_by_role("button", name="Save the texts").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Information")).to_have_value(re.compile("Vehicle 2 is away.$"))

    page.click("#nav-services")
    page.get_by_role("link", name="Contacts (0)").click()
    page.get_by_role("link", name="Read a list").click()
    page.get_by_label("File").set_input_files(
        {"name": "contacts.csv", "mimeType": "text/csv", "buffer": EXCEL.encode("cp1252")}
    )
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_text("Mme Müller, Care home")).to_be_visible()
    page.get_by_role("button", name="Save these contacts").click()
    expect(page.get_by_text("2 contacts")).to_be_visible()
    page.get_by_role("searchbox").fill("weber")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 contact found")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
