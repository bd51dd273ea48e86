"""When a word was sent that the network has delivered late, by the time stamp of its centre
(TP-SCTS, 23.040 9.2.3.11): an `OK` of an hour ago is no answer to the caller of now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.moment import BUILT, Moment

SLOW = timedelta(minutes=2)    # the network at work, and a centre whose clock is a little behind
OLDEST = timedelta(days=3)     # centres keep a message for two or three days; beyond is nonsense
HOUR_S, NEARLY_S = 3600.0, 90.0


def said_at(stamp: datetime | None, moment: Moment) -> datetime | None:
    """The instant at which it was sent, None where it is of now, as far as anybody can tell.

    What is late by whole hours is of now: so far off is a centre whose time zone is wrong, and to
    take each `OK` of somebody for a late one would be worse than to take one late `OK` for new.
    """
    if stamp is None or not moment.utc_trusted:
        return None
    late = moment.utc - stamp
    beyond_s = late.total_seconds() % HOUR_S
    is_zone = late > timedelta(minutes=30) and min(beyond_s, HOUR_S - beyond_s) < NEARLY_S
    return stamp if SLOW < late <= OLDEST and not is_zone else None


def work_at(stamp: datetime | None, moment: Moment) -> datetime | None:
    """The instant that counts as work for a `DEBUT` or `FIN`: the box's own where it knows the
    time, else the network's; None where nobody knows it."""
    if moment.utc_trusted:
        return said_at(stamp, moment) or moment.utc
    return stamp if stamp is not None and stamp >= BUILT else None
