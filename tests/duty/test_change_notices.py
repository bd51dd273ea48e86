"""People whose coming duties change are told by SMS: once, in time, though the box was off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.duty.change_notices import FACT, LINES_MAX, QUIET, WAIT_MAX
from firmware.rota import Contact, Override, Rota, on_duty, read_site_file
from tests.duty.test_handover_keeper import Watch
from tests.simulation.sites import SAMPLE

ROTA = read_site_file(SAMPLE)
START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NAMES = tuple(person.name for person in ROTA.people)
SERVICE = ROTA.services[0].name


def addition(hours: float, name: str, length: float = 8) -> Override:
    start = START + timedelta(days=3, hours=hours)
    return Override(SERVICE, 1, start, start + timedelta(hours=length), None, name)


def changed(*overrides: Override) -> Rota:
    return replace(ROTA, overrides=(*ROTA.overrides, *overrides))


def begun(facts: dict[str, object] | None = None, rota: Rota = ROTA) -> Watch:
    watch = Watch(rota, START, facts)
    watch.look(START)
    return watch


def edit(watch: Watch, rota: Rota, at: datetime) -> None:
    watch.roster.rota = rota
    watch.look(at)


def notices(watch: Watch) -> list[tuple[str | None, str]]:
    return [(sms.person, sms.text) for sms in watch.sms if sms.cause.startswith("duties:")]


def other() -> str:
    """Somebody who is not on duty in the stretch of ``addition``."""
    there = {duty.person.name for duty in on_duty(ROTA, SERVICE, START + timedelta(days=3))}
    return next(name for name in NAMES if name not in there)


def test_the_first_site_file_tells_nobody() -> None:
    watch = begun()
    watch.look(START + timedelta(hours=1))
    assert notices(watch) == []


def test_a_change_is_told_once_when_it_has_settled() -> None:
    watch = begun()
    edit(watch, changed(addition(0, other())), START)
    assert notices(watch) == []
    due = watch.keeper.next_instant()
    assert due == START + QUIET
    watch.look(START + QUIET)
    watch.look(START + timedelta(hours=1))
    ((person, text),) = notices(watch)
    assert person == other()
    assert SERVICE in text
    assert "13/03" in text


def test_an_undo_within_the_time_costs_nobody_an_sms() -> None:
    watch = begun()
    edit(watch, changed(addition(0, other())), START)
    edit(watch, replace(ROTA), START + timedelta(minutes=1))
    watch.look(START + timedelta(hours=1))
    assert notices(watch) == []


def test_several_edits_are_one_sms_and_none_waits_for_ever() -> None:
    watch, at = begun(), START
    rules: list[Override] = []
    while not notices(watch):
        rules.append(addition(len(rules) * 9, other()))
        edit(watch, changed(*rules), at)
        at += timedelta(minutes=1.5)
        assert at <= START + WAIT_MAX + QUIET
    assert len(notices(watch)) == 1


def test_a_change_while_the_box_was_off_is_told_when_it_is_back() -> None:
    facts = begun().facts
    watch = begun(facts, changed(addition(0, other())))
    watch.look(START + QUIET)
    assert [person for person, _ in notices(watch)] == [other()]
    assert FACT in watch.facts


def test_a_restart_in_the_quiet_minutes_loses_nothing() -> None:
    before = begun()
    edit(before, changed(addition(0, other())), START)
    watch = begun(before.facts, changed(addition(0, other())))
    watch.look(START + QUIET)
    assert [person for person, _ in notices(watch)] == [other()]
    again = begun(watch.facts, changed(addition(0, other())))
    again.look(START + QUIET)
    assert notices(again) == []


def test_a_new_contact_or_text_is_no_news() -> None:
    watch = begun()
    known = watch.facts[FACT]
    contact = Contact("+33388000000", "Dr Roux")
    services = tuple(replace(each, acknowledge_within_s=77) for each in ROTA.services)
    edit(watch, replace(ROTA, contacts=(contact,), services=services), START)
    assert watch.keeper.next_instant() != START + QUIET
    assert watch.facts[FACT] == known


def test_what_begins_at_once_is_told_as_a_handover_and_not_twice() -> None:
    watch = begun()
    now = Override(SERVICE, 1, START, START + timedelta(hours=5), None, other())
    edit(watch, changed(now), START)
    watch.look(START + QUIET)
    assert notices(watch) == []
    assert [sms.person for sms in watch.sms] == [other()]


def test_a_long_list_is_cut_and_says_so() -> None:
    watch = begun()
    rules = [addition(turn * 6, other(), 3) for turn in range(LINES_MAX + 3)]
    edit(watch, changed(*rules), START)
    watch.look(START + QUIET)
    ((_, text),) = notices(watch)
    assert len(text.splitlines()) == LINES_MAX + 2


def test_a_memory_that_cannot_be_read_tells_nobody_and_is_replaced() -> None:
    watch = begun({FACT: "[site]\nname = 3"})
    watch.look(START + QUIET)
    assert notices(watch) == []
    assert watch.facts[FACT] != "[site]\nname = 3"
