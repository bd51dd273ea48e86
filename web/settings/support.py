"""A log for support that names nobody: what happened, without numbers, names or texts.

Nothing is blacked out; the log is put together from what is known to be harmless. Each telephone
number and each person gets a letter and a number of its own within one log, so that it can still
be followed who was asked after whom.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue

from firmware.record import JournalEntry
from firmware.store.plain import instant_text, to_plain
from firmware.update.version import own_version
from web.audit import audit
from web.box import box
from web.settings.blueprint import blueprint

LINES_MAX = 1000
# What the daemon itself writes and no caller or colleague can put a word into
HARMLESS = frozenset(
    {"level", "attempts", "part", "parts", "status", "set_anew", "round", "rota", "complete"}
)
WORDED = frozenset({"reason", "decision", "state", "key"})
_WORD = re.compile(r"[a-z_ -]{1,40}")
_PULSE = ("modem", "technology", "signal_dbm", "answered_at", "forwarding",
          "forwarding_checked_at", "clock_trusted", "outgoing_waiting", "last_call_at",
          "last_sms_at", "unknown_lines", "model", "at")  # fmt: skip


class Aliases:
    """``N1``, ``N2`` ... in the order of appearance; the same one for the same thing."""

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._known: dict[str, str] = {}

    def of(self, name: str | None) -> str:
        if not name:
            return "-"
        return self._known.setdefault(name, f"{self._letter}{len(self._known) + 1}")


@blueprint.get("/settings/support.txt")
def support() -> ResponseReturnValue:
    audit("support")
    text = "\n".join((*_machine(), "", *_pulse(), "", *_alarms(), "", *_journal())) + "\n"
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="veilleur-support.txt"'
    return response


def _machine() -> Iterator[str]:
    yield f"veilleur {own_version() or '(not installed)'}"
    yield f"python {platform.python_version()} on {platform.machine()}"
    yield f"now {instant_text(box().clock())}"
    known = box().rota()
    if known is None:
        yield "no site file"
        return
    yield (
        f"site: {len(known.people)} people, {len(known.services)} services,"
        f" {len(known.rotations)} rotations, {len(known.overrides)} overrides,"
        f" zone {known.site.time_zone}, holidays {known.site.holidays}"
    )


def _pulse() -> Iterator[str]:
    pulse = box().pulse()
    if pulse is None:
        yield "no pulse"
        return
    plain = to_plain(pulse)
    for name in _PULSE:
        yield f"{name}: {plain[name]}"


def _alarms() -> Iterator[str]:
    """Their kind alone: the values of an alarm may name somebody."""
    for alarm in box().store.open_alarms():
        kind = re.sub(r"[^a-z-].*", "", alarm.key)
        yield f"alarm {kind} since {instant_text(alarm.since)}: {alarm.cause}"


def _journal() -> Iterator[str]:
    numbers, people, services = Aliases("N"), Aliases("P"), Aliases("S")
    for stored in reversed(box().journal(LINES_MAX)):
        entry = stored.entry
        yield " ".join(
            (
                str(stored.id),
                instant_text(entry.at),
                entry.kind.value,
                _word(entry.outcome),
                services.of(entry.service),
                numbers.of(entry.number),
                people.of(entry.person),
                *_details(entry),
            )
        )


def _details(entry: JournalEntry) -> Iterator[str]:
    for name, value in entry.detail.items():
        if name in HARMLESS and isinstance(value, int):
            yield f"{name}={value}"
        elif name in WORDED and isinstance(value, str):
            yield f"{name}={_word(value)}"
        elif value:
            yield f"{name}=..."


def _word(text: str | None) -> str:
    """A word of the program's own; anything else is left out."""
    return text if text is not None and _WORD.fullmatch(text) else "-"
