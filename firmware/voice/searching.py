"""What a search keeps of itself: whom it rings, its stage, and until when that may last."""

from __future__ import annotations

from abc import ABC

from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.voice.asking import Asking
from firmware.voice.plan import Errand
from firmware.voice.seek_table import DUE_S, JOIN_ANSWER_MAX_S, JOIN_ANSWER_S, Stage, by_s


class Searching(Asking, ABC):
    """Times are monotonic. ``due_s``: when the stage's time is up."""

    def __init__(self, ledger: Ledger, line: ModemLine) -> None:
        super().__init__(line)
        self._ledger = ledger
        self._errand: Errand | None = None
        self.stage = Stage.IDLE
        self.due_s: float | None = None

    @property
    def _now_s(self) -> float:
        return self._ledger.moment.monotonic_s

    @property
    def _the_errand(self) -> Errand:
        if self._errand is None:
            raise LookupError("no search has begun")
        return self._errand

    @property
    def _who(self) -> str:
        return self._the_errand.to.person or self._the_errand.to.number

    def _go(self, stage: Stage, seconds: float | None = None) -> None:
        self.stage = stage
        limit_s = DUE_S.get(stage) if seconds is None else seconds
        self.due_s = None
        if limit_s is not None:
            self.due_s = min(self._now_s + limit_s, by_s(stage, self._the_errand.patience))

    @property
    def _too_late(self) -> bool:
        """The caller is back by now, or lost."""
        return self._now_s >= self._the_errand.patience.over_by_s

    @property
    def _too_late_to_join(self) -> bool:
        return self._now_s >= self._the_errand.patience.joined_by_s

    @property
    def _join_within_s(self) -> float:
        """A network may take its time over joining, where the caller has it."""
        left_s = self._the_errand.patience.joined_by_s - self._now_s
        return min(max(left_s, JOIN_ANSWER_S), JOIN_ANSWER_MAX_S)
