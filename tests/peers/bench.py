"""What the tests of peers share: a simulated modem on a port, programs, waiting with a deadline.

The programs are real ones of other people, on a pseudo-terminal or a loopback socket; the network
around the modem goes at four times the clock's speed.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

from hw.simulator.network import Timings
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import Port, SimulationHost
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.virtual_site import VirtualSite
from tests.patience import WITHIN_S

T = TypeVar("T")

LOOK_EVERY_S = 0.03
ADMINISTRATION = ("/usr/sbin", "/sbin")  # daemons live there, off an ordinary user's PATH
CALLER = "+33699000001"
DUTY = "+33612345678"
QUICK = Timings(
    registration_ms=(100, 100),
    setup_ms=(50, 50),
    paging_ms=(50, 50),
    ss_ms=(100, 100),
    sms_ms=(100, 100),
    in_call_ms=(50, 50),
    forward_ms=(50, 50),
)


def find(program: str) -> str | None:
    """Where a program is, None where it is not installed."""
    return shutil.which(program, path=os.pathsep.join((os.defpath, *ADMINISTRATION)))


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip, and say what to install, where one of these is absent."""
    absent = " ".join(each for each in programs if find(each) is None)
    return pytest.mark.skipif(
        bool(absent), reason=f"not installed: {absent}; tests/install-debian-packages installs it"
    )


def environment(**more: str) -> dict[str, str]:
    """Of a program under test: UTF-8, words in English, nothing of this user's own settings."""
    path = os.pathsep.join((os.defpath, *ADMINISTRATION))
    return {"PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "TZ": "UTC", **more}


def until(found: Callable[[], T], what: str, *, tell: Callable[[], str] = str) -> T:
    """The first true thing that `found` gives; fails after WITHIN_S with `what` and `tell()`."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        thing = found()
        if thing:
            return thing
        if time.monotonic() > deadline:
            pytest.fail(f"in {WITHIN_S:.0f} s: not {what}\n{tell()}")
        select.select([], [], [], LOOK_EVERY_S)


class RecordingPort:
    """A port that keeps every byte of both directions: the witness of what a peer really did.

    What the modem says in one instant goes out in one piece, as in a USB transfer: a program may
    see RING apart from its +CLIP, but not because a thread of this process was not scheduled.
    """

    def __init__(self, port: Port) -> None:
        self._port = port
        self._unsent = bytearray()
        self.sent = bytearray()  # by the program
        self.said = bytearray()  # by the modem

    @property
    def path(self) -> object:
        """See `Port`."""
        return self._port.path

    @property
    def is_open(self) -> bool:
        """See `Port`."""
        return self._port.is_open

    def open(self) -> None:
        """See `Port`."""
        self._port.open()

    def close(self) -> None:
        """See `Port`."""
        self.flush()
        self._port.close()

    def fileno(self) -> int | None:
        """See `Port`."""
        return self._port.fileno()

    def read(self) -> bytes:
        """See `Port`."""
        data = self._port.read()
        self.sent += data
        return data

    def write(self, data: bytes) -> None:
        """See `Port`."""
        self.said += data
        self._unsent += data

    def flush(self) -> None:
        """The instant is over: send what was said in it."""
        if self._unsent:
            data = bytes(self._unsent)
            self._unsent.clear()
            self._port.write(data)


class PeerSite(SimulationHost):
    """A simulated site with one modem that a peer is to use."""

    def __init__(self, port: Port, profile: str = "generic", *, pin: str | None = None) -> None:
        self.news: list[str] = []
        self.wire = RecordingPort(port)
        site = VirtualSite(profile, timings=QUICK, pin=pin)
        site.network.service_centre.behaviour = ServiceCentreBehaviour(delay_ms=(100, 100))
        super().__init__(site, self.wire, on_event=self.news.append, speed=4.0)

    def __enter__(self) -> PeerSite:
        self.start()
        return self

    def _wait(self) -> None:
        self.wire.flush()
        super()._wait()

    @property
    def command_lines(self) -> list[str]:
        """What the program has sent, line by line."""
        text = bytes(self.wire.sent).decode("latin-1")
        return [each.strip("\n") for each in text.split("\r") if each.strip("\n")]

    def told(self, news: str) -> Callable[[], bool]:
        """A condition for `until`: a line of news with these words has come."""
        return lambda: any(news in each for each in self.news)

    def texts(self, number: str = CALLER) -> list[tuple[str, str]]:
        """Sender and text of what this telephone has got."""
        return self.ask(
            lambda site: [(each.sender, each.text) for each in site.phone(number).texts]
        )

    def stored(self) -> int:
        """How many messages lie in the SIM and in the modem."""
        return self.ask(lambda site: site.sim.messages.used + site.modem.own_store.used)

    def call_states(self) -> list[str]:
        """The modem's calls as the network knows them."""
        return [each["state"] for each in self.state()["calls"]]

    def witness(self) -> str:
        """For a test that has failed: the end of what passed on the port, and the news."""
        wire = f"sent: {bytes(self.wire.sent[-600:])!r}\nsaid: {bytes(self.wire.said[-1200:])!r}"
        return wire + "\n" + "\n".join(self.news[-20:])


def pty_site(folder: Path, profile: str = "generic") -> PeerSite:
    """A site on a pseudo-terminal `modem` in this folder."""
    return PeerSite(PtyPort(folder / "modem"), profile)


def run(arguments: Sequence[str], **more: str) -> str:
    """Run a program to its end and give what it printed; fails when it fails or lingers."""
    done = subprocess.run(
        [find(arguments[0]) or arguments[0], *arguments[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(**more),
        timeout=2 * WITHIN_S,
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, f"{arguments} ended with {done.returncode}:\n{output}"
    return output


class Daemon:
    """A program that stays; a context manager that ends it, gently first."""

    def __init__(self, arguments: Sequence[str], output: Path, **more: str) -> None:
        """What it prints goes to the file `output`; `more` is added to its environment."""
        self._arguments = [find(arguments[0]) or arguments[0], *arguments[1:]]
        self._output = output
        self._environment = environment(**more)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Daemon:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self._output.parent,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def output(self) -> str:
        """All it has printed."""
        return self._output.read_text("utf-8", "replace")

    def until(self, found: Callable[[], T], what: str, site: PeerSite | None = None) -> T:
        """As `until`, and fail at once when the program has ended."""

        def tell() -> str:
            return self.output[-3000:] + "\n" + (site.witness() if site is not None else "")

        def look() -> T:
            thing = found()
            if not thing and self._process is not None and self._process.poll() is not None:
                pytest.fail(f"it ended with {self._process.returncode}: not {what}\n{tell()}")
            return thing

        return until(look, what, tell=tell)
