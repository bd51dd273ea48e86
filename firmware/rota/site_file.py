"""The site file: TOML text to a ``Rota``, with every fault and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from firmware.rota.fields import Fault, Table, nearest
from firmware.rota.health_table import read_health
from firmware.rota.retention_table import read_retention
from firmware.rota.site_tables import (
    CONTACTS_MAX,
    Names,
    read_contact,
    read_greeting,
    read_opening_hours,
    read_override,
    read_person,
    read_rotation,
    read_service,
    read_site,
)
from firmware.rota.text import Text, quoted
from firmware.rota.toml_lines import Place, locate
from firmware.rota.values import Rota
from firmware.rota.voice_table import read_voice

TEXT_MAX = 4_000_000  # characters; a large site with years of overrides has 200,000

_ARRAYS = ("person", "service", "rotation", "override", "opening_hours", "contact", "greeting")
_SINGLE = ("site", "health", "retention", "voice")
_AT_LINE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


class SiteFileFaults(ValueError):  # noqa: N818 - it carries faults
    """A site file that cannot be taken: ``faults``, at least one, in the order of lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(f"{fault.line}: {fault.message}" for fault in self.faults))


def read_site_file(text: str) -> Rota:
    """The rota that a site file describes. Raises ``SiteFileFaults`` and nothing else."""
    if len(text) > TEXT_MAX:
        raise SiteFileFaults([_fault(1, "the file has more than {n} characters", n=TEXT_MAX)])
    text = text.removeprefix("\ufeff")  # Windows editors put a byte order mark there
    document, places = _parse(text)
    faults: list[Fault] = []
    rota = _read(document, places, faults)
    if faults:
        raise SiteFileFaults(faults)
    return rota


def _parse(text: str) -> tuple[dict[str, object], Place]:
    try:
        return tomllib.loads(text), locate(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else text.rstrip().count("\n") + 1
        reason = _AT_LINE.sub("", str(error))
        raise SiteFileFaults([_fault(line, "not TOML: {reason}", reason=reason)]) from None
    except RecursionError:
        raise SiteFileFaults([_fault(1, "lists or tables are nested too deeply")]) from None
    except ValueError:  # an integer beyond Python's limit of digits
        line = _line_of_longest_number(text)
        raise SiteFileFaults([_fault(line, "a number has too many digits")]) from None


def _line_of_longest_number(text: str) -> int:
    longest = max(re.finditer(r"[0-9_]+", text), key=lambda m: m.end() - m.start(), default=None)
    return 1 if longest is None else text.count("\n", 0, longest.start()) + 1


def _fault(line: int, template: str, **values: str | int) -> Fault:
    text = Text.of(template, **values)
    return Fault(line, text.render(), text)


def _read(document: dict[str, object], places: Place, faults: list[Fault]) -> Rota:
    _unknown_tables(document, places, faults)
    tables = {key: list(_tables(key, document, places, faults)) for key in _ARRAYS}
    if len(tables["contact"]) > CONTACTS_MAX:
        line = tables["contact"][CONTACTS_MAX].place.line
        faults.append(_fault(line, "there are more than {highest} contacts", highest=CONTACTS_MAX))
    names = Names()
    site = read_site(_single_table("site", document, places, faults))
    health = read_health(_single_table("health", document, places, faults))
    retention = read_retention(_single_table("retention", document, places, faults))
    voice = read_voice(_single_table("voice", document, places, faults))
    people = tuple(read_person(table, site, names) for table in tables["person"])
    services = tuple(read_service(table, names) for table in tables["service"])
    return Rota(
        site,
        people,
        services,
        tuple(read_rotation(table, site, names) for table in tables["rotation"]),
        tuple(read_override(table, site, names) for table in tables["override"]),
        tuple(read_opening_hours(table, site, names) for table in tables["opening_hours"]),
        health,
        tuple(read_contact(table, site, names) for table in tables["contact"]),
        retention,
        voice,
        tuple(read_greeting(table, names) for table in tables["greeting"]),
    )


def _unknown_tables(document: dict[str, object], places: Place, faults: list[Fault]) -> None:
    for key in document:
        if key in (*_ARRAYS, *_SINGLE):
            continue
        line = places.of(key).line
        near = nearest(key, (*_ARRAYS, *_SINGLE))
        if near is None:
            faults.append(_fault(line, "unknown table {name}", name=quoted(key)))
        else:
            faults.append(
                _fault(
                    line,
                    "unknown table {name}; did you mean {near}?",
                    name=quoted(key),
                    near=near,
                )
            )


def _single_table(
    key: str, document: dict[str, object], places: Place, faults: list[Fault]
) -> Table:
    found = document.get(key)
    if isinstance(found, dict):
        return Table(f"[{key}]", found, places.of(key), faults)
    if found is not None:
        line = places.of(key).line
        faults.append(_fault(line, "{key} must be one table: [{key}]", key=key))
    elif key == "site":
        faults.append(_fault(1, "the table [site] is missing"))
    return Table(f"[{key}]", {}, Place(1), [])


def _tables(
    key: str, document: dict[str, object], places: Place, faults: list[Fault]
) -> Iterator[Table]:
    place = places.of(key)
    found = document.get(key, [])
    if not isinstance(found, list):
        faults.append(
            _fault(place.line, "{key} must be written with two brackets: [[{key}]]", key=key)
        )
        return
    for index, item in enumerate(found):
        if isinstance(item, dict):
            yield Table(f"[[{key}]]", item, place.item(index), faults)
        else:
            faults.append(
                _fault(place.item(index).line, "each {key} must be a table: [[{key}]]", key=key)
            )
