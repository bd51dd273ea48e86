"""Whether the box was off, and how often it died. One that a weak power supply starts anew all day,
or that lay without power all night, must not come back as if nothing had been: calls were lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.alert.bell import Bell
from firmware.ledger import Ledger
from firmware.moment import read_instant
from firmware.record import JournalKind
from firmware.speaker import Speaker
from firmware.wording import messages

KEY = "deaths"
LIFE = "life"             # the fact: when it was alive last, whether it was stopped, when it died
BEAT_S = 900.0            # so often it writes down that it is alive: a hundred rows a day
OFF_MIN = timedelta(minutes=30)
DEATHS_MAX, WITHIN = 4, timedelta(days=1)   # so many are an alarm
KEPT = 12               # deaths
MOVED = timedelta(minutes=1)


class Starts:
    """A death is an end that nobody asked for: power lost, the program killed or broken.

    All is reckoned by the wall clock, and said only once that is trusted.
    """

    def __init__(self, ledger: Ledger, bell: Bell, speaker: Speaker) -> None:
        self._ledger, self._bell, self._speaker = ledger, bell, speaker
        self._begun_s = ledger.moment.monotonic_s
        self._begun: datetime | None = None   # by the wall clock of the last look
        self._beat_s = self._begun_s + BEAT_S
        found = ledger.fact(LIFE)
        life = found if isinstance(found, dict) else {}
        self._seen_alive = read_instant(life.get("alive"))
        self._died = life.get("in_order") is False
        before = life.get("deaths")
        known = [read_instant(at) for at in before] if isinstance(before, list) else []
        self._deaths = [at for at in known if at is not None][-KEPT:]

    def look(self) -> None:
        """Each minute."""
        moment = self._ledger.moment
        begun = moment.utc - timedelta(seconds=moment.monotonic_s - self._begun_s)
        before, self._begun = self._begun, begun
        if before is None:
            self._has_started(begun)
        was_set = before is not None and abs(before - begun) > MOVED
        if was_set and self._died:
            self._deaths[-1] = begun
        beat = moment.monotonic_s >= self._beat_s
        if moment.utc_trusted and self._seen_alive is not None:
            self._tell_of_gap(self._seen_alive, begun)
        if beat or moment.utc_trusted:
            self._seen_alive = None   # told, or nobody knows for how long
        if before is None or was_set or beat:
            self._write(in_order=False)
        self._look_for_deaths()

    def stopping(self) -> None:
        """Somebody, or the computer that goes down, has asked for it."""
        self._write(in_order=True)

    def _has_started(self, begun: datetime) -> None:
        outcome = "box_died" if self._died else "box_started"
        self._ledger.journal(JournalKind.HEALTH, outcome=outcome)
        if self._died:
            self._deaths = [*self._deaths, begun][-KEPT:]

    def _tell_of_gap(self, since: datetime, until: datetime) -> None:
        if until - since < OFF_MIN:
            return
        values = {"since": self._speaker.clock(since), "until": self._speaker.clock(until)}
        self._ledger.journal(
            JournalKind.HEALTH, outcome="box_was_off", what=f"{values['since']} - {values['until']}"
        )
        self._bell.tell("off", messages.BOX_WAS_OFF, values)

    def _look_for_deaths(self) -> None:
        """The clock of a box that does not know the time may stand before all of them."""
        now = self._ledger.now
        recent = sum(abs(now - at) < WITHIN for at in self._deaths)
        if recent >= DEATHS_MAX:
            self._bell.ring(KEY, messages.BOX_DIES, {"count": str(recent)})
        else:
            self._bell.still(KEY)

    def _write(self, *, in_order: bool) -> None:
        moment = self._ledger.moment
        if self._seen_alive is None and moment.utc_trusted:
            alive: str | None = moment.utc.isoformat(timespec="seconds")
        else:
            alive = self._seen_alive.isoformat() if self._seen_alive is not None else None
        self._beat_s = moment.monotonic_s + BEAT_S
        deaths = [at.isoformat(timespec="seconds") for at in self._deaths]
        self._ledger.remember(LIFE, {"alive": alive, "in_order": in_order, "deaths": deaths})
