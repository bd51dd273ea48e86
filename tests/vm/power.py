"""The power cut again and again while people call and write: a round of `tests/daemon/ordeal.py`
with a whole machine in place of a process, and a disk that forgets what was not flushed.

After each cut the data partition is looked at from outside: the file system is mended as at a
boot, and every text that has left the SIM must be in its database; at the end every call and every
text is held against the telephones.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from random import Random

from firmware.store.database import DATABASE_NAME
from hw.simulator.virtual_site import VirtualSite
from tests.daemon.house import ALICE, House
from tests.daemon.ordeal import (
    PATIENT_SITE,
    SLOTS,
    TALK_MS,
    TIMINGS,
    WAITING,
    Ordeal,
    quiet,
)
from tests.vm.box import DATA, MODEM, Box, new_data, powered
from tests.vm.machine import BOOT_WITHIN_S, Machine
from tests.vm.root import Root
from tests.vm.volatile_disk import VolatileDisk

ARRIVALS_MS = 4_000
STARTING_S = (0.0, 20.0)   # a cut while the daemon starts ...
WORKING_S = (0.0, 20.0)    # ... or so long after it was ready
DRAINED_WITHIN_S = 900.0
COUNT = f"""\
import sqlite3
database = sqlite3.connect("file:{DATA}/{DATABASE_NAME}?mode=ro", uri=True)
print(database.execute(\"\"\"{WAITING}\"\"\").fetchone()[0])
"""


class PowerCuts(Ordeal):
    """One box and its cuts. ``house`` is only where what lies on its disk is laid out."""

    def __init__(
        self, box: Box, disk: VolatileDisk, partition: Path, house: House, seed: int
    ) -> None:
        super().__init__(house, box.host, seed, ARRIVALS_MS)
        self._box, self._disk, self._partition = box, disk, partition
        self._when = Random(seed + 2)
        self._greeted = False   # the machine says hello once each time it starts

    def prepare(self) -> None:
        """A site, and the forwarding on the network, before anybody calls."""
        self._start()
        self._box.load(PATIENT_SITE)

    def _greet(self) -> None:
        if not self._greeted:
            self._box.machine.await_agent()
            self._greeted = True

    def _start(self) -> None:
        self._greet()
        self._box.until(self._box.ready, "ready", BOOT_WITHIN_S)

    def cut_once(self, *, working: bool) -> None:
        """The power goes, and comes back; in between the disk is looked at."""
        if working:
            self._start()
            self._wait(self._when.uniform(*WORKING_S))
        else:
            self._greet()
            self._wait(self._when.uniform(*STARTING_S))
        self._box.cut_power()
        self._greeted = False
        self._disk.lose_power()
        self.kills += 1
        self._lay_out()
        self.look()
        self._box.power_on()

    def _wait(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        self._box.until(lambda: time.monotonic() >= until_s, "the next cut", seconds + 60)

    def settle(self) -> None:
        """Left alone until everything has left; then switched off as one should."""
        self.stop_pouring()
        self._start()
        self._box.until(self._is_quiet, "everything drained", DRAINED_WITHIN_S)
        self._box.machine.power_off()
        self._disk.lose_power()
        self._lay_out()

    def _is_quiet(self) -> bool:
        return self._host.ask(quiet) and not self._is_waiting() and self._host.ask(quiet)

    def _is_waiting(self) -> bool:
        return int(self._box.machine.say("python3", "-c", COUNT)) > 0

    def _lay_out(self) -> None:
        """What is on the disk: the file system mended in a copy, the database taken out of it."""
        data, copy = self._house.data, self._house.folder / "partition.ext4"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        subprocess.run(["cp", "--sparse=always", self._partition, copy], check=True)
        mended = subprocess.run(["e2fsck", "-f", "-p", copy], capture_output=True, check=False)
        assert mended.returncode in (0, 1), mended.stdout.decode()
        for name in (DATABASE_NAME, f"{DATABASE_NAME}-wal"):
            dump = ["debugfs", "-R", f"dump /veilleur/{name} {data / name}", str(copy)]
            subprocess.run(dump, capture_output=True, check=True)
        copy.unlink()


def cut_round(root: Root, folder: Path, seed: int, cuts: int) -> str:
    """A new box, its cuts, and the verdict; the figures."""
    partition = new_data(root, folder)
    shutil.rmtree(folder / "house", ignore_errors=True)
    (folder / "house").mkdir()
    site = VirtualSite(MODEM, seed=seed, timings=TIMINGS, slots=SLOTS)
    site.network.phone(ALICE, "switchboard").talk_ms = TALK_MS
    disk = VolatileDisk(partition, folder / "disk.sock", seed)
    try:
        with powered(Machine(root, folder, disk.address), site) as box:
            trial = PowerCuts(box, disk, partition, House(folder / "house"), seed)
            trial.prepare()
            trial.pour()
            for number in range(cuts):
                trial.cut_once(working=number % 4 != 3)
            trial.settle()
            trial.judge()
    finally:
        disk.close()
    return (
        f"seed {seed}: {trial.kills} cuts, {trial.arrivals} calls and texts, none lost;"
        f" sectors lost {disk.lost}, kept {disk.kept} by chance, {disk.flushes} flushes;"
        f" {trial.doubled} SMS twice"
    )
