"""Whose turn it is among the SMS that wait: when each may leave, and which is the next."""

from __future__ import annotations

from firmware.guard.budget import Budget
from firmware.ledger import Ledger
from firmware.record import OutgoingMessage
from firmware.sms.awaited import awaited_alert
from firmware.sms.outbox_rules import (
    ALARM,
    PENDING,
    RANK_ALERT,
    STUCK_APART_S,
    is_stuck,
    urgency,
)
from firmware.sms.outgoing_book import OutgoingBook

HELD_S = 600.0   # for the time of day, what an earlier run of the program has left
HURRY_APART_S = 60.0   # where some leave and some do not, each that leaves would cost them a try


class Turns:
    """Times are monotonic. ``budget`` holds back all but alerts and alarms."""

    def __init__(self, ledger: Ledger, book: OutgoingBook) -> None:
        self._ledger = ledger
        self._book = book
        self.budget = Budget()
        now_s = ledger.moment.monotonic_s
        self._since_s = dict.fromkeys(book.pending, now_s)
        self._due_s = dict(self._since_s)
        # How old they are nobody knows yet; what somebody waits for leaves all the same
        self._held = frozenset(
            message.id
            for message in book.pending.values()
            if awaited_alert(message) is None and not ledger.moment.utc_trusted
        )
        self._held_until_s = now_s + HELD_S
        self._hurried_s = now_s - HURRY_APART_S
        self._hurried: set[int] = set()   # and not refused since

    def follow(self, message: OutgoingMessage) -> None:
        """The message has a new state: it waits from now on, or no more."""
        if message.state in PENDING:
            now_s = self._ledger.moment.monotonic_s
            self._due_s.setdefault(message.id, now_s)
            self._since_s.setdefault(message.id, now_s)
        else:
            self._due_s.pop(message.id, None)
            self._since_s.pop(message.id, None)
            self._hurried.discard(message.id)

    def put_off(self, message: OutgoingMessage, wait_s: float) -> None:
        """It was tried in vain."""
        now_s = self._ledger.moment.monotonic_s
        self._due_s[message.id] = now_s + wait_s
        self._hurried.discard(message.id)
        if not is_stuck(message):
            return
        for other in self._book.pending.values():
            if other.recipient == message.recipient and is_stuck(other):
                due_s = max(self._due_s[other.id], now_s + STUCK_APART_S)
                self._due_s[other.id] = due_s

    def hurry(self) -> None:
        """The network takes SMS again: nothing is put off any more."""
        now_s = self._ledger.moment.monotonic_s
        if now_s < self._hurried_s + HURRY_APART_S:
            return
        self._hurried_s = now_s
        self._due_s = {number: min(due_s, now_s) for number, due_s in self._due_s.items()}
        self._hurried = set(self._due_s)

    def waited_s(self, message: OutgoingMessage) -> float:
        """For how long, in this run of the program."""
        return self._ledger.moment.monotonic_s - self._since_s[message.id]

    def release(self) -> None:
        """How old everything is has been looked at."""
        self._held = frozenset()

    @property
    def deadline_s(self) -> float | None:
        """When the next may leave."""
        due_s = [self._may_leave_s(message) for message in self._heads()]
        return min([*due_s, self._held_until_s] if self._held else due_s, default=None)

    def next(self) -> OutgoingMessage | None:
        """What may leave now."""
        now_s = self._ledger.moment.monotonic_s
        if now_s >= self._held_until_s:
            self.release()
        return next((head for head in self._heads() if self._may_leave_s(head) <= now_s), None)

    @property
    def over_budget(self) -> bool:
        """So many SMS have left that notices and answers wait."""
        now_s = self._ledger.moment.monotonic_s
        return self.budget.free_at_s(now_s) > now_s

    def _heads(self) -> list[OutgoingMessage]:
        """The next message of each recipient, the most urgent first. What is stuck holds up no
        other: there may be one of each sort."""
        waiting = [each for each in self._book.pending.values() if each.id not in self._held]
        heads: dict[str, OutgoingMessage] = {}
        stuck: dict[str, OutgoingMessage] = {}
        for message in sorted(waiting, key=urgency):
            if not is_stuck(message):
                heads.setdefault(message.recipient, message)
            else:
                first = stuck.setdefault(message.recipient, message)
                stuck[message.recipient] = min(first, message, key=self._turn_of_stuck)
        if not stuck:   # as nearly always
            return list(heads.values())
        return sorted([*heads.values(), *stuck.values()], key=urgency)

    def _turn_of_stuck(self, message: OutgoingMessage) -> tuple[float, int]:
        """Of those that may leave the one that was refused least, for the others may be refused
        for their own sake; once the network takes SMS again all begin anew, in their order."""
        may_leave_s = max(self._may_leave_s(message), self._ledger.moment.monotonic_s)
        return may_leave_s, 0 if message.id in self._hurried else message.attempts

    def _may_leave_s(self, message: OutgoingMessage) -> float:
        """When a message's next part may leave: its own wait, and the budget's for all but alerts,
        alarms, which are few by themselves, and what has begun to leave."""
        due_s = self._due_s[message.id]
        if message.rank == RANK_ALERT or message.references or message.cause.startswith(ALARM):
            return due_s
        return max(due_s, self.budget.free_at_s(self._ledger.moment.monotonic_s))
