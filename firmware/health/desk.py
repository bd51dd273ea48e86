"""The health desk: what is looked after over hours and weeks, put together for the attendant."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.at.events import Ussd
from firmware.call.forwarding import ForwardingKeeper
from firmware.configuration import Configuration
from firmware.duty.roster import Roster
from firmware.effect import Examine, MakeSetupCode, PowerOff
from firmware.event import (
    BatterySeen,
    ButtonPressed,
    DiskSeen,
    SetupCodeMade,
    StickSeen,
    Stopping,
    StoreSlow,
    UpdateSeen,
)
from firmware.health.battery import Battery
from firmware.health.button import Button
from firmware.health.credit_keeper import CreditKeeper
from firmware.health.hearing import Hearing
from firmware.health.listening import Listening
from firmware.health.modem_deaths import ModemDeaths
from firmware.health.own_number import OwnNumber
from firmware.health.self_check import SelfCheck
from firmware.health.slow_card import SlowCard
from firmware.health.starts import Starts
from firmware.health.updates import Updates
from firmware.health.vitals import Vitals
from firmware.health.weekly import Weekly
from firmware.ledger import Ledger
from firmware.line.modem_facts import ModemFacts
from firmware.line.modem_line import ModemLine
from firmware.moment import soonest
from firmware.sms.outbox import Outbox
from firmware.sms.storages import Storages
from firmware.speaker import Speaker
from firmware.wording import messages

LOOK_S = 60.0
SMS_OUT, PROVE_APART_S = "sms-out", 3600.0
SMS_CENTRE, SETTINGS = "sms-centre", "settings"
STORE_FULL_S = 600.0   # a sweep or two later it may be empty


class HealthDesk:
    """One door for the attendant; each concern is a module of its own."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        line: ModemLine,
        storages: Storages,
        outbox: Outbox,
        forwarding: ForwardingKeeper,
        bell: Bell,
        speaker: Speaker,
        configuration: Configuration,
    ) -> None:
        self._ledger = ledger
        self._has_older_settings = bool(configuration.settings_fault)
        self._storages, self._outbox, self._bell = storages, outbox, bell
        self.own_number = OwnNumber(
            ledger, roster, outbox, bell, speaker, configuration.own_number
        )
        self.listening = Listening(ledger, roster, bell)
        self.listening.on_came = outbox.echo.came
        self.listening.on_doubt = self.own_number.check   # an SMS to itself tells
        self.credit = CreditKeeper(ledger, line, roster, bell)
        self.self_check = SelfCheck(
            ledger, roster, storages, forwarding, bell, speaker, self.own_number, self.credit
        )
        self.vitals = Vitals(ledger, line, bell)
        self.hearing = Hearing(ledger, bell)
        self.modem = ModemDeaths(ledger, bell)
        self.button = Button(ledger, roster, outbox, speaker)
        self._starts = Starts(ledger, bell, speaker)
        self._card = SlowCard(ledger, bell)
        self._battery = Battery(ledger, outbox, bell)
        self.updates = Updates(ledger, bell)
        self._weekly = Weekly(ledger, roster, outbox, speaker)
        self._examine: list[Examine] = []
        self._look_at_s = self._prove_at_s = 0.0

    @property
    def deadline_s(self) -> float | None:
        """What happens once a day or a week needs no wake-up of its own: the pulse beats."""
        rooms = (self._bell, self.own_number, self.credit, self.self_check, self._battery)
        return soonest(*[room.deadline_s for room in rooms])

    @property
    def sms_store(self) -> str:
        """How full each storage was before it was swept last."""
        return self._storages.fullness.words

    def ready(self, facts: ModemFacts) -> None:
        """The SIM is on the network."""
        self.own_number.know_sim(facts.iccid, facts.own_number)

    def heard(self, event: object) -> None:
        """What the modem or the shell tells of health: other events are others'."""
        match event:
            case Ussd():
                self.credit.heard(event)
            case DiskSeen():
                self.self_check.disk = event
            case ButtonPressed() | SetupCodeMade():
                self.button.heard(event)
            case BatterySeen():
                self._battery.heard(event)
            case UpdateSeen():
                self.updates.hear(event)
            case StoreSlow():
                self._card.heard(event)
            case Stopping():
                self._starts.stopping()
            case StickSeen():
                self.updates.hear_of_stick(event)

    def polled(self, facts: ModemFacts) -> None:
        """Each minute while the modem is well."""
        self.hearing.look(facts)
        if self._storages.fullness.full:   # nothing comes in any more, and SMS still go out
            self._bell.ring("store", messages.SMS_STORE_FULL, after_s=STORE_FULL_S)
        elif self._storages.fullness.has_room:
            self._bell.still("store")
        self._look_for_a_centre(facts.service_centre)
        self._look_whether_sms_leave()
        self._bell.show("budget", messages.BUDGET, self._outbox.turns.over_budget)

    def _look_for_a_centre(self, centre: str | None) -> None:
        """Before anybody needs an SMS; shown, for no SMS can tell of it. What leaves all the same
        (some networks need none) proves the contrary."""
        if self._outbox.refusals.left_last or centre:
            self._bell.still(SMS_CENTRE)
        elif centre is not None:
            self._bell.ring(SMS_CENTRE, messages.SMS_NO_CENTRE, by_sms=False)

    def _look_whether_sms_leave(self) -> None:
        """Shown, for no SMS can tell of it; its end is told. Where nothing waits any more one to
        itself tells whether it is over."""
        now_s, refusals = self._ledger.moment.monotonic_s, self._outbox.refusals
        if refusals.are_odd(now_s):
            values = {"why": refusals.why}
            self._bell.ring(SMS_OUT, messages.SMS_NOT_TAKEN, values, by_sms=False)
        elif refusals.left_last:
            self._bell.still(SMS_OUT)
        up = self._ledger.alarm(SMS_OUT) is not None
        if up and not self._outbox.book.waiting and now_s >= self._prove_at_s:
            self._prove_at_s = now_s + PROVE_APART_S
            self.own_number.check()

    def _look_at_settings(self) -> None:
        """One that begins with a good file ends what its predecessor rang for."""
        self._bell.show(SETTINGS, messages.SETTINGS_OLDER, self._has_older_settings)

    def tick(self) -> None:
        self.listening.tick()
        now_s = self._ledger.moment.monotonic_s
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_S
            self._starts.look()
            self._card.look()
            self._look_at_settings()
            self.modem.look(ready=self._outbox.ready)
            self.listening.look(ready=self._outbox.ready)
            self.vitals.look(ready=self._outbox.ready)
            self.self_check.look()
            self.updates.look()
            self._weekly.look()
            heard = not self._storages.fullness.full   # else nothing can come in, and it is known
            if self._outbox.ready and heard and self._outbox.echo.is_missing(now_s):
                self.own_number.check()   # an SMS to itself tells
        self.own_number.tick()
        self.credit.tick()
        self.self_check.tick()
        self._battery.tick()
        self._bell.tick()

    def examine(self) -> None:
        """The page wants to know what the doctor finds; twice is once."""
        self._examine = [Examine()]

    def take_effects(self) -> list[Examine | MakeSetupCode | PowerOff]:
        examine, self._examine = self._examine, []
        return [*examine, *self.button.take_effects(), *self._battery.take_effects()]
