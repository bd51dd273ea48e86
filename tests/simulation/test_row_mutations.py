"""Mistakes that harm callers and leave every row in good order, each made on purpose, turn the
checkers of `watch_rounds` and `watch_rows` red. As for `watch_alerts`, they look every two hours.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from firmware.alert import patience
from firmware.alert.bell import Bell
from firmware.alert.book import AlertBook
from firmware.alert.desk import AlertDesk
from firmware.alert.turn import next_turn
from firmware.alert.words import AlertWords
from firmware.call.call_book import CallBook
from firmware.call.call_in_hand import CallInHand
from firmware.call.outcomes import Outcomes
from firmware.call.switchboard import Switchboard
from firmware.duty.roster import Roster
from firmware.duty.staff_desk import StaffDesk
from firmware.duty.word_delays import WordDelays
from firmware.message_desk import MessageDesk
from firmware.record import Alert, AlertCause, Asked, CallOutcome, OutgoingMessage, OutgoingState
from firmware.rota import Person
from firmware.sms.inbox import Inbox
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import ALARM
from tests.simulation.promises import Promise
from tests.simulation.red import (
    LOOK_MS,
    Mistakes,
    Mutation,
    Prepare,
    Red,
    nothing,
    nothing_may_be_broken,
    play_a_day,
    watch_for,
)
from tests.simulation.town import ADMINISTRATORS, STAFF
from tests.simulation.watch_alerts import ABOUT_CALLERS
from tests.simulation.year import Year

SEED, LOAD = 2, 0.5
LAST_LOOK_MS = 20 * 3_600_000
Patch = pytest.MonkeyPatch
MUTATIONS = Mistakes()
breaks = MUTATIONS.breaks


def nobody_answers(year: Year) -> None:
    """No telephone of the staff says anything."""
    year.work.people.behave = nothing  # type: ignore[method-assign]
    for _, mobile in STAFF:
        year.box.phone(mobile).on_text = nothing


@breaks(Promise.ANSWER)
def an_alert_is_over_after_a_silence(patch: Patch) -> None:
    for cause in ABOUT_CALLERS:
        patch.setitem(patience.PERSONAL_ALERT_S, cause, 300)


@breaks(Promise.ALERTED)
def nobody_has_to_confirm(patch: Patch) -> None:
    patch.setattr(Switchboard, "confirm_divert", lambda self, name: False)


@breaks(Promise.ALERTED)
def answers_are_given_up_at_once(patch: Patch) -> None:
    _drop(patch, "answer:")


@breaks(Promise.ALERTED)
def alarms_are_given_up_at_once(patch: Patch) -> Prepare:
    _drop(patch, ALARM)
    return nobody_answers


def _drop(patch: Patch, beginning: str) -> None:
    real = Outbox.send

    def send(self: Outbox, cause: str, *arguments: Any, **named: Any) -> Any:
        made = real(self, cause, *arguments, **named)
        if made is not None and cause.startswith(beginning):
            self._finish(self.book.pending[made.id], OutgoingState.FAILED, "refused")
        return made

    patch.setattr(Outbox, "send", send)


@breaks(Promise.ALERTED)
def the_first_question_is_let_go_as_too_old(patch: Patch) -> None:
    real = AlertDesk._send_question

    def send(self: AlertDesk, alert: Alert, turn: int, asked: Asked, text: str) -> None:
        real(self, alert, turn, asked, text)
        if turn == 1:
            self._outbox.let_go(max(self._outbox.book.pending.values(), key=lambda sms: sms.id))

    patch.setattr(AlertDesk, "_send_question", send)


@breaks(Promise.TURN)
def the_second_level_is_never_asked(patch: Patch) -> None:
    def of_the_first(asked: Any, round_: int, candidates: Any) -> Any:
        first = min((one.level for one in candidates), default=0)
        return next_turn(asked, round_, [one for one in candidates if one.level == first])

    patch.setattr("firmware.alert.desk.next_turn", of_the_first)


@breaks(Promise.TURN)
def the_service_s_own_time_is_not_kept(patch: Patch) -> None:
    real = patience.patience_s
    patch.setattr(
        "firmware.alert.desk.patience_s", lambda alert, roster: real(alert, roster) - 30
    )


@breaks(Promise.TURN)
def a_text_is_told_hours_later(patch: Patch) -> None:
    real, tick = MessageDesk._from_stranger, AlertDesk.tick
    held: list[tuple[float, Any]] = []

    def later(self: MessageDesk, *arguments: Any) -> None:
        at_s = self._ledger.moment.monotonic_s + 3600.0
        held.append((at_s, lambda: real(self, *arguments)))

    def ticks(self: AlertDesk) -> None:
        while held and held[0][0] <= self._ledger.moment.monotonic_s:
            held.pop(0)[1]()
        tick(self)

    patch.setattr(MessageDesk, "_from_stranger", later)
    patch.setattr(AlertDesk, "tick", ticks)


@breaks(Promise.TURN)
def the_first_question_is_held_for_minutes(patch: Patch) -> None:
    real = AlertDesk._send_question

    def send(self: AlertDesk, alert: Alert, turn: int, asked: Asked, text: str) -> None:
        real(self, alert, turn, asked, text)
        if turn == 1:
            last = max(self._outbox.book.pending.values(), key=lambda sms: sms.id)
            self._outbox.turns.put_off(last, 240)

    patch.setattr(AlertDesk, "_send_question", send)


@breaks(Promise.WORD)
def a_no_is_answered_and_not_written_down(patch: Patch) -> None:
    real = AlertDesk.decline

    def decline(self: AlertDesk, alert: Alert, person: Person) -> None:
        if alert.cause not in ABOUT_CALLERS:
            real(self, alert, person)

    patch.setattr(AlertDesk, "decline", decline)


@breaks(Promise.DUTY)
def callers_are_the_other_service_s(patch: Patch) -> None:
    real = AlertDesk.open

    def opened(self: AlertDesk, cause: AlertCause, service: str, **named: Any) -> Any:
        mine = cause is not AlertCause.SMS
        return real(self, cause, self._roster.services[-1].name if mine else service, **named)

    patch.setattr(AlertDesk, "open", opened)


@breaks(Promise.ANSWER)
def a_bare_ok_is_for_nothing(patch: Patch) -> None:
    patch.setattr(AlertBook, "last_asked_of", lambda self, person, until: None)


def the_network_is_late(year: Year) -> None:
    """By up to three quarters of an hour, but for the first hours, in which everybody writes."""
    for turn, (_, mobile) in enumerate(STAFF):
        year.box.timeline.after(
            LOOK_MS + turn * 60_000, partial(year.work.staff_says, mobile, "AIDE")
        )
    centre = year.box.network.service_centre
    late = replace(centre.behaviour, delay_ms=(3 * 60_000, 45 * 60_000))
    year.box.timeline.after(2 * LOOK_MS, lambda: setattr(centre, "behaviour", late))


@breaks(Promise.ANSWER)
def a_late_ok_is_of_now(patch: Patch) -> Prepare:
    patch.setattr(WordDelays, "said_at", nothing)
    return the_network_is_late


@breaks(Promise.ALARMED)
def that_nobody_answers_is_on_the_page_only(patch: Patch) -> Prepare:
    real = Bell.ring

    def ring(self: Bell, key: str, *arguments: Any, **named: Any) -> bool:
        named["by_sms"] = named.get("by_sms", True) and not key.startswith("alert:")
        return real(self, key, *arguments, **named)

    patch.setattr(Bell, "ring", ring)
    return nobody_answers


@breaks(Promise.SILENCE)
def of_every_other_there_is_no_alarm(patch: Patch) -> Prepare:
    real = AlertWords.alarm_unanswered

    def alarm(self: AlertWords, alert: Alert, *arguments: Any) -> None:
        if alert.id % 2:
            real(self, alert, *arguments)

    patch.setattr(AlertWords, "alarm_unanswered", alarm)
    return nobody_answers


@breaks(Promise.WORD)
def nobody_hears_who_has_taken_it(patch: Patch) -> None:
    patch.setattr(AlertDesk, "_tell_taken", nothing)


@breaks(Promise.WORD)
def answers_go_to_another(patch: Patch) -> None:
    real = StaffDesk._answer
    patch.setattr(
        StaffDesk, "_answer",
        lambda self, number, person, mobile, text: real(
            self, number, person, ADMINISTRATORS[0][1], text
        ),
    )  # fmt: skip


@breaks(Promise.WORD)
def a_taken_alert_is_answered_with_nothing(patch: Patch) -> None:
    real = StaffDesk._ok

    def answers(self: StaffDesk, *arguments: Any) -> str:
        real(self, *arguments)
        return "?"

    patch.setattr(StaffDesk, "_ok", answers)


@breaks(Promise.WORD)
def words_of_the_staff_go_no_further(patch: Patch) -> None:
    real = Inbox._give
    mobiles = {mobile for _, mobile in STAFF}

    def give(self: Inbox, sender: Any, *arguments: Any, **named: Any) -> None:
        if sender.text not in mobiles:
            real(self, sender, *arguments, **named)

    patch.setattr(Inbox, "_give", give)


@breaks(Promise.SILENCE)
def strangers_are_taken_for_staff(patch: Patch) -> None:
    real = Roster.staff

    def by_its_last_digit(self: Roster, number: str) -> Person | None:
        rota = self.rota
        people = rota.people if rota is not None else ()
        same = (each for each in people if each.mobile[-1:] == number[-1:])
        return real(self, number) or next(same, None)

    patch.setattr(Roster, "staff", by_its_last_digit)


@breaks(Promise.TOLD)
def the_second_part_never_leaves(patch: Patch) -> None:
    real = Outbox._handed_over
    patch.setattr(
        Outbox, "_handed_over",
        lambda self, message, lines, last: real(self, message, lines, True),
    )  # fmt: skip


@breaks(Promise.TWICE)
def each_question_is_written_twice(patch: Patch) -> None:
    real = AlertDesk._send_question

    def send(self: AlertDesk, alert: Alert, turn: int, asked: Asked, text: str) -> None:
        real(self, alert, turn, asked, text)
        last = max(self._outbox.book.pending.values(), key=lambda sms: sms.id)
        self._outbox._keep(replace(last, id=self._ledger.next_id(OutgoingMessage)))

    patch.setattr(AlertDesk, "_send_question", send)


@breaks(Promise.KNOWN)
def callers_who_were_led_on_are_taken(patch: Patch) -> None:
    _finished(patch, CallOutcome.DIVERTED, CallOutcome.TRANSFERRED)
    patch.setattr(Outcomes, "_confirm", nothing)


@breaks(Promise.KNOWN)
def callers_who_were_led_on_gave_up(patch: Patch) -> None:
    _finished(patch, CallOutcome.DIVERTED, CallOutcome.ABANDONED)


def _finished(patch: Patch, outcome: CallOutcome, told: CallOutcome) -> None:
    real = Outcomes._finish

    def finish(self: Outcomes, line: CallInHand, found: CallOutcome) -> None:
        real(self, line, told if found is outcome else found)

    patch.setattr(Outcomes, "_finish", finish)


@breaks(Promise.SILENCE)
def calls_that_the_network_leads_on_have_no_row(patch: Patch) -> None:
    patch.setattr(CallBook, "hint", nothing)
    patch.setattr(CallBook, "_follow", nothing)


@pytest.mark.parametrize(("promise", "mutation"), MUTATIONS, ids=MUTATIONS.names)
def test_a_mistake_that_leaves_the_rows_in_order_is_seen(
    promise: str, mutation: Mutation, monkeypatch: Patch, tmp_path: Path
) -> None:
    prepare = mutation(monkeypatch)
    watch_for(promise, monkeypatch)
    with pytest.raises(Red):
        play_a_day(tmp_path, SEED, LOAD, LAST_LOOK_MS, prepare)


def test_without_a_mistake_none_is_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    nothing_may_be_broken(monkeypatch)
    play_a_day(tmp_path, SEED, LOAD, LAST_LOOK_MS)


def test_of_a_late_network_no_answer_is_taken_for_another(
    monkeypatch: Patch, tmp_path: Path
) -> None:
    watch_for(Promise.ANSWER, monkeypatch)
    play_a_day(tmp_path, SEED, LOAD, LAST_LOOK_MS, the_network_is_late)
