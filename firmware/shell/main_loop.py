"""The shell's one loop: take an event or wait until the wake-up, step, perform the effects."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from firmware.attendant import Attendant
from firmware.effect import Announce, Effect, Publish, Record, ReopenPort, WakeAt, Write
from firmware.event import BytesReceived as Bytes
from firmware.event import Event, PortLost, PortOpened, RequestsMade, RotaChanged, Woken
from firmware.pulse import Pulse
from firmware.shell.alarm_clock import AlarmClock
from firmware.shell.serial_port import SerialPort
from firmware.shell.system_clock import SystemClock
from firmware.shell.watchdog import Watchdog
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.usb_port import Candidate, NotAModem, PortUnavailable

LOOK_AROUND_S = 2.0   # for the page's edits, and for a port that is missing
OVERSLEEP_S = 0.05    # how much later than asked for the alarm clock may be (see there)


@dataclass(frozen=True, slots=True)
class _FromPort:
    """An event of one opening of the port; a late one of the opening before is dropped."""

    opening: int
    event: Event


class _Signal(Enum):
    LOOK_AROUND = auto()  # for the page's edits and for the port
    STOP = auto()


class MainLoop:
    """Owns the attendant, the store and the port; everything runs in the caller's thread.

    ``publish`` shows the pulse to the page and never raises. ``find_ports`` gives the ports to try
    now, the likeliest first. With ``insist`` (a port named on the command line) a port that cannot
    be opened at first, or never answers, ends the loop.
    """

    def __init__(
        self,
        attendant: Attendant,
        rows: RowStore,
        rotas: RotaStore,
        clock: SystemClock,
        watchdog: Watchdog,
        publish: Callable[[Pulse], None],
        find_ports: Callable[[], tuple[Candidate, ...]],
        *,
        insist: bool,
    ) -> None:
        self._attendant = attendant
        self._rows = rows
        self._rotas = rotas
        self._clock = clock
        self._watchdog = watchdog
        self._publish = publish
        self._find_ports = find_ports
        self._insist = insist
        self._queue: queue.SimpleQueue[Event | _FromPort | _Signal] = queue.SimpleQueue()
        self._port: SerialPort | None = None
        self._opening = 0
        self._tried = 0
        self._complaint = ""
        self._wake_at_s = 0.0
        self._data_version = rows.data_version()
        self._rota_version = rotas.version()
        self._ever_ready = False
        self._alarm_clock = AlarmClock(lambda: self._queue.put(Woken()))

    def stop(self) -> None:
        """End the loop soon; may be called from a signal handler."""
        self._queue.put(_Signal.STOP)

    def run(self) -> None:
        """Until `stop`. Raises `NotAModem`, `PortUnavailable`, and what the store raises."""
        self._alarm_clock.every(LOOK_AROUND_S, lambda: self._queue.put(_Signal.LOOK_AROUND))
        try:
            self._step(Woken())
            self._look_for_port()
            while self._turn():
                self._watchdog.alive()
        finally:
            self._watchdog.stopping()
            self._alarm_clock.stop()
            self._close_port()

    def _turn(self) -> bool:
        left_s = self._wake_at_s - self._clock.moment().monotonic_s
        try:
            item = self._queue.get(timeout=max(left_s, 0.0) + OVERSLEEP_S)
        except queue.Empty:
            item = Woken()
        match item:
            case _Signal.STOP:
                return False
            case _Signal.LOOK_AROUND:
                self._look_around()
            case _FromPort(opening, _) if opening != self._opening or self._port is None:
                pass
            case _FromPort(_, PortLost(reason)):
                self._lose_port(reason)
            case _FromPort(_, event):
                self._step(event)
            case _:
                self._step(item)
        return True

    def _step(self, event: Event) -> None:
        for effect in self._attendant.step(self._clock.moment(), event):
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Record(rows):
                self._rows.record(rows)
            case Write(data):
                self._write(data)
            case WakeAt(monotonic_s):
                if monotonic_s != self._wake_at_s:
                    self._wake_at_s = monotonic_s
                    self._alarm_clock.wake_at(monotonic_s)
            case Publish(pulse):
                self._publish(pulse)
            case Announce(text, about):
                self._announce(text, about)
            case ReopenPort(reason):
                if self._insist and not self._ever_ready:
                    raise NotAModem(reason)
                self._lose_port(reason)

    def _announce(self, text: str, about: str) -> None:
        if about == "ready":
            self._watchdog.ready()
            self._ever_ready = True
            print(text, flush=True)
            return
        if about == "modem" and self._insist and not self._ever_ready:
            raise NotAModem(text)
        _complain(text)

    # The page

    def _look_around(self) -> None:
        version = self._rows.data_version()
        if version != self._data_version:
            self._data_version = version
            rota_version = self._rotas.version()
            if rota_version != self._rota_version:
                self._rota_version = rota_version
                self._step(RotaChanged(self._rotas.load_rota()))
            requests = self._rows.open_requests()
            if requests:
                self._step(RequestsMade(requests))
        if self._port is None:
            self._look_for_port()

    # The port

    def _look_for_port(self) -> None:
        """Open the next port that may be the modem's; say once why none can be."""
        found = self._find_ports()
        if not found:
            self._complain("no modem found on USB")
            return
        candidate = found[self._tried % len(found)]
        self._tried += 1
        self._opening += 1
        opening = self._opening
        try:
            self._port = SerialPort(
                candidate.device,
                lambda data: self._queue.put(_FromPort(opening, Bytes(data))),
                lambda reason: self._queue.put(_FromPort(opening, PortLost(reason))),
            )
        except PortUnavailable as fault:
            if self._insist and self._opening == 1:
                raise
            self._complain(str(fault))
            return
        self._complaint = ""
        self._step(PortOpened(candidate.device, candidate.profile))

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            self._complaint = reason
            _complain(reason)
            self._step(PortLost(reason))

    def _lose_port(self, reason: str) -> None:
        self._close_port()
        self._step(PortLost(reason))

    def _close_port(self) -> None:
        """One place closes; every descriptor is closed before the port is opened anew."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _write(self, data: bytes) -> None:
        if self._port is None:
            return
        try:
            self._port.write(data)
        except OSError as fault:
            self._queue.put(_FromPort(self._opening, PortLost(str(fault))))


def _complain(text: str) -> None:
    print(f"veilleur: {text}", file=sys.stderr, flush=True)
