"""`veilleur web` and `veilleur demo`: they serve, a call made on the page happens, they end."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from tests.daemon.house import ALICE, CALLER, House
from tests.daemon.program import Program, until
from tests.patience import WITHIN_S

PROC = Path("/proc")


class Browser:
    """Reads pages and sends their forms."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def become_administrator(self, code: str) -> None:
        """The first start of a box, with the code that it shows."""
        password = "trois petits chats"  # noqa: S105 - of a box that lives for one test
        self.press("/setup", "/setup", code=code, name="Zoé", password=password, again=password)

    def sign_in(self, house: House) -> None:
        shown = house.start("setup-code", "--data", house.data)
        self.become_administrator(shown.line("-"))

    def read(self, path: str, values: dict[str, str] | None = None) -> str:
        request = urllib.request.Request(  # noqa: S310 - http of our own
            self.address + path,
            data=urlencode(values).encode() if values is not None else None,
            headers={"Origin": self.address},
        )
        with self._opener.open(request, timeout=WITHIN_S) as answer:
            page: str = answer.read().decode()
        return page

    def press(self, path: str, page: str, **values: str) -> None:
        token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.read(page))
        assert token is not None
        self.read(path, {"csrf_token": token[1], **values})

    def answers(self) -> bool:
        try:
            return bool(self.read("/"))
        except HTTPError:
            raise
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


def family_of(pid: int) -> set[int]:
    """The living processes that have this one as an ancestor."""
    parents = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if stat[0] != "Z":
                parents[int(entry.name)] = int(stat[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def test_web_serves_until_sigterm(house: House) -> None:
    house.load(set_up=False)
    port = free_port()
    program = house.start("web", "--data", house.data, "--listen", f"127.0.0.1:{port}")
    assert program.line() == f"http://127.0.0.1:{port}/"
    browser = Browser(port)
    until(browser.answers, "the page")
    assert "Alice Martin" not in browser.read("/")
    browser.sign_in(house)
    assert "Alice Martin" in browser.read("/")
    with pytest.raises(HTTPError, match="404"):
        browser.read("/demo")
    assert program.stop() == 0
    assert program.errors == []


def test_web_under_tls_tells_its_fingerprint(house: House) -> None:
    house.load()
    port = free_port()
    command = ["web", "--data", str(house.data), "--listen", f"127.0.0.1:{port}", "--tls"]
    program = house.start(*command)
    assert program.line() == f"https://127.0.0.1:{port}/"
    shown = program.line("fingerprint (SHA-256): ").rpartition(" ")[2]
    trusting = ssl.create_default_context(cafile=str(house.data / "tls.crt"))
    until(lambda: _listens(port), "the page")
    with socket.create_connection(("127.0.0.1", port), WITHIN_S) as plain:
        line = trusting.wrap_socket(plain, server_hostname="localhost")
        seen = hashlib.sha256(line.getpeercert(binary_form=True) or b"").hexdigest().upper()
        line.close()
    assert shown.replace(":", "") == seen
    assert program.stop() == 0
    assert program.errors == []


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_beside_the_daemon(house: House) -> None:
    """Two processes, one file: what the daemon does is on the page, what the page asks is done."""
    house.load(set_up=False)
    modem = house.modem()
    daemon = house.daemon()
    assert daemon.line() == "ready"
    code = daemon.line("setup code: ").removeprefix("setup code: ")
    port = free_port()
    house.start("web", "--data", house.data, "--listen", f"127.0.0.1:{port}").line("http")
    browser = Browser(port)
    until(browser.answers, "the page")
    browser.become_administrator(code)
    modem.say(f"sms {CALLER} Une chambre est libre")
    modem.hears(f"{ALICE} got a text")
    until(lambda: "Une chambre est libre" in browser.read("/journal"), "the text in the journal")
    (alert,) = house.page_store().unsettled_alerts()
    browser.press(f"/alerts/{alert.id}/taken-care-of", "/call-back")
    until(lambda: house.page_store().unsettled_alerts() == (), "taken care of")


def test_demo_a_call_made_on_the_page_is_diverted(house: House) -> None:
    port = free_port()
    house.environ["TMPDIR"] = str(house.folder)
    program = house.start("demo", "--listen", f"127.0.0.1:{port}")
    browser = Browser(port)
    until(browser.answers, "the page")
    assert program.line("http") == f"Veilleur demo: http://127.0.0.1:{port}/  (Ctrl-C ends it)"
    phones = browser.read("/demo")
    assert "Mme Weber" in phones
    assert "Alice Martin" in phones
    # The journal's story tells of older ones: only the light rests on this very forwarding
    until(lambda: "Le boîtier veille" in browser.read("/"), "forwarding verified")
    browser.press(f"/demo/{CALLER}/call", "/demo")
    until(
        lambda: "transmis à" in browser.read("/journal?kind=call"), "the call in the journal"
    )
    until(lambda: "sonne" in browser.read("/demo"), "the phone on duty rings")
    family = family_of(program.process.pid)
    assert family
    assert program.stop() == 0
    left = [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert left == []
    assert program.errors == []
    assert list(house.folder.glob("veilleur-demo-*")) == []


@pytest.mark.parametrize("command", ["web", "demo"])
def test_a_taken_port_is_one_line(house: House, command: str) -> None:
    house.load()
    data = ["--data", str(house.data)] if command == "web" else []
    with taken_port() as port:
        program = house.start(command, *data, "--listen", f"127.0.0.1:{port}")
        family_is_gone(program)
    assert program.errors == [
        f"veilleur: 127.0.0.1:{port} cannot be listened on: Address already in use"
    ]


def family_is_gone(program: Program) -> None:
    assert program.ended() == 2
    assert family_of(program.process.pid) == set()
