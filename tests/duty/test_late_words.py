"""Words delivered long after they were sent: they count from then, or for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.record import AlertState
from firmware.rota import Person
from hw.simulator.causes import RpCause
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
OTHER = "+33688776655"
LATE_S = 50 * 60


def box(folder: Path, start: datetime = NOON) -> World:
    world = World(folder, SAMPLE, start=start)
    world.run(60)
    for number in (ALICE, BRUNO, CHLOE, ADMIN):
        world.text(number, "AIDE")   # how late words are that are not
    world.run(60)
    return world


def text_late(world: World, number: str, text: str, late_s: int = LATE_S) -> None:
    centre = world.network.service_centre
    usual = centre.behaviour
    centre.behaviour = replace(usual, delay_ms=(late_s * 1000, late_s * 1000))
    world.text(number, text)
    world.run(6)   # until the centre has it
    centre.behaviour = usual


def bruno(world: World) -> Person:
    assert world.attendant.roster.rota is not None
    return world.attendant.roster.rota.person("Bruno Petit")


def open_alerts(world: World) -> list[str | None]:
    return [alert.number for alert in world.attendant._alerts.book.unsettled()]


def test_a_late_ok_takes_what_was_asked_before_it_was_sent(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(CALLER, "Premier")
    world.run(30)
    text_late(world, BRUNO, "OK")
    world.run(LATE_S + 30)
    assert open_alerts(world) == []


def test_a_late_ok_takes_neither_of_two_and_says_how_to_take_each(tmp_path: Path) -> None:
    """The one of before it was meant for; but perhaps a clock is wrong, and it is of now."""
    world = box(tmp_path)
    world.text(CALLER, "Premier")
    world.run(30)
    text_late(world, BRUNO, "OK")
    world.run(LATE_S - 100)
    world.call(OTHER, patience_s=20)   # a text would wait behind the OK
    world.run(150)
    assert open_alerts(world) == [CALLER, OTHER]
    first, second = (alert.reference for alert in world.attendant._alerts.book.unsettled())
    assert f"En attente : {first}, {second}. Pour prendre : OK {second}." in world.texts(BRUNO)[-1]
    world.text(BRUNO, f"OK {first}")
    world.run(40)
    assert open_alerts(world) == [OTHER]


def test_a_late_ok_to_nothing_is_told_how_to_take_what_waits(tmp_path: Path) -> None:
    world = box(tmp_path)
    for word in ("OK", "NON", "OK 7mn"):
        text_late(world, BRUNO, word)
    world.run(LATE_S - 100)
    world.call(OTHER, patience_s=20)
    world.run(150)
    (alert,) = world.attendant._alerts.book.unsettled()
    answers = [text for text in world.texts(BRUNO) if "trop tard et ne compte pas" in text]
    assert len(answers) == 3
    assert all(f"Pour prendre : OK {alert.reference}." in answer for answer in answers)
    assert alert.state is AlertState.OPEN
    assert not alert.asked[0].declined


def test_a_late_ok_with_its_reference_takes_that_one(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(CALLER, "Premier")
    world.run(30)
    (first,) = world.attendant._alerts.book.unsettled()
    text_late(world, BRUNO, f"OK {first.reference}")
    world.call(OTHER, patience_s=20)
    world.run(LATE_S + 30)
    assert open_alerts(world) == [OTHER]


def test_hours_of_while_the_box_was_off_are_those_of_the_words(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.kill()
    world.run(60)
    begun = world.timeline.utc()
    world.text(BRUNO, "DEBUT")
    world.run(5000)
    ended = world.timeline.utc()
    world.text(BRUNO, "FIN")
    world.run(3000)
    world.restart()
    world.run(90)
    (worked,) = world.page.interventions(NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert abs(worked.started_at - begun) < timedelta(seconds=30)
    assert worked.ended_at is not None
    assert abs(worked.ended_at - ended) < timedelta(seconds=30)
    assert "1 h 23" in world.texts(BRUNO)[-1]


def test_a_fin_of_before_the_debut_ends_nothing(tmp_path: Path) -> None:
    world = box(tmp_path)
    text_late(world, BRUNO, "FIN")
    world.run(600)
    world.text(BRUNO, "DEBUT")
    world.run(LATE_S)
    (worked,) = world.page.interventions(NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert worked.ended_at is None


def test_hours_without_a_clock_are_the_networks(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.skew = timedelta(days=-10)
    world.trust(False)
    world.run(30)
    begun = world.timeline.utc()
    world.text(BRUNO, "DEBUT")
    world.run(60)
    (worked,) = world.page.interventions(NOON - timedelta(days=20), NOON + timedelta(days=1))
    assert abs(worked.started_at - begun) < timedelta(seconds=30)


def test_who_is_renamed_at_work_ends_it_under_the_new_name(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(BRUNO, "DEBUT")
    world.run(60)
    world.change_rota(SAMPLE.replace("Bruno Petit", "Bruno Grand"))
    world.run(60)
    world.text(BRUNO, "FIN")
    world.run(60)
    (worked,) = world.page.interventions(NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert (worked.person, worked.ended_at is None) == ("Bruno Grand", False)


def test_a_take_over_of_a_shift_that_has_ended_changes_nothing(tmp_path: Path) -> None:
    world = box(tmp_path, datetime(2026, 3, 16, 5, 44, tzinfo=UTC))   # Bruno's, until 07:00
    world.kill()
    world.text(CHLOE, "RELAIS")
    world.run(100 * 60)
    world.restart()
    world.run(90)
    duties = world.attendant.roster.duties("Ambulance")
    assert [duty.person.name for duty in duties if duty.level == 1] == ["Alice Martin"]
    assert "trop tard, rien n'a changé" in world.texts(CHLOE)[-1]
    assert not any("Chloé" in text for text in world.texts(ALICE) + world.texts(ADMIN))


def test_a_take_over_of_the_same_shift_is_done_late(tmp_path: Path) -> None:
    world = box(tmp_path)
    text_late(world, ALICE, "RELAIS")
    world.run(LATE_S + 30)
    duties = world.attendant.roster.duties("Ambulance")
    assert [duty.person.name for duty in duties if duty.level == 1] == ["Alice Martin"]


def test_a_clock_that_has_drifted_for_weeks_makes_no_ok_late(tmp_path: Path) -> None:
    """Without network time; the first word of all, and those that follow."""
    world = World(tmp_path, SAMPLE, start=NOON)
    world.skew = timedelta(minutes=7)
    world.run(60)
    for number in (CALLER, OTHER):
        world.text(number, "Bonjour")
        world.run(40)
        world.text(BRUNO, "OK")
        world.run(40)
        world.kill()
        world.restart()
        world.run(60)
        assert open_alerts(world) == []


def test_delays_of_a_damaged_card_are_no_delays(tmp_path: Path) -> None:
    world = box(tmp_path)
    ledger = world.attendant._ledger
    before = len(world.texts(BRUNO))
    odd = {BRUNO: ["a", None, [0], [0, 10**30], [-(10**30), True], [0, -(10**30)]]}
    for value in ([1], "x", {BRUNO: 7}, odd, {"?": [[0, 0]]}):
        ledger.remember("word-delays", value)
        world.text(BRUNO, "QUI")
        world.run(20)
    assert len(world.texts(BRUNO)) == before + 5
    found = ledger.fact("word-delays")
    assert isinstance(found, dict)
    assert list(found) == [BRUNO]


def test_many_that_were_held_up_together_are_late_to_the_last(tmp_path: Path) -> None:
    world = box(tmp_path)
    for number in range(9):
        text_late(world, BRUNO, f"OK ZZ{number}" if number < 8 else "OK")
    world.run(LATE_S - 150)
    world.call(OTHER, patience_s=20)
    world.run(240)
    assert open_alerts(world) == [OTHER]
    assert "trop tard et ne compte pas" in world.texts(BRUNO)[-1]


def test_a_clock_that_was_set_makes_no_ok_late(tmp_path: Path) -> None:
    world = box(tmp_path)
    for skew in (timedelta(minutes=20), timedelta(0), timedelta(minutes=-20), timedelta(0)):
        world.skew = skew
        world.text(CALLER, f"Bonjour {skew}")
        world.run(40)
        world.text(BRUNO, "OK")
        world.run(40)
        assert open_alerts(world) == []


def test_a_take_over_of_exactly_an_hour_ago_is_not_the_next_persons_week(tmp_path: Path) -> None:
    """An OK may be of now, a centre's zone being wrong; a RELAIS says what it has done."""
    world = box(tmp_path, datetime(2026, 3, 16, 6, 28, tzinfo=UTC))
    world.kill()
    world.text(CHLOE, "RELAIS")
    world.run(3600)
    world.restart()
    world.run(40)
    assert "trop tard, rien n'a changé" in world.texts(CHLOE)[-1]


def test_hours_of_exactly_an_hour_ago_are_kept(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.kill()
    world.text(BRUNO, "DEBUT")
    world.run(1500)
    world.text(BRUNO, "FIN")
    world.run(2100)
    world.restart()
    world.run(60)
    assert "0 h 25" in world.texts(BRUNO)[-1]


def test_a_late_ok_takes_no_caller_whose_question_had_not_left(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(CALLER, "Premier")
    world.run(40)
    errors = world.network.subscriber(world.number).conditions.sms_errors
    errors.extend([RpCause.NETWORK_OUT_OF_ORDER] * 5000)
    world.call(OTHER, patience_s=20)
    world.run(90)
    text_late(world, BRUNO, "OK", 1800)   # about the first: of the second he has read nothing
    world.run(1200)
    errors.clear()
    world.run(900)
    assert world.journal("ack") == []
    assert "trop tard et ne compte pas" in world.texts(BRUNO)[-1]


def test_an_administrator_whose_ok_came_late_is_told_what_waits(tmp_path: Path) -> None:
    world = box(tmp_path)
    text_late(world, ADMIN, "OK")
    world.call(CALLER, patience_s=20)
    world.run(LATE_S + 60)
    (alert,) = world.attendant._alerts.book.unsettled()
    assert alert.state is AlertState.EXHAUSTED
    told = " ".join(world.texts(ADMIN))
    assert f"Pour prendre : OK {alert.reference}." in told
    assert "autre Veilleur" not in told   # the box's own SMS to itself was held up, too


def test_who_gets_the_telephone_days_later_is_not_who_was_at_work(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(BRUNO, "DEBUT")
    world.run(40)
    world.run_to(NOON + timedelta(days=3))
    world.change_rota(SAMPLE.replace("Bruno Petit", "Denis Nouveau"))
    world.run(60)
    world.text(BRUNO, "FIN")
    world.run(60)
    assert "Aucune intervention" in world.texts(BRUNO)[-1]


def test_an_ok_that_waited_out_a_power_cut_with_the_report_of_its_question(tmp_path: Path) -> None:
    """The report is read first, after the start; the question had left before all the same."""
    world = box(tmp_path)
    world.phone(BRUNO).switch_off()
    world.text(CALLER, "Premier")
    world.run(40)
    world.kill()
    world.phone(BRUNO).switch_on()
    world.run(60)
    world.text(BRUNO, "OK")
    world.run(1400)
    world.restart()
    world.run(90)
    assert open_alerts(world) == []


def test_what_is_as_late_as_the_time_before_is_a_clock(tmp_path: Path) -> None:
    """Four minutes, of a box that was started with another clock: it asks once what is meant."""
    world = box(tmp_path)
    world.run(2400)
    world.kill()
    world.skew = timedelta(minutes=4)
    world.restart()
    world.run(60)
    left = []
    for _ in range(3):
        world.text(CALLER, "Bonjour")
        world.run(40)
        world.text(BRUNO, "OK")
        world.run(40)
        left.append(len(open_alerts(world)))
        last = world.attendant._alerts.book.last_asked_of(bruno(world))
        assert last is not None
        world.text(BRUNO, f"OK {last.reference}")
        world.run(2400)
    assert left == [1, 0, 0]


def test_a_clock_that_was_set_since_the_start_and_before_any_word_is_another_one(
    tmp_path: Path,
) -> None:
    """Found by a simulated month: the first OK after that counted for nothing."""
    world = box(tmp_path)
    world.kill()
    world.restart()
    world.run(60)
    world.skew = timedelta(seconds=6521)
    world.run(60)
    world.text(CALLER, "Bonjour")
    world.run(40)
    world.text(BRUNO, "OK")
    world.run(40)
    assert open_alerts(world) == []
