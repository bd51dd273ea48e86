"""Updates through the page: what it takes, what it says, and that it installs nothing itself."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from firmware.store.account_values import Role
from firmware.update.outcome import What, tell
from firmware.update.places import Places
from firmware.update.state import State, Step, write_state
from tests.web.house import House
from tests.web.updates import believed_bundle, update_places
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.bodies import UPDATE_PATH

PAGE = "/settings/update"


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    return update_places(tmp_path, monkeypatch)


@pytest.fixture
def app(house: House, where: Places) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    return believed_bundle(tmp_path, monkeypatch).read_bytes()


def upload(visitor: Visitor, data: bytes, token_of: str = PAGE) -> TestResponse:
    values = {"csrf_token": visitor.token(token_of), "file": (io.BytesIO(data), "../../x.bundle")}
    return visitor.client.post(
        UPDATE_PATH, data=values, headers={"Origin": "http://localhost"},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_a_signed_one_is_laid_down_for_root(visitor: Visitor, where: Places, bundle: bytes) -> None:
    assert upload(visitor, bundle).status_code == 303
    assert where.incoming.read_bytes() == bundle
    assert os.listdir(where.incoming.parent) == ["update.bundle"]
    page = visitor.read(PAGE)
    assert "La signature de la mise à jour est bonne." in page
    assert "Une mise à jour a été apportée et va être installée." in page
    assert "Mise à jour 9.0.0 apportée" in visitor.read("/settings/log")
    assert upload(visitor, bundle).status_code == 409   # one at a time


def test_a_spoilt_one_is_refused_in_a_sentence(
    visitor: Visitor, where: Places, bundle: bytes
) -> None:
    spoilt = bytearray(bundle)
    spoilt[len(spoilt) // 2] ^= 1
    for data, french, english in (
        (bytes(spoilt), "altéré après sa signature", "was changed after it was signed"),
        (bundle[:9000], "est incomplet", "is not whole"),
        (b"PK" * 5000, "n'est pas une mise à jour de Veilleur", "is no update of Veilleur"),
    ):
        answer = upload(visitor, data)
        assert answer.status_code == 422
        assert french in words_of(answer.text)
        assert "Rien n'a été modifié" in words_of(answer.text)
        visitor.client.set_cookie("veilleur_language", "en")
        english_page = visitor.client.post(
            f"{UPDATE_PATH}?lang=en",
            data={"csrf_token": visitor.token(PAGE), "file": (io.BytesIO(data), "x.bundle")},
            headers={"Origin": "http://localhost"}, content_type="multipart/form-data",
        )  # fmt: skip
        assert english in words_of(english_page.text)
        visitor.get("/?lang=fr")
    assert os.listdir(where.incoming.parent) == []


def test_a_box_that_is_no_package_says_so(
    visitor: Visitor, where: Places, bundle: bytes
) -> None:
    where.incoming.parent.rmdir()
    answer = upload(visitor, bundle)
    assert answer.status_code == 503
    assert "demandent le paquet Debian" in words_of(answer.text)


@pytest.mark.parametrize("role", [Role.STAFF, Role.READER, None])
def test_only_administrators_bring_one(
    app: Flask, visitor: Visitor, where: Places, bundle: bytes, role: Role | None
) -> None:
    answer = upload(Visitor(app, role), bundle, token_of="/sign-in")  # noqa: S106 - an address
    assert answer.status_code in (303, 403, 413)
    assert os.listdir(where.incoming.parent) == []
    assert visitor.get(PAGE).status_code == 200


def test_a_form_of_another_site_brings_none(visitor: Visitor, where: Places, bundle: bytes) -> None:
    for token, origin in (("0" * 64, "http://localhost"), (visitor.token(PAGE), "http://evil.example")):
        answer = visitor.client.post(
            UPDATE_PATH, data={"csrf_token": token, "file": (io.BytesIO(bundle), "x")},
            headers={"Origin": origin}, content_type="multipart/form-data",
        )  # fmt: skip
        assert answer.status_code == 403
    assert os.listdir(where.incoming.parent) == []


def test_it_tells_how_the_last_one_ended_and_what_is_under_way(
    visitor: Visitor, where: Places
) -> None:
    values = {"version": "1.2.0", "before": "1.1.0"}
    tell(where.outcome, What.RETURNED, values)
    said = visitor.read(PAGE)
    assert "le boitier est revenu à la 1.1.0" in said
    assert "ne réessayez pas le même fichier" in said
    tell(where.outcome, What.INSTALLED, values)
    assert "Version 1.2.0 installée" in visitor.read(PAGE)
    write_state(where.state, State(Step.TRYING, "1.3.0", "1.2.0", "0" * 64))
    assert "La version 1.3.0 est en cours d’installation." in visitor.read(PAGE)
