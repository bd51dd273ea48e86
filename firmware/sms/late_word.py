"""When a word was sent that the network has delivered late, by the time stamp of its centre
(TP-SCTS, 23.040 9.2.3.11): an `OK` of an hour ago is no answer to the caller of now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.moment import BUILT, LATEST, Moment

SLOW = timedelta(minutes=2)    # the network at work
OLDEST = timedelta(days=3)     # centres keep a message for two or three days; beyond is nonsense
HOUR_S, NEARLY_S = 3600.0, 90.0


def said_at(stamp: datetime | None, moment: Moment, usual_s: float | None) -> datetime | None:
    """The instant at which it was sent, by the box's clock; None where it is of now, as far as
    anybody can tell.

    ``usual_s``: how late words are by their stamps when they are not: without network time the
    box's clock may be minutes fast after weeks, or a centre's slow. None: nobody knows.
    """
    if stamp is None or usual_s is None or not moment.utc_trusted:
        return None
    said = stamp + timedelta(seconds=usual_s)
    late = moment.utc - said
    return said if SLOW < late <= OLDEST else None


def may_be_zone(said: datetime, now: datetime) -> bool:
    """Late by whole hours: so far off is a centre whose time zone is wrong, as on the day of a
    clock change. To take each `OK` of somebody for a late one would be worse than to take one late
    `OK` for new; of hours of work and a RELAIS the answer says which time was understood."""
    late = now - said
    beyond_s = late.total_seconds() % HOUR_S
    return late > timedelta(minutes=30) and min(beyond_s, HOUR_S - beyond_s) < NEARLY_S


def work_at(
    stamp: datetime | None, moment: Moment, said: datetime | None
) -> datetime | None:
    """The instant that counts as work for a `DEBUT` or `FIN`: the box's own where it knows the
    time, else the network's; None where nobody knows it. ``said``: as above."""
    if moment.utc_trusted:
        return said or moment.utc
    return stamp if stamp is not None and BUILT <= stamp < LATEST else None
