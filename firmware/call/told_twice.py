"""Which list of calls is acted on: the wire has no checksum, and one garbled byte makes of a caller
somebody whom the box has dialled, of a call that rings one that is up, of two calls a conference.

So nothing new is believed of one list alone: the next one must say the same. And a call that is
missing where a line could not be read is not known to be over: that line may have been its own.
"""

from __future__ import annotations

from firmware.at.answers import CallListEntry

AT_ODDS_MAX = 4   # calls change fast while a leg is dialled; more than that is the wire
CallsListed = tuple[CallListEntry, ...]


class ToldTwice:
    """What was believed last, and what was told once since."""

    def __init__(self) -> None:
        self._believed: CallsListed | None = None   # None: whatever the next list says is new
        self._told: CallsListed | None = None
        self._hidden = 0   # lists in a row with a line that may have been the missing call's
        self._news = 0   # lists in a row that told something new, each something else

    @property
    def waits(self) -> bool:
        """Whether something was told once: the list is to be asked for again."""
        return self._told is not None

    @property
    def at_odds(self) -> bool:
        """Whether asking again at once is of no use."""
        return self._news >= AT_ODDS_MAX

    def forget(self) -> None:
        """What was listed has no bearing any more: a code tells of a call, or the modem is another
        one by now."""
        self._believed = self._told = None

    def lacks(self, calls: CallsListed) -> bool:
        """Whether a call that was believed is not listed."""
        return bool({each.id for each in self._believed or ()} - {each.id for each in calls})

    def may_hide(self, calls: CallsListed, unread: int) -> bool:
        """Whether a call that was believed is not listed, and may have been in one of the
        ``unread`` lines. Not for ever: a modem may have a line of its own in each list."""
        if not (unread and self.lacks(calls)):
            self._hidden = 0
            return False
        self._hidden += 1
        return self._hidden < AT_ODDS_MAX

    def believes(self, calls: CallsListed, *, expected: bool = False) -> bool:
        """Whether to act on this list. ``expected``: something else has said the same."""
        if expected or calls in (self._believed, self._told):
            self._believed, self._told, self._news = calls, None, 0
            return True
        self._told = calls
        self._news += 1
        return False
