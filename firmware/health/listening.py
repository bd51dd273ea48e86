"""Whether calls and SMS still come in: when the last came, and the alarm of an odd silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from firmware.alert.bell import Bell
from firmware.duty.roster import Roster
from firmware.health.silence import Silence, silence_from
from firmware.ledger import Ledger
from firmware.record import Call, IncomingMessage
from firmware.rota.holidays import bank_holidays
from firmware.rota.local_time import wall_clock
from firmware.sms.own_texts import from_outside
from firmware.wording import messages

CALLS, SMS = "calls", "sms"
CAUSES = {CALLS: messages.SILENT_CALLS, SMS: messages.SILENT_SMS}
COUNTED: dict[str, Callable[[Ledger], int]] = {
    CALLS: lambda ledger: ledger.last_id(Call), SMS: from_outside,
}
PAUSE_MAX_S = 600.0   # between two looks; more is no listening
WORTH_A_ROW = 1.0     # a silence whose end is written at once: a restart must not go on with it
SUNDAY = 6
_instant = lru_cache(maxsize=16)(datetime.fromisoformat)   # asked at each step


class Listening:
    """Counts what comes by the numbers that the ledger gives; learns and judges each minute."""

    def __init__(self, ledger: Ledger, roster: Roster, bell: Bell) -> None:
        self._ledger = ledger
        self._roster = roster
        self._bell = bell
        self._models: dict[str, Silence] = {
            kind: silence_from(ledger.fact(f"silence:{kind}")) for kind in COUNTED
        }
        self._counts = {kind: count(ledger) for kind, count in COUNTED.items()}
        self._texts = ledger.last_id(IncomingMessage)
        self._looked_s: float | None = None
        self._doubted: set[str] = set()   # once in each silence
        self.on_came: Callable[[], None] = lambda: None
        self.on_doubt: Callable[[], object] = lambda: None

    def last_at(self, kind: str) -> datetime | None:
        """When the last one came, also before a restart."""
        found = self._ledger.fact(f"last:{kind}")
        return _instant(found) if isinstance(found, str) else None

    def tick(self) -> None:
        """Whether something has come in this step."""
        if (texts := self._ledger.last_id(IncomingMessage)) != self._texts:
            self._texts = texts
            self.on_came()   # the box's own, too: it hears
        for kind, counted in COUNTED.items():
            count = counted(self._ledger)
            if count != self._counts[kind]:
                self._counts[kind] = count
                self._ledger.remember(f"last:{kind}", self._ledger.now.isoformat())
                before, now = self._models[kind], self._models[kind].came()
                self._models[kind] = now
                if before.weight > WORTH_A_ROW or before.is_odd:
                    self._ledger.remember(f"silence:{kind}", now.as_fact())
                self._doubted.discard(kind)
                self._bell.still(f"silence:{kind}")
                self.on_came()

    def look(self, *, ready: bool) -> None:
        """Each minute; ``ready`` while the modem is on the network and could hear."""
        moment = self._ledger.moment
        before, self._looked_s = self._looked_s, moment.monotonic_s
        if not ready or not moment.utc_trusted:
            self._looked_s = None
            return
        if before is None or moment.monotonic_s - before > PAUSE_MAX_S:
            return
        hours = (moment.monotonic_s - before) / 3600.0
        hour = self._hour_of_week()
        for kind, model in self._models.items():
            now = model.listen(hour, hours)
            self._models[kind] = now
            if now.hour != model.hour:
                self._ledger.remember(f"silence:{kind}", now.as_fact())
            self._judge(kind, now)

    def _judge(self, kind: str, model: Silence) -> None:
        key = f"silence:{kind}"
        rota = self._roster.rota
        if rota is None or not rota.health.silence_alarm:
            self._bell.still(key, by_sms=False)
            return
        if model.is_odd:   # once more when an hour has passed: the alarm says how long it is
            self._bell.ring(key, CAUSES[kind], {"hours": str(round(model.quiet_h))})
        if model.is_doubtful and kind not in self._doubted:
            self._doubted.add(kind)
            self.on_doubt()

    def _hour_of_week(self) -> int:
        """From Monday 00:00 on the site's clock; a bank holiday is a Sunday."""
        local = wall_clock(self._ledger.now, self._roster.zone)
        day = local.weekday()
        rota = self._roster.rota
        if rota is not None:
            site = rota.site
            holidays = bank_holidays(site.holidays, site.good_friday, local.year)
            day = SUNDAY if local.date() in holidays else day
        return day * 24 + local.hour


