"""Reading one table of the site file: each field checked, each fault kept with its line.

A field that is missing or wrong gives a stand-in of its type, so that the rest of the table is
still read and every fault is told at once; ``Table.bad`` says which fields not to trust.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar

from firmware.rota.grammar import (
    GrammarFault,
    check_wall,
    folded,
    parse_clock,
    parse_name,
    parse_wall,
)
from firmware.rota.text import Text, TextError, quoted
from firmware.rota.toml_lines import Place

T = TypeVar("T")

_STAND_IN = datetime(2000, 1, 1)  # noqa: DTZ001 - wall clock


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on ``line`` (from 1): ``message`` in English, ``text`` for translation."""

    line: int
    message: str
    text: Text | None = None


@dataclass(slots=True)
class Table:
    """One table under its ``title``, such as ``[[person]]``."""

    title: str
    values: dict[str, object]
    place: Place
    faults: list[Fault]
    bad: set[str] = field(default_factory=set)
    _known: list[str] = field(default_factory=list)

    def fault(self, key: str, template: str, **values: str | int | Text) -> None:
        """Record a fault at ``key``; ``{table}`` and ``{key}`` stand in every template."""
        self.fault_at(self.place.of(key).line, key, template, **values)

    def fault_at(self, line: int, key: str, template: str, **values: str | int | Text) -> None:
        """Record a fault of ``key`` on a line of its own, such as that of an item."""
        self.bad.add(key)
        text = Text.of(template, table=self.title, key=key, **values)
        self.faults.append(Fault(line, text.render(), text))

    def sound(self, *keys: str) -> bool:
        """Whether none of ``keys`` has a fault."""
        return not self.bad.intersection(keys)

    def take(self, key: str, expected: type[T], what: Text, required: bool) -> T | None:
        """The value of ``key`` if it is exactly of type ``expected``."""
        self._known.append(key)
        if key not in self.values:
            if required:
                self.fault(key, "{table}: {key} is missing")
            return None
        value = self.values[key]
        if type(value) is expected:
            return value
        self.fault(
            key,
            "{table}: {key} must be {expected}, not {found}",
            expected=what,
            found=_kind(value),
        )
        return None

    def parsed(
        self, key: str, parse: Callable[[str], T], stand_in: T, default: T | None = None
    ) -> T:
        """A text read by ``parse``, which raises ``TextError``."""
        found = self.take(key, str, Text.of("a text in quotes"), default is None)
        if found is None:
            return stand_in if default is None else default
        try:
            return parse(found)
        except TextError as error:
            self.fault(
                key,
                "{table}: {key} = {value}: {reason}",
                value=quoted(found),
                reason=error.text,
            )
            return stand_in

    def name(self, key: str = "name") -> str:
        """A name of a site, person or service."""
        return self.parsed(key, parse_name, "")

    def choice(self, key: str, allowed: Sequence[T], default: T | None = None) -> T:
        """One of a few texts."""
        found = self.take(key, str, Text.of("a text in quotes"), default is None)
        for value in allowed:
            if value == found:
                return value
        if found is not None:
            self.fault(
                key,
                "{table}: {key} must be one of {choices}, not {value}",
                choices=", ".join(str(value) for value in allowed),
                value=quoted(found),
            )
        return allowed[0] if default is None else default

    def whole(self, key: str, lowest: int, highest: int, default: int) -> int:
        """A whole number from ``lowest`` to ``highest``."""
        found = self.take(key, int, Text.of("a whole number"), False)
        if found is None:
            return default
        if not lowest <= found <= highest:
            self.fault(
                key,
                "{table}: {key} must be from {lowest} to {highest}",
                lowest=lowest,
                highest=highest,
            )
            return default
        return found

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false``."""
        found = self.take(key, bool, Text.of("true or false"), False)
        return default if found is None else found

    def items(self, key: str, required: bool) -> list[object] | None:
        """A list; a fault if it is empty."""
        found: list[object] | None = self.take(key, list, Text.of("a list"), required)
        if found is not None and not found:
            self.fault(key, "{table}: {key} is an empty list")
            return None
        return found

    def clock(self, key: str, default: time | None = None) -> time:
        """A clock time, as text or as TOML's local time."""
        found = self.values.get(key)
        if not isinstance(found, time):
            return self.parsed(key, parse_clock, time(), default)
        self._known.append(key)
        if found.microsecond:
            self.fault(key, "{table}: {key}: fractions of a second are not allowed")
        return found

    def wall(self, key: str, required: bool = True, exact: bool = False) -> datetime | None:
        """A date and time, as text or as TOML's; with an offset only where ``exact``."""
        found = self.values.get(key)
        if key not in self.values and not required:
            self._known.append(key)
            return None
        value = _STAND_IN
        if isinstance(found, datetime):
            self._known.append(key)
            try:
                value = check_wall(found)
            except GrammarFault as error:
                self.fault(key, "{table}: {key}: {reason}", reason=error.text)
        else:
            value = self.parsed(key, parse_wall, _STAND_IN)
        if value.tzinfo is not None and not exact:
            self.fault(key, "{table}: {key} is wall-clock time and takes no offset")
            return _STAND_IN
        return value

    def reference(self, key: str, line: int, name: str, known: dict[str, str], what: Text) -> str:
        """``name`` if it is one of ``known`` (folded name to name), else a fault on ``line``."""
        try:
            wanted = parse_name(name)
        except GrammarFault:
            wanted = name
        alike = known.get(folded(wanted))
        if alike == wanted:
            return wanted
        if alike is None:
            near = difflib.get_close_matches(folded(wanted)[:200], known, 1)
            alike = known[near[0]] if near else None
        self._unknown(line, key, what, wanted, alike)
        return wanted

    def _unknown(self, line: int, key: str, what: Text, name: str, near: str | None) -> None:
        shown = quoted(name)
        if near is None:
            self.fault_at(line, key, "{table}: {key}: no {what} {name}", what=what, name=shown)
        else:
            self.fault_at(
                line,
                key,
                "{table}: {key}: no {what} {name}; did you mean {near}?",
                what=what,
                name=shown,
                near=quoted(near),
            )

    def finish(self) -> None:
        """Record the keys that nothing asked for."""
        for key in self.values:
            if key not in self._known:
                near = nearest(key, (k for k in self._known if k not in self.values))
                if near is None:
                    self.fault(key, "{table}: unknown key {name}", name=quoted(key))
                else:
                    self.fault(
                        key,
                        "{table}: unknown key {name}; did you mean {near}?",
                        name=quoted(key),
                        near=near,
                    )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name out of ``known`` that somebody may have meant."""
    alike = difflib.get_close_matches(name[:200].lower(), list(known), 1, 0.6)
    return alike[0] if alike else None


def _kind(value: object) -> Text:
    kinds = (
        (bool, Text.of("true or false")),
        (str, Text.of("a text in quotes")),
        (int, Text.of("a whole number")),
        (float, Text.of("a decimal number")),
        (datetime, Text.of("a date and time")),
        (date, Text.of("a date")),
        (time, Text.of("a clock time")),
        (list, Text.of("a list")),
    )
    return next((text for kind, text in kinds if isinstance(value, kind)), Text.of("a table"))
