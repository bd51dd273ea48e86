"""The page as people meet it: it lives without being reloaded, and says when it does not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from firmware.record import AlertCause, AlertState, CallOutcome, JournalEntry, JournalKind
from firmware.wording import messages
from tests.browser.conftest import Window, sign_in
from tests.web.house import CALLER, CHLOE, STRANGER, House
from tests.web.telephones import Telephones

# What a browser says by itself about a request that was cut or refused on purpose
ON_PURPOSE = re.compile(
    r"console: (Failed to load resource: (net::ERR_|the server responded with)"
    r"|htmx:(afterRequest|sendError|responseError|timeout)|Response Status Error Code)"
)

LOOK = "document.querySelectorAll('{0}').length"


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def stay(page: Page) -> None:
    """Mark the document, to see later that it was never loaded anew."""
    page.evaluate("window.sameDocument = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.sameDocument === true"))


def test_a_call_appears_by_itself(house: House, window: Window) -> None:
    page = window.open()
    expect(page.locator(".who").first).to_have_text("Alice Martin")
    stay(page)
    house.call(1, CallOutcome.RINGING, 0)
    line = page.get_by_text("Appel : 06 39 98 00 01, sonne en ce moment")
    expect(line).to_be_visible()
    house.call(1, CallOutcome.DIVERTED, 0)
    expect(page.get_by_text("transmis à Chloé Durand-Lefèvre")).to_be_visible()
    expect(line).to_be_hidden()
    assert stayed(page)
    fits(page)


def test_the_journal_is_live_and_keeps_its_filter(house: House, window: Window) -> None:
    page = window.open("/journal")
    page.get_by_role("link", name="Appels", exact=True).click()
    expect(page.get_by_text("Rien ne correspond à cette recherche.")).to_be_visible()
    stay(page)
    house.record(JournalEntry(house.now, JournalKind.ACK, person="Bruno", outcome="declined"))
    house.call(1, CallOutcome.ALERTED, 0)
    expect(page.get_by_text("Appel : 06 39 98 00 01, alerte par SMS")).to_be_visible()
    expect(page.get_by_text("Bruno passe")).to_have_count(0)
    assert stayed(page)
    fits(page)


def test_a_call_is_searched_for_and_told(house: House, window: Window) -> None:
    house.call(1, CallOutcome.DIVERTED, 4)
    house.call(2, CallOutcome.ABANDONED, 3, STRANGER)
    page = window.open("/journal")
    page.get_by_text("Rechercher par jour, numéro, personne ou issue").click()
    number = page.get_by_label("Numéro ou nom de l’appelant")
    number.fill("06 39 98 00")
    house.record(JournalEntry(house.now, JournalKind.ACK, person="Bruno", outcome="declined"))
    expect(page.get_by_text("Bruno passe")).to_be_visible()
    expect(number).to_have_value("06 39 98 00")  # the news have left the form as it was
    number.press_sequentially(" 01")
    number.press("Enter")
    expect(page.get_by_text("a raccroché trop tôt")).to_have_count(0)
    page.get_by_role("link", name="Voir la suite").click()
    expect(page.get_by_text("Le téléphone sonne : 06 39 98 00 01")).to_be_visible()
    stay(page)
    house.record(
        replace(house.alert(1, minutes=3, cause=AlertCause.DIVERTED), number=CALLER, asked=()),
        JournalEntry(
            house.ago(1), JournalKind.ACK, "Ambulance", CALLER, "Chloé Durand-Lefèvre",
            "acknowledged", {"reference": "8F1"},
        ),
    )  # fmt: skip
    expect(page.get_by_text("Chloé Durand-Lefèvre s’occupe de 8F1")).to_be_visible()
    assert stayed(page)
    fits(page)


def test_an_alert_is_taken_care_of_on_the_start_page(house: House, window: Window) -> None:
    house.alert(1)
    page = window.open()
    stay(page)
    page.get_by_role("button", name="C’est fait").click()
    expect(page.get_by_text("Noté. Le boîtier le clôt.")).to_be_visible()
    expect(page.locator(".who").first).to_have_text("Alice Martin")  # the same page
    assert len(house.wishes()) == 1
    assert stayed(page)


def test_a_handover_shows_by_itself(house: House, window: Window) -> None:
    page = window.open()
    house.now += timedelta(days=6)  # Monday evening
    house.wake()
    expect(page.locator(".who").first).to_have_text("Bruno Petit")


def test_an_alert_is_taken_care_of(house: House, window: Window) -> None:
    house.alert(1)
    page = window.open()
    page.get_by_role("link", name="1 appelant attend une réponse").click()
    expect(page.get_by_text("Bonjour, pouvez-vous me rappeler pour demain 7 h ?")).to_be_visible()
    fits(page)
    stay(page)
    page.get_by_label("par").select_option("Bruno Petit")
    page.get_by_role("button", name="C’est fait").click()
    expect(page.get_by_text("Noté. Le boîtier le clôt.")).to_be_visible()
    assert house.wishes() == [{"alert": "1", "by": "Bruno Petit"}]
    house.alert(1, state=AlertState.CLOSED)
    expect(page.get_by_text("Personne n’attend de réponse.")).to_be_visible()
    assert stayed(page)


def test_what_is_being_chosen_survives_the_news(house: House, window: Window) -> None:
    house.alert(1)
    page = window.open("/call-back")
    chosen = page.locator("#by-1")
    chosen.select_option("Bruno Petit")
    page.locator("#done-1").focus()
    house.alert(2, caller=CALLER)
    expect(page.locator("#done-2")).to_be_visible()
    expect(chosen).to_have_value("Bruno Petit")
    expect(page.locator("#done-1")).to_be_focused()


def test_the_box_falls_silent_and_comes_back(house: House, window: Window) -> None:
    page = window.open()
    light = page.locator("#nav-light")
    expect(light).to_contain_text("Le boîtier veille")
    stay(page)
    house.stop()
    expect(light).to_contain_text("Le boîtier ne répond pas")
    expect(page.get_by_text("Débranchez le boîtier, attendez dix secondes")).to_be_visible()
    assert page.evaluate(LOOK.format(".light-good, .good-words")) == 0
    fits(page)
    house.wake()
    expect(light).to_contain_text("Le boîtier veille")
    assert stayed(page)


def test_a_lost_connection_is_said_and_nothing_stays_green(house: House, window: Window) -> None:
    page = window.open()
    banner = page.locator("#connection")
    expect(banner).to_be_hidden()
    page.context.set_offline(True)
    expect(banner).to_contain_text("la connexion est perdue. Ce que vous voyez date de 19:30:00")
    assert "grayscale" in page.evaluate(
        "getComputedStyle(document.getElementById('live')).filter"
    )
    page.context.set_offline(False)
    expect(banner).to_be_hidden()
    window.faults[:] = [fault for fault in window.faults if not ON_PURPOSE.match(fault)]


def test_a_server_that_never_answers_is_a_lost_connection(window: Window) -> None:
    page = window.open()
    page.route("**/?*seen=*", lambda route: None)  # neither answered nor refused
    expect(page.locator("#connection")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    window.faults[:] = [fault for fault in window.faults if not ON_PURPOSE.match(fault)]


def test_a_caller_rings_and_texts(window: Window, telephones: Telephones) -> None:
    page = window.open("/demo")
    fits(page)
    stay(page)
    klein = page.get_by_role("region", name="Mme Klein")
    klein.get_by_role("button", name="Appeler le numéro de garde").click()
    expect(klein).to_contain_text("le numéro de garde")
    klein.get_by_role("button", name="Raccrocher").click()
    expect(klein.get_by_role("button", name="Appeler le numéro de garde")).to_be_visible()
    text = klein.get_by_label("SMS au numéro de garde")
    text.fill("Bonjour, un VSL pour demain ?")
    text.press("Enter")
    expect(klein.locator(".bubble.mine")).to_have_text(re.compile("un VSL pour demain"))
    expect(text).to_have_value("")
    assert telephones.taps == [
        ("call", CALLER),
        ("hangup", CALLER),
        ("sms", CALLER, "Bonjour, un VSL pour demain ?"),
    ]
    assert stayed(page)


def test_a_staff_phone_is_rung_and_answers(window: Window, telephones: Telephones) -> None:
    page = window.open("/demo")
    chloe = page.get_by_role("region", name="Chloé Durand-Lefèvre")
    telephones.ring(CHLOE, STRANGER)
    telephones.receive(CHLOE, "Ambulance : appel de 06 39 98 00 02. Réf 8F2.")
    expect(chloe.locator(".screen-number")).to_have_text("06 39 98 00 02")
    expect(chloe).to_contain_text("Réf 8F2.")
    chloe.get_by_role("button", name="Décrocher").click()
    expect(chloe).to_contain_text("en ligne")
    listen = chloe.get_by_role("button", name="Écouter la ligne")
    listen.click()
    expect(page.locator("html")).to_have_attribute("data-sound-heard", re.compile(r"\d{7}"))
    chloe.get_by_role("button", name="1", exact=True).click()
    expect(listen).to_have_attribute("aria-pressed", "true")  # still, though the page is a new one
    chloe.get_by_role("button", name="Raccrocher").click()
    chloe.get_by_role("button", name="Répondre OK par SMS").click()
    expect(chloe.locator(".bubble.mine")).to_contain_text("OK")
    chloe.get_by_role("button", name="Injoignable").click()
    chloe.get_by_role("button", name="De nouveau joignable").click()
    chloe.get_by_role("button", name="Occupé").click()
    expect(chloe.get_by_role("button", name="De nouveau joignable")).to_be_visible()
    assert [tap[0] for tap in telephones.taps] == [
        "answer", "press", "hangup", "sms", "unreachable", "available", "busy",
    ]  # fmt: skip


def test_what_is_being_written_survives_the_news(window: Window, telephones: Telephones) -> None:
    page = window.open("/demo")
    text = page.get_by_role("region", name="Mme Klein").get_by_label("SMS au numéro de garde")
    text.press_sequentially("Bonj")
    telephones.receive(CHLOE, "Une nouvelle")
    expect(page.get_by_text("Une nouvelle")).to_be_visible()
    expect(text).to_be_focused()
    page.keyboard.type("our")
    expect(text).to_have_value("Bonjour")


def test_a_page_open_across_a_restart_heals_itself(
    house: House, window: Window, telephones: Telephones
) -> None:
    """After a restart the old tokens are worth nothing; the page fetches itself anew."""
    page = window.open("/demo")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(i => i.value = 'old')")
    with page.expect_navigation():
        page.locator("#busy-33601020304").click()
    page.locator("#busy-33601020304").click()
    expect(page.locator("#available-33601020304")).to_be_visible()
    assert telephones.taps == [("busy", "+33601020304")]
    window.faults[:] = [fault for fault in window.faults if not ON_PURPOSE.match(fault)]


def test_by_keyboard_alone(house: House, window: Window) -> None:
    house.alert(1)
    page = window.open("/call-back")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "done-1":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noté. Le boîtier le clôt.")).to_be_visible()


def test_in_english(house: House, window: Window) -> None:
    house.alarm("network", messages.NETWORK_LOST, state="denied")
    page = window.open()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("On duty now").first).to_be_visible()
    expect(page.get_by_text("Move the antenna.")).to_be_visible()
    house.call(1, CallOutcome.DIVERTED, 0)
    expect(page.get_by_text("passed on to Chloé Durand-Lefèvre")).to_be_visible()
    fits(page)


def test_long_names_and_texts_do_not_widen_the_page(house: House, window: Window) -> None:
    house.alert(1, text="x" * 300, caller="+4915112345678901")
    house.alert(2, cause=AlertCause.CALL, state=AlertState.EXHAUSTED, caller="A" * 11)
    house.record(
        JournalEntry(
            house.now, JournalKind.SMS_IN, "S" * 60, CALLER, None, "alerted", {"text": "y" * 300}
        )
    )
    for path in ("/", "/call-back", "/journal"):
        page = window.open(path)
        expect(page.locator("#content")).to_be_visible()
        fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(
    house: House, browser: Browser, app: Flask, address: str, scheme: Any
) -> None:
    """WCAG 2.2 1.4.3: 4.5 to 1, or 3 to 1 for large type, on every page in both schemes."""
    house.alert(1)
    house.alert(2, minutes=61, cause=AlertCause.CALL, state=AlertState.EXHAUSTED, caller=CALLER)
    house.alarm("network", messages.NETWORK_LOST, state="denied")
    house.wake(clock_trusted=True, signal_dbm=-109)
    house.call(1, CallOutcome.REFUSED, 5)
    context = browser.new_context(color_scheme=scheme)
    sign_in(context, app, address)
    page = context.new_page()
    for path in ("/", "/call-back", "/journal", "/demo"):
        page.goto(address + path)
        assert page.evaluate(CONTRAST) == []
    context.close()


# Each text node against the nearest background that is not transparent
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045
      ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (["SCRIPT", "NOSCRIPT", "OPTION"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(style.color)), light(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const need = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < need) bad.push(`${element.className}: ${walker.currentNode.data.trim()} ${ratio}`);
  }
  return bad;
}"""
