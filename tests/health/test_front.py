"""Button and battery in the whole box: who is told what, how often, what stays on the network."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from firmware.alphabet.gsm import fold
from firmware.effect import Effect, MakeSetupCode, PowerOff
from firmware.event import BatterySeen, ButtonPressed, SetupCodeMade
from firmware.health.battery import DOUBT_S, NEXT, Happening, State
from firmware.pulse import ForwardingState, Lamp
from firmware.record import JournalKind
from firmware.store import journal
from firmware.wording import messages
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


class Box(World):
    """Notes what it asks of its case."""

    def perform(self, effect: Effect) -> None:
        if isinstance(effect, MakeSetupCode | PowerOff):
            self.asked = [*getattr(self, "asked", []), effect]
        super().perform(effect)

    @property
    def lamps(self) -> tuple[Lamp, ...]:
        assert self.pulse is not None
        return self.pulse.lamps

    def all_texts(self) -> dict[str, list[str]]:
        rota = self.rotas.load_rota()
        assert rota is not None
        found = {person.name: self.texts(person.mobile) for person in rota.people}
        return {name: texts for name, texts in found.items() if texts}

    def outcomes(self) -> list[str | None]:
        entries = journal.latest(self.database, 50, None, JournalKind.HEALTH)
        return [each.entry.outcome for each in entries]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box(tmp_path, SAMPLE, start=START)
    while box.pulse is None:
        box.run(1)
    assert box.lamps in ((Lamp.AMBER,), (Lamp.RED,))   # not everything has been measured yet
    box.run(120)
    assert box.lamps == (Lamp.GREEN,)
    return box


def on_duty(box: Box) -> str:
    service = box.attendant.roster.default_service
    assert service is not None
    return box.attendant.roster.duties(service.name)[0].person.name


def test_a_press_texts_the_state_to_whoever_is_on_duty_once_a_minute(box: Box) -> None:
    for _ in range(3):
        box.step(ButtonPressed())
        box.run(15)
    told = box.all_texts()
    assert list(told) == [on_duty(box)]
    (text,) = told[on_duty(box)]
    assert "tout va bien" in text
    box.unplug()
    box.run(30)
    box.plug()
    box.run(60)
    box.attendant._bell.ring("credit", "no site file is loaded: nobody can be alerted.")
    box.step(ButtonPressed())
    box.run(20)
    second = box.all_texts()[on_duty(box)][-1]
    assert fold("tout ne va pas bien") in second
    assert "aucun fichier de site" in second
    assert box.outcomes().count("button") == 2


def test_with_a_doubtful_clock_the_administrators_are_told_and_not_the_whole_list(
    box: Box,
) -> None:
    box.trust(False)
    box.step(ButtonPressed())
    box.run(20)
    rota = box.rotas.load_rota()
    assert rota is not None
    assert set(box.all_texts()) == {each.name for each in rota.people if each.role == "admin"}
    assert box.lamps == (Lamp.AMBER,)


def test_a_press_without_a_rota_reaches_nobody_and_breaks_nothing(tmp_path: Path) -> None:
    box = Box(tmp_path, "", start=START)
    box.run(120)
    box.step(ButtonPressed())
    box.run(20)
    assert box.lamps == (Lamp.RED,)
    assert "button" in box.outcomes()


def test_held_it_asks_for_a_code_that_an_administrator_is_told_from_then_on(box: Box) -> None:
    box.step(ButtonPressed(long=True))
    assert box.asked == [MakeSetupCode()]
    box.step(SetupCodeMade("ABCD-1234"))
    assert box.attendant._staff._setup_code == "ABCD-1234"
    box.step(SetupCodeMade(""))       # there is an administrator now
    assert box.attendant._staff._setup_code == "ABCD-1234"
    assert box.outcomes()[:2] == ["setup_code_refused", "setup_code"]
    box.run(20)
    assert box.all_texts() == {}


def test_a_call_lights_the_blue_lamp_beside_the_state(box: Box) -> None:
    box.call("+33699887766")
    box.run(10)
    assert box.lamps[1:] == (Lamp.BLUE,)
    box.run(120)
    assert Lamp.BLUE not in box.lamps


def test_an_empty_battery_is_told_and_the_computer_stopped_the_forwarding_stays(box: Box) -> None:
    assert box.pulse is not None
    target = box.pulse.forwarding_target
    box.written.clear()
    box.step(BatterySeen(low=True))
    box.run(60)
    rota = box.rotas.load_rota()
    assert rota is not None
    admins = {each.name for each in rota.people if each.role == "admin"}
    assert set(box.all_texts()) == admins
    assert all("batterie" in text for texts in box.all_texts().values() for text in texts)
    assert box.asked == [PowerOff()]
    assert box.lamps == (Lamp.RED,)
    assert b"+CCFC" not in bytes(box.written)
    assert (box.pulse.forwarding, box.pulse.forwarding_target) == (ForwardingState.VERIFIED, target)
    box.kill()
    box.restart()                      # the power is back
    box.step(BatterySeen(low=False))
    box.run(180)
    assert all(len(texts) == 2 for texts in box.all_texts().values())   # its end is told, too
    assert box.lamps == (Lamp.GREEN,)


def test_a_dip_of_the_line_is_no_empty_battery(box: Box) -> None:
    box.step(BatterySeen(low=True))
    box.run(DOUBT_S - 1)
    box.step(BatterySeen(low=False))
    box.run(120)
    assert box.all_texts() == {}
    assert not hasattr(box, "asked")


def test_with_no_network_the_computer_is_stopped_all_the_same(box: Box) -> None:
    box.unplug()
    box.step(BatterySeen(low=True))
    box.run(110)
    assert box.asked == [PowerOff()]


def test_an_empty_battery_is_told_at_once_though_another_alarm_has_just_left(box: Box) -> None:
    """The bell keeps two minutes between two alarms, and the battery was empty before."""
    box.attendant._bell.ring("modem-hot", messages.MODEM_HOT, {"degrees": "82"})
    box.run(30)
    box.step(BatterySeen(low=True))
    until_stopped(box)
    assert "batterie" in box.texts(ADMIN)[-1]
    assert len(box.texts(ADMIN)) == 2


def test_the_computer_does_not_stop_untold_though_the_mains_come_and_go(box: Box) -> None:
    """What comes and goes is held back for a quarter of an hour, and the battery was empty before.
    Each time too short to be told is no SMS."""
    for _ in range(6):
        box.step(BatterySeen(low=True))
        box.run(18)
        box.step(BatterySeen(low=False))
        box.run(200)
    assert box.texts(ADMIN) == []
    box.step(BatterySeen(low=True))
    until_stopped(box)
    assert "batterie" in box.texts(ADMIN)[-1]


def test_an_empty_battery_is_told_however_many_alarms_have_left_that_day(box: Box) -> None:
    for turn in range(14):
        box.attendant._bell.tell(f"event-{turn}", messages.FLOOD, {"number": str(turn)})
        box.run(200)
    box.step(BatterySeen(low=True))
    until_stopped(box)
    assert "batterie" in box.texts(ADMIN)[-1]


def test_that_the_mains_are_back_is_never_the_last_word_about_an_empty_battery(box: Box) -> None:
    """Its end waits for its turn; the battery is empty again before."""
    box.step(BatterySeen(low=True))
    until_stopped(box)
    box.step(BatterySeen(low=False))      # nothing has stopped the computer
    box.attendant._bell.ring("modem-hot", messages.MODEM_HOT, {"degrees": "82"})
    box.run(16)
    box.attendant._bell.ring("off", messages.NO_ADMINISTRATOR)
    box.step(BatterySeen(low=True))
    box.run(60)
    assert box.asked == [PowerOff()] * 2
    box.run(600)
    words = [text for text in box.texts(ADMIN) if "batterie" in text]
    assert "ALARME" in words[-1]


def until_stopped(box: Box) -> None:
    for _ in range(120):
        box.run(1)
        if hasattr(box, "asked"):
            break
    assert not box.attendant._outbox.book.waiting
    assert box.asked == [PowerOff()]
    box.run(10)   # the network hands over what it took


def test_every_state_of_the_battery_knows_everything_that_can_happen() -> None:
    assert set(NEXT) == set(product(State, Happening))
