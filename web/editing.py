"""The one way in which pages change the rota: checked like a site file, written once, undoable.

A page gives a function from the rota to the rota, the version that its form was made from, and the
sentence for the history. What comes back is an `Edit`: saved, faults that name their field, or a
conflict; in the last two cases nothing was written and the page shows again what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from firmware.rota import Rota, SiteFileFaults, read_site_file, write_site_file
from firmware.rota.past import rewrites_the_past
from firmware.rota.text import Text
from firmware.rota.undo import AlreadyPast, Contradicted, undone
from firmware.store.rota_history import Sentence, Version
from firmware.store.rota_store import Conflict
from web import fault_words
from web.box import box
from web.language import N_
from web.proof import unproved

__all__ = ["Edit", "Fault", "Sentence", "check", "edit", "undo"]

PAST_REWRITTEN = N_("This would change what is past. Let it begin now or later.")
NO_ROTA = N_("No site file is loaded yet.")
FIRST = N_("Loaded at the first start")
UNDONE = N_("Taken back: %(what)s")
ALREADY_UNDONE = N_("This change has been taken back already.")
CHANGED_SINCE = N_("This cannot be taken back: what it changed has been changed again since.")
TOO_LATE = N_("This cannot be taken back: it is past.")
NOT_KEPT = N_("This cannot be taken back: how it stood before is not known.")
_HEADER = re.compile(r"\[\[?([a-z_]+)\]\]?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong. ``table``, ``index`` (from 0, within the new rota) and ``key`` name the place
    as the site file does (``override``, 3, ``to``); all empty for the edit as a whole.

    ``sentence`` is said by ``web.saying.say``.
    """

    sentence: Sentence
    table: str = ""
    index: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """How an edit ended. ``version`` is the present one: the next attempt is made from it.

    ``meanwhile`` is not empty when others have changed the rota since the form was made, the last
    change first; nothing was written then, and the page shows again what was typed.
    """

    version: int
    saved: bool = False
    unchanged: bool = False
    faults: tuple[Fault, ...] = ()
    meanwhile: tuple[Version, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the rota is now as the edit wanted it."""
        return self.saved or self.unchanged


class Refused(Exception):  # noqa: N818 - a fault of the input, named like the others
    """Raised by a page's own function when the edit cannot be made: the fault to show."""

    def __init__(self, message: str, *, key: str = "", **values: str) -> None:
        self.fault = Fault(Sentence(message, values), key=key)
        super().__init__(message)


def edit(
    change: Callable[[Rota], Rota],
    *,
    version: int,
    sentence: Sentence,
    by: str,
    undoes: int | None = None,
) -> Edit:
    """Apply ``change`` to the rota, if it is still the one of ``version``; by account ``by``.

    Refused with faults: what a site file would be refused for, and whatever rewrites the past.
    """
    now = box().clock()
    before, present = box().rota_with_version()
    if before is None:
        return Edit(present, faults=(Fault(Sentence(NO_ROTA)),))
    if present != version:
        return _conflict(version)
    try:
        after = change(before)
    except Refused as refusal:
        return Edit(present, faults=(refusal.fault,))
    if after == before:
        return Edit(present, unchanged=True)
    faults = check(before, after, now)
    if faults:
        return Edit(present, faults=faults)
    try:
        box().replace_rota(after, by, now, version=version, sentence=sentence, undoes=undoes)
    except Conflict:
        return _conflict(version)
    return Edit(box().rota_with_version()[1], saved=True)


def load_first(after: Rota, *, by: str) -> Edit:
    """Load the rota of a box that has none: what the first start has gathered."""
    before, present = box().rota_with_version()
    if before is not None:
        return Edit(present, meanwhile=box().versions(limit=5))
    faults = check(after, after, box().clock())
    if faults:
        return Edit(present, faults=faults)
    try:
        box().replace_rota(
            after, by, box().clock(), version=present, sentence=Sentence(FIRST, {})
        )
    except Conflict:
        return _conflict(present)
    return Edit(box().rota_with_version()[1], saved=True)


def _conflict(version: int) -> Edit:
    return Edit(box().rota_with_version()[1], meanwhile=box().versions(after=version, limit=5))


def undo(number: int, *, version: int, by: str) -> Edit:
    """Take the change of version ``number`` back, as a new version, where nothing contradicts it.

    ``version`` is the one that the page showed.
    """
    known = box().version(number)
    before, after = box().rota_before(number), box().rota_at(number)
    if known is None or before is None or after is None:
        return _refused(NOT_KEPT)
    again = box().undone_by(number)
    if again is not None and box().undone_by(again.number) is None:
        return _refused(ALREADY_UNDONE)

    def take_back(rota: Rota) -> Rota:
        try:
            return undone(before, after, rota, box().clock())
        except Contradicted:
            raise Refused(CHANGED_SINCE) from None
        except AlreadyPast:
            raise Refused(TOO_LATE) from None

    said = Sentence(UNDONE, {**known.sentence.values, "what": known.sentence.what})
    done = edit(take_back, version=version, sentence=said, by=by, undoes=number)
    # What came back may name somebody who has been taken out since
    return replace(done, faults=(Fault(Sentence(CHANGED_SINCE)),)) if _is_broken(done) else done


def _is_broken(done: Edit) -> bool:
    return any(fault.table for fault in done.faults)


def _refused(message: str) -> Edit:
    return Edit(box().rota_with_version()[1], faults=(Fault(Sentence(message)),))


def check(before: Rota, after: Rota, now: datetime) -> tuple[Fault, ...]:
    """What is wrong with ``after`` as a site file and as an edit of ``before``; empty if nothing.

    Overrides that stand in ``before`` are not read again while the names that they use are the
    same, nor contacts that have not changed: a site with years of the one and thousands of the
    other is checked in a few milliseconds.
    """
    kept = _checked_already(before, after)
    new = tuple(each for each in after.overrides if each not in kept)
    contacts = () if after.contacts == before.contacts else after.contacts
    written = replace(after, overrides=new, contacts=contacts)
    text = write_site_file(written)
    try:
        read = read_site_file(text)
    except SiteFileFaults as faults:
        places = [index for index, each in enumerate(after.overrides) if each not in kept]
        return tuple(_placed(faults, text, places))
    if read != written:
        # A name with outer blanks or of another Unicode form would come back otherwise
        return (Fault(Sentence(N_("A text holds characters that cannot be kept."))),)
    if rewrites_the_past(before, after, now):
        return (Fault(Sentence(PAST_REWRITTEN)),)
    proved = box().people.verified()
    return tuple(Fault(*each) for each in unproved(before, after, proved))


def _checked_already(before: Rota, after: Rota) -> frozenset[object]:
    same = (
        [each.name for each in before.people] == [each.name for each in after.people]
        and [each.name for each in before.services] == [each.name for each in after.services]
        and before.site.time_zone == after.site.time_zone
    )
    return frozenset(before.overrides) if same else frozenset()


def _placed(faults: SiteFileFaults, text: str, overrides: list[int]) -> Iterable[Fault]:
    """Each fault at its table and that table's place in the new rota."""
    lines = text.splitlines()
    for fault in faults.faults:
        above = [found[1] for line in lines[: fault.line] if (found := _HEADER.fullmatch(line))]
        table = above[-1] if above else ""
        index = max(above.count(table) - 1, 0)
        said = fault.text or Text.of("{message}", message=fault.message)
        key = dict(said.values).get("key", "")
        yield Fault(
            fault_words.words(said),
            table,
            overrides[index] if table == "override" and index < len(overrides) else index,
            key if isinstance(key, str) else "",
        )
