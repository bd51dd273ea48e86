"""The modem's temperature and its supply's voltage, where the family tells them."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.at import answers
from firmware.at import device_commands as commands
from firmware.at.answers import AnswerFault
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.wording import messages

EVERY_S = 900.0
# Modules work up to 75 or 85 degrees; between two numbers nothing changes, so that none flutters
HOT_C, COOL_C = 80, 74
LOW_MV, ENOUGH_MV = 3400, 3500   # below 3.3 to 3.4 V modules switch themselves off
HOT, LOW = "modem-hot", "modem-voltage"


class Vitals:
    """Asks every quarter of an hour. What could not be read is dropped: an old number is none, and
    an alarm lasts until a number says that it is over."""

    def __init__(self, ledger: Ledger, line: ModemLine, bell: Bell) -> None:
        self._ledger = ledger
        self._line = line
        self._bell = bell
        self._due_s = 0.0
        self.temperature_c: int | None = None
        self.voltage_mv: int | None = None

    def look(self, *, ready: bool) -> None:
        """Each minute; asks when it is time."""
        now_s = self._ledger.moment.monotonic_s
        if not ready:
            self.temperature_c = self.voltage_mv = None
            return
        if now_s < self._due_s:
            return
        self._due_s = now_s + EVERY_S
        profile = self._line.profile
        for key, command, then in (
            (HOT, commands.temperature(profile), self._temperature),
            (LOW, commands.voltage(profile), self._voltage),
        ):
            if command is not None:
                self._line.ask(command, then, Rank.POLL, calm=True)
            else:
                self._bell.still(key, by_sms=False)   # of a modem that was here before

    def _temperature(self, reply: Reply) -> None:
        try:
            found = answers.temperature(reply.lines) if reply.ok else None
        except AnswerFault:
            found = None
        self.temperature_c = found
        if found is None:
            return
        if found < COOL_C:
            self._bell.still(HOT)
        elif found >= HOT_C:
            self._bell.ring(HOT, messages.MODEM_HOT, {"degrees": str(found)})

    def _voltage(self, reply: Reply) -> None:
        try:
            found = answers.voltage_mv(reply.lines) if reply.ok else None
        except AnswerFault:
            found = None
        self.voltage_mv = found
        if found is None:
            return
        if found > ENOUGH_MV:
            self._bell.still(LOW)
        elif found < LOW_MV:
            self._bell.ring(LOW, messages.MODEM_VOLTAGE, {"volts": f"{found / 1000:.2f}"})
