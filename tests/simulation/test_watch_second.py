"""Who is a second caller that never was, and when the wire may have made one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import Call, CallOutcome
from tests.simulation.books import BookedCall
from tests.simulation.year import Year

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
RANG_MS, TOLD_MS, WRITTEN_MS = 186_050, 201_050, 232_414
LED_ON = Call(
    1, AT, "Ambulance", None, False, "network_divert", "+33601020304", CallOutcome.DIVERTED, AT
)


@pytest.mark.parametrize(
    ("damaged_ms", "broken"),
    [(RANG_MS, 0), (TOLD_MS, 0), (WRITTEN_MS - 1, 0), (TOLD_MS - 40_000, 1), (WRITTEN_MS + 1, 1)],
)
def test_a_number_garbled_while_it_rang_may_have_made_a_second_caller(
    damaged_ms: int, broken: int, tmp_path: Path
) -> None:
    """The modem was busy with an SMS for 40 s, and the box wrote nothing down before its end."""
    year = Year(tmp_path, 1, 2, 0.0)
    box, second = year.box, year.calls._second
    second._said_ms[TOLD_MS] = TOLD_MS + 90_000
    box._damages_ms.append(damaged_ms)
    box.books.calls[1] = BookedCall(WRITTEN_MS, LED_ON)
    second.finish()
    assert len(box.judge.broken) == broken
