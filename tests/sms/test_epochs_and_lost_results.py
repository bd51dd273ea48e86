"""Two ways in which a channel's fault must not become a caller's loss, or a second SMS."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("garbled", [b"+CMGS: ", b"+CMGS: 900", b"+CMGS: x"])
def test_an_sms_whose_reference_came_is_sent_though_its_ok_was_lost(
    tmp_path: Path, garbled: bytes
) -> None:
    """Which reference it was may be garbled: there are none beyond 255."""
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    answers = world._from_modem
    seen: list[bytes] = []
    lost: list[bytes] = []

    def without_ok(data: bytes) -> None:
        seen.append(data)
        said = b"".join(seen)
        if b"+CMGS: " in said and b"OK" in said[said.index(b"+CMGS: ") :]:
            data = data.replace(b"OK", b"")
            lost.append(data)
            world.wire.on_output = answers
        answers(data.replace(b"+CMGS: ", garbled))

    world.wire.on_output = without_ok
    world.text(CALLER, "Bonjour")
    world.run(240)
    assert lost
    assert sum("Bonjour" in text for text in world.texts(BRUNO)) == 1


def test_a_sim_that_leaves_during_a_sweep_loses_no_text(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    for number in range(6):
        world.text(f"+3369988770{number}", f"Texte {number}")
    world.timeline.after(2_500, lambda: world.modem.urc("+CPIN: NOT READY"))
    world.run(300)
    told = " ".join(world.texts(BRUNO))
    assert all(f"Texte {number}" in told for number in range(6))


def test_a_late_ok_costs_no_text_of_the_next_place(tmp_path: Path) -> None:
    """Found by a simulated year: it was taken for "nothing lies there", the text that lay there for
    the next place's, and that one was deleted unread."""
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    answers, timeline = world._from_modem, world.timeline
    until_ms: list[int] = []

    def behind_an_ok(data: bytes) -> None:
        if b"+CMGR:" in data and not until_ms:
            until_ms.append(timeline.now_ms + 3_300)
            timeline.after(3_000, lambda: answers(b"\r\nOK\r\n"))
        if until_ms and timeline.now_ms < until_ms[0] and b"+CMTI" not in data:
            timeline.after(until_ms[0] - timeline.now_ms, lambda: answers(data))
        else:
            answers(data)

    world.wire.on_output = behind_an_ok
    for number in range(3):
        world.text(f"+3369988770{number}", f"Texte {number}")
    world.run(300)
    assert until_ms
    told = " ".join(world.texts(BRUNO))
    assert all(f"Texte {number}" in told for number in range(3))
