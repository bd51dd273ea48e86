"""The message storages of SIM and modem, read one after another and emptied.

Announcements (+CMTI, +CDSI) make it fast; a sweep of every storage at the start and each minute
makes it certain, for announcements get lost. What was read is handed on, and deleted once it is on
disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firmware.at import answers
from firmware.at import message_commands as commands
from firmware.at.answers import AnswerFault, StoredMessage
from firmware.at.command import Command
from firmware.at.fields import MESSAGE_INDEX_MAX, MESSAGE_STORAGES
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply, Then
from firmware.sms.fullness import Fullness, level_told
from firmware.sms.tpdu import Tpdu, TpduError, tpdu_or_fault

UNREAD_SWEEPS = 10    # a storage that cannot be read for so long keeps nobody waiting
LISTS_MAX = 2         # lists of a storage in a row that told nothing; then its places are read
UNREAD = 0            # 27.005 3.1: received, and read by nobody yet
PLACES_A_SWEEP = 16   # each a command; what is announced meanwhile waits for no more
CMS_INVALID_INDEX = 321   # 27.005 3.2.5: nothing lies there
KEPT_S = 3600.0       # on a disk that takes nothing for so long, nobody is waiting any more ...
ROOM = 5              # ... for so many that keep others out
REFUSED_SWEEPS = 10   # a storage refused at the bring-up is asked for again at every so many


@dataclass(frozen=True, slots=True)
class _Errand:
    """One storage to read: all of it, or the one message at ``index``; or that one, which says
    ``pdu``, to delete."""

    storage: str
    index: int | None = None
    delete: bool = False
    pdu: str = field(default="", compare=False)


class Storages:
    """``take`` is given each PDU that was found, with what it says; it records it in that step."""

    def __init__(
        self, ledger: Ledger, line: ModemLine, take: Callable[[str, Tpdu | TpduError], None]
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._take = take
        self._names: tuple[str, ...] = ("SM",)
        self._refused: tuple[str, ...] = ()
        self._sweeps = 0
        self._unread: set[str] = set()   # not listed to its end since the modem came
        self._errands: list[_Errand] = []
        self._read_whole: list[_Errand] = []   # to be deleted once they are on disk
        self._busy = False
        self._selected: str | None = None
        self._active = False
        self._epoch = 0
        self._doubtful: dict[_Errand, str] = {}   # a PDU that could not be read, by its place
        self._found_empty: set[_Errand] = set()
        self._failed: set[_Errand] = set()   # announced, and could not be read
        self._bare: set[str] = set()     # selected with an OK that told no level
        self._tells_levels = False
        self._mute_lists: dict[str, int] = {}   # in a row, also before the modem restarted
        self._next_place = 0
        # What was read first so long ago, while the disk takes nothing; a modem that starts anew
        # shows it once more
        self._kept_since_s: dict[str, float] = {}
        self.fullness = Fullness()
        self.on_unreadable: Callable[[Sequence[str]], None] = lambda lines: None
        self.on_untold: Callable[[], None] = lambda: None

    def opened(self, storages: tuple[str, ...], refused: tuple[str, ...] = ()) -> None:
        """A fresh modem: nothing is selected, everything is to be read. ``refused``: storages that
        it said it has not; it may have been busy."""
        self._names = storages or ("SM",)
        self._refused = tuple(storage for storage in refused if storage not in self._names)
        self._sweeps = 0
        self.fullness.forget(self._names)
        self._begin_epoch()
        self._unread = {*self._names, *self._refused}
        self._active = True
        self.sweep()

    def closed(self) -> None:
        """The modem went away or restarted: its storages can be anything now. No command may
        follow one of before, or a number read in one storage would be deleted in another."""
        self._active = False
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self._epoch += 1
        self._errands.clear()
        self._read_whole.clear()
        self._doubtful.clear()
        self._found_empty.clear()
        self._failed.clear()
        self._bare.clear()
        self._busy = False
        self._selected = None

    def _ask(self, command: Command, then: Then) -> None:
        """Ask in this epoch of the modem's: what of it still waits in the next is not sent, and
        what was sent is not heard."""
        epoch = self._epoch
        self._line.ask(
            command,
            lambda reply: then(reply) if epoch == self._epoch else None,
            Rank.RECEIVE,
            wanted=lambda: epoch == self._epoch,
        )

    @property
    def all_read(self) -> bool:
        """Whether what had come before the modem did has been handed on, as far as it can be."""
        return self._active and (not self._unread or self._sweeps > UNREAD_SWEEPS)

    def sweep(self) -> None:
        """Read every storage soon."""
        self._sweeps += 1
        again = self._refused if self._sweeps % REFUSED_SWEEPS == 0 else ()
        for storage in (*self._names, *again):
            self._add(_Errand(storage))

    def stored(self, storage: str, index: int) -> None:
        """+CMTI or +CDSI: read that one message now. What no command can name is looked for."""
        if storage in MESSAGE_STORAGES and 0 <= index <= MESSAGE_INDEX_MAX:
            self._add(_Errand(storage, index))
        else:
            self.sweep()

    @property
    def deadline_s(self) -> float | None:
        """At once, when something may be deleted as soon as this step is on disk; what is under
        way brings the next step by itself."""
        waits = self._read_whole and self._ledger.on_disk and self._line.quiet
        return self._ledger.moment.monotonic_s if waits else None

    def release(self) -> None:
        """At the start of a step: what was recorded in the steps before may be deleted now, if
        the disk took it. While it does not, everything stays where it is; but where nothing comes
        in any more because of that, the oldest goes, of which people were told an hour ago."""
        if self._ledger.on_disk:
            self._kept_since_s.clear()
            found, self._read_whole = self._read_whole, []
        else:
            found = self._in_the_way() if self.fullness.full else []
        if found:
            self._errands[:0] = found
            self._next()

    def _in_the_way(self) -> list[_Errand]:
        """Of what fills a storage for want of a disk the oldest, each told long ago; no more until
        it is full again."""
        limit_s = self._ledger.moment.monotonic_s - KEPT_S
        old = sorted(
            (since_s, place, each)
            for place, each in enumerate(self._read_whole)
            if self.fullness.is_full(each.storage)
            and (since_s := self._kept_since_s.get(each.pdu, limit_s + 1.0)) <= limit_s
        )
        going = [each for _, _, each in old[:ROOM]]
        for each in going:
            self.fullness.made_room(each.storage)
        self._read_whole = [each for each in self._read_whole if each not in going]
        return going

    def _add(self, errand: _Errand) -> None:
        if self._active and errand not in self._errands:
            self._errands.append(errand)
        self._next()

    def _next(self) -> None:
        if self._busy or not self._errands or not self._active:
            return
        self._busy = True
        errand = self._errands.pop(0)
        if self._selected == errand.storage and errand.index is not None:
            self._perform(errand)
            return
        self._ask(
            commands.storage_read(errand.storage),
            lambda reply: self._storage_selected(errand, reply),
        )

    def _storage_selected(self, errand: _Errand, reply: Reply) -> None:
        if not reply.ok:
            self._selected = None
            self._not_read(errand, reply)
            return
        if not self._is_of_selection(errand.storage, reply):
            self._ask_again(errand)
            return
        self._selected = errand.storage
        if errand.storage in self._refused:
            self._names += (errand.storage,)
            self._refused = tuple(each for each in self._refused if each != errand.storage)
        if errand.index is None and not self.fullness.is_to_be_listed(errand.storage, reply):
            self._done()
        elif errand.index is None and self._mute_lists.get(errand.storage, 0) >= LISTS_MAX:
            self._read_places(errand.storage)
        else:
            self._perform(errand)

    def _is_of_selection(self, storage: str, reply: Reply) -> bool:
        """Whether the OK is the selection's own, which tells how full the storage is (27.005
        3.2.2). Alone it may be another command's, late, and the selection unheard: then what is
        deleted by its number would be another storage's. Only of a modem that never told is it
        believed, the second time."""
        if level_told(reply) is not None:
            self._tells_levels = True
            self._bare.discard(storage)
            return True
        return storage in self._bare and not self._tells_levels

    def _ask_again(self, errand: _Errand) -> None:
        """Once, on a settled channel; then it is for the next sweep."""
        self._selected = None
        if errand.storage in self._bare:
            self._bare.discard(errand.storage)
        else:
            self._bare.add(errand.storage)
            self._errands.insert(0, errand)
        self._line.doubt(self._ledger.moment)
        self._done()

    def _read_places(self, storage: str) -> None:
        """A list of it never comes: one place that cannot be read is enough for some firmware. Some
        of its places, at each sweep others; then a list may work again."""
        self._mute_lists[storage] = LISTS_MAX - 1
        total = self.fullness.total(storage)   # some modems count from 0, some from 1
        places = [(self._next_place + each) % (total + 1) for each in range(PLACES_A_SWEEP)]
        self._next_place += PLACES_A_SWEEP
        for place in dict.fromkeys(places):
            self._add(_Errand(storage, place))
        self._done()

    def _perform(self, errand: _Errand) -> None:
        if errand.index is None:
            self._ask(
                commands.list_messages(), lambda reply: self._listed(errand.storage, reply)
            )
        elif errand.delete:
            # Refused, the next sweep reads it again, knows it, and it is deleted then
            self._ask(commands.delete_message(errand.index), lambda reply: self._done())
        else:
            index = errand.index
            command = commands.read_message(index)
            self._ask(command, lambda reply: self._one_read(errand.storage, index, reply))

    def _listed(self, storage: str, reply: Reply) -> None:
        if reply.ok or reply.lines:
            self._mute_lists.pop(storage, None)
        elif not reply.lost and self.fullness.says_used(storage):
            self._mute_lists[storage] = self._mute_lists.get(storage, 0) + 1
        if not (reply.ok or reply.lost):   # cut short: a caller waited, a place cannot be read
            for index in answers.stored_indexes(reply.lines):
                self._add(_Errand(storage, index))
        if reply.ok:
            try:
                found = answers.stored_messages(reply.lines)
                self._look_for_untold(storage, found)
                for entry in found:
                    self._take_and_delete(storage, entry)
                if reply.lines or not self.fullness.says_used(storage):
                    self._unread.discard(storage)
            except AnswerFault:
                # One unreadable entry must not hide the others: read them one by one.
                for index in answers.stored_indexes(reply.lines):
                    self._add(_Errand(storage, index))
        self._done()

    def _look_for_untold(self, storage: str, found: Sequence[StoredMessage]) -> None:
        """Nobody has read it, and it waits for no reading: it has come without a word. What lay
        there when the modem came has none."""
        announced = {errand.index for errand in self._errands if errand.storage == storage}
        unread = (each for each in found if each.stat == UNREAD and each.index not in announced)
        if self._sweeps > 1 and next(unread, None) is not None:
            self.on_untold()

    def _one_read(self, storage: str, index: int, reply: Reply) -> None:
        place = _Errand(storage, index)
        if reply.ok and not reply.lines and place not in self._found_empty:
            # A bare OK: nothing lies there, or it was another command's, late. Then what lies there
            # would be taken for the next place's, and that one be deleted unread. Asked twice.
            self._found_empty.add(place)
            self._errands.insert(0, place)
            self._line.doubt(self._ledger.moment)
            self._done()
            return
        self._found_empty.discard(place)
        if not reply.ok:
            self._not_read(place, reply)
            return
        try:
            entry = answers.read_message(reply.lines, index)
        except AnswerFault:
            entry = None  # left where it is; the next sweep reads it again
            self.on_unreadable(reply.lines)
        if entry is not None:
            self._take_and_delete(storage, entry)
        self._done()

    def _not_read(self, errand: _Errand, reply: Reply) -> None:
        """One message is tried once more, after what else waits: whoever texts must not wait for
        the next sweep because an answer was lost. A place that fails again is the sweeps', until
        something was read there: a modem may hang on it each time."""
        wanted = errand.index is not None and not errand.delete
        is_empty = reply.result is not None and reply.result.code == CMS_INVALID_INDEX
        if wanted and not is_empty and errand not in self._failed:
            self._failed.add(errand)
            self._errands.append(errand)
        self._done()

    def _take_and_delete(self, storage: str, entry: StoredMessage) -> None:
        found = tpdu_or_fault(entry.pdu_hex)
        place = _Errand(storage, entry.index)
        if self._to_be_read_again(place, entry.pdu_hex, not isinstance(found, TpduError)):
            return
        self._failed.discard(place)
        self._take(entry.pdu_hex, found)
        errand = _Errand(storage, entry.index, delete=True, pdu=entry.pdu_hex)
        if not self._ledger.on_disk:
            self._kept_since_s.setdefault(entry.pdu_hex, self._ledger.moment.monotonic_s)
        if errand not in (*self._read_whole, *self._errands):
            # Never twice: by the second time another message may have come to that place
            self._read_whole.append(errand)

    def _to_be_read_again(self, place: _Errand, pdu_hex: str, readable: bool) -> bool:
        """Whether the PDU is unreadable and was not found so twice: the line may have garbled it,
        and the copy in the storage may be good. The second reading is at once, others are those
        of the sweeps."""
        before = self._doubtful.pop(place, None)
        if pdu_hex == before or readable:
            return False
        self._doubtful[place] = pdu_hex
        if before is None:
            self._add(place)
        return True

    def _done(self) -> None:
        self._busy = False
        self._next()
