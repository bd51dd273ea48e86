"""The conversation with one caller, from the first ring to the last sentence.

The table is `talk_table`; here is what its words mean. It ends in one outcome, and whatever goes
wrong ends it: the desk then alerts by SMS and releases what is still listed.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.at import call_commands as commands
from firmware.at.answers import CallListEntry
from firmware.call.call_in_hand import RING_PERIOD_S, CallInHand
from firmware.call.call_state import UP, CallState
from firmware.duty.roster import Roster
from firmware.guard.call_budget import CallBudget
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.moment import soonest
from firmware.record import CallOutcome, Voicemail, VoiceStep
from firmware.voice.mail import Mail
from firmware.voice.mailbox import Mailbox
from firmware.voice.patience import CHOICE_WITHIN_S, Patience
from firmware.voice.plan import Errand, Ringable, numbers_to_ring
from firmware.voice.seek import Seek
from firmware.voice.seek_table import Result
from firmware.voice.seek_table import Sign as SeekSign
from firmware.voice.sound import Sound
from firmware.voice.table import NOTHING
from firmware.voice.talk_table import ON_THE_MODEM, TABLE, Sign, Stage
from firmware.voice.welcome import Welcome
from firmware.voice.words import VoiceWords

THINK_S = 2.5         # for a key after an offer


class Talk(Welcome):
    """One conversation at a time. ``on_over`` ends it; ``on_step`` tells what is to be recorded;
    ``on_sound`` whether sound went both ways."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        roster: Roster,
        words: VoiceWords,
        sound: Sound,
        mail: Mail,
        budget: CallBudget,
        mailbox: Mailbox,
    ) -> None:
        super().__init__(ledger, words, sound, mail)
        self._modem = line
        self._roster = roster
        self._budget = budget
        self.ask_list: Callable[[], None] = lambda: None
        self.on_over: Callable[[CallInHand, CallOutcome, Voicemail | None], None] = _ignore
        self.on_joined: Callable[[CallInHand, str, bool], None] = lambda line, number, through: None
        self.on_served: Callable[[CallInHand], None] = lambda line: None
        self.seek = Seek(ledger, line, sound, budget, lambda: self.ask_list())
        self.seek.on_done = self._sought
        self.seek.on_step = self._step
        self.mailbox = mailbox
        mailbox.on_play = lambda clips: self._play(Stage.STAFF, clips)
        mailbox.on_wait = lambda seconds: self._go(Stage.STAFF, seconds)
        mailbox.on_caller = self._greet_caller
        mailbox.on_served = self._serve_staff
        mailbox.on_call_back = self._call_back
        mailbox.dictation.on_kept = lambda service: self._step(VoiceStep.GREETING_KEPT, service)
        self._clear()

    def _clear(self) -> None:
        self._rings = 0
        self._rings_wanted = 0
        self._plan: list[Ringable] = []
        self._rounds_left = 0
        self._asked = 0
        self._to: Ringable | None = None   # who is rung
        self._calling_back = False
        self._offered = False
        self._forget_message()
        self._forget_welcome()

    @property
    def deadline_s(self) -> float | None:
        return soonest(self.due_s, self.seek.due_s, self._sound.channel.deadline_s)

    @property
    def busy(self) -> bool:
        return self.line is not None

    @property
    def needs_modem(self) -> bool:
        """Whoever calls is on hold, or not answered yet: for less than their minute."""
        return self.busy and self.stage in ON_THE_MODEM

    def take(self, line: CallInHand) -> None:
        """A call rings, and is to be answered by voice."""
        self._clear()
        self.line = line
        # Found up, perhaps, once the modem was there again: they have waited since then at least
        back_s = self._modem.opened_s
        found = line.state in UP and self._now_s < back_s + CHOICE_WITHIN_S
        self._patience = Patience(back_s if found else self._now_s)
        self._rings, self._rings_wanted = 1, self._words.rules.rings
        # By time where the modem does not tell of each
        self._go(Stage.RINGING, max(self._rings_wanted - 1, 0) * RING_PERIOD_S)
        self._prepare_whisper(line.call)

    def interrupted(self) -> None:
        """The modem went away or restarted: whoever was in the call is lost, and nobody asks it
        anything more. The desk alerts."""
        self.seek.abort()
        self._sound.forget()
        self._no_line()

    def _no_line(self) -> None:
        self.mailbox.over()
        self.line = None
        self._go(Stage.OVER)

    # What happens

    def sign(self, sign: Sign) -> None:
        word, self._sign = TABLE[self.stage, sign], sign
        if word != NOTHING:
            getattr(self, f"_{word}")()

    def tick(self) -> None:
        self._sound.channel.tick(self._ledger.moment)
        if self.due_s is not None and self._now_s >= self.due_s:
            self.due_s = None
            self.sign(Sign.DUE)
        self.seek.tick()

    def rang(self) -> None:
        """The modem tells of one more ring."""
        self._rings += 1
        if self.stage is Stage.RINGING and self._rings > self._rings_wanted:
            self.sign(Sign.DUE)

    def listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        """A list was read; the caller's line is up to date."""
        if self.line is None:
            return
        state = self.line.state
        if self.stage is Stage.SEEKING:
            self.seek.listed(state, dialled)
        elif state is CallState.ABSENT:
            self.sign(Sign.GONE)
        elif state is CallState.ACTIVE:
            self.sign(Sign.UP)

    def key(self, key: str) -> None:
        if not self.busy or not self._sound.is_new_key(key):
            return
        self.on_sound(True, "")
        if self.stage is Stage.SEEKING:
            self.seek.key(key)
            return
        self._key = key
        self.sign(Sign.DIGIT if key.isdigit() else Sign.HASH)

    def played(self, turn: int) -> None:
        if self._sound.played(turn):
            if self.stage is Stage.SEEKING:
                self.seek.sign(SeekSign.PLAYED)
            else:
                self.sign(Sign.PLAYED)

    def heard_sound(self, open_: bool, why: str = "") -> None:
        """The path opened, or the sound is gone."""
        if open_:
            self.sign(Sign.OPEN)
            return
        self.on_sound(False, why)
        self._step(VoiceStep.NO_SOUND, why)
        if self.stage is Stage.SEEKING:
            self.seek.sign(SeekSign.SILENT)
        else:
            self.sign(Sign.SILENT)

    # Answering

    def _answer(self) -> None:
        self._patience = Patience(self._now_s)   # the OK may come long after the network's answer
        self._go(Stage.ANSWERING)
        self._modem.ask(
            commands.answer(), self._answered, Rank.CALL,
            wanted=lambda: self.stage is Stage.ANSWERING,
        )  # fmt: skip

    def _answered(self, reply: Reply) -> None:
        self.sign(Sign.OK if reply.ok else Sign.REFUSED)

    def _ask(self) -> None:
        self.ask_list()

    def _unable(self) -> None:
        """It cannot be answered; left to ring, or gone: the list knows."""
        self._over(CallOutcome.ALERTED)

    def _open(self) -> None:
        line = self._the_line
        line.answered_s = self._now_s
        line.answered_at = self._ledger.now
        self._step(VoiceStep.ANSWERED, None)
        self._go(Stage.OPENING)
        self._sound.open()

    def _deaf(self) -> None:
        """Nothing can be said any more. Better a call that ends, and can be made again, than one
        in which nobody speaks."""
        self._over(CallOutcome.ALERTED)

    # Greeting and menu

    def _greet(self) -> None:
        number = self._the_line.call.number
        person = None if number is None else self._roster.staff(number)
        if person is not None and number is not None:
            self.mailbox.begin(person.name, number)
        else:
            self._greet_caller()

    # Seeking

    def _tell(self) -> None:
        self._rounds_left = self._words.rules.rounds
        self._plan = []
        self._next()

    def _next(self) -> None:
        """The next number, or the next round; with nobody left, a message."""
        if not self._budget.allows(self._now_s):
            self._step(VoiceStep.BUDGET, None)
            self._invite()
            return
        if not self._plan and self._rounds_left:
            self._rounds_left -= 1
            call = self._the_line.call
            never = () if call.number is None else (call.number,)
            self._plan = list(numbers_to_ring(self._roster, self._service, never))
        if not self._plan:
            self._invite()
            return
        self._announce()

    def _announce(self) -> None:
        """Before each stretch of hold; with a choice where the next one could come too late."""
        rules = self._words.rules
        clips = (*self._unsaid, *self._words.hold(first=self._asked == 0))
        self._unsaid = ()
        enough = self._patience.suffices(self._now_s, rules.ring_s, rules.accept_s)
        self._offered = not enough
        if self._offered:
            self._patience = Patience(self._now_s)
            clips = (*clips, *self._words.or_message())
        self._play(Stage.TELLING, clips)

    def _told(self) -> None:
        if self._offered:
            self._think()
        else:
            self._seek()

    def _prefer(self) -> None:
        if self._offered:
            self._wish()

    def _seek(self) -> None:
        self._to = to = self._plan.pop(0)
        self._asked += 1
        rules, number = self._words.rules, self._the_line.call.number
        patience = self._patience
        self._go(Stage.SEEKING)
        self.seek.start(
            Errand(
                to,
                self._words.whisper(self._service, number),
                self._words.not_joined(number),
                patience.ring_s(self._now_s, rules.ring_s, rules.accept_s),
                rules.accept_s,
                patience,
            )
        )

    def _sought(self, result: Result) -> None:
        match result:
            case Result.RETURNED | Result.FAILED | Result.NOT_RUNG if self._calling_back:
                self._calling_back = False
                self.mailbox.resume()
            case Result.NOT_RUNG if self._to is not None:
                self._plan.insert(0, self._to)
                self._asked -= 1
                self._offer()
            case Result.RETURNED | Result.NOT_RUNG:
                self._offer()
            case Result.FAILED:
                self._failed = self._patience.may_be_sorry(self._now_s)
                self._invite()
            case Result.TRANSFERRED | Result.CONFERENCE:
                line, to = self._the_line, self._to
                self._end_sound()
                self.on_joined(line, to.number if to else "", result is Result.CONFERENCE)
            case Result.DEAF:
                self._deaf()
            case Result.LOST:
                self._give_up()

    def _left(self) -> None:
        """The caller has gone; the search sees it in the list and releases the leg."""

    def _offer(self) -> None:
        self._patience = Patience(self._now_s)
        last = not self._plan and not self._rounds_left
        if last:
            self._invite()
        else:
            self._play(Stage.OFFERING, self._words.not_yet())

    def _think(self) -> None:
        self.due_s = self._now_s + THINK_S

    def _wish(self) -> None:
        if self._key == "1" and self._words.rules.voicemail:
            self._wished = True
            self._invite()

    # The staff's messages

    def _staff(self) -> None:
        self.mailbox.sign(self._sign, self._key)

    def _left_staff(self) -> None:
        """Who has shown the code has not called in vain; anybody else is a caller."""
        if self.mailbox.known:
            self._serve_staff()
        else:
            self._give_up()

    def _serve_staff(self) -> None:
        line = self._the_line
        self._step(VoiceStep.MESSAGES, None)
        self._end_sound()
        self.on_served(line)

    def _call_back(self, number: str) -> bool:
        """Ring a caller for somebody of the staff (not whoever listens: a message of their own);
        who is rung has to press 1 as well."""
        refused = self._roster.refusal(number) is not None or number == self._the_line.call.number
        if refused or not self._budget.allows(self._now_s):
            return False
        rules, said, to = self._words.rules, self._words.call_back(), Ringable(number, None)
        self._to, self._calling_back = to, True
        self._go(Stage.SEEKING)
        patience = Patience(self._now_s)
        ring_s = patience.ring_s(self._now_s, rules.ring_s, rules.accept_s)
        self.seek.start(Errand(to, said, said, ring_s, rules.accept_s, patience))
        return True

    def _give_up(self) -> None:
        """The caller hung up before anybody spoke to them: rung back all the same."""
        gone = self._the_line.state is CallState.ABSENT
        self._over(CallOutcome.ABANDONED if gone else CallOutcome.ALERTED)

    def _finish(self) -> None:
        message = self._left_message
        self._over(CallOutcome.VOICEMAIL if message is not None else CallOutcome.ALERTED)

    def _over(self, outcome: CallOutcome) -> None:
        line, message = self._the_line, self._left_message
        self._end_sound()
        self.on_over(line, outcome, message)

    def _end_sound(self) -> None:
        self.seek.abort()
        self._sound.close()
        self._no_line()


def _ignore(line: CallInHand, outcome: CallOutcome, message: Voicemail | None) -> None:
    """Nobody follows."""
