"""Who is told by SMS: what the page says before an edit is what the daemon then does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.duty.change_notices import QUIET
from firmware.rota import Override, Rota
from firmware.rota.local_time import wall_clock
from tests.duty.test_change_notices import NAMES, ROTA, SERVICE, START
from tests.duty.test_handover_keeper import Watch
from web.duty.effects import effects, told

ZONE_WALL = wall_clock(START, ZoneInfo(ROTA.site.time_zone))


@st.composite
def edits(draw: st.DrawFn) -> Rota:
    """A few overrides from now on, up to a month ahead."""
    rules = []
    for _ in range(draw(st.integers(1, 3))):
        start = ZONE_WALL + timedelta(hours=draw(st.integers(0, 30 * 24)))
        end = start + timedelta(hours=draw(st.integers(1, 100)))
        out = draw(st.sampled_from([None, *NAMES]))
        into = draw(st.sampled_from([name for name in NAMES if name != out]))
        level = draw(st.integers(1, 2))
        rules.append(Override(SERVICE, level, start, end, out, into))
    return replace(ROTA, overrides=(*ROTA.overrides, *rules))


@settings(max_examples=60, deadline=None)
@given(edits())
def test_the_page_says_what_the_daemon_does(after: Rota) -> None:
    watch = Watch(ROTA, START)
    watch.look(START)
    watch.sms.clear()
    watch.roster.rota = after
    watch.look(START)
    at_once = {sms.person for sms in watch.sms if sms.cause.startswith("handover:")}
    watch.look(START + QUIET)
    soon = {sms.person for sms in watch.sms if sms.cause.startswith("duties:")}
    said = told(ROTA, after, START)
    assert effects(ROTA, after, START, START + timedelta(days=40)).told == said
    assert at_once == {person.name for person in said.at_once}
    assert soon == {person.name for person in said.soon}
