"""A virtual box with its network: what the steps have in common."""

from __future__ import annotations

import json
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hw.simulator.simulation_host import SimulationHost
from hw.simulator.timeline import Timeline
from hw.simulator.virtual_site import VirtualSite
from tests.vm.cable import Cable
from tests.vm.machine import WITHIN_S, Machine
from tests.vm.root import Root

DATA = "/var/lib/veilleur"
SITE_FILE = "/run/site.toml"
MODEM = "quectel-eg25"  # the gadget has its identity


class Box:
    """The machine, the modem in it, and the telephones outside."""

    def __init__(self, machine: Machine, host: SimulationHost, cable: Cable) -> None:
        self.machine, self.host, self.cable = machine, host, cable

    def journal(self, kind: str) -> list[dict[str, Any]]:
        """`veilleur journal --json` in the guest, one kind."""
        text = self.machine.say("veilleur", "journal", "--data", DATA, "--json")
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["kind"] == kind]

    def await_entry(self, kind: str, **values: object) -> dict[str, Any]:
        """The last journal line of this kind with these values, its own or its detail's, once it is
        there."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = [
                line
                for line in self.journal(kind)
                if values.items() <= ({**line["detail"], **line}).items()
            ]
            return bool(found)

        self.until(there, f"a {kind} with {values}")
        return found[-1]

    def load(self, site: str) -> float:
        """`veilleur import` beside the running daemon, as the README has it; the seconds until the
        network forwards by it."""
        self.machine.say("tee", SITE_FILE, given=site)
        self.machine.say("veilleur", "import", SITE_FILE, "--data", DATA)
        return self.until(lambda: self.pulse().get("forwarding") == "verified", "the forwarding")

    def pulse(self) -> dict[str, Any]:
        """What the daemon has written for the page; empty while there is none."""
        done = self.machine.ask("sh", "-c", "cat /run/veilleur/*/pulse.json")
        found: dict[str, Any] = json.loads(done.out) if done.code == 0 and done.out else {}
        return found

    def log(self, unit: str = "veilleur") -> list[str]:
        """What a service has said since the machine started."""
        text = self.machine.say("journalctl", "-b", "-o", "cat", "--no-pager", "-u", unit)
        return text.splitlines()

    def property(self, name: str, unit: str = "veilleur") -> str:
        """What systemd knows of a service."""
        return self.machine.say("systemctl", "show", "--value", "-p", name, unit).strip()

    def texts(self, number: str) -> list[str]:
        """What is on a telephone's screen."""
        return [text.text for text in self.host.ask(lambda site: site.phone(number).texts)]

    def commands(self) -> list[str]:
        """Every line that the modem was given, in order."""
        return self.cable.heard.decode(errors="replace").replace("\n", "").split("\r")

    # The power

    def power_on(self) -> None:
        """The box and the modem that it feeds."""
        self.machine.power_on()
        self.host.plug()

    def starts_anew(self, within_s: float) -> None:
        """The machine ends by itself, and is switched on again (qemu does not restart)."""
        self.machine.is_off(within_s)
        self.host.unplug()
        self.power_on()

    def cut_power(self) -> None:
        self.machine.cut_power()
        self.host.unplug()

    # Waiting

    def until(
        self, true: Callable[[], bool], what: str, within_s: float = WITHIN_S
    ) -> float:
        """Wait until something is so; the seconds that it took."""
        began_s = time.monotonic()
        while not true():
            assert time.monotonic() - began_s < within_s, f"not in {within_s} s: {what}"
            select.select([], [], [], 0.05)
        return time.monotonic() - began_s

    def ready(self, starts: int = 1) -> bool:
        """Whether the daemon has said `ready` so often since the machine started."""
        return self.log().count("ready") >= starts


@contextmanager
def running(root: Root, folder: Path) -> Iterator[Box]:
    """A box that has just been plugged in, with a modem that has just been plugged into it."""
    data = new_data(root, folder)
    # The network knows the time: the box believes no other
    site = VirtualSite(MODEM, timeline=Timeline(0, datetime.now(UTC)))
    with powered(Machine(root, folder, str(data)), site) as box:
        yield box


def new_data(root: Root, folder: Path) -> Path:
    """A data partition with nothing in it, and a root that has never been started."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data.ext4"
    for file in (data, folder / "root.qcow2", folder / "console.log"):
        file.unlink(missing_ok=True)
    subprocess.run(["cp", "--sparse=always", root.data, data], check=True)
    return data


@contextmanager
def powered(machine: Machine, site: VirtualSite) -> Iterator[Box]:
    """The machine with a network around it, until the end."""
    machine.power_on()
    cable = Cable(machine.modem_channel)
    try:
        with SimulationHost(site, cable) as host:
            yield Box(machine, host, cable)
    finally:
        machine.cut_power()
