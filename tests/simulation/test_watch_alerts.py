"""Whom a round may begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.record import Alert, AlertCause, Asked, IncomingMessage, OutgoingMessage
from tests.simulation.books import BookedAlert, BookedSms, BookedText
from tests.simulation.year import Year


@pytest.mark.parametrize(
    ("levels", "declined", "broken"),
    [((1,), (), 0), ((2,), (), 1), ((1, 2), (), 1), ((1, 2), (1,), 0), ((2, 3), (2,), 1)],
)
def test_a_round_begins_with_the_first_level_or_goes_on_from_those_who_said_no(
    levels: tuple[int, ...], declined: tuple[int, ...], broken: int, tmp_path: Path
) -> None:
    """After a start the text and the NON to it are read with one list."""
    year = Year(tmp_path, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(300)
    now = box.moment
    asked = tuple(
        Asked(f"Level {level}", f"+3361234567{level}", level, now.utc, 0, level in declined)
        for level in levels
    )
    service = year.truth.services[0]
    alert = Alert(1, "A3G", AlertCause.SMS, 1, service, now.utc, asked=asked)
    year.alerts._asked(alert, asked, now)
    assert len(box.judge.broken) == broken


@pytest.mark.parametrize(("opened_before_ms", "broken"), [(0, 0), (1, 1)])
def test_an_ok_need_not_end_an_alert_that_was_opened_as_it_was_read(
    opened_before_ms: int, broken: int, tmp_path: Path
) -> None:
    """It was an answer to an alert of before, by the same reference; the two came with one list."""
    year = Year(tmp_path, 1, 2, 0.0)
    box, now = year.box, year.box.moment.utc
    row = Alert(1, "U3H", AlertCause.SMS, 2, year.truth.services[0], now)
    text = IncomingMessage(1, now, "+33613141516", "ok u3h", complete=True, kind="staff")
    alert = BookedAlert(box.now_ms - opened_before_ms, row)
    year.alerts._must_end(BookedText(box.now_ms, text), [alert])
    assert len(box.judge.broken) == broken


@pytest.mark.parametrize(
    ("sender", "told", "broken"),
    [
        ("03161910", "+333161910", 0), ("+33699887766", "+33699887766", 0),
        ("+33699887766", "+33699887767", 1),
    ],
)
def test_a_sender_that_was_garbled_into_a_national_number_is_told_in_full(
    sender: str, told: str, broken: int, tmp_path: Path
) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    now, service = year.box.moment.utc, year.truth.services[0]
    text = IncomingMessage(7, now, sender, "svp", complete=True, kind="stranger")
    year.box.books.texts[7] = BookedText(0, text)
    alert = BookedAlert(0, Alert(1, "U3H", AlertCause.SMS, 7, service, now))
    sms = OutgoingMessage(
        3, "alert:1:1", "+33601020304", f"SMS de {told} : svp", 1, created_at=now
    )
    year.alerts._must_quote(alert, BookedSms(0, sms))
    assert len(year.box.judge.broken) == broken


@pytest.mark.parametrize(
    ("shown", "garbled", "broken"),
    [("U3H", False, 0), ("37H", True, 0), ("37H", False, 1), ("37K", True, 1), ("U3K", False, 1)],
)
def test_an_ok_may_name_what_the_telephone_showed(
    shown: str, garbled: bool, broken: int, tmp_path: Path
) -> None:
    """The wire garbled the question, and its reference read as a length of time."""
    year = Year(tmp_path, 1, 2, 0.0)
    box, now = year.box, year.box.moment.utc
    name, mobile = next((name, mobile) for mobile, name in year.truth.names.items())
    asked_ms, ended_ms = box.now_ms + 60_000, box.now_ms + 200_000
    row = Alert(
        1, "U3H", AlertCause.SMS, 2, year.truth.services[0], now, ended_by=name,
        asked=(Asked(name, mobile, 1, now, 0, False),),
    )  # fmt: skip
    if garbled:
        box._damages_ms.append(asked_ms + 2_000)
    text = IncomingMessage(1, now, mobile, f"ok {shown.lower()}", complete=True, kind="staff")
    year.alerts._read_ms = {(mobile, ended_ms): [BookedText(ended_ms, text)]}
    alert = BookedAlert(asked_ms, row, [asked_ms], ended_ms)
    year.alerts._must_have_said_ok(alert, {(name, shown): [ended_ms - 3_000]})
    assert len(box.judge.broken) == broken
