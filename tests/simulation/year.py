"""A simulated year from its seed to its ledger: the safety phase, then the liveness phase."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from firmware.health.modem_deaths import KEY as MODEM_DIES
from firmware.health.modem_deaths import OVER_S
from firmware.health.starts import KEY as DEATHS
from firmware.pulse import ForwardingState, ModemState
from firmware.record import RotaOverride
from firmware.recovery.permits import RecoveryOptions
from hw.simulator.modem_audio import AudioFault
from tests.simulation.box import SimulatedBox
from tests.simulation.incidents import Scene
from tests.simulation.keys import Keys
from tests.simulation.ledger_words import headline, ledger_words
from tests.simulation.misfortune import Misfortune
from tests.simulation.mishaps import Mishaps
from tests.simulation.outages import Felt, Outages, is_late
from tests.simulation.promises import Broken, Promise
from tests.simulation.town import OFFICE, Table, draw_site, site_text
from tests.simulation.truth import RotaTruth
from tests.simulation.voice_town import modem_of, network_of, with_voice
from tests.simulation.watch_alarms import AlarmWatch
from tests.simulation.watch_alerts import AlertWatch
from tests.simulation.watch_calls import CallWatch
from tests.simulation.watch_discipline import Discipline
from tests.simulation.watch_duty import DutyWatch
from tests.simulation.watch_forwarding import ForwardingWatch
from tests.simulation.watch_outages import OutageWatch
from tests.simulation.watch_outgoing import OutgoingWatch
from tests.simulation.watch_rounds import RoundWatch
from tests.simulation.watch_rows import RowWatch
from tests.simulation.watch_second import telling
from tests.simulation.watch_texts import TextWatch
from tests.simulation.watch_voice import VoiceWatch
from tests.simulation.watch_words import WordWatch
from tests.simulation.workload import CALLERS, DAY_MS, FOREIGN, Workload

SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)
FIRST_DAY = datetime(2026, 1, 12, 5, tzinfo=UTC)
DRAIN_MS = 107 * 60_000      # within this, with the faults off, nothing is left over
SETTLED_MS = 10 * 60_000     # a handover at this very instant may still be told of
PARTS_MS = 26 * 3_600_000 + 7 * 60_000    # and a day later what waited for a lost part is told
MODEM_OVER_MS = round(OVER_S * 1000) + 5 * 60_000
GAPS_AHEAD = timedelta(days=31)           # a month, and the day until the daily check
PLANNED_MS = 120_000     # of one round of numbers
DIALLED_MS = 2_000       # from ATD on the wire to a call in the network's books
MISDIALLED_MS = 5_000    # until it is found out and the leg released
BACK_MS = 60_000      # a caller of before an outage is released once the box is back
Progress = Callable[[float], None]


def first_instant(days: int, seed: int) -> datetime:
    """A stretch of days with a change of the clock in it; a year has both."""
    if days >= 330:
        return FIRST_DAY
    change = (SPRING, AUTUMN)[seed % 2]
    begin = change - timedelta(days=days / 2)
    return max(FIRST_DAY, begin.replace(hour=5, minute=0, second=0, microsecond=0))


class Year:
    """Everything of one run; `run` plays it and returns what was broken."""

    def __init__(
        self, folder: Path, days: int, seed: int, faults: float, load: float = 1.0, *,
        voice: bool = False,
    ) -> None:
        self.days, self.seed, self.faults, self.has_voice = days, seed, faults, voice
        self._calm_ms = 0   # when the faults ended
        random = Random(f"town {seed}")
        site = draw_site(random)
        if voice:
            site = with_voice(site, Random(f"voice town {seed}"))
        self.begin = first_instant(days, seed)
        pin = "1234" if random.random() < 0.4 else None
        relay = RecoveryOptions(power=random.random() < 0.5)
        self.box = SimulatedBox(
            folder, site_text(site), start=self.begin, seed=seed, pin=pin, recovery=relay,
            voice=voice, profile=modem_of(seed) if voice else "generic",
        )  # fmt: skip
        self.truth = RotaTruth(site)
        self.outages = Outages(self.box)
        self.outages.on_felt = self._hears_again
        self.outages.talks = lambda: self.box.attendant._calls.joined
        self.outages.on_look = OutageWatch(self.box).look
        self.forwarding = ForwardingWatch(self.box, self.truth)
        self.calls = CallWatch(self.box, self.truth, self.forwarding, self.outages)
        self.texts = TextWatch(self.box, self.outages, self.truth.services)
        self.outgoing = OutgoingWatch(self.box, self.truth, self.outages)
        self.alerts = AlertWatch(self.box, self.truth, self.outages, self.outgoing)
        self.rounds = RoundWatch(
            self.box, self.truth, self.outages, self.outgoing, self.alerts, has_voice=voice
        )
        self.rows = RowWatch(
            self.box, self.truth, self.outages, self.calls, self.outgoing, has_voice=voice
        )
        self.alarms = AlarmWatch(self.box)
        self.discipline = Discipline(self.box)
        self.box.phone(OFFICE)
        self.duty = DutyWatch(self.box, self.truth)
        self.words = WordWatch(self.box, self.truth, self.duty)
        self.box.books.on_override = self._taken_over
        self.box.books.on_override_lost = self._take_over_lost
        self.work = Workload(
            self.box, self.truth, Random(f"work {seed}"), self.calls, self.texts, load
        )
        luck = Random(f"luck {seed}")
        scene = Scene(self.box, luck, self.outages, self.forwarding)
        self.misfortune = Misfortune(scene, luck, faults)
        self.work.on_work = self.misfortune.work_begins
        self.voice = VoiceWatch(self.box, self._voice_breaks, self._is_excused)
        self.keys = Keys(self.box, Random(f"keys {seed}"), self.work.people)
        self.mishaps = Mishaps(scene, Random(f"mishaps {seed}"), faults, self.keys)
        subscriber = self.box.network.subscriber(self.box.number)
        subscriber.profile = telling(subscriber.profile, seed)
        if voice:
            self._listen_to_calls(seed)

    def _hears_again(self, felt: Felt) -> None:
        if is_late(felt, has_relay=self.box.recovery.power):
            what = f"{felt.seconds:.0f} s after {', '.join(felt.faults)}"
            self.box.judge.breaks(Promise.BACK, felt.began_ms, what)

    def _listen_to_calls(self, seed: int) -> None:
        self._planned_by = self.truth.versions   # when somebody last called
        subscriber = self.box.network.subscriber(self.box.number)
        subscriber.profile = network_of(subscriber.profile, Random(f"network {seed}"))
        self.voice.on_dialled = self._must_be_on_duty
        self.calls.on_placed += [self.voice.placed, self.mishaps.placed, self._called]
        self.keys.begin()
        self.mishaps.on_second = self.calls.judge_later
        self.work.others = Random(f"meanwhile {seed}")

    def _called(self, call_id: int) -> None:
        self._planned_by = self.truth.versions
        self.keys.placed(self.box.network.ledger.calls[call_id].caller)

    def _must_be_on_duty(self, number: str) -> None:
        """Whom the box rings for a caller; or a caller, whom somebody of the staff rings back."""
        instant = self.box.moment.utc
        if number in CALLERS or number in FOREIGN or not self.truth.knows(instant):
            return
        messages = self.box.attendant._voice.mail.waiting()
        if any(number == message.number for message in messages):
            return   # one of the staff had rung like anybody
        if self.truth.may_be_rung(number, instant):
            return
        who = self.truth.names.get(number, number)
        now_ms = self.box.now_ms
        clock_set = self.box.skew_at(now_ms - PLANNED_MS) != self.box.skew_at(now_ms)
        if clock_set or self.truth.versions != self._planned_by:
            return   # whom to ring was planned before the clock was set, or the rota changed
        if self.box.damaged(now_ms - DIALLED_MS, now_ms):   # a digit of ATD may be lost
            self.box.timeline.after(MISDIALLED_MS, lambda: self._must_not_go_on(number, who))
            return
        self._voice_breaks(Promise.DUTY, f"rang {who}, who is not on duty")

    def _must_not_go_on(self, number: str, who: str) -> None:
        """The box sees in its list that it is another number, and hangs up."""
        if any(call.dialled == number for call in self.box.network.ledger.open_calls()):
            self._voice_breaks(Promise.DUTY, f"rang {who} by a garbled command, and goes on")

    def _voice_breaks(self, promise: str, what: str) -> None:
        self.box.judge.breaks(promise, self.box.now_ms, what)

    def _is_excused(self) -> bool:
        """A box without power, or with a modem that says nothing, can say nothing: so too while an
        answer is awaited that the wire has lost (the next command waits for its deadline)."""
        now_ms = self.box.now_ms
        if not self.box.attendant._line.quiet:
            return True
        unheard = self.box.modem.audio.dead(AudioFault.NO_SOUND_OUT)   # no box can know
        return unheard or self.box.dead or self.outages.during(now_ms - BACK_MS, now_ms)

    def _taken_over(self, row: RotaOverride) -> None:
        self.duty.takes_over(row)
        self.truth.add_override(self._entry(row))

    def _take_over_lost(self, row: RotaOverride) -> None:
        self.duty.forgets(row)
        self.truth.drop_override(self._entry(row))

    def _entry(self, row: RotaOverride) -> Table:
        """A take-over by SMS is an entry in the rota like any other."""
        entry: Table = {
            "service": row.service,
            "level": row.level,
            "from": self.truth.wall(row.start),
            "to": self.truth.wall(row.end),
        }
        if row.out is not None:
            entry["out"] = row.out
        if row.in_ is not None:
            entry["in"] = row.in_
        return entry

    def run(self, progress: Progress = lambda share: None) -> list[Broken]:
        """Both phases, then every checker's last word."""
        box = self.box
        box.modem.power_on()
        box.run(600)
        end_ms = self.days * DAY_MS
        self.work.begin(end_ms)
        self.misfortune.begin(end_ms)
        self.mishaps.until_ms = end_ms
        while box.now_ms < end_ms:
            box.timeline.run_until(min(end_ms, box.now_ms + DAY_MS))
            progress(box.now_ms / (end_ms + PARTS_MS))
        self._liveness()
        self.calls.finish()
        self.texts.finish()
        self.outgoing.finish()
        self.alerts.finish()
        self.rounds.finish()
        self.rows.finish()
        self.words.finish()
        self.alarms.finish()
        return box.judge.broken

    def _liveness(self) -> None:
        """No fault any more, and no work: everything must come to its end."""
        box = self.box
        self._calm_ms = box.now_ms
        self.misfortune.end()
        self.mishaps.end()
        self.work.people.behave()
        box.run(DRAIN_MS / 1000)
        self._must_be_drained()
        box.run((PARTS_MS - DRAIN_MS) / 1000)
        self._must_be_drained()

    def _must_be_drained(self) -> None:
        box = self.box
        pulse = box.pulse
        left = {
            "the modem is ready": pulse is not None and pulse.modem is ModemState.READY,
            "forwarding is verified": pulse is not None
            and pulse.forwarding is ForwardingState.VERIFIED
            and self.forwarding.is_right(),
            "no SMS waits to leave": not any(
                box.now_ms - box.books.outgoing[number].first_ms > SETTLED_MS
                for number in box.books.sending
            ),
            "no SMS waits on the SIM": box.sim.messages.used + box.modem.own_store.used < 2,
            "no call is in hand": not box.books.calls_in_hand(),
            "no SMS waits in the network": sum(box.network.service_centre.waiting().values()) < 4,
            "no alarm but what people must mend": all(
                self._is_peoples(key) for key in box.books.alarms
            ),
        }
        for what, holds in left.items():
            if not holds:
                detail = f"not true: {what}; {pulse}; alarms {sorted(box.books.alarms)}"
                box.judge.breaks(Promise.DRAINS, box.now_ms, detail)


    def _is_peoples(self, key: str) -> bool:
        """An alarm that no box can end: of an alert nobody answered, of hours with nobody on
        duty, of a silence while nobody rings, of a voice that only people can try again, of
        deaths within a day. Hours without anybody must be in the oracle's rota too."""
        kind, _, service = key.partition(":")
        if kind == "gaps":
            return self.truth.has_gap(service, self.box.moment.utc, GAPS_AHEAD)
        if kind == DEATHS:
            return self.alarms.died_lately(self.box.now_ms)
        if kind == MODEM_DIES:   # for hours without a death, which the faults' last may have been
            return self.box.now_ms < self._calm_ms + MODEM_OVER_MS
        return kind in ("alert", "nobody", "silence", "voice", "voice-unheard")


@dataclass(slots=True)
class Outcome:
    """What came of one run, small enough to travel between processes."""

    days: int
    seed: int
    faults: float
    load: float = 1.0
    voice: bool = False
    digest: str = ""
    broken: list[Broken] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    words: str = ""
    headline: str = ""


def simulate(
    days: int,
    seed: int,
    faults: float = 0.0,
    progress: Progress = lambda share: None,
    load: float = 1.0,
    *,
    voice: bool = False,
) -> Outcome:
    """One run in a temporary folder; ``load`` is the share of 14,600 calls and SMS a year."""
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        year = Year(Path(folder), days, seed, faults, load, voice=voice)
        broken = year.run(progress)
        digest = year.box.sent.hexdigest()
        counts = dict(year.box.judge.counts)
        outcome = Outcome(days, seed, faults, load, voice, digest, broken, counts)
        outcome.words, outcome.headline = ledger_words(year), headline(year)
        year.box.database.close()
        return outcome
