"""Conditional call forwarding kept equal to the rota, and proved so by asking (27.007 7.11).

`OK` from the modem proves nothing: every setting is read back and the last nine digits compared.
Unconditional forwarding is erased first, since networks refuse the others while it is on. Call
waiting (22.083) goes with it: off where a second caller is to be busy and so forwarded, on where
the box itself should hear of him.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import datetime

from firmware.alert.bell import Bell
from firmware.at import answers
from firmware.at import service_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.call.forwarding_settings import (
    NO_REPLY_S,
    Condition,
    Wanted,
    codes_to_dial,
    fresh_proof,
    said_no,
    same_number,
    voice_number,
    wanted_settings,
)
from firmware.call.spared import Spared, whose
from firmware.call.transfer import Ability
from firmware.ledger import Ledger
from firmware.line.errand import Conversation, Errand
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.moment import soonest
from firmware.policy import Forwarding, Target
from firmware.pulse import ForwardingState
from firmware.record import JournalKind
from firmware.wording import messages

VERIFY_EVERY_S = 3600.0
PROVED_AGAIN_S = 30.0      # after something was set
GLANCE_EVERY_S = 900.0     # at what leads calls away from the box, or from whoever is on duty
GLANCED = (Condition.UNCONDITIONAL, Condition.BUSY)
RETRY_AFTER_S = (30.0, 60.0, 300.0, 900.0)
PROVED_WITHIN_S = 210.0    # after a handover, whatever the line is busy with; else the alarm
ALARM = "forwarding"
PROOF = "forwarding-proof"  # the fact that outlives a restart of the program


Findings = Generator[Command, Reply, str | None]


class _FaultError(Exception):
    """The network or the modem did not let us ask or set; ``refused``: it said no."""

    def __init__(self, why: str, refused: bool) -> None:
        super().__init__(why)
        self.why = why
        self.refused = refused


class ForwardingKeeper:
    """Sets, reads back, and does so again every hour and after each restart of the modem; in
    between it asks for what somebody else's change would do most harm to."""

    def __init__(self, ledger: Ledger, line: ModemLine, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self._errand = Errand(line, Rank.FORWARD, calm=True)
        self._target: Target | None = None
        self._mode = "divert"
        self._state = ForwardingState.UNKNOWN
        self._checked_at: datetime | None = None
        self._due_s: float | None = None
        self._proof_due_s = 0.0             # until then a glance is enough
        self._late_s: float | None = None   # when what is not proved becomes an alarm
        self._failures = 0
        self._iccid: str | None = None
        self.spared = Spared(ledger)
        self.ready = False
        self.people: Callable[[], Mapping[str, str]] = dict   # names and mobiles
        self.on_ability: Callable[[Ability], None] = lambda ability: None

    @property
    def view(self) -> Forwarding:
        """What the policy may rely on."""
        number = self._target.number if self._target is not None else None
        return Forwarding(self._state, number)

    @property
    def checked_at(self) -> datetime | None:
        return self._checked_at

    @property
    def deadline_s(self) -> float | None:
        due_s = self._due_s if self._able else None
        return soonest(due_s, self._late_s)

    @property
    def _able(self) -> bool:
        """There is something to set, somebody to ask, and nothing under way."""
        return self.ready and self._target is not None and not self._errand.running

    def want(self, target: Target | None, mode: str) -> None:
        """The rota's target now. Nobody at all: what the network holds stays as it is."""
        if target is not None:
            self.spared.want(target)
        if target is None or (target == self._target and mode == self._mode):
            return
        same_settings = (
            self._target is not None
            and target.number == self._target.number
            and mode == self._mode
        )
        self._target, self._mode = target, mode
        if same_settings:
            return
        self._failures = 0
        self._state = ForwardingState.CHANGING
        self._prove_now()

    def _prove_now(self) -> None:
        """At once, and with an alarm if it takes too long, whatever the line is busy with."""
        now_s = self._ledger.moment.monotonic_s
        self._due_s = self._proof_due_s = now_s
        unproved = self.ready and self._state is not ForwardingState.VERIFIED
        self._late_s = now_s + PROVED_WITHIN_S if unproved else None
        self._errand.drop()
        self.tick()

    def opened(self, iccid: str | None) -> None:
        """The modem is initialised: what the network holds is proved again, at once.

        The settings are the network's, not the modem's: what this SIM was seen to have less than
        an hour ago counts until the new answer is there, as it would without the restart.
        """
        self.ready = True
        self._iccid = iccid
        if self._has_fresh_proof():
            self._state = ForwardingState.VERIFIED
        elif self._state is ForwardingState.VERIFIED:
            self._state = ForwardingState.CHANGING
        self._prove_now()

    def _has_fresh_proof(self) -> bool:
        if self._target is None or self._iccid is None or not self._ledger.moment.utc_trusted:
            return False
        same = {"iccid": self._iccid, "number": self._target.number, "mode": self._mode}
        proof, now = self._ledger.fact(PROOF), self._ledger.now
        at = fresh_proof(proof, same, now, VERIFY_EVERY_S)
        self._checked_at = at or self._checked_at
        return at is not None

    def closed(self) -> None:
        """No modem, or none on the network: nothing can be asked, and another SIM may come."""
        self.ready = False
        if self._state is ForwardingState.VERIFIED:
            self._state = ForwardingState.CHANGING
        self._late_s = None
        self._errand.drop()

    def spare(self) -> None:
        """The rota is a backup's: what the network holds may be newer (`spared`)."""
        self.spared.begin(self._target)

    def settle(self) -> None:
        """Somebody has looked at the rota: it counts."""
        if self.spared.on:
            self.spared.end()
            self.check_now()

    def check_now(self) -> None:
        self._due_s = self._proof_due_s = self._ledger.moment.monotonic_s
        self.tick()

    def tick(self) -> None:
        now_s = self._ledger.moment.monotonic_s
        due = self._due_s is not None and self._due_s <= now_s
        if due and self._able and self._target is not None:
            self._due_s = None
            # At first before any text: until then calls are led to whoever was on duty before
            first = self._state is not ForwardingState.VERIFIED and self._failures == 0
            rank = Rank.HANDOVER if first else Rank.FORWARD
            glance = self._state is ForwardingState.VERIFIED and now_s < self._proof_due_s
            say = self._glance if glance else self._converse
            self._errand.start(say(self._target, self._mode), rank=rank)
        if self._late_s is not None and self._late_s <= now_s:
            self._unproved("no answer")

    # The conversation

    def _converse(self, target: Target, mode: str) -> Conversation:
        yield from self._prove(target, mode)
        # Last, and whatever came of it: a network without call waiting is no alarm.
        if mode == "alert" or self._state is not ForwardingState.VERIFIED:
            yield commands.call_waiting_on()
        else:
            yield commands.call_waiting_off()

    def _glance(self, target: Target, mode: str) -> Conversation:
        """Whatever is not as it was is the next proof's to find, mend and tell: at once."""
        wanted = wanted_settings(mode, target.number)
        as_it_was = True
        try:
            for condition in GLANCED:
                found = yield from self._ask(condition)
                as_it_was = as_it_was and same_number(wanted[condition], found)
        except _FaultError:
            as_it_was = False
        now_s = self._ledger.moment.monotonic_s
        if not as_it_was:
            self._proof_due_s = now_s
        self._due_s = min(now_s + GLANCE_EVERY_S, self._proof_due_s)

    def _prove(self, target: Target, mode: str) -> Generator[Command, Reply, None]:
        was_proved = self._state is ForwardingState.VERIFIED
        wanted = wanted_settings(mode, target.number)
        try:
            if self.spared.on and (yield from self._is_left(target, wanted)):
                return
            found = yield from self._mend(wanted, set_first=not was_proved)
        except _FaultError as fault:
            self._failed(target, fault)
            return
        wrong = {
            condition: (before, after)
            for condition, (before, after) in found.items()
            if not same_number(wanted[condition], after)
        }
        changed = {
            condition: before
            for condition, (before, _) in found.items()
            if not same_number(wanted[condition], before)
        }
        if wrong:
            self._different(target, wanted, {c: after for c, (_, after) in wrong.items()})
        else:
            if was_proved and changed:
                # Somebody or something changed it behind our back; it is mended already.
                self._tell_difference("forwarding-changed", wanted, changed)
            self._verified(target, set_anew=bool(changed))

    def _mend(
        self, wanted: Wanted, *, set_first: bool
    ) -> Generator[Command, Reply, dict[Condition, tuple[str | None, str | None]]]:
        """Ask, set what differs, ask again; gives what was found before and after.

        With ``set_first`` (a new target: it must differ) the first question is saved: each is a
        second or more of the network's time, and the handover waits for it.
        """
        found: dict[Condition, tuple[str | None, str | None]] = {}
        for condition, number in wanted.items():
            before = None
            if number is None or not set_first:
                before = yield from self._ask(condition)
            after = before
            if not same_number(number, before):
                yield from self._set(condition, number)
                after = yield from self._ask(condition)
            found[condition] = (before, after)
        return found

    def _is_left(self, target: Target, wanted: Wanted) -> Generator[Command, Reply, bool]:
        """Whether the network leads calls to another of our people, who stays as long as the rota
        is a backup's that nobody has looked at."""
        found = {}
        for condition in (each for each, number in wanted.items() if number is not None):
            found[condition] = yield from self._ask(condition)
        name = whose(found, target, self.people())
        if name is None:
            self.spared.end()
            return False
        if self._ledger.alarm(ALARM) is None:
            self._journal(target, "left", found={c.name.lower(): n for c, n in found.items()})
        self._state, self._late_s = ForwardingState.DIFFERENT, None
        self._checked_at, self._failures = self._ledger.now, 0
        self._due_s = self._proof_due_s = self._ledger.moment.monotonic_s + VERIFY_EVERY_S
        values = {"expected": target.person or target.number, "found": name}
        self._bell.ring(ALARM, messages.FORWARDING_LEFT, values)
        return True

    def _ask(self, condition: Condition) -> Findings:
        reply = yield commands.forwarding_query(condition)
        if not reply.ok:
            raise _FaultError(reply.why, said_no(reply))
        if reply.doubtful:   # no line means "not active", unless it was there and is unreadable
            raise _FaultError("unreadable answer", False)
        try:
            statuses = answers.forwarding(reply.lines)
        except AnswerFault as fault:
            raise _FaultError(str(fault), False) from fault
        return voice_number(statuses)

    def _set(self, condition: Condition, number: str | None) -> Generator[Command, Reply, None]:
        if number is None:
            command = commands.forwarding_erase(condition)
        else:
            no_reply_s = NO_REPLY_S if condition is Condition.NO_REPLY else None
            command = commands.forwarding_register(condition, number, no_reply_s)
        self._ledger.remember(PROOF, None)   # until it is read back, nothing is proved any more
        reply = yield command
        if not reply.ok:
            raise _FaultError(reply.why, said_no(reply))

    # What came of it

    def _verified(self, target: Target, *, set_anew: bool) -> None:
        first = self._state is not ForwardingState.VERIFIED
        self._state = ForwardingState.VERIFIED
        self._checked_at = self._ledger.now
        self._failures = 0
        self._late_s = None
        now_s = self._ledger.moment.monotonic_s
        # A digit of what was set may have been lost on the wire, and something else set
        self._proof_due_s = now_s + (PROVED_AGAIN_S if set_anew else VERIFY_EVERY_S)
        self._due_s = min(now_s + GLANCE_EVERY_S, self._proof_due_s)
        self._bell.still(ALARM)
        self.on_ability(Ability.YES)
        if self._iccid is not None:
            proof = {"iccid": self._iccid, "number": target.number, "mode": self._mode}
            self._ledger.remember(PROOF, {**proof, "at": self._ledger.now.isoformat()})
        if first or set_anew:
            self._journal(target, "verified", set_anew=set_anew)

    def _different(
        self, target: Target, wanted: Wanted, found: Mapping[Condition, str | None]
    ) -> None:
        self._state = ForwardingState.DIFFERENT
        self._late_s = None
        self._checked_at = self._ledger.now
        self._retry_later()
        self._journal(target, "different", found={c.name.lower(): n for c, n in found.items()})
        self._tell_difference(ALARM, wanted, found)

    def _failed(self, target: Target, fault: _FaultError) -> None:
        if not self.ready:
            return
        self._retry_later()
        if not fault.refused:
            # Silence, not a refusal: perhaps the channel's fault. One more try before the alarm.
            self._state = ForwardingState.UNKNOWN
            if self._failures < 2:
                return
            self._unproved(fault.why)
            return
        self._state = ForwardingState.REFUSED
        self._late_s = None
        self._ledger.remember(PROOF, None)
        self._journal(target, "refused", why=fault.why)
        self.on_ability(Ability.NO)
        self._bell.ring(
            ALARM,
            messages.FORWARDING_REFUSED,
            {
                "number": target.number,
                "why": fault.why,
                "codes": codes_to_dial(self._mode, target.number),
            },
        )

    def _unproved(self, why: str) -> None:
        self._late_s = None
        if self._target is None:
            return
        self._journal(self._target, "unanswered", why=why)
        values = {"number": self._target.number, "why": why}
        self._bell.ring(ALARM, messages.FORWARDING_UNANSWERED, values)

    def _retry_later(self) -> None:
        wait_s = RETRY_AFTER_S[min(self._failures, len(RETRY_AFTER_S) - 1)]
        self._failures += 1
        self._due_s = self._ledger.moment.monotonic_s + wait_s

    def _tell_difference(
        self, key: str, wanted: Wanted, found: Mapping[Condition, str | None]
    ) -> None:
        condition, number = next(iter(found.items()))
        values = {"expected": wanted[condition] or "-", "found": number or "-"}
        if key == ALARM:
            self._bell.ring(ALARM, messages.FORWARDING_DIFFERENT, values)
            return
        self._ledger.journal(
            JournalKind.FORWARDING,
            outcome="changed_elsewhere",
            number=wanted[condition],
            found={c.name.lower(): n for c, n in found.items()},
        )
        self._bell.tell(key, messages.FORWARDING_DIFFERENT, values)

    def _journal(self, target: Target, outcome: str, **detail: object) -> None:
        self._ledger.journal(
            JournalKind.FORWARDING,
            number=target.number,
            person=target.person,
            outcome=outcome,
            mode=self._mode,
            more=detail,
        )
