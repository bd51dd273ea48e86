"""Two boxes wired to one another: each has the other's number in its rota."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, ALICE, CALLER, SAMPLE
from tests.simulation.world import BOXES, World

pytestmark = pytest.mark.usefixtures("modem_family")

ONE, TWO = BOXES
START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # Alice's week


def two_boxes(folder: Path, *, staff_of_each_other: bool) -> tuple[World, World]:
    """Both know the other as staff, or only the first one does."""
    for name in ("one", "two"):
        (folder / name).mkdir()
    of_one = SAMPLE.replace(ALICE, TWO)
    of_two = SAMPLE.replace(ALICE, ONE) if staff_of_each_other else SAMPLE
    one = CalmWorld(folder / "one", of_one, start=START, number=ONE)
    two = CalmWorld(folder / "two", of_two, start=START, number=TWO, beside=one)
    one.run(60)
    return one, two


def between(one: World) -> list[str]:
    """The texts that one box sent to the other, in order."""
    records = one.network.ledger.messages.values()
    return [
        r.text or ""
        for r in records
        if r.sender in BOXES and r.recipient in BOXES and r.sender != r.recipient
    ]


@pytest.mark.parametrize("staff_of_each_other", [True, False])
def test_a_strangers_text_does_not_start_a_loop(tmp_path: Path, staff_of_each_other: bool) -> None:
    one, two = two_boxes(tmp_path, staff_of_each_other=staff_of_each_other)
    one.text(CALLER, "Bonjour, rappelez-moi")
    one.run(4 * 3600)
    parts = between(one)
    causes = [entry for entry in one.journal("sms_out") if entry["number"] == TWO]
    assert len(causes) == 3  # the alert, once in each round of the list: no answer to answers
    assert two.journal("sms_out") == [
        entry for entry in two.journal("sms_out") if entry["number"] == ADMIN
    ]
    assert parts
    assert {entry["outcome"] for entry in two.journal("sms_in")} == {"loop"}
    told = [text for text in one.texts(ADMIN) if "autre Veilleur" in text]
    assert len(told) == 1
    assert one.alarms() == {"alert:1"}  # nobody answered: the alarm, not silence


def test_a_forwarded_call_goes_round_no_further_than_the_network_lets_it(tmp_path: Path) -> None:
    one, two = two_boxes(tmp_path, staff_of_each_other=True)
    call = one.call(CALLER)
    one.run(600)
    assert len(one.network_call(call).legs) <= 3
    entries = one.journal("call") + two.journal("call")
    assert entries
    assert all(entry["outcome"] != "ringing" for entry in entries)
    boxes = ((one, TWO), (two, ONE))
    told = [e for box, other in boxes for e in box.journal("sms_out") if e["number"] == other]
    assert 1 <= len(told) <= 3, told


def test_the_boxs_own_number_in_the_rota_is_passed_over(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE.replace(ALICE, ONE), start=START)
    world.run(60)
    world.text(CALLER, "Bonjour")
    world.run(60)
    assert f"number:{ONE}" in world.alarms()
    assert not [
        r for r in world.network.ledger.messages.values() if r.recipient == ONE and r.sender == ONE
    ]
    assert any("Bonjour" in text for text in world.texts("+33609101112"))  # the second level
    assert ONE not in str(world.network.subscriber(ONE).forwarding.as_json())
