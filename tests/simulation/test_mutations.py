"""The simulation must be able to fail: for each promise a mistake is put into the code on purpose,
and the checker of that promise turns red."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firmware.attendant import Attendant
from firmware.call.call_book import CallBook
from firmware.call.call_in_hand import CallInHand
from firmware.call.desk import CallDesk
from firmware.call.outcomes import Outcomes
from firmware.effect import Effect, Record
from firmware.event import Event
from firmware.guard.budget import Budget
from firmware.guard.doorman import Doorman
from firmware.message_desk import MessageDesk
from firmware.moment import Moment
from firmware.record import Call, OutgoingMessage, OutgoingState
from firmware.recovery.ladder import Ladder
from firmware.recovery.permits import RecoveryOptions
from firmware.rota import on_duty
from firmware.sms.fingerprint import fingerprint_of
from firmware.sms.inbox import Inbox
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_turns import Turns
from firmware.sms.storages import Storages
from firmware.sms.tpdu import DeliveredMessage
from hw.simulator.faults import Fault
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from tests.simulation import watch_discipline, watch_outgoing
from tests.simulation.promises import ALL, Promise
from tests.simulation.red import Mistakes, Mutation, Prepare, is_seen, nothing
from tests.simulation.test_alert_mutations import MUTATIONS as OF_ALERTS
from tests.simulation.test_duty_mutations import MUTATIONS as OF_DUTIES
from tests.simulation.test_voice_mutations import MUTATIONS as OF_VOICE
from tests.simulation.test_watch_alarms import MUTATIONS as OF_ALARMS
from tests.simulation.town import SERVICES, Table, draw_site
from tests.simulation.watch_texts import SentText
from tests.simulation.workload import CALLERS, LONG
from tests.simulation.year import Year

DAYS, SEED, LOAD = 1, 2, 0.4
Patch = pytest.MonkeyPatch
MUTATIONS = Mistakes()
breaks = MUTATIONS.breaks


@breaks(Promise.KNOWN)
def no_sms_is_known_again(patch: Patch) -> Prepare:
    fresh = count()

    def each_time_anew(message: DeliveredMessage) -> str:
        whole = message.concatenation is None
        return f"{next(fresh):040d}" if whole else fingerprint_of(message)

    patch.setattr("firmware.sms.inbox.fingerprint_of", each_time_anew)

    def prepare(year: Year) -> None:
        year.box.network.service_centre.behaviour = ServiceCentreBehaviour(duplicate=1.0)

    return prepare


@breaks(Promise.KNOWN)
def callers_are_taken_for_hidden_ones(patch: Patch) -> Prepare:
    real = CallDesk.identified
    patch.setattr(
        CallDesk, "identified",
        lambda self, line, number, *, withheld: real(self, line, None, withheld=True),
    )  # fmt: skip
    return None


@breaks(Promise.KNOWN)
def each_call_is_two(patch: Patch) -> Prepare:
    real = Outcomes.end

    def end(self: Outcomes, line: CallInHand) -> None:
        self.perhaps_another(line)
        real(self, line)

    patch.setattr(Outcomes, "end", end)
    return None


@breaks(Promise.KNOWN)
def nobody_answers_for_whom_the_network_leads_nowhere(patch: Patch) -> Prepare:
    patch.setattr(Outcomes, "_confirm", nothing)
    return lambda year: year.box.wire.set_rate(Fault.REFUSE_CHLD0, 1.0)


@breaks(Promise.SILENCE)
def who_lacks_a_part_is_told_to_nobody(patch: Patch) -> Prepare:
    patch.setattr(Inbox, "give_up_late_parts", nothing)

    def prepare(year: Year) -> None:
        _writes(year, 9999, f"#9999# {LONG * 3} #9999#", lost_parts=(2,))

    return prepare


def _writes(year: Year, token: int, words: str, lost_parts: tuple[int, ...] = ()) -> None:
    caller, centre = CALLERS[0], year.box.network.service_centre
    year.texts.expect(SentText(token, words, caller, staff=False, whole=not lost_parts))
    centre.send_text(caller, year.box.number, words, lost_parts=lost_parts)


@breaks(Promise.SILENCE)
def calls_are_not_heard(patch: Patch) -> Prepare:
    patch.setattr(CallDesk, "heard", nothing)
    patch.setattr(CallBook, "ask", nothing)
    return None


@breaks(Promise.SILENCE)
def texts_go_to_nobody(patch: Patch) -> Prepare:
    patch.setattr(MessageDesk, "received", nothing)
    return None


@breaks(Promise.SILENCE)
def who_writes_twice_is_a_flood(patch: Patch) -> Prepare:
    patch.setattr("firmware.guard.doorman.ALERTS_MAX", 1)

    def prepare(year: Year) -> None:
        for token in (9996, 9997):
            _writes(year, token, f"#{token}# svp")

    return prepare


@breaks(Promise.SILENCE)
def a_second_hidden_caller_is_a_flood(patch: Patch) -> Prepare:
    real, turn = Doorman.admits, count()
    patch.setattr(
        Doorman, "admits",
        lambda self, number: real(self, number) and (number is not None or next(turn) < 1),
    )  # fmt: skip

    def prepare(year: Year) -> None:
        for wait_ms, number in ((3_600_000, CALLERS[0]), (3_690_000, CALLERS[1])):
            year.box.timeline.after(wait_ms, partial(_rings, year, number))

    return prepare


def _rings(year: Year, number: str) -> None:
    phone = year.box.phone(number)
    year.calls.placed(phone.call(year.box.number, withheld=True))


@breaks(Promise.READ)
def what_the_modem_stores_is_found_by_chance(patch: Patch) -> Prepare:
    patch.setattr(Storages, "stored", nothing)
    return None


@breaks(Promise.DUTY)
def each_text_is_for_the_first_service(patch: Patch) -> Prepare:
    patch.setattr(MessageDesk, "_service_of", lambda self, text: self._roster.default_service)

    def two_services(random: Random) -> Table:
        site = draw_site(random)
        if len(site["service"]) == 1:
            site["service"].append({**site["service"][0], "name": SERVICES[1]})
            site["rotation"].append({**site["rotation"][0], "service": SERVICES[1]})
        return site

    patch.setattr("tests.simulation.year.draw_site", two_services)

    def prepare(year: Year) -> None:
        _writes(year, 9998, "Infirmerie #9998# svp")

    return prepare


@breaks(Promise.DUTY)
def the_rota_of_another_day_is_asked(patch: Patch) -> Prepare:
    def in_five_days(rota: Any, service: str, instant: datetime) -> Any:
        return on_duty(rota, service, instant + timedelta(days=9))

    patch.setattr("firmware.duty.roster.on_duty", in_five_days)
    return None


@breaks(Promise.ALERTED)
def sms_are_believed_sent(patch: Patch) -> Prepare:
    def attempt(self: Outbox, message: OutgoingMessage) -> None:
        self._handed_over(message, ("+CMGS: 1",), True)

    patch.setattr(Outbox, "_attempt", attempt)
    return None


@breaks(Promise.TWICE)
def the_answer_of_the_modem_is_not_believed(patch: Patch) -> Prepare:
    real, doubted = Outbox._handed_over, set[int]()

    def doubt(self: Outbox, message: OutgoingMessage, lines: Any, last: bool) -> None:
        if message.id in doubted:
            real(self, message, lines, last)
        else:
            doubted.add(message.id)
            self._keep(replace(message, state=OutgoingState.QUEUED))

    patch.setattr(Outbox, "_handed_over", doubt)
    return None


@breaks(Promise.BUDGET)
def nobody_counts_the_sms(patch: Patch) -> Prepare:
    patch.setattr(Budget, "free_at_s", lambda self, now_s: now_s)
    patch.setattr(watch_outgoing, "PER_HOUR", 2)
    return None


@breaks(Promise.ORDER)
def the_newest_sms_goes_first(patch: Patch) -> Prepare:
    def heads(self: Turns) -> list[OutgoingMessage]:
        newest: dict[str, OutgoingMessage] = {}
        for message in sorted(self._book.pending.values(), key=lambda each: -each.id):
            newest.setdefault(message.recipient, message)
        return list(newest.values())

    patch.setattr(Turns, "_heads", heads)

    def prepare(year: Year) -> None:
        conditions = year.box.network.subscriber(year.box.number).conditions
        for hours in range(2, 24, 4):
            start_ms = hours * 3_600_000
            year.box.timeline.at(start_ms, lambda: setattr(conditions, "congested", True))
            year.box.timeline.at(
                start_ms + 7_200_000, lambda: setattr(conditions, "congested", False)
            )

    return prepare


@breaks(Promise.QUEUES)
def the_outbox_only_fills(patch: Patch) -> Prepare:
    patch.setattr(Outbox, "tick", nothing)
    patch.setattr(Outbox, "deadline_s", None)
    patch.setattr(watch_discipline, "OUTBOX_MAX", 5)
    return None


@breaks(Promise.FORWARDING)
def forwarding_is_believed_set(patch: Patch) -> Prepare:
    def believe(wanted: Any, proof: Any, *, set_first: bool) -> Any:
        yield from ()
        return {}, {}

    patch.setattr("firmware.call.forwarding.mend", believe)
    return None


@breaks(Promise.STUCK)
def the_end_of_a_call_is_not_written_down(patch: Patch) -> Prepare:
    patch.setattr(CallDesk, "_end", lambda self, line: self._book.strike_out(line))
    return None


@breaks(Promise.RECORDED)
def the_record_comes_last(patch: Patch) -> Prepare:
    real = Attendant.step

    def step(self: Attendant, moment: Moment, event: Event) -> list[Effect]:
        return sorted(real(self, moment, event), key=lambda effect: isinstance(effect, Record))

    patch.setattr(Attendant, "step", step)
    return None


@breaks(Promise.RECORDED)
def calls_are_decided_in_the_head_only(patch: Patch) -> Prepare:
    real = Attendant.step

    def without_calls(effect: Effect) -> Effect:
        if isinstance(effect, Record):
            return Record(tuple(row for row in effect.rows if not isinstance(row, Call)))
        return effect

    def step(self: Attendant, moment: Moment, event: Event) -> list[Effect]:
        return [without_calls(effect) for effect in real(self, moment, event)]

    patch.setattr(Attendant, "step", step)
    return None


@breaks(Promise.DELETED)
def what_is_read_is_not_kept(patch: Patch) -> Prepare:
    patch.setattr(Inbox, "take", nothing)
    return None


@breaks(Promise.BACK)
def nobody_cuts_the_power(patch: Patch) -> Prepare:
    """The modem hangs, and the relay that would help is not asked; half an hour later somebody
    pulls the plug."""
    patch.setattr(Ladder, "happen", nothing)

    def prepare(year: Year) -> None:
        box = year.box
        box.recovery = RecoveryOptions(power=True)

        def hang() -> None:
            box.modem.frozen = True
            year.outages.struck("modem hangs")
            box.timeline.after(1_800_000, box.unplug)
            box.timeline.after(1_805_000, box.plug)

        box.timeline.after(3_600_000, hang)

    return prepare


@breaks(Promise.DRAINS)
def nothing_leaves(patch: Patch) -> Prepare:
    patch.setattr(Outbox, "tick", nothing)
    patch.setattr(Outbox, "deadline_s", None)
    return None


@pytest.mark.parametrize(("promise", "mutation"), MUTATIONS, ids=MUTATIONS.names)
def test_a_mistake_turns_its_checker_red(
    promise: str, mutation: Mutation, monkeypatch: Patch, tmp_path: Path
) -> None:
    prepare = mutation(monkeypatch)
    assert is_seen(Year(tmp_path, DAYS, SEED, 0.0, LOAD), promise, prepare, monkeypatch)


def test_without_a_mistake_every_promise_is_kept(tmp_path: Path) -> None:
    year = Year(tmp_path, DAYS, SEED, 0.0, LOAD)
    assert year.run() == []
    year.box.database.close()


def test_each_promise_has_its_mutation() -> None:
    every = (*MUTATIONS, *OF_VOICE, *OF_ALERTS, *OF_ALARMS, *OF_DUTIES)
    assert {promise for promise, _ in every} == set(ALL)
