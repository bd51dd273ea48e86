"""Debian's Chromium on the real page, served by waitress on a free port.

Each test ends by checking that no script failed, nothing was refused by the Content-Security-Policy
and no other host was asked for anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)
from waitress.server import create_server

from firmware.store.account_values import Role
from tests.patience import WITHIN_S
from tests.serving import running
from tests.web.cheap_scrypt import make_scrypt_cheap
from tests.web.compiled_once import compile_once
from tests.web.house import House
from tests.web.telephones import Telephones
from tests.web.visitor import admit
from web import create_app, live
from web.sessions import COOKIE

# the same engine without a desktop's frame: half the processor
CHROMIUM = Path("/usr/bin/chromium-headless-shell")
if not CHROMIUM.exists():
    CHROMIUM = Path("/usr/bin/chromium")
WITHIN_MS = WITHIN_S * 1000
expect.set_options(timeout=WITHIN_MS)
compile_once()
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": (360, 740), "desktop": (1440, 900)}


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there (apt-get install chromium-headless-shell)")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """News each second: the same page, and a test run of half the length."""
    monkeypatch.setattr(live, "PAUSE_S", 1)


@pytest.fixture(autouse=True)
def _cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    make_scrypt_cheap(monkeypatch)


@pytest.fixture(autouse=True)
def _own_runtime_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "data") as house:
        house.wake()
        yield house


@pytest.fixture
def telephones() -> Telephones:
    return Telephones()


@pytest.fixture
def app(house: House, telephones: Telephones) -> Flask:
    return create_app(house.data_dir, phones=telephones, clock=house.clock)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The page, on a free port."""
    with served(app) as address:
        yield address


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    with running(server) as port:
        yield f"http://127.0.0.1:{port}"


@dataclass
class Window:
    """One browser window and what went wrong in it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        self.page.goto(self.address + path)
        return self.page

    def watch(self) -> None:
        self.page.on("pageerror", self._script_failed)
        self.page.on("console", self._said)
        self.page.on("request", self._asked)

    def _script_failed(self, error: Error) -> None:
        self.faults.append(f"script: {error}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url.removeprefix("blob:")).netloc != urlsplit(self.address).netloc:
            self.faults.append(f"asked another host: {request.url}")


def sign_in(context: BrowserContext, app: Flask, address: str, role: Role = Role.ADMIN) -> None:
    """Give the window the cookie of an account of that role."""
    context.add_cookies([{"name": COOKIE, "value": admit(app, role), "url": address}])


@pytest.fixture(params=list(WIDTHS))
def window(
    request: pytest.FixtureRequest, browser: Browser, app: Flask, address: str
) -> Iterator[Window]:
    """A window at the width of a phone, then of a desktop; an administrator is signed in."""
    width, height = WIDTHS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(WITHIN_MS)
    sign_in(context, app, address)
    window = Window(context.new_page(), address)
    window.watch()
    yield window
    context.close()
    assert window.faults == []
