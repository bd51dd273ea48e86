"""Contacts as a list that a spreadsheet reads and writes (CSV).

Read is what offices have: Excel's semicolons in Windows-1252, UTF-8 with or without its mark,
commas, tabs, with a line of titles or without. Written is what Excel opens as it is: semicolons,
UTF-8 with its mark. No cell begins with a sign that a spreadsheet would compute.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from firmware.rota import Contact
from firmware.rota.grammar import folded, parse_name
from firmware.rota.number import normalise_number
from firmware.rota.site_tables import CONTACTS_MAX, parse_note
from firmware.rota.text import Text, TextError, quoted

DELIMITERS = (";", "\t", ",")
# OWASP: what makes a spreadsheet compute a cell
_COMPUTED = re.compile(r"'*[=+\-@\t\r]")
_HIDDEN = re.compile(r"'+[=+\-@\t\r]")
_TITLES = {
    "number": {"number", "numero", "telephone", "phone", "tel", "mobile"},
    "name": {"name", "nom", "contact"},
    "note": {"note", "notes", "remarque", "commentaire"},
}
TITLES = ("numero", "nom", "note")
NO_COLUMNS = "the list needs a column with the number and one with the name"
NO_NAME = "the line has no name"
NO_LIST = "this is no list that can be read"
TWICE = "{number} is on line {first} already"
TOO_MANY = "there are more than {highest} contacts"


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong on a line (from 1) of the list."""

    line: int
    text: Text


@dataclass(frozen=True, slots=True)
class Read:
    """The contacts of a list, and what is wrong with it: then nothing of it may be taken."""

    contacts: tuple[Contact, ...]
    faults: tuple[LineFault, ...]


def decoded(data: bytes) -> str:
    """The text of a file, whatever wrote it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def read_list(text: str, country_code: str) -> Read:
    """The contacts of a list; ``country_code`` reads numbers without one. Never raises."""
    contacts: dict[str, Contact] = {}
    lines: dict[str, int] = {}
    faults: list[LineFault] = []
    try:
        rows = list(_rows(text.removeprefix("\ufeff")))
    except csv.Error:
        return Read((), (LineFault(1, Text.of(NO_LIST)),))
    if not rows:
        return Read((), ())
    columns = _columns(rows[0][1])
    if columns is None:
        return Read((), (LineFault(rows[0][0], Text.of(NO_COLUMNS)),))
    begin = 1 if _is_titles(rows[0][1]) else 0
    for line, cells in rows[begin:]:
        try:
            contact = _contact(cells, columns, country_code)
        except TextError as error:
            faults.append(LineFault(line, error.text))
            continue
        if contact.number in contacts:
            twice = Text.of(TWICE, number=contact.number, first=lines[contact.number])
            faults.append(LineFault(line, twice))
            continue
        contacts[contact.number], lines[contact.number] = contact, line
    if len(contacts) > CONTACTS_MAX:
        faults.append(LineFault(rows[-1][0], Text.of(TOO_MANY, highest=CONTACTS_MAX)))
    return Read(tuple(contacts.values()), tuple(faults))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds something, with its number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before = 0
    for cells in reader:
        line, before = before + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield line, [_shown(cell.strip()) for cell in cells]


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _shown(cell: str) -> str:
    return cell[1:] if _HIDDEN.match(cell) else cell


def _is_titles(cells: list[str]) -> bool:
    return not any(re.search(r"[0-9]{4}", re.sub(r"\W", "", cell)) for cell in cells)


def _columns(cells: list[str]) -> dict[str, int] | None:
    """Where number, name and note stand; without titles in this order. None: not to be told."""
    if not _is_titles(cells):
        return {"number": 0, "name": 1, "note": 2} if len(cells) > 1 else None
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        title = re.sub(r"\W", "", folded(cell))
        for column, words in _TITLES.items():
            if title in words:
                found.setdefault(column, place)
    return found if {"number", "name"} <= found.keys() else None


def _contact(cells: list[str], columns: dict[str, int], country_code: str) -> Contact:
    values = {
        column: cells[place] if place < len(cells) else "" for column, place in columns.items()
    }
    number = normalise_number(values["number"], country_code)
    if not values["name"]:
        raise TextError(NO_NAME)
    try:
        return Contact(number, parse_name(values["name"]), parse_note(values.get("note", "")))
    except TextError as error:
        shown = quoted(values["name"])
        raise TextError("{cell}: {reason}", cell=shown, reason=error.text) from None


def written(contacts: Iterable[Contact], country_code: str) -> bytes:
    """The list, the same contacts again when it is read."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(TITLES)
    for each in contacts:
        cells = (dialled(each.number, country_code), each.name, each.note)
        writer.writerow([f"'{cell}" if _COMPUTED.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def dialled(number: str, country_code: str) -> str:
    """A number with blanks and no plus sign: a spreadsheet takes it for a text and leaves it."""
    national = number.removeprefix("+33")
    if country_code == "33" and number.startswith("+33") and len(national) == 9:
        digits = f"0{national}"
        return " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    return f"00 {number.removeprefix('+')}"
