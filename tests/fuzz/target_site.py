"""Site files: any text gives faults or a rota; a rota is written, read again and asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, Final

from firmware.rota import (
    Fault,
    Rota,
    SiteFileFaults,
    gaps,
    handovers,
    next_handover,
    next_opening_change,
    office_number,
    on_duty,
    read_site_file,
    write_site_file,
)
from tests.fuzz.seeds import site_files
from tests.fuzz.target import BrokenPromiseError, Features, Target, promise

CALLS_MAX: Final = 400_000  # for all questions about one rota; README.md tells what is usual
_HOUR: Final = timedelta(hours=1)
_INSTANTS: Final = (
    datetime(2024, 6, 1, tzinfo=UTC),  # a Pi without a clock: the date of its system
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2199, 12, 31, 23, tzinfo=UTC),
)


@contextmanager
def _bounded(calls_max: int) -> Iterator[None]:
    """Raise when more calls are made than honest work takes: a bound that no machine changes."""
    calls = 0

    def count(_frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > calls_max:
            sys.setprofile(None)
            raise BrokenPromiseError("the questions about a rota do not come to an end")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def run(data: bytes) -> Features:
    """Read ``data`` as a site file; ask everything of the rota that comes out."""
    text = data.decode("utf-8", "replace")
    try:
        rota = read_site_file(text)
    except SiteFileFaults as found:
        lines = text.count("\n") + 1
        promise(bool(found.faults), "faults without a fault")
        for fault in found.faults:
            promise(1 <= fault.line <= lines, "a fault on a line that is not there")
            promise("\n" not in fault.message, "a fault of more than one line")
        return frozenset(_family(fault) for fault in found.faults)
    written = write_site_file(rota)
    again = read_site_file(written)
    promise(again == rota, "a rota that does not read back equal")
    promise(write_site_file(again) == written, "a rota that does not write back equal")
    return frozenset(_asked(rota, len(data)))


def _family(fault: Fault) -> str:
    return (fault.text.template if fault.text is not None else fault.message)[:40]


def _asked(rota: Rota, chance: int) -> Iterator[object]:
    instants = [_INSTANTS[chance % len(_INSTANTS)]]
    instants += [r.start.replace(tzinfo=UTC) for r in rota.rotations[:1]]
    instants += [o.start.replace(tzinfo=UTC) for o in rota.overrides[-1:]]
    for service in rota.services[chance % max(len(rota.services), 1) :][:1]:
        for instant in instants:
            with _bounded(CALLS_MAX):
                yield from _asked_at(rota, service.name, instant)
    yield ("zone", rota.site.time_zone[:6], rota.site.holidays)
    for rotation in rota.rotations:
        yield ("every", rotation.every.unit, min(rotation.every.count, 5), rotation.end is None)
        yield ("active", min(len(rotation.active), 3), min(len(rotation.people), 3))
    yield ("size", len(rota.services), len(rota.overrides), len(rota.opening_hours))


def _asked_at(rota: Rota, service: str, instant: datetime) -> Iterator[object]:
    duties = on_duty(rota, service, instant)
    for duty in duties:
        promise(duty.since is None or duty.since <= instant, "on duty before it begins")
        promise(duty.until is None or duty.until > instant, "on duty after it has ended")
    change = next_handover(rota, service, instant)
    promise(change is None or change > instant, "the next handover is past")
    yield ("duty", min(len(duties), 3), change is None)
    soon = instant + 48 * _HOUR
    for handover in handovers(rota, service, instant, soon):
        promise(instant <= handover.at < soon, "a handover outside of what was asked")
        promise(handover.incoming != handover.outgoing, "a handover of nothing")
    for gap in gaps(rota, service, instant, soon, office_counts=True):
        promise(instant <= gap.start < gap.end <= soon, "a gap outside of what was asked")
    office = office_number(rota, service, instant)
    opening = next_opening_change(rota, service, instant)
    promise(opening is None or opening > instant, "the next opening is past")
    yield ("office", office is None, opening is None)


def seeds() -> list[bytes]:
    """The site files of the tests."""
    return list(site_files())


TOKENS: Final = (
    b"[site]\n", b"[[person]]\n", b"[[service]]\n", b"[[rotation]]\n", b"[[override]]\n",
    b"[[opening_hours]]\n", b'name = "A"\n', b'time_zone = "Europe/Paris"\n', b"active = [\n]\n",
    b'time_zone = "Australia/Lord_Howe"\n', b'time_zone = "Africa/Casablanca"\n', b'"""', b"'''",
    b'time_zone = "../../etc/passwd"\n', b'every = "1 month"\n', b'every = "1 hour"\n', b"{", b"}",
    b'every = "5 days"\n', b"level = 2\n", b'days = "mon-sun"', b'days = "holiday"', b"[", b"]",
    b'start = "2026-03-29T02:30"\n', b'start = "1970-01-01T00:00"\n', b'end = "2199-12-31T23:59"\n',
    b'from = "08:00"\n', b'to = "08:00"\n', b'holidays = "FR-67"\n', b"good_friday = true\n",
    b'"+33601020304"', b'"06 01 02 03 04"', b"2026-01-05T08:00:00Z", b"1e999", b"nan", b"\\u0000",
    b"\\ud800", b"\xef\xbb\xbf", b"\r\n", b"\r", b"# \n", b"=", b".", b'"', b"'", b"0x10", b"true",
    b'duty_type = "garde"\n', b'role = "admin"\n', b'mode = "transfer"\n', b'digit = "1"\n',
    b"confirm_divert = false\n", b"acknowledge_within_s = 30\n", "é\u2028\u200d".encode(),
)  # fmt: skip
TARGET: Final = Target("site", run, seeds, TOKENS, 12_000, 4_800)
