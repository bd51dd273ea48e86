"""So many SMS of alarms a day: which may leave, what waits, and that nothing is lost for it."""

import json
from functools import partial
from math import inf, nan
from pathlib import Path

import pytest

from firmware.alert.bell import LASTS_S, STAYS_S, WAITING, WAITING_MAX, Bell
from firmware.alert.daily import LEFT
from firmware.alert.news import What
from firmware.event import Woken
from firmware.guard.budget import Budget
from firmware.record import OutgoingState
from firmware.rota import read_site_file
from firmware.sms.outbox_rules import RANK_ANSWER
from firmware.wording import messages
from hw.simulator.tpdu import decode_from_mobile
from tests.alert.bench import NOON, Bench, told
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, ALICE, BRUNO, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")

def test_a_day_has_twelve_sms_of_alarms_at_most_and_the_last_one_says_so(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    for turn in range(20):
        world.attendant._bell.tell(f"event-{turn}", messages.FLOOD, {"number": str(turn)})
        world.run(200)
    texts = told(world, "ALARME")
    assert len(texts) == 12
    assert ["alarmes suivantes" in text for text in texts] == [False] * 11 + [True]
    assert ["nouvelles alarmes viennent" in text for text in texts].index(True) == 7
    world.run(86_000)   # what had to wait, five at a time
    later = [line for text in world.texts(ADMIN)[12:] for line in text.splitlines()]
    assert sum(line.startswith("ALARME :") for line in later) == 8


def test_an_alarm_that_begins_again_and_stays_is_told_within_the_hour(tmp_path: Path) -> None:
    """"Back in order" must not be the last word, however many have left that day."""
    bench = Bench(read_site_file(SAMPLE))
    flutters(bench, 5)
    assert len(bench.texts()) == 10
    bench.bell.ring("store", messages.SIM_MISSING)
    bench.rings_for(LASTS_S + 60)
    assert len(bench.texts()) == 10
    bench.rings_for(STAYS_S)
    assert bench.texts()[-1].startswith("ALARME")
    bench.bell.still("store")
    bench.rings_for(86_400)
    assert bench.texts()[-1].startswith("RETOUR")


def test_what_has_no_line_in_one_sms_has_one_in_the_next() -> None:
    bench = Bench(read_site_file(SAMPLE))
    bench.bell.ring("before", messages.SIM_MISSING)
    bench.rings_for(600)
    bench.bell.still("before")
    for number in range(6):
        bench.bell.ring(f"new-{number}", messages.SMS_STORE_FULL)
    bench.rings_for(600)
    lines = [text.splitlines() for text in bench.texts()[1:]]
    assert [len(each) for each in lines] == [7, 3]
    assert lines[0][-1].startswith("Et 2 de plus")
    assert lines[1][1].startswith("ALARME")
    assert lines[1][2].startswith("RETOUR")


def test_what_may_not_leave_keeps_nothing_waiting_that_may() -> None:
    bench = Bench(read_site_file(SAMPLE))
    flutters(bench, 4)
    bench.bell.tell("sms:0", messages.SIM_MISSING)
    bench.rings_for(200)
    for number in range(1, 7):
        bench.bell.tell(f"sms:{number}", messages.SIM_MISSING)
    bench.rings_for(200)
    assert len(bench.texts()) == 9
    bench.bell.tell("reminder:3", messages.SMS_STORE_FULL)
    bench.rings_for(200)
    assert len(bench.texts()) == 10
    assert "mémoire SMS" in bench.texts()[-1]


def test_what_is_no_state_leaves_room_for_an_alarm_that_lasts() -> None:
    """A plug that comes loose all day: "the box was off" each time."""
    bench = Bench(read_site_file(SAMPLE))
    for _ in range(20):
        bench.bell.tell("off", messages.SIM_MISSING)
        bench.rings_for(600)
    assert len(bench.texts()) == 8 + 2
    bench.bell.ring("store", messages.SMS_STORE_FULL)
    bench.rings_for(200)
    assert "mémoire SMS" in bench.texts()[-1]


def test_one_dead_telephone_leaves_room_for_an_alarm() -> None:
    """Each SMS that could not be delivered is an event of its own."""
    bench = Bench(read_site_file(SAMPLE))
    for number in range(144):
        bench.bell.tell(f"sms:{number}", messages.SIM_MISSING)
        if number == 30:
            bench.bell.ring("silence:calls", messages.SILENT_CALLS, {"hours": "31"})
            before = len(bench.texts())
        bench.rings_for(600)
        if number == 33:
            assert any("aucun appel depuis 31 h" in text for text in bench.texts()[before:])
    waiting = bench.ledger.fact(WAITING)
    assert isinstance(waiting, list)
    assert len(waiting) <= WAITING_MAX + 1   # and the alarm
    bench.wait(86_400)
    assert not any(each.what is What.TOLD for each in bench.bell._fresh())   # of another day


def test_what_comes_and_goes_all_day_uses_up_no_sms_that_another_alarm_needs() -> None:
    """A network at the edge of coverage: no SMS tells that it went, each that it is back."""
    bench = Bench(read_site_file(SAMPLE))
    for hour in range(96):
        bench.bell.ring("network", messages.NETWORK_LOST, {"state": "0"}, by_sms=False)
        bench.wait(480)
        bench.bell.still("network")
        if hour == 40:
            bench.bell.ring("silence:calls", messages.SILENT_CALLS, {"hours": "31"})
        bench.rings_for(3120)
    texts = bench.texts()
    assert any("ALARME : aucun appel depuis 31 h" in text for text in texts)
    assert sum("aucun appel" in text for text in texts) >= 2   # it lasts
    assert len(texts) <= 4 * 10


def test_what_waits_for_a_free_sms_leaves_in_the_order_of_its_weight() -> None:
    """What begins stands before what is over: lines beyond the fifth are not told."""
    bench = Bench(read_site_file(SAMPLE))
    for turn in range(12):
        bench.bell.tell(f"event-{turn}", messages.FLOOD, {"number": f"+3361234{turn:04}"})
        bench.rings_for(200)
    assert len(bench.texts()) == 12
    for turn in range(4):
        bench.bell.ring(f"over:{turn}", messages.SIM_MISSING, by_sms=False)
        bench.bell.still(f"over:{turn}")
    bench.bell.ring("store", messages.SMS_STORE_FULL)
    bench.bell.ring("late", messages.SMS_STORE_FULL)
    bench.rings_for(3600)
    bench.bell.still("late")
    assert len(bench.texts()) == 12
    bench.rings_for(86_400)
    lines = bench.texts()[12].splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["ALARME"] + ["RETOUR"] * 4 + ["Les"]


@pytest.mark.parametrize("time_after_s", [0, 60, None])
def test_a_day_has_twelve_sms_however_often_the_box_starts(
    time_after_s: int | None, tmp_path: Path
) -> None:
    """One without a battery for its clock learns the time from the network a minute later, or dies
    before it does."""
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    for turn in range(20):
        world.attendant._bell.tell(f"event-{turn}", messages.FLOOD, {"number": str(turn)})
        world.run(60)
        world.kill()
        world.trusted = time_after_s == 0
        world.restart()
        world.run(60)
        world.trusted = time_after_s is not None
        world.run(60)
    texts = told(world, "ALARME")
    assert len(texts) == 12
    assert "alarmes suivantes" in texts[-1]
    world.trusted = True
    world.run(86_400 + 3600)
    before = len(told(world, "ALARME"))
    world.attendant._bell.tell("flood:x", messages.FLOOD, {"number": "x"})
    world.run(200)
    assert len(told(world, "ALARME")) == before + 1


@pytest.mark.parametrize(
    "fact",
    [7, ["yesterday", None, 1e9, inf, nan, 10**400, {}, [], [1], [1e9, ["a"]], [1, [7]], [{}, []]]],
    ids=str,
)
def test_what_a_damaged_card_says_of_alarms_that_left_keeps_none_back(
    fact: object, tmp_path: Path
) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=NOON)
    world.run(60)
    world.attendant._ledger.remember(LEFT, [])
    world.step(Woken())
    world.kill()
    written = (json.dumps(fact), LEFT)   # "Infinity" and "NaN", too
    world.database.connection.execute("UPDATE fact SET value = ? WHERE key = ?", written)
    world.restart()
    world.run(60)
    world.attendant._bell.tell("flood:x", messages.FLOOD, {"number": "x"})
    world.run(200)
    assert len(told(world, "ALARME")) == 1


def test_alarms_leave_though_so_many_sms_have_left_that_answers_wait() -> None:
    """That too many have left is one of them; that nobody answers for a caller is another."""
    bench = Bench(read_site_file(SAMPLE))
    bench.outbox.turns.budget = Budget(per_hour=1)
    send = partial(bench.outbox.send, recipient=BRUNO, text="x", rank=RANK_ANSWER, person="Bruno")
    send("answer:1")
    send("answer:2")
    bench.wait(5)
    assert len(bench.handed_over) == 1
    assert bench.outbox.turns.over_budget
    bench.bell.ring("alert:7", messages.SIM_MISSING)
    bench.bell.ring("budget", messages.BUDGET)
    bench.wait(20)
    bench.bell.tick()
    bench.wait(5)
    assert len(bench.handed_over) == 3
    assert bench.outbox.book.state_of("answer:2") is OutgoingState.QUEUED


def flutters(bench: Bench, times: int) -> None:
    """An alarm comes and goes, each time for long enough to be told."""
    for _ in range(times):
        for change in (lambda: bench.bell.ring("store", messages.SIM_MISSING),
                       lambda: bench.bell.still("store")):  # fmt: skip
            change()
            for _ in range(2):
                bench.wait(1000)
                bench.bell.tick()


def said(bench: Bench) -> list[tuple[str, str]]:
    """Whom the SMS went to that the modem got, and what they say."""
    read = [decode_from_mobile(bytes.fromhex(pdu)[1:]) for _, pdu in bench.handed_over]
    return [(each.recipient, each.user_data.text) for each in read]


def test_what_never_left_is_none_of_the_twelve_of_a_day() -> None:
    """After a night without network no SMS told of any alarm all day."""
    bench = Bench(read_site_file(SAMPLE))
    bench.outbox.ready = False
    flutters(bench, 8)
    assert bench.outbox.book.waiting == 2
    bench.outbox.ready = True
    flutters(bench, 1)
    texts = [text for _, text in said(bench)]
    assert [text.split()[0] for text in texts] == ["ALARME", "RETOUR"] * 2
    assert not any("alarmes suivantes" in text for text in texts)


def test_who_has_had_it_has_no_more_a_day_though_another_has_none() -> None:
    """And what waits for the other goes on waiting where nothing new is sent."""
    alice = 'mobile = "+33601020304"\n'
    bench = Bench(read_site_file(SAMPLE.replace(alice, alice + 'role = "admin"\n')))
    bench.fate = lambda turn: "ERROR" if said(bench)[-1][0] == ADMIN else ""
    flutters(bench, 8)
    had = [text for recipient, text in said(bench) if recipient == ALICE]
    assert len([text for text in had if text.startswith(("ALARME", "RETOUR"))]) == 8 + 2
    waiting = [each.text.split()[0] for each in bench.outbox.book.pending.values()]
    assert sorted(waiting) == ["ALARME", "RETOUR"]


@pytest.mark.parametrize("since", ["yesterday", "2026-03-10", ""])
def test_news_of_a_damaged_card_are_told_all_the_same(since: str) -> None:
    bench = Bench(read_site_file(SAMPLE))
    what = {"key": "off", "what": "told", "cause": messages.SIM_MISSING, "values": {}}
    bench.ledger.remember(WAITING, [{**what, "since": since}, {**what, "what": "still"}])
    bench.bell = Bell(bench.ledger, bench.roster, bench.outbox, bench.speaker)
    bench.rings_for(200)
    assert bench.texts()[0].startswith("ALARME")
