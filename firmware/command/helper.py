"""The one helper process: the night's forgetting and backup, a damaged database, the doctor.

A process, not a thread: it shares no lock, no memory and no turn of the interpreter with the calls,
it runs at the lowest priority for processor and disk, and if it dies nothing else does. One that
does not come to an end is ended, and its night told as one that failed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from firmware.command.data import open_data
from firmware.effect import Examine, KeepHouse
from firmware.event import DataMended, Event, NightDone
from firmware.pulse import StoreState
from firmware.record import Repair, repair_from
from firmware.store.errors import DamagedDatabase, StoreError
from firmware.store.mend import untold_repair
from firmware.store.recorder import Recorder

NIGHT, MEND, EXAMINE = "night", "mend", "examine"
GIVEN_UP = "given up"   # killed, and it hangs in the kernel still
# Hundreds of times what each takes on a slow card
LONGEST_S = {NIGHT: 3 * 3600.0, MEND: 3600.0, EXAMINE: 600.0, GIVEN_UP: float("inf")}
MEND_AGAIN_S = 60.0     # where nothing could be mended: each try reads the whole file
END_S = 10.0            # at the daemon's own end
IDLE_DISK = ("ionice", "-t", "-c3")   # -t: or as it is, where that is refused


class Housekeeper:
    """For one data directory. It answers in one line, which a pipe holds until it is read.

    ``repaired`` is told of each repair whether the rota is still the file's own, and says whether
    it is current all the same.
    """

    def __init__(
        self,
        data_dir: Path,
        clock: Callable[[], float] = time.monotonic,
        repaired: Callable[[bool], bool] = bool,
    ) -> None:
        self._data_dir, self._clock, self._repaired = data_dir, clock, repaired
        self._helper: subprocess.Popen[bytes] | None = None
        self._task = ""
        self._began_s, self._mend_at_s = 0.0, 0.0
        self._events: list[Event] = []   # for the next look
        self._wished: set[str] = set()   # asked for while the helper had other work

    def do(self, effect: KeepHouse | Examine) -> None:
        """Forget and back up, of which `look` tells when it is over; or have the doctor's report
        written for the page. Each after other work."""
        task = EXAMINE if isinstance(effect, Examine) else NIGHT
        if self._helper is None or self._task != NIGHT or task != NIGHT:
            self._wished.add(task)
        self._begin()

    def look(self, recorder: Recorder) -> list[Event]:
        """What came of it, once; a damage that it or the recorder has met is its next task."""
        done, self._events = self._events, []
        if self._helper is not None and self._helper.poll() is not None:
            done += self._over(self._answer(), recorder)
        elif self._helper is not None and self._clock() - self._began_s > LONGEST_S[self._task]:
            done += self._give_up(self._helper)
        if recorder.state is StoreState.DAMAGED and self._clock() >= self._mend_at_s:
            self._start(MEND)
        recorder.repairing = self._task == MEND
        self._begin()
        if self._task == GIVEN_UP and NIGHT in self._wished:
            self._wished.discard(NIGHT)
            done.append(NightDone("a helper that was ended hangs still"))
        return done

    def _begin(self) -> None:
        """What was asked for, the night first."""
        for task in (NIGHT, EXAMINE):
            if task in self._wished and self._helper is None:
                self._wished.discard(task)
                self._start(task)

    def _give_up(self, helper: subprocess.Popen[bytes]) -> list[Event]:
        """It hangs, perhaps in the kernel, where no signal reaches it: it is not waited for."""
        helper.kill()
        task, self._task = self._task, GIVEN_UP
        hours = LONGEST_S[task] / 3600
        return [NightDone(f"ended: it took longer than {hours:.0f} h")] if task == NIGHT else []

    def stop(self) -> None:
        """The daemon ends: the helper's work is whole or not begun, and may be cut short."""
        if self._helper is not None:
            self._helper.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._helper.communicate(timeout=END_S)
            self._helper = None

    def _start(self, task: str) -> None:
        if self._helper is not None:
            return
        idle = IDLE_DISK if shutil.which(IDLE_DISK[0]) else ()
        try:
            self._helper = subprocess.Popen(  # noqa: S603 - our own program
                [*idle, sys.executable, "-m", "firmware", "keep-house", task,
                 "--data", str(self._data_dir)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            )  # fmt: skip
        except OSError as fault:   # no memory, no process left: no reason to drop a call
            self._mend_at_s = self._clock() + MEND_AGAIN_S
            self._events += [NightDone(f"no helper: {fault.strerror}")] if task == NIGHT else []
            return
        self._task, self._began_s = task, self._clock()

    def _over(self, found: dict[str, Any], recorder: Recorder) -> list[Event]:
        task, self._task = self._task, ""
        if task == EXAMINE:
            return []   # the page sees what there is, and when it was made
        if task in (MEND, GIVEN_UP):   # the second may have mended, too
            repair = repair_from(found) if found.get("mended") else self._untold()
            if not found.get("mended"):   # perhaps its predecessor has; not once a second
                self._mend_at_s = self._clock() + MEND_AGAIN_S
            if repair is None:
                return []
            recorder.retry(now=True)
            return [DataMended(repair.backup_of, self._repaired(repair.rota_is_current))]
        why = None if found.get("well") else str(found.get("why", "the helper has died"))
        if found.get("damaged"):
            recorder.trouble(DamagedDatabase(str(why)))
        return [NightDone(why)]

    def _untold(self) -> Repair | None:
        """By the file itself: whoever mended it may have died before the answer."""
        try:
            with open_data(self._data_dir, create=False) as database:
                return untold_repair(database)
        except StoreError:
            return None   # as damaged as before

    def _answer(self) -> dict[str, Any]:
        """The helper's last line; empty if it could not say any."""
        helper, self._helper = self._helper, None
        output = helper.communicate()[0] if helper is not None else b""
        try:
            answer = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            return {}
        return answer if isinstance(answer, dict) else {}
