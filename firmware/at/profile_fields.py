"""Typed reading of a TOML table, with faults that name the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ProfileFault(ValueError):  # noqa: N818 - named by who is at fault
    """A modem profile that cannot be used; says which field and why."""

    def __init__(self, profile: str, field: str, why: str) -> None:
        self.profile = profile
        self.field = field
        super().__init__(f"profile {profile}: {field + ': ' if field else ''}{why}")


class Section:
    """One TOML table; remembers what was read, so that a misspelt key is a fault."""

    __slots__ = ("_profile", "_read", "_table", "path")

    def __init__(self, profile: str, path: str, table: Mapping[str, Any]) -> None:
        self.path = path
        self._profile = profile
        self._table = table
        self._read: set[str] = set()

    def fault(self, key: str, why: str) -> ProfileFault:
        """A fault at ``key`` of this table, to be raised."""
        return ProfileFault(self._profile, f"{self.path}.{key}" if self.path else key, why)

    def _value(self, key: str) -> Any:
        self._read.add(key)
        if key not in self._table:
            raise self.fault(key, "is missing")
        return self._table[key]

    def text(self, key: str) -> str:
        """A non-empty string."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "must be a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """A non-empty string, ``None`` where the key is absent."""
        return self.text(key) if key in self._table else None

    def texts(self, key: str) -> tuple[str, ...]:
        """An array of non-empty strings, possibly empty itself."""
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.fault(key, "must be a list of texts")
        return tuple(value)

    def truth(self, key: str) -> bool:
        """True or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def whole(self, key: str, highest: int) -> int:
        """A whole number from 0 to ``highest``."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
            raise self.fault(key, f"must be a whole number from 0 to {highest}")
        return value

    def optional_whole(self, key: str, highest: int) -> int | None:
        """A whole number from 0 to ``highest``, ``None`` where the key is absent."""
        return self.whole(key, highest) if key in self._table else None

    def seconds(self, key: str) -> float:
        """A duration above 0 and at most 600 s."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 600:
            raise self.fault(key, "must be seconds, above 0 and at most 600")
        return float(value)

    def section(self, key: str) -> Section:
        """A table."""
        value = self._value(key)
        if not isinstance(value, dict):
            raise self.fault(key, "must be a table")
        return Section(self._profile, key, value)

    def optional_section(self, key: str) -> Section | None:
        """A table, ``None`` where it is absent."""
        return self.section(key) if key in self._table else None

    def sections(self, key: str) -> tuple[Section, ...]:
        """An array of tables, empty where it is absent."""
        self._read.add(key)
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.fault(key, "must be an array of tables")
        return tuple(
            Section(self._profile, f"{key}[{position}]", table)
            for position, table in enumerate(value, start=1)
        )

    def refuse_leftovers(self) -> None:
        """Raise on the first key that nobody read."""
        for key in self._table:
            if key not in self._read:
                raise self.fault(key, "is not a field of a profile")
