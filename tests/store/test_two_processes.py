"""The daemon and the page on one file: each sees the other's writes and none waits in vain."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from firmware.record import Fact, JournalKind, RequestKind
from firmware.rota import Person, Rota, Service, Site
from firmware.store import journal
from firmware.store.database import Database, open_database
from firmware.store.page_store import PageStore
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.store.samples import NOW, call, line

ROUNDS = 60


def test_the_daemon_sees_the_page_s_writes_but_not_its_own(database: Database, path: Path) -> None:
    daemon = RowStore(database)
    with open_database(path, create=False) as other:
        before = daemon.data_version()
        daemon.record([call()])
        assert daemon.data_version() == before
        PageStore(other).ask(RequestKind.CHECK_FORWARDING, {}, by="Alice", at=NOW)
        after = daemon.data_version()
        assert after != before
        assert daemon.data_version() == after
        RotaStore(other).replace_rota(Rota(Site("Dupont")), "Alice", NOW)
        assert daemon.data_version() != after


def test_one_page_s_view_is_of_one_instant(database: Database, path: Path) -> None:
    with open_database(path, create=False) as page, page.reading() as view:
        before = view.execute("SELECT count(*) FROM call").fetchone()
        RowStore(database).record([call()])
        assert view.execute("SELECT count(*) FROM call").fetchone() == before


def test_both_write_at_once_and_nothing_is_lost(database: Database, path: Path) -> None:
    faults: list[BaseException] = []

    def page() -> None:
        try:
            with open_database(path, create=False) as opened:
                for number in range(ROUNDS):
                    PageStore(opened).ask(
                        RequestKind.SEND_TEST, {"mobile": str(number)}, by="Alice", at=NOW
                    )
                    people = (Person("Alice", f"+336010203{number:02}"),)
                    rota = Rota(Site("Dupont"), people, (Service("Ambulance"),))
                    RotaStore(opened).replace_rota(rota, "Alice", NOW)
        except BaseException as fault:
            faults.append(fault)
            raise

    thread = threading.Thread(target=page)
    thread.start()
    store = RowStore(database)
    for number in range(1, ROUNDS + 1):
        store.record([call(number), line(key=f"call:{number}"), Fact("last", number)])
    thread.join()
    assert faults == []
    memory = store.load_memory(NOW)
    assert [found.id for found in memory.calls] == list(range(1, ROUNDS + 1))
    assert [found.values["mobile"] for found in memory.requests] == [
        str(number) for number in range(ROUNDS)
    ]
    lines = journal.entries(database)
    assert [stored.id for stored in lines] == list(range(1, 2 * ROUNDS + 1))
    assert sorted(stored.change for stored in lines) == list(range(1, 2 * ROUNDS + 1))
    edits = [stored for stored in lines if stored.entry.kind is JournalKind.EDIT]
    assert len(edits) == RotaStore(database).version() == ROUNDS


ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from firmware.store.database import open_database
from firmware.store.row_store import RowStore
from tests.store.samples import call, incoming, line
from firmware.record import Fact
number = int(sys.argv[2])
with open_database(Path(sys.argv[1]), create=True) as database:
    store = RowStore(database)
    while True:
        number += 1
        store.record([
            call(number), line(key=f"call:{number}"), incoming(number, text="x" * (number % 3000)),
            Fact("last", number),
        ])
        print(number, flush=True)
"""


@pytest.mark.parametrize("seed", [1])
def test_whatever_was_acknowledged_survives_twenty_kills(path: Path, seed: int) -> None:
    draw = random.Random(seed)
    acknowledged = 0
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(acknowledged)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        ) as writer:
            assert writer.stdout is not None
            for _ in range(draw.randint(1, 40)):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().splitlines(keepends=True)
        acknowledged = max([acknowledged, *(int(text) for text in rest if text.endswith(b"\n"))])
        with open_database(path, create=False) as database:
            database.check()
            memory = RowStore(database).load_memory(NOW)
            last = memory.facts["last"]
            # A commit may have been durable just before the kill cut its acknowledgement
            assert last in (acknowledged, acknowledged + 1)
            assert memory.last_ids == {"Call": last, "IncomingMessage": last}
            assert [found.id for found in memory.calls] == list(range(1, last + 1))
            keys = [stored.entry.key for stored in journal.entries(database, limit=10_000)]
            assert keys == [f"call:{number}" for number in range(1, last + 1)]
        acknowledged = last
    assert acknowledged > 100
