"""The heart: one event in, the effects out. No thread, no device, no clock.

`Attendant.step` is all that the shell and the simulation call. What the box knows is in the rooms
put together here; what must survive a power cut is in `Record`, a step's first effect.
"""

from __future__ import annotations

from collections.abc import Iterator

from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk
from firmware.alert.undelivered import Undelivered
from firmware.alert.words import AlertWords
from firmware.announcer import Announcer
from firmware.at.dialogue_events import DialogueEvent
from firmware.at.events import (
    CallEvent,
    MessageDelivered,
    MessageStored,
    ModemRestarted,
    NetworkTime,
    ReportDelivered,
    ReportStored,
    ServiceNotice,
    SimState,
    StoreFull,
    Unknown,
)
from firmware.at.events import Registration as RegistrationReport
from firmware.call.desk import CallDesk
from firmware.call.forwarding import ForwardingKeeper
from firmware.call.switchboard import Switchboard
from firmware.configuration import Configuration
from firmware.disk_desk import DiskDesk, in_memory
from firmware.duty.changeover import Changeover
from firmware.duty.handover import HandoverKeeper
from firmware.duty.relay import RelayDesk
from firmware.duty.roster import Roster
from firmware.duty.staff_desk import Offers, StaffDesk
from firmware.duty.swap import SwapDesk
from firmware.effect import Effect, Publish, Record, WakeAt, Write
from firmware.event import (
    BytesReceived,
    DataMended,
    Event,
    NightDone,
    PortLost,
    PortOpened,
    RequestsMade,
    RescueDone,
    RotaChanged,
    StoreChanged,
    VoiceEvent,
)
from firmware.guard.doorman import Doorman
from firmware.health.desk import HealthDesk
from firmware.ledger import Ledger
from firmware.line.clock_keeper import ClockKeeper
from firmware.line.modem_line import ModemLine
from firmware.line.registration import SETTINGS_LOST, Progress, Registration
from firmware.line.sim_pin import PinKeeper
from firmware.message_desk import MessageDesk
from firmware.moment import Clocked, Moment
from firmware.record import AlertCause, Intervention, JournalKind, Memory, Row
from firmware.recovery.mender import Mender
from firmware.requests import RequestDesk
from firmware.rota import Rota
from firmware.sms.inbox import Inbox
from firmware.sms.outbox import Outbox
from firmware.sms.storages import Storages
from firmware.speaker import Speaker
from firmware.vital_signs import VitalSigns
from firmware.voice.desk import VoiceDesk
from firmware.wording import messages

REMEMBER_DAYS, FORGET_EVERY_S = 8, 6 * 3600.0


class Attendant:
    """The whole box but its shell. Build it with what the store remembers; then step it."""

    def __init__(
        self,
        configuration: Configuration,
        memory: Memory,
        rota: Rota | None,
        moment: Moment,
    ) -> None:
        self._configuration = configuration
        self._ledger = ledger = Ledger(memory, moment)
        self.roster = roster = Roster(ledger, rota)
        self._speaker = speaker = Speaker(ledger, roster, configuration.wordings)
        self._line = line = ModemLine(configuration.profile)
        self._outbox = outbox = Outbox(ledger, line, memory.outgoing)
        self._bell = bell = Bell(ledger, roster, outbox, speaker)
        self._disk = DiskDesk(ledger, bell, roster, speaker)
        words = AlertWords(speaker, bell, roster)
        self._alerts = alerts = AlertDesk(ledger, roster, outbox, words, memory.alerts)
        Undelivered(ledger, roster, outbox, alerts, bell)
        self._clock = ClockKeeper(ledger, line, bell, memory.newest_at)
        self._staff = staff = self._staffed(words, memory.interventions, configuration.setup_code)
        doorman = Doorman(ledger, bell, configuration.wordings.values())
        self._messages = MessageDesk(ledger, roster, alerts, staff, speaker, doorman)
        self._inbox = inbox = Inbox(ledger, memory.parts, self._messages.received, outbox.report)
        self._storages = Storages(ledger, line, inbox.take)
        self._forwarding = ForwardingKeeper(ledger, line, bell)
        self._switchboard = switchboard = Switchboard(
            ledger, roster, self._forwarding, outbox, speaker
        )
        self._calls = CallDesk(
            ledger, line, alerts, memory.calls,
            decide=switchboard.decide,
            note_divert=switchboard.note_divert,
            country_code=switchboard.country_code,
        )  # fmt: skip
        self._calls.outcomes.confirm_divert = switchboard.confirm_divert
        self._calls.told.admits = doorman.admits
        self._calls.second.network = switchboard
        handover = HandoverKeeper(ledger, roster, outbox, alerts, bell, speaker)
        self._changeover = Changeover(
            ledger, roster, bell, handover, self._calls, switchboard, self._forwarding
        )
        self._voice = VoiceDesk(
            ledger, line, roster, self._calls, switchboard, bell, outbox, speaker,
            memory.voicemails, configuration.wordings,
        )  # fmt: skip
        pin = PinKeeper(ledger, configuration.pin, configuration.pin_written)
        registration = self._registration = Registration(
            line, configuration.profile, pin, lambda: ledger.moment, configuration.keep_alive_s
        )
        self._announcer = Announcer(
            ledger, bell, speaker, lambda: registration.facts.imei is not None
        )
        self._recovery = Mender(ledger, line, registration, configuration.recovery, self._interrupt)
        self._registration.poll_every_s = configuration.poll_every_s
        self._look_after(configuration)
        self._pending_requests = memory.requests
        self._started, self._storages_open, self._forget_at_s = False, False, 0.0
        self._connect()

    def _staffed(
        self, words: AlertWords, interventions: tuple[Intervention, ...], setup_code: str
    ) -> StaffDesk:
        """The desk for the staff's words, and those for duty that changes hands."""
        common = (self._ledger, self.roster, self._outbox, self._alerts)
        self._relay = RelayDesk(*common, self._speaker)
        self._swaps = SwapDesk(*common, self._speaker)
        relay, swap = AlertCause.RELAY, AlertCause.SWAP
        offers: dict[AlertCause, Offers] = {relay: self._relay, swap: self._swaps}
        return StaffDesk(
            *common, words, self._relay, offers, self._speaker, interventions, setup_code
        )

    def _look_after(self, configuration: Configuration) -> None:
        """What the page asks for and shows, and what is watched over hours and weeks."""
        ledger, outbox = self._ledger, self._outbox
        self._health = HealthDesk(
            ledger, self.roster, self._line, self._storages, outbox, self._forwarding, self._bell,
            self._speaker, configuration,
        )  # fmt: skip
        self._requests = RequestDesk(
            ledger, self._alerts, outbox, self._forwarding, self._swaps, self._speaker,
            self._health.own_number, self._health.examine,
        )  # fmt: skip
        self._requests.on_voice = self._voice.wish
        self._signs = VitalSigns(
            ledger, self._line, self._registration, self._forwarding, outbox, self._health,
            lambda: self._calls.busy, configuration.pulse_every_s,
        )  # fmt: skip
        self._health.button.connect(self._signs.lamps, self._staff.know_setup_code)

    def _connect(self) -> None:
        """Who hears of what, and who has to be woken."""
        self._clocked: tuple[Clocked, ...] = (
            self._changeover,
            self._line, self._registration, self._calls, self._voice, self._storages, self._disk,
            self._alerts, self._forwarding, self._outbox, self._health, self._clock, self._recovery,
        )  # fmt: skip
        led_on = self._calls.outcomes.led_on
        self._forwarding.on_looked = led_on.looked
        self._forwarding.is_waited_for = lambda: led_on.waiting
        self._relay.on_change = self._swaps.on_change = self._changeover.look
        self._health.own_number.on_deaf = lambda why: self._recovery.ladder.suspect("deaf", why)
        self._health.own_number.on_change = self._changeover.look
        for sign in (self._health.hearing, self._calls.ghosts):
            sign.on_suspect = self._recovery.ladder.suspect
            sign.on_trust = self._recovery.ladder.trust
        self._messages.is_own = self._health.own_number.received
        self._registration.on_progress = self._progressed
        self._registration.on_alarm = self._announcer.modem_alarm
        self._registration.on_order = lambda key: self._bell.still(key)
        self._registration.on_poll = self._polled
        self._registration.on_restart = self._modem_restarted
        self._storages.on_unreadable = self._registration.unreadable
        self._storages.on_untold = self._registration.untold
        self._disk.on_old_rota = self._forwarding.spare
        self._disk.in_memory = lambda: in_memory(self._alerts, self._outbox, self._voice.mail)
        self._disk.night.is_calm = lambda: not (self._calls.busy or self._outbox.book.waiting)
        self._recovery.connect(self._announcer.modem_alarm, lambda key: self._bell.still(key))
        self._recovery.ladder.is_talk = lambda: self._calls.joined

    def alive(self) -> bool:
        """Whether the watchdog may be fed: the modem answers, or mending it makes headway."""
        return self._recovery.alive()

    # The one door

    def step(self, moment: Moment, event: Event) -> Iterator[Effect]:
        """What is to be done about an event. Never raises on anything that came from outside.

        All is decided on return; take every effect before the next step. Whatever the modem does
        not wait for (the pulse, the wake-up) is worked out while it has its command already.
        """
        before = self._ledger.moment
        self._ledger.moment = moment
        if isinstance(event, StoreChanged | NightDone | DataMended | RotaChanged):
            self._disk.hear(event)
        if not self._started:
            self._start()
        elif before.utc_trusted != moment.utc_trusted or moment.clock_was_set_since(before):
            self._changeover.look()
        self._storages.release()
        self._take(event)
        self._tick()
        self._line.pump(moment)
        return self._effects(self._ledger.take(), self._line.take_output())

    def _take(self, event: Event) -> None:
        match event:
            case BytesReceived(data):
                self._heard(self._line.receive(self._ledger.moment, data))
            case PortOpened():
                self._signs.port = event.port
                self._bell.still("port", by_sms=False)
                self._voice.found(event.voice)
                self._recovery.opened(event, self._configuration.profile)
            case PortLost(reason):
                self._port_lost(reason)
            case RescueDone():
                self._recovery.done(event)
            case RotaChanged(rota, by_somebody):
                self.roster.rota = rota
                if rota is not None:
                    self._bell.still("site", by_sms=False)
                (self._forwarding.settle if by_somebody else self._forwarding.spared.reloaded)()
                self._changeover.look()
            case RequestsMade(requests):
                self._requests.do_all(requests)
            case _ if isinstance(event, VoiceEvent):
                self._voice.heard(event)
            case _:
                self._health.heard(event)

    def _tick(self) -> None:
        """Everything whose time has come. Rooms without a deadline that passed do nothing."""
        self._heard(self._line.tick(self._ledger.moment))
        self._registration.tick()
        self._calls.tick()
        self._voice.tick()
        self._changeover.tick()
        self._alerts.tick()
        self._disk.tick()
        self._forwarding.tick()
        self._health.tick()
        self._outbox.tick()
        self._recovery.tick()
        self._clock.tick()

    def _effects(self, rows: tuple[Row, ...], output: bytes) -> Iterator[Effect]:
        if rows:
            yield Record(rows)
        if output:
            yield Write(output)
        for room in (self._voice, self._recovery, self._disk, self._clock, self._health):
            yield from room.take_effects()
        pulse = self._signs.pulse()
        if pulse is not None:
            yield Publish(pulse)
        yield from self._announcer.take_effects()
        yield WakeAt(self._wake_at_s())

    def _wake_at_s(self) -> float:
        dues_s = [due_s for room in self._clocked if (due_s := room.deadline_s) is not None]
        return min([self._signs.due_s, *dues_s])

    # The modem

    def _heard(self, events: list[DialogueEvent]) -> None:
        for event in events:
            self._voice.told(event)
            match event:
                case _ if isinstance(event, CallEvent):
                    self._calls.heard(event)
                    self._recovery.ladder.trust("deaf")
                    self._health.hearing.heard(event, self._registration.facts)
                case ServiceNotice():
                    self._calls.second.heard(event)
                case MessageStored(storage, index) | ReportStored(storage, index):
                    self._storages.stored(storage, index)
                    self._recovery.ladder.trust("deaf")
                case MessageDelivered(pdu_hex, _) | ReportDelivered(pdu_hex, _):
                    self._inbox.routed(pdu_hex)
                case NetworkTime():
                    self._clock.heard()
                case StoreFull():
                    self._storages.sweep()
                case RegistrationReport():
                    self._registration.reported(event)
                case SimState(state):
                    self._registration.sim_changed(state)
                case ModemRestarted(line):
                    self._modem_restarted(line, told=True)
                case Unknown():
                    self._signs.unknown_lines += 1
                case _:
                    self._health.heard(event)  # other notices ask nothing of us

    def _modem_restarted(self, line: str, *, told: bool = False) -> None:
        """It has forgotten all settings, and what was asked of it. While it is being set up this
        may be the noise of the start that we know of, or of another: both begin anew."""
        if self._registration.progress is not Progress.STARTING:
            well = (told or line == SETTINGS_LOST) and self._recovery.ladder.is_well
            self._health.modem.restarted(line, well=well)   # else its SIM, or its silence, is why
        self._interrupt()
        self._voice.restarted()
        self._line.forget(self._ledger.moment)
        self._registration.start()

    def _port_lost(self, reason: str) -> None:
        if self._registration.initialised:
            well = self._recovery.ladder.is_well
            self._health.modem.lost(self._signs.port, reason, well=well)
        self._signs.port = None
        in_call_s = self._ledger.moment.monotonic_s if self._line.in_call else None
        self._interrupt()
        self._line.closed(in_call_s)
        self._registration.closed()
        self._bell.ring("port", messages.MODEM_ABSENT, {"why": reason}, by_sms=False)
        self._recovery.lost(reason)

    def _interrupt(self) -> None:
        """Whatever was under way with the modem is over; nobody may be forgotten with it."""
        self._registration.interrupted()
        self._storages.closed()
        self._outbox.lost()
        self._forwarding.closed()
        self._calls.interrupted()

    def _progressed(self) -> None:
        progress = self._registration.progress
        initialised = self._registration.initialised
        if initialised and not self._storages_open:
            facts = self._registration.facts
            self._storages.opened(facts.storages, facts.refused_storages)
            self._calls.opened(facts.imei)
            self._announcer.say("ready", "ready")
            self._ledger.journal(
                JournalKind.HEALTH, outcome="modem_ready", model=facts.model, port=self._signs.port
            )
        elif not initialised:
            self._storages.closed()
        self._storages_open = initialised
        ready = progress is Progress.READY
        self._outbox.ready = ready
        self._clock.follow(ready and self._registration.facts.follows_time)
        if ready:
            self._health.ready(self._registration.facts)
            self._switchboard.know_sim(self._registration.facts.iccid)
            self._forwarding.opened(self._registration.facts.iccid)
        else:
            self._forwarding.closed()

    def _polled(self) -> None:
        """Each minute: what was not announced is looked for."""
        self._storages.sweep()
        self._inbox.give_up_late_parts(all_read=self._storages.all_read)
        self._health.polled(self._registration.facts)
        if (now_s := self._ledger.moment.monotonic_s) >= self._forget_at_s:
            self._forget_at_s = now_s + FORGET_EVERY_S
            for room in (self._inbox, self._outbox.book, self._alerts.book, self._voice):
                room.forget_before_days(REMEMBER_DAYS)

    # The rota

    def _start(self) -> None:
        self._started = True
        self._disk.start()
        if self.roster.rota is None:
            self._bell.ring("site", messages.NO_SITE, by_sms=False)
            self._announcer.say(self._speaker.say(messages.NO_SITE), "site")
        else:
            self._bell.still("site", by_sms=False)
        self._changeover.look()
        self._calls.resume()
        self._requests.do_all(self._pending_requests)
        self._pending_requests = ()
