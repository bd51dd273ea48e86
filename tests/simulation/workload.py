"""What a year brings: calls and texts by hour and weekday, edits of the rota, words of the staff.

Drawn from a generator of its own, so that faults which draw from the network's leave it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from firmware.rota import read_site_file
from hw.simulator.terminal import LineError
from hw.simulator.user_data import split
from tests.simulation.box import SimulatedBox
from tests.simulation.people import People
from tests.simulation.town import STAFF, Table, site_text
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_calls import CallWatch
from tests.simulation.watch_texts import SentText, TextWatch

CALLS_PER_DAY = TEXTS_PER_DAY = 40.0     # 14,600 a year of each
DAY_MS = 86_400_000
MEANWHILE = 0.15         # of the calls that the box answers: another comes in the next minute
# How many of a day's calls come in each hour, and how much each weekday brings
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 8, 7, 8, 9, 9, 8, 8, 8, 7, 6, 5, 4, 3)
WEEKDAYS = (1.2, 1.05, 1.0, 1.0, 1.1, 0.9, 0.75)
CALLERS = tuple(f"+3369800{index:04d}" for index in range(180))
FOREIGN = tuple(f"+49151200{index:04d}" for index in range(20))
NAMES = ("Doctolib", "SAMU 67", "CPAM", "Colissimo", "ENEDIS")
SENTENCES = (
    "Bonjour, j'ai besoin d'une ambulance pour demain matin", "rappelez-moi svp",
    "Ma mère est tombée 😟", "RDV à l'hôpital à 14h, chambre 12 {côté} cour", "Merci 👍🏽 à vous",
    "Ça va mieux, annulez", "Où êtes-vous ?",
)  # fmt: skip
LONG = (
    " Le transport est prévu à la clinique Sainte-Anne, entrée des urgences, avec brancard et"
    " oxygène ; la patiente ne marche pas et il y a un étage sans ascenseur."
)
WORDS = ("QUI", "PLANNING", "AIDE", "DEBUT", "FIN", "RELAIS", "who", "blabla", "OK ZZZ")
Action = Callable[[], None]


class Workload:
    """Fills one day after the other."""

    def __init__(
        self,
        box: SimulatedBox,
        truth: RotaTruth,
        random: Random,
        calls: CallWatch,
        texts: TextWatch,
        load: float = 1.0,
    ) -> None:
        self._box = box
        self._truth = truth
        self._random = random
        self._calls = calls
        self._texts = texts
        self._load = load
        self._tokens = 0
        self.until_ms = 0
        self.on_work: Action = lambda: None   # a call or a text is on its way to the box
        self.others: Random | None = None   # who call while a caller speaks with the box
        self.edits = 0
        self.relays = 0
        self.people = People(box, random, self.staff_says)
        for number in (*CALLERS, *FOREIGN):
            box.phone(number)

    def begin(self, until_ms: int) -> None:
        """Days begin until this instant."""
        self.until_ms = until_ms
        self._day()

    def _day(self) -> None:
        box, random = self._box, self._random
        if box.now_ms >= self.until_ms:
            return
        box.timeline.after(DAY_MS, self._day)
        local = box.timeline.utc().astimezone(self._truth.zone)
        factor = WEEKDAYS[local.weekday()] * self._load
        self._spread(CALLS_PER_DAY * factor, local, self._call)
        self._spread(TEXTS_PER_DAY * factor, local, self._text)
        self._spread(3.0 * self._load, local, self._word)
        if random.random() < 0.2:
            self._spread(1.0, local, self._edit)

    def _spread(self, mean: float, local: datetime, action: Action) -> None:
        random = self._random
        count = max(0, round(random.gauss(mean, mean**0.5)))
        for hour in random.choices(range(24), HOURS, k=count):
            ahead = (hour - local.hour) % 24
            wait_ms = ahead * 3_600_000 + random.randrange(3_600_000)
            if self._box.now_ms + wait_ms < self.until_ms:
                self._box.timeline.after(wait_ms, action)

    # Calls

    def _call(self) -> None:
        self._dial()
        if self._random.random() < 0.06:   # two at once
            self._box.timeline.after(self._random.randrange(4_000), self._dial)
        if self.others is not None and self.others.random() < MEANWHILE:
            self._box.timeline.after(self.others.randrange(5_000, 60_000), self._dial)

    def _dial(self) -> None:
        random = self._random
        foreign = random.random() < 0.05
        phone = self._box.phone(random.choice(FOREIGN if foreign else CALLERS))
        if random.random() < 0.02:
            phone = self._box.phone(random.choice(STAFF)[1])
        if not phone.on:
            return
        patient = random.random() < 0.6
        phone.patience_ms = random.randrange(30_000, 70_000) if patient else random.randrange(
            1_000, 30_000
        )
        phone.talk_ms = random.randrange(10_000, 300_000)
        try:
            call_id = phone.call(self._box.number, withheld=random.random() < 0.12)
        except LineError:
            return    # already on the telephone
        self._box.judge.saw(self._box.now_ms, "call", f"{call_id} from {phone.number}")
        self._calls.placed(call_id)
        self.on_work()

    # Texts

    def _text(self) -> None:
        random = self._random
        self._tokens += 1
        token = self._tokens
        text = f"#{token}# {random.choice(SENTENCES)}"
        if random.random() < 0.15:
            text += LONG * random.choice((1, 2, 3)) + f" #{token}#"
        if random.random() < 0.15:
            text = f"Infirmerie {text}"
        if random.random() < 0.25:
            self._from_outside(token, text)
            return
        phone = self._box.phone(random.choice(CALLERS if random.random() < 0.9 else FOREIGN))
        if phone.on:
            self._sent(token, text, phone.number)
            phone.send_text(self._box.number, text, flash=random.random() < 0.05)

    def _from_outside(self, token: int, text: str) -> None:
        """A gateway: names for numbers, parts in any order, parts that never come."""
        random = self._random
        centre = self._box.network.service_centre
        sender = random.choice(NAMES) if random.random() < 0.6 else random.choice(CALLERS)
        long = len(text) > 160
        parts = _parts_of(text)
        order = list(range(1, parts + 1))
        random.shuffle(order)
        lost: tuple[int, ...] = ()
        if long and random.random() < 0.2 and self._box.now_ms + DAY_MS * 1.2 < self.until_ms:
            lost = (random.choice(order),)
        wide = random.random() < 0.3
        if lost:
            self._texts.expect(SentText(token, text, sender, staff=False, whole=False))
        else:
            self._sent(token, text, sender)
        centre.send_text(
            sender, self._box.number, text, wide_reference=wide, lost_parts=lost,
            order=order if long else None,
        )  # fmt: skip

    def _sent(self, token: int, text: str, sender: str) -> None:
        self._box.judge.saw(self._box.now_ms, "text", f"#{token}# from {sender}")
        self._texts.expect(SentText(token, text, sender, staff=False))
        self.on_work()

    # Staff

    def staff_says(self, number: str, words: str) -> None:
        """A text of the staff; its words carry no token, so it is the network's to count."""
        self._box.judge.saw(self._box.now_ms, "staff", f"{words!r} from {number}")
        self._box.phone(number).send_text(self._box.number, words)

    def _word(self) -> None:
        random = self._random
        _, number = random.choice(STAFF)
        word = random.choice(WORDS)
        if word == "RELAIS":
            self.relays += 1
            if random.random() < 0.5:
                word += f" {random.choice(STAFF)[0].split()[0]}"
        if self._box.phone(number).on:
            self.staff_says(number, word)

    # The page

    def _edit(self) -> None:
        """Somebody sits down at the page: a swap, an absence, an addition, another delay."""
        box, random, truth = self._box, self._random, self._truth
        if box.disk_full or not truth.knows(box.moment.utc):
            return
        site: Table = {**truth.site}
        now = truth.wall(box.moment.utc)
        kept = [one for one in site.get("override", []) if one["to"] > now]
        what = random.random()
        if what < 0.75:
            kept.append(self._override(site, random.choice(truth.services)))
        else:
            service, *others = site["service"]
            changed = {**service, "acknowledge_within_s": random.choice((120, 300, 600))}
            site["service"] = [changed, *others]
        site["override"] = kept
        self.edits += 1
        box.judge.saw(box.now_ms, "edit", "of the rota")
        truth.edit(site)
        box.load_site(read_site_file(site_text(site)))

    def _override(self, site: Table, service: str) -> Table:
        random, truth = self._random, self._truth
        begin = self._box.moment.utc + timedelta(minutes=random.randrange(-60, 3 * 1440))
        end = begin + timedelta(minutes=random.randrange(30, 2 * 1440))
        entry: Table = {
            "service": service,
            "level": random.choice((1, 1, 2)),
            "from": truth.wall(begin),
            "to": truth.wall(end),
        }
        out, in_ = (name for name, _ in random.sample(STAFF, 2))
        kind = random.random()
        if kind < 0.75:
            entry["out"] = out
        if kind > 0.25:
            entry["in"] = in_
        if entry["from"] >= entry["to"]:
            entry["to"] = truth.wall(end + timedelta(hours=2))
        return entry


def _parts_of(text: str) -> int:
    """How many parts a gateway cuts this text into."""
    return len(split(text, 1))
