"""The pins, with gpiozero's mock ones: who lights what, who switches it off, what a press is."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from firmware.command.box_front import BoxFront
from firmware.command.lamps_out import lamps_out
from firmware.command.system_wish import POWER_OFF, RUNTIME, SETUP_CODE
from firmware.effect import MakeSetupCode, PowerOff
from firmware.event import BatterySeen, ButtonPressed, Event, SetupCodeMade, Woken
from firmware.pulse import Lamp
from firmware.recovery.hooks import RescueHooks
from firmware.shell import gpio
from firmware.shell.gpio import Gpio, NoPins, Pins
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Role
from firmware.store.code_store import SETUP, CodeStore
from firmware.store.database import DATABASE_NAME, Database, open_database
from tests.daemon.program import until
from tests.patience import WITHIN_S
from tests.web.house import NOW

PINS = Pins(17, 27, 22, 23, button=24, relay=25, battery_low=16, active_low=frozenset({"relay"}))


class Case:
    """A case on mock pins. ``tell`` is what it says."""

    def __init__(self, pins: Pins) -> None:
        self.factory = MockFactory()
        self.told: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.gpio = Gpio(pins, self.told.put, self.factory)

    def pin(self, number: int) -> MockPin:
        return self.factory.pin(number)

    @property
    def lit(self) -> set[int]:
        return {number for number in (17, 27, 22, 23) if self.pin(number).state}

    def next(self) -> Event:
        return self.told.get(timeout=WITHIN_S)


@pytest.fixture
def case() -> Iterator[Case]:
    made = Case(PINS)
    assert made.next() == BatterySeen(low=False)
    yield made
    made.gpio.close()


def test_nothing_is_lit_before_something_was_measured(case: Case) -> None:
    assert case.lit == set()
    case.gpio.show((Lamp.GREEN, Lamp.BLUE))
    assert case.lit == {17, 23}
    case.gpio.show((Lamp.RED,))
    assert case.lit == {22}


def test_a_lamp_winks_while_the_loop_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpio, "ON_S", 0.01)
    monkeypatch.setattr(gpio, "OFF_S", 0.01)
    made = Case(PINS)
    made.gpio.show((Lamp.GREEN,))
    changes = len(made.pin(17).states)
    until(lambda: len(made.pin(17).states) > changes + 4, "a wink", WITHIN_S)
    made.gpio.close()


def test_a_loop_that_hangs_is_red_and_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop alone says that it lives: nothing else calls `alive`."""
    monkeypatch.setattr(gpio, "ON_S", 0.01)
    monkeypatch.setattr(gpio, "OFF_S", 0.01)
    monkeypatch.setattr(gpio, "HUNG_S", 0.05)
    made = Case(PINS)
    made.gpio.show((Lamp.GREEN,))
    until(lambda: made.lit == {22}, "red", WITHIN_S)
    steady = len(made.pin(22).states)
    made.gpio.show((Lamp.GREEN,))     # what was measured before does not count
    assert made.lit == {22}
    assert len(made.pin(22).states) == steady
    monkeypatch.setattr(gpio, "HUNG_S", 60.0)
    made.gpio.alive()
    until(lambda: made.lit == {17}, "green again", WITHIN_S)
    made.gpio.close()


def test_a_pin_that_fails_is_told_and_nothing_else_is_touched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpio, "ON_S", 0.01)
    made = Case(PINS)

    def fail(pin: MockPin, state: int) -> None:
        raise OSError("the chip is gone")

    monkeypatch.setattr(MockPin, "_set_state", fail)
    made.gpio._thread.join(WITHIN_S)
    assert not made.gpio._thread.is_alive()
    assert "the lamps: OSError: the chip is gone" in capsys.readouterr().err
    monkeypatch.undo()
    made.gpio.close()


def test_at_the_end_all_is_dark_and_the_modem_has_its_power(case: Case) -> None:
    case.gpio.show((Lamp.GREEN, Lamp.BLUE))
    thread = case.gpio._thread
    case.gpio.close()
    assert not thread.is_alive()
    assert not any(case.pin(number).state and case.pin(number).function == "output"
                   for number in (17, 27, 22, 23))  # fmt: skip


def test_a_press_is_short_or_long_and_never_both(case: Case) -> None:
    button = case.gpio._button
    assert button is not None
    case.pin(24).drive_low()
    case.pin(24).drive_high()
    assert case.next() == ButtonPressed()
    button.hold_time = 0.02
    case.pin(24).drive_low()
    assert case.next() == ButtonPressed(long=True)
    case.pin(24).drive_high()
    assert case.told.empty()
    case.pin(24).drive_low()
    case.pin(24).drive_high()
    assert case.next() == ButtonPressed()


def test_the_battery_tells_at_each_change(case: Case) -> None:
    case.pin(16).drive_high()
    assert case.next() == BatterySeen(low=True)
    case.pin(16).drive_low()
    assert case.next() == BatterySeen(low=False)


def test_the_relay_rests_with_the_power_on_and_comes_back(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = case.pin(25)
    assert relay.state   # at rest: this board is on at 0 V
    monkeypatch.setattr(gpio, "CUT_S", 0.01)
    case.gpio.cut_power()
    assert [bool(state.state) for state in relay.states][-3:] == [True, False, True]


# The box's front as the daemon has it


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / DATABASE_NAME, create=True) as opened:
        yield opened


@pytest.fixture
def mock_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    yield factory
    factory.reset()


def test_without_pins_the_daemon_says_why_and_works(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-board")
    monkeypatch.setattr(Device, "pin_factory", None)
    front = BoxFront(PINS, database)
    assert "no lamps, button or relay" in capsys.readouterr().err
    told: list[Event] = []
    front.connect(told.append, lambda: None)
    front.show((Lamp.GREEN,))
    front.hooks.alive()
    assert told == [BatterySeen(low=False)]
    hooks = RescueHooks(power=("uhubctl",))
    assert front.rescue(hooks) == hooks
    front.close()
    with pytest.raises(NoPins):
        Gpio(PINS, told.append)


def test_the_relay_comes_before_a_command(database: Database, mock_pins: MockFactory) -> None:
    front = BoxFront(PINS, database)
    assert front.rescue(RescueHooks(power=("uhubctl",))).relay is not None
    front.connect(lambda event: None, lambda: None)
    front.close()


def test_a_long_press_shows_a_code_that_counts_until_there_is_an_administrator(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(RUNTIME, str(tmp_path))
    front = BoxFront(Pins(), database)
    event = front.hooks.do(MakeSetupCode())
    assert isinstance(event, SetupCodeMade)
    shown = tmp_path / SETUP_CODE
    assert shown.read_text() == f"{event.code}\n"
    assert shown.stat().st_mode & 0o777 == 0o600    # the page must not read it
    codes = CodeStore(database)
    code = codes.check(SETUP, event.code, NOW)
    assert code is not None
    codes.make_administrator(code, "Dora", "hash", NOW, None)
    assert AccountStore(database).accounts()[0].role is Role.ADMIN
    assert front.hooks.do(MakeSetupCode()) == SetupCodeMade("")


def test_the_computer_is_stopped_by_systemd_or_the_daemon_ends(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    front = BoxFront(Pins(), database)
    front.connect(lambda event: None, ended.set)
    monkeypatch.setenv(RUNTIME, str(tmp_path))
    assert front.hooks.do(PowerOff()) == Woken()
    assert (tmp_path / POWER_OFF).exists()
    assert not ended.is_set()          # calls go on until systemd says TERM
    monkeypatch.setenv(RUNTIME, str(tmp_path / "gone"))
    front.hooks.do(PowerOff())
    assert ended.is_set()


def test_after_the_daemon_the_lamps_are_dark(
    tmp_path: Path, mock_pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lamps_out(tmp_path) == 0     # no settings, no lamps
    (tmp_path / "veilleur.toml").write_text("[gpio]\ngreen = 17\n")
    mock_pins.pin(17).drive_high()
    assert lamps_out(tmp_path) == 0
    assert not (mock_pins.pin(17).function == "output" and mock_pins.pin(17).state)
    monkeypatch.setattr(Device, "pin_factory", None)
    monkeypatch.setitem(os.environ, "GPIOZERO_PIN_FACTORY", "no-such-board")
    assert lamps_out(tmp_path) == 1
