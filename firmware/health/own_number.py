"""The box's own number: believed at first, proved by an SMS to itself.

A number that only the SIM's memory (+CNUM) or a person tells may be another's. One SMS to it that
comes back proves three things: whose number it is, that SMS go out, and that they come in. What is
proved is remembered under the SIM's ICCID; another SIM begins anew. The sender that it carries is
the number, too, once two have carried it: a digit may have been garbled on the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from math import inf

from firmware.alert.bell import Bell
from firmware.duty.roster import Roster
from firmware.health.loop import BACK, LOOP, LOST, UNSENT, WAITING, Loop, loop_from
from firmware.health.token import holds_token, make_token
from firmware.ledger import Ledger
from firmware.line.sim_pin import last_card
from firmware.moment import read_instant
from firmware.record import JournalKind, OutgoingMessage, OutgoingState
from firmware.rota import NumberFault, normalise_number
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_journal import LOOP as LOOP_CAUSE
from firmware.sms.outbox_rules import RANK_NOTICE
from firmware.speaker import Speaker
from firmware.wording import messages

ALARM = "sms-loop"
UNKNOWN_SIM = "unknown SIM"
SETTLE_S = 120.0               # after the network took us: calls and forwarding come first
# Most come back within seconds. A reset costs half a minute in which a deaf modem hears nothing
# anyway, and callers are led on by the network: it need not wait for what is told to people.
SUSPECT_S = 240.0
PATIENCE_S = 900.0             # a service centre under load is slow; an hour would be no proof
# Tries after a first one that did not come back; then once a day where the number was proved, and
# no more where it was not: it may be a stranger's
AGAIN_AFTER_S = (3600.0, 86_400.0)


class OwnNumber:
    """Learns, proves and remembers the number. ``told`` is what veilleur.toml says it is.

    ``on_change`` is called when the number is another than before, ``on_deaf`` when SMS to a
    number that was proved before no longer come back.
    """

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        outbox: Outbox,
        bell: Bell,
        speaker: Speaker,
        told: str | None,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._bell = bell
        self._speaker = speaker
        self._told = told
        self._sim: str | None = None
        self._from_sim: str | None = None
        self._due_s: float | None = None
        # Whether deafness was suspected, in this run, for the SMS that is late or was lost
        self._looked = False
        self._loop = loop_from(ledger.fact(LOOP))
        outbox.refuses = self._refuses
        self.on_change: Callable[[], None] = lambda: None
        self.on_deaf: Callable[[str], None] = lambda why: None

    @property
    def deadline_s(self) -> float | None:
        return self._due_s if self._outbox.ready else None

    @property
    def number(self) -> str | None:
        """The proved number, else the one that is believed."""
        proved = self._proof()
        return str(proved["number"]) if proved is not None else self._from_sim or self._told

    @property
    def proved_at(self) -> datetime | None:
        proved = self._proof()
        return _instant(proved.get("proved_at")) if proved is not None else None

    @property
    def loop_at(self) -> datetime | None:
        """When an SMS to itself last came back, on this SIM."""
        proved = self._proof()
        return _instant(proved.get("loop_at")) if proved is not None else None

    @property
    def failing(self) -> bool:
        """The last SMS to itself did not come back."""
        return self._loop is not None and self._loop.failed

    # What is told

    def know_sim(self, iccid: str | None, number: str | None) -> None:
        """The SIM that is on the network now, and what it says its number is. None: not told now,
        as it may be for a while after each start; then it is the one of before."""
        sim = iccid or self._sim or last_card(self._ledger) or UNKNOWN_SIM
        if sim == self._sim:
            number = number or self._from_sim
        if (sim, number) == (self._sim, self._from_sim):
            if self._due_s is not None:   # what the network has held back comes first
                self._due_s = max(self._due_s, self._ledger.moment.monotonic_s + SETTLE_S)
            return
        self._sim, self._from_sim = sim, number
        if self._loop is not None and self._loop.sim == UNKNOWN_SIM:
            self._loop = replace(self._loop, sim=sim)
        if self._loop is not None and self._loop.sim != sim:
            self._bell.still(ALARM, by_sms=False)  # it was another card's
            self._loop = None
        proof = self._proof()
        believed = [number] if number is not None else []
        self._own(_numbers(proof) if proof is not None else believed)
        self._go_on(self._loop)

    def _go_on(self, loop: Loop | None) -> None:
        """A restart forgets neither what is awaited nor that the modem may be deaf; what the
        network has held back comes first."""
        proved = self._proof() is not None
        failing = self.failing or self._ledger.alarm(ALARM) is not None
        if loop is not None and loop.state == WAITING:
            self._wake(max(self._left_s(loop.sent_at, SUSPECT_S), SETTLE_S))
        elif proved and loop is not None and loop.state == LOST and not self._looked:
            self._wake(SETTLE_S)
        elif self.number is not None and (not proved or failing or self._is_to_be_seen_again):
            self._wake(self._next_try_s())

    def prove(self, number: str) -> str | None:
        """Somebody says that this is the number: an SMS to it at once. Returns why not, if so."""
        why = self._roster.refusal(number)
        if why not in (None, "own"):
            return why
        if self._is_somebodys(number):
            return "it is somebody's in the rota"
        self._send(number, tries=0)
        return None

    def check(self) -> bool:
        """Write to itself once more; false where no number is known."""
        number = self.number
        if number is None or self._sim is None:
            return False
        if self._loop is None or self._loop.state != WAITING:
            self._send(number, tries=self._tries_of(number))
        return True

    def received(self, sender: str | None, text: str) -> bool:
        """Whether the text is our own."""
        loop = self._loop
        if loop is None or not holds_token(text, loop.token):
            return False
        if self._is_somebodys(sender or loop.number):
            return False  # it reached that person, who has sent it back
        now = self._ledger.now.isoformat()
        before = self._proof()
        is_new = sender not in (None, loop.number, *_numbers(before or {}))
        believed = sender is not None and (not is_new or sender == loop.seen)
        first = sender if sender is not None and believed else loop.number
        known = before is not None and first in _numbers(before)
        numbers = [first, loop.number, *_numbers(before or {})] if known else [first, loop.number]
        proof = {
            "number": first,
            "numbers": list(dict.fromkeys(numbers)),
            "proved_at": (before or {}).get("proved_at") if known and self.proved_at else now,
            "loop_at": now,
        }
        self._ledger.remember(_key(loop.sim), proof)
        again = is_new and not believed and loop.seen is None
        seen = sender if again else None
        self._keep(replace(loop, state=BACK, back_at=now, tries=0, seen=seen))
        self._wake(SETTLE_S if again else inf)
        self._tell_of_deafness()
        if not known:
            self._ledger.journal(JournalKind.HEALTH, outcome="own_number_proved", number=first)
        self._bell.still(ALARM)
        if loop.sim == self._sim:
            self._own(_numbers(proof))
        return True

    @property
    def _is_to_be_seen_again(self) -> bool:
        return self._loop is not None and self._loop.seen is not None

    def _is_somebodys(self, number: str) -> bool:
        """A person of the rota has it, and the SIM does not say that it is ours."""
        return number != self._from_sim and self._roster.staff(number) is not None

    # What is done

    def tick(self) -> None:
        now_s = self._ledger.moment.monotonic_s
        if self._due_s is None or self._due_s > now_s or not self._outbox.ready:
            return
        self._due_s = None
        loop, looked = self._loop, self._looked
        if loop is not None and loop.state == WAITING:
            (self._not_back if looked else self._is_late)(loop)
        elif loop is not None and loop.state == LOST and not looked and self._proof() is not None:
            self._looked = True
            self._suspect(loop)
            self._wake(self._next_try_s())
        elif self.number is not None:
            self._send(self.number, tries=self._tries_of(self.number))

    def _is_late(self, loop: Loop) -> None:
        """Long before it is lost it is late: the page shows it, and the modem is reset."""
        state = self._outbox.book.state_of(loop.cause)
        if state in (OutgoingState.QUEUED, OutgoingState.SENDING):
            self._wake(SUSPECT_S)    # it counts from when it leaves
            return
        self._looked = True
        self._wake(PATIENCE_S - SUSPECT_S)
        if self._proof() is None or state is not OutgoingState.SENT:
            return    # of what was delivered the report came, and that it is there will be found
        values = {"number": loop.number}
        self._bell.ring(ALARM, messages.SMS_LOOP_LOST, values, after_s=PATIENCE_S - SUSPECT_S)
        self._suspect(loop)

    def _suspect(self, loop: Loop) -> None:
        self._outbox.echo.confirmed()
        self.on_deaf(f"an SMS to itself at {loop.number} has not come back")

    def _tell_of_deafness(self) -> None:
        """An alarm that people were told of ends by being told; else nobody would ever hear that
        calls may have been missed. The alarm knows it over a restart, too."""
        alarm = self._ledger.alarm(ALARM)
        suspected = alarm is not None and alarm.cause == messages.SMS_LOOP_LOST
        if suspected and self._bell.is_untold(ALARM):
            self._bell.tell(ALARM, messages.SMS_LOOP_LATE, over=True)

    def _not_back(self, loop: Loop) -> None:
        state = self._outbox.book.state_of(loop.cause)
        if state in (OutgoingState.QUEUED, OutgoingState.SENDING):
            self._wake(PATIENCE_S)  # it has not left yet; the outbox knows why
            return
        sent = state is not OutgoingState.FAILED
        loop = replace(loop, state=LOST if sent else UNSENT, tries=loop.tries + 1)
        self._keep(loop)
        known = self._proof() is not None
        cause = messages.SMS_LOOP_LOST if known else messages.OWN_NUMBER_UNPROVED
        if not sent:
            cause = messages.SMS_LOOP_UNSENT
        self._bell.ring(ALARM, cause, {"number": loop.number})
        self._ledger.journal(
            JournalKind.HEALTH, outcome="sms_loop_lost", number=loop.number, state=loop.state
        )
        if known or loop.tries <= len(AGAIN_AFTER_S):
            self._wake(_again_after_s(loop.tries))
        if known and sent:
            self._suspect(loop)

    def _send(self, number: str, *, tries: int) -> None:
        now = self._ledger.now.isoformat()
        token = make_token(self._sim, number, now, self._ledger.moment.monotonic_s)
        seen = self._loop.seen if self._loop is not None else None
        loop = Loop(self._sim or UNKNOWN_SIM, number, token, now, tries=tries, seen=seen)
        text = self._speaker.say(messages.SMS_LOOP, token=token)
        if self._outbox.send(loop.cause, number, text, RANK_NOTICE) is not None:
            self._keep(loop)
            self._looked = False
            self._wake(SUSPECT_S)

    def _refuses(self, message: OutgoingMessage) -> str | None:
        """The gate through which every SMS leaves; our own number is open to our own proof."""
        why = self._roster.refusal(message.recipient)
        return None if why == "own" and message.cause.startswith(LOOP_CAUSE) else why

    # Bookkeeping

    def _own(self, numbers: list[str]) -> None:
        if self._roster.know_own_numbers(numbers):
            self.on_change()

    def _proof(self) -> dict[str, object] | None:
        found = self._ledger.fact(_key(self._sim)) if self._sim is not None else None
        return found if isinstance(found, dict) and isinstance(found.get("number"), str) else None

    def _keep(self, loop: Loop) -> None:
        self._loop = loop
        self._ledger.remember(LOOP, loop.as_fact())

    def _tries_of(self, number: str) -> int:
        """How many in a row to this number did not come back."""
        loop = self._loop
        return loop.tries if loop is not None and loop.number == number else 0

    def _next_try_s(self) -> float:
        """How long to wait for the next try of a number that is to be proved, or proved anew."""
        loop = self._loop
        tries = self._tries_of(self.number or "")
        if loop is None or not tries:
            return SETTLE_S
        return max(self._left_s(loop.sent_at, _again_after_s(tries)), SETTLE_S)

    def _left_s(self, since: str, wait_s: float) -> float:
        """What is left of a wait that began before a restart: never more than one whole wait."""
        began = _instant(since)
        gone_s = (self._ledger.now - began).total_seconds() if began is not None else wait_s
        return min(max(wait_s - gone_s, 0.0), wait_s)

    def _wake(self, wait_s: float) -> None:
        self._due_s = None if wait_s == inf else self._ledger.moment.monotonic_s + wait_s


def sender_number(sender: str, country_code: str) -> str | None:
    """The sender of our own SMS in E.164, None where a centre hides or shortens it."""
    try:
        return normalise_number(sender, country_code)
    except NumberFault:
        return None


def _key(sim: str | None) -> str:
    return f"own-number:{sim}"


def _numbers(proof: dict[str, object]) -> list[str]:
    found = proof.get("numbers")
    return [str(number) for number in found] if isinstance(found, list) else []


def _again_after_s(tries: int) -> float:
    return AGAIN_AFTER_S[min(max(tries, 1), len(AGAIN_AFTER_S)) - 1]


_read_instant = lru_cache(maxsize=16)(read_instant)   # asked at each step


def _instant(found: object) -> datetime | None:
    return _read_instant(found) if isinstance(found, str) else None
