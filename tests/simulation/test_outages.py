"""To which fault the ledger charges an outage, and with how many of its seconds."""

from __future__ import annotations

from typing import cast

import pytest

from hw.simulator.timeline import Timeline
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import DEAF, SEVERAL, SEVERAL_AND_DEAF, Felt, Outages, is_late
from tests.simulation.pace import ILL, STRUCK, WELL, Pace

MARGIN_S = 2.0    # it is looked at twice a second, later less often


class Ears:
    """What outages look at of a box."""

    def __init__(self) -> None:
        self.timeline = Timeline(1)
        self.hears = True
        self.paces: list[Pace] = []
        self.outages = Outages(cast(SimulatedBox, self))

    @property
    def now_ms(self) -> int:
        return self.timeline.now_ms

    def keep_pace(self, pace: Pace) -> None:
        self.paces.append(pace)

    def strike(self, fault: str, mended_after_s: int = 0, *, deafens: bool = True) -> None:
        self.hears = self.hears and not deafens
        self.outages.struck(fault, mended_after_s * 1000)

    def run(self, seconds: int) -> None:
        self.timeline.run_until(self.now_ms + seconds * 1000)

    def mend(self) -> None:
        self.hears = True
        self.run(60)

    def only(self, name: str) -> Felt:
        """The one outage, which is charged to this."""
        felt = self.outages.recoveries.felt
        assert list(felt) == [name]
        assert len(felt[name]) == 1
        return felt[name][0]


def _about(felt: Felt, seconds: float) -> bool:
    return seconds <= felt.seconds <= seconds + MARGIN_S


def test_a_fault_that_struck_alone_is_charged_and_dated() -> None:
    ears = Ears()
    ears.run(100)
    ears.strike("USB stumbles")
    ears.run(20)
    ears.mend()
    assert ears.paces == [STRUCK, WELL]
    felt = ears.only("USB stumbles")
    assert _about(felt, 20)
    assert felt.began_ms == 100_000
    assert ears.outages.settled


@pytest.mark.parametrize(
    ("faults", "seconds", "has_relay", "late"),
    [
        (("power cut",), 601.0, False, True),
        (("power cut",), 599.0, False, False),
        (("modem hangs",), 1820.0, True, True),
        (("modem hangs",), 1820.0, False, False),
        (("power cut", "modem falls silent"), 1820.0, False, False),
        ((DEAF,), 10_000.0, True, False),
        (("power cut", DEAF), 10_000.0, True, False),
    ],
)
def test_what_is_too_late(
    faults: tuple[str, ...], seconds: float, has_relay: bool, late: bool
) -> None:
    assert is_late(Felt(0, seconds, faults), has_relay=has_relay) is late


@pytest.mark.parametrize(("seconds", "late"), [(966.0, False), (1499.0, False), (1501.0, True)])
def test_two_who_speak_are_not_cut_by_a_reset(seconds: float, late: bool) -> None:
    silent = ("modem falls silent", "USB stumbles")
    assert is_late(Felt(0, seconds, silent, talk=True), has_relay=True) is late
    assert is_late(Felt(0, seconds, silent), has_relay=True)


@pytest.mark.parametrize("talks", [False, True])
def test_an_outage_knows_whether_two_spoke_as_it_began(talks: bool) -> None:
    ears = Ears()
    ears.outages.talks = lambda: talks
    ears.strike("USB stumbles")
    ears.run(20)
    ears.outages.talks = lambda: False
    ears.mend()
    assert ears.only("USB stumbles").talk is talks


def test_what_people_mend_is_counted_from_then() -> None:
    ears = Ears()
    ears.strike("power cut", 300)
    ears.run(312)
    ears.mend()
    assert _about(ears.only("power cut"), 12)


def test_a_stumble_of_a_deaf_modem_is_not_charged_with_its_hours() -> None:
    for first, second in ((DEAF, "USB stumbles"), ("USB stumbles", DEAF)):
        ears = Ears()
        ears.strike(first)
        ears.run(5)
        ears.strike(second)
        ears.run(6000)
        ears.mend()
        felt = ears.only(SEVERAL_AND_DEAF)
        assert felt.faults == (first, second)
        assert 6005 <= felt.seconds <= 6011
        assert ears.paces == [STRUCK, STRUCK, ILL, WELL]


def test_of_several_faults_the_time_of_people_is_taken_off_and_no_other() -> None:
    ears = Ears()
    ears.strike("modem hangs")
    ears.run(100)
    ears.strike("SIM removed", 400)
    ears.run(410)
    ears.mend()
    felt = ears.only(SEVERAL)
    assert 110 <= felt.seconds <= 113


def test_what_does_no_harm_counts_as_nothing_and_is_blamed_for_nothing() -> None:
    ears = Ears()
    ears.strike("disk full", 200, deafens=False)
    ears.run(100)
    ears.strike("USB stumbles")
    ears.run(2)
    ears.mend()
    ears.run(200)
    felt = ears.outages.recoveries.felt
    assert felt["disk full"] == [Felt(0, 0.0)]
    assert _about(felt["USB stumbles"][0], 2)


def test_how_much_of_a_wait_nothing_could_leave() -> None:
    ears = Ears()
    for _ in range(2):
        ears.strike("power cut", 10)
        ears.run(20)
        ears.mend()
    ears.strike("modem hangs")
    ears.run(30)
    unable_ms = ears.outages.unable_ms
    assert unable_ms(0, 60_000) in range(20_000, 20_501)
    assert unable_ms(10_000, 90_000) in range(20_000, 20_501)
    assert unable_ms(81_000, 190_000) in range(49_000, 49_501)
    assert unable_ms(30_000, 70_000) == 0
    ears.outages.takes_no_sms(60_000)
    ears.run(20)
    ears.mend()
    assert unable_ms(150_000, 300_000) in range(90_000, 90_501)
