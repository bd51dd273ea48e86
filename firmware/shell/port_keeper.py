"""The one place that opens, loses and closes the modem's port, and that starts its rescue."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from firmware.effect import Rescue
from firmware.event import BytesReceived as Bytes
from firmware.event import Event, PortLost, PortOpened, RescueDone
from firmware.line.own_modem import OTHERS_ALONE, OwnModem
from firmware.line.usb_port import Candidate, PortUnavailable
from firmware.recovery.hooks import RescueHooks
from firmware.recovery.rungs import Rung
from firmware.shell.modem_place import ModemPlace
from firmware.shell.rescuer import Rescuer
from firmware.shell.serial_port import SerialPort
from firmware.shell.watchdog import complain


@dataclass(frozen=True, slots=True)
class FromPort:
    """An event of one opening of the port; a late one of the opening before is dropped."""

    opening: int
    event: Event


class PortKeeper:
    """``find_ports`` gives the ports to try now, the likeliest first. ``put`` queues an event and
    may be called from any thread; ``step`` takes one at once, in the loop's own. With ``insist``
    a port that cannot be opened at first raises `PortUnavailable`."""

    def __init__(
        self,
        find_ports: Callable[[], tuple[Candidate, ...]],
        put: Callable[[Event | FromPort], None],
        step: Callable[[Event], None],
        hooks: RescueHooks,
        *,
        insist: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find_ports, self._put, self._step, self._insist = find_ports, put, step, insist
        self._clock = clock
        self._rescuer = Rescuer(hooks, lambda rung, why: put(RescueDone(rung, why)), clock)
        self._port: SerialPort | None = None
        self._candidate: Candidate | None = None   # the last that was opened
        self._own = OwnModem()
        self._place = ModemPlace(hooks.place, hooks.sysfs)
        self._opening = 0
        self._complaints: set[str] = set()  # since a port was opened
        self._broken_off: str | None = None   # why, until the attendant was told

    @property
    def audio(self) -> str | None:
        """Where the sound of the modem is that was opened last."""
        return None if self._candidate is None else self._candidate.audio

    def ready(self) -> None:
        """The modem at the open port takes calls."""
        if self._candidate is not None:
            self._own.took_calls(self._candidate, self._find_ports())
            self._place.remember(self._candidate.usb)

    def means(self, item: FromPort) -> bool:
        """Whether an event is of the port that is open now."""
        return item.opening == self._opening and self._port is not None

    def look(self) -> None:
        """Without a port: open the next that may be the modem's; say once why none can be. Not
        while the modem is being rescued: its device may be on its way off the bus."""
        if (reason := self._broken_off) is not None:
            self._broken_off = None
            self.lose(reason)
        if self._broken_off is not None:
            return   # it could not be told: a mistake again
        if self._port is not None or self._rescuer.busy:
            return
        there = self._find_ports()
        found = self._own.among(there, self._clock())
        if not found:
            self._complain(OTHERS_ALONE if there else "no modem found on USB")
            return
        candidate = found[self._opening % len(found)]
        try:
            self._open(candidate.device)
        except PortUnavailable as fault:
            if self._insist and self._opening == 1:
                raise
            self._complain(str(fault))
            return
        self._candidate = candidate
        self._complaints.clear()
        self._step(PortOpened(candidate.device, candidate.profile, voice=candidate.voice))

    def lose(self, reason: str) -> None:
        self.close()
        self._step(PortLost(reason))

    def break_off(self, reason: str) -> None:
        """Close in the middle of a step: the next look tells of it before it opens a port, or what
        is told of the opening before would be believed of the new one."""
        self.close()
        self._broken_off = reason

    def close(self) -> None:
        """One place closes; every descriptor is closed before the port is opened anew."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def write(self, data: bytes) -> None:
        try:
            if self._port is not None:
                self._port.write(data)
        except OSError as fault:
            self._put(FromPort(self._opening, PortLost(str(fault))))

    def rescue(self, wanted: Rescue) -> None:
        """Carry out a rung, or say why not; the port stays open where nothing can be done."""
        candidate = self._candidate
        if wanted.rung is Rung.SECOND_PORT:
            self._open_second(candidate)
            return
        device = candidate.usb if candidate is not None else self._place.last()
        why = self._rescuer.fault(wanted.rung, device)
        if why is not None:
            self._put(RescueDone(wanted.rung, why))
            return
        self.lose(wanted.reason)
        self._rescuer.start(wanted.rung, device)

    def _open_second(self, candidate: Candidate | None) -> None:
        if candidate is None or candidate.second is None:
            self._put(RescueDone(Rung.SECOND_PORT, "the modem has no second AT port"))
            return
        self.close()
        try:
            self._open(candidate.second)
        except PortUnavailable as fault:
            self._put(RescueDone(Rung.SECOND_PORT, str(fault)))
            self.look()
            return
        self._step(
            PortOpened(candidate.second, candidate.profile, second=True, voice=candidate.voice)
        )

    def _open(self, device: str) -> None:
        self._opening = opening = self._opening + 1
        self._port = SerialPort(
            device,
            lambda data: self._put(FromPort(opening, Bytes(data))),
            lambda reason: self._put(FromPort(opening, PortLost(reason))),
        )

    def _complain(self, reason: str) -> None:
        if reason not in self._complaints:
            self._complaints.add(reason)
            complain(reason)
            self._step(PortLost(reason))
