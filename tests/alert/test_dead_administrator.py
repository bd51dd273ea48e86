"""Administrators whose number is nobody's any more: alarms must reach somebody all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.alert.undelivered import Undelivered
from firmware.duty.roster import UNREACHED
from firmware.rota import read_site_file
from firmware.sms.tpdu import ReportOutcome
from firmware.wording import messages
from hw.simulator.causes import RpCause
from hw.simulator.numbers import normalise
from hw.simulator.terminal import SubmitResult
from hw.simulator.tpdu import decode_from_mobile
from tests.alert.bench import NOON, Bench
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import World
from tests.sms.outbox_bench import handed_over, report

SITE = SAMPLE.replace("acknowledge_within_s = 300", "acknowledge_within_s = 60")
ALICE_TOO = SITE.replace(f'mobile = "{ALICE}"\n', f'mobile = "{ALICE}"\nrole = "admin"\n')
OTHER = "+33612345678"
KEY = f"{UNREACHED}Dora Admin"
STAFF = (ALICE, BRUNO, CHLOE)
LOW = {"amount": "0,20"}
Refusing = Callable[[str, RpCause | None], None]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], Refusing]:
    """The service centre answers with a cause for a number, or takes its SMS again."""

    def of(world: World) -> Refusing:
        centre, causes = world.network.service_centre, dict[str, RpCause]()
        takes = centre.accept

        def accept(sender: str, tpdu: bytes, *more: Any) -> SubmitResult:
            cause = causes.get(normalise(decode_from_mobile(tpdu).recipient))
            return takes(sender, tpdu, *more) if cause is None else SubmitResult(cause)

        def refuse(number: str, cause: RpCause | None) -> None:
            causes.pop(number, None)
            if cause is not None:
                causes[number] = cause

        monkeypatch.setattr(centre, "accept", accept)
        return refuse

    return of


def box(folder: Path, site: str) -> World:
    world = CalmWorld(folder, site, start=NOON)
    world.run(120)
    return world


def alarmed(world: World, words: str) -> set[str]:
    found = {number: " ".join(world.texts(number)) for number in (*STAFF, ADMIN)}
    return {number for number, texts in found.items() if words in texts}


@pytest.mark.parametrize("restarted", [False, True])
def test_where_the_only_administrator_has_a_dead_number_everybody_is_alarmed(
    restarted: bool, tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    world = box(tmp_path, SITE)
    refuse = refusing(world)
    refuse(ADMIN, RpCause.UNASSIGNED_NUMBER)
    if not restarted:
        world.text(CALLER, "Au secours")
        world.run(900)
        assert alarmed(world, "personne n'a répondu") == set(STAFF)
    world.attendant._bell.ring("credit", messages.CREDIT_LOW, LOW)
    world.run(300)
    assert alarmed(world, "crédit") == set(STAFF)
    assert KEY in world.alarms()
    if restarted:
        world.kill()
        world.restart()
        world.run(120)
        world.text(CALLER, "Au secours")
        world.run(900)
        assert alarmed(world, "personne n'a répondu") == set(STAFF)
    assert all(sum("crédit" in text for text in world.texts(number)) == 1 for number in STAFF)
    refuse(ADMIN, None)                       # the number is theirs again
    world.text(ADMIN, "QUI")
    world.run(60)
    assert KEY not in world.alarms()
    world.attendant._bell.still("credit")
    world.run(300)
    assert alarmed(world, "RETOUR") == {ADMIN}


def test_a_number_that_is_corrected_is_believed_at_once(
    tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    world = box(tmp_path, SITE)
    refusing(world)(ADMIN, RpCause.UNASSIGNED_NUMBER)
    world.attendant._bell.ring("credit", messages.CREDIT_LOW, LOW)
    world.run(300)
    assert KEY in world.alarms()
    world.network.phone(OTHER)
    world.change_rota(SITE.replace(ADMIN, OTHER))
    world.run(10)
    assert KEY not in world.alarms()
    world.attendant._bell.still("credit")
    world.run(300)
    assert "RETOUR" in world.texts(OTHER)[-1]
    assert alarmed(world, "RETOUR") == set()


def test_the_staff_have_no_alarm_while_one_administrator_has_them(
    tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    world = box(tmp_path, ALICE_TOO)
    refuse = refusing(world)
    refuse(ADMIN, RpCause.UNASSIGNED_NUMBER)
    world.attendant._bell.ring("credit", messages.CREDIT_LOW, LOW)
    world.run(300)
    assert KEY in world.alarms()
    assert alarmed(world, "crédit") == {ALICE}
    assert len(world.texts(ALICE)) == 1
    refuse(ALICE, RpCause.UNASSIGNED_NUMBER)
    world.attendant._bell.ring("disk-space", messages.DISK_SPACE, {"free": "20"})
    world.run(300)
    assert alarmed(world, "20 Mo") == {BRUNO, CHLOE}


def test_a_second_number_that_works_is_enough(
    tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    numbers = f'mobile = "{ADMIN}"\nother_numbers = ["{OTHER}"]\n'
    world = box(tmp_path, SITE.replace(f'mobile = "{ADMIN}"\n', numbers))
    world.network.phone(OTHER)
    refusing(world)(ADMIN, RpCause.UNASSIGNED_NUMBER)
    world.attendant._bell.ring("credit", messages.CREDIT_LOW, LOW)
    world.run(300)
    assert KEY not in world.alarms()
    assert alarmed(world, "crédit") == set()
    assert "crédit" in world.texts(OTHER)[0]


def test_a_network_that_takes_no_sms_makes_nobodys_number_dead(
    tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    """A bill that was not paid: once it is, the staff have no alarm that was not for them."""
    world = box(tmp_path, SITE)
    refuse = refusing(world)
    for number in (*STAFF, ADMIN, world.number):
        refuse(number, RpCause.OPERATOR_DETERMINED_BARRING)
    world.text(CALLER, "Au secours")
    world.attendant._bell.ring("credit", messages.CREDIT_LOW, LOW)
    world.run(3 * 3600)
    for number in (*STAFF, ADMIN, world.number):
        refuse(number, None)
    world.text(BRUNO, "QUI")    # the answer leaves before an alarm is tried again
    world.run(900)
    assert KEY not in world.alarms()
    assert alarmed(world, "crédit") == {ADMIN}


def test_one_that_alone_the_operator_bars_is_found_out(
    tmp_path: Path, refusing: Callable[[World], Refusing]
) -> None:
    """The answers to others leave."""
    world = box(tmp_path, SITE)
    refusing(world)(ADMIN, RpCause.OPERATOR_DETERMINED_BARRING)
    world.text(CALLER, "Au secours")
    world.run(900)
    for _ in range(4):
        world.text(BRUNO, "QUI")
        world.run(900)
    assert KEY in world.alarms()
    assert alarmed(world, "personne n'a répondu") == set(STAFF)


def test_an_sms_that_the_network_took_and_gave_up_has_not_reached_them() -> None:
    """That the next one is taken, too, says nothing of the telephone; that it is read does."""
    bench = Bench(read_site_file(SITE))
    Undelivered(bench.ledger, bench.roster, bench.outbox, bench.desk, bench.bell)
    bench.bell.ring("credit", messages.CREDIT_LOW, LOW)
    bench.rings_for(60)
    assert [number for number, _ in handed_over(bench)] == [ADMIN]
    report(bench, 1, ReportOutcome.FAILED, to=ADMIN)
    bench.wait(30)
    assert {number for number, _ in handed_over(bench)} == {ADMIN, *STAFF}
    assert bench.ledger.alarm(KEY) is not None
    count = len(handed_over(bench))
    bench.bell.ring("alert:7", messages.ALERT_UNANSWERED, {"reference": "R07", "what": "appel"})
    bench.wait(30)
    assert {number for number, _ in handed_over(bench)[count:]} == {ADMIN, *STAFF}
    assert bench.ledger.alarm(KEY) is not None
    for turn, (number, _) in enumerate(handed_over(bench)[count:], start=count + 1):
        report(bench, turn, ReportOutcome.DELIVERED, to=number)
    assert bench.ledger.alarm(KEY) is None


@pytest.mark.parametrize("values", [{}, {"number": "?", "why": ""}])
def test_an_alarm_of_another_version_ends_all_the_same(values: dict[str, str]) -> None:
    bench = Bench(read_site_file(SITE))
    Undelivered(bench.ledger, bench.roster, bench.outbox, bench.desk, bench.bell)
    bench.ledger.raise_alarm(KEY, messages.ALARMS_UNREACHED, values)
    bench.bell.ring("credit", messages.CREDIT_LOW, LOW)
    bench.rings_for(60)
    assert {number for number, _ in handed_over(bench)} == {ADMIN, *STAFF}
    assert bench.ledger.alarm(KEY) is None
