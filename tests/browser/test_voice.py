"""An administrator at six in the evening: a greeting written, heard, recorded; a message heard;
why calls go by the network instead; what happened in a call, second by second."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from gettext import translation
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from firmware.record import Call, CallOutcome, Fact, JournalEntry, JournalKind, VoiceStep
from firmware.sound import wav
from tests.browser.conftest import WIDTHS, Window, sign_in
from tests.speech.sounds import hum
from tests.web.house import CALLER, NOW, SITE, House
from tests.web.test_voice import left
from web.box import EXTENSION, Box
from web.journal.voice_steps import WORDS
from web.voice.words import MEANS, STATES

TRANSFER = SITE.replace('name = "Ambulance"\n', 'name = "Ambulance"\nmode = "transfer"\n', 1)
TRANSLATIONS = Path(__file__).parents[2] / "web" / "translations"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_greeting_is_heard_before_it_is_kept_and_a_message_is_played(
    browser: Browser, app: Flask, address: str, house: House, tmp_path: Path
) -> None:
    left(house, 1)
    width, height = WIDTHS["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
    sign_in(context, app, address)
    window = Window(context.new_page(), address)
    window.watch()
    page = window.open("/settings")
    page.get_by_role("link", name="Annonces et voix").click()
    page.get_by_role("link", name="Rédiger · Ambulance · En temps normal").click()
    page.get_by_label("Texte").fill("Oui.")
    page.get_by_role("button", name="Écouter", exact=True).click()
    expect(page.locator("[data-heard=whole]")).to_be_visible()
    recorded = tmp_path / "accueil.wav"
    recorded.write_bytes(wav.write(hum(1, -30)))
    page.get_by_label("Fichier").set_input_files(recorded)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    player = page.get_by_label("L’enregistrement", exact=True)
    expect(player).to_be_visible()
    # Fetched and understood: the browser knows how long it is
    assert player.evaluate(
        "e => new Promise(done => { e.onloadedmetadata = () => done(e.duration); e.load();"
        " e.preload = 'metadata'; })"
    ) == pytest.approx(1)
    page.get_by_role("button", name="Appelez-moi pour me la faire écouter").click()
    expect(page.get_by_text("Le boîtier appelle le")).to_be_visible()
    page.goto(f"{address}/call-back")
    page.get_by_role("link", name="Messages").click()
    page.locator("audio").evaluate("e => e.play()")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")
    context.close()
    assert window.faults == []
    assert {"voicemail": "1", "by": "Sophie Admin"} in house.wishes()
    box: Box = app.extensions[EXTENSION]
    assert "voicemail.heard" in [entry.what for _, entry in box.accounts.audit_log(9)]


def _fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.body.scrollWidth <= window.innerWidth"))


@pytest.mark.skipif("VEILLEUR_VOICE" not in os.environ, reason="`make voice` has the seconds")
def test_the_page_says_why_no_call_is_answered_and_what_happened_in_one(
    browser: Browser, app: Flask, address: str, house: House
) -> None:
    """Each reason and each step, in both languages, at the width of a telephone."""
    house.load(TRANSFER)
    steps = [[second, step.value, "Alice"] for second, step in enumerate(VoiceStep)]
    house.record(
        Call(1, NOW, "Ambulance", CALLER, outcome=CallOutcome.TRANSFERRED, ended_at=NOW),
        JournalEntry(NOW, JournalKind.CALL, "Ambulance", CALLER, "Alice Martin", "transferred",
                     {"steps": steps, "answered_at": NOW.isoformat()}, key="call:1"),
    )  # fmt: skip
    width, height = WIDTHS["phone"]
    context = browser.new_context(
        viewport={"width": width, "height": height}, timezone_id="Europe/Paris"
    )
    sign_in(context, app, address)
    window = Window(context.new_page(), address)
    window.watch()
    for language in ("fr", "en"):
        words = translation("messages", TRANSLATIONS, [language], fallback=language == "en")
        for why, sentence in STATES.items():
            house.record(Fact("voice:why", why))
            page = window.open(f"/voice?lang={language}")
            expect(page.get_by_text(words.gettext(sentence), exact=False)).to_be_visible()
            expect(page.get_by_text(words.gettext(MEANS), exact=False)).to_be_visible()
            assert _fits(page), (language, why)
        page = window.open("/journal?kind=call")
        page.locator("a.story-link").first.click()
        story = page.locator("main").inner_text().replace("\u00a0", " ").replace("\u202f", " ")
        for second, step in enumerate(VoiceStep):
            told = words.gettext(WORDS[step][2]).replace("\u00a0", " ") % {"what": "Alice"}
            assert told in story, (language, step)
            assert f"{NOW + timedelta(hours=1, seconds=second):%H:%M:%S}" in story
        assert _fits(page), language
    context.close()
    assert window.faults == []
