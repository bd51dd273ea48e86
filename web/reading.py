"""Instants, delays and telephone numbers in the reader's manner.

A small helper instead of Babel, which would add 9 MB to the page's memory for what these few
functions do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from web.language import N_

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
YESTERDAY_TODAY_TOMORROW = (N_("yesterday"), N_("today"), N_("tomorrow"))
NEAR_DAYS = 6  # further off, a weekday alone would be ambiguous
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where and when: ``zone`` is the site's, ``country_code`` E.164's digits."""

    gettext: Gettext
    ngettext: Ngettext
    zone: ZoneInfo
    now: datetime
    country_code: str = "33"

    def clock(self, instant: datetime) -> str:
        """``14:05``."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def seconds(self, instant: datetime) -> str:
        """``14:05:09``."""
        return f"{instant.astimezone(self.zone):%H:%M:%S}"

    def day(self, instant: datetime) -> str:
        """``today``, ``Monday``, or ``Monday 30 March`` when it is not near."""
        local = instant.astimezone(self.zone).date()
        away = (local - self._today()).days
        if away in (-1, 0, 1):
            return self.gettext(YESTERDAY_TODAY_TOMORROW[away + 1])
        if abs(away) <= NEAR_DAYS:
            return self.gettext(WEEKDAYS[local.weekday()])
        return self.full_day(instant)

    def is_today(self, instant: datetime) -> bool:
        return instant.astimezone(self.zone).date() == self._today()

    def full_day(self, instant: datetime) -> str:
        """``Monday 30 March``, with the year when it is another one."""
        local = instant.astimezone(self.zone).date()
        words = {
            "weekday": self.gettext(WEEKDAYS[local.weekday()]),
            "day": local.day,
            "month": self.gettext(MONTHS[local.month - 1]),
            "year": local.year,
        }
        if local.year == self._today().year:
            return self.gettext(N_("%(weekday)s %(day)s %(month)s")) % words
        return self.gettext(N_("%(weekday)s %(day)s %(month)s %(year)s")) % words

    def when(self, instant: datetime) -> str:
        """``14:05`` today, else ``Monday 08:00``."""
        if self.is_today(instant):
            return self.clock(instant)
        return self.gettext(N_("%(day)s %(clock)s")) % {
            "day": self.day(instant),
            "clock": self.clock(instant),
        }

    def date_clock(self, instant: datetime) -> str:
        """``Monday 30 March 08:00``: the date however near it is, for what is kept."""
        return self.gettext(N_("%(day)s %(clock)s")) % {
            "day": self.full_day(instant),
            "clock": self.clock(instant),
        }

    def ago(self, instant: datetime) -> str:
        """``12 min ago``; the clock time once it is more than half a day."""
        past = max(self.now - instant, timedelta(0))
        if past > timedelta(hours=12):
            return self.when(instant)
        return self.gettext(N_("%(delay)s ago")) % {"delay": self.delay(past)}

    def left(self, instant: datetime) -> str:
        """``in 2 h 05 min``; ``now`` once it is past."""
        if instant <= self.now:
            return self.gettext(N_("now"))
        return self.gettext(N_("in %(delay)s")) % {"delay": self.delay(instant - self.now)}

    def delay(self, delay: timedelta) -> str:
        """``20 s``, ``12 min``, ``2 h 05 min``, ``3 days``."""
        seconds = int(delay.total_seconds())
        if seconds < 60:
            return self.gettext(N_("%(n)s s")) % {"n": seconds}
        minutes = seconds // 60
        if minutes < 60:
            return self.gettext(N_("%(n)s min")) % {"n": minutes}
        hours, minutes = divmod(minutes, 60)
        if hours < 48:
            return self.gettext(N_("%(h)s h %(min)s min")) % {"h": hours, "min": f"{minutes:02d}"}
        days = hours // 24
        return self.ngettext("%(n)s day", "%(n)s days", days) % {"n": days}

    def elapsed(self, delay: timedelta) -> str:
        """How long something took: ``0.4 s``, ``12 s``, ``2 min 05 s``, ``2 h 05 min``."""
        tenths = round(delay.total_seconds() * 10)
        if tenths < 100:
            whole, tenth = divmod(tenths, 10)
            return self.gettext(N_("%(whole)s.%(tenth)s s")) % {"whole": whole, "tenth": tenth}
        seconds = round(delay.total_seconds())
        if 60 <= seconds < 3600:
            minutes, rest = divmod(seconds, 60)
            words = self.gettext(N_("%(min)s min %(sec)s s"))
            return words % {"min": minutes, "sec": f"{rest:02d}"}
        return self.delay(timedelta(seconds=seconds))

    def phone(self, number: str) -> str:
        """A French number as it is said, ``06 01 02 03 04``; any other in E.164 form.

        Only France's own grouping is known here, and only for a site in France.
        """
        national = number.removeprefix("+33")
        if self.country_code == "33" and number.startswith("+33") and len(national) == 9:
            digits = f"0{national}"
            return NO_BREAK_SPACE.join(digits[at : at + 2] for at in range(0, 10, 2))
        return number

    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()
