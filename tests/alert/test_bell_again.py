"""Alarms about callers whom nobody answers for: at once, and again, a few in an hour."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from firmware.alert.bell import CALLERS_AGAIN
from firmware.alert.news import What
from firmware.rota import read_site_file
from firmware.sms.awaited import awaited_alert
from firmware.wording import messages
from hw.simulator.tpdu import decode_from_mobile
from tests.alert.bench import NOON, Bench, told
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")

HOUR_S = 3600


def unanswered(bench: Bench, number: int) -> None:
    values = {"reference": f"R{number:02}", "what": f"appel de +336{number:08}"}
    bench.bell.ring(f"alert:{number}", messages.ALERT_UNANSWERED, values)


def until_due_s(bench: Bench) -> float:
    return (bench.bell.deadline_s or 0.0) - bench.ledger.moment.monotonic_s


def waits(bench: Bench, seconds: float) -> None:
    """As the box does: each instant at which something is due is looked at."""
    end_s = bench.ledger.moment.monotonic_s + seconds
    while (now_s := bench.ledger.moment.monotonic_s) < end_s:
        due_s = bench.bell.deadline_s
        step_s = end_s - now_s if due_s is None else min(max(due_s - now_s, 1.0), end_s - now_s)
        bench.wait(step_s)
        bench.bell.tick()
        bench.settle()


def still(bench: Bench) -> list[int]:
    """Of which alerts administrators were told again, in order."""
    found = [awaited_alert(message) for message in bench.outbox.book._messages.values()
             if f":{What.STILL}:" in message.cause]  # fmt: skip
    return [number for number in found if number is not None]


def test_of_hundreds_of_callers_five_are_told_again_in_two_hours_and_each_in_turn() -> None:
    """A simulated year had a rota with nobody by day: 3,600 SMS a day, and answers behind them."""
    bench = Bench(read_site_file(SAMPLE))
    for number in range(200):
        unanswered(bench, number)
        waits(bench, 600)
    hours = 200 / 6
    assert len(still(bench)) <= CALLERS_AGAIN * (hours / 2 + 1)
    days = 5
    before = len(still(bench))
    waits(bench, days * 86_400)
    again = still(bench)
    assert len(again) - before <= CALLERS_AGAIN * (days * 12 + 1)
    assert set(again) == set(range(200))   # nobody is forgotten
    assert max(Counter(again[-200:]).values()) <= 2   # nor preferred
    for number in range(200):
        bench.bell.still(f"alert:{number}", by_sms=False)
    before = len(bench.handed_over)
    waits(bench, 3 * 86_400)
    assert len(bench.handed_over) == before
    assert bench.bell.deadline_s is None


@pytest.mark.parametrize("killed", [False, True])
def test_a_few_callers_are_told_again_after_four_hours_and_then_daily(
    killed: bool, tmp_path: Path
) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    for number in range(CALLERS_AGAIN):
        values = {"reference": f"R0{number}", "what": "appel"}
        world.attendant._bell.ring(f"alert:{number}", messages.ALERT_UNANSWERED, values)
        world.run(HOUR_S / 8)
    assert len(told(world, "ALARME")) == CALLERS_AGAIN
    world.run(4 * HOUR_S)
    assert len(told(world, "TOUJOURS EN ALARME")) == CALLERS_AGAIN
    if killed:
        world.kill()
        world.restart()
    world.run(86_400)
    assert len(told(world, "TOUJOURS EN ALARME")) == 2 * CALLERS_AGAIN
    assert all(text.count("TOUJOURS") <= 1 for text in world.texts(ADMIN))


@pytest.mark.parametrize("fate", ["+CMS ERROR: 38", "+CMS ERROR: 30"])
def test_a_word_that_the_network_refuses_is_tried_until_it_takes_it(fate: str) -> None:
    """Once it was counted as told and given up, and nobody heard of the caller for a day."""
    bench = Bench(read_site_file(SAMPLE))
    for number in (1, 2, 3):
        unanswered(bench, number)
    waits(bench, 3.9 * HOUR_S)
    bench.fate = lambda turn: fate
    waits(bench, 0.6 * HOUR_S)
    bench.fate = lambda turn: ""
    taken = len(bench.handed_over)
    waits(bench, 4 * HOUR_S)
    read = [decode_from_mobile(bytes.fromhex(pdu)[1:]) for _, pdu in bench.handed_over[taken:]]
    texts = "".join(each.user_data.text for each in read)
    assert all(f"R0{number}" in texts for number in (1, 2, 3))


def test_what_has_not_left_is_not_told_again_in_the_meantime() -> None:
    bench = Bench(read_site_file(SAMPLE))
    for number in range(8):
        unanswered(bench, number)
    waits(bench, 60)
    bench.outbox.ready = False
    waits(bench, 3 * 86_400)
    assert len(still(bench)) == len(set(still(bench)))
    waits(bench, until_due_s(bench))     # one is due, waits, and is looked at again
    assert until_due_s(bench) > 60


def test_a_number_that_is_refused_keeps_no_word_from_another_administrator() -> None:
    """The alarm for it waited, and for as long as it did nobody was told again."""
    alice = 'mobile = "+33601020304"\n'
    bench = Bench(read_site_file(SAMPLE.replace(alice, alice + 'role = "admin"\n')))
    sent_to: list[str] = []

    def fate(turn: int) -> str:
        read = decode_from_mobile(bytes.fromhex(bench.handed_over[-1][1])[1:])
        if read.recipient == ADMIN:
            return "+CMS ERROR: 38"
        sent_to.append(read.user_data.text)
        return ""

    bench.fate = fate
    unanswered(bench, 1)
    waits(bench, 60 * HOUR_S)
    assert len([text for text in sent_to if text.startswith("ALARME")]) == 1
    assert len([text for text in sent_to if text.startswith("TOUJOURS")]) == 3
    assert bench.outbox.book.waiting == 1   # and that one goes on being tried


def test_other_alarms_are_told_again_as_ever_beside_them() -> None:
    bench = Bench(read_site_file(SAMPLE))
    bench.bell.ring("meter", messages.SMS_STORE_FULL)
    unanswered(bench, 1)
    waits(bench, 60)
    assert len(bench.outbox.book._ids) == 2
    waits(bench, 4 * HOUR_S)
    causes = [cause for cause in bench.outbox.book._ids if ":still:" in cause]
    keys = sorted(cause.rsplit(":still:")[0] for cause in causes)
    assert keys == ["alarm:alert:1", "alarm:meter"]
