"""The steps of an update. Each is on disk before it is taken and does no harm when taken twice, so
that whatever a power cut leaves is gone on with.

verify -> keep the old version -> back the data up -> install -> try -> done
                                                   \\-> put the old version and its data back
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from firmware.update.machine import CommandFailed, Machine, complain
from firmware.update.outcome import What, tell
from firmware.update.places import Places, remove_durably
from firmware.update.repack import repack
from firmware.update.services import Services
from firmware.update.state import State, Step, read_state, write_state

TRIES_MAX = 3                 # a version that takes the machine down with it is tried no more
BACKUP = "before-update.zip"  # in the data directory's `backup`
DATABASE = "veilleur.db"


@dataclass(slots=True)
class Updater:
    """Goes on with the update that is under way, to its end."""

    places: Places
    machine: Machine
    services: Services
    said: Callable[[str], None] = complain
    _settling: bool = field(default=False, init=False)

    def go_on(self) -> What | None:
        """Take every step that is left; None when no update is under way."""
        while (state := read_state(self.places.state)) is not None:
            self.said(f"update {state.before} -> {state.version}: {state.step.value}")
            end = self._take(state)
            if end is not None:
                self._end(end, state)
                return end
        return self._forget() if self.places.state.exists() else None

    def _forget(self) -> What:
        """A state that nobody can read (a card that rots): dpkg may have been in the middle, and
        for as long as the file lies there every later update would wait for this one."""
        self._end(What.STUCK, State(Step.RETURNING, "?", self.machine.installed(), ""))
        return What.STUCK

    def settle(self) -> None:
        """After a power cut, before the services start: dpkg is never left in the middle."""
        state = read_state(self.places.state)
        if state is None:
            return
        self._settling = True
        self.said(f"update {state.before} -> {state.version}: {state.step.value}, after a restart")
        if state.step is Step.INSTALLING:
            self._take(state)
            state = read_state(self.places.state) or state
        while state is not None and state.step is Step.RETURNING:
            if self._take(state) is What.STUCK:
                self._end(What.STUCK, state)
            state = read_state(self.places.state)

    def _take(self, state: State) -> What | None:
        """One step; gives how the update ended, if it did."""
        match state.step:
            case Step.VERIFIED:
                return self._keep(state)
            case Step.KEPT:
                return self._save(state)
            case Step.SAVED:
                self._write(state, Step.INSTALLING)
            case Step.INSTALLING:
                self._install(state)
            case Step.TRYING:
                return self._try(state)
            case Step.RETURNING:
                return self._return(state)
            case Step.RETURNED:
                return self._start_old(state)
        return None

    def _keep(self, state: State) -> What | None:
        try:
            repack(self.machine.root, self.places.old_package)
        except OSError as fault:
            self.said(f"the installed version could not be kept: {fault}")
            return What.NO_ROOM
        except CommandFailed as fault:
            self.said(f"the installed version could not be kept: {fault}")
            return What.NOT_SAVED
        with_modem = self.services.modem_is_ready()
        self._write(replace(state, with_modem=with_modem), Step.KEPT)
        return None

    def _save(self, state: State) -> What | None:
        if (self.machine.data_dir / DATABASE).exists():
            try:
                self.machine.veilleur("keep-house", "save", "--data", self.machine.data_dir)
            except CommandFailed as fault:
                self.said(f"the data could not be backed up: {fault}")
                return What.NOT_SAVED
        self._write(state, Step.SAVED)
        return None

    def _install(self, state: State) -> None:
        try:
            if digest(self.places.new_package) != state.sha256:
                raise CommandFailed("the package on the disk is not the one that was verified")
            self.machine.install(self.places.new_package)
        except (CommandFailed, OSError) as fault:
            self.said(f"the new version could not be installed: {fault}")
            self._write(replace(state, cause=str(fault)[:300]), Step.RETURNING)
            return
        self._write(state, Step.TRYING)

    def _try(self, state: State) -> What | None:
        if state.tries >= TRIES_MAX:
            self._write(replace(state, cause="the machine went down with it"), Step.RETURNING)
            return None
        write_state(self.places.state, replace(state, tries=state.tries + 1))
        if self.services.become_ready(with_modem=state.with_modem):
            return What.INSTALLED
        self._write(replace(state, cause="it did not become ready"), Step.RETURNING)
        return None

    def _return(self, state: State) -> What | None:
        if state.tries >= TRIES_MAX:
            return What.STUCK
        write_state(self.places.state, replace(state, tries=state.tries + 1))
        if not self._settling:        # then they have not been started
            self.services.stop()
        try:
            self.machine.install(self.places.old_package)
            self._data_back()
        except CommandFailed as fault:
            self.said(f"the version of before could not be put back: {fault}")
            return None
        self._write(state, Step.RETURNED)
        return None

    def _data_back(self) -> None:
        """What the new version has made of the data the old one cannot always read: then the
        backup, and what came in since."""
        if (self.machine.data_dir / DATABASE).exists():
            self.machine.veilleur("keep-house", "return", "--data", self.machine.data_dir)

    def _start_old(self, state: State) -> What:
        if not self.services.become_ready(with_modem=state.with_modem):
            self.said("the version of before is in place again, and not ready either")
        return What.RETURNED

    def _write(self, state: State, step: Step) -> None:
        write_state(self.places.state, replace(state, step=step, tries=0))

    def _end(self, what: What, state: State) -> None:
        """What came of it is told first: a power cut between the two tells it once more."""
        if what is What.STUCK:
            self.services.restart()   # whatever is there
        with suppress(OSError):
            tell(self.places.outcome, what, state.values)
        self.said(f"update {state.before} -> {state.version}: {what.value} {state.cause}")
        remove_durably(self.places.state)
        if what is not What.STUCK:    # then somebody may need it
            shutil.rmtree(self.places.work, ignore_errors=True)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
