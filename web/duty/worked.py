"""The month of each person for the monthly document: duty by type, interventions, working time."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue

from firmware.rota.balance import month_after, today
from firmware.rota.values import DUTY_TYPES
from firmware.rota.worked import Stint, bounds, worked
from web.box import box
from web.duty.blueprint import blueprint, present
from web.duty.calendar import day_asked
from web.duty.words import DUTY_TYPES as WORDS
from web.frame import render_page
from web.reader import reader

# Nobody works on through a night and a day: whoever is out for so long has forgotten FIN
FORGOTTEN = timedelta(hours=12)


@blueprint.get("/rota/hours")
def hours_worked() -> ResponseReturnValue:
    """For administrators alone: it says of each colleague what they worked, and when."""
    rota, _ = present()
    now, first = reader().now, day_asked(rota).replace(day=1)
    after = month_after(first)
    marked = box().store.interventions(*bounds(rota, first, after))
    months = worked(
        rota, first, after, [(one.person, one.started_at, one.ended_at) for one in marked], now
    )
    return render_page(
        "duty/worked.html",
        active="duty",
        style="duty",
        months=months,
        # mostly there is one type alone: three columns would not fit on a telephone
        types={
            kind: WORDS[kind]
            for kind in DUTY_TYPES
            if any(each.duty[kind] for each in months)
        },
        odd=_odd,
        first=first,
        previous=month_after(first, -1),
        following=after,
        until=now if first <= today(rota, now) < after else None,
    )


def _odd(stint: Stint) -> bool:
    """Whether somebody should ask: FIN was forgotten, or came very late."""
    return (stint.end or reader().now) - stint.start > FORGOTTEN
