"""The staff of a simulated year: how they answer their telephones and their SMS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from hw.simulator.phone import VirtualPhone
from hw.simulator.phone_texts import PhoneText
from tests.simulation.box import SimulatedBox
from tests.simulation.town import ADMINISTRATORS, STAFF

_ASKS = re.compile(r"(?:Réf|Ref) (\w{3})\. (?:Répondez|Reply) OK|(?:répond|replies) OK (\w{3})")
MOOD_EVERY_MS = 6 * 3_600_000
NONSENSE = ("ok?? c'est qui", "je suis en intervention", "👍", "Appelle-moi", "NOK", "O K")
SOON_MS, LATE_MS = (15_000, 120_000), (400_000, 1_500_000)
Texts = Callable[[str, str], None]


class People:
    """Every member of staff with a phone; ``say`` sends a text of theirs to the box."""

    def __init__(self, box: SimulatedBox, random: Random, say: Texts) -> None:
        self._box = box
        self._random = random
        self._say = say
        self.diligent = False          # the liveness phase: everybody answers at once
        self.answers: Counter[str] = Counter()
        for _, number in (*STAFF, *ADMINISTRATORS):
            phone = box.phone(number)
            phone.on_text = self._reads
            self._mood(phone)

    def phones(self) -> list[VirtualPhone]:
        """The phones of the staff and the administrators."""
        return [self._box.phone(number) for _, number in (*STAFF, *ADMINISTRATORS)]

    def behave(self) -> None:
        """From now on phones are on, and whoever is asked answers."""
        self.diligent = True
        for phone in self.phones():
            phone.switch_on()
            phone.busy = False
            phone.refuse_after_ms, phone.answer_after_ms = None, 5_000
            if phone.memory_full:
                phone.free_memory()

    # Telephones

    def _mood(self, phone: VirtualPhone) -> None:
        """Every few hours somebody is near the phone, or in a meeting, or it is switched off."""
        if self.diligent:
            return
        random = self._random
        wait_ms = round(MOOD_EVERY_MS * random.uniform(0.3, 2.0))
        self._box.timeline.after(wait_ms, partial(self._mood, phone))
        phone.switch_on()
        phone.busy = False
        phone.talk_ms = random.randrange(20_000, 240_000)
        phone.refuse_after_ms, phone.answer_after_ms = None, random.randrange(2_000, 12_000)
        what = random.random()
        if what < 0.10:
            phone.answer_after_ms = None
        elif what < 0.18:
            phone.refuse_after_ms = random.randrange(1_000, 8_000)
        elif what < 0.24:
            phone.busy = True
        elif what < 0.31:
            phone.switch_off()
            self._box.timeline.after(random.randrange(1_800_000, 9_000_000), phone.switch_on)

    # Texts

    def _reads(self, phone: VirtualPhone, text: PhoneText) -> None:
        found = _ASKS.search(text.text)
        if found is None:
            return
        reference = found[1] or found[2]
        if self.diligent:
            self._answer(phone, f"OK {reference}", SOON_MS)
            return
        what = self._random.random()
        if what < 0.58:
            self._answer(phone, "OK" if what < 0.3 else f"ok {reference.lower()}", SOON_MS)
        elif what < 0.70:
            self._answer(phone, f"OK réf {reference}", LATE_MS)
        elif what < 0.78:
            self._answer(phone, f"NON {reference}" if what < 0.74 else "non", SOON_MS)
        elif what < 0.86:
            self._answer(phone, self._random.choice(NONSENSE), SOON_MS)
            self._answer(phone, f"OK {reference}", LATE_MS)
        else:
            self.answers["never"] += 1

    def _answer(self, phone: VirtualPhone, words: str, span_ms: tuple[int, int]) -> None:
        self.answers[words.split(" ", 1)[0].upper()] += 1
        wait_ms = self._random.randrange(*span_ms)
        self._box.timeline.after(wait_ms, partial(self._says, phone, words))

    def _says(self, phone: VirtualPhone, words: str) -> None:
        if phone.on:
            self._say(phone.number, words)
