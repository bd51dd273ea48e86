"""The one helper process: the night's forgetting and backup, a damaged database, the doctor.

A process, not a thread: it shares no lock, no memory and no turn of the interpreter with the calls,
it runs at the lowest priority for processor and disk, and if it dies nothing else does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware.effect import Examine, KeepHouse
from firmware.event import DataMended, Event, NightDone
from firmware.pulse import StoreState
from firmware.store.errors import DamagedDatabase
from firmware.store.recorder import Recorder

NIGHT, MEND, EXAMINE = "night", "mend", "examine"
IDLE_DISK = ("ionice", "-c3")


class Housekeeper:
    """For one data directory. It answers in one line, which a pipe holds until it is read."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._helper: subprocess.Popen[bytes] | None = None
        self._task = ""
        self._examine = False   # asked for while the helper had other work

    def do(self, effect: KeepHouse | Examine) -> None:
        """Forget and back up, of which `look` tells when it is over; or have the doctor's report
        written for the page, after other work."""
        if isinstance(effect, Examine):
            self._examine = True
            self._begin_examination()
        else:
            self._start(NIGHT)

    def look(self, recorder: Recorder) -> list[Event]:
        """What came of it, once; a damage that it or the recorder has met is its next task."""
        done: list[Event] = []
        if self._helper is not None and self._helper.poll() is not None:
            done = self._over(self._answer(), recorder)
        if recorder.state is StoreState.DAMAGED:
            self._start(MEND)
        self._begin_examination()
        return done

    def _begin_examination(self) -> None:
        if self._examine and self._helper is None:
            self._examine = False
            self._start(EXAMINE)

    def stop(self) -> None:
        """The daemon ends: the helper's work is whole or not begun, and may be cut short."""
        if self._helper is not None:
            self._helper.terminate()
            self._answer()

    def _start(self, task: str) -> None:
        if self._helper is not None:
            return
        idle = IDLE_DISK if shutil.which(IDLE_DISK[0]) else ()
        self._task = task
        self._helper = subprocess.Popen(  # noqa: S603 - our own program
            [*idle, sys.executable, "-m", "firmware", "keep-house", task,
             "--data", str(self._data_dir)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip

    def _over(self, found: dict[str, Any], recorder: Recorder) -> list[Event]:
        if self._task == EXAMINE:
            return []   # the page sees what there is, and when it was made
        if self._task == MEND:
            if not found.get("mended"):
                return []
            recorder.retry(now=True)
            made_at = found["backup_of"]
            backup_of = None if made_at is None else datetime.fromisoformat(made_at)
            return [DataMended(backup_of, bool(found["rota_is_current"]))]
        why = None if found.get("well") else str(found.get("why", "the helper has died"))
        if found.get("damaged"):
            recorder.trouble(DamagedDatabase(str(why)))
        return [NightDone(why)]

    def _answer(self) -> dict[str, Any]:
        """The helper's last line; empty if it could not say any."""
        helper, self._helper = self._helper, None
        output = helper.communicate()[0] if helper is not None else b""
        try:
            answer = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            return {}
        return answer if isinstance(answer, dict) else {}
