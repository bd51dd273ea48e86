"""`veilleur label`: a page of A6 for whoever unpacks the box."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import segno

from firmware.command.data import open_data
from firmware.command.settings import SettingsFault
from firmware.store.code_store import new_code_for_label
from firmware.store.rota_store import RotaStore
from firmware.wording import Wording
from firmware.wording import label_messages as words

ADDRESS = "http://veilleur.local"
SHEET = Path(__file__).with_name("label.html")


def label(data_dir: Path, address: str, language: str | None, *, with_code: bool) -> int:
    """Print it as HTML, which any browser prints as A6. The code on the label before it is worth
    nothing any more; without ``with_code`` that one stays, and none is printed."""
    _check(address)
    with open_data(data_dir, create=True) as database:
        rota = RotaStore(database).load_rota()
        code = new_code_for_label(database, datetime.now(UTC)) if with_code else None
    if with_code and code is None:
        print("veilleur: there is an administrator already: the label has no code",
              file=sys.stderr)  # fmt: skip
    site = rota.site if rota is not None else None
    spoken = Wording(language or (site.language if site is not None else "fr"))
    print(sheet(spoken, site.name if site is not None else "", address, code))
    return 0


def sheet(wording: Wording, site: str, address: str, code: str | None) -> str:
    """The whole page; it needs no other file."""

    def say(msgid: str) -> str:
        return escape(wording.say(msgid))

    def items(msgids: tuple[str, ...]) -> str:
        return "".join(f"<li>{say(each)}</li>" for each in msgids)

    code_words = words.L_CODE if code else words.L_CODE_OF_SCREEN
    return Template(SHEET.read_text(encoding="utf-8")).substitute(
        language=wording.language,
        title=say(words.L_TITLE),
        site=escape(site),
        open=say(words.L_OPEN),
        address=escape(address),
        qr=segno.make(f"{address}/setup", micro=False, error="q").svg_inline(omitsize=True),
        code_words=say(code_words),
        code=escape(code or ""),
        secret=say(words.L_SECRET) if code else "",
        sim=say(words.L_SIM),
        sim_checks=items(words.SIM_CHECKS),
        lamps=say(words.L_LAMPS),
        lamp_list="".join(
            f'<li class="{name}">{say(each)}</li>'
            for name, each in zip(("green", "amber", "red", "blue"), words.LAMPS, strict=True)
        ),
        steady=say(words.L_STEADY),
        button=say(words.L_BUTTON),
    )


def _check(address: str) -> None:
    found = urlsplit(address)
    if found.scheme not in ("http", "https") or not found.netloc or found.path or found.query:
        raise SettingsFault(f"--address: http://NAME or https://NAME is expected, not {address!r}")
