"""Conditional call forwarding kept equal to the rota, and proved so by asking (27.007 7.11).

`OK` from the modem proves nothing: every setting is read back and the last nine digits compared.
Unconditional forwarding is erased first, since networks refuse the others while it is on. Call
waiting (22.083) goes with it: off where a second caller is to be busy and so forwarded, on where
the box itself should hear of him.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from datetime import datetime

from firmware.alert.bell import Bell
from firmware.at import service_commands as commands
from firmware.at.command import Command
from firmware.call.forwarding_news import ForwardingNews
from firmware.call.forwarding_proof import Proof
from firmware.call.forwarding_register import RegisterError, ask_each, mend
from firmware.call.forwarding_settings import (
    NO_REPLY_S,
    Condition,
    Found,
    Wanted,
    same_number,
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

VERIFY_EVERY_S = 3600.0
PROVED_AGAIN_S = 30.0      # after something was set
GLANCE_EVERY_S = 900.0     # at what leads calls away from the box, or from whoever is on duty
GLANCED = (Condition.UNCONDITIONAL, Condition.BUSY)
RETRY_AFTER_S = (30.0, 60.0, 300.0, 900.0)
PROVED_WITHIN_S = 210.0    # after a handover, whatever the line is busy with; else the alarm


class ForwardingKeeper:
    """Sets, reads back, and does so again every hour and after each restart of the modem; in
    between it asks for what somebody else's change would do most harm to."""

    def __init__(self, ledger: Ledger, line: ModemLine, bell: Bell) -> None:
        self._ledger = ledger
        self._news = ForwardingNews(ledger, bell)
        self._proof = Proof(ledger)
        self._errand = Errand(line, Rank.FORWARD, calm=True)
        self._target: Target | None = None
        self._mode = "divert"
        self._state = ForwardingState.UNKNOWN
        self._was_proved = False            # until it was wanted otherwise
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
        # Callers of whom nobody is asked: what the network held for them, asked for since when
        self.on_looked: Callable[[float, Found], None] = lambda asked_s, found: None
        self.is_waited_for: Callable[[], bool] = lambda: False

    @property
    def view(self) -> Forwarding:
        """What the policy may rely on."""
        number = self._target.number if self._target is not None else None
        return Forwarding(self._state, number)

    @property
    def checked_at(self) -> datetime | None:
        return self._checked_at

    @property
    def no_reply_s(self) -> float:
        """How long a call rings before it is led on, as the network was last seen to hold it."""
        return self._proof.no_reply_s or NO_REPLY_S

    @property
    def leads_to(self) -> str | None:
        """The number that is wanted, or, before one is, that was proved last."""
        return self._target.number if self._target is not None else self._proof.number

    @property
    def keeps_its_time(self) -> bool:
        """A handover alone is why nothing is proved: how long calls ring is as it was."""
        changing = self._state is ForwardingState.CHANGING and self._was_proved
        return changing and self._proof.is_of(self._iccid, self._mode)

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
        self._was_proved = self._state is ForwardingState.VERIFIED
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
        number = self._target.number
        at = self._proof.seen_at(self._iccid, number, self._mode, VERIFY_EVERY_S)
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
        asked_s = self._ledger.moment.monotonic_s
        try:
            found = yield from ask_each(GLANCED)
            as_it_was = not _differing(wanted, found)
        except RegisterError:
            as_it_was = False
        now_s = self._ledger.moment.monotonic_s
        if as_it_was:
            self.on_looked(asked_s, found)
        else:
            self._proof_due_s = now_s
        self._due_s = min(now_s + GLANCE_EVERY_S, self._proof_due_s)

    def _prove(self, target: Target, mode: str) -> Generator[Command, Reply, None]:
        was_proved = self._state is ForwardingState.VERIFIED
        wanted = wanted_settings(mode, target.number)
        if self.is_waited_for():
            yield from self._look_back()
        asked_s = self._ledger.moment.monotonic_s
        try:
            if self.spared.on and (yield from self._is_left(target, wanted)):
                return
            before, after = yield from mend(wanted, self._proof, set_first=not was_proved)
        except RegisterError as fault:
            self._failed(target, fault)
            return
        changed = _differing(wanted, before)
        # Set anew before anybody could see what was there: whoever is unsure alerts
        self.on_looked(asked_s, before if was_proved else dict.fromkeys(GLANCED))
        if wrong := _differing(wanted, after):
            self._different(target, wanted, wrong)
        else:
            if was_proved and changed:
                self._news.changed_elsewhere(wanted, changed)
            self._verified(target, set_anew=bool(changed))

    def _look_back(self) -> Generator[Command, Reply, None]:
        """Before anything is set, also where another is on duty by now; without an answer that goes
        first all the same."""
        asked_s = self._ledger.moment.monotonic_s
        with suppress(RegisterError):
            self.on_looked(asked_s, (yield from ask_each(GLANCED)))

    def _is_left(self, target: Target, wanted: Wanted) -> Generator[Command, Reply, bool]:
        """Whether the network leads calls to another of our people, who stays as long as the rota
        is a backup's that nobody has looked at."""
        found = yield from ask_each(
            [condition for condition, number in wanted.items() if number is not None]
        )
        name = whose(found, target, self.people())
        if name is None:
            self.spared.end()
            return False
        self._state, self._late_s = ForwardingState.DIFFERENT, None
        self._checked_at, self._failures = self._ledger.now, 0
        self._due_s = self._proof_due_s = self._ledger.moment.monotonic_s + VERIFY_EVERY_S
        self._news.left(target, self._mode, found, name)
        return True

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
        self._news.end_alarm()
        self.on_ability(Ability.YES)
        if self._iccid is not None:
            self._proof.keep(self._iccid, target.number, self._mode)
        if first or set_anew:
            self._news.proved(target, self._mode, set_anew=set_anew)

    def _different(self, target: Target, wanted: Wanted, found: Found) -> None:
        self._state = ForwardingState.DIFFERENT
        self._late_s = None
        self._checked_at = self._ledger.now
        self._retry_later()
        self._news.different(target, self._mode, wanted, found)

    def _failed(self, target: Target, fault: RegisterError) -> None:
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
        self._proof.withdraw()
        self.on_ability(Ability.NO)
        self._news.refused(target, self._mode, fault.why)

    def _unproved(self, why: str) -> None:
        self._late_s = None
        if self._target is not None:
            self._news.unanswered(self._target, self._mode, why)

    def _retry_later(self) -> None:
        wait_s = RETRY_AFTER_S[min(self._failures, len(RETRY_AFTER_S) - 1)]
        self._failures += 1
        self._due_s = self._ledger.moment.monotonic_s + wait_s


def _differing(wanted: Wanted, found: Found) -> Found:
    """What was found under each condition where it is not as wanted."""
    return {
        condition: number
        for condition, number in found.items()
        if not same_number(wanted[condition], number)
    }
