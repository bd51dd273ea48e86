"""An administrator at six in the evening: a greeting written, heard, recorded; a message heard."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from firmware.sound import wav
from tests.browser.conftest import WIDTHS, Window, sign_in
from tests.speech.sounds import hum
from tests.web.house import House
from tests.web.test_voice import left
from web.box import EXTENSION, Box


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
