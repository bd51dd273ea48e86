"""The button on the box: pressed shortly it has the state of the box texted to whoever is on duty;
held, it asks for a new setup code."""

from __future__ import annotations

from collections.abc import Callable

from firmware.duty.roster import Roster
from firmware.effect import MakeSetupCode
from firmware.event import ButtonPressed, SetupCodeMade
from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.pulse import Lamp
from firmware.record import JournalKind
from firmware.rota import Person
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_ANSWER
from firmware.speaker import Speaker
from firmware.wording import messages

APART_S = 60.0   # a child that plays with the button costs one SMS a minute, within the budget
LINES_MAX = 3


class Button:
    """The SMS says what the lamps show."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outbox: Outbox, speaker: Speaker
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._speaker = speaker
        self._presses = Flood(1, APART_S)
        self._effects: list[MakeSetupCode] = []
        self._lamps: Callable[[], tuple[Lamp, ...]] = lambda: ()
        self._on_setup_code: Callable[[str], None] = lambda code: None

    def connect(
        self, lamps: Callable[[], tuple[Lamp, ...]], on_setup_code: Callable[[str], None]
    ) -> None:
        """What the box shows now, and who hears of a new setup code."""
        self._lamps, self._on_setup_code = lamps, on_setup_code

    def heard(self, event: ButtonPressed | SetupCodeMade) -> None:
        match event:
            case ButtonPressed(long=True):
                self._effects.append(MakeSetupCode())
            case ButtonPressed():
                self._say_state()
            case SetupCodeMade(code):
                outcome = "setup_code" if code else "setup_code_refused"
                self._ledger.journal(JournalKind.HEALTH, outcome=outcome)
                if code:
                    self._on_setup_code(code)

    def take_effects(self) -> list[MakeSetupCode]:
        effects, self._effects = self._effects, []
        return effects

    def _say_state(self) -> None:
        now = self._ledger.moment
        if not self._presses.admits("", now.monotonic_s):
            return
        people = self._people()
        self._ledger.journal(
            JournalKind.HEALTH,
            outcome="button",
            person=", ".join(person.name for person in people) or None,
        )
        for person in people:
            self._outbox.send(
                f"state:{now.utc.isoformat(timespec='milliseconds')}:{person.mobile}",
                person.mobile,
                self._text(),
                RANK_ANSWER,
                person=person.name,
            )

    def _people(self) -> tuple[Person, ...]:
        """The first on duty of the first service. Where that cannot be said, the administrators:
        whoever presses a button must not wake the whole list."""
        service = self._roster.default_service
        duties = self._roster.duties(service.name) if service is not None else ()
        first = min((duty.level for duty in duties), default=0)
        people = tuple(duty.person for duty in duties if duty.level == first)
        if not self._ledger.moment.utc_trusted or not people:
            people = self._roster.wardens
        return tuple(each for each in people if self._roster.refusal(each.mobile) is None)

    def _text(self) -> str:
        say, alarms = self._speaker.say, self._ledger.alarms
        rota = self._roster.rota
        values = {
            "site": rota.site.name if rota is not None else "Veilleur",
            "clock": self._speaker.clock(self._ledger.now),
        }
        if Lamp.GREEN in self._lamps():
            return say(messages.STATE_CALM, **values)
        if not alarms:
            return say(messages.STATE_UNPROVED, **values)
        lines = [say(alarm.cause, **alarm.values) for alarm in alarms[:LINES_MAX]]
        if len(alarms) > LINES_MAX:
            lines.append(say(messages.ALARM_MORE, count=len(alarms) - LINES_MAX))
        return say(messages.STATE_ALARMS, text="\n".join(lines), **values)
