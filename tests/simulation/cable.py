"""The port between the box and its modem, as the shell sees it: opened, lost, opened anew; and the
rungs of recovery that only a shell can climb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from firmware.at.profile import ModemProfile
from firmware.event import BytesReceived, Event, PortLost, PortOpened, RescueDone
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import Rung
from hw.simulator.faults import FaultyModem
from hw.simulator.modem import Modem
from hw.simulator.timeline import Timeline

USB_DELAY_MS = 1      # bytes take a moment through the port, each way
REOPEN_MS = 1_000     # the shell looks for the port once a second
POWER_OFF_MS = 5_000  # how long the relay stays open


class Cable(ABC):
    """One modem on one cable. ``listening``: the daemon has the port open."""

    timeline: Timeline
    modem: Modem
    wire: FaultyModem
    recovery: RecoveryOptions
    has_voice: bool
    profile: ModemProfile
    _generation: int

    @abstractmethod
    def step(self, event: Event) -> None:
        """The daemon takes an event."""

    @abstractmethod
    def restart(self) -> None:
        """The daemon starts again."""

    @abstractmethod
    def reboot(self) -> None:
        """The computer starts again, and the daemon with it."""

    def _faultless(self) -> None:
        """A cable that nobody has put in yet."""
        self.plugged = self.listening = False
        self.port = "/dev/ttyUSB2"
        self._on_second = self._unplugged = False
        self.refused: dict[str, int] = {}      # beginning of a command -> how often to refuse it
        self.unanswered: set[str] = set()      # beginnings of commands whose OK is lost
        self.swallowed: dict[str, int] = {}    # beginning of a modem's line -> how often to lose it
        self.delayed_ms: dict[str, int] = {}   # beginning of a modem's line -> how late it comes
        self.first_port_hangs = False   # until the modem restarts; its second port does not
        self.has_second_port = False

    @property
    def _way(self) -> str | None:
        """By which way the shell finds the modem's sound."""
        voices = self.profile.voices if self.has_voice else ()
        return voices[0].way if voices else None

    # The shell's rungs of recovery

    def _rescue(self, rung: Rung, reason: str) -> None:
        """What the shell would do; a computer that restarts starts the daemon again."""
        match rung:
            case Rung.SECOND_PORT if self.has_second_port and self.plugged:
                self._on_second = self.listening = True
                self.step(PortOpened(self.port + "-second", None, True, self._way))
            case Rung.CUT_POWER if self.recovery.power:
                self.cut_power()
                self.timeline.after(POWER_OFF_MS, lambda: self.step(RescueDone(rung)))
            case Rung.REBOOT if self.recovery.reboot:
                self.reboot()
            case Rung.SECOND_PORT:
                self.step(RescueDone(rung, "there is none"))
            case _:
                self._reopen(reason)
                self.step(RescueDone(rung, "there is none"))

    def cut_power(self) -> None:
        """The modem alone loses its power for some seconds."""
        self.modem.power_off()
        self.wire.power_cut()
        self.timeline.after(POWER_OFF_MS, self._power_back)

    def _power_back(self) -> None:
        if not self._unplugged:
            self.modem.power_on()

    # The port

    def unplug(self) -> None:
        """The cable is pulled: the modem has no power, the computer no port."""
        self._unplugged = True
        self.modem.power_off()

    def plug(self, port: str | None = None) -> None:
        """The cable is back, under another name of the port perhaps; the modem starts."""
        self._unplugged = False
        self.port = port or self.port
        self.modem.power_on()

    def drop_port(self) -> None:
        """The USB connection breaks for a moment; the modem itself goes on."""
        self._reopen("read failed")

    def _to_modem(self, data: bytes) -> None:
        for beginning, left in self.refused.items():
            if left and data.startswith(beginning.encode()):
                self.refused[beginning] = left - 1
                self.modem.refuse_next(as_message_error=False)
        if data.startswith(tuple(each.encode() for each in self.unanswered)):
            self.swallowed["OK"] = 1
        if self._on_second or not self.first_port_hangs:
            self.wire.feed(data)

    def _from_modem(self, data: bytes) -> None:
        if self.first_port_hangs and not self._on_second:
            return
        line = data.strip().decode("latin-1")
        for beginning, left in self.swallowed.items():
            if left and line.startswith(beginning):
                self.swallowed[beginning] = left - 1
                return
        late_ms = max(
            (ms for beginning, ms in self.delayed_ms.items() if line.startswith(beginning)),
            default=0,
        )
        generation = self._generation
        self.timeline.after(USB_DELAY_MS + late_ms, lambda: self._bytes(generation, data))

    def _bytes(self, generation: int, data: bytes) -> None:
        if self.listening and generation == self._generation:
            self.step(BytesReceived(data))

    def _attachment(self, present: bool) -> None:
        self.plugged = present
        self.first_port_hangs = False
        if present:
            self.timeline.after(0, self._open_port)
        else:
            self.timeline.after(0, lambda: self._lose_port("unplugged"))

    def _open_port(self) -> None:
        if self.plugged and not self.listening:
            self.listening = True
            self.step(PortOpened(self.port, voice=self._way))

    def _lose_port(self, reason: str) -> None:
        self.listening = self._on_second = False
        self.step(PortLost(reason))

    def _reopen(self, reason: str) -> None:
        self._lose_port(reason)
        self.timeline.after(REOPEN_MS, self._open_port)
