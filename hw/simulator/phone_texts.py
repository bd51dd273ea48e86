"""The short messages of a virtual phone: reassembled when received, sent one part at a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hw.simulator.terminal import SubmitResult
from hw.simulator.tpdu import Deliver, StatusReport, Submit, decode_from_centre
from hw.simulator.user_data import TpduError, split

if TYPE_CHECKING:
    from hw.simulator.phone import VirtualPhone


@dataclass(frozen=True, slots=True)
class PhoneText:
    """A text received; `parts` above 1 tells that it was concatenated."""

    received_ms: int
    sender: str
    text: str
    parts: int = 1
    flash: bool = False


@dataclass(slots=True)
class SentText:
    """A text sent: `accepted` once the service centre took every part, `failed` with the first
    refusal; `reports` holds the TP-Status (23.040 9.2.3.15) of each part reported."""

    to: str
    text: str
    parts: int
    accepted: bool = False
    failed: SubmitResult | None = None
    reports: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Received:
    """What one TPDU brought: at most one of the three."""

    text: PhoneText | None = None
    report: StatusReport | None = None
    unreadable: bool = False


class TextInbox:
    """Puts parts together. A part that comes twice is the same part; a text that is complete and
    comes again is a second text."""

    def __init__(self) -> None:
        self.texts: list[PhoneText] = []
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}

    def receive(self, tpdu: bytes, now_ms: int) -> Received:
        """Take one TPDU."""
        try:
            decoded = decode_from_centre(tpdu)
        except TpduError:
            return Received(unreadable=True)
        if isinstance(decoded, StatusReport):
            return Received(report=decoded)
        text = self._complete(decoded, now_ms)
        if text is not None:
            self.texts.append(text)
        return Received(text)

    def _complete(self, deliver: Deliver, now_ms: int) -> PhoneText | None:
        content = deliver.user_data
        flash = content.message_class == 0
        concatenation = content.concatenation
        if concatenation is None:
            return PhoneText(now_ms, deliver.sender, content.text, 1, flash)
        key = (deliver.sender, concatenation.reference, concatenation.parts)
        parts = self._parts.setdefault(key, {})
        parts[concatenation.part] = content.text
        if len(parts) < concatenation.parts:
            return None
        del self._parts[key]
        text = "".join(parts[number] for number in sorted(parts))
        return PhoneText(now_ms, deliver.sender, text, concatenation.parts, flash)


@dataclass(frozen=True, slots=True)
class _Part:
    """One TPDU on its way out; `last` closes its text."""

    sent: SentText
    reference: int
    tpdu: bytes
    last: bool


class TextOutbox:
    """Sends part after part; the next one only when the one before was answered."""

    def __init__(self, phone: VirtualPhone) -> None:
        self.sent: list[SentText] = []
        self._phone = phone
        self._waiting: deque[_Part] = deque()
        self._by_reference: dict[int, SentText] = {}
        self._sending = False
        self._reference = 0

    def send(self, to: str, text: str, *, report: bool, flash: bool) -> None:
        """Queue a text; raises TpduError for one that cannot be sent."""
        contents = split(text, self._reference, message_class=0 if flash else None)
        sent = SentText(to, text, len(contents))
        parts: list[tuple[int, bytes]] = []
        for content in contents:
            self._reference = (self._reference + 1) % 256
            submit = Submit(self._reference, to, content, report_requested=report)
            parts.append((self._reference, submit.encode()))
        self.sent.append(sent)
        for number, (reference, tpdu) in enumerate(parts, start=1):
            self._waiting.append(_Part(sent, reference, tpdu, number == len(parts)))
        if not self._sending:
            self._next()

    def reported(self, report: StatusReport) -> None:
        """A status report came."""
        sent = self._by_reference.get(report.reference)
        if sent is not None:
            sent.reports.append(report.status)

    def _next(self) -> None:
        self._sending = bool(self._waiting)
        if self._waiting:
            part = self._waiting[0]
            self._by_reference[part.reference] = part.sent
            self._phone.line.submit(part.tpdu, None, self._answered)

    def _answered(self, result: SubmitResult) -> None:
        part = self._waiting.popleft()
        sent = part.sent
        if result.accepted:
            sent.accepted = part.last and sent.failed is None
        elif sent.failed is None:
            sent.failed = result
        self._next()
