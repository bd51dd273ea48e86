"""`veilleur keep-house`: what the daemon's helper does, at night or on a damaged database, and what
an update asks before it begins and when it is taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firmware.command.data import open_data
from firmware.command.doctor import examine_for_page
from firmware.record import Repair
from firmware.rota import Retention
from firmware.speech.cupboard import forget_unused
from firmware.store.backup import write_backup
from firmware.store.errors import DamagedDatabase, StoreError
from firmware.store.leftovers import sweep
from firmware.store.mend import check_rows, mend
from firmware.store.nightly import make_nightly
from firmware.store.place import BACKUPS
from firmware.store.pulse_file import runtime_dir
from firmware.store.purge import kept_voicemail, purge, purge_voicemail
from firmware.store.report_file import write_reports
from firmware.store.rota_store import RotaStore
from firmware.store.step_back import SAVED, step_back

FIRST_TO_GO = 500           # of 1000: before the page (200, deploy/systemd)
NIGHT_DONE = "night-done"   # deploy/systemd/veilleur-stick-night.path


def keep_house(task: str, data_dir: Path) -> int:
    """Do it, and say in one JSON object what came of it; exit code 1 if it did not go well."""
    try:
        answer = TASKS[task](data_dir)
    except DamagedDatabase as fault:
        answer = {"damaged": True, "why": str(fault)}
    except (StoreError, OSError) as fault:
        answer = {"why": str(fault)}
    print(json.dumps(answer))
    return 0 if "why" not in answer else 1


def _night(data_dir: Path) -> dict[str, Any]:
    """The backup first: what is forgotten tonight is in it until seven nights have passed."""
    _give_way(19)
    now = datetime.now(UTC)
    sweep(data_dir, now)
    with open_data(data_dir) as database:
        check_rows(database, now)   # or a sound night would make room for it
    make_nightly(data_dir, now)
    with open_data(data_dir) as database:
        rota = RotaStore(database).load_rota()
        retention = rota.retention if rota is not None else Retention()
        purge(database, retention, now)
        kept = kept_voicemail(database)
    purge_voicemail(data_dir, retention, now, kept)
    forget_unused(data_dir, now)
    _tell_the_stick()
    return {"well": True}


def _give_way(steps: int) -> None:
    """To the calls: their processor, and their memory, of which a Pi has little. What the daemon
    has started is as safe from the kernel's killer as itself (oom_score_adj is inherited). Where
    it is refused the work is done all the same."""
    with suppress(PermissionError):
        os.nice(steps)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), encoding="ascii")


def _tell_the_stick() -> None:
    """Root leaves a backup on a stick that is in: it waits for this file of the RAM disk."""
    folder = os.environ.get("VEILLEUR_RUNTIME", "")
    if folder:
        with suppress(OSError):   # the night has gone well all the same
            (Path(folder) / NIGHT_DONE).touch()


def _mend(data_dir: Path) -> dict[str, Any]:
    _give_way(19)
    mended = mend(data_dir, datetime.now(UTC), thoroughly=True)
    if mended is None:
        return {"mended": False}
    return {"mended": True, **Repair(mended.backup_of, mended.rota_is_current).as_fact()}


def _save(data_dir: Path) -> dict[str, Any]:
    """What an update that is taken back may need."""
    folder = data_dir / BACKUPS
    folder.mkdir(mode=0o750, exist_ok=True)
    write_backup(data_dir, folder / SAVED, datetime.now(UTC))
    return {"well": True}


def _return(data_dir: Path) -> dict[str, Any]:
    done = step_back(data_dir, datetime.now(UTC))
    return {"backup_of": None} if done is None else {
        "backup_of": done.backup_of.isoformat(), "rows": done.rows,
    }  # fmt: skip


def _examine(data_dir: Path) -> dict[str, Any]:
    """The doctor's report for the page; its folder is the pulse's."""
    _give_way(10)
    write_reports(runtime_dir(data_dir), examine_for_page(data_dir))
    return {"well": True}


TASKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "night": _night, "mend": _mend, "examine": _examine, "save": _save, "return": _return,
}  # fmt: skip
