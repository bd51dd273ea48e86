"""The greeting and the menu: how a call begins, and which service it is for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from firmware.record import VoiceStep
from firmware.rota import Service
from firmware.voice.clip import Clips
from firmware.voice.messaging import Messaging
from firmware.voice.patience import Patience
from firmware.voice.talk_table import Sign, Stage

MENU_WAIT_S = 3.5     # for a key after the menu


class Welcome(Messaging, ABC):
    """The part of a conversation before anybody is looked for.

    The menu is played once, and again for whoever has pressed a key and so can press another: most
    who press none wait for a human, and must not wait for the menu twice.
    """

    def _forget_welcome(self) -> None:
        self._menu_played = 0
        self._service = ""
        self._sign = Sign.DUE
        self._key = ""
        self._unsaid: Clips = ()   # of the greeting, when its time was up
        self._patience = Patience()

    @abstractmethod
    def _tell(self) -> None:
        """The service is known: somebody is looked for."""

    def _greet_caller(self) -> None:
        if self.stage is Stage.STAFF:   # who could have left a code, or pressed 0
            self._patience = Patience(self._now_s)
        self._service = self._the_line.call.service
        self._welcome(Stage.GREETING, self._words.greeting(self._service))

    def _welcome(self, stage: Stage, clips: Clips) -> None:
        """Greeting and menu have one limit in time; where a recording of unknown length is played,
        no other one."""
        self._play(stage, clips)
        by_s = self._patience.choose_by_s
        known = all(hasattr(clip, "text") or hasattr(clip, "ms") for clip in clips)
        self.due_s = min(self.due_s or by_s, by_s) if known else by_s

    @property
    def _long_enough(self) -> bool:
        return self._now_s >= self._patience.choose_by_s

    def _cut(self) -> None:
        self._step(VoiceStep.CUT_SHORT, self._key)
        if self._words.choices().get(self._key) is not None:
            self._choose()
        else:
            self._greeted()

    def _greeted(self) -> None:
        self._step(VoiceStep.GREETED, None)
        if self._sign is Sign.DUE:   # it was not played to its end, where 15 and 112 stand
            self._unsaid = (self._words.emergency(),)
        if self._words.choices() and not self._long_enough:
            self._menu()
        else:
            self._tell()

    def _menu(self) -> None:
        self._menu_played += 1
        unsaid, self._unsaid = self._unsaid, ()
        self._welcome(Stage.MENU, (*unsaid, *self._words.menu()))

    def _menu_over(self) -> None:
        self.due_s = min(self._now_s + MENU_WAIT_S, self._patience.choose_by_s)

    def _menu_due(self) -> None:
        """Nothing was pressed."""
        if self._key:
            self._repeat()
        else:
            self._first()

    def _repeat(self) -> None:
        """Once more, where star or hash asks for it, or a key was pressed before."""
        if self._menu_played < 2 and not self._long_enough:
            self._menu()
        else:
            self._first()

    def _choose(self) -> None:
        service = self._words.choices().get(self._key)
        if service is None:
            self._first()
        else:
            self._serve(service)

    def _first(self) -> None:
        """No key, or a wrong one: the site's first service, never a dead end."""
        self._tell()

    def _serve(self, service: Service) -> None:
        line = self._the_line
        self._service = service.name
        line.call = replace(line.call, service=service.name)
        self._step(VoiceStep.MENU, service.name)
        self._prepare_whisper(line.call)
        self._tell()
