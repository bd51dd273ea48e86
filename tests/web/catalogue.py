"""Brings the page's message catalogues up to date (`python -m tests.web.catalogue`).

Here and not in `web`, because Babel is a tool for developers and the page does not need it.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[2] / "web"
TRANSLATIONS = WEB / "translations"
LANGUAGES = ("fr", "en")
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}


def extract() -> Catalog:
    """All messages of the page's templates and modules."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(str(WEB), methods, options, keywords=KEYWORDS, comment_tags=())
    for name, line, message, comments, context in found:
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def path_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


class DatelessCatalogue(Catalog):
    """Has only the headers that gettext needs: no file changes without a reason."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "veilleur"),
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def renewed(language: str, messages: Catalog) -> DatelessCatalogue:
    """``messages`` with the translations that the language has already."""
    old = read(language)
    new = DatelessCatalogue(locale=language, charset="utf-8", fuzzy=False)
    new.header_comment = "# Messages of the page; see tests/web/catalogue.py"
    for message in messages:
        if not message.id:
            continue
        known = old.get(message.id)
        string = known.string if known is not None else ""
        if language == "en":
            string = message.id  # the messages are English
        # Files without lines: the catalogue then only changes when a message does
        places = [(name, 0) for name in sorted({name for name, _ in message.locations})]
        new.add(message.id, string, places)
    return new


def po_bytes(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=98, sort_output=True, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def update(language: str, messages: Catalog) -> int:
    """Write both files of a language; gives the number of messages left untranslated."""
    catalogue = renewed(language, messages)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalogue))
    path.with_suffix(".mo").write_bytes(mo_bytes(catalogue))
    return sum(not filled(message.string) for message in catalogue if message.id)


def filled(string: object) -> bool:
    """Whether a message has its translation, in each plural form."""
    return all(string) if isinstance(string, tuple) else bool(string)


def main() -> int:
    messages = extract()
    left = {language: update(language, messages) for language in LANGUAGES}
    for language, number in left.items():
        print(f"{language}: {len(messages)} messages, {number} not translated")
    return 1 if any(left.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
