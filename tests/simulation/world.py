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
    BytesReceived,
    Event,
    NightDone,
    PortLost,
    PortOpened,
    RequestsMade,
    RescueDone,
    RotaChanged,
    StoreChanged,
    Woken,
)
from firmware.line.registration import KEEP_ALIVE_S
from firmware.moment import Moment
from firmware.pulse import Pulse, StoreState
from firmware.record import Fact
from firmware.recovery.ladder import RecoveryOptions
from firmware.recovery.rungs import Rung
from firmware.rota import Rota, VoiceRules, read_site_file
from firmware.store import journal
from firmware.store.page_store import PageStore
from firmware.store.recorder import Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.wording import LANGUAGES, Wording
from hw.simulator.faults import FaultyModem
from hw.simulator.ledger import CallRecord
from hw.simulator.models import model_named
from hw.simulator.modem import Modem
from hw.simulator.network import Network
from hw.simulator.phone import VirtualPhone
from hw.simulator.subscriber import Profile
from hw.simulator.timeline import Scheduled, Timeline
from tests import families
from tests.simulation.symbolic_voice import SymbolicVoice
from tests.store.fresh import fresh_database

BOX = "+33700000001"
BOXES = (BOX, "+33700000002")   # no telephone is made for these
PROFILES = Path(__file__).parents[2] / "hw" / "profiles"
WORDINGS = {language: Wording(language) for language in LANGUAGES}
USB_DELAY_MS = 1      # bytes take a moment through the port, each way
REOPEN_MS = 1_000     # the shell looks for the port once a second
POWER_OFF_MS = 5_000  # how long the relay stays open
LOOK_AROUND_MS = 2_000


class _Rows(RowStore):
    """Its disk is full or not for this one connection (see `max_page_count`): it stays open."""

    def reopen(self) -> None:
        """Nothing was put in the file's place."""


class World:
    """A box, its network and its people. Times are seconds of simulated time."""

    poll_every_s = 60.0
    setup_code = "7K2M-94QX"  # nobody has opened the page of this box yet
    keep_alive_s = KEEP_ALIVE_S
    believes_network = False   # nothing better than the network says what time it is
    pulse_every_s = 15.0

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
        self.trusted = True
        self.skew = timedelta()
        self.announced: list[Announce] = []
        self.pulse: Pulse | None = None
        self.written = bytearray()
        self.plugged = False
        self.listening = False   # the daemon has the port open
        self.port = "/dev/ttyUSB2"
        self._give_voice(voice)
        self._faultless()
        self.recovery = recovery or RecoveryOptions()
        self.rescues: list[Rung] = []   # what the box asked of the shell
        self._on_second = self._unplugged = False
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

    def _give_voice(self, voice: bool) -> None:
        self.voice = SymbolicVoice(self)
        self.has_voice = voice

    def _faultless(self) -> None:
        self.refused: dict[str, int] = {}      # beginning of a command -> how often to refuse it
        self.unanswered: set[str] = set()      # beginnings of commands whose OK is lost
        self.swallowed: dict[str, int] = {}    # beginning of a modem's line -> how often to lose it
        self.delayed_ms: dict[str, int] = {}   # beginning of a modem's line -> how late it comes
        self.first_port_hangs = False   # until the modem restarts; its second port does not
        self.has_second_port = False

    # Time

    @property
    def moment(self) -> Moment:
        return Moment(
            self.timeline.now_ms / 1000, self.timeline.utc() + self.skew, self.trusted
        )

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

    @property
    def rules(self) -> VoiceRules:
        """How calls are answered by voice."""
        rota = self.rotas.load_rota()
        return rota.voice if rota is not None else VoiceRules()

    @property
    def generation(self) -> int:
        """Which of the daemons that were started is running."""
        return self._generation

    @property
    def _way(self) -> str | None:
        """By which way the shell finds the modem's sound."""
        voices = self.profile.voices if self.has_voice else ()
        return voices[0].way if voices else None

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
                self._wake_at(ceil(monotonic_s * 1000))
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

    # The shell's rungs of recovery

    def _rescue(self, rung: Rung, reason: str) -> None:
        """What the shell would do; a computer that restarts starts the daemon again."""
        match rung:
            case Rung.SECOND_PORT if self.has_second_port and self.plugged:
                self._on_second = self.listening = True
                self.step(PortOpened(self.port + "-second", None, True, self._way))
            case Rung.CUT_POWER if self.recovery.power:
                self.cut_power()
                self.timeline.after(POWER_OFF_MS, lambda: self.step(RescueDone(rung)))
            case Rung.REBOOT if self.recovery.reboot:
                self.restart()
            case Rung.SECOND_PORT:
                self.step(RescueDone(rung, "there is none"))
            case _:
                self._reopen(reason)
                self.step(RescueDone(rung, "there is none"))

    def cut_power(self) -> None:
        """The modem alone loses its power for some seconds."""
        self.modem.power_off()
        self.wire.power_cut()
        self.timeline.after(POWER_OFF_MS, self._power_back)

    def _power_back(self) -> None:
        if not self._unplugged:
            self.modem.power_on()

    # The port

    def unplug(self) -> None:
        """The cable is pulled: the modem has no power, the computer no port."""
        self._unplugged = True
        self.modem.power_off()

    def plug(self, port: str | None = None) -> None:
        """The cable is back, under another name of the port perhaps; the modem starts."""
        self._unplugged = False
        self.port = port or self.port
        self.modem.power_on()

    def drop_port(self) -> None:
        """The USB connection breaks for a moment; the modem itself goes on."""
        self._reopen("read failed")

    def _to_modem(self, data: bytes) -> None:
        for beginning, left in self.refused.items():
            if left and data.startswith(beginning.encode()):
                self.refused[beginning] = left - 1
                self.modem.refuse_next(as_message_error=False)
        if data.startswith(tuple(each.encode() for each in self.unanswered)):
            self.swallowed["OK"] = 1
        if self._on_second or not self.first_port_hangs:
            self.wire.feed(data)

    def _from_modem(self, data: bytes) -> None:
        if self.first_port_hangs and not self._on_second:
            return
        line = data.strip().decode("latin-1")
        for beginning, left in self.swallowed.items():
            if left and line.startswith(beginning):
                self.swallowed[beginning] = left - 1
                return
        late_ms = max(
            (ms for beginning, ms in self.delayed_ms.items() if line.startswith(beginning)),
            default=0,
        )
        generation = self._generation
        self.timeline.after(USB_DELAY_MS + late_ms, lambda: self._bytes(generation, data))

    def _bytes(self, generation: int, data: bytes) -> None:
        if self.listening and generation == self._generation:
            self.step(BytesReceived(data))

    def _attachment(self, present: bool) -> None:
        self.plugged = present
        self.first_port_hangs = False
        if present:
            self.timeline.after(0, self._open_port)
        else:
            self.timeline.after(0, lambda: self._lose_port("unplugged"))

    def _open_port(self) -> None:
        if self.plugged and not self.listening:
            self.listening = True
            self.step(PortOpened(self.port, voice=self._way))

    def _lose_port(self, reason: str) -> None:
        self.listening = self._on_second = False
        self.step(PortLost(reason))

    def _reopen(self, reason: str) -> None:
        self._lose_port(reason)
        self.timeline.after(REOPEN_MS, self._open_port)

    # People and what they see

    def phone(self, number: str) -> VirtualPhone:
        return self.network.phone(number)

    def texts(self, number: str) -> list[str]:
        """The texts that a phone has received, in order."""
        return [text.text for text in self.phone(number).texts]

    def call(self, number: str, *, withheld: bool = False, patience_s: float = 40) -> int:
        phone = self.phone(number)
        phone.patience_ms = round(patience_s * 1000)
        return phone.call(self.number, withheld=withheld)

    def text(self, number: str, text: str) -> None:
        self.phone(number).send_text(self.number, text)

    def network_call(self, call_id: int) -> CallRecord:
        """The network's own record of a call."""
        return self.network.ledger.calls[call_id]

    def journal(self, kind: str | None = None) -> list[dict[str, object]]:
        entries = [
            journal.entry_as_json(stored)
            for stored in journal.entries(self.database, after_id=0, limit=100_000)
        ]
        return [entry for entry in entries if kind in (None, entry["kind"])]

    def alarms(self) -> set[str]:
        return {alarm.key for alarm in self.page.open_alarms()}
