"""Each text of the page is in the catalogue, in both languages, and nothing else is."""

from __future__ import annotations

import gettext
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes
from jinja2.lexer import TOKEN_DATA

from tests.web import catalogue
from tests.web.catalogue import LANGUAGES, WEB, filled, mo_bytes, po_bytes, renewed

PLACE = re.compile(r"%\((\w+)\)s")
TEMPLATES = sorted((WEB / "templates").glob("**/*.html"))
# Words that are the same in every language, or an example of a command
NO_TRANSLATION = {
    "Veilleur", "veilleur import FILE --data DIR", "06 12 34 56 78;Mme Leroy;EHPAD",
}  # fmt: skip
PLACES = {
    "France", "Moselle", "Bas-Rhin", "Haut-Rhin", "Guadeloupe", "Martinique", "Mayotte", "Tahiti",
    "Luxembourg",
}  # fmt: skip
READ_ALOUD = ("aria-label", "title", "alt", "placeholder", "value", "data-lost")


@pytest.fixture(scope="module")
def messages() -> Catalog:
    return catalogue.extract()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_up_to_date_and_used(language: str, messages: Catalog) -> None:
    """A message that is missing, or that nothing uses any more, is a difference here."""
    po = catalogue.path_of(language)
    wanted = renewed(language, messages)
    assert po.read_bytes() == po_bytes(wanted), "run: python -m tests.web.catalogue"
    assert po.with_suffix(".mo").read_bytes() == mo_bytes(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    stored = catalogue.read(language)
    assert [message.id for message in stored if message.id and not filled(message.string)] == []
    assert not any(message.fuzzy for message in stored if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_values_of_its_message(language: str) -> None:
    for message in catalogue.read(language):
        places = set(PLACE.findall(_forms(message.id)[-1]))
        for string in _forms(message.string):
            assert set(PLACE.findall(string)) == places, message.id
            assert "%" not in PLACE.sub("", string), message.id


def _forms(text: object) -> list[str]:
    """The one or two forms of a message."""
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text)]


def test_french_is_french() -> None:
    """Not one message was left in English, except words that both languages share."""
    shared = {"SMS", "Modem", "Signal", "Journal", "Pages", "Service", "Services"} | PLACES
    shared |= {"Absences", "Contacts", "Messages", "Mode", "Note"}
    shared |= {"Date", "minutes"}
    same = {
        message.id
        for message in catalogue.read("fr")
        if message.id and message.id == message.string and not PLACE.search(str(message.id))
    }
    assert same <= shared


def test_no_line_of_french_begins_with_a_sign() -> None:
    """A blank before : ; ? ! and inside « » does not break (narrow or not)."""
    breaks = re.compile(r" [:;?!»](?!\w)|« ")
    for message in catalogue.read("fr"):
        for form in _forms(message.string) if message.id else ():
            assert breaks.search(form) is None, form


def test_french_plurals_begin_at_two() -> None:
    words = gettext.translation("messages", WEB / "translations", ["fr"])
    said = [
        words.ngettext(
            "%(num)s caller waits for an answer", "%(num)s callers wait for an answer", number
        )
        for number in (0, 1, 2)
    ]
    assert [text.split()[1] for text in said] == ["appelant", "appelant", "appelants"]


class _Words(HTMLParser):
    """The words of a template outside of expressions, and of its spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name in READ_ALOUD if name != "value" or _is_shown(tag, dict(attrs))]
        self.found += [value for name, value in attrs if name in names and value]


def _is_shown(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether the value is what a reader sees, and not what the form sends."""
    sent = ("hidden", "checkbox", "radio")
    return tag not in ("button", "option") and attributes.get("type") not in sent


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_text_of_its_own(path: Path) -> None:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    source = path.read_text(encoding="utf-8")
    html = "".join(
        value if kind == TOKEN_DATA else " " for _, kind, value in environment.lex(source)
        if kind == TOKEN_DATA or kind.endswith("_begin")
    )  # fmt: skip
    parser = _Words()
    parser.feed(html)
    texts = {" ".join(text.split()) for text in parser.found}
    # Attributes that a macro writes for others, and signs
    texts = {re.sub(r'[\w-]+="[^"]*"', "", text).strip(" ·") for text in texts}
    left = {text for text in texts if re.search(r"[^\W\d_]", text)} - NO_TRANSLATION
    assert left == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_writes_no_sentence_into_an_expression(path: Path) -> None:
    """``{{ "Some text" }}`` would not be caught above."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    tree = environment.parse(path.read_text(encoding="utf-8"))
    shown = {
        part.value
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
        if isinstance(part, nodes.Const) and isinstance(part.value, str)
    }
    assert {text for text in shown if re.search(r"[^\W\d_] ", text)} == set()


def test_the_mapping_finds_templates_and_modules(messages: Catalog) -> None:
    assert messages.get("On duty now") is not None
    assert messages.get("Monday") is not None
    assert messages.get("yesterday") is not None
