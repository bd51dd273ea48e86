"""The voice, put together: when it may be used, who hears of what, and what is learnt of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from firmware.alert.bell import Bell
from firmware.at.dialogue_events import DialogueEvent
from firmware.at.events import CallProgress, Dtmf, SoundFlow
from firmware.call.call_in_hand import CallInHand
from firmware.call.desk import CallDesk
from firmware.call.switchboard import Switchboard
from firmware.call.transfer import Ability
from firmware.duty.roster import Roster
from firmware.effect import Prepare, VoiceEffect
from firmware.event import (
    GreetingMade,
    KeyHeard,
    PinChecked,
    Played,
    TakenDown,
    VoiceEngine,
    VoiceEvent,
    VoiceLost,
    VoiceOpened,
)
from firmware.guard.call_budget import CallBudget
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.moment import soonest
from firmware.policy import Reason
from firmware.record import CUT_OFF, CallOutcome, Request, RequestKind, Voicemail, VoiceStep
from firmware.sms.outbox import Outbox
from firmware.speaker import Speaker
from firmware.voice.alarms import CAUSES, VoiceAlarms
from firmware.voice.channel import NO_CHANNEL, VoiceChannel
from firmware.voice.dictation import Dictation
from firmware.voice.mail import Mail
from firmware.voice.mailbox import Mailbox
from firmware.voice.rehearsal import Rehearsal
from firmware.voice.rehearsal_table import Sign as RehearsalSign
from firmware.voice.sound import Sound
from firmware.voice.talk import Talk
from firmware.voice.words import VoiceWords
from firmware.wording import Wording

FAILURES_MAX = 2
WHY = "voice:why"   # the fact that the page reads: why calls are not answered by voice, or null
PROVED = "voice:proved"   # the fact: when sound last went both ways
AGAIN_S = 600.0   # after a failure the next callers are passed on by the network


class VoiceDesk:
    """Answers calls by voice for the call desk. ``found`` says by which way sound can be had."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        roster: Roster,
        calls: CallDesk,
        switchboard: Switchboard,
        bell: Bell,
        outbox: Outbox,
        speaker: Speaker,
        voicemails: Iterable[Voicemail],
        wordings: Mapping[str, Wording],
    ) -> None:
        self._ledger = ledger
        self._switchboard = switchboard
        self._roster = roster
        self._channel = VoiceChannel(line)
        self._sound = Sound(ledger, self._channel)
        self._engine = VoiceEngine(False)
        self._was_busy = False
        self._failures = 0
        self._failed_s: float | None = None
        self._prepared: tuple[object, ...] = ()
        self._line = line
        self._alarms = VoiceAlarms(ledger, bell)
        self.mail = Mail(ledger, self._sound, voicemails)
        self._words = VoiceWords(ledger, roster, wordings)
        self._dictation = Dictation(ledger, roster, self._words, self._sound, outbox, speaker)
        self._mailbox = Mailbox(
            ledger, self._words, self._sound, self.mail, bell, self._dictation
        )
        budget = CallBudget()
        self._talk = talk = Talk(
            ledger, line, roster, self._words, self._sound, self.mail, budget, self._mailbox
        )
        self._rehearsal = Rehearsal(ledger, line, roster, self._words, self._sound, budget)
        self._connect_rehearsal(calls)
        self._calls = calls
        calls.talk, outbox.spares_somebody = talk, lambda: talk.needs_modem
        talk.ask_list, talk.seek.unsure = calls.ask_list, calls.unsure
        talk.on_step = calls.outcomes.step_taken
        talk.on_over = self._over
        talk.on_joined = self._joined
        talk.on_served = calls.outcomes.served
        talk.on_sound = self._learn_sound
        talk.seek.capability = lambda: switchboard.capability
        talk.seek.learn = switchboard.learn
        self._sound.on_open = lambda: self._has_sound(True)
        self._sound.on_lost = lambda why: self._has_sound(False, why)
        switchboard.voice = self.why_not

    def _connect_rehearsal(self, calls: CallDesk) -> None:
        calls.rehearsal = rehearsal = self._rehearsal
        rehearsal.ask_list = calls.ask_list
        rehearsal.why_not = self.why_not
        rehearsal.in_call = lambda: calls.busy
        rehearsal.called = lambda: calls.called

    def _has_sound(self, open_: bool, why: str = "") -> None:
        """To whoever has the one voice path."""
        if self._rehearsal.busy:
            self._rehearsal.sign(RehearsalSign.OPEN if open_ else RehearsalSign.SILENT)
        else:
            self._talk.heard_sound(open_, why)

    @property
    def deadline_s(self) -> float | None:
        return soonest(self._talk.deadline_s, self._rehearsal.deadline_s)

    def take_effects(self) -> list[VoiceEffect]:
        return self._sound.take_effects()

    # Whether it may be used

    def why_not(self) -> Reason | None:
        """Why a call cannot be answered by voice now; None where it can."""
        missing = self._channel.available
        if missing is not None:
            return Reason.NO_CHANNEL if missing == NO_CHANNEL else Reason.NO_PORT
        if not self._engine.available:
            return Reason.NO_SPEECH
        capability = self._switchboard.capability
        if capability.voice is Ability.NO:
            return Reason.VOICE_FAILED
        if not capability.can_join:
            return Reason.NOT_JOINED
        now_s = self._ledger.moment.monotonic_s
        if self._failed_s is not None and now_s < self._failed_s + AGAIN_S:
            return Reason.VOICE_FAILED_NOW
        return None

    def _learn_sound(self, good: bool, why: str) -> None:
        if good:
            self._failures, self._failed_s = 0, None
            self._switchboard.learn("voice", Ability.YES)
            self._remember_proof()
            return
        self._failures += 1
        self._failed_s = self._ledger.moment.monotonic_s
        if self._failures >= FAILURES_MAX:
            self._switchboard.learn("voice", Ability.NO)

    def _remember_proof(self) -> None:
        """Once a day at the most: every key of every call proves it anew."""
        now = self._ledger.now
        if str(self._ledger.fact(PROVED))[:10] != now.date().isoformat():
            self._ledger.remember(PROVED, now.isoformat(timespec="seconds"))

    def try_again(self) -> None:
        """An administrator asks for it, or the modem was reset."""
        self._failures, self._failed_s = 0, None
        for name in ("voice", "transfer", "conference"):
            self._switchboard.forget_refusal(name)

    # What comes in

    def found(self, way: str | None) -> None:
        """A port was opened, and by this way sound can be had."""
        self._channel.found(way)

    def restarted(self) -> None:
        """The modem was reset: what it could not do before it may do now."""
        self._failures, self._failed_s = 0, None
        self._switchboard.forget_refusal("voice")

    def told(self, event: DialogueEvent) -> None:
        """A code of the modem."""
        match event:
            case CallProgress() | SoundFlow():
                self._channel.heard(self._ledger.moment, event)
            case Dtmf(key):
                self._key(key)

    def heard(self, event: VoiceEvent) -> None:
        """The shell tells of sound."""
        match event:
            case VoiceOpened():
                self._sound.opened()
            case VoiceLost(reason):
                self._sound.lose(reason)
            case Played(turn) if self._rehearsal.busy:
                if self._sound.played(turn):
                    self._rehearsal.sign(RehearsalSign.PLAYED)
            case Played(turn):
                self._talk.played(turn)
            case KeyHeard(key):
                self._key(key)
            case TakenDown() if not self._dictation.taken(event):
                self._talk.taken_down(event)
            case GreetingMade():
                self._dictation.made(event)
            case PinChecked(person, right):
                self._mailbox.checked(person, right)
            case VoiceEngine():
                self._engine = event
            case _:
                pass   # a clip that could not be had: the others of its turn were played

    def _key(self, key: str) -> None:
        self._alarms.heard()
        self._talk.key(key)

    def wish(self, request: Request) -> None:
        """The page asks for something of the voice."""
        number = request.values.get("voicemail", "")
        message = self.mail.get(int(number)) if number.isascii() and number.isdigit() else None
        if request.kind is RequestKind.TRY_VOICE:
            self.try_again()
        elif request.kind is RequestKind.PLAY_GREETING:
            self._rehearsal.start(request)
        elif message is not None and request.kind is RequestKind.VOICEMAIL_HEARD:
            self.mail.heard(message, request.values.get("by", ""))
        elif message is not None and request.kind is RequestKind.DELETE_VOICEMAIL:
            self.mail.delete(message)

    def forget_before_days(self, days: int) -> None:
        """Messages whose recordings the night has deleted: nobody is told of them any more, nor
        are their rows written again."""
        if self._roster.rota is not None:
            kept_days = max(days, self._roster.rota.retention.voicemail_days + 1)
            self.mail.forget_older(kept_days)

    def tick(self) -> None:
        self._talk.tick()
        self._rehearsal.tick()
        why = self.why_not()
        self._ledger.remember(WHY, None if why is None else why.value)
        if self._line.open and self._switchboard.knows_sim:   # else nobody can tell
            wanted = why in CAUSES and self._is_wanted
            self._alarms.look(why, wanted=wanted, proved=self._ledger.fact(PROVED) is not None)
        if self._was_busy and not self._calls.busy:
            self._channel.call_over()
        self._was_busy = self._calls.busy
        if self._engine.available and not (self._talk.busy or self._rehearsal.busy):
            self._prepare()

    def _prepare(self) -> None:
        """What will be said is spoken ahead of time, again when the rota or the words change."""
        if self._roster.rota is None or self._prepared == (self._roster.rota,):
            return
        self._prepared = (self._roster.rota,)
        if self._is_wanted:
            self._sound.ask(Prepare(self._words.to_prepare()))

    @property
    def _is_wanted(self) -> bool:
        """Whether a service's calls are to be answered by voice now."""
        return any(self._switchboard.mode(each) == "transfer" for each in self._roster.services)

    # How it ends

    def _over(self, line: CallInHand, outcome: CallOutcome, message: Voicemail | None) -> None:
        silent = bool(line.steps) and line.steps[-1][1] is VoiceStep.NO_SOUND
        text = CUT_OFF if silent else ""
        if message is not None:
            text = f"{message.seconds:.0f} s"
        self._alarms.over(step[1] for step in line.steps)
        self._calls.outcomes.spoken(line, outcome, text)

    def _joined(self, line: CallInHand, number: str, through_us: bool) -> None:
        self._calls.outcomes.joined(line, number, through_us=through_us)
