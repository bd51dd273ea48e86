"""A site file in which nobody is an administrator: alarms must reach somebody all the same."""

from __future__ import annotations

import re

import pytest

from firmware.record import AlertCause
from firmware.rota import Rota, read_site_file
from tests.alert.bench import Bench
from tests.simulation.sites import ADMIN, ALICE, BRUNO, SAMPLE
from tests.sms.outbox_bench import handed_over

pytestmark = pytest.mark.usefixtures("modem_family")


def site(*, admin: bool) -> Rota:
    return read_site_file(SAMPLE if admin else re.sub(r'role = "admin"', 'role = "staff"', SAMPLE))


def texted(bench: Bench, text: str) -> set[str]:
    return {number for number, said in handed_over(bench) if text in said}


@pytest.mark.parametrize("admin", [True, False])
def test_an_alarm_reaches_the_administrators_or_else_everybody(admin: bool) -> None:
    bench = Bench(site(admin=admin))
    bench.bell.ring("test", "the modem does not answer.")
    for _ in range(10):
        bench.wait(10)
        bench.bell.tick()
    reached = texted(bench, "modem")
    assert reached == {ADMIN} if admin else {ADMIN, ALICE, BRUNO} <= reached


def test_a_caller_is_not_lost_where_nobody_is_on_duty_either() -> None:
    rota = site(admin=False)
    bench = Bench(Rota(rota.site, rota.people, rota.services, (), ()))
    bench.desk.open(AlertCause.CALL, rota.services[0].name, cause_id=1, number="+33699887766")
    bench.settle()
    assert {ADMIN, ALICE, BRUNO} <= texted(bench, "+33699887766")
