"""The blueprint of the rota's pages, and what their views share."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request, url_for

from firmware.rota import Rota
from firmware.rota.local_time import wall_clock
from firmware.store.account_values import Role
from web.box import box
from web.duty import words
from web.duty.board import Piece
from web.duty.effects import hours
from web.language import N_
from web.reader import languages, reader
from web.saying import say
from web.sessions import current_account

blueprint = Blueprint("duty", __name__)

AT_THE_PAGE = N_("somebody at the page")
WALL = "%Y-%m-%dT%H:%M"  # as an <input type="datetime-local"> writes it


@blueprint.context_processor
def _words() -> dict[str, object]:
    """What the templates of these pages say things with."""
    account = current_account()
    return {
        "duration": words.duration,
        "span": words.span,
        "month_words": words.month_words,
        "day_words": words.day_words,
        "short_day": words.short_day,
        "within_day": words.within_day,
        "wall": wall,
        "change_path": change_path,
        "say": say,
        "hours": hours,
        "may_see_history": account is not None and account.role is not Role.READER,
        "may_edit": account is not None and account.role is Role.ADMIN,
    }


def present() -> tuple[Rota, int]:
    """The rota and its version. Without one or without a service the start page says what to do."""
    rota, version = box().rota_with_version()
    if rota is None or not rota.services:
        abort(redirect(url_for("status.show"), 303))
    return rota, version


def service_of(rota: Rota) -> str:
    """The service that the address names, else the first one."""
    wanted = request.values.get("service", "")
    names = [service.name for service in rota.services]
    return wanted if wanted in names else names[0]


def staff(rota: Rota) -> list[str]:
    """The names that may come on duty: whoever has left stands in the rota for the past alone."""
    return [person.name for person in rota.people if not person.former]


def author() -> str:
    """Under which name the history keeps an edit."""
    account = current_account()
    return account.name if account is not None else languages().in_site_language(AT_THE_PAGE)


def wall(instant: datetime) -> str:
    """An instant as a form's field holds it."""
    return wall_clock(instant, reader().zone).strftime(WALL)


def change_path(piece: Piece) -> str:
    """Where a tap on a stretch of the calendar leads; the script reads it, too."""
    asked = {
        "service": piece.service,
        "level": piece.level,
        "start": wall(piece.start),
        "end": wall(piece.end),
    }
    if piece.person is not None:
        asked["out"] = piece.person.name
    return f"{url_for('duty.change')}?{urlencode(asked, safe=':')}"
