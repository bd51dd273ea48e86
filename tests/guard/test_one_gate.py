"""Whatever the door by which a number came in, one gate stands before its use."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from firmware.record import OutgoingState, RotaOverride
from firmware.rota import OpeningHours, Rota, SiteFileFaults, read_site_file
from firmware.sms.outbox_rules import RANK_ALERT
from tests.simulation.sites import ALICE, BRUNO, CALLER, SAMPLE
from tests.simulation.world import BOX, World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # Alice's week
BAD = {
    "own": BOX,
    "premium": "+33899700700",
    "emergency": "+33112",
    "far away": "+8816123456",
}


def with_number(rota: Rota, old: str, new: str) -> Rota:
    people = [replace(p, mobile=new) if p.mobile == old else p for p in rota.people]
    return replace(rota, people=tuple(people))


def used(world: World, number: str) -> bool:
    """Whether an SMS went to the number, or the network forwards to it."""
    network = world.network
    records = network.ledger.messages.values()
    texted = any((record.sender, record.recipient) == (BOX, number) for record in records)
    return texted or number in str(network.subscriber(BOX).forwarding.as_json())


def restored(world: World, number: str) -> None:
    """A backup of before the number was refused: nobody asks when it is put back."""
    world.change_rota(with_number(read_site_file(SAMPLE), ALICE, number))


def other_number(world: World, number: str) -> None:
    """The page gives somebody a second mobile, and the first one is refused."""
    rota = read_site_file(SAMPLE)
    people = tuple(
        replace(p, mobile=number, other_numbers=(number,)) if p.mobile == ALICE else p
        for p in rota.people
    )
    world.change_rota(replace(rota, people=people))


def relayed(world: World, number: str) -> None:
    """Somebody whose number is refused takes the duty over by RELAIS."""
    rota = with_number(read_site_file(SAMPLE), BRUNO, number)
    world.change_rota(rota)
    name = next(p.name for p in rota.people if p.mobile == number)
    out = next(p.name for p in rota.people if p.mobile == ALICE)
    now = world.moment.utc
    service = rota.services[0].name
    row = RotaOverride(service, 1, now, now + timedelta(days=1), out, name, now, name)
    world.rows.record((row,))
    loaded = world.rotas.load_rota()
    assert loaded is not None
    world.change_rota(loaded)


def office(world: World, number: str) -> None:
    """The office telephone of the opening hours."""
    rota = read_site_file(SAMPLE)
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = OpeningHours(rota.services[0].name, days, time(), time(), number)
    world.change_rota(replace(rota, opening_hours=(hours,)))


@pytest.mark.parametrize("door", [restored, other_number, relayed, office])
@pytest.mark.parametrize("number", BAD.values(), ids=BAD)
def test_a_number_that_may_not_be_used_is_not(
    tmp_path: Path, door: object, number: str
) -> None:
    assert callable(door)
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    door(world, number)
    world.run(60)
    world.text(CALLER, "Bonjour")
    world.call(CALLER)
    world.run(900)
    assert not used(world, number)
    assert f"number:{number}" in world.alarms()
    assert [e for e in world.journal("sms_in") if e["outcome"] == "alerted"]
    others = [p.mobile for p in read_site_file(SAMPLE).people if p.mobile != number]
    assert any("Bonjour" in text for mobile in others for text in world.texts(mobile))


@pytest.mark.parametrize("number", [number for name, number in BAD.items() if name != "own"])
def test_the_site_file_s_door_refuses_it_at_once(number: str) -> None:
    with pytest.raises(SiteFileFaults):
        read_site_file(SAMPLE.replace(ALICE, number))


@pytest.mark.parametrize("number", BAD.values(), ids=BAD)
def test_an_sms_that_waits_already_is_stopped_at_the_gate(tmp_path: Path, number: str) -> None:
    """What was queued before (a restored outbox, a number that proves to be our own)."""
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    outbox = world.attendant._outbox
    message = outbox.send("test:1", number, "Bonjour", RANK_ALERT)
    world.run(60)
    assert message is not None
    assert outbox.book.state_of("test:1") is OutgoingState.FAILED
    assert not used(world, number)
