"""Whether the box was off, and how often it died. One that a weak power supply starts anew all day,
or that lay without power all night, must not come back as if nothing had been: calls were lost.

A box without a battery for its clock knows the time a minute after its start, or never. How often
it died is therefore counted by the time for which it ran; when it was off is said only once the
clock is believed that said when it was alive, and the one that says so now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

from firmware.alert.bell import Bell
from firmware.ledger import Ledger
from firmware.moment import read_instant
from firmware.record import JournalKind
from firmware.speaker import Speaker
from firmware.wording import messages

KEY = "deaths"
LIFE = "life"             # the fact
BEAT_S = 900.0            # so often it writes down that it is alive: a hundred rows a day
SURE_AFTER_S = 120.0      # a clock that was wrong at the start may be put right by then
OFF_MIN = timedelta(minutes=45)   # by the last beat: half an hour at least
DEATHS_MAX, WITHIN_S = 4, 86_400.0   # so many in so long are an alarm
KEPT = 50                 # deaths
MOVED = timedelta(minutes=1)


class Starts:
    """A death is an end that nobody asked for: power lost, the program killed or broken."""

    def __init__(self, ledger: Ledger, bell: Bell, speaker: Speaker) -> None:
        self._ledger, self._bell, self._speaker = ledger, bell, speaker
        self._begun_s = ledger.moment.monotonic_s
        self._begun: datetime | None = None   # by the wall clock of the last look
        self._beat_s = self._begun_s + BEAT_S
        found = ledger.fact(LIFE)
        life = found if isinstance(found, dict) else {}
        self._alive = read_instant(life.get("alive"))   # before this run; None once told
        self._on_s = _seconds(life.get("on"))           # for how long it ran since, untold
        self._up_s = _seconds(life.get("up"))           # and since the last death
        between = life.get("between")                   # each death and the one before, running
        self._between_s = [_seconds(s) for s in between] if isinstance(between, list) else []
        self._died = life.get("in_order") is False
        self._stopped = False

    @property
    def _run_s(self) -> float:
        return self._ledger.moment.monotonic_s - self._begun_s

    def look(self) -> None:
        """Each minute."""
        moment = self._ledger.moment
        begun = moment.utc - timedelta(seconds=self._run_s)
        before, self._begun = self._begun, begun
        if before is None:
            self._has_started()
        was_set = before is not None and abs(before - begun) > MOVED
        waits = self._alive is not None
        if self._alive is not None and moment.utc_trusted and self._run_s >= SURE_AFTER_S:
            self._tell_of_gap(self._alive, begun)
            self._alive = None
        if before is None or waits or was_set or moment.monotonic_s >= self._beat_s:
            self._write()
        self._look_for_deaths()

    def stopping(self) -> None:
        """Somebody, or the computer that goes down, has asked for it."""
        self._stopped = True
        self._write()

    def mended(self) -> None:
        """The data are those of a backup, perhaps: how the run before has ended nobody knows."""
        self._alive = None
        if self._died and self._between_s:
            self._died, self._up_s = False, self._between_s.pop()
        self._write()

    def _has_started(self) -> None:
        outcome = "box_died" if self._died else "box_started"
        self._ledger.journal(JournalKind.HEALTH, outcome=outcome)
        if self._died:
            self._between_s = [*self._between_s, self._up_s][-KEPT:]
            self._up_s = 0.0

    def _tell_of_gap(self, since: datetime, until: datetime) -> None:
        if until - since - timedelta(seconds=self._on_s) < OFF_MIN:
            return
        values = {"since": self._speaker.day_clock(since), "until": self._speaker.day_clock(until)}
        self._ledger.journal(
            JournalKind.HEALTH, outcome="box_was_off", what=f"{values['since']} - {values['until']}"
        )
        self._bell.tell("off", messages.BOX_WAS_OFF, values)

    def _look_for_deaths(self) -> None:
        ages_s = accumulate(reversed(self._between_s), initial=self._up_s + self._run_s)
        recent = sum(age_s < WITHIN_S for age_s, _ in zip(ages_s, self._between_s, strict=False))
        if recent >= DEATHS_MAX:
            self._bell.ring(KEY, messages.BOX_DIES, {"count": str(recent)})
        else:
            self._bell.still(KEY)

    def _write(self) -> None:
        moment = self._ledger.moment
        self._beat_s = moment.monotonic_s + BEAT_S
        on_s = 0.0
        if self._alive is None:
            alive = moment.utc if moment.utc_trusted else None
        else:   # a run that ends before it could tell leaves it to the next one
            on_s = self._on_s + self._run_s
            alive = self._alive if on_s <= BEAT_S else None
        self._ledger.remember(LIFE, {
            "alive": alive.isoformat(timespec="seconds") if alive is not None else None,
            "on": round(on_s),
            "up": round(self._up_s + self._run_s),
            "between": [round(between_s) for between_s in self._between_s],
            "in_order": self._stopped,
        })  # fmt: skip


def _seconds(value: object) -> float:
    """0 for what is none: the fact may come from a damaged card."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return max(float(value), 0.0) if is_number and isinstance(value, int | float) else 0.0
