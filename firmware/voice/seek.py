"""Rings one number while the caller is on hold, asks for the key, and joins the two.

The table is `seek_table`; here is what its words mean. Nobody is joined who has not pressed 1.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.at import call_commands, device_commands
from firmware.at.answers import CallListEntry, CallStat
from firmware.call.call_state import CallState
from firmware.call.forwarding_settings import said_no
from firmware.call.transfer import Ability, Capability
from firmware.guard.call_budget import CallBudget
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Reply
from firmware.record import VoiceStep
from firmware.voice import seek_table
from firmware.voice.clip import Pause
from firmware.voice.dialled import Dialled
from firmware.voice.plan import Errand
from firmware.voice.release import release
from firmware.voice.searching import Searching
from firmware.voice.seek_table import BACK_ANSWER_S, TABLE, Result, Sign, Stage, read
from firmware.voice.sound import Sound
from firmware.voice.table import NOTHING


class Seek(Searching):
    """One search at a time. ``on_done`` gets the result, ``on_step`` each step of the story."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        sound: Sound,
        budget: CallBudget,
        ask_list: Callable[[], None],
    ) -> None:
        super().__init__(ledger, line)
        self._sound = sound
        self._budget = budget
        self._ask_list = ask_list
        self.accepted = False
        self.on_done: Callable[[Result], None] = lambda result: None
        self.on_step: Callable[[VoiceStep, str | None], None] = lambda word, value: None
        self.capability: Callable[[], Capability] = Capability
        self.learn: Callable[[str, Ability], None] = lambda name, ability: None
        self._clear()

    def _clear(self) -> None:
        self._result = Result.RETURNED
        self._caller = CallState.ACTIVE
        self._leg: CallListEntry | None = None
        self._forget_question()
        self._dialled = Dialled(self._budget)
        self._tries, self._repeated = 0, False
        self._seen = False
        self._dialled_ok_s = 0.0
        self._transfer_unknown = False
        self._silent = self._unlisted = False   # no list was read since the last answer

    def start(self, errand: Errand) -> None:
        self._clear()
        self._errand = errand
        self.accepted = False
        self._sound.hush()
        self._go(Stage.HOLDING)
        self._say(call_commands.call_hold("2"))

    def abort(self) -> None:
        """The modem has gone: nothing can be asked of it any more."""
        self._clear()
        self._go(Stage.IDLE)

    # What happens

    def sign(self, sign: Sign) -> None:
        word = TABLE[self.stage, sign]
        if word != NOTHING:
            getattr(self, f"_{word}")()

    def tick(self) -> None:
        if self.due_s is not None and self._now_s >= self.due_s:
            self.due_s = None
            self.sign(Sign.DUE)

    def listed(self, caller: CallState, dialled: tuple[CallListEntry, ...]) -> None:
        """What the list shows of the two calls."""
        self._unlisted = False
        self._caller = caller
        new = self._leg is not None and bool(dialled) and dialled[0].id != self._leg.id
        stranger = new and caller is CallState.ABSENT   # a conference may show as one new call
        self._leg = dialled[0] if dialled else None
        if self._rings_another():
            return
        as_one = stranger and self.stage is Stage.CONFERENCING
        self.sign(Sign.TOGETHER if as_one else read(caller, self._leg))

    def _rings_another(self) -> bool:
        """Whether the list shows another number; the right one is then dialled once more."""
        if self.stage not in (Stage.RINGING, Stage.WHISPERING) or self._leg is None:
            return False
        if self._dialled.shows(self._the_errand.to.number, self._leg.number):
            return False
        if self._dialled.another:
            self.on_step(VoiceStep.MISDIALLED, self._leg.number)
            self._leave(Result.RETURNED)
        else:
            self._ask_list()
        return True

    def key(self, key: str) -> None:
        if key in ("1", "2"):
            self.sign(Sign.YES if key == "1" else Sign.NO)

    # Hold and dial

    def _unheld(self) -> None:
        """Not yet: the modem may hear nothing, for as long as a network takes no SMS. The caller
        can still be spoken to then; where it was told to hold them its answer is waited for."""
        if self._waits and not self._sent:
            self._done(Result.NOT_RUNG)
        else:
            self.due_s = self._now_s + seek_table.HELD_WITHIN_S

    def _dial(self) -> None:
        errand = self._the_errand
        self._dialled.placed(self._now_s)
        self._tries = 0
        self.on_step(VoiceStep.ASKED, errand.to.person or errand.to.number)
        self._go(Stage.DIALLING, errand.ring_s)
        self._say(call_commands.dial(errand.to.number))

    def _rung(self) -> None:
        left_s = self._the_errand.ring_s - self._dialled.age_s(self._now_s)
        self._go(Stage.RINGING, max(left_s, 1.0))
        self._dialled_ok_s = self._now_s
        self._seen = False
        self._ask_list()

    def _rings(self) -> None:
        self._seen = True

    def _abort(self) -> None:
        """ATD has not ended: any character ends it (V.250 5.6.1); its answer goes on from here."""
        if self._tries:
            self._modem.give_up(self._ledger.moment)
            self._leave(Result.RETURNED)
            return
        self._tries = 1
        self._modem.shout(device_commands.attention())
        self.due_s = self._now_s + seek_table.ABORT_S

    def _no_dial(self) -> None:
        self.on_step(VoiceStep.NOT_REACHED, self._who)
        self._leave(Result.RETURNED)

    def _no_leg(self) -> None:
        if not self._seen and self._now_s < self._dialled_ok_s + seek_table.UNLISTED_S:
            return   # the list is behind
        self.on_step(VoiceStep.NOT_REACHED, self._who)
        self._to_caller()

    def _unanswered(self) -> None:
        word = VoiceStep.NO_ANSWER if self.stage is Stage.RINGING else VoiceStep.NO_KEY
        self.on_step(word, self._who)
        self._leave(Result.RETURNED)

    # The question, and the key

    def _whisper(self) -> None:
        self.on_step(VoiceStep.ANSWERED_BY, self._who)
        if self._silent:
            self._leave(Result.DEAF)
            return
        self._go(Stage.WHISPERING, self._the_errand.accept_s)
        self._sound.play(*self._the_errand.whisper)

    def _again(self) -> None:
        self._sound.play(Pause(seek_table.AGAIN_MS), *self._the_errand.whisper)

    def _decline(self) -> None:
        self.on_step(VoiceStep.PASSED_ON_BY, self._who)
        self._leave(Result.RETURNED)

    def _mute(self) -> None:
        """Nobody can be asked any more; two who are being joined need no sound of ours."""
        self._silent = True
        if self.stage in (Stage.RINGING, Stage.WHISPERING):
            self._leave(Result.DEAF)
        elif self.stage is Stage.EXCUSING:
            self._drop()

    def _hung_up(self) -> None:
        self.on_step(VoiceStep.HUNG_UP, self._who)
        if self.stage is not Stage.WHISPERING:
            self._result = Result.FAILED
        self._to_caller()

    # Joining

    def _accept(self) -> None:
        self.accepted = True
        self.on_step(VoiceStep.ACCEPTED_BY, self._who)
        self._sound.hush()
        self._result = Result.FAILED   # until it has worked
        self._tries = 0
        if self.capability().transfer is Ability.NO:
            self._conference()
            return
        self._go(Stage.TRANSFERRING)
        self._say(call_commands.call_hold("4"), within_s=self._join_within_s)

    def _refuse4(self) -> None:
        reply = self._reply
        if reply is None or not reply.refused:
            self._transfer_unknown = True   # no answer: perhaps they are joined, the list knows
            self._ask_list()
            return
        self._refused(reply, "transfer")
        self._conference()

    def _late(self) -> None:
        """It was accepted, or nothing was said, and both calls are still here."""
        if self._awaits_answer():
            return
        if self._caller is CallState.ABSENT:
            self._abandon()
            return
        if self._reply is not None and self._reply.ok:
            self.learn("transfer", Ability.NO)
        self._conference()

    def _check4(self) -> None:
        """Two lines of the list vanish one after the other."""

    _check3 = _check4

    def _away(self) -> None:
        if self.stage is Stage.CONFERENCING and not self._transfer_unknown:
            self._lost()
            return
        self.learn("transfer", Ability.YES)
        self.on_step(VoiceStep.JOINED, "transfer")
        self._done(Result.TRANSFERRED)

    def _conference(self) -> None:
        if self._too_late_to_join:
            self._not_joined()
            return
        self._go(Stage.CONFERENCING)
        self._say(call_commands.call_hold("3"), within_s=self._join_within_s)

    def _refuse3(self) -> None:
        reply = self._reply
        if self._awaits_answer():
            return
        if reply is not None and reply.refused:
            self._refused(reply, "conference")
        elif self.due_s is not None:
            self._ask_list()   # no answer: the list knows, until the time is up
            return
        if self._caller is CallState.ABSENT:
            self._abandon()
        else:
            self._not_joined()

    def _not_joined(self) -> None:
        self.on_step(VoiceStep.NOT_JOINED, self._who)
        self._go(Stage.EXCUSING)
        self._sound.play(*self._the_errand.excuse)

    def _awaits_answer(self) -> bool:
        """Perhaps they are joined: a list tells, after the answer; it may be lost itself."""
        if waits := self._waits or (self._unlisted and not self._too_late):
            self.due_s = self._now_s + 1.0
        return waits

    def _both(self) -> None:
        if self._caller is not CallState.ACTIVE or self._reply is None or not self._reply.ok:
            return
        if self._leg is None or self._leg.stat is not CallStat.HELD:
            self._joined()
            return
        # A bit of CHLD=3 was garbled, and it swapped them: each of the two hears nothing
        self._tries += 1
        if self._tries > seek_table.JOIN_TRIES or self._too_late_to_join:
            self.on_step(VoiceStep.NOT_JOINED, self._who)
            self._leave(Result.FAILED)
        else:
            self._conference()

    def _joined(self) -> None:
        self.learn("conference", Ability.YES)
        self.on_step(VoiceStep.JOINED, "conference")
        self._done(Result.CONFERENCE)

    def _refused(self, reply: Reply | None, *names: str) -> None:
        for name in names if reply is not None and said_no(reply) else ():
            self.learn(name, Ability.NO)

    # Back to the caller

    def _abandon(self) -> None:
        self._leave(Result.LOST)

    def _drop(self) -> None:
        self._leave(self._result)

    def _leave(self, result: Result) -> None:
        """Release the leg, whatever it is doing, and go back to the caller."""
        self._result = result
        self._tries, self._repeated = 0, False
        self._sound.hush()
        self._drop_again()

    def _drop_again(self) -> None:
        self._tries += 1
        if self._tries > seek_table.DROP_TRIES or self._too_late:
            self._lost()   # the desk releases what nobody owns, for as long as it is listed
            return
        self._go(Stage.DROPPING)
        # CHLD=1 twice, or after what a list has not yet told, would release the caller too
        leg = None if self._waits or self._unlisted else self._leg
        back = self._caller is CallState.ACTIVE
        if leg and (form := release(leg, self._tries, self._modem.profile, spares=back)):
            self._say(form, lambda: self._leg is not None, within_s=BACK_ANSWER_S)
        self._ask_list()

    def _not_dropped(self) -> None:
        """One garbled byte is a refusal, too, and the caller hears nothing meanwhile: the same is
        said once more as soon as the list was read, and is no try of its own."""
        if self._reply is not None and self._reply.refused:
            self._soon_again()
        self._check()

    def _rings_on(self) -> None:
        """So too a digit that was lost: CHLD=1 brings the caller back and lets nobody go."""
        if self._caller is CallState.ACTIVE and self._reply is not None and self._reply.ok:
            self._soon_again()

    def _soon_again(self) -> None:
        if not self._repeated:
            self._repeated, self._tries = True, 0
            self.due_s = self._now_s + seek_table.REFUSED_S

    def _check(self) -> None:
        self._ask_list()

    def _to_caller(self) -> None:
        if self._caller is CallState.ACTIVE:
            self._back()
        else:
            self._retrieve()

    def _retrieve(self) -> None:
        if self._dialled.once_more and not self._too_late:
            self._dial()
            return
        if self.stage is Stage.HOLDING:
            self._result = Result.FAILED
            self.on_step(VoiceStep.NOT_HELD, None)
            self._refused(self._reply, "transfer", "conference")
        self._tries = 0
        self._retrieve_again()

    def _retrieve_again(self) -> None:
        """CHLD=2 swaps: it is sent only while each list shows the caller on hold."""
        self._tries += 1
        if self._tries > seek_table.RETRIEVE_TRIES or self._too_late:
            self._lost()
            return
        self._go(Stage.RETRIEVING)
        if self._caller is CallState.HELD and not (self._waits or self._unlisted):
            held = call_commands.call_hold("2"), lambda: self._caller is CallState.HELD
            self._say_if_sure(*held, within_s=BACK_ANSWER_S)
        else:
            self._ask_list()

    def _back(self) -> None:
        self._done(self._result)

    def _lost(self) -> None:
        self._done(Result.LOST)

    def _done(self, result: Result) -> None:
        self._dialled.over(self._now_s)
        if self._silent and result in (Result.RETURNED, Result.NOT_RUNG, Result.FAILED):
            result = Result.DEAF
        self._clear()
        self._go(Stage.IDLE)
        self.on_done(result)

    def _told(self, reply: Reply) -> None:
        self._unlisted = not reply.refused   # an answer that was lost may have done it
        if self.stage in seek_table.JOINING:
            self._go(self.stage)   # from now on the list has its time
        self.sign(Sign.OK if reply.ok else Sign.REFUSED)
