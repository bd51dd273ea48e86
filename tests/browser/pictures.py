"""`python -m tests.browser.pictures [FOLDER]`: makes the README's pictures anew.

From the demo's data at one fixed instant, so that a picture changes when its page does. Chromium
itself writes them as WebP, a third of the size of a PNG.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, served, sign_in
from tests.web.telephones import Telephones
from tests.web.walk import full_house, pages, personal_page
from web import create_app

PICTURES = Path(__file__).parents[2] / "web" / "pictures"
DESKTOP, TELEPHONE = (1100, 800), (360, 720)
TO_WEBP = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.85);
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """``endpoint`` is the page; ``query`` is added to the first address found of it. ``follow``
    is the link of that page that is followed (a CSS selector)."""

    name: str
    endpoint: str
    size: tuple[int, int] = DESKTOP
    query: str = ""
    follow: str = ""
    dark: bool = False


SHOWN = (
    Picture("now", "status.show"),
    Picture("now-telephone", "status.show", TELEPHONE),
    Picture("call-back", "call_back.show"),
    Picture("rota", "duty.month"),
    Picture("rota-rules", "duty.rules"),
    Picture("journal", "journal.show", query="kind=call"),
    Picture("story", "journal.show", query="outcome=call:diverted", follow=".story-link"),
    Picture("figures", "journal.count", dark=True),
    Picture("people", "people.show"),
    Picture("services", "services.service"),
    Picture("voice", "voice.show"),
    Picture("settings", "settings.show"),
    Picture("personal-telephone", "personal.show", TELEPHONE),
    Picture("demo", "demo.show"),
)


def webp(browser: Browser, png: bytes) -> bytes:
    """The same picture in the smaller format."""
    page = browser.new_page()
    address: str = page.evaluate(TO_WEBP, base64.b64encode(png).decode())
    page.close()
    return base64.b64decode(address.partition(",")[2])


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runtime = room / "run"
        runtime.mkdir()
        os.environ["VEILLEUR_RUNTIME"] = str(runtime)
        house = stack.enter_context(full_house(room / "data", alarm=False))
        app = create_app(house.data_dir, phones=Telephones(), clock=house.clock)
        found = pages(app, personal_page(house.data_dir))
        address = stack.enter_context(served(app))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        for picture in SHOWN:
            context = browser.new_context(
                viewport={"width": picture.size[0], "height": picture.size[1]},
                locale="fr-FR",
                timezone_id="Europe/Paris",
                color_scheme="dark" if picture.dark else "light",
            )
            sign_in(context, app, address)
            path = found[picture.endpoint]
            if picture.query:
                path = f"{urlsplit(path).path}?{picture.query}"
            page = context.new_page()
            page.goto(address + path)
            if picture.follow:
                page.locator(picture.follow).first.click()
                page.wait_for_load_state()
            page.evaluate("document.fonts.ready")
            made = webp(browser, page.screenshot())
            (folder / f"{picture.name}.webp").write_bytes(made)
            context.close()
            print(f"{picture.name}.webp: {len(made) // 1000} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
