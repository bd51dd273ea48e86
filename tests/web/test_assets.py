"""What others wrote lies here unchanged, and the page is light."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from firmware.record import CallOutcome
from tests.web.house import House
from tests.web.visitor import Visitor, parsed
from web.assets import STATIC

FIRST_LOAD_MAX = 150_000
# What the page serves, and what its tests alone use
FOLDERS = (STATIC / "vendor", Path(__file__).parents[1] / "browser" / "vendor")


def files_of(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((folder / "manifest.toml").read_text())["file"]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_vendored_file_is_the_one_that_was_published(folder: Path) -> None:
    for file in files_of(folder):
        content = (folder / file["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert file["version"] in file["name"]
        assert file["licence"]
        assert (folder / file["licence_file"]).stat().st_size > 100


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_nothing_lies_there_unnamed(folder: Path) -> None:
    named = {"manifest.toml"}
    named |= {file[key] for file in files_of(folder) for key in ("name", "licence_file")}
    assert {path.name for path in folder.iterdir()} == named


def test_no_file_of_ours_reaches_for_another_host() -> None:
    # The name space of SVG is a name, not an address
    names = {"http://www.w3.org/2000/svg"}
    ours = [
        *STATIC.glob("*.*"),
        *(STATIC.parent / "templates").glob("**/*.html"),
    ]
    assert len(ours) > 10
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[\w/.-]+", text)) <= names, path


def test_the_first_load_is_light(house: House, visitor: Visitor) -> None:
    """The start page of a busy day with everything that it fetches."""
    for number in range(1, 8):
        house.call(number, CallOutcome.ALERTED, number)
        house.alert(number)
    html = visitor.get().text
    addresses = set()
    for tag, attributes in parsed(html).tags:
        address = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if tag == "use":
            address = str(attributes["href"]).split("#")[0]
        if address:
            addresses.add(address)
    css = visitor.get("/static/app.css").text
    addresses |= {f"/static/{name}" for name in re.findall(r'url\("([^"]+)"\)', css)}
    assert len(addresses) >= 7
    answers = [visitor.get(address) for address in addresses]
    assert all(answer.status_code == 200 for answer in answers)
    assert len(html.encode()) + sum(len(answer.data) for answer in answers) < FIRST_LOAD_MAX


def test_every_icon_that_is_used_exists(house: House, visitor: Visitor) -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in [
            *(STATIC.parent / "templates").glob("**/*.html"),
            STATIC.parent / "journal_words.py",
        ]
    )
    used = set(re.findall(r'icon\("([\w-]+)"\)', sources))
    used |= set(re.findall(r'Words\(\s*"([\w-]+)"', sources))
    used |= {"good", "warning", "bad", "lantern"}
    assert used <= drawn
    for name in drawn - used:
        assert f'"{name}"' in sources, f"{name} is drawn for nobody"
