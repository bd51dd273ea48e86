"""What the modem was handed, what is on disk, what a network reports: for tests of the outbox."""

from __future__ import annotations

from firmware.record import OutgoingMessage
from firmware.sms.tpdu import ReportOutcome, StatusReport
from hw.simulator.tpdu import decode_from_mobile
from tests.alert.bench import Bench

BRUNO, ALICE, CLAIRE = "+33605060708", "+33601020304", "+33607080910"
BRUNOS, ALICES = "3306050607F8", "3306010203F4"   # in a PDU
LONG = "Un texte de plus de cent soixante signes. " * 5


def handed_over(bench: Bench) -> list[tuple[str, str]]:
    """Recipient and text of each SMS that the modem got, read by the simulator's own codec."""
    read = [decode_from_mobile(bytes.fromhex(pdu)[1:]) for _, pdu in bench.handed_over]
    return [(each.recipient, each.user_data.text) for each in read]


def rows(bench: Bench) -> dict[str, OutgoingMessage]:
    return {
        row.cause: row for row in bench.ledger.take() if isinstance(row, OutgoingMessage)
    }


def report(bench: Bench, reference: int, outcome: ReportOutcome, to: str = BRUNO) -> bool:
    status = {ReportOutcome.DELIVERED: 0, ReportOutcome.PENDING: 0x20}.get(outcome, 0x41)
    return bench.outbox.report(
        StatusReport(reference, to, None, None, status, outcome, None)
    )


def watched() -> tuple[Bench, list[OutgoingMessage]]:
    """A bench, and what it will have told of final failures."""
    bench = Bench(None)
    failed: list[OutgoingMessage] = []
    bench.outbox.on_failed = failed.append
    return bench, failed
