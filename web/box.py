"""What the page reads of the box and asks of it: the only module here that opens the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from firmware.pulse import Pulse
from firmware.record import JournalEntry, JournalKind, RequestKind
from firmware.rota import Rota
from firmware.store import fact_reader, journal, journal_search, rota_history
from firmware.store.account_store import AccountStore
from firmware.store.code_store import CodeStore
from firmware.store.daemon_lock import daemon_is_running
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.draft_store import DraftStore
from firmware.store.figures import AnswerTime, CallsAt, answer_times, calls_at
from firmware.store.journal import StoredEntry
from firmware.store.journal_search import Place, Search
from firmware.store.page_store import PageStore
from firmware.store.people_store import PeopleStore
from firmware.store.pin_store import PinStore
from firmware.store.pulse_file import read_pulse, runtime_dir
from firmware.store.report_file import Report, read_report
from firmware.store.rota_history import Sentence, Version
from firmware.store.rota_store import RotaStore
from firmware.store.story import Story, story_of_call, story_of_message
from firmware.store.throttle import Throttle
from web.box_state import BoxState, box_state

EXTENSION = "veilleur"


@dataclass(slots=True)
class _Opened:
    """A thread's own database, and the rota as it was at ``version``."""

    database: Database
    file: tuple[int, int]
    version: int = -1
    rota: Rota | None = None


class Box:
    """The data directory, opened once by each thread that serves the page.

    ``clock`` gives the instant (aware, UTC) that the page takes for now. Methods raise
    ``StoreError`` when the data cannot be read.
    """

    def __init__(self, data_dir: Path, clock: Callable[[], datetime]) -> None:
        self.data_dir = data_dir
        self.clock = clock
        self._path = data_dir / DATABASE_NAME
        self._mine = threading.local()
        # Alerts marked on the page whose wish the daemon has not fulfilled yet. In memory only:
        # after a restart the button is offered again, and the same wish twice is one wish.
        self._noted: dict[int, int] = {}

    def rota(self) -> Rota | None:
        """The rota, read anew only after a change."""
        return self.rota_with_version()[0]

    def rota_with_version(self) -> tuple[Rota | None, int]:
        """The rota and its version, which a form carries so that nobody is overwritten."""
        mine = self._open()
        store = RotaStore(mine.database)
        version = store.version()
        if version != mine.version:
            mine.rota, mine.version = store.load_rota(), version
        return mine.rota, mine.version

    def replace_rota(
        self,
        rota: Rota,
        by: str,
        at: datetime,
        *,
        version: int,
        sentence: Sentence,
        undoes: int | None = None,
    ) -> None:
        """Write the rota, if it is still the one of ``version``; else ``Conflict``.

        For `web/editing.py` alone: it checks what is written here.
        """
        RotaStore(self._open().database).replace_rota(
            rota, by, at, expected_version=version, sentence=sentence, undoes=undoes
        )

    # The history of the rota

    def versions(
        self, *, before: int | None = None, after: int = 0, limit: int = 50
    ) -> tuple[Version, ...]:
        """The changes of the rota, the newest first."""
        return rota_history.versions(
            self._open().database, before=before, after=after, limit=limit
        )

    def version(self, number: int) -> Version | None:
        return rota_history.version(self._open().database, number)

    def recorded_as(self, recording: str) -> Version | None:
        """The change with which a greeting recorded by telephone came."""
        return rota_history.recorded_as(self._open().database, recording)

    def undone_by(self, number: int) -> Version | None:
        return rota_history.undone_by(self._open().database, number)

    def rota_at(self, number: int) -> Rota | None:
        return rota_history.rota_at(self._open().database, number)

    def rota_before(self, number: int) -> Rota | None:
        return rota_history.rota_before(self._open().database, number)

    @property
    def store(self) -> PageStore:
        return PageStore(self._open().database)

    @property
    def accounts(self) -> AccountStore:
        return AccountStore(self._open().database)

    @property
    def people(self) -> PeopleStore:
        return PeopleStore(self._open().database)

    @property
    def pins(self) -> PinStore:
        return PinStore(self._open().database)

    @property
    def codes(self) -> CodeStore:
        return CodeStore(self._open().database)

    def facts(self, prefix: str) -> dict[str, object]:
        """What the daemon remembers under keys that begin so, by the rest of the key."""
        return fact_reader.facts(self._open().database, prefix)

    @property
    def drafts(self) -> DraftStore:
        return DraftStore(self._open().database)

    @property
    def throttle(self) -> Throttle:
        return Throttle(self._open().database)

    def read_afresh(self) -> None:
        """A request begins: nothing that it shows was found unreadable yet."""
        mine: _Opened | None = getattr(self._mine, "opened", None)
        if mine is not None:
            mine.database.unreadable.clear()

    @property
    def left_out(self) -> bool:
        """Whether this request has met rows that cannot be read, and shows the others."""
        mine: _Opened | None = getattr(self._mine, "opened", None)
        return mine is not None and bool(mine.database.unreadable)

    def database_bytes(self) -> int:
        """What the database takes on the disk, its write-ahead log included."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def pulse(self) -> Pulse | None:
        return read_pulse(runtime_dir(self.data_dir))

    def report(self, language: str) -> Report | None:
        """What the doctor found last; the page says when that was."""
        return read_report(runtime_dir(self.data_dir), language)

    def state(self, now: datetime) -> BoxState:
        """The state of the box; needs no database."""
        return box_state(self.pulse(), daemon_is_running(self.data_dir), now)

    def journal(
        self, limit: int, kind: JournalKind | None = None, before_id: int | None = None
    ) -> tuple[StoredEntry, ...]:
        """The newest lines first."""
        return journal.latest(self._open().database, limit, before_id, kind)

    def search(
        self, search: Search, limit: int, after: Place | None = None
    ) -> tuple[StoredEntry, ...]:
        """The newest lines of the journal that meet a search, or those that follow ``after``."""
        return journal_search.found(self._open().database, search, limit, after)

    def line(self, line_id: int) -> StoredEntry | None:
        return journal_search.line(self._open().database, line_id)

    def story(self, entry: JournalEntry) -> Story | None:
        """What came of the call or SMS that a line of the journal is about."""
        kind, _, number = (entry.key or "").partition(":")
        tell = {"call": story_of_call, "sms_in": story_of_message}.get(kind)
        if tell is None or not number.isdigit():
            return None
        return tell(self._open().database, int(number), self.clock())

    def calls_at(self, since: datetime, until: datetime, *, whole_hours: bool) -> Sequence[CallsAt]:
        return calls_at(self._open().database, since, until, whole_hours=whole_hours)

    def answer_times(self, since: datetime, until: datetime) -> Sequence[AnswerTime]:
        return answer_times(self._open().database, since, until)

    def take_care(self, alert_id: int, by: str) -> None:
        """Leave the wish that an alert be closed as taken care of by ``by``."""
        values = {"alert": str(alert_id)}
        wish = self.store.ask(RequestKind.TAKE_CARE, values, by=by, at=self.clock())
        self._noted[alert_id] = wish

    def noted(self) -> frozenset[int]:
        """Alerts whose wish is on its way to the daemon."""
        store = self.store
        for alert_id, wish in tuple(self._noted.items()):
            if store.is_done(wish):
                self._noted.pop(alert_id, None)
        return frozenset(self._noted)

    def _open(self) -> _Opened:
        """This thread's database; opened anew when a backup was put in its place."""
        mine: _Opened | None = getattr(self._mine, "opened", None)
        file = self._file()
        if mine is not None and mine.file == file:
            return mine
        if mine is not None:
            mine.database.close()
            del self._mine.opened
        mine = _Opened(open_database(self._path, create=False), file)
        self._mine.opened = mine
        return mine

    def _file(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0)  # opening it will say what is wrong
        return (found.st_dev, found.st_ino)


def box() -> Box:
    """The box of the application that serves this request."""
    found: Box = current_app.extensions[EXTENSION]
    return found
