"""Whether the network takes any SMS at all: a SIM without credit or service centre still takes
calls, and every alert fails."""

from __future__ import annotations

from firmware.at.result_codes import FinalResult, ResultKind
from firmware.line.modem_line import Reply

FAILED_MIN = 4      # tries in a row, of whatever message, ...
ODD_AFTER_S = 600.0   # ... over so long: congestion at a mast is over sooner
CMS_PDU_PARAMETER = 304   # 27.005 3.2.5: what the modem got is no PDU, or none of that length
GARBLED_MAX = 3       # tries in a row that the line may have spoilt


class Refusals:
    """Tries that failed since an SMS last left. ``why``: what was said of the last one."""

    def __init__(self) -> None:
        self._failed = 0
        self._of: set[int] = set()
        self._to: set[str] = set()
        self._barred: set[str] = set()   # to whom none left while others did: it is their number
        self._since_s = 0.0
        self._garbled = 0
        self.why = ""
        self.left_last = False   # what was tried last has left; False before anything was tried

    def failed(self, now_s: float, why: str, message: int, recipient: str) -> None:
        """The network or the modem did not take a part of that message."""
        if recipient in self._barred:
            return
        if not self._failed:
            self._since_s = now_s
        self._failed += 1
        self._of.add(message)
        self._to.add(recipient)
        self.why, self.left_last = why, False

    def is_garbled(self, reply: Reply) -> bool:
        """Whether the modem got another PDU than ours: the wire has no checksum, nothing was sent,
        and the part may go again at once. What it takes for none so many times running it
        refuses; then this begins anew."""
        match reply.result:
            case FinalResult(ResultKind.CMS_ERROR, code) if code == CMS_PDU_PARAMETER:
                self._garbled = (self._garbled + 1) % (GARBLED_MAX + 1)
            case _:
                self._garbled = 0
        return self._garbled > 0

    def left(self, recipient: str) -> bool:
        """A part has left for this number. Whether that ends a time in which none of several
        messages was taken: it was the network, and no message's own fault."""
        was_the_networks = len(self._of) > 1
        self._barred = (self._barred | self._to) - {recipient}
        self._to.clear()
        self._failed = self._garbled = 0
        self._of.clear()
        self.left_last = True
        return was_the_networks

    def bars(self, recipient: str) -> bool:
        """None leaves for this number, while others' do."""
        return recipient in self._barred

    def are_odd(self, now_s: float) -> bool:
        """More than one message's bad luck."""
        return self._failed >= FAILED_MIN and now_s >= self._since_s + ODD_AFTER_S
