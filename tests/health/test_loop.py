"""What a restart leaves of the SMS to itself, and of the suspicion that it raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.health.loop import loop_from
from firmware.record import Alarm, Fact
from firmware.wording import messages
from tests.simulation.sites import ADMIN, with_mode
from tests.simulation.world import BOX, World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
DAY_S = 86_400.0
KNOWN: dict[str, object] = {
    "sim": "8933", "number": BOX, "token": "2346789AC", "sent_at": START.isoformat(),
    "state": "lost", "tries": 3, "back_at": None, "seen": None,
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("modem_family")


class Calm(World):
    """Little is asked of the modem: days go by fast."""

    poll_every_s = keep_alive_s = pulse_every_s = 900.0


def own_sms(world: World) -> int:
    sent = world.network.ledger.messages.values()
    return len([each for each in sent if each.recipient == BOX and not each.report])


def resets(world: World) -> int:
    return len([row for row in world.journal("health") if row["outcome"] == "recovery"])


def loses(world: World, all_sms: bool) -> None:
    """The service centre takes them, and nobody ever gets one."""
    centre = world.network.service_centre
    centre.behaviour = replace(centre.behaviour, loss=float(all_sms))


def deaf_for(world: World, seconds: float) -> None:
    """The box writes to itself and hears nothing for so long."""
    world.network.set_deaf(BOX, True)
    assert world.attendant._health.own_number.check()
    world.run(seconds)
    assert "sms-loop" in world.alarms()


def box(folder: Path) -> World:
    world = World(folder, with_mode("divert"), start=START)
    world.run(600)
    return world


def given_up(folder: Path, *, proved: bool, loop: dict[str, object] | None = None) -> World:
    """A box that starts with its alarm up, and with what it remembers of the SMS to itself."""
    world = Calm(folder, with_mode("divert"), start=START, proved=proved, boot=False)
    at = START - timedelta(days=3)
    found = {**KNOWN, "sim": world.sim.iccid, "sent_at": at.isoformat(), **(loop or {})}
    cause = messages.SMS_LOOP_LOST if proved else messages.OWN_NUMBER_UNPROVED
    world.rows.record((Fact("sms-loop", found), Alarm("sms-loop", at, cause, {"number": BOX})))
    world.attendant = world._new_attendant()
    world.modem.power_on()
    world.run(30)
    assert "sms-loop" in world.alarms()
    return world


def test_an_sms_to_itself_that_was_lost_is_tried_again_after_a_restart(tmp_path: Path) -> None:
    """Its alarm stood for ever, on a box that heard all there was to hear."""
    world = box(tmp_path)
    loses(world, True)
    assert world.attendant._health.own_number.check()
    world.run(1000)
    assert "sms-loop" in world.alarms()
    loses(world, False)
    world.restart()
    world.run(3700)
    assert not world.alarms()


def test_a_restart_leaves_a_deaf_modem_its_resets(tmp_path: Path) -> None:
    """Not at once: what the network has held back comes first."""
    world = box(tmp_path)
    deaf_for(world, 1000)
    before = resets(world)
    world.restart()
    world.run(100)
    assert resets(world) == before
    world.run(200)
    assert resets(world) == before + 1
    world.run(3600)
    assert "sms-loop" in world.alarms()


def test_a_modem_that_hears_after_a_restart_is_left_alone(tmp_path: Path) -> None:
    world = box(tmp_path)
    deaf_for(world, 300)
    before = resets(world)
    world.restart()
    world.network.set_deaf(BOX, False)
    world.run(3600)
    assert resets(world) == before
    assert not world.alarms()


def test_a_restart_before_the_sms_is_late_does_not_put_the_suspicion_off(tmp_path: Path) -> None:
    """It waited for the quarter of an hour that people do."""
    world = box(tmp_path)
    world.network.set_deaf(BOX, True)
    assert world.attendant._health.own_number.check()
    world.run(60)
    world.restart()
    world.run(250)
    assert resets(world) == 1


def test_that_calls_were_missed_is_told_though_the_box_restarted_meanwhile(tmp_path: Path) -> None:
    world = box(tmp_path)
    deaf_for(world, 300)
    world.restart()
    world.run(20)
    world.network.set_deaf(BOX, False)
    world.run(3600)
    assert not world.alarms()
    assert [text for text in world.texts(ADMIN) if "revenu tard" in text]


def test_a_proved_number_that_was_given_up_is_tried_once_a_day(tmp_path: Path) -> None:
    """Whatever restarts meanwhile: an alarm that nothing can end is believed by nobody."""
    world = given_up(tmp_path, proved=True)
    loses(world, True)
    for days in (1, 2):
        world.run(DAY_S / 2)
        world.restart()
        world.run(DAY_S / 2)
        assert own_sms(world) in (days, days + 1)
    assert "sms-loop" in world.alarms()
    loses(world, False)
    world.run(DAY_S)
    assert not world.alarms()


def test_what_nobody_sees_again_is_tried_after_an_hour_a_day_and_each_day(tmp_path: Path) -> None:
    """Each costs something: it is not tried more often."""
    world = Calm(tmp_path, with_mode("divert"), start=START)
    world.run(600)
    loses(world, True)
    assert world.attendant._health.own_number.check()
    world.run(2 * DAY_S + 3 * 3600)
    assert world.alarms() == {"sms-loop"}
    assert own_sms(world) == 4
    loses(world, False)
    world.run(DAY_S)
    assert world.alarms() == set()


def test_a_number_that_nobody_proved_is_tried_once_more_after_a_restart(tmp_path: Path) -> None:
    """It may be a stranger's, who is not written to each day."""
    world = given_up(tmp_path, proved=False)
    loses(world, True)
    world.run(1.5 * DAY_S)
    assert own_sms(world) == 1
    loses(world, False)
    world.restart()
    world.run(600)
    assert not world.alarms()


def test_another_number_does_not_inherit_the_tries_of_the_one_before(tmp_path: Path) -> None:
    just_now = (START - timedelta(minutes=5)).isoformat()
    other: dict[str, object] = {"number": "+33700000101", "sent_at": just_now}
    world = given_up(tmp_path, proved=False, loop=other)
    world.run(300)
    assert not world.alarms()


@pytest.mark.parametrize(
    "damage",
    [
        {"tries": "three"}, {"tries": -1}, {"tries": 10**30}, {"tries": True}, {"number": None},
        {"sent_at": "yesterday"}, {"sent_at": 7}, {"sent_at": "9999-12-31T23:59:59", "tries": 1},
        {"sent_at": "9999-12-31T23:59:59+00:00", "tries": 1},
        {"state": "gone"}, {"state": 4}, {"token": ""}, {"seen": 5}, {"back_at": []},
        {"suspected": True}, {"sim": None},
    ],
)  # fmt: skip
def test_whatever_is_remembered_of_it_the_alarm_ends(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    """A card may have made anything of it, and so may an older or a newer version."""
    world = given_up(tmp_path, proved=True, loop=damage)
    world.run(3700)
    assert not world.alarms()


@pytest.mark.parametrize("fact", [None, 5, "lost", [], {}, {"sim": "8933"}])
def test_what_is_no_sms_to_itself_is_none(fact: object) -> None:
    assert loop_from(fact) is None


def test_one_of_an_older_version_is_read() -> None:
    loop = loop_from({name: KNOWN[name] for name in ("sim", "number", "token", "sent_at")})
    assert loop is not None
    assert (loop.state, loop.tries, loop.back_at, loop.seen) == ("waiting", 0, None, None)


@pytest.mark.parametrize(
    "damage",
    [{"proved_at": None}, {"proved_at": "?"}, {"loop_at": []}, {"numbers": 5}, {"number": None}],
)
def test_a_proof_that_is_damaged_is_mended_by_the_next_sms(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    world = Calm(tmp_path, with_mode("divert"), start=START, boot=False)
    at = START.isoformat()
    proof = {"number": BOX, "numbers": [BOX], "proved_at": at, "loop_at": at, **damage}
    world.rows.record((Fact(f"own-number:{world.sim.iccid}", proof),))
    world.attendant = world._new_attendant()
    world.modem.power_on()
    world.run(60)
    number = world.attendant._health.own_number
    assert number.check()
    world.run(300)
    assert number.number == BOX
    assert number.loop_at is not None
    assert number.proved_at is not None


class Busy(World):
    """Its SIM does not tell the card's number for a while, and never its own (+CNUM)."""

    busy = False

    def _to_modem(self, data: bytes) -> None:
        if self.busy and self.profile.iccid.encode() in data:
            answer = data.strip() + b"\r\r\n+CME ERROR: 14\r\n"
            self.timeline.after(20, lambda: self._from_modem(answer))
            return
        super()._to_modem(data)


def busy_box(folder: Path) -> Busy:
    world = Busy(folder, with_mode("divert"), start=START, boot=False)
    world.sim.number = None
    world.modem.power_on()
    world.run(600)
    return world


@pytest.mark.parametrize("again", ["modem", "box"])
def test_a_card_that_is_not_told_at_a_start_is_the_one_of_before(
    tmp_path: Path, again: str
) -> None:
    """The box had no number any more, and looked for no deafness, with its lamp green."""
    world = busy_box(tmp_path)
    world.busy = True
    (world.modem.restart if again == "modem" else world.restart)()
    world.run(300)
    number = world.attendant._health.own_number
    assert (number.number, world.attendant.roster.own_numbers) == (BOX, (BOX,))
    assert number.proved_at is not None
    deaf_for(world, 300)
    assert resets(world) == 1


@pytest.mark.parametrize("again", ["modem", "box"])
def test_an_alarm_lasts_though_the_card_is_not_told_at_a_start(tmp_path: Path, again: str) -> None:
    world = busy_box(tmp_path)
    deaf_for(world, 1000)
    world.busy = True
    (world.modem.restart if again == "modem" else world.restart)()
    world.run(60)
    assert "sms-loop" in world.alarms()
    world.busy = False
    world.run(60)
    assert world.attendant._registration.facts.iccid == world.sim.iccid
    assert "sms-loop" in world.alarms()
    world.network.set_deaf(BOX, False)
    world.run(4000)
    assert not world.alarms()


def test_another_card_that_is_told_later_begins_anew(tmp_path: Path) -> None:
    world = busy_box(tmp_path)
    deaf_for(world, 1000)
    world.network.set_deaf(BOX, False)
    world.busy = True
    world.sim.iccid, world.sim.number = "89330000000000099991", BOX
    world.modem.restart()
    world.run(60)
    world.busy = False
    world.run(60)
    number = world.attendant._health.own_number
    assert number.proved_at is None
    assert "sms-loop" not in world.alarms()
    world.run(300)
    assert number.proved_at is not None


def test_what_was_awaited_of_a_card_without_a_number_is_awaited_of_the_first_that_has_one(
    tmp_path: Path,
) -> None:
    world = given_up(tmp_path, proved=False, loop={"sim": "unknown SIM", "tries": 1})
    world.run(400)
    assert own_sms(world) == 1
    assert not world.alarms()
