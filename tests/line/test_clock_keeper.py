"""The network's time: what is believed of +CCLK, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from firmware.alert.bell import Bell
from firmware.duty.roster import Roster
from firmware.effect import SetClock
from firmware.ledger import Ledger
from firmware.line.clock_keeper import AGAIN_S, APART_S, RETRY_S, ClockKeeper
from firmware.line.modem_line import ModemLine
from firmware.moment import BUILT, Moment
from firmware.record import JournalEntry, Memory
from firmware.sms.outbox import Outbox
from firmware.speaker import Speaker
from firmware.wording import LANGUAGES, Wording, messages
from tests.modem_by_hand import START, ModemByHand, profile

pytestmark = pytest.mark.usefixtures("modem_family")

WORDINGS = {language: Wording(language) for language in LANGUAGES}


class Bench:
    """A keeper on a modem played by hand, whose clock runs from ``says`` on."""

    def __init__(
        self,
        says: datetime | str,
        *,
        believed: datetime = START,
        trusted: bool = False,
        floor: datetime | None = None,
    ) -> None:
        self.line = ModemLine(profile())
        self.modem = ModemByHand(self.line)
        self.says = says
        self.drift = 1.0
        self.adopts = False   # as where no NTP keeps the clock
        self.believed, self.trusted = believed, trusted
        self.ledger = Ledger(Memory(), self.moment)
        roster = Roster(self.ledger, None)
        outbox = Outbox(self.ledger, self.line, ())
        bell = Bell(self.ledger, roster, outbox, Speaker(self.ledger, roster, WORDINGS))
        self.keeper = ClockKeeper(self.ledger, self.line, bell, floor)
        self.set: list[SetClock] = []
        self.line.opened(self.modem.moment, profile())
        self.modem.settle()
        self.keeper.follow(True)

    @property
    def moment(self) -> Moment:
        passed = timedelta(seconds=self.modem.now_s - 100.0)
        return Moment(self.modem.now_s, self.believed + passed, self.trusted)

    def run(self, seconds: float) -> None:
        end_s = self.modem.now_s + seconds
        while True:
            self._answer()
            self.ledger.moment = self.moment
            self.keeper.tick()
            self.modem.settle()
            self._adopt(self.keeper.take_effects())
            due_s = self.keeper.deadline_s
            if due_s is None or due_s > end_s:
                self.modem.pass_time(end_s - self.modem.now_s)
                return
            self.modem.pass_time(due_s - self.modem.now_s)

    def _adopt(self, effects: list[SetClock]) -> None:
        self.set += effects
        for told in effects if self.adopts else ():
            since_start = timedelta(seconds=told.monotonic_s - 100.0)
            self.believed, self.trusted = told.utc - since_start, True

    def believes(self, told: datetime) -> bool:
        return self.trusted and abs(self.believed - told) < timedelta(minutes=1)

    def _answer(self) -> None:
        text = self.says
        if isinstance(text, datetime):
            passed = timedelta(seconds=(self.modem.now_s - 100.0) * self.drift)
            local = text + passed + timedelta(hours=1)
            text = f'"{local:%y/%m/%d,%H:%M:%S}+04"'
        self.modem.answers["AT+CCLK?"] = (f"+CCLK: {text}", "OK")

    @property
    def asked(self) -> int:
        return self.modem.heard.count("AT+CCLK?")

    @property
    def alarms(self) -> set[str]:
        return {alarm.key for alarm in self.ledger.alarms}


TRUTH = START + timedelta(days=3, hours=5)


def test_two_readings_that_agree_are_believed_and_asked_again_in_an_hour() -> None:
    bench = Bench(TRUTH)
    bench.run(APART_S - 1)
    assert bench.set == []
    assert "clock" in bench.alarms
    bench.run(3)
    (told,) = bench.set
    truth = TRUTH + timedelta(seconds=told.monotonic_s - 100.0)
    assert abs(told.utc - truth) <= timedelta(seconds=1)
    bench.trusted, bench.believed = True, TRUTH
    bench.run(AGAIN_S - 60)
    assert bench.asked == 2
    assert bench.alarms == set()
    bench.run(120)
    assert bench.asked == 4


@pytest.mark.parametrize(
    "says",
    [
        '"80/01/06,00:00:34+00"',        # GPS' beginning, a fake of test networks
        '"04/01/01,00:00:10+00"',        # a modem that was never told
        '"26/03/10,13:00:00"',           # without its zone it is no instant
        '"XX/XX/XX,XX:XX:XX+XX"',
        '"26/13/45,25:61:61+00"',
        BUILT - timedelta(days=1),
        TRUTH + timedelta(weeks=1024),   # a mast whose receiver has lost count
    ],
)
def test_what_is_no_time_is_asked_for_again(says: str | datetime) -> None:
    bench = Bench(says)
    bench.run(5 * RETRY_S + 1)
    assert bench.set == []
    assert bench.asked == 6
    assert "clock" in bench.alarms


def test_a_clock_that_does_not_run_or_runs_away_is_not_believed() -> None:
    for drift in (0.0, 2.0, -1.0):
        bench = Bench(TRUTH)
        bench.drift = drift
        bench.run(600)
        assert bench.set == []


def test_nothing_is_older_than_the_newest_row() -> None:
    bench = Bench(TRUTH, floor=TRUTH + timedelta(hours=1))
    bench.run(600)
    assert not bench.set
    bench = Bench(TRUTH, floor=TRUTH + timedelta(minutes=1))   # another mast, another second
    bench.run(600)
    assert bench.set
    bench = Bench(TRUTH, floor=TRUTH - timedelta(hours=1))
    bench.run(600)
    assert bench.set


@pytest.mark.parametrize(("off", "taken"), [
    (timedelta(hours=23), True), (timedelta(hours=-23), True),
    (timedelta(hours=25), False), (timedelta(days=-4), False),
])  # fmt: skip
def test_a_trusted_clock_does_not_jump_by_days(off: timedelta, taken: bool) -> None:
    bench = Bench(START + off, trusted=True)
    bench.run(60)
    assert bool(bench.set) is taken
    assert ("clock-differs" in bench.alarms) is not taken
    if taken:
        assert abs(bench.set[0].utc - START - off) < timedelta(minutes=1)


def test_an_unset_clock_may_jump_by_years() -> None:
    bench = Bench(TRUTH, believed=datetime(1970, 1, 1, tzinfo=UTC))
    bench.run(60)
    assert abs(bench.set[0].utc - TRUTH) < timedelta(minutes=1)


def test_years_in_a_cupboard_are_believed() -> None:
    bench = Bench(TRUTH + timedelta(days=9 * 365), floor=TRUTH)
    bench.run(60)
    assert bench.set


def test_a_trusted_clock_that_is_right_stays_as_it_is() -> None:
    bench = Bench(START, trusted=True)
    bench.run(60)
    (told,) = bench.set
    assert told.utc == START + timedelta(seconds=told.monotonic_s - 100.0)
    assert bench.ledger.take() == ()


def test_the_network_s_own_word_is_read_at_once() -> None:
    bench = Bench(TRUTH)
    bench.run(60)
    bench.keeper.heard()
    bench.run(APART_S + 1)
    assert len(bench.set) == 2


def test_a_modem_off_the_network_is_not_asked() -> None:
    bench = Bench(TRUTH)
    bench.keeper.follow(False)
    bench.run(60)
    bench.keeper.heard()
    bench.run(60)
    assert bench.asked == 0


def test_people_hear_of_it_when_it_lasts() -> None:
    bench = Bench('"04/01/01,00:00:10+00"')
    bench.run(60)
    assert bench.keeper.deadline_s is not None
    assert "clock" in bench.alarms
    bench.run(700)
    bench.trusted = True
    bench.run(60)
    assert bench.alarms == set()


LIE = TRUTH + timedelta(days=1461)
HOUR = 3600.0


def lied_to() -> Bench:
    """A box that started without the time, and was told another year."""
    bench = Bench(LIE, believed=datetime(1970, 1, 1, tzinfo=UTC), floor=START)
    bench.adopts = True
    bench.run(60)
    assert bench.believes(LIE)
    bench.says = TRUTH
    bench.keeper.heard()
    return bench


def test_what_only_the_network_told_is_taken_back_after_an_hour_of_the_truth() -> None:
    bench = lied_to()
    bench.run(HOUR)
    assert bench.believes(LIE)
    assert "clock-differs" in bench.alarms
    bench.run(300)
    assert bench.believes(TRUTH)
    assert bench.alarms == set()
    assert [row.outcome for row in bench.ledger.take() if isinstance(row, JournalEntry)][:2] == [
        "network_time", "network_time",
    ]  # fmt: skip


@pytest.mark.parametrize("from_the_network", [True, False])
def test_a_time_of_somebody_better_is_not_taken_back(from_the_network: bool) -> None:
    """NTP's: from the start on, or it has come since."""
    bench = lied_to() if from_the_network else Bench(TRUTH, believed=LIE, trusted=True)
    bench.adopts = True
    bench.believed = LIE - timedelta(days=90)
    bench.run(5 * HOUR)
    assert bench.believes(LIE - timedelta(days=90))
    assert "clock-differs" in bench.alarms


def test_an_hour_begins_anew_with_each_other_time_but_not_with_what_is_none() -> None:
    for says, counts in (
        (TRUTH - timedelta(days=9), True), (LIE, True), (TRUTH + timedelta(seconds=40), True),
        ('"80/01/06,00:00:34+00"', False), ('"26/13/45,25:61:61+00"', False),
        (TRUTH + timedelta(weeks=1024), False),
    ):  # fmt: skip
        bench = lied_to()
        bench.run(0.8 * HOUR)
        bench.says = says
        bench.run(150)
        bench.says = TRUTH
        bench.keeper.heard()
        bench.run(0.4 * HOUR)
        assert bench.believes(TRUTH) is not counts, says
        bench.run(0.9 * HOUR)
        assert bench.believes(TRUTH), says


def test_a_word_an_hour_ago_and_another_now_are_no_hour_of_one_time() -> None:
    bench = lied_to()
    bench.run(60)
    bench.keeper.follow(False)
    bench.run(HOUR)
    bench.keeper.follow(True)
    bench.run(60)
    assert bench.believes(LIE)


def test_a_clock_that_stands_still_takes_nothing_back() -> None:
    for drift in (0.0, 1.05, -1.0):
        bench = lied_to()
        bench.drift = drift
        bench.run(3 * HOUR)
        assert bench.believes(LIE)


def test_the_newest_row_is_no_veto_for_ever() -> None:
    """The store holds a row of a clock that was ahead; before this program it never is."""
    bench = Bench(TRUTH, believed=datetime(1970, 1, 1, tzinfo=UTC), floor=LIE)
    bench.adopts = True
    bench.run(590)
    assert bench.set == []
    bench.run(120)
    assert bench.believes(TRUTH)
    assert "network_time" in {
        row.outcome for row in bench.ledger.take() if isinstance(row, JournalEntry)
    }
    asked = bench.asked
    bench.run(2 * HOUR)
    assert bench.asked - asked <= 6   # it is as good as any
    assert bench.alarms == set()
    for says in (BUILT - timedelta(days=1), TRUTH + timedelta(weeks=1024)):
        bench = Bench(says, floor=LIE)
        bench.run(3 * HOUR)
        assert bench.set == []


def test_ten_minutes_begin_anew_with_another_time() -> None:
    bench = Bench(TRUTH, floor=LIE)
    bench.run(500)
    bench.says = TRUTH - timedelta(days=9)
    bench.run(90)
    bench.says = TRUTH
    bench.run(500)
    assert bench.set == []
    bench.run(300)
    assert bench.set


def test_a_lie_that_the_store_holds_is_taken_back_as_well() -> None:
    """It was told again after the next start, and it is older than the truth's newest row."""
    bench = Bench(LIE, believed=datetime(1970, 1, 1, tzinfo=UTC), floor=LIE - timedelta(days=1))
    bench.adopts = True
    bench.run(60)
    bench.says = TRUTH
    bench.run(3 * HOUR)
    assert bench.believes(TRUTH)


def differing() -> Bench:
    """The clock is three days ahead; then the modem tells no time any more."""
    bench = Bench(START - timedelta(days=3), trusted=True)
    bench.run(60)
    assert "clock-differs" in bench.alarms
    bench.says = '"80/01/06,00:00:34+00"'
    bench.run(60)
    return bench


def test_the_alarm_ends_when_the_clock_was_set_and_nobody_says_otherwise() -> None:
    bench = differing()
    bench.believed -= timedelta(days=3)
    bench.run(2.9 * HOUR)
    assert "clock-differs" in bench.alarms
    bench.run(0.2 * HOUR)
    assert bench.alarms == set()


@pytest.mark.parametrize("follows", [True, False])
def test_the_alarm_ends_a_day_after_it_was_told_last(follows: bool) -> None:
    """Also with a modem that is gone."""
    bench = differing()
    bench.keeper.follow(follows)
    bench.run(23.9 * HOUR)
    assert "clock-differs" in bench.alarms
    bench.run(0.2 * HOUR)
    assert bench.alarms == set()


def test_the_alarm_stays_while_another_day_is_told() -> None:
    bench = Bench(START - timedelta(days=3), trusted=True)
    bench.run(60)
    bench.believed -= timedelta(days=1)
    bench.run(30 * HOUR)
    assert "clock-differs" in bench.alarms


def test_an_alarm_of_before_the_start_ends_a_day_later_as_well() -> None:
    bench = Bench('"80/01/06,00:00:34+00"', trusted=True)
    bench.ledger.raise_alarm("clock-differs", messages.CLOCK_DIFFERS, {})
    bench.run(23.9 * HOUR)
    assert "clock-differs" in bench.alarms
    bench.run(0.2 * HOUR)
    assert bench.alarms == set()
