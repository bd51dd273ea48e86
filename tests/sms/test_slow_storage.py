"""A card that is full when the box comes to it, in a modem that takes its time to read it.

A list of fifty messages takes a SIM's reader up to twenty seconds, and some firmware never ends it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hw.simulator.sim_card import SmsStatus
from hw.simulator.tpdu import Deliver
from hw.simulator.user_data import split
from tests.simulation.sites import CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TEXTS = 20


class SlowReader(World):
    """Each message of a list takes ``pace_ms``; with ``whole`` nothing is told before the last."""

    pace_ms, whole, error = 1000, False, ""
    _free_ms = 0

    def _from_modem(self, data: bytes) -> None:
        if b"+CMGL:" in data and self.error:
            data = f"\r\n{self.error}\r\n".encode()
        now_ms = self.timeline.now_ms
        at_ms = max(now_ms, self._free_ms)
        pieces = data.split(b"\r\n+CMGL:")
        if len(pieces) == 1:
            self._tell(at_ms, data)
            return
        took_ms = self.pace_ms * (len(pieces) - 1) if self.whole else 0
        self._tell(at_ms, pieces[0])
        for number, piece in enumerate(pieces[1:], start=1):
            ready_ms = at_ms + (took_ms or self.pace_ms * number)
            self._tell(ready_ms, b"\r\n+CMGL:" + piece)

    def _tell(self, at_ms: int, data: bytes) -> None:
        self._free_ms = at_ms
        if at_ms == self.timeline.now_ms:
            super()._from_modem(data)
        else:
            real = super()._from_modem
            self.timeline.after(at_ms - self.timeline.now_ms, lambda: real(data))

    def fill(self) -> None:
        store = self.modem.messages.store("SM")
        for number in range(TEXTS):
            sent = START - timedelta(minutes=number + 1)
            text = split(f"Texte {number:02d}", 0)[0]
            store.add(SmsStatus.REC_UNREAD, Deliver(CALLER, sent, text).encode())
        assert store.used == TEXTS

    @property
    def told(self) -> list[str]:
        details = [row["detail"] for row in self.journal("sms_in")]
        return sorted({str(each["text"]) for each in details if isinstance(each, dict)})


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("pace_ms", [600, 1_000, 3_000])
def test_a_full_card_is_read_however_long_a_list_takes(
    tmp_path: Path, pace_ms: int, whole: bool
) -> None:
    world = SlowReader(tmp_path, SAMPLE, start=START)
    world.pace_ms, world.whole = pace_ms, whole
    world.fill()
    world.run(600)
    assert world.told == [f"Texte {number:02d}" for number in range(TEXTS)]
    assert world.modem.messages.store("SM").used == 0
    if not (whole and pace_ms == 3_000):   # silent for a minute: that may be anything
        assert not [row for row in world.journal("health") if row["outcome"] == "recovery"]


@pytest.mark.parametrize("error", ["+CMS ERROR: 320", "ERROR"])
def test_a_place_that_makes_every_list_fail_hides_no_other(tmp_path: Path, error: str) -> None:
    """27.005 3.2.5: memory failure. Some firmware then tells nothing of the other places."""
    world = SlowReader(tmp_path, SAMPLE, start=START)
    world.error = error
    world.fill()
    world.run(900)
    assert world.told == [f"Texte {number:02d}" for number in range(TEXTS)]
