"""Whose text a row is, where the wire has garbled even the token by which the checker knows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from firmware.record import IncomingMessage
from tests.simulation.books import PDU_TAIL, BookedText
from tests.simulation.promises import Promise
from tests.simulation.watch_texts import SentText
from tests.simulation.workload import CALLERS
from tests.simulation.year import Year

FIRST, SECOND = CALLERS[0], CALLERS[1]


def play(
    year: Year, *, damaged: bool, second: str = SECOND, waited_ms: int | None = None
) -> None:
    """Two texts come, and the first one's token is read as if it were the second one's;
    ``waited_ms``: so long ago, and a part of it has been waited for since."""
    box, watch = year.box, year.texts
    box.modem.power_on()
    box.run(300)

    def garbled(text: BookedText) -> None:
        if "#71#" in (text.row.text or ""):
            text.row = replace(text.row, text=(text.row.text or "").replace("#71#", "#79#"))
            if damaged:
                box._damages_ms.append(box.now_ms - (waited_ms or 0))

    box.books.on_text.insert(0, garbled)
    for token, sender in ((71, FIRST), (79, second)):
        words = f"#{token}# Une ambulance svp"
        watch.expect(SentText(token, words, sender, staff=False))
        box.network.service_centre.send_text(sender, box.number, words)
        box.run(300)
    row = watch._rows[79][0]
    row.row = replace(row.row, complete=waited_ms is None)
    for record in box.network.ledger.messages.values():
        if "#71#" in (record.text or ""):
            record.deliveries_ms = [at_ms - (waited_ms or 0) for at_ms in record.deliveries_ms]
    watch.finish()


@pytest.mark.parametrize("second", [FIRST, SECOND])
def test_a_row_with_the_token_of_another_text_is_not_that_text(
    tmp_path: Path, second: str
) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    play(year, damaged=True, second=second)
    assert year.box.judge.broken == []
    assert year.texts.outcomes["garbled on the wire, told as it was read"] == 1


@pytest.mark.parametrize(("waited_h", "broken"), [(24, 0), (30, 2)])
def test_what_waited_for_a_part_was_garbled_when_it_came(
    tmp_path: Path, waited_h: int, broken: int
) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    play(year, damaged=True, waited_ms=waited_h * 3_600_000)
    assert len(year.box.judge.broken) == broken


def test_a_wire_that_garbled_nothing_excuses_nothing(tmp_path: Path) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    play(year, damaged=False)
    said = sorted(broken.promise for broken in year.box.judge.broken)
    assert said == sorted([Promise.KNOWN, Promise.SILENCE])


def test_a_message_that_came_again_is_on_disk_though_its_protocol_was_garbled_once(
    tmp_path: Path,
) -> None:
    """No more than that: of another text, or of another sender's, the disk knows nothing."""
    watch, books = (year := Year(tmp_path, 1, 2, 0.0)).discipline, year.box.books
    before, after = "440B913396080070F6", "0062505271452080A005000318030146B5D92D360225C2207B18D4"
    books._pdus[after[-PDU_TAIL:]] = [f"07913306091093F0{before}01{after}".lower()]
    for protocol in ("00", "01"):
        assert watch._is_recorded(f"{before}{protocol}{after}")
    assert not watch._is_recorded(f"{before.replace('70F6', '70F7')}00{after}")
    assert not watch._is_recorded(f"{before}00{after.replace('6250', '6251')}")


@pytest.mark.parametrize(
    ("late_s", "lost_a_copy", "kept_back", "broken"),
    [
        (110, False, False, 0), (130, False, False, 1), (110, True, False, 0),
        (130, True, False, 1), (650, False, True, 0), (730, False, True, 1),
    ],
)  # fmt: skip
def test_a_text_that_nothing_held_up_is_read_within_two_minutes(
    late_s: int, lost_a_copy: bool, kept_back: bool, broken: int, tmp_path: Path
) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(300)
    if kept_back:
        box.modem.settings.cnmi = (0, *box.modem.settings.cnmi[1:])
    sent = SentText(71, "#71# Une ambulance svp", FIRST, staff=False)
    box.network.service_centre.send_text(FIRST, box.number, sent.text)
    box.run(300)
    records = [each for each in box.network.ledger.messages.values() if "#71#" in (each.text or "")]
    box.run(700 if kept_back else 0)
    (row,) = year.texts._rows[71]
    row.first_ms = records[0].deliveries_ms[0] + late_s * 1000
    if lost_a_copy:
        records.append(replace(records[0], state="lost", deliveries_ms=[]))
    year.texts._must_be_read_soon(sent, records, row)
    assert len(box.judge.broken) == broken


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Infirmerie #7# Où ?", "Infirmerie"), ("InFirmerie #7# Où ?", "Infirmerie"),
        (" ìnfirmerie", "Infirmerie"), ("¿Infirmerie", "Ambulance"), ("Infirmeries", "Ambulance"),
        ("Infirmerie_", "Infirmerie"), ("", "Ambulance"), ("Ambulance", "Ambulance"),
    ],
)  # fmt: skip
def test_a_name_is_read_as_the_box_reads_it(text: str, service: str, tmp_path: Path) -> None:
    """One byte garbled made a capital of a letter (a whole year was red for it)."""
    year = Year(tmp_path, 1, 2, 0.0)
    year.texts._services = ["Ambulance", "Infirmerie"]
    row = BookedText(0, IncomingMessage(1, year.box.moment.utc, FIRST, text))
    assert year.texts._service_of(row) == service
