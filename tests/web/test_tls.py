"""The page over TLS, through a real socket, and what strangers may send to its port."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, Response, request
from waitress.server import create_server

from firmware.command.certificate import CERTIFICATE, KEY, OwnCertificate, certificate_of
from firmware.command.settings import SettingsFault
from firmware.store.account_values import Role
from tests.patience import WITHIN_S
from tests.serving import running
from tests.web.house import House
from tests.web.visitor import admit
from web import create_app
from web.roles import public
from web.sessions import COOKIE
from web.tls import TlsFault, channels, context_of

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="apt-get install openssl"
)
BIG = 3_000_000  # some hundred records, more than any buffer on the way


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnCertificate:
    return certificate_of(tmp_path_factory.mktemp("box"))


@pytest.fixture
def app(house: House) -> Flask:
    app = create_app(house.data_dir, clock=house.clock)
    app.config["MAX_CONTENT_LENGTH"] = BIG

    @app.get("/big")
    @public
    def big() -> Response:
        return Response(b"x" * BIG)

    @app.get("/digest")
    @public
    def digest() -> Response:
        return Response(hashlib.sha256(request.get_data()).hexdigest())

    return app


@pytest.fixture
def port(app: Flask, own: OwnCertificate) -> Iterator[int]:
    server = create_server(
        app, host="127.0.0.1", port=0, threads=4, url_scheme="https", connection_limit=50
    )
    server.channel_class = channels(context_of(own.certificate, own.key))
    with running(server) as port:
        yield port


def trusting(own: OwnCertificate) -> ssl.SSLContext:
    """A browser that trusts this certificate alone, and checks the name."""
    return ssl.create_default_context(cafile=str(own.certificate))


def connection(port: int, own: OwnCertificate) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", port, timeout=WITHIN_S, context=trusting(own))


def test_a_browser_that_knows_the_certificate_reads_the_page(
    app: Flask, port: int, own: OwnCertificate
) -> None:
    line = connection(port, own)
    headers = {"Cookie": f"{COOKIE}={admit(app, Role.READER)}"}
    for _ in range(3):  # one connection, kept
        line.request("GET", "/", headers=headers)
        answer = line.getresponse()
        assert answer.status == 200
        assert "Alice Martin" in answer.read().decode()
    line.request("GET", "/sign-in")
    answer = line.getresponse()
    answer.read()
    assert all("Secure" in each for each in answer.headers.get_all("Set-Cookie") or [])
    line.close()


def test_large_answers_and_requests_arrive_whole_many_at_once(
    port: int, own: OwnCertificate
) -> None:
    def fetch(number: int) -> int:
        line = connection(port, own)
        line.request("GET", "/big")
        length = len(line.getresponse().read())
        # Bodies that end within, at and beyond a record of OpenSSL's
        body = b"y" * (16_384 * 3 + number - 2)
        line.request("GET", "/digest", body=body)
        assert line.getresponse().read().decode() == hashlib.sha256(body).hexdigest()
        line.close()
        return length

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(fetch, range(6))) == [BIG] * 6


def test_whoever_does_not_finish_the_handshake_holds_nobody_up(
    port: int, own: OwnCertificate
) -> None:
    silent = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(20)]
    half = socket.create_connection(("127.0.0.1", port), 10)
    half.sendall(b"\x16\x03\x01\x02\x00")  # the head of a ClientHello, and no more
    line = connection(port, own)
    line.request("GET", "/sign-in")
    assert line.getresponse().status == 303  # to the first start
    line.close()
    for each in (*silent, half):
        each.close()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01" + b"\xff" * 600,
        b"\x00" * 40_000,
        b"\x80\x2e\x01\x03\x01" + b"\x00" * 60,  # SSL 2
    ],
)
def test_what_is_no_tls_is_closed_and_the_server_stays(
    port: int, own: OwnCertificate, data: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as stranger:
        stranger.sendall(data)
        heard = b""
        try:
            while chunk := stranger.recv(4096):
                heard += chunk
        except ConnectionError:
            heard += b""
        assert b"HTTP/1" not in heard
    line = connection(port, own)
    line.request("GET", "/sign-in")
    assert line.getresponse().status == 303
    line.close()


def test_old_versions_are_refused(port: int, own: OwnCertificate) -> None:
    old = trusting(own)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port), 10) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="localhost")


def test_each_box_has_a_key_of_its_own_that_others_cannot_read(tmp_path: Path) -> None:
    boxes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        boxes.append(certificate_of(tmp_path / name))
    first, second = boxes
    assert first.fingerprint != second.fingerprint
    assert first.key.read_bytes() != second.key.read_bytes()
    assert first.key.stat().st_mode & 0o777 == 0o600
    assert certificate_of(tmp_path / "one") == first  # kept
    der = ssl.PEM_cert_to_DER_cert(first.certificate.read_text())
    assert first.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert {path.name for path in (tmp_path / "one").iterdir()} == {CERTIFICATE, KEY}


@pytest.mark.parametrize("name", [CERTIFICATE, KEY])
def test_one_that_a_power_cut_left_empty_is_made_anew(tmp_path: Path, name: str) -> None:
    """At the first boot, where the page would not start any more."""
    certificate_of(tmp_path)
    (tmp_path / name).write_bytes(b"")
    made = certificate_of(tmp_path)
    assert context_of(made.certificate, made.key) is not None


def test_a_spoilt_certificate_is_one_line(tmp_path: Path) -> None:
    made = certificate_of(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    wrong = certificate_of(other)
    with pytest.raises(TlsFault, match="cannot be used with"):
        context_of(made.certificate, wrong.key)
    made.certificate.write_text("not a certificate")
    with pytest.raises(SettingsFault, match="not a certificate in PEM form"):
        certificate_of(tmp_path)
