"""Who presses which key: the staff whom the box asks to press 1, callers who were offered a choice,
staff at their messages, and an administrator who lets the voice be tried again."""

from __future__ import annotations

from functools import partial
from random import Random

from firmware.record import RequestKind
from hw.simulator.modem_audio import AudioFault
from tests.simulation.box import SimulatedBox
from tests.simulation.people import People
from tests.simulation.town import STAFF

MOOD_EVERY_MS = 3 * 3_600_000
TRIED_AGAIN_EVERY_MS = 12 * 3_600_000
KEYS = ("1", "1", "1", "1", "1", "2", "", "51")
CALLERS_KEYS = ("1", "1", "2", "9", "#", "*")
CODE = "4711"


class Keys:
    """Drawn by a chance of its own: the year without a voice stays what it was."""

    def __init__(self, box: SimulatedBox, random: Random, people: People) -> None:
        self._box = box
        self._random = random
        self._people = people
        for name, _ in STAFF[::2]:
            box.voice.pins[name] = CODE

    def begin(self) -> None:
        """From now on."""
        self._mood()
        self._box.timeline.after(TRIED_AGAIN_EVERY_MS, self._let_try_again)

    def _mood(self) -> None:
        """Every few hours another mood; in the end everybody accepts."""
        self.heed()
        for phone in self._people.phones():
            phone.keys_after_ms = self._random.choice((1_000, 3_000, 8_000))
            phone.machine_after_ms = self._random.choice((None, None, 14_000))
        if not self._people.diligent:
            self._box.timeline.after(MOOD_EVERY_MS, self._mood)

    def heed(self) -> None:
        """Whoever hears the question answers it in a way of their own; who does not hear it, not
        at all."""
        deaf = AudioFault.NO_SOUND_OUT in self._box.modem.audio.faults
        for phone in self._people.phones():
            key = "1" if self._people.diligent else self._random.choice(KEYS)
            phone.keys_on_answer = "" if deaf else key

    def placed(self, caller: str) -> None:
        """Somebody calls: what they will press once they are answered, and say on a message."""
        phone, random = self._box.phone(caller), self._random
        phone.keys_as_caller, phone.keys_on_answer = (), random.choice(KEYS)
        self._box.voice.speaks_ms[caller] = random.choice((0, 4_000, 25_000, 70_000, 200_000))
        if any(caller == mobile for _, mobile in STAFF):
            phone.talk_ms = None
            phone.keys_as_caller = (
                (random.randrange(2_000, 12_000), random.choice((f"{CODE}#", "4712#", "0"))),
                *((at_ms, random.choice("12340")) for at_ms in range(25_000, 300_000, 30_000)),
            )
            self._box.timeline.after(600_000, phone.hang_up)
        elif random.random() < 0.4:
            keys = random.choice(CALLERS_KEYS)
            phone.keys_as_caller = ((random.randrange(2_000, 90_000), keys),)

    def _let_try_again(self) -> None:
        """An administrator sees on the page that the voice was given up, and why."""
        box = self._box
        box.timeline.after(TRIED_AGAIN_EVERY_MS, self._let_try_again)
        if not (box.dead or box.disk_full):
            at = box.moment.utc
            box.page.ask(RequestKind.TRY_VOICE, {}, by="Dora Admin", at=at)
            box.timeline.after(1_000, partial(self._seen))

    def _seen(self) -> None:
        if not (self._box.dead or self._box.disk_full):
            self._box.page_wishes()
