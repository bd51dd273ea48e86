"""Who was led nowhere, and when the box could know it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import Call, CallOutcome
from hw.simulator.ledger import CallRecord, LegRecord
from tests.simulation.books import BookedCall
from tests.simulation.town import OFFICE
from tests.simulation.year import Year

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
RANG_MS, REFUSED_MS = 186_581, 189_104
LED_ON = Call(
    1, AT, "Ambulance", "+33617181920", False, "network_divert", OFFICE, CallOutcome.DIVERTED, AT
)


@pytest.mark.parametrize(
    ("changed_ms", "broken"),
    [(None, 1), (RANG_MS - 1, 0), (REFUSED_MS - 236, 0), (REFUSED_MS + 1, 1)],
)
def test_a_forward_that_somebody_changes_before_the_refusal_is_not_known_yet(
    changed_ms: int | None, broken: int, tmp_path: Path
) -> None:
    """The call rang for 2.5 s before the box refused it."""
    year = Year(tmp_path, 1, 2, 0.0)
    if changed_ms is not None:
        year.forwarding._unknown_ms.append((changed_ms, changed_ms + 900_000))
    rang = LegRecord(year.box.number, None, RANG_MS, RANG_MS, REFUSED_MS, "refused")
    record = CallRecord(
        1, "+33617181920", year.box.number, False, RANG_MS, [rang], ended_by="network"
    )  # fmt: skip
    year.calls._must_have_its_alert(record, BookedCall(RANG_MS + 2_300, LED_ON))
    assert len(year.box.judge.broken) == broken
    assert len(year.calls._led_nowhere) == 1 - broken
