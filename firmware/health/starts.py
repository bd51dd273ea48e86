"""Whether the box was off, and how often it died. One that a weak power supply starts anew all day,
or that lay without power all night, must not come back as if nothing had been: calls were lost.

A box without a battery for its clock knows the time a minute after its start, or never. How often
it died is therefore counted by the time for which it ran (`Ledger.running_s`); when it was off is
said only once the clock is believed that said when it was alive, and the one that says so now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.alert.bell import Bell
from firmware.ledger import Ledger
from firmware.moment import read_instant, read_seconds
from firmware.record import JournalKind
from firmware.speaker import Speaker
from firmware.wording import messages

KEY = "deaths"
LIFE = "life"             # the fact
BEAT_S = 900.0            # so often it writes down that it is alive, a hundred rows a day ...
YOUNG_S = 900.0           # ... and each minute of its first: it may be one of many short lives
SURE_AFTER_S = 120.0      # a clock that was wrong at the start may be put right by then
OFF_MIN = timedelta(minutes=45)   # by the last beat: half an hour at least
DEATHS_MAX, WITHIN_S = 4, 86_400.0   # so many are an alarm, until there was none for so long
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
        self._on_s = read_seconds(life.get("on")) or 0.0    # for how long it ran since, untold
        deaths = life.get("deaths")                     # when, by the time for which it ran
        known = [read_seconds(at) for at in deaths] if isinstance(deaths, list) else []
        self._deaths_s = [at_s for at_s in known if at_s is not None]
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
        told = self._alive is not None and moment.utc_trusted and self._run_s >= SURE_AFTER_S
        if self._alive is not None and told:
            self._tell_of_gap(self._alive, begun)
            self._alive = None
        beat = self._run_s <= YOUNG_S or moment.monotonic_s >= self._beat_s
        if beat or told or was_set:
            self._write()
        self._look_for_deaths()

    def stopping(self) -> None:
        """Somebody, or the computer that goes down, has asked for it."""
        self._stopped = True
        self._write()

    def _has_started(self) -> None:
        outcome = "box_died" if self._died else "box_started"
        self._ledger.journal(JournalKind.HEALTH, outcome=outcome)
        if self._died:
            self._deaths_s = [*self._deaths_s, self._ledger.running_s][-KEPT:]

    def _tell_of_gap(self, since: datetime, until: datetime) -> None:
        """Not where it ran for most of the time, by a clock that nobody believed."""
        on = timedelta(seconds=self._on_s)
        if until - since - on < max(OFF_MIN, on):
            return
        values = {"since": self._speaker.day_clock(since), "until": self._speaker.day_clock(until)}
        self._ledger.journal(
            JournalKind.HEALTH, outcome="box_was_off", what=f"{values['since']} - {values['until']}"
        )
        self._bell.tell("off", messages.BOX_WAS_OFF, values)

    def _look_for_deaths(self) -> None:
        ages_s = [self._ledger.running_s - at_s for at_s in self._deaths_s]
        recent = [age_s for age_s in ages_s if age_s < WITHIN_S]
        if len(recent) >= DEATHS_MAX:
            self._bell.ring(KEY, messages.BOX_DIES, {"count": str(len(recent))})
        elif not recent:
            self._bell.still(KEY)

    def _write(self) -> None:
        moment = self._ledger.moment
        self._beat_s = moment.monotonic_s + BEAT_S
        waits = self._alive is not None   # if this run ends before it can tell, the next one does
        alive = moment.utc if moment.utc_trusted and not waits else self._alive
        self._ledger.note_running()
        self._ledger.remember(LIFE, {
            "alive": alive.isoformat(timespec="seconds") if alive is not None else None,
            "on": round(self._on_s + self._run_s) if waits else 0,
            "deaths": [round(at_s) for at_s in self._deaths_s],
            "in_order": self._stopped,
        })  # fmt: skip
