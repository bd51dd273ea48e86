"""What is said on a call, as clips: the site's greetings and sentences in its language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.record import Voicemail
from firmware.rota import Greeting, Service, VoiceRules, greeting_for, greeting_times
from firmware.rota.values import GREETING_TIMES, GreetingTime
from firmware.voice.clip import Clip, Clips, Pause, Recording, Spoken, Tone
from firmware.wording import Wording, voice_messages

BEEP = Tone("beep")
_TIMES: Mapping[GreetingTime, str] = {
    "always": voice_messages.TIME_ALWAYS,
    "open": voice_messages.TIME_OPEN,
    "closed": voice_messages.TIME_CLOSED,
    "holiday": voice_messages.TIME_HOLIDAY,
}


def pairs(number: str, country_code: str) -> str:
    """A number as it is said: ``06 12 34 56 78``; foreign ones by pairs after the plus."""
    national = number.removeprefix(f"+{country_code}")
    digits = f"0{national}" if national != number else number.removeprefix("+")
    head = len(digits) % 2
    split = [digits[:head]] if head else []
    split += [digits[at : at + 2] for at in range(head, len(digits), 2)]
    return ("" if national != number else "+") + " ".join(split)


class VoiceWords:
    """The rota's own words where it has some, else the catalogue's."""

    def __init__(self, ledger: Ledger, roster: Roster, wordings: Mapping[str, Wording]) -> None:
        self._ledger = ledger
        self._roster = roster
        self._wordings = wordings

    @property
    def rules(self) -> VoiceRules:
        return self._roster.rota.voice if self._roster.rota is not None else VoiceRules()

    @property
    def _site(self) -> str:
        return self._roster.rota.site.name if self._roster.rota is not None else "Veilleur"

    def say(self, msgid: str, **values: object) -> Spoken:
        language = self._roster.language
        return Spoken(self._wordings[language].say(msgid, **values), language)

    # To the caller

    def greeting(self, service: str) -> Clips:
        """The greeting of this hour; then, always, whom to ring in an emergency."""
        return (*self._welcome(service), Pause(300), self.emergency())

    def rehearsed(self, service: str, when: str) -> Clips:
        """What callers hear at that time of the greetings (``open``, ``holiday``...)."""
        greetings = () if self._roster.rota is None else self._roster.rota.greetings
        wanted = (service, when)
        own = next((each for each in greetings if (each.service, each.when) == wanted), None)
        return (*self._said(own), Pause(300), self.emergency())

    def _welcome(self, service: str) -> Clips:
        rota = self._roster.rota
        if rota is None or self._roster.service(service) is None:
            return self._said(None)
        return self._said(greeting_for(rota, service, self._ledger.now))

    def _said(self, own: Greeting | None) -> Clips:
        welcome = self.say(voice_messages.WELCOME, site=self._site)
        if own is None:
            return (welcome,)
        text = Spoken(own.text, self._roster.language) if own.text else welcome
        return (text if own.recording is None else Recording(own.recording, text),)

    def emergency(self) -> Spoken:
        own = self.rules.emergency
        if own is not None:
            return Spoken(own, self._roster.language)
        return self.say(voice_messages.EMERGENCY)

    def menu(self) -> Clips:
        return self._spaced(
            self.say(voice_messages.MENU_ITEM, service=service.name, key=service.digit)
            for service in self.choices().values()
        )

    def choices(self) -> dict[str, Service]:
        """The services that have a key, where there are several; a menu of one is none."""
        found = {service.digit: service for service in self._roster.services if service.digit}
        return found if len(found) > 1 else {}

    def hold(self, *, first: bool) -> Clips:
        text = voice_messages.PLEASE_HOLD if first else voice_messages.TRYING_NEXT
        return (self.say(text),)

    def or_message(self) -> Clips:
        """After `hold`, where a choice is due before the next number has been rung."""
        voicemail = self.rules.voicemail
        return (self.say(voice_messages.OR_MESSAGE if voicemail else voice_messages.OR_WAIT),)

    def not_yet(self) -> Clips:
        voicemail = self.rules.voicemail
        text = voice_messages.NOT_YET if voicemail else voice_messages.NOT_YET_NO_MESSAGE
        return (self.say(text),)

    def invitation(self, *, wished: bool, failed: bool) -> Clips:
        text = voice_messages.LEAVE_WISHED_MESSAGE if wished else voice_messages.LEAVE_MESSAGE
        sorry = (self.say(voice_messages.PUT_THROUGH),) if failed else ()
        return (*sorry, self.say(text), BEEP)

    def thanks(self) -> Clips:
        return (self.say(voice_messages.THANK_YOU),)

    def no_message(self, *, failed: bool) -> Clips:
        sorry = (self.say(voice_messages.PUT_THROUGH),) if failed else ()
        return (*sorry, self.say(voice_messages.NO_MESSAGE), self.emergency())

    # To whoever is rung

    def whisper(self, service: str, number: str | None) -> Clips:
        return (
            self.say(voice_messages.WHISPER, service=service, caller=self.caller(number)),
        )

    def not_joined(self, number: str | None) -> Clips:
        return (self.say(voice_messages.NOT_JOINED, caller=self.caller(number)),)

    def caller(self, number: str | None) -> str:
        if number is None:
            return self.say(voice_messages.HIDDEN_NUMBER).text
        rota = self._roster.rota
        country_code = rota.site.country_code if rota is not None else "33"
        said = pairs(number, country_code)
        contact = rota.contact(number) if rota is not None else None
        if contact is None:
            return said
        return self.say(voice_messages.KNOWN_CALLER, number=said, contact=contact.shown).text

    def call_back(self) -> Clips:
        return (self.say(voice_messages.WHISPER_OTHER, site=self._site),)

    def mail_head(self, message: Voicemail) -> Spoken:
        wording = self._wordings[self._roster.language]
        clock = wording.clock(message.at, self._roster.zone, self._ledger.now)
        return self.say(
            voice_messages.MESSAGE_FROM, caller=self.caller(message.number), clock=clock
        )

    # To whoever records a greeting

    def services_by_key(self) -> dict[str, str]:
        """The services by the keys that callers press, else by their order."""
        services = self._roster.services
        if not all(each.digit for each in services):
            return {str(key): each.name for key, each in enumerate(services[:9], start=1)}
        return {each.digit or "": each.name for each in services}

    def services_menu(self) -> Clips:
        return self._spaced(
            self.say(voice_messages.MENU_ITEM, service=name, key=key)
            for key, name in self.services_by_key().items()
        )

    def times_by_key(self, times: Iterable[GreetingTime]) -> dict[str, GreetingTime]:
        """A time has its key, whichever others there are."""
        return {str(GREETING_TIMES.index(each) + 1): each for each in times}

    def times_menu(self, service: str) -> Clips:
        rota = self._roster.rota
        times = () if rota is None else greeting_times(rota, service)
        return self._spaced(
            self.say(_TIMES[each], key=key) for key, each in self.times_by_key(times).items()
        )

    def _spaced(self, items: Iterable[Clip]) -> Clips:
        return tuple(clip for item in items for clip in (item, Pause(300)))

    def dictate(self, seconds: int) -> Clips:
        return (self.say(voice_messages.DICTATE, seconds=seconds), BEEP)

    def moment(self) -> Clips:
        return (self.say(voice_messages.ONE_MOMENT),)

    def review(self, name: str) -> Clips:
        """As callers will hear it, whom to ring in an emergency with it."""
        return (
            self.say(voice_messages.CALLERS_HEAR), Pause(500),
            Recording(name), Pause(300), self.emergency(), Pause(500),
            self.say(voice_messages.REVIEW_MENU),
        )  # fmt: skip

    # Ahead of time

    def to_prepare(self) -> Clips:
        """All that can be known before anybody rings."""
        clips: list[Clip] = [self.emergency(), *self.menu()]
        for service in self._roster.services:
            clips += self._welcome(service.name)
        for first in (True, False):
            clips += [*self.hold(first=first), *self.invitation(wished=first, failed=not first)]
        clips += [*self.or_message(), *self.not_yet()]
        clips += [*self.thanks(), *self.no_message(failed=True), *self.moment()]
        clips += [each.instead for each in clips if isinstance(each, Recording) and each.instead]
        spoken = [clip for clip in clips if isinstance(clip, Spoken)]
        return tuple(dict.fromkeys(spoken))
