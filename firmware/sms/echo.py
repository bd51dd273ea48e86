"""Each SMS asks for a status report, which comes the way calls and texts come: where reports used
to come and none does, the modem may be registered and deaf."""

from __future__ import annotations

USUAL_MIN = 4           # reports that have come before their absence means anything
WAIT_S = 600.0          # a telephone that is off or out of reach for a moment reports later
RECIPIENTS_MIN, PARTS_MIN = 2, 4   # two telephones, or many parts to one
APART_S = 6 * 3600.0    # after a doubt that was wrong: each costs an SMS


class Echo:
    """What has left since anything came."""

    def __init__(self) -> None:
        self._usual = 0
        self._since_s: float | None = None
        self._recipients: set[str] = set()
        self._parts = 0
        self._doubted_s: float | None = None

    def left(self, recipient: str, now_s: float) -> None:
        """A part has left for this number."""
        self._since_s = now_s if self._since_s is None else self._since_s
        self._recipients.add(recipient)
        self._parts += 1

    def reported(self) -> None:
        """A status report came."""
        self._usual += 1
        self.came()

    def came(self) -> None:
        """Anything came: a call, a text, a report."""
        self._since_s, self._parts = None, 0
        self._recipients.clear()

    def confirmed(self) -> None:
        """The doubt was right: the next one need not wait for hours."""
        self._doubted_s = None

    def is_missing(self, now_s: float) -> bool:
        """Whether it is time to doubt that the modem hears; true once, then not for hours unless
        it was right."""
        if self._since_s is None or self._usual < USUAL_MIN or now_s < self._since_s + WAIT_S:
            return False
        if len(self._recipients) < RECIPIENTS_MIN and self._parts < PARTS_MIN:
            return False
        if self._doubted_s is not None and now_s < self._doubted_s + APART_S:
            return False
        self._doubted_s = now_s
        self.came()
        return True
