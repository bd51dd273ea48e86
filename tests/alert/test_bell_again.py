"""Alarms about callers whom nobody answers for: one SMS each, then one for all that last."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.alert.bell import CALLERS_APART_S, LINES_MAX
from firmware.rota import read_site_file
from firmware.wording import messages
from hw.simulator.tpdu import decode_from_mobile
from tests.alert.bench import Bench
from tests.alert.test_bell_holds_back import NOON, told
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")

HOUR_S = 3600


def unanswered(bench: Bench, number: int) -> None:
    values = {"reference": f"R{number:02}", "what": f"appel de +336{number:08}"}
    bench.bell.ring(f"alert:{number}", messages.ALERT_UNANSWERED, values)


def sent(bench: Bench) -> int:
    return len(bench.handed_over)


def waits(bench: Bench, seconds: float) -> None:
    """As the box does: each instant at which something is due is looked at."""
    end_s = bench.ledger.moment.monotonic_s + seconds
    while (now_s := bench.ledger.moment.monotonic_s) < end_s:
        due_s = bench.bell.deadline_s
        step_s = end_s - now_s if due_s is None else min(max(due_s - now_s, 1.0), end_s - now_s)
        bench.wait(step_s)
        bench.bell.tick()
        bench.settle()


def test_hundreds_of_callers_are_told_again_in_one_sms_every_two_hours_at_most() -> None:
    """A simulated year had a rota with nobody by day: 3,600 SMS a day, and answers behind them."""
    bench = Bench(read_site_file(SAMPLE))
    for number in range(300):
        unanswered(bench, number)
        waits(bench, 600)
    causes = list(bench.outbox.book._ids)
    first = [cause for cause in causes if ":raised:" in cause]
    again = [cause for cause in causes if ":still:" in cause]
    assert len(first) == 300
    assert len(again) <= 300 * 600 / CALLERS_APART_S
    before = sent(bench)
    waits(bench, 3 * 86_400)
    causes = list(bench.outbox.book._ids)
    assert 3 <= len([each for each in causes if ":still:" in each]) - len(again) <= 3 * 13
    assert sent(bench) > before
    for number in range(300):
        bench.bell.still(f"alert:{number}", by_sms=False)
    before = sent(bench)
    waits(bench, 3 * 86_400)
    assert sent(bench) == before
    assert bench.bell.deadline_s is None


def test_each_caller_is_told_again_within_six_hours_and_then_daily(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    bell = world.attendant._bell
    for number in range(LINES_MAX + 2):
        values = {"reference": f"R0{number}", "what": "appel"}
        bell.ring(f"alert:{number}", messages.ALERT_UNANSWERED, values)
        world.run(HOUR_S / 4)
    assert len(told(world, "ALARME")) == LINES_MAX + 2
    world.run(3 * HOUR_S)
    (first,) = told(world, "TOUJOURS EN ALARME")   # alone: all others had their first since
    assert "R00" in first
    world.run(3 * HOUR_S)
    together = [text for text in world.texts(ADMIN) if text.count("TOUJOURS EN ALARME") > 1]
    assert together[0].count("TOUJOURS EN ALARME") == LINES_MAX
    assert together[0].splitlines()[-1].startswith("Et 1 de plus")
    world.kill()
    world.restart()
    world.run(86_400)
    (last,) = [text for text in world.texts(ADMIN) if text.count("TOUJOURS EN ALARME") > 1][-1:]
    assert last.count("TOUJOURS EN ALARME") == LINES_MAX
    assert last.index("R06") < last.index("R05")   # the newest first
    assert last.splitlines()[-1].startswith("Et 2 de plus")


def test_what_has_not_left_is_not_told_again_in_the_meantime() -> None:
    bench = Bench(read_site_file(SAMPLE))
    unanswered(bench, 1)
    unanswered(bench, 2)
    waits(bench, 60)
    bench.outbox.ready = False
    waits(bench, 5 * HOUR_S)
    assert bench.outbox.book.waiting == 1
    waits(bench, 3 * 86_400)
    assert bench.outbox.book.waiting == 1
    bench.outbox.ready = True
    waits(bench, 60)
    texts = [decode_from_mobile(bytes.fromhex(pdu)[1:]) for _, pdu in bench.handed_over]
    assert texts[-1].recipient == ADMIN


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
