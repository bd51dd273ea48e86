"""The service centre: takes what mobiles submit, and what is sent from outside the network.

What it has taken lies in `store_and_forward` until the recipient has it or its time is over; the
ledger's records of it are `message_book`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hw.simulator.causes import RpCause
from hw.simulator.message_book import MessageBook
from hw.simulator.numbers import normalise
from hw.simulator.store_and_forward import ServiceCentreBehaviour, StoreAndForward
from hw.simulator.terminal import SubmitResult
from hw.simulator.tpdu import (
    FCS_COMMAND_UNSUPPORTED,
    FCS_DUPLICATE,
    Deliver,
    Submit,
    decode_from_mobile,
    submit_report,
)
from hw.simulator.user_data import Coding, TpduError, UserData, split

if TYPE_CHECKING:
    from hw.simulator.network import Network

SERVICE_CENTRE = "+33609001390"


class ServiceCentre:
    """The whole network's. `waiting` and `alert`: see `StoreAndForward`."""

    def __init__(self, network: Network, behaviour: ServiceCentreBehaviour) -> None:
        self.number = SERVICE_CENTRE
        self._timeline = network.timeline
        self._book = MessageBook(network)
        self._kept = StoreAndForward(network, self._book, behaviour)
        self.waiting, self.alert = self._kept.waiting, self._kept.alert

    @property
    def behaviour(self) -> ServiceCentreBehaviour:
        return self._kept.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: ServiceCentreBehaviour) -> None:
        self._kept.behaviour = behaviour

    def accept(self, sender: str, tpdu: bytes) -> SubmitResult:
        """A mobile submits. The result carries the SMS-SUBMIT-REPORT."""
        now = self._kept.local_time()
        try:
            submit = decode_from_mobile(tpdu)
            recipient = normalise(submit.recipient)
            submit.user_data.encode()    # what was garbled on the way may fit into no message
        except TpduError:
            report = submit_report(now, FCS_COMMAND_UNSUPPORTED)
            cause = RpCause.INVALID_MESSAGE if tpdu[:1] and tpdu[0] & 3 == 1 else None
            return SubmitResult(
                cause or RpCause.FACILITY_REJECTED, FCS_COMMAND_UNSUPPORTED, report=report
            )
        except ValueError:
            return SubmitResult(RpCause.UNASSIGNED_NUMBER)
        if submit.reject_duplicates and self._kept.holds(sender, recipient, submit.reference):
            report = submit_report(now, FCS_DUPLICATE)
            return SubmitResult(RpCause.TRANSFER_REJECTED, FCS_DUPLICATE, report=report)
        record = self._book.begin(sender, recipient, submit.user_data)
        deliver = Deliver(
            sender,
            now,
            submit.user_data,
            status_report_indication=submit.report_requested,
            protocol_identifier=submit.protocol_identifier,
        )
        self._kept.store(record, deliver.encode(), self._validity_ms(submit), submit)
        return SubmitResult(report=submit_report(now))

    def send_text(
        self,
        sender: str,
        recipient: str,
        text: str,
        *,
        flash: bool = False,
        wide_reference: bool = False,
        lost_parts: Iterable[int] = (),
        order: Iterable[int] | None = None,
    ) -> int:
        """A text from outside the network; `sender` may be a name of up to 11 characters.

        `order` is the order in which the parts (from 1) set out, `lost_parts` never do. Returns
        the group of its records in the ledger. Raises TpduError for what no message can carry.
        """
        group = self._book.next_id
        reference = group % (65536 if wide_reference else 256)
        contents = split(text, reference, wide=wide_reference, message_class=0 if flash else None)
        lost = frozenset(lost_parts)
        for part in order if order is not None else range(1, len(contents) + 1):
            record = self._book.begin(sender, normalise(recipient), contents[part - 1], group)
            deliver = Deliver(sender, self._kept.local_time(), contents[part - 1])
            if part in lost:
                self._book.end(record, "lost")
            else:
                self._kept.store(record, deliver.encode())
        return group

    def send_octets(self, sender: str, recipient: str, octets: bytes, header: bytes = b"") -> int:
        """8-bit data from outside; returns the group."""
        content = UserData(Coding.OCTETS, octets=octets, header=header)
        record = self._book.begin(sender, normalise(recipient), content)
        tpdu = Deliver(sender, self._kept.local_time(), content).encode()
        self._kept.store(record, tpdu)
        return record.group

    def send_tpdu(self, sender: str, recipient: str, tpdu: bytes) -> int:
        """Any octets as they are, to see what a receiver makes of them; returns the group."""
        record = self._book.begin(sender, normalise(recipient), UserData(Coding.OCTETS))
        self._kept.store(record, tpdu)
        return record.group

    def _validity_ms(self, submit: Submit) -> int:
        validity = submit.validity
        if isinstance(validity, datetime):
            validity = validity - self._timeline.utc()
        if validity is None:
            return self.behaviour.validity_ms
        return max(0, int(validity / timedelta(milliseconds=1)))
