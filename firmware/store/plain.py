"""Values of the rooms <-> what JSON and SQLite can hold, told by the type hints.

Instants are texts such as ``2026-03-29T01:00:00.123456Z``: of fixed width, so that their order as
text is their order in time.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
from collections.abc import Callable
from datetime import UTC, datetime, time
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN = frozenset({str, int, float, bool})
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def instant_text(value: datetime) -> str:
    """An aware datetime as text; ``ValueError`` for a naive one, whose instant nobody knows."""
    if value.tzinfo is UTC:   # as nearly all are
        return value.isoformat(timespec="microseconds")[:-6] + "Z"
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value!r}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def wall_text(value: datetime) -> str:
    """Wall clock without, an exact instant with a ``Z``; both sort as text."""
    if value.tzinfo is not None:
        return instant_text(value)
    return value.isoformat(timespec="microseconds")


def read_time(text: str) -> datetime:
    """What ``instant_text`` and ``wall_text`` wrote; ``ValueError`` otherwise."""
    return datetime.fromisoformat(text)


def clean(text: str) -> str:
    """``text`` without lone surrogates, which UTF-8 cannot hold; U+FFFD stands in their place.

    They come from cut UTF-16 in an SMS; the raw PDU is kept beside the text.
    """
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def json_text(value: object) -> str:
    """``value`` as JSON, readable in any language."""
    return clean(_JSON.encode(value))


def to_plain(value: Any) -> Any:
    """A value of the rooms in JSON's types; dates without a zone stay without."""
    if value is None or type(value) in _PLAIN:   # as most are
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return wall_text(value)
    if isinstance(value, time):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in _stored(type(value))}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value


def from_plain(hint: Any, plain: Any) -> Any:
    """The value of type ``hint`` that ``to_plain`` turned into ``plain``.

    Raises ``ValueError`` when it is no such value: what comes from a file is not believed.
    """
    return reader(hint)(plain)


@functools.cache
def reader(hint: Any) -> Reader:
    """``from_plain`` for one type, its hints looked at once: a box that starts reads a month."""
    if hint is object or hint is Any:
        return _as_it_is
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(hint))
    if origin is tuple:
        return _tuple_reader(reader(get_args(hint)[0]))
    if origin is dict:
        return _dict_reader(reader(get_args(hint)[1]))
    if origin is Literal:
        return _literal_reader(get_args(hint))
    return _class_reader(hint)


def _as_it_is(plain: Any) -> Any:
    return plain


def _union_reader(members: tuple[Any, ...]) -> Reader:
    (member,) = (member for member in members if member is not type(None))
    inner = reader(member)
    if type(None) not in members:
        return inner
    return lambda plain: None if plain is None else inner(plain)


def _tuple_reader(inner: Reader) -> Reader:
    return lambda plain: tuple([inner(item) for item in _checked(list, plain)])


def _dict_reader(inner: Reader) -> Reader:
    return lambda plain: {key: inner(item) for key, item in _checked(dict, plain).items()}


def _literal_reader(values: tuple[Any, ...]) -> Reader:
    def read(plain: Any) -> Any:
        if plain not in values:
            raise ValueError(f"{plain!r} is not one of {values}")
        return plain

    return read


def _class_reader(kind: type) -> Reader:
    if kind is datetime:
        return lambda plain: read_time(_checked(str, plain))
    if kind is time:
        return lambda plain: time.fromisoformat(_checked(str, plain))
    if kind is float:
        return lambda plain: float(_checked((int, float), plain))
    if issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return lambda plain: _from_fields(kind, _checked(dict, plain))
    return lambda plain: _checked(kind, plain)


def _from_fields(kind: type, plain: dict[str, Any]) -> Any:
    known = {name: read(plain[name]) for name, read in _field_readers(kind) if name in plain}
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _checked(kind: type | tuple[type, ...], plain: Any) -> Any:
    if type(plain) is kind:   # as nearly always
        return plain
    # bool is an int in Python, never in what we write
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise ValueError(f"expected {kind}, found {plain!r}")
    return plain


@functools.cache
def _field_readers(kind: type) -> tuple[tuple[str, Reader], ...]:
    return tuple((name, reader(hint)) for name, hint in field_hints(kind).items())


@functools.cache
def _stored(kind: type) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(field for field in dataclasses.fields(kind) if field.init)


@functools.cache
def field_hints(kind: type) -> dict[str, Any]:
    """The fields that make up a dataclass and their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in _stored(kind)}
