"""The gate before the rota: nobody comes on duty on a number that nobody has proved to hold.

What stands in the rota already stays: a site file from the command line is its own proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from firmware.rota import Person, Rota
from firmware.store.rota_history import Sentence
from web.language import N_

UNPROVED = N_(
    "%(person)s cannot be on duty yet: the mobile is not verified. Open “People” and send the code."
)
UNPROVED_FIRST = N_(
    "%(person)s is on duty by the rota: verify this number before it becomes the first."
)
LEFT = N_("%(person)s has left and cannot be on duty.")

Found = tuple[Sentence, str, int, str]


def unproved(before: Rota, after: Rota, proved: Collection[str]) -> Iterator[Found]:
    """Who would come on duty newly and may not: a sentence with its table, index and key."""
    people = {person.name: person for person in after.people}
    known = {
        (rotation.service, rotation.level, what)
        for rotation in before.rotations
        for person in before.people
        if person.name in rotation.people
        for what in (person.name, person.mobile)
    }
    for index, rotation in enumerate(after.rotations):
        for name in dict.fromkeys(rotation.people):
            person = people[name]
            # A renamed person is known by the mobile, one who has left by the name
            what = person.name if person.former else person.mobile
            if (rotation.service, rotation.level, what) not in known:
                yield from _fault(before, person, proved, "rotation", index, "people")
    old = set(before.overrides)
    for index, override in enumerate(after.overrides):
        if override.in_ is not None and override not in old:
            yield from _fault(before, people[override.in_], proved, "override", index, "in")
    yield from _changed_numbers(before, after, proved)


def _fault(
    before: Rota, person: Person, proved: Collection[str], table: str, index: int, key: str
) -> Iterator[Found]:
    said = {"person": person.name}
    if person.former:
        yield Sentence(LEFT, said), table, index, key
    elif person.mobile not in proved and not _has_new_number(before, person):
        yield Sentence(UNPROVED, said), table, index, key


def _has_new_number(before: Rota, person: Person) -> bool:
    """Somebody in the rota whose first number changes: told once, at the number."""
    old = next((each for each in before.people if each.name == person.name), None)
    return old is not None and old.mobile != person.mobile and _placed(before, person.name)


def _placed(rota: Rota, name: str) -> bool:
    return any(name in each.people for each in rota.rotations) or any(
        each.in_ == name for each in rota.overrides
    )


def _changed_numbers(before: Rota, after: Rota, proved: Collection[str]) -> Iterator[Found]:
    for index, person in enumerate(after.people):
        unknown = person.mobile not in proved and not person.former
        if unknown and _has_new_number(before, person) and _placed(after, person.name):
            yield Sentence(UNPROVED_FIRST, {"person": person.name}), "person", index, "mobile"
