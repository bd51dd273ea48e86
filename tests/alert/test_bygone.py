"""What has waited for more than a day is not sent as if it were of today, and is told instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.alert.bygone import OLD_AFTER
from firmware.moment import Moment
from firmware.record import TOO_OLD, AlertState, Memory, OutgoingMessage, RequestKind
from firmware.rota import read_site_file
from firmware.sms.outbox_rules import RANK_ALERT, RANK_ANSWER, RANK_NOTICE
from firmware.sms.outbox_turns import HELD_S
from firmware.store import journal
from firmware.store.backup import restore_backup, write_backup
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.page_store import PageStore
from firmware.store.rota_store import RotaStore
from hw.simulator.faults import Fault
from tests.alert.bench import START, Bench
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import _Rows
from tests.sms.outbox_bench import handed_over, rows

pytestmark = pytest.mark.usefixtures("modem_family")

SITE = read_site_file(SAMPLE)
DAY_S = OLD_AFTER.total_seconds()


def left_behind(*messages: tuple[str, int, timedelta]) -> Memory:
    """SMS of an earlier run that have not left: their cause, rank and age at the start."""
    return Memory(
        outgoing=tuple(
            OutgoingMessage(number, cause, BRUNO, cause, rank, START - age)
            for number, (cause, rank, age) in enumerate(messages, start=1)
        ),
        last_ids={"OutgoingMessage": len(messages)},
    )


def rings(bench: Bench) -> None:
    """What the bell gathers leaves, and everything before it."""
    for _ in range(3):
        bench.wait(10)
        bench.bell.tick()
    bench.settle()


def sent(bench: Bench) -> list[str]:
    return [text for _, text in handed_over(bench)]


def test_what_an_earlier_run_left_for_more_than_a_day_is_not_sent_and_is_told() -> None:
    bench = Bench(
        SITE,
        left_behind(
            ("answer:1", RANK_ANSWER, timedelta(days=8)),
            ("handover:1", RANK_NOTICE, timedelta(days=1, seconds=1)),
            ("answer:2", RANK_ANSWER, timedelta(hours=23)),
        ),
    )
    rings(bench)
    old = rows(bench)
    assert {cause for cause in old if old[cause].error == TOO_OLD} == {"answer:1", "handover:1"}
    texts = sent(bench)
    assert texts[0] == "answer:2"
    assert [number for number, _ in handed_over(bench)] == [BRUNO, ADMIN]
    assert "nombre : 2" in texts[1]
    assert "lun 02/03 12:00" in texts[1]


def test_the_age_is_told_by_a_clock_that_can_be_believed() -> None:
    """A box without one goes on from when it was switched off; it learns the time soon."""
    now = timedelta(0)
    memory = left_behind(("answer:1", RANK_ANSWER, now), ("alert:9:1", RANK_ALERT, now))
    memory = replace(memory, outgoing=(memory.outgoing[0], replace(memory.outgoing[1], about=9)))
    bench = Bench(SITE, memory, trusted=False)
    assert sent(bench) == ["alert:9:1"]   # whoever is unsure alerts
    moment = bench.ledger.moment
    bench.ledger.moment = Moment(moment.monotonic_s, moment.utc + timedelta(days=8), True)
    bench.outbox.send("answer:2", ALICE, "de maintenant", RANK_ANSWER)
    rings(bench)
    assert sent(bench)[1] == "de maintenant"
    assert rows(bench)["answer:1"].error == TOO_OLD


def test_where_nobody_ever_tells_the_time_it_leaves_in_the_end() -> None:
    bench = Bench(SITE, left_behind(("answer:1", RANK_ANSWER, timedelta(0))), trusted=False)
    bench.outbox.send("answer:2", BRUNO, "de maintenant", RANK_ANSWER)
    bench.settle()
    assert sent(bench) == ["de maintenant"]
    bench.wait(HELD_S)
    assert sent(bench) == ["de maintenant", "answer:1"]


def test_a_network_that_was_away_for_days_is_sent_no_notice_of_before() -> None:
    """However the clock was set meanwhile. An alert's question leaves: somebody waits."""
    bench = Bench(SITE)
    bench.outbox.ready = False
    bench.settle()
    bench.outbox.send("handover:1", BRUNO, "vieux", RANK_NOTICE)
    bench.outbox.send("alert:9:1", BRUNO, "attendu", RANK_ALERT, about=9)
    bench.wait(DAY_S)
    bench.outbox.send("handover:2", BRUNO, "jeune", RANK_NOTICE)
    bench.ledger.moment = replace(bench.ledger.moment, utc=START + timedelta(days=400))
    bench.wait(1)
    bench.outbox.ready = True
    rings(bench)
    assert sent(bench)[:2] == ["attendu", "jeune"]
    assert rows(bench)["handover:1"].error == TOO_OLD


def queued(world: CalmWorld) -> None:
    """The network takes no SMS; somebody writes, and nobody can be asked."""
    world.run(60)
    world.wire.set_rate(Fault.CMS_ERROR, 1.0)
    world.text(CALLER, "ma mere est tombee")
    world.run(60)


def restored(world: CalmWorld, folder: Path, backup: Path) -> None:
    """The daemon starts on the data of a backup."""
    world.database.close()
    restore_backup(backup, folder, "Diane", world.moment.utc)
    world.database = open_database(folder / DATABASE_NAME, create=False)
    world.rows = _Rows(world.database)
    world.recorder = world._new_recorder()
    world.rotas, world.page = RotaStore(world.database), PageStore(world.database)
    world.restart()


def heard_of_it(world: CalmWorld, who: str) -> list[str]:
    return [text for text in world.texts(who) if "ma mere" in text]


def test_a_backup_that_is_loaded_a_week_later_sends_none_of_its_sms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They had left long ago. Who is not answered for in it is told to the administrators, with
    the day."""
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(tmp_path / "run"))
    world = CalmWorld(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    queued(world)
    backup = tmp_path / "b.zip"
    write_backup(tmp_path, backup, world.moment.utc)
    world.wire.clear()
    world.run(240)
    assert len(heard_of_it(world, BRUNO)) == 1
    world.kill()
    world.run(7 * DAY_S)
    told = {who: len(world.texts(who)) for who in (ALICE, BRUNO, CHLOE, ADMIN)}
    restored(world, tmp_path, backup)
    world.run(900)
    texts = [text for who in told for text in world.texts(who)[told[who] :]]
    assert not any("ma mere" in text for text in texts)
    assert sum("personne n'a répondu" in text and "mar 10/03 10:0" in text for text in texts) == 1
    assert sum("plus d'un jour" in text for text in texts) == 1
    assert [alert.text for alert in world.page.unsettled_alerts()] == ["ma mere est tombee"]


def test_after_a_night_without_power_whoever_is_on_duty_is_asked(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    queued(world)
    world.kill()
    world.wire.clear()
    world.run(10 * 3600)
    world.restart()
    world.run(120)
    assert len(heard_of_it(world, BRUNO)) == 1


def test_what_a_box_without_the_time_left_minutes_ago_is_not_of_1970(tmp_path: Path) -> None:
    """The power fails twice; the time is known at the second start only."""
    start = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    world = CalmWorld(tmp_path, SAMPLE, start=start)
    world.trusted, world.skew = False, datetime(1970, 1, 1, tzinfo=UTC) - start
    queued(world)
    world.kill()
    world.wire.clear()
    world.trusted, world.skew = True, timedelta()
    world.run(60)
    world.page.ask(
        RequestKind.SEND_TEST, {"mobile": CHLOE}, by="Diane", at=datetime(1970, 1, 1, tzinfo=UTC)
    )
    world.restart()
    world.run(180)
    assert len(heard_of_it(world, BRUNO)) == 1
    assert [alert.state for alert in world.page.unsettled_alerts()] == [AlertState.OPEN]
    assert not any("plus d'un jour" in text for text in world.texts(ADMIN))
    assert any("est un essai" in text or "test" in text.lower() for text in world.texts(CHLOE))


def test_an_alarm_that_never_left_is_raised_anew_with_the_day(tmp_path: Path) -> None:
    """Two days of storm without network, then without power: nobody was told of the caller."""
    world = CalmWorld(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    queued(world)
    world.run(2 * 3600)
    assert [alert.state for alert in world.page.unsettled_alerts()] == [AlertState.EXHAUSTED]
    world.kill()
    world.wire.clear()
    world.run(2 * DAY_S)
    world.restart()
    world.run(300)
    alarms = [text for text in world.texts(ADMIN) if "personne n'a répondu" in text]
    assert len(alarms) == 1
    assert "mar 10/03 10:0" in alarms[0]
    assert heard_of_it(world, BRUNO) == []


def test_a_call_of_last_week_that_was_in_hand_is_told_to_the_administrators(tmp_path: Path) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    world.run(60)
    world.call(CALLER)
    while not world.rows.load_memory(world.moment.utc).calls:
        world.run(0.1)
    world.kill()
    world.run(7 * DAY_S)
    world.restart()
    world.run(300)
    assert not [text for text in world.texts(ALICE) if CALLER in text]
    alarms = [text for text in world.texts(ADMIN) if "personne n'a répondu" in text]
    assert len(alarms) == 1
    assert "mar 10/03 10:01" in alarms[0]


def test_a_wish_of_the_page_that_rings_a_telephone_is_not_carried_out_days_later(
    tmp_path: Path,
) -> None:
    world = CalmWorld(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    world.run(60)
    world.kill()
    wish = {"mobile": ALICE}
    world.page.ask(RequestKind.SEND_TEST, wish, by="Diane", at=world.moment.utc)
    world.run(DAY_S + 60)
    world.page.ask(RequestKind.SEND_TEST, {"mobile": CHLOE}, by="Diane", at=world.moment.utc)
    world.restart()
    world.run(60)
    assert [len(world.texts(who)) for who in (ALICE, CHLOE)] == [0, 1]
    lines = [each.entry for each in journal.latest(world.database)]
    assert [line.person for line in lines if line.outcome == "wish_too_old"] == ["Diane"]
    assert world.rows.open_requests() == ()
