"""What is told of the forwarding: lines of the journal, and the alarm with its sentences."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.call.forwarding_settings import Found, Wanted, codes_to_dial
from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.policy import Target
from firmware.record import JournalKind
from firmware.wording import messages

ALARM = "forwarding"
CHANGED = "forwarding-changed"   # the key of what is mended already, and told once
TELLS, TELLS_WITHIN_S = 2, 6 * 3600.0   # something that changes it all day is in the journal


class ForwardingNews:
    """One method for each thing that may come of a proof."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self._changes = Flood(TELLS, TELLS_WITHIN_S)

    def proved(self, target: Target, mode: str, *, set_anew: bool) -> None:
        self._journal(target, mode, "verified", set_anew=set_anew)

    def end_alarm(self) -> None:
        self._bell.still(ALARM)

    def different(self, target: Target, mode: str, wanted: Wanted, found: Found) -> None:
        """Read back, and not what was set."""
        self._journal(target, mode, "different", found=_by_name(found))
        self._bell.ring(ALARM, messages.FORWARDING_DIFFERENT, _first(wanted, found))

    def changed_elsewhere(self, wanted: Wanted, found: Found) -> None:
        """Somebody or something changed it behind our back; it is mended already."""
        self._ledger.journal(
            JournalKind.FORWARDING,
            outcome="changed_elsewhere",
            number=wanted[next(iter(found))],
            found=_by_name(found),
        )
        if self._changes.admits(CHANGED, self._ledger.moment.monotonic_s):
            erased = all(number is None for number in found.values())
            cause = messages.FORWARDING_ERASED if erased else messages.FORWARDING_CHANGED
            self._bell.tell(CHANGED, cause, _first(wanted, found))

    def refused(self, target: Target, mode: str, why: str) -> None:
        """The network will not have it; somebody may dial it by hand."""
        self._journal(target, mode, "refused", why=why)
        codes = codes_to_dial(mode, target.number)
        values = {"number": target.number, "why": why, "codes": codes}
        self._bell.ring(ALARM, messages.FORWARDING_REFUSED, values)

    def unanswered(self, target: Target, mode: str, why: str) -> None:
        self._journal(target, mode, "unanswered", why=why)
        values = {"number": target.number, "why": why}
        self._bell.ring(ALARM, messages.FORWARDING_UNANSWERED, values)

    def left(self, target: Target, mode: str, found: Found, name: str) -> None:
        """The network leads calls to ``name``, and is left to (`spared`)."""
        if self._ledger.alarm(ALARM) is None:
            self._journal(target, mode, "left", found=_by_name(found))
        values = {"expected": target.person or target.number, "found": name}
        self._bell.ring(ALARM, messages.FORWARDING_LEFT, values)

    def _journal(self, target: Target, mode: str, outcome: str, **detail: object) -> None:
        self._ledger.journal(
            JournalKind.FORWARDING,
            number=target.number,
            person=target.person,
            outcome=outcome,
            mode=mode,
            more=detail,
        )


def _first(wanted: Wanted, found: Found) -> dict[str, str]:
    condition, number = next(iter(found.items()))
    return {"expected": wanted[condition] or "-", "found": number or "-"}


def _by_name(found: Found) -> dict[str, str | None]:
    return {condition.name.lower(): number for condition, number in found.items()}
