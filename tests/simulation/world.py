"""The whole box in simulated time: the real attendant, the real store on a real file, and the
simulated modem, network and telephones. No thread, no sleep: one heap of events.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from firmware.at.profile import parse_profile
from firmware.attendant import Attendant
from firmware.configuration import Configuration
from firmware.effect import (
    Announce,
    Effect,
    KeepHouse,
    Publish,
    Record,
    ReopenPort,
    Rescue,
    SetClock,
    VoiceEffect,
    WakeAt,
    Write,
)
from firmware.event import (
    Event,
    NightDone,
    RequestsMade,
    RotaChanged,
    StoreChanged,
    Woken,
)
from firmware.line.registration import KEEP_ALIVE_S
from firmware.moment import Moment
from firmware.pulse import Pulse, StoreState
from firmware.record import Fact
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import Rung
from firmware.rota import Rota, VoiceRules, read_site_file
from firmware.store.page_store import PageStore
from firmware.store.recorder import Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.wording import LANGUAGES, Wording
from hw.simulator.faults import FaultyModem
from hw.simulator.models import model_named
from hw.simulator.modem import Modem
from hw.simulator.network import Network
from hw.simulator.subscriber import Profile
from hw.simulator.timeline import Scheduled, Timeline
from tests import families
from tests.simulation.cable import USB_DELAY_MS, Cable
from tests.simulation.outside import Outside
from tests.simulation.symbolic_voice import SymbolicVoice
from tests.store.fresh import fresh_database

BOX = "+33700000001"
BOXES = (BOX, "+33700000002")   # no telephone is made for these
PROFILES = Path(__file__).parents[2] / "hw" / "profiles"
WORDINGS = {language: Wording(language) for language in LANGUAGES}
LOOK_AROUND_MS = 2_000


class _Rows(RowStore):
    """Its disk is full or not for this one connection (see `max_page_count`): it stays open."""

    def reopen(self) -> None:
        """Nothing was put in the file's place."""


class World(Cable, Outside):
    """A box, its network and its people. Times are seconds of simulated time."""

    poll_every_s = 60.0
    setup_code = "7K2M-94QX"  # nobody has opened the page of this box yet
    keep_alive_s = KEEP_ALIVE_S
    believes_network = False   # nothing better than the network says what time it is
    pulse_every_s = 15.0
    tells_of_calls = False   # whether the modem is known to, though nothing else is proved yet

    def __init__(
        self,
        folder: Path,
        site: str,
        *,
        start: datetime,
        profile: str | None = None,
        subscription: Profile | str = "full",
        pin: str | None = None,
        box_pin: str | None = None,
        seed: int = 1,
        boot: bool = True,
        recovery: RecoveryOptions | None = None,
        number: str = BOX,
        beside: World | None = None,
        proved: bool = True,
        voice: bool = False,
    ) -> None:
        profile = profile or families.now
        self.number = number
        timeline = Timeline(seed, start) if beside is None else beside.timeline
        network = Network(timeline) if beside is None else beside.network
        self.timeline: Timeline = timeline
        self.booted_ms = 0     # when the computer started: its monotonic clock counts from there
        self.network: Network = network
        self.sim = self.network.subscribe(number, subscription, pin=pin)
        self.modem = Modem(timeline, model_named(profile), self.sim, network.attach)
        self.wire = FaultyModem(self.modem)
        self.wire.on_output = self._from_modem
        self.modem.on_attachment = self._attachment
        self.database = fresh_database(folder / "veilleur.db")
        self.rows = _Rows(self.database)
        self.recorder = self._new_recorder()
        self._store_state = StoreState.GOOD   # as the attendant knows it
        self.rotas = RotaStore(self.database)
        self.page = PageStore(self.database)
        self._prepare(site, proved)
        if proved or self.tells_of_calls:
            self._prove_codes(profile)
        self.trusted = True
        self.skew = timedelta()
        self.announced: list[Announce] = []
        self.pulse: Pulse | None = None
        self.written = bytearray()
        self._give_voice(voice)
        self._faultless()
        self.recovery = recovery or RecoveryOptions()
        self.rescues: list[Rung] = []   # what the box asked of the shell
        self.steps = 0
        self.profile = parse_profile((PROFILES / f"{profile}.toml").read_text(), profile)
        self._box_pin = box_pin
        self._pin_written = 1
        self._wake: Scheduled | None = None
        self._generation = 0
        self.attendant = self._new_attendant()
        self.voice.restart()
        if boot:
            self.modem.power_on()
            self.run(1)

    def _prepare(self, site: str, proved: bool) -> None:
        if site:
            self._load(read_site_file(site))
        self._prove_number(proved)

    def _load(self, rota: Rota) -> None:
        self.rotas.replace_rota(rota, "test", self.timeline.utc())
        for person in rota.people:
            if person.mobile not in BOXES:
                self.network.phone(person.mobile)

    def _prove_number(self, proved: bool) -> None:
        if not proved:
            return
        at = self.timeline.utc().isoformat()
        numbers = {"number": self.number, "numbers": [self.number]}
        proof = {**numbers, "proved_at": at, "loop_at": at}
        self.rows.record((Fact(f"own-number:{self.sim.iccid}", proof),))

    def _prove_codes(self, profile: str) -> None:
        """The modem has told of a call before: its list is not read all the while."""
        self.rows.record((Fact(f"call-codes:{profile}:{self.modem.imei}", True),))

    def _give_voice(self, voice: bool) -> None:
        self.voice = SymbolicVoice(self)
        self.has_voice = voice

    # Time

    @property
    def moment(self) -> Moment:
        since_boot_s = (self.timeline.now_ms - self.booted_ms) / 1000
        return Moment(since_boot_s, self.timeline.utc() + self.skew, self.trusted)

    def run(self, seconds: float) -> None:
        self.timeline.run_until(self.timeline.now_ms + round(seconds * 1000))

    def run_to(self, instant: datetime) -> None:
        self.run((instant.astimezone(UTC) - self.timeline.utc()).total_seconds())

    # The daemon

    def configure_pin(self, pin: str | None) -> None:
        """Somebody writes veilleur.toml anew; the daemon reads it at its next start."""
        self._box_pin = pin
        self._pin_written += 1

    def trust(self, trusted: bool) -> None:
        """The system clock becomes trusted or not; the daemon sees it at its next step."""
        self.trusted = trusted
        self.step(Woken())

    def _new_recorder(self) -> Recorder:
        """Kept over a restart, as the spool in the RAM disk is."""
        return Recorder(self.rows, lambda text: None, clock=lambda: self.timeline.now_ms / 1000)

    def _new_attendant(self) -> Attendant:
        configuration = Configuration(
            self.profile,
            WORDINGS,
            pin=self._box_pin,
            pin_written=str(self._pin_written),
            pulse_every_s=self.pulse_every_s,
            poll_every_s=self.poll_every_s,
            keep_alive_s=self.keep_alive_s,
            recovery=self.recovery,
            setup_code=self.setup_code,
        )
        memory = self.recorder.load_memory(self.moment.utc)
        return Attendant(configuration, memory, self.rotas.load_rota(), self.moment)

    def kill(self) -> None:
        """The daemon dies where it stands; what was not performed is not performed."""
        self._generation += 1
        self.listening = False
        if self._wake is not None:
            self._wake.cancel()

    def restart(self) -> None:
        """The daemon starts again from what is on disk."""
        self._generation += 1
        self.attendant = self._new_attendant()
        self._store_state = StoreState.GOOD
        self.listening = False
        self.tell_of_the_store()
        self.step(Woken())
        self.voice.restart()
        if self.plugged:
            self._open_port()

    def reboot(self) -> None:
        """The computer starts again, and the daemon with it; the modem goes on."""
        self.booted_ms = self.timeline.now_ms
        self.restart()

    @property
    def rules(self) -> VoiceRules:
        """How calls are answered by voice."""
        rota = self.rotas.load_rota()
        return rota.voice if rota is not None else VoiceRules()

    @property
    def generation(self) -> int:
        """Which of the daemons that were started is running."""
        return self._generation

    def step(self, event: Event) -> None:
        generation = self._generation
        self.steps += 1
        for effect in self.attendant.step(self.moment, event):
            if generation != self._generation:
                return
            self.perform(effect)
        self.tell_of_the_store()

    def tell_of_the_store(self) -> None:
        """As the shell does: at once after the step in which the disk took nothing."""
        state = self.recorder.state
        if state is not self._store_state:
            self._store_state = state
            self.step(StoreChanged(state, self.recorder.why))
            if state is not StoreState.GOOD:
                self.timeline.after(LOOK_AROUND_MS, self._look_at_the_disk)

    def _night_is_over(self) -> None:
        """The helper's own work is tried where its files are."""
        self.step(NightDone())

    def _look_at_the_disk(self) -> None:
        self.recorder.retry()
        if self.recorder.state is not StoreState.GOOD:
            self.timeline.after(LOOK_AROUND_MS, self._look_at_the_disk)
        self.tell_of_the_store()

    def perform(self, effect: Effect) -> None:
        match effect:
            case Record(rows):
                self.recorder.record(rows)
            case Write(data):
                self.written += data
                if self.plugged:
                    self.timeline.after(USB_DELAY_MS, lambda: self._to_modem(data))
            case WakeAt(monotonic_s):
                self._wake_at(self.booted_ms + ceil(monotonic_s * 1000))
            case KeepHouse():
                self.timeline.after(LOOK_AROUND_MS, self._night_is_over)
            case SetClock(utc, _) if self.believes_network:
                self.trusted, self.skew = True, utc - self.timeline.utc()
            case Publish(pulse):
                self.pulse = pulse
            case Announce():
                self.announced.append(effect)
            case ReopenPort(reason):
                self.listening = False
                self.timeline.after(0, lambda: self._reopen(reason))
            case _ if isinstance(effect, VoiceEffect):
                self.voice.perform(effect)
            case Rescue(rung, reason):
                self.listening = self.listening and rung is Rung.SECOND_PORT
                self.rescues.append(rung)
                self.timeline.after(0, lambda: self._rescue(rung, reason))

    def _wake_at(self, when_ms: int) -> None:
        if self._wake is not None:
            self._wake.cancel()
        generation = self._generation
        self._wake = self.timeline.at(
            max(when_ms, self.timeline.now_ms + 1), lambda: self._woken(generation)
        )

    def _woken(self, generation: int) -> None:
        if generation == self._generation:
            self.step(Woken())

    def change_rota(self, site: str | Rota) -> None:
        rota = read_site_file(site) if isinstance(site, str) else site
        self.rotas.replace_rota(rota, "page", self.moment.utc)
        self.step(RotaChanged(self.rotas.load_rota()))

    def page_wishes(self) -> None:
        """The daemon sees what the page has asked for."""
        self.step(RequestsMade(self.rows.open_requests()))
