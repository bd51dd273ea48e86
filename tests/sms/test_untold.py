"""A modem that tells of no message, as a byte of +CNMI was lost on its way, is told once more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Heard(World):
    """What the modem was told about indications, of which one is garbled."""

    garbled: int = 0
    told: tuple[bytes, ...] = ()

    def listen(self) -> None:
        feed = self.wire.feed

        def fed(data: bytes) -> None:
            if data.startswith(b"AT+CNMI="):
                self.told += (data,)
                if self.garbled:
                    self.garbled -= 1
                    data = data.replace(b"AT+CNMI=2,", b"AT+CNMI=,")
            feed(data)

        self.wire.feed = fed  # type: ignore[method-assign]

    def seconds_until_read(self, text: str) -> float:
        self.text(CALLER, text)
        begin_ms = self.timeline.now_ms
        while not any(text in alert.text for alert in self.page.unsettled_alerts()):
            self.run(1)
        return (self.timeline.now_ms - begin_ms) / 1000


@pytest.mark.families("generic")
def test_only_the_first_text_waits_for_the_look_of_the_minute(tmp_path: Path) -> None:
    """A simulated year: for an hour and a half each text waited for the next look at the store."""
    world = Heard(tmp_path, SAMPLE, start=NOON)
    world.garbled = 1
    world.listen()
    world.run(130)
    assert len(world.told) == 1
    assert 10 < world.seconds_until_read("Un") <= 70
    world.run(30)
    assert len(world.told) == 2
    assert world.seconds_until_read("Deux") <= 10


def test_what_lay_in_the_modem_before_says_nothing_of_it(tmp_path: Path) -> None:
    world = Heard(tmp_path, SAMPLE, start=NOON)
    world.listen()
    world.run(130)
    world.run(world.seconds_until_read("Un"))
    world.kill()
    world.text(CALLER, "Deux")
    world.run(30)
    told = len(world.told)
    world.restart()
    world.run(200)
    assert any("Deux" in alert.text for alert in world.page.unsettled_alerts())
    assert len(world.told) - told <= 2   # the bring-up's own; it may be asked for beside it
    for number in range(5):
        assert world.seconds_until_read(f"Texte {number}") <= 10
        world.run(200)
    assert len(world.told) - told <= 2
