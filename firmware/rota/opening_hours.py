"""The office telephone: when calls of a service go to it instead of to the rota."""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.rota.local_time import LATEST, as_utc
from firmware.rota.timeline import Change, Timeline
from firmware.rota.values import OpeningHours, Rota, Window
from firmware.rota.window import Calendar, calendar_of, covers_always, window_spans

# Bank holidays meet the same weekdays again within 12 years.
_LOOK_AHEAD = timedelta(days=12 * 366)


def office_number(rota: Rota, service_name: str, instant: datetime) -> str | None:
    """The office telephone that takes the calls at ``instant``, or None when the rota does.

    Where hours overlap, the first listed decides. ``UnknownNameError`` for a service that the rota
    lacks; ValueError for a naive instant.
    """
    return _timeline(rota, service_name).at(as_utc(instant))[1]


def next_opening_change(rota: Rota, service_name: str, instant: datetime) -> datetime | None:
    """The next instant strictly after ``instant`` at which ``office_number`` changes, or None."""
    instant = as_utc(instant)
    timeline = _timeline(rota, service_name)
    number = timeline.at(instant)[1]
    rules = _rules(rota, service_name)
    one_number = len({rule.number for rule in rules}) == 1
    if not rules or (one_number and covers_always(_window(rule) for rule in rules)):
        return None
    limit = min(instant, LATEST - _LOOK_AHEAD) + _LOOK_AHEAD
    for start, _, other in timeline.forward(instant):
        if other != number:
            return start
        if start > limit:
            break
    return None


def office_spans(
    rota: Rota, service_name: str, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """When the office telephone takes the calls, cut to [start, end), disjoint and in order."""
    spans: list[tuple[datetime, datetime]] = []
    for piece_start, piece_end, number in _timeline(rota, service_name).forward(start):
        if piece_start >= end:
            break
        if number is not None:
            spans.append((max(piece_start, start), min(piece_end, end)))
    return spans


def _timeline(rota: Rota, service_name: str) -> Timeline[str | None]:
    key = ("office", service_name)
    kept: Timeline[str | None] | None = rota._prepared.get(key)
    if kept is None:
        rota.service(service_name)
        rules, calendar = _rules(rota, service_name), calendar_of(rota.site)
        kept = Timeline(lambda low, high: _changes(rules, calendar, low, high), 2 * len(rules))
        rota._prepared[key] = kept
    return kept


def _rules(rota: Rota, service_name: str) -> list[OpeningHours]:
    return [rule for rule in rota.opening_hours if rule.service == service_name]


def _window(rule: OpeningHours) -> Window:
    return Window(rule.days, rule.start, rule.end)


def _changes(
    rules: list[OpeningHours], calendar: Calendar, low: datetime, high: datetime
) -> list[Change[str | None]]:
    spans = [
        (start, end, rule.number)
        for rule in rules
        for start, end in window_spans([_window(rule)], calendar, low, high)
    ]
    edges = {low} | {edge for start, end, _ in spans for edge in (start, end)}
    changes: list[Change[str | None]] = []
    for edge in sorted(edge for edge in edges if low <= edge < high):
        number = next((number for start, end, number in spans if start <= edge < end), None)
        if not changes or changes[-1][1] != number:
            changes.append((edge, number))
    return changes
