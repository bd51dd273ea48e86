"""A greeting recorded by telephone: which one, spoken, heard back, kept.

    SERVICE -> TIME -> ANNOUNCED -> SPEAKING -> MAKING -> REVIEW -> kept, or everything as before

The table is `dictation_table`; here is what its words mean. Nothing is changed before `1` was
pressed in the review; whoever hangs up earlier leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from firmware.duty.roster import Roster
from firmware.effect import DRAFTS, MakeGreeting, RemoveRecording
from firmware.event import GreetingMade, TakenDown, TakenWhy, Unmade
from firmware.ledger import Ledger
from firmware.record import RecordedGreeting
from firmware.rota import Greeting, greeting_times
from firmware.rota.values import GreetingTime
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.speaker import Speaker
from firmware.voice.clip import Clip, Clips
from firmware.voice.dictation_table import TABLE, Sign, Stage
from firmware.voice.led import KEY_WAIT_S, SLACK_S
from firmware.voice.sound import Sound
from firmware.voice.table import NOTHING
from firmware.voice.words import BEEP, VoiceWords
from firmware.wording import messages, voice_messages

GREETING_S = 30.0    # a caller in distress hears it to its end before anything else
SILENCE_S = 4.0      # ends it
MOMENT_S = 0.5       # then a sentence fills the time: SILENCE_S of it have been silent already
MAKING_S = 10.0      # on the smallest box; then nothing is changed
ASKED_MAX = 3        # a question, or the beep


class Dictation:
    """One at a time. ``on_play`` and ``on_wait`` as in `Mailbox`; ``on_done`` ends it, with what
    is to be said first; ``on_kept`` tells the service whose greeting was changed."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        words: VoiceWords,
        sound: Sound,
        outbox: Outbox,
        speaker: Speaker,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._words = words
        self._sound = sound
        self._outbox = outbox
        self._speaker = speaker
        self._drafts = 0
        self.stage = Stage.IDLE
        self.on_play: Callable[[Clips], None] = lambda clips: None
        self.on_wait: Callable[[float], None] = lambda seconds: None
        self.on_done: Callable[[Clip], None] = lambda said: None
        self.on_kept: Callable[[str], None] = lambda service: None
        self._clear("", "")

    def _clear(self, person: str, number: str) -> None:
        self._person, self._number = person, number
        self._service = ""
        self._when: GreetingTime = "always"
        self._asked = self._beeps = 0
        self._draft = self._made = ""
        self._made_by_s = 0.0
        self._key = ""

    def may(self, person: str) -> bool:
        """Whoever may change the greetings on the page: the site's administrators."""
        return any(each.name == person for each in self._roster.administrators)

    def begin(self, person: str, number: str) -> None:
        self._clear(person, number)
        services = self._words.services_by_key()
        if len(services) == 1:
            self._ask_time(*services.values())
        else:
            self._ask(Stage.SERVICE)

    def leave(self) -> None:
        """The call is over: what was not kept goes."""
        self._drop_made()
        self.stage = Stage.IDLE

    # What happens

    def sign(self, sign: Sign, key: str = "") -> None:
        word, self._key = TABLE[self.stage, sign], key
        if word != NOTHING:
            getattr(self, f"_{word}")()

    def taken(self, event: TakenDown) -> bool:
        """A recording is over; false where it is none of these."""
        if not event.name.startswith(f"{DRAFTS}/"):
            return False
        waited = self.stage in (Stage.SPEAKING, Stage.MAKING) and event.name == self._draft
        if not waited or not event.seconds:
            self._sound.ask(RemoveRecording(event.name))
        if waited and event.seconds:
            self.sign(Sign.TAKEN)
        elif waited:
            self.sign(Sign.FAULT if event.why is TakenWhy.FAULT else Sign.BAD)
        return True

    def made(self, event: GreetingMade) -> None:
        """The shell has made a draft into a greeting, or could not."""
        if self.stage is not Stage.MAKING or event.draft != self._draft:
            if event.name:
                self._drop(event.name)
            return
        self._made = event.name
        if event.why is None:
            self.sign(Sign.MADE)
        else:
            self.sign(Sign.BAD if event.why is Unmade.NOT_HEARD else Sign.FAULT)

    # Which greeting

    def _ask(self, stage: Stage) -> None:
        self.stage, self._asked = stage, 0
        self._again()

    def _again(self) -> None:
        """The question of this stage, so often; then everything stays as it was."""
        self._asked += 1
        if self._asked > ASKED_MAX:
            self._end(voice_messages.NOTHING_CHANGED)
        elif self.stage is Stage.SERVICE:
            self.on_play(self._words.services_menu())
        elif self.stage is Stage.TIME:
            self.on_play(self._words.times_menu(self._service))
        else:
            self.on_play(self._words.review(self._made))

    def _think(self) -> None:
        self.on_wait(KEY_WAIT_S)

    def _serve(self) -> None:
        service = self._words.services_by_key().get(self._key)
        if service is None:
            self._again()
        else:
            self._ask_time(service)

    def _ask_time(self, service: str) -> None:
        self._service = service
        self._ask(Stage.TIME)

    def _choose(self) -> None:
        rota = self._roster.rota
        times = () if rota is None else greeting_times(rota, self._service)
        found = self._words.times_by_key(times).get(self._key)
        if found is None:
            self._again()
        else:
            self._when = found
            self._announce()

    # Speaking

    def _announce(self, *before: Clip) -> None:
        self._beeps += 1
        if self._beeps > ASKED_MAX:
            self._end(voice_messages.NOTHING_CHANGED)
            return
        self.stage = Stage.ANNOUNCED
        self.on_play((*before, *self._words.dictate(round(GREETING_S))))

    def _hurry(self) -> None:
        """A key cuts the sentence short, never the beep."""
        self.on_play((BEEP,))

    def _speak(self) -> None:
        self._drafts += 1
        self._draft, self.stage = f"{DRAFTS}/{self._drafts}", Stage.SPEAKING
        self._sound.hush()
        self.on_wait(GREETING_S + SLACK_S)
        self._sound.take_down(self._draft, GREETING_S, SILENCE_S)

    def _enough(self) -> None:
        self._sound.end_take_down()
        self._await()

    def _make(self) -> None:
        self._sound.ask(MakeGreeting(self._draft))
        self._await()

    def _await(self) -> None:
        self.stage = Stage.MAKING
        self._made_by_s = self._ledger.moment.monotonic_s + MAKING_S
        self.on_wait(MOMENT_S)

    def _moment(self) -> None:
        """The box still works at it, or never will be done."""
        if self._made:
            self._review()
        elif self._ledger.moment.monotonic_s < self._made_by_s:
            self.on_play(self._words.moment())
        else:
            self._fail()

    def _linger(self) -> None:
        if self._made:
            self._review()
        else:
            self.on_wait(KEY_WAIT_S)

    def _ready(self) -> None:
        """No sentence is cut in the middle."""
        if not self._sound.playing:
            self._review()

    def _sorry(self) -> None:
        self._announce(self._words.say(voice_messages.NOT_HEARD))

    # What becomes of it

    def _review(self) -> None:
        self._ask(Stage.REVIEW)

    def _decide(self) -> None:
        if self._key == "1":
            self._keep()
        elif self._key == "3":
            self._drop_made()
            self._announce()
        elif self._key == "0":
            self._end(voice_messages.NOTHING_CHANGED)
        else:
            self._again()

    def _keep(self) -> None:
        """In the rota of this moment: the page may have taken the service out meanwhile."""
        rota = self._roster.rota
        if rota is None or self._roster.service(self._service) is None:
            self._fail()
            return
        name, self._made = self._made, ""
        wanted = (self._service, self._when)
        old = next((one for one in rota.greetings if (one.service, one.when) == wanted), None)
        new = replace(old or Greeting(*wanted), recording=name)
        others = tuple(each for each in rota.greetings if each is not old)
        self._ledger.put(
            RecordedGreeting(*wanted, name, self._ledger.now, self._person, self._number)
        )
        self._roster.rota = replace(rota, greetings=(*others, new))
        self._tell(name)
        self.on_kept(self._service)
        self._end(voice_messages.GREETING_KEPT)

    def _tell(self, name: str) -> None:
        """The other administrators: a number can be feigned, and four digits be overlooked."""
        text = self._speaker.say(
            messages.GREETING_RECORDED, service=self._service, person=self._person
        )
        for each in self._roster.administrators:
            if each.name != self._person:
                self._outbox.send(
                    f"{name}:{each.mobile}", each.mobile, text, RANK_NOTICE, person=each.name
                )

    def _fail(self) -> None:
        self._end(voice_messages.NOT_KEPT)

    def _end(self, msgid: str) -> None:
        self._drop_made()
        self.stage = Stage.IDLE
        self.on_done(self._words.say(msgid))

    def _drop_made(self) -> None:
        name, self._made = self._made, ""
        if name:
            self._drop(name)

    def _drop(self, name: str) -> None:
        """Unless callers hear it: the same words may have been recorded before."""
        greetings = () if self._roster.rota is None else self._roster.rota.greetings
        if all(each.recording != name for each in greetings):
            self._sound.ask(RemoveRecording(name))
