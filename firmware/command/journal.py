"""`veilleur journal`."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.command.data import open_data
from firmware.store import journal
from firmware.store.database import Database
from firmware.store.rota_store import RotaStore

PAGE = 500
FOLLOW_EVERY_S = 0.5


def show_journal(data_dir: Path, *, js: bool, follow: bool) -> int:
    """Every entry; with ``follow`` also those to come, and each change of one (a call's outcome)
    again under its id, until interrupted."""
    with open_data(data_dir) as database:
        rota = RotaStore(database).load_rota()
        zone = ZoneInfo(rota.site.time_zone if rota is not None else "UTC")
        seen = journal.last_change(database)
        shown: set[int] = set()   # what came while the older lines were being printed
        after = 0
        while page := journal.entries(database, after_id=after, limit=PAGE):
            for stored in page:
                _show(journal.entry_as_json(stored), zone, js=js)
                after = stored.id
                if stored.change > seen:
                    shown.add(stored.change)
        while follow:
            seen = _show_changes(database, seen, shown, zone, js=js)
            time.sleep(FOLLOW_EVERY_S)
    return 0


def _show_changes(
    database: Database, seen: int, shown: set[int], zone: ZoneInfo, *, js: bool
) -> int:
    for stored in journal.changes(database, seen):
        if stored.change not in shown:
            _show(journal.entry_as_json(stored), zone, js=js)
        seen = stored.change
    return seen


def _show(entry: dict[str, object], zone: ZoneInfo, *, js: bool) -> None:
    if js:
        print(json.dumps(entry, ensure_ascii=False), flush=True)
        return
    at = datetime.fromisoformat(str(entry["at"])).astimezone(zone)
    words = [entry[name] for name in ("kind", "service", "number", "person", "outcome")]
    shown = "  ".join(str(word) for word in words if word is not None)
    print(f"{at:%Y-%m-%d %H:%M:%S}  {shown}", flush=True)
