"""Rows for the tests: one plain one of each kind, and arbitrary ones."""

from __future__ import annotations

import types
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin

from hypothesis import strategies as st

from firmware.record import (
    Alarm,
    Alert,
    AlertCause,
    Asked,
    Call,
    CallOutcome,
    Fact,
    IncomingMessage,
    IncomingPart,
    Intervention,
    JournalEntry,
    JournalKind,
    OutgoingMessage,
    OutgoingState,
    Row,
    Voicemail,
)
from firmware.store.plain import field_hints

NOW = datetime(2026, 3, 29, 1, 0, 0, 123456, tzinfo=UTC)
CALLER = "+33612345678"


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


def call(number: int = 1, /, **changes: Any) -> Call:
    return Call(**{"id": number, "started_at": NOW, "service": "Ambulance", **changes})


def alert(number: int = 1, /, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "id": number,
        "reference": "8F2",
        "cause": AlertCause.CALL,
        "cause_id": 1,
        "service": "Ambulance",
        "opened_at": NOW,
    }
    return Alert(**{**values, **changes})


def outgoing(number: int = 1, /, **changes: Any) -> OutgoingMessage:
    values: dict[str, Any] = {
        "id": number,
        "cause": f"alert:{number}:1",
        "recipient": "+33601020304",
        "text": "Rappeler 06.., réf 8F2",
        "rank": 0,
        "created_at": NOW,
    }
    return OutgoingMessage(**{**values, **changes})


def part(fingerprint: str = "f1", /, **changes: Any) -> IncomingPart:
    values: dict[str, Any] = {
        "fingerprint": fingerprint,
        "received_at": NOW,
        "pdu": "07913366",
        "sender": CALLER,
    }
    return IncomingPart(**{**values, **changes})


def incoming(number: int = 1, /, **changes: Any) -> IncomingMessage:
    values: dict[str, Any] = {"id": number, "received_at": NOW, "sender": CALLER, "text": "été 🚑"}
    return IncomingMessage(**{**values, **changes})


def line(**changes: Any) -> JournalEntry:
    return JournalEntry(**{"at": NOW, "kind": JournalKind.CALL, **changes})


def one_of_each() -> tuple[Row, ...]:
    """A step that touches every table that `record` upserts into."""
    asked = Asked("Alice Martin", "+33601020304", 1, NOW)
    return (
        line(key="call:1", service="Ambulance", number=CALLER, outcome="ringing"),
        line(kind=JournalKind.HEALTH, detail={"signal_dbm": -71}),
        call(outcome=CallOutcome.DIVERTED),
        alert(asked=(asked, asked), due_at=NOW),
        outgoing(state=OutgoingState.SENDING, references=(254, 255, 0), reported=(1,)),
        part(message_id=1),
        incoming(),
        Voicemail(1, 1, "Ambulance", CALLER, NOW, 12.5, "mail/1"),
        Intervention(1, "Alice Martin", NOW),
        Alarm("modem", NOW, "modem_mute", {"port": "/dev/ttyUSB2"}),
        Fact("sim:2081", {"deflection": None, "forwarding": True}),
    )


INSTANTS = st.datetimes(timezones=st.just(UTC))
_NUMBERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        return st.none() | st.one_of([values_of(member) for member in members])
    if origin is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(st.text(), values_of(get_args(hint)[1]), max_size=3)
    if hint is object:
        return _JSON
    if hint is datetime:
        return INSTANTS
    if hint is int:
        return _NUMBERS
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if hint is str:
        return st.text()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if hint is bool:
        return st.booleans()
    return rows_of(hint)


def rows_of(kind: type, /, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any row of a type; ``fixed`` fields are drawn from the given strategies."""
    fields = {name: values_of(hint) for name, hint in field_hints(kind).items()}
    return st.builds(kind, **{**fields, **fixed})
