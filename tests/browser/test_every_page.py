"""Every page for everybody: axe-core finds nothing, nothing is wider than the window, the keyboard
leads everywhere and shows where it is. New pages come along by themselves (`tests/web/walk.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.conftest import WITHIN_MS, Window, served, sign_in
from tests.web.house import House
from tests.web.telephones import Telephones
from tests.web.walk import full_house, pages, personal_page
from web import create_app

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js").read_text(encoding="utf-8")
WIDTHS = (360, 768, 1440)
PAGES_AT_LEAST = 30
TOO_WIDE = "wider than the window"
AS_WIDE_AS_PAPER = {"duty.paper"}  # a sheet of A4 in its true size, to see what will be printed
# Everything that axe knows but its "experimental" rules: WCAG 2.2 A and AA, and good practice
RUN = """async (rules) => {
  const options = {resultTypes: ["violations"]};
  if (rules) options.runOnly = {type: "rule", values: rules};
  const {violations} = await axe.run(document, options);
  return violations.map((each) => `${each.id}: ` + each.nodes.map((node) =>
    `${node.target} ${node.any.map((why) => why.message)}`).join("; "));
}"""
WIDER = "document.documentElement.scrollWidth > innerWidth"
# The outline, border or background of what has the focus, and whether it can be seen
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    what: e.id || e.name || e.textContent.trim().slice(0, 40) || e.tagName,
    place: [...document.querySelectorAll("*")].indexOf(e),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    there: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
  };
}"""
REACHABLE = """() => {
  const all = [...document.querySelectorAll("*")];
  return [...document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled
      && e.tabIndex >= 0
      && !(e.closest("details:not([open])") && e.tagName !== "SUMMARY")
      && !(e.type === "radio" && !e.checked))
    .map((e) => [all.indexOf(e), e.id || e.outerHTML.slice(0, 80)]);
}"""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Flask]]:
    """The demo's house, only looked at: once for all tests of this file."""
    with full_house(tmp_path_factory.mktemp("walk") / "data") as house:
        yield house, create_app(house.data_dir, phones=Telephones(), clock=house.clock)


@pytest.fixture
def app(walked: tuple[House, Flask]) -> Flask:
    house, app = walked
    house.wake()  # into this test's own folder
    return app


@pytest.fixture
def found(walked: tuple[House, Flask], app: Flask) -> dict[str, str]:
    found = pages(app, personal_page(walked[0].data_dir))
    assert len(found) >= PAGES_AT_LEAST, "the walk has lost its way"
    return found


@contextmanager
def opened(browser: Browser, app: Flask) -> Iterator[Window]:
    """A window of an administrator's, in which no script may fail."""
    with served(app) as address:
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
        context.set_default_timeout(WITHIN_MS)
        sign_in(context, app, address)
        window = Window(context.new_page(), address)
        window.watch()
        yield window
        context.close()
    assert window.faults == []


@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing(
    browser: Browser, app: Flask, found: dict[str, str], half: int
) -> None:
    wrong: dict[str, list[str]] = {}
    with opened(browser, app) as window:
        for endpoint, path in list(found.items())[half::2]:
            page = window.open(path)
            page.evaluate(AXE)
            faults = [f"{width}: {each}" for width in WIDTHS for each in looked_at(page, width)]
            if endpoint in AS_WIDE_AS_PAPER:
                faults = [each for each in faults if not each.endswith(TOO_WIDE)]
            if faults:
                wrong[endpoint] = faults
    assert wrong == {}


def looked_at(page: Page, width: int) -> list[str]:
    """What is wrong with a page at that width, by day and by night."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="light")
    faults: list[str] = page.evaluate(RUN, None)
    # Colours are all that differs by night
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {each}" for each in page.evaluate(RUN, ["color-contrast"])]
    return [*faults, TOO_WIDE] if page.evaluate(WIDER) else faults


def test_axe_can_find_something(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main><img src='data:,'><p style='color:#aaa'>grey</p></main>")
    page.evaluate(AXE)
    faults = " ".join(page.evaluate(RUN, None))
    page.close()
    for rule in ("image-alt", "color-contrast", "html-has-lang"):
        assert rule in faults


def test_the_keyboard_leads_everywhere_and_is_seen(
    browser: Browser, app: Flask, found: dict[str, str]
) -> None:
    wrong: dict[str, list[str]] = {}
    with opened(browser, app) as window:
        window.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        for endpoint, path in found.items():
            if faults := tabbed_through(window.open(path)):
                wrong[endpoint] = faults
    assert wrong == {}


def tabbed_through(page: Page) -> list[str]:
    """What is wrong with going through a page by the tabulator alone."""
    wanted: dict[int, str] = dict(page.evaluate(REACHABLE))
    places: set[int] = set()
    faults = []
    rounds = 0
    # A date field is several stops; a field that has the focus from the start takes a second round
    while rounds < 2 and len(places) < len(wanted):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None:
            rounds += 1
            continue
        if at["place"] in places:
            continue
        places.add(at["place"])
        if not at["seen"]:
            faults.append(f"no outline: {at['what']}")
        if not at["there"]:
            faults.append(f"out of sight: {at['what']}")
    return faults + [f"not reached: {what}" for at, what in wanted.items() if at not in places]
