"""The demo's telephones in memory: `VirtualPhones` without a network behind it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from tests.speech.sounds import hum
from tests.web.house import ALICE, BOX_NUMBER, BRUNO, CALLER, CHLOE, STRANGER
from web.virtual_phones import Phone, PhoneFault, PhonesState, PhoneStatus


class Telephones:
    """Callers ring the box, staff phones are rung by `ring`; every tap is kept in ``taps``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.taps: list[tuple[str, ...]] = []
        self._phones: dict[str, Phone] = {
            number: Phone(number=number, status="idle", messages=[])
            for number in (CALLER, STRANGER, ALICE, BRUNO, CHLOE)
        }
        self._phones[CALLER]["name"] = "Mme Klein"

    def call(self, from_number: str) -> None:
        self._set(from_number, "dialling", BOX_NUMBER, "call")

    def hangup(self, number: str | None = None) -> None:
        for each in [number] if number else list(self._phones):
            self._set(each, "idle", None, "hangup")

    def sms(self, from_number: str, text: str) -> None:
        self.taps.append(("sms", from_number, text))
        self.receive(from_number, text, sender=from_number, sent=True)

    def answer(self, number: str) -> None:
        if self._phones[number]["status"] != "ringing":
            raise PhoneFault("nothing rings")
        self._set(number, "talking", self._phones[number].get("shown_call"), "answer")

    def busy(self, number: str) -> None:
        self._set(number, "busy", None, "busy")

    def unreachable(self, number: str) -> None:
        self._set(number, "unreachable", None, "unreachable")

    def available(self, number: str) -> None:
        self._set(number, "idle", None, "available")

    def press(self, number: str, keys: str) -> None:
        self.taps.append(("press", number, keys))

    def heard(self, number: str, after: int) -> tuple[int, bytes]:
        """A tone that goes on for ever: 20 ms more at each look."""
        if after > 10**9:
            return 10**6, b""  # whoever begins to listen has not heard what was before
        return after + 160, hum(0.02, -20)

    def state(self) -> PhonesState:
        with self._lock:
            phones = [Phone(**phone) for phone in self._phones.values()]
        return {"phones": phones, "box": {"number": BOX_NUMBER}}

    # What the network does to a phone

    def ring(self, number: str, shown: str) -> None:
        self._phones[number].update({"status": "ringing", "shown_call": shown})

    def receive(self, number: str, text: str, sender: str = BOX_NUMBER, sent: bool = False) -> None:
        at = datetime.now(UTC).isoformat()
        messages = self._phones[number]["messages"]
        self._phones[number]["messages"] = [
            *messages, {"from": sender, "text": text, "at": at, "sent": sent}
        ]  # fmt: skip

    def _set(self, number: str, status: PhoneStatus, shown: str | None, tap: str) -> None:
        self.taps.append((tap, number))
        with self._lock:
            self._phones[number].update({"status": status, "shown_call": shown})
