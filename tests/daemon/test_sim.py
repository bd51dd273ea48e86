"""The SIM's lock: a wrong PIN is tried once in all, however often the daemon is started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from firmware.pulse import ModemState
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.page_store import PageStore
from firmware.wording import messages
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.virtual_site import VirtualSite
from tests.daemon.house import SPEED, House
from tests.daemon.program import until

TRIES = 3


@contextmanager
def modem(house: House, *, pin: str | None, present: bool = True) -> Iterator[VirtualSite]:
    """A modem in this process, so that the card's own counter can be read."""
    site = VirtualSite("quectel-eg25", pin=pin)
    site.sim.present = present
    with SimulationHost(site, PtyPort(house.port), speed=SPEED):
        yield site


def settings(house: House, text: str) -> None:
    path = house.data / "veilleur.toml"
    path.touch(mode=0o600)
    path.write_text(text)


def sim_alarms(house: House) -> list[str]:
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        return [alarm.cause for alarm in PageStore(database).open_alarms() if alarm.key == "sim"]


def test_the_right_pin_opens_it(house: House) -> None:
    house.load()
    settings(house, 'pin = "4321"\n')
    with modem(house, pin="4321") as site:
        daemon = house.daemon()
        daemon.line("ready")
        assert site.sim.pin_tries == TRIES
        assert sim_alarms(house) == []
        assert daemon.stop() == 0
        house.daemon().line("ready")  # the SIM is open by now


def test_a_wrong_pin_is_tried_once_over_three_starts(house: House) -> None:
    house.load()
    settings(house, 'pin = "1111"\n')
    with modem(house, pin="4321") as site:
        for start in range(3):
            started = datetime.now(UTC)
            daemon = house.daemon()
            house.await_pulse(
                lambda pulse: pulse.at > started  # noqa: B023 - called in this turn
                and pulse.modem is ModemState.SIM_FAULT,
                "a SIM fault",
            )
            assert sim_alarms(house) != []
            assert daemon.stop() == 0
            assert start > 0 or "PIN" in daemon.errors[0]
            assert [line for line in daemon.output if "setup code" not in line] == []
            assert site.sim.pin_tries == TRIES - 1
        settings(house, 'pin = "4321"\n')  # somebody wrote the file anew
        house.daemon().line("ready")
        assert site.sim.pin_tries == TRIES
        until(lambda: sim_alarms(house) == [], "the alarm's end")


def test_no_pin_where_one_is_asked_for(house: House) -> None:
    house.load()
    with modem(house, pin="4321") as site:
        daemon = house.daemon()
        until(lambda: bool(sim_alarms(house)), "the alarm")
        assert daemon.stop() == 0
        assert site.sim.pin_tries == TRIES


def test_no_sim_is_an_alarm_and_not_an_end(house: House) -> None:
    house.load()
    with modem(house, pin=None, present=False):
        daemon = house.daemon()
        until(lambda: bool(sim_alarms(house)), "the alarm")
        house.await_pulse(lambda pulse: pulse.modem is ModemState.SIM_FAULT, "a SIM fault")
        assert daemon.process.poll() is None
        assert daemon.stop() == 0


def test_settings_that_a_power_cut_spoilt_are_those_of_before(house: House) -> None:
    """With the PIN among them, tried once in all; until somebody has corrected the file."""
    house.load()
    path = house.data / "veilleur.toml"
    settings(house, 'pin = "4321"\n')
    with modem(house, pin="4321"):
        daemon = house.daemon()
        daemon.line("ready")
        assert daemon.stop() == 0
    path.write_bytes(bytes(path.stat().st_size))
    with modem(house, pin="4321") as site:   # the SIM is locked again
        daemon = house.daemon()
        daemon.line("ready")
        assert "going on with older settings" in daemon.error("veilleur.toml")
        assert site.sim.pin_tries == TRIES
        until(lambda: settings_alarms(house) == [messages.SETTINGS_OLDER], "the alarm")
        assert daemon.stop() == 0
        settings(house, 'pin = "4321"\n')
        house.daemon().line("ready")
        until(lambda: settings_alarms(house) == [], "its end")


def settings_alarms(house: House) -> list[str]:
    found = house.page_store().open_alarms()
    return [alarm.cause for alarm in found if alarm.key == "settings"]
