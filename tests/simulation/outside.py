"""People, and what they see of a box: their telephones, its journal, its alarms."""

from __future__ import annotations

from firmware.store import journal
from firmware.store.database import Database
from firmware.store.page_store import PageStore
from hw.simulator.ledger import CallRecord
from hw.simulator.network import Network
from hw.simulator.phone import VirtualPhone


class Outside:
    """Of the box with this number."""

    number: str
    network: Network
    database: Database
    page: PageStore

    def phone(self, number: str) -> VirtualPhone:
        return self.network.phone(number)

    def texts(self, number: str) -> list[str]:
        """The texts that a phone has received, in order."""
        return [text.text for text in self.phone(number).texts]

    def call(self, number: str, *, withheld: bool = False, patience_s: float = 40) -> int:
        phone = self.phone(number)
        phone.patience_ms = round(patience_s * 1000)
        return phone.call(self.number, withheld=withheld)

    def text(self, number: str, text: str) -> None:
        self.phone(number).send_text(self.number, text)

    def network_call(self, call_id: int) -> CallRecord:
        """The network's own record of a call."""
        return self.network.ledger.calls[call_id]

    def journal(self, kind: str | None = None) -> list[dict[str, object]]:
        entries = [
            journal.entry_as_json(stored)
            for stored in journal.entries(self.database, after_id=0, limit=100_000)
        ]
        return [entry for entry in entries if kind in (None, entry["kind"])]

    def alarms(self) -> set[str]:
        return {alarm.key for alarm in self.page.open_alarms()}
