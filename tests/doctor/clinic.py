"""A box to be examined in this process: a data directory, a simulated modem, the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from firmware.cli import main
from firmware.command import doctor as command
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.terminal import ForwardingReason
from hw.simulator.timeline import Timeline
from hw.simulator.virtual_site import VirtualSite
from tests.doctor.samples import ALICE, SITE

SPEED = 20   # the network's seconds are ours by twenty
CONDITIONAL = (
    ForwardingReason.BUSY,
    ForwardingReason.NO_REPLY,
    ForwardingReason.NOT_REACHABLE,
)


@dataclass(frozen=True)
class Report:
    code: int
    text: str
    errors: str

    def lines(self, mark: str) -> list[str]:
        """The lines with this mark, without it."""
        head = f"{mark:<8}"
        return [line[8:] for line in self.text.splitlines() if line.startswith(head)]

    def line(self, check: str) -> str:
        """The one line about this check, with its mark."""
        (line,) = [each for each in self.text.splitlines() if each[8:].startswith(f"{check} :")]
        return line

    @property
    def faults(self) -> list[str]:
        """What is marked as wrong."""
        return [line.partition(" :")[0] for line in self.lines("PANNE")]


class Clinic:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = folder / "modem"
        self._capsys = capsys

    def load(self, site: str = SITE) -> None:
        path = self.folder / "site.toml"
        path.write_text(site, encoding="utf-8")
        assert main(["import", str(path), "--data", str(self.data)]) == 0
        self._capsys.readouterr()

    def settings(self, text: str, mode: int = 0o600) -> None:
        path = self.data / "veilleur.toml"
        path.write_text(text)
        path.chmod(mode)

    def examine(self, *arguments: str | Path) -> Report:
        code = main(["doctor", *map(str, arguments)])
        output = self._capsys.readouterr()
        return Report(code, output.out, output.err)

    def box(self) -> Report:
        return self.examine("--data", self.data, "--port", self.port)


@contextmanager
def hosted(
    port: Path,
    profile: str = "quectel-eg25",
    *,
    pin: str | None = None,
    speed: float = SPEED,
) -> Iterator[SimulationHost]:
    """A modem that has run for long, on the air, in this process."""
    site = VirtualSite(profile, pin=pin, timeline=Timeline(1, datetime.now(UTC)))
    with SimulationHost(site, PtyPort(port), speed=speed) as host:
        yield host


@contextmanager
def modem(port: Path, profile: str = "quectel-eg25", **more: Any) -> Iterator[VirtualSite]:
    """The same, for a test that only changes a value here and there."""
    with hosted(port, profile, **more) as host:
        yield host.site


def forward_to(site: VirtualSite, number: str | None = ALICE) -> None:
    """What the daemon would have registered for the person on duty."""
    register = site.network.subscriber(site.number).forwarding
    for reason in CONDITIONAL:
        register.set(reason, number)


def hurry(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(command, "ASKING_S", seconds)
