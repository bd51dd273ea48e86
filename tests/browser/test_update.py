"""Updates and sticks: a spoilt bundle, a good one, and the passphrase of what a stick gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from firmware.update.places import Places
from firmware.update.sticks import PASSPHRASE, tell_stick
from tests.browser.conftest import Window
from tests.web.house import House
from tests.web.updates import believed_bundle, update_places
from web import create_app

SECRET = "sept mulets gris sous la pluie"  # noqa: S105 - of a stick that there is none of


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    return update_places(tmp_path, monkeypatch)


@pytest.fixture
def app(house: House, where: Places) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def bundles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """One that the maker has signed, and the same with one bit of it changed."""
    good = believed_bundle(tmp_path, monkeypatch)
    spoilt = tmp_path / "spoilt.bundle"
    octets = bytearray(good.read_bytes())
    octets[len(octets) // 2] ^= 1
    spoilt.write_bytes(octets)
    return good, spoilt


@pytest.mark.parametrize("window", ["phone"], indirect=True)
def test_an_update_and_a_stick(
    window: Window, house: House, where: Places, bundles: tuple[Path, Path]
) -> None:
    good, spoilt = bundles
    page = window.open("/settings")
    page.get_by_role("link", name="Mises à jour").click()
    page.get_by_label("Fichier de mise à jour").set_input_files(spoilt)
    page.get_by_role("button", name="Vérifier et installer").click()
    expect(page.get_by_role("alert")).to_contain_text("altéré après sa signature")
    assert os.listdir(where.incoming.parent) == []
    # What Chromium says by itself about a form that comes back with a fault
    assert len(window.faults) == 1
    assert "status of 422" in window.faults.pop()
    page.get_by_label("Fichier de mise à jour").set_input_files(good)
    page.get_by_role("button", name="Vérifier et installer").click()
    expect(page.get_by_text("La signature de la mise à jour est bonne.")).to_be_visible()
    expect(page.get_by_text("a été apportée et va être installée")).to_be_visible()
    assert where.incoming.read_bytes() == good.read_bytes()   # handed over: root's service takes it
    page.goto(f"{window.address}/settings/backup")
    stick = page.locator("#stick")
    expect(stick).to_contain_text("Aucune phrase secrète")
    stick.get_by_label("Nouvelle phrase secrète").fill(SECRET)
    stick.get_by_label("Encore une fois").fill(SECRET)
    stick.get_by_role("button", name="Enregistrer la phrase secrète").click()
    expect(stick).to_contain_text("Aucune n’a encore été écrite")
    assert (house.data_dir / PASSPHRASE).read_text() == f"{SECRET}\n"
    tell_stick(where.stick, "written")
    page.reload()
    expect(stick).to_contain_text("La dernière a été écrite")
