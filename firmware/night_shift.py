"""When the house is kept: once a night, while nobody calls, else at the first calm moment after;
and without one when it does not come: an SMS may wait for days, and the box go without a backup.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import read_instant
from firmware.rota import Rota

FACT = "night"                  # when the house was last kept
AT = time(3, 30)                # the site's wall clock
SETTLE_S = 900.0                # after a start there is more urgent work
LOOK_AGAIN_S, TRY_AGAIN_S = 60.0, 3600.0
PATIENCE_S = 3 * 3600.0         # for a calm moment
AHEAD_MAX = timedelta(hours=25)  # the night of the autumn has an hour more
FIRST = datetime(1970, 1, 1, tzinfo=UTC)   # of a clock that nobody has set
SET = timedelta(hours=1)        # a second half past three a minute later is no other night


class NightShift:
    """``is_calm`` says whether no call is in hand and no SMS waits to leave."""

    def __init__(self, ledger: Ledger, roster: Roster) -> None:
        self._ledger, self._roster = ledger, roster
        self._under_way = False
        self._not_before_s = ledger.moment.monotonic_s + SETTLE_S
        self._since_s = ledger.moment.monotonic_s   # the start, or the last night of this run
        self._restless_since_s: float | None = None
        self._next_at: datetime | None = None    # reckoned from these two, at
        self._found: object = None
        self._rota: Rota | None = None
        self._reckoned = ledger.moment
        self.is_calm: Callable[[], bool] = lambda: True

    @property
    def deadline_s(self) -> float | None:
        """When to look again; None while it is under way."""
        if self._under_way:
            return None
        now = self._ledger.moment
        found, rota = self._ledger.fact(FACT), self._roster.rota
        if (
            self._next_at is None
            or found != self._found
            or rota is not self._rota
            or self._next_at - now.utc > AHEAD_MAX   # the clock was ahead
            or now.clock_was_set_since(self._reckoned, SET)
        ):
            # Not at every step of every day
            self._found, self._rota, self._reckoned = found, rota, now
            self._next_at = self._next()
        left_s = (self._next_at - now.utc).total_seconds()
        return max(self._not_before_s, now.monotonic_s + left_s)

    def begins(self) -> bool:
        """Whether it has to begin in this step."""
        now = self._ledger.moment
        deadline_s = self.deadline_s
        if deadline_s is None or now.monotonic_s < deadline_s:
            return False
        if not (now.utc_trusted and self._ledger.on_disk and self._is_time(now.monotonic_s)):
            self._not_before_s = now.monotonic_s + LOOK_AGAIN_S
            return False
        self._under_way = True
        self._restless_since_s = None
        return True

    def _is_time(self, now_s: float) -> bool:
        if self._restless_since_s is None:
            self._restless_since_s = now_s
        return self.is_calm() or now_s - self._restless_since_s >= PATIENCE_S

    def done(self, *, well: bool) -> None:
        """It is over; what did not go well is tried again in an hour, and there is no other before,
        wherever the clock may go."""
        now = self._ledger.moment
        self._under_way = False
        self._not_before_s = now.monotonic_s + TRY_AGAIN_S
        if well:
            self._since_s, self._next_at = now.monotonic_s, None
            self._ledger.remember(FACT, now.utc.isoformat())

    def _next(self) -> datetime:
        """The first such hour after the last time, whether it is past or to come."""
        last = self._last()
        local = last.astimezone(self._roster.zone)
        day = local.date() if local.time() < AT else local.date() + timedelta(days=1)
        return datetime.combine(day, AT, tzinfo=self._roster.zone).astimezone(UTC)

    def _last(self) -> datetime:
        """A new box begins with its first night; a fact of the future is a clock's mistake. How
        long ago this run began, or kept its last night, no clock is asked."""
        found, now = self._ledger.fact(FACT), self._ledger.moment
        since = now.utc - timedelta(seconds=now.monotonic_s - self._since_s)
        last = read_instant(found)
        return last if last is not None and FIRST <= last <= now.utc else since
