"""Rings somebody of the staff and plays a greeting to them, as the page has asked.

The table is `rehearsal_table`; here is what its words mean. Every caller goes before it. Whatever
happens, the leg is released and the journal tells what came of it.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.at import call_commands, device_commands
from firmware.at.answers import CallListEntry, CallStat
from firmware.at.command import Command
from firmware.duty.roster import Roster
from firmware.guard.call_budget import CallBudget
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.moment import soonest
from firmware.policy import Reason
from firmware.record import JournalKind, Request
from firmware.rota.values import GREETING_TIMES
from firmware.voice.rehearsal_table import ANSWER_WITHIN_S, DUE_S, TABLE, Sign, Stage
from firmware.voice.sound import Sound
from firmware.voice.table import NOTHING
from firmware.voice.words import VoiceWords

UNDER_WAY = "voice:rehearsal"   # the fact: the journal entry of one that has not ended, or null
UNLISTED_S = 3.0   # a leg that was dialled may be in the list so late
POLL_S = 1.0
DROP_TRIES = 10    # one a second; then the call desk releases whatever is listed

# Why it could not be heard, besides the reasons of `firmware/policy.py`
NOT_STAFF, REFUSED = "not a number of the staff", "number may not be rung"
NO_GREETING, BUDGET = "no such greeting", "too many calls"
NO_DIAL, NO_SOUND = "the modem did not dial", "no sound in the call"
HUNG_UP, CALLER, BROKEN_OFF = "hung up before the end", "a caller went first", "broken off"


class Rehearsal:
    """One at a time. ``why_not`` says why the voice cannot be used, ``called`` whether a call is
    in hand, ``someone_calls`` whether one of a caller is."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        roster: Roster,
        words: VoiceWords,
        sound: Sound,
        budget: CallBudget,
    ) -> None:
        self._ledger = ledger
        self._modem = line
        self._roster = roster
        self._words = words
        self._sound = sound
        self._budget = budget
        self.why_not: Callable[[], Reason | None] = lambda: None
        self.in_call: Callable[[], bool] = lambda: False
        self.called: Callable[[], bool] = lambda: False
        self.ask_list: Callable[[], None] = lambda: None
        self.stage = Stage.IDLE
        self._due_s: float | None = None
        self._poll_s: float | None = None
        self._wish: dict[str, str] = {}
        self._key = ""
        self._clear()

    def _clear(self) -> None:
        self._leg: CallListEntry | None = None
        self._dialled_s: float | None = None
        self._unlisted_until_s = 0.0
        self._waits = False   # ATD is unanswered
        self._tries = 0
        self._outcome, self._why = "rehearsal_impossible", ""

    @property
    def busy(self) -> bool:
        return self.stage is not Stage.IDLE

    @property
    def deadline_s(self) -> float | None:
        return soonest(self._due_s, self._poll_s)

    # The beginning

    def start(self, request: Request) -> None:
        """The page's wish: ring ``number`` and play the greeting ``when`` of ``service``."""
        key, values = f"rehearsal:{request.id}", request.values
        why = self._refusal(values)
        if why is not None:
            self._journal(key, values, "rehearsal_impossible", why)
            return
        self._clear()
        self._key, self._wish = key, dict(values)
        self._ledger.remember(UNDER_WAY, {"key": key, "values": self._wish})
        self._journal(key, values, "rehearsal", None)
        self._dialled_s = self._now_s
        self._budget.placed(self._now_s)
        self._modem.in_call = True
        self._go(Stage.DIALLING)
        self._modem.ask(
            call_commands.dial(values["number"]), lambda reply: self._dial_answered(key, reply),
            Rank.CALL, wanted=lambda: self._dial_goes(key),
        )  # fmt: skip

    def _refusal(self, values: dict[str, str]) -> str | None:
        number = values.get("number", "")
        if self.busy or self.in_call():
            return Reason.BUSY.value
        person = self._roster.staff(number)
        if person is None or person.former:
            return NOT_STAFF
        if self._roster.refusal(number) is not None:
            return REFUSED
        service, when = values.get("service", ""), values.get("when", "")
        if self._roster.service(service) is None or when not in GREETING_TIMES:
            return NO_GREETING
        why = self.why_not()
        if why is not None:
            return why.value
        return None if self._budget.allows(self._now_s) else BUDGET

    # What happens

    def sign(self, sign: Sign) -> None:
        word = TABLE[self.stage, sign]
        if word != NOTHING:
            getattr(self, f"_{word}")()

    def resume(self) -> None:
        """After a restart: what was up is released by the call desk."""
        left = self._ledger.fact(UNDER_WAY)
        if isinstance(left, dict):
            self._journal(
                str(left.get("key", "")), dict(left.get("values", {})), "rehearsal_impossible",
                BROKEN_OFF,
            )  # fmt: skip
            self._ledger.remember(UNDER_WAY, None)

    def make_way(self) -> bool:
        """Somebody calls: the leg is released at once. Whether the line is free of it."""
        self.sign(Sign.CALLER)
        return not self.busy

    def interrupted(self) -> None:
        """The modem has gone: nothing can be asked of it any more."""
        if self.busy:
            self._sound.forget()
            self._outcome, self._why = "rehearsal_impossible", BROKEN_OFF
            self._over()

    def listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        self._leg = dialled[0] if dialled else None
        if self._leg is None:
            self.sign(Sign.NONE)
        else:
            up = self._leg.stat in (CallStat.ACTIVE, CallStat.HELD)
            self._unlisted_until_s, self._poll_s = 0.0, None   # from here the desk asks
            self.sign(Sign.UP if up else Sign.RINGS)

    def tick(self) -> None:
        if self._due_s is not None and self._now_s >= self._due_s:
            self._due_s = None
            self.sign(Sign.DUE)
        if self._poll_s is not None and self._now_s >= self._poll_s:
            self._poll_s = self._now_s + POLL_S
            self.ask_list()

    # Dialling

    def _dial_goes(self, key: str) -> bool:
        """Its turn has come; meanwhile somebody may have called."""
        self._waits = self.stage is Stage.DIALLING and key == self._key
        return self._waits

    def _dial_answered(self, key: str, reply: Reply) -> None:
        if not self.busy or key != self._key:
            self.ask_list()   # it has ended without an answer: whatever is up is released
            return
        if self._waits and not reply.refused:
            self._unlisted_until_s = self._now_s + UNLISTED_S   # taken, or nobody knows
        self._waits = False
        self.sign(Sign.OK if reply.ok else Sign.REFUSED)

    def _rung(self) -> None:
        self._go(Stage.RINGING, ANSWER_WITHIN_S - (self._now_s - (self._dialled_s or 0.0)))
        self._poll_s = self._now_s + POLL_S   # until it is listed, nobody else asks
        self.ask_list()

    def _no_dial(self) -> None:
        self._leave("rehearsal_impossible", NO_DIAL)

    def _no_leg(self) -> None:
        if self._now_s >= self._unlisted_until_s:
            self._leave("rehearsal_unanswered")

    def _unanswered(self) -> None:
        self._leave("rehearsal_unanswered")

    # The greeting

    def _open(self) -> None:
        self._go(Stage.OPENING)
        self._sound.open()

    def _play(self) -> None:
        self._go(Stage.PLAYING)
        self._sound.play(*self._words.rehearsed(self._wish["service"], self._wish["when"]))

    def _heard(self) -> None:
        self._leave("rehearsal_heard")

    def _too_long(self) -> None:
        self._leave("rehearsal_impossible", BROKEN_OFF)

    def _deaf(self) -> None:
        self._leave("rehearsal_impossible", NO_SOUND)

    def _hung_up(self) -> None:
        self._leave("rehearsal_impossible", HUNG_UP)

    def _yield(self) -> None:
        self._leave("rehearsal_impossible", CALLER)

    # The end

    def _leave(self, outcome: str, why: str = "") -> None:
        """Release the leg, whatever it is doing."""
        self._outcome, self._why = outcome, why
        self._sound.close()
        self._tries = 0
        self._drop_again()

    def _drop_again(self) -> None:
        self._tries += 1
        if self._tries > DROP_TRIES:
            self._over()
            return
        self._go(Stage.DROPPING)
        if self._waits:
            self._modem.shout(device_commands.attention())   # any character ends ATD (V.250 5.6.1)
        else:
            self._release()
        self.ask_list()

    def _release(self) -> None:
        """By its number in the list, CHUP in turn (also where no list can be read); but never CHUP
        while somebody calls: it could meet the caller."""
        leg, odd = self._leg, self._tries % 2 == 1
        if leg is not None and 1 <= leg.id <= 7 and (odd or self.called()):   # 22.030 6.5.5
            self._ask_release(call_commands.call_hold(f"1{leg.id}"), lambda: self._leg is not None)
        elif not odd:
            self._ask_release(call_commands.hang_up(), lambda: not self.called())

    def _ask_release(self, command: Command, still: Callable[[], bool]) -> None:
        self._modem.ask(
            command, lambda reply: self.sign(Sign.OK if reply.ok else Sign.REFUSED), Rank.CALL,
            wanted=lambda: self.stage is Stage.DROPPING and still(),
        )  # fmt: skip

    def _check(self) -> None:
        self.ask_list()

    def _gone(self) -> None:
        if not self._waits and self._now_s >= self._unlisted_until_s:
            self._over()

    def _over(self) -> None:
        if self._dialled_s is not None:
            self._budget.lasted(self._now_s - self._dialled_s, self._now_s)
        self._journal(self._key, self._wish, self._outcome, self._why or None)
        self._ledger.remember(UNDER_WAY, None)
        self._sound.channel.call_over()   # the next call settles anew
        self._due_s = self._poll_s = None
        self.stage = Stage.IDLE
        self.ask_list()   # who has waited for this is decided now

    # Bookkeeping

    @property
    def _now_s(self) -> float:
        return self._ledger.moment.monotonic_s

    def _go(self, stage: Stage, seconds: float | None = None) -> None:
        self.stage = stage
        self._due_s = self._now_s + (DUE_S[stage] if seconds is None else seconds)

    def _journal(self, key: str, values: dict[str, str], outcome: str, why: str | None) -> None:
        self._ledger.journal(
            JournalKind.HEALTH,
            key=key,
            service=values.get("service"),
            number=values.get("number"),
            outcome=outcome,
            reason=why,
            by=values.get("by"),
        )
