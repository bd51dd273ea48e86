"""A modem that dies again and again is told, whatever each death is called."""

from __future__ import annotations

from firmware.health.modem_deaths import DEATHS_MAX, KEY, OVER_S, WITHIN_S, ModemDeaths
from firmware.rota import read_site_file
from tests.alert.bench import Bench
from tests.simulation.sites import SAMPLE


def _box() -> tuple[Bench, ModemDeaths]:
    bench = Bench(read_site_file(SAMPLE))
    return bench, ModemDeaths(bench.ledger, bench.bell)


def _passes(bench: Bench, modem: ModemDeaths, seconds: float, *, ready: bool = True) -> None:
    for _ in range(round(seconds / 60)):
        bench.rings_for(59)
        modem.look(ready=ready)


def _dies(
    bench: Bench, modem: ModemDeaths, times: int, apart_s: float, *, well: bool = True
) -> None:
    for turn in range(times):
        if turn % 2:
            modem.restarted("RDY", well=well)
        else:
            modem.lost("/dev/ttyUSB2", "unplugged", well=well)
        _passes(bench, modem, apart_s)


def test_four_deaths_within_an_hour_are_one_alarm_until_there_was_none_for_long() -> None:
    bench, modem = _box()
    _dies(bench, modem, 30, 120.0)
    assert bench.ledger.alarm(KEY) is not None
    assert [text.split()[0] for text in bench.texts()] == ["ALARME"]
    _passes(bench, modem, OVER_S + 600, ready=False)
    assert bench.ledger.alarm(KEY) is not None   # without a modem nobody knows
    _passes(bench, modem, OVER_S + 120)
    assert bench.ledger.alarm(KEY) is None


def test_a_death_now_and_then_is_none_and_what_mending_does_is_no_death() -> None:
    bench, modem = _box()
    _dies(bench, modem, 12, WITHIN_S / (DEATHS_MAX - 1))
    _dies(bench, modem, 30, 60.0, well=False)
    assert bench.ledger.alarm(KEY) is None


def test_an_alarm_of_before_a_restart_of_the_box_has_its_time_too() -> None:
    bench, modem = _box()
    _dies(bench, modem, 4, 60.0)
    modem = ModemDeaths(bench.ledger, bench.bell)
    _passes(bench, modem, OVER_S - 120)
    assert bench.ledger.alarm(KEY) is not None
    _passes(bench, modem, 300)
    assert bench.ledger.alarm(KEY) is None
