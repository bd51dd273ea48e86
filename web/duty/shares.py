"""How nights, Sundays and bank holidays are shared out, by month or quarter."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from firmware.rota.balance import balance, month_after, today
from firmware.store.account_values import Role
from web.duty.blueprint import blueprint, present
from web.duty.calendar import day_asked
from web.frame import render_page
from web.reader import reader
from web.roles import allow

QUARTER, MONTH = 3, 1


@blueprint.get("/rota/balance")
@allow(Role.STAFF)
def shares() -> ResponseReturnValue:
    """Everybody's hours and counts, past and planned alike."""
    rota, version = present()
    months = QUARTER if request.args.get("by") == "quarter" else MONTH
    first = day_asked(rota).replace(day=1)
    if months == QUARTER:
        first = date(first.year, (first.month - 1) // QUARTER * QUARTER + 1, 1)
    after = month_after(first, months)
    return render_page(
        "duty/balance.html",
        active="duty",
        style="duty",
        shares=[
            share
            for share in balance(rota, first, after)
            if share.time or not share.person.former
        ],
        first=first,
        last=month_after(after, -1),
        by="quarter" if months == QUARTER else "month",
        previous=month_after(first, -months),
        following=after,
        is_planned=after > today(rota, reader().now),
        version=version,
    )
