"""Where a call goes: the rota, the policy and what was measured on this SIM, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf

from firmware.call.forwarding import ForwardingKeeper
from firmware.call.transfer import Ability, Capability
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.policy import Decision, Reason, Target, decide, target_of
from firmware.pulse import ForwardingState
from firmware.record import Call
from firmware.rota import Service
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.speaker import Speaker
from firmware.wording import messages


class Switchboard:
    """Answers the call desk's questions. What a SIM can do is remembered under its ICCID."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        forwarding: ForwardingKeeper,
        outbox: Outbox,
        speaker: Speaker,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._forwarding = forwarding
        self._outbox = outbox
        self._speaker = speaker
        self._capability_key = ""
        self._capability = Capability()
        forwarding.people = self._mobiles
        forwarding.on_ability = lambda ability: self.learn("forwarding", ability)
        self.voice: Callable[[], Reason | None] = lambda: Reason.NO_CHANNEL

    def know_sim(self, iccid: str | None) -> None:
        """The SIM that is in the modem now: what was learnt of it counts again."""
        self._capability_key = f"capability:{iccid or 'unknown SIM'}"
        self._capability = Capability.from_fact(self._ledger.fact(self._capability_key))

    @property
    def knows_sim(self) -> bool:
        """Since the program started a SIM was on the network; what it can do counts from then."""
        return bool(self._capability_key)

    def target(self) -> Target | None:
        """The one number that the network is to pass calls on to now."""
        service = self._roster.default_service
        if service is None:
            return None
        return target_of(self._roster.candidates(service.name), self._roster.office(service.name))

    def _mobiles(self) -> dict[str, str]:
        rota = self._roster.rota
        people = rota.people if rota is not None else ()
        return {each.name: each.mobile for each in people if not each.former}

    def mode(self, service: Service) -> str:
        """How the service's calls are passed on now: in opening hours they go to the office
        telephone, whatever the mode of the on-call hours."""
        return "divert" if self._roster.office(service.name) is not None else service.mode

    def decide(self, call: Call) -> Decision:
        service = self._roster.service(call.service)
        return decide(
            service,
            call.number,
            self.target(),
            self._forwarding.view,
            self._capability,
            mode=self.mode(service) if service is not None else "alert",
            clock_trusted=self._ledger.moment.utc_trusted,
            voice=self.voice(),
        )

    def confirm_divert(self, name: str) -> bool:
        service = self._roster.service(name)
        return service is None or service.confirm_divert

    def note_divert(self, call: Call, target: Target) -> None:
        """Tell the target of a call that nobody has to answer for (`confirm_divert` off)."""
        caller = self._speaker.caller(call.number)
        self._note(messages.CALL_DIVERTED_NOTE, call, target, caller)

    def leads_to(self) -> Target | None:
        """Where the network leads calls that find the box engaged; None where it is not proved."""
        target, held = self.target(), self._forwarding.view
        proved = held.state is ForwardingState.VERIFIED
        return target if proved and target is not None and target.number == held.target else None

    def no_reply_s(self) -> float | None:
        """How long a call rings until it is led on, by what is proved of the network; None where
        nothing is, infinite where it is led on for no reply never."""
        service = self._roster.default_service
        if service is None or (self.leads_to() is None and not self._forwarding.keeps_its_time):
            return None
        return inf if self.mode(service) == "alert" else self._forwarding.no_reply_s

    def note_meanwhile(self, call: Call, target: Target) -> None:
        """Tell the target of a call that the network led on while the box spoke with another
        (`confirm_divert` off)."""
        caller = self._speaker.unseen(call.number)
        self._note(messages.CALL_MEANWHILE_NOTE, call, target, caller)

    def _note(self, sentence: str, call: Call, target: Target, caller: str) -> None:
        clock = self._speaker.clock(call.started_at)
        text = self._speaker.say(sentence, service=call.service, caller=caller, clock=clock)
        self._outbox.send(
            f"call:{call.id}:note", target.number, text, RANK_NOTICE, person=target.person
        )

    def country_code(self) -> str:
        return self._roster.rota.site.country_code if self._roster.rota is not None else "33"

    @property
    def capability(self) -> Capability:
        """What was measured on the SIM in the modem."""
        return self._capability

    def learn(self, name: str, ability: Ability) -> None:
        """Something of `Capability` was measured."""
        self._capability = replace(self._capability, **{name: ability})
        self._ledger.remember(self._capability_key, self._capability.as_fact())

    def forget_refusal(self, name: str) -> None:
        """What was refused may be tried again."""
        if getattr(self._capability, name) is Ability.NO:
            self.learn(name, Ability.UNKNOWN)
