"""A subscriber identity module: PIN and PUK counters, identities, and a small store of SMS.

31.102 and 11.11: PIN 3 tries, PUK 10 tries. SMS states are those of 27.005 3.1 <stat>; the store's
class serves the modem's own memory ("ME") as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

PIN_TRIES_MAX = 3  # 11.11 9.3
PUK_TRIES_MAX = 10


class PinState(Enum):
    """27.007 8.3 +CPIN <code>."""

    READY = "READY"
    SIM_PIN = "SIM PIN"
    SIM_PUK = "SIM PUK"
    BLOCKED = "BLOCKED"  # PUK exhausted: the card is dead


class SmsStatus(IntEnum):
    """27.005 3.1 <stat> in PDU mode."""

    REC_UNREAD = 0
    REC_READ = 1
    STO_UNSENT = 2
    STO_SENT = 3


class SimError(Exception):
    """The card cannot do what was asked; the message says why."""


class SimAbsentError(SimError):
    """No card in the slot (+CME ERROR 10)."""


class SimBusyError(SimError):
    """The card answers later (+CME ERROR 14)."""


class SimFailureError(SimError):
    """The card is broken (+CME ERROR 13)."""


class SimLockedError(SimError):
    """PIN or PUK needed, or the code was wrong (+CME ERROR 11, 12, 16)."""


class StoreFullError(Exception):
    """No free slot (+CMS ERROR 322, RP cause 22)."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One slot: `tpdu` without the service centre's address, which is `service_centre`."""

    index: int
    status: SmsStatus
    tpdu: bytes
    service_centre: str


class SmsStore:
    """As many slots as +CPMS counts, numbered from 1; a free slot is the lowest one."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._first = 1
        self._slots: dict[int, StoredMessage] = {}

    @property
    def used(self) -> int:
        """How many slots hold a message."""
        return len(self._slots)

    @property
    def indices(self) -> range:
        """The numbers of all slots."""
        return range(self._first, self._first + self.capacity)

    def number_from(self, first: int) -> None:
        """Number the slots anew: `<index>` is the modem's affair (27.005 3.1), not the card's."""
        moved = [replace(each, index=each.index - self._first + first) for each in self.messages()]
        self._first = first
        self._slots = {each.index: each for each in moved}

    def add(self, status: SmsStatus, tpdu: bytes, service_centre: str = "") -> StoredMessage:
        """Keep a message in the lowest free slot; raises StoreFullError."""
        for index in self.indices:
            if index not in self._slots:
                message = StoredMessage(index, status, tpdu, service_centre)
                self._slots[index] = message
                return message
        raise StoreFullError(f"all {self.capacity} slots are in use")

    def get(self, index: int) -> StoredMessage | None:
        """The message in a slot, None for an empty one; raises IndexError beyond the store."""
        if index not in self.indices:
            raise IndexError(f"slot {index} is not within {self._first}..{self.indices[-1]}")
        return self._slots.get(index)

    def mark(self, index: int, status: SmsStatus) -> None:
        """Change the state of a message that is there; an empty slot is left alone."""
        message = self.get(index)
        if message is not None:
            self._slots[index] = StoredMessage(index, status, message.tpdu, message.service_centre)

    def delete(self, index: int) -> bool:
        """Free a slot; False when it was free already, IndexError beyond the store."""
        if self.get(index) is None:
            return False
        del self._slots[index]
        return True

    def messages(self) -> tuple[StoredMessage, ...]:
        """All messages by slot."""
        return tuple(self._slots[index] for index in sorted(self._slots))


class SimCard:
    """One card. `present`, `busy` and `failing` are faults that a test or the console sets."""

    def __init__(
        self,
        imsi: str,
        number: str | None,
        *,
        iccid: str = "",
        pin: str | None = None,
        puk: str = "12345678",
        slots: int = 20,
        service_centre: str = "+33609001390",
    ) -> None:
        """`pin` None disables the request; `number` is EF MSISDN (+CNUM), which may be unset."""
        self.imsi = imsi
        self.number = number
        self.iccid = iccid or "8933" + imsi[-15:].rjust(15, "0")
        self.service_centre = service_centre
        self.messages = SmsStore(slots)
        self.present = True
        self.busy = False
        self.failing = False
        self.pin_enabled = pin is not None
        self.pin_tries = PIN_TRIES_MAX
        self.puk_tries = PUK_TRIES_MAX
        self._pin = pin if pin is not None else "0000"
        self._puk = puk
        self._verified = False

    @property
    def pin_state(self) -> PinState:
        """What the card waits for now."""
        if self.puk_tries == 0:
            return PinState.BLOCKED
        if self.pin_tries == 0:
            return PinState.SIM_PUK
        if self.pin_enabled and not self._verified:
            return PinState.SIM_PIN
        return PinState.READY

    @property
    def usable(self) -> bool:
        """True when a mobile can register with this card now."""
        return (
            self.present and not self.busy and not self.failing and self.pin_state is PinState.READY
        )

    def require(self, *, unlocked: bool = True) -> None:
        """Raise the reason why the card cannot be used now, if there is one.

        Raises SimAbsentError, SimFailureError, SimBusyError, or (with `unlocked`) SimLockedError.
        """
        if not self.present:
            raise SimAbsentError("no SIM inserted")
        if self.failing:
            raise SimFailureError("SIM failure")
        if self.busy:
            raise SimBusyError("SIM busy")
        if unlocked and self.pin_state is not PinState.READY:
            raise SimLockedError(self.pin_state.value)

    def reset(self) -> None:
        """Power cycle of the card: the PIN must be given again; the counters stay."""
        self._verified = False

    def verify_pin(self, pin: str) -> bool:
        """Give the PIN: True when right; a wrong one costs a try. Raises as `require`, and
        SimLockedError when the card waits for its PUK."""
        self.require(unlocked=False)
        if self.pin_state in (PinState.SIM_PUK, PinState.BLOCKED):
            raise SimLockedError(self.pin_state.value)
        if pin != self._pin:
            self.pin_tries -= 1
            self._verified = False
            return False
        self.pin_tries = PIN_TRIES_MAX
        self._verified = True
        return True

    def unblock(self, puk: str, new_pin: str) -> bool:
        """Give the PUK and a new PIN: True when right; ten wrong ones kill the card."""
        self.require(unlocked=False)
        if self.pin_state is PinState.BLOCKED:
            raise SimLockedError(PinState.BLOCKED.value)
        if puk != self._puk:
            self.puk_tries -= 1
            return False
        self._pin = new_pin
        self.pin_tries = PIN_TRIES_MAX
        self.puk_tries = PUK_TRIES_MAX
        self._verified = True
        return True

    def change_pin(self, old: str, new: str) -> bool:
        """+CPWD "SC": True when `old` was right; a wrong one costs a try."""
        if not self.verify_pin(old):
            return False
        self._pin = new
        return True

    def enable_pin(self, enabled: bool, pin: str) -> bool:
        """+CLCK "SC": switch the request for the PIN; True when `pin` was right."""
        if not self.verify_pin(pin):
            return False
        self.pin_enabled = enabled
        return True
