"""What tests of the update's page need: where bundles are laid down, and one that is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.crypto import minisign
from firmware.update.places import Places
from tests.update.workshop import keys, package, signed, why_not
from web.settings import update


def update_places(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Where the page lays bundles down, below a folder of the test's own."""
    places = Places(folder / "update")
    places.incoming.parent.mkdir(parents=True)
    monkeypatch.setenv("VEILLEUR_UPDATE_DIR", str(places.folder))
    return places


def believed_bundle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Signed by a key that the page knows; skips where none can be made."""
    if why_not():
        pytest.skip(why_not())
    key = keys(folder, "ours")
    known = [minisign.read_key((folder / "keys-ours/ours.pub").read_text())]
    monkeypatch.setattr(update, "known_keys", lambda: known)
    return signed(package(folder, "9.0.0"), key, folder)
