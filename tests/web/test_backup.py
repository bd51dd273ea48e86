"""Backups through the page, and what may be uploaded."""

from __future__ import annotations

import http.client
import io
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from waitress.server import create_server
from werkzeug.test import TestResponse

from firmware.crypto.sealed import seal_file
from firmware.store.account_values import Role
from firmware.store.backup import read_backup, write_backup
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.pending_restore import LIVES, PENDING, drop_overdue, restore_pending
from firmware.store.rota_store import RotaStore
from firmware.update.sticks import PASSPHRASE, tell_stick
from tests.patience import WITHIN_S
from tests.serving import running
from tests.web.house import SITE, House
from tests.web.visitor import Visitor, admit, words_of
from web import create_app
from web.bodies import LONG, SMALL, UPLOAD_MAX, UPLOAD_PATH, BoundedChannel
from web.sessions import COOKIE

WORDS = "quatre chevaux à l’écurie"


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def earlier(tmp_path: Path, house: House) -> bytes:
    """A backup of another company's box."""
    with House(tmp_path / "earlier", SITE.replace("Dupont", "Muller")) as other:
        admit(create_app(other.data_dir, clock=other.clock), Role.ADMIN)
        file = tmp_path / "earlier.zip"
        write_backup(other.data_dir, file, house.now)
    return file.read_bytes()


def upload(
    visitor: Visitor, data: bytes, name: str = "backup.zip", words: str = ""
) -> TestResponse:
    values = {
        "csrf_token": visitor.token("/settings/backup"), "file": (io.BytesIO(data), name),
        "words": words,
    }  # fmt: skip
    return visitor.client.post(
        UPLOAD_PATH, data=values, headers={"Origin": "http://localhost"},
        content_type="multipart/form-data",
    )  # fmt: skip


def site_name(data_dir: Path) -> str:
    with open_database(data_dir / DATABASE_NAME, create=False) as database:
        rota = RotaStore(database).load_rota()
    assert rota is not None
    return rota.site.name


def left(house: House) -> list[str]:
    return sorted(path.name for path in house.data_dir.iterdir() if path.name.startswith("."))


def test_the_downloaded_file_is_a_backup(house: House, visitor: Visitor, tmp_path: Path) -> None:
    answer = visitor.press("/settings/backup/file", "/settings/backup")
    assert answer.status_code == 200
    assert "veilleur-2026-11-24.zip" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    file = tmp_path / "taken.zip"
    file.write_bytes(answer.data)
    answer.close()
    assert DATABASE_NAME in read_backup(file).files
    assert left(house) == []


def test_a_backup_is_put_in_place_at_the_next_start_and_nobody_stays_signed_in(
    house: House, app: Flask, visitor: Visitor, earlier: bytes
) -> None:
    assert upload(visitor, earlier).status_code == 303
    assert "Éteignez puis rallumez le boîtier dans l’heure" in visitor.read("/settings/backup")
    assert site_name(house.data_dir) == "Ambulances Dupont"  # not under a running daemon
    house.stop()
    outcome = restore_pending(house.data_dir, house.now + timedelta(minutes=2))
    assert outcome is not None
    assert outcome.restored is not None
    assert outcome.restored.aside is not None
    assert site_name(house.data_dir) == "Ambulances Muller"
    assert restore_pending(house.data_dir, house.now) is None
    # Not even the administrator whose session lay in the backup
    assert visitor.get().status_code == 303
    assert "Ambulances Muller" in Visitor(app).read()


@pytest.mark.parametrize("minutes", [60, 60 * 24 * 30])
def test_one_that_has_waited_for_long_is_dropped(
    house: House, visitor: Visitor, earlier: bytes, minutes: int
) -> None:
    """A power cut weeks later must not bring old data back."""
    upload(visitor, earlier)
    house.stop()
    outcome = restore_pending(house.data_dir, house.now + timedelta(minutes=minutes))
    assert outcome is not None
    assert outcome.restored is None
    assert site_name(house.data_dir) == "Ambulances Dupont"
    assert not (house.data_dir / PENDING).exists()
    assert timedelta(minutes=59) < LIVES <= timedelta(minutes=60)


def test_a_box_that_has_lost_the_time_by_the_power_cut_brings_it_back(
    house: House, visitor: Visitor, earlier: bytes
) -> None:
    """Without a battery the clock begins anew, long before the file: the one way to bring it in is
    to switch the box off and on."""
    upload(visitor, earlier)
    house.stop()
    outcome = restore_pending(house.data_dir, house.now - timedelta(days=500))
    assert outcome is not None
    assert outcome.restored is not None
    assert site_name(house.data_dir) == "Ambulances Muller"


def test_a_running_daemon_drops_it_after_an_hour(
    house: House, visitor: Visitor, earlier: bytes
) -> None:
    """So that none is there when a power cut takes the time away weeks later."""
    upload(visitor, earlier)
    drop_overdue(house.data_dir, house.now + timedelta(minutes=59))
    assert (house.data_dir / PENDING).exists()
    drop_overdue(house.data_dir, house.now + timedelta(minutes=60))
    assert not (house.data_dir / PENDING).exists()
    drop_overdue(house.data_dir, house.now)


def test_a_file_spoilt_on_the_way_changes_nothing(
    house: House, visitor: Visitor, earlier: bytes
) -> None:
    upload(visitor, earlier)
    file = house.data_dir / PENDING
    spoilt = bytearray(earlier)
    spoilt[len(spoilt) // 2] ^= 0xFF
    stat = file.stat()
    file.write_bytes(spoilt)
    os.utime(file, (stat.st_atime, stat.st_mtime))
    house.stop()
    outcome = restore_pending(house.data_dir, house.now)
    assert outcome is not None
    assert outcome.restored is None
    assert site_name(house.data_dir) == "Ambulances Dupont"


def test_one_from_a_stick_needs_its_passphrase(
    house: House, visitor: Visitor, earlier: bytes
) -> None:
    sealed = io.BytesIO()
    seal_file(io.BytesIO(earlier), sealed, WORDS, log_n=4)
    for words in ("", "quatre chevaux"):
        answer = upload(visitor, sealed.getvalue(), "veilleur.age", words)
        assert answer.status_code == 422
        assert "Cette sauvegarde est chiffrée" in words_of(answer.text)
        assert not (house.data_dir / PENDING).exists()
    assert upload(visitor, sealed.getvalue(), "veilleur.age", WORDS).status_code == 303
    assert left(house) == []
    house.stop()
    outcome = restore_pending(house.data_dir, house.now + timedelta(minutes=2))
    assert outcome is not None
    assert outcome.restored is not None
    assert site_name(house.data_dir) == "Ambulances Muller"


def test_a_new_box_that_nobody_has_set_up_takes_the_old_one_s(
    tmp_path: Path, earlier: bytes
) -> None:
    """`deploy/RESTORE.md`, by the page: the first administrator, nothing else of the set-up."""
    with House(tmp_path / "new", site=None) as new:
        new.wake()
        visitor = Visitor(create_app(new.data_dir, clock=new.clock))
        sealed = io.BytesIO()
        seal_file(io.BytesIO(earlier), sealed, WORDS, log_n=4)
        assert upload(visitor, sealed.getvalue(), "veilleur.age", WORDS).status_code == 303
        new.stop()
        assert restore_pending(new.data_dir, new.now + timedelta(minutes=2)) is not None
        assert site_name(new.data_dir) == "Ambulances Muller"


def test_it_can_be_cancelled(house: House, visitor: Visitor, earlier: bytes) -> None:
    upload(visitor, earlier)
    visitor.press("/settings/restore/cancel", "/settings/backup")
    assert not (house.data_dir / PENDING).exists()


def zip_of(**files: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return whole.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"#!/bin/sh\nreboot\n", b"\x00" * 10_000, zip_of(), zip_of(a=b"x"),
        zip_of(**{"..__..__etc__passwd": b"root::0:0"}),
        zip_of(**{"manifest.json": b'{"format": 1, "made_at": "x", "files": {}}'}),
        zip_of(**{"manifest.json": b'{"format": 99, "made_at": "x", "files": {}}'}),
    ],
)  # fmt: skip
def test_what_is_no_backup_is_refused_and_leaves_nothing(
    house: House, visitor: Visitor, data: bytes
) -> None:
    answer = upload(visitor, data, name="../../veilleur.db")
    assert answer.status_code == 422
    assert "Rien n’a été modifié." in words_of(answer.text)
    assert left(house) == []
    assert not (house.data_dir / PENDING).exists()
    assert site_name(house.data_dir) == "Ambulances Dupont"


def test_no_file_is_a_sentence(visitor: Visitor) -> None:
    answer = visitor.press(UPLOAD_PATH, "/settings/backup")
    assert answer.status_code == 422
    assert "Choisissez d’abord un fichier." in words_of(answer.text)


@pytest.mark.parametrize("role", [Role.STAFF, Role.READER, None])
def test_only_administrators_take_and_bring_backups(
    house: House, app: Flask, visitor: Visitor, earlier: bytes, role: Role | None
) -> None:
    other = Visitor(app, role)
    token = other.token("/sign-in")
    for path in ("/settings/backup/file", UPLOAD_PATH, "/settings/restore/cancel"):
        answer = other.client.post(
            path, data={"csrf_token": token, "file": (io.BytesIO(earlier), "x.zip")},
            headers={"Origin": "http://localhost"},
        )  # fmt: skip
        # Refused before it is unpacked (413), by role (403), or sent to the door (303)
        assert answer.status_code in (303, 403, 413)
        assert b"PK" not in answer.data
    assert not (house.data_dir / PENDING).exists()
    assert visitor.get("/settings/backup").status_code == 200


# The passphrase of the backups on a stick


@pytest.fixture
def update_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VEILLEUR_UPDATE_DIR", str(tmp_path))
    return tmp_path


def set_words(visitor: Visitor, words: str, again: str) -> TestResponse:
    return visitor.press(
        "/settings/stick/passphrase", "/settings/backup", passphrase=words, again=again
    )


def test_a_passphrase_is_kept_for_root_alone_and_never_shown(
    house: House, visitor: Visitor, update_dir: Path, tmp_path: Path
) -> None:
    assert "rien n’est écrit sur les clés USB" in visitor.read("/settings/backup")
    path = house.data_dir / PASSPHRASE
    for words, again in (("trop court", "trop court"), (WORDS, WORDS + "s"), ("a\nb" * 9, "")):
        assert set_words(visitor, words, again).status_code == 422
    assert not path.exists()
    assert set_words(visitor, WORDS, WORDS).status_code == 303
    assert path.read_text() == f"{WORDS}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    page = visitor.get("/settings/backup").text
    assert "chevaux" not in page
    assert "sans elle, les sauvegardes de la clé ne valent rien" in words_of(page)
    assert "chevaux" not in visitor.read("/settings/log")
    write_backup(house.data_dir, tmp_path / "b.zip", house.now)
    assert PASSPHRASE not in zipfile.ZipFile(tmp_path / "b.zip").namelist()
    visitor.press("/settings/stick/forget", "/settings/backup")
    assert not path.exists()


def test_the_page_says_when_a_stick_last_got_one_and_what_is_wrong_since(
    visitor: Visitor, update_dir: Path
) -> None:
    set_words(visitor, WORDS, WORDS)
    assert "Aucune n’a encore été écrite." in visitor.read("/settings/backup")
    tell_stick(update_dir / "stick.json", "written")
    assert "La dernière a été écrite" in visitor.read("/settings/backup")
    tell_stick(update_dir / "stick.json", "full")
    page = visitor.read("/settings/backup?lang=en")
    assert "The last one was written" in page
    assert "The stick is full" in page


# waitress itself


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = create_server(
        app, host="127.0.0.1", port=0, threads=2, max_request_body_size=UPLOAD_MAX
    )
    server.channel_class = BoundedChannel
    with running(server) as port:
        yield port


def begin_upload(port: int, path: str, length: int) -> http.client.HTTPConnection:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    line.putrequest("POST", path)
    line.putheader("Content-Length", str(length))
    line.endheaders()
    return line


@pytest.mark.parametrize("path", ["/", "/sign-in", "/settings/site", "/settings/restore/"])
def test_no_other_address_takes_in_a_long_body(port: int, path: str) -> None:
    line = begin_upload(port, path, SMALL + 1)
    assert line.getresponse().status == 413
    line.close()


def test_each_address_for_files_has_a_bound_of_its_own(port: int) -> None:
    for path, most in LONG.items():
        line = begin_upload(port, path, most + 1)
        assert line.getresponse().status == 413
        line.close()


def test_an_upload_is_bounded_and_there_is_one_at_a_time(port: int) -> None:
    line = begin_upload(port, UPLOAD_PATH, UPLOAD_MAX + 1)
    assert line.getresponse().status == 413
    line.close()
    first = begin_upload(port, UPLOAD_PATH, SMALL + 1)
    first.send(b"x" * 1000)
    # Ask something else first: by then the first upload's head has been read
    other = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    other.request("GET", "/static/app.css")
    assert other.getresponse().status == 200
    second = begin_upload(port, UPLOAD_PATH, SMALL + 1)
    refused = second.getresponse()
    assert refused.status == 413
    assert str(refused.headers["Content-Type"]).startswith("text/plain")
    first.send(b"x" * (SMALL + 1 - 1000))
    answer = first.getresponse()  # taken in whole, and then refused by the page: no session
    assert answer.status == 413
    assert str(answer.headers["Content-Type"]).startswith("text/html")
    for each in (first, other, second):
        each.close()


def test_the_cookie_opens_nothing_by_itself(app: Flask, port: int) -> None:
    """An upload from another site carries the cookie and no token: it is not even unpacked."""
    headers = {"Cookie": f"{COOKIE}={admit(app, Role.ADMIN)}", "Origin": "http://evil.example"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    line.request("POST", UPLOAD_PATH, body=b"x" * 300_000, headers=headers)
    assert line.getresponse().status == 403
    line.close()
