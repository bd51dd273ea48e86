"""A `VirtualSite` in real time behind a serial port, with one thread of its own.

The thread owns everything that is simulated; other threads ask it through `ask`, which waits for
the answer. It sleeps until the port has bytes, somebody asks, or the timeline's next action is due.
"""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hw.simulator.virtual_site import SiteError, VirtualSite

T = TypeVar("T")

LOOK_AGAIN_S = 0.02  # how soon a program is noticed that opens a port which nobody had open
ASK_WITHIN_S = 30.0


class Port(Protocol):
    """A pty or a TCP server."""

    @property
    def path(self) -> object:
        """Where it is, for people."""

    @property
    def is_open(self) -> bool:
        """True while plugged in."""

    def open(self) -> None:
        """Plug in."""

    def close(self) -> None:
        """Unplug."""

    def fileno(self) -> int | None:
        """What to wait on for input, None for nothing."""

    def read(self) -> bytes:
        """What has come."""

    def write(self, data: bytes) -> None:
        """Send."""


class SimulationHost:
    """Start it, use its methods from any thread, stop it. Also a context manager."""

    def __init__(
        self,
        site: VirtualSite,
        port: Port,
        *,
        on_event: Callable[[str], None] | None = None,
        speed: float = 1.0,
        audio: Port | None = None,
    ) -> None:
        """`audio` is a second port, for the PCM of a site that carries sound. `on_event` is called
        from the host's thread with each line of news; `speed` above 1 makes the simulated time
        run faster than the clock."""
        self.site = site
        self.port = port
        self.audio = audio
        self._on_event = on_event
        self._speed = speed
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stopping = False
        self._failure: Exception | None = None
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._thread = threading.Thread(target=self._run, name="simulated-modem", daemon=True)
        self._started_s = 0.0

    # -- life ----------------------------------------------------------------------------------

    def start(self) -> SimulationHost:
        """Open the port with a modem that runs already; raises PortError."""
        for each in self._ports():
            each.open()
        if self.audio is not None:
            self.site.modem.audio.on_sound = self.audio.write
        self.site.wire.on_output = self.port.write
        self.site.start()
        self.site.modem.on_attachment = self._attachment
        self._started_s = time.monotonic() - self.site.timeline.now_ms / 1000 / self._speed
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and end the thread; may be called twice."""
        if self._thread.is_alive():
            self._stopping = True
            self._wake()
            self._thread.join()
        self._close_ports()
        for end in (self._wake_read, self._wake_write):
            if end >= 0:
                os.close(end)
        self._wake_read = self._wake_write = -1

    def __enter__(self) -> SimulationHost:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- from other threads --------------------------------------------------------------------

    def ask(self, action: Callable[[VirtualSite], T]) -> T:
        """Run `action` in the host's thread and hand back what it returns or raises."""
        done = threading.Event()
        answer: list[T] = []
        failure: list[BaseException] = []

        def run() -> None:
            try:
                answer.append(action(self.site))
            except Exception as error:  # it is the asker's to handle
                failure.append(error)
            finally:
                done.set()

        if not self._thread.is_alive():
            raise SiteError(f"the simulated modem is not running: {self._failure or 'stopped'}")
        self._requests.put(run)
        self._wake()
        if not done.wait(ASK_WITHIN_S):
            raise SiteError("the simulated modem does not answer")
        if failure:
            raise failure[0]
        return answer[0]

    def call(self, caller: str) -> int:
        """See `VirtualSite.call`."""
        return self.ask(lambda site: site.call(caller))

    def hangup(self, number: str | None = None) -> int:
        """See `VirtualSite.hangup`."""
        return self.ask(lambda site: site.hangup(number))

    def sms(self, sender: str, text: str) -> None:
        """See `VirtualSite.sms`."""
        self.ask(lambda site: site.sms(sender, text))

    def answer(self, number: str) -> str:
        """See `VirtualSite.answer`."""
        return self.ask(lambda site: site.answer(number))

    def busy(self, number: str) -> str:
        """See `VirtualSite.busy`."""
        return self.ask(lambda site: site.busy(number))

    def unreachable(self, number: str) -> str:
        """See `VirtualSite.unreachable`."""
        return self.ask(lambda site: site.unreachable(number))

    def ring(self, number: str) -> str:
        """See `VirtualSite.ring`."""
        return self.ask(lambda site: site.ring(number))

    def accept(self, number: str, keys: str = "1") -> str:
        """See `VirtualSite.accept`."""
        return self.ask(lambda site: site.accept(number, keys))

    def mailbox(self, number: str, says: str | None = None) -> str:
        """See `VirtualSite.mailbox`."""
        return self.ask(lambda site: site.mailbox(number, says))

    def say(self, number: str, path: str) -> str:
        """See `VirtualSite.say`."""
        return self.ask(lambda site: site.say(number, path))

    def record(self, number: str, path: str) -> str:
        """See `VirtualSite.record`."""
        return self.ask(lambda site: site.record(number, path))

    def digit(self, number: str, keys: str) -> str:
        """See `VirtualSite.digit`."""
        return self.ask(lambda site: site.digit(number, keys))

    def unplug(self) -> None:
        """Pull the plug: both ends of the port are closed."""

        def pull(site: VirtualSite) -> None:
            site.unplug()
            self._close_ports()

        self.ask(pull)

    def plug(self, port: Port | None = None) -> None:
        """Put the plug in, perhaps at another `port`: it appears when the modem has started."""

        def put(site: VirtualSite) -> None:
            if port is not None and not site.plugged:
                self.port = port
                site.wire.on_output = port.write
            site.plug()

        self.ask(put)

    def state(self) -> dict[str, Any]:
        """See `VirtualSite.state`, and where the port is."""
        state = self.ask(lambda site: site.state())
        state["port"] = str(self.port.path) if self.port.is_open else None
        return state

    # -- the thread ----------------------------------------------------------------------------

    def _attachment(self, present: bool) -> None:
        if not present:
            self._close_ports()
            return
        try:
            for each in self._ports():
                each.open()
        except Exception as error:  # told as an event: the thread must go on
            self._tell(f"the port cannot be made again: {error}")

    def _ports(self) -> list[Port]:
        return [self.port] if self.audio is None else [self.port, self.audio]

    def _close_ports(self) -> None:
        for each in self._ports():
            each.close()

    def _wake(self) -> None:
        if self._wake_write >= 0:
            os.write(self._wake_write, b".")

    def _now_ms(self) -> int:
        return int((time.monotonic() - self._started_s) * 1000 * self._speed)

    def _tell(self, line: str) -> None:
        if self._on_event is not None:
            self._on_event(line)

    def _run(self) -> None:
        try:
            self._live()
        except Exception as error:  # a fault of the simulation's own must be seen, not hang
            self._failure = error
            self._close_ports()
            self._tell(f"the simulated modem has stopped: {type(error).__name__}: {error}")
            raise

    def _live(self) -> None:
        while not self._stopping:
            self.site.timeline.run_until(self._now_ms())
            for line in self.site.events():
                self._tell(line)
            self._wait()
            self.site.timeline.run_until(self._now_ms())
            data = self.port.read()
            if data:
                self.site.wire.feed(data)
            if self.audio is not None and (sound := self.audio.read()):
                self.site.modem.audio.feed(sound)
            while not self._requests.empty():
                self._requests.get()()

    def _wait(self) -> None:
        due_ms = self.site.timeline.next_ms()
        timeout_s = 3600.0
        if due_ms is not None:
            timeout_s = max(0.0, (due_ms - self._now_ms()) / 1000 / self._speed)
        fd = self.port.fileno()
        waits = [self._wake_read] if fd is None else [self._wake_read, fd]
        sound = None if self.audio is None else self.audio.fileno()
        if sound is not None:
            waits.append(sound)
        if fd is None and self.port.is_open:
            timeout_s = min(timeout_s, LOOK_AGAIN_S)
        ready, _, _ = select.select(waits, [], [], timeout_s)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
