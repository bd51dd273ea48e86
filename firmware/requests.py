"""The page's wishes, carried out once each."""

from __future__ import annotations

from collections.abc import Callable

from firmware.alert.asked import UNSETTLED
from firmware.alert.bygone import OLD_AFTER
from firmware.alert.desk import AlertDesk
from firmware.call.forwarding import ForwardingKeeper
from firmware.duty.swap import SwapDesk
from firmware.health.own_number import OwnNumber
from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.record import JournalKind, Request, RequestDone, RequestKind
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_journal import CODE
from firmware.sms.outbox_rules import RANK_ANSWER
from firmware.speaker import Speaker
from firmware.wording import messages

# Somebody's telephone rings for them: days later nobody knows why
RINGS_SOMEBODY = (RequestKind.SEND_TEST, RequestKind.SEND_CODE, RequestKind.PLAY_GREETING)


class RequestDesk:
    """Does what the page left in the store, and marks it done in the same transaction. A wish that
    lacks something comes to nothing: raised, it would be met again at each start."""

    def __init__(
        self,
        ledger: Ledger,
        alerts: AlertDesk,
        outbox: Outbox,
        forwarding: ForwardingKeeper,
        swaps: SwapDesk,
        speaker: Speaker,
        own_number: OwnNumber,
        examine: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._alerts = alerts
        self._outbox = outbox
        self._forwarding = forwarding
        self._swaps = swaps
        self._speaker = speaker
        self._own_number = own_number
        self.on_voice: Callable[[Request], None] = lambda request: None
        self._examine = examine

    def do_all(self, requests: tuple[Request, ...]) -> None:
        for request in requests:
            self.do(request)

    def do(self, request: Request) -> None:
        match request.kind:
            case kind if kind in RINGS_SOMEBODY and self._is_bygone(request):
                self._ledger.journal(
                    JournalKind.HEALTH,
                    outcome="wish_too_old",
                    person=request.values.get("by"),
                    wish=kind.value,
                )
            case RequestKind.TAKE_CARE:
                self._take_care(request)
            case RequestKind.SEND_TEST:
                self._outbox.send(
                    f"test:{request.id}",
                    request.values.get("mobile", ""),
                    self._speaker.say(messages.TEST_SMS),
                    RANK_ANSWER,
                )
            case RequestKind.CHECK_FORWARDING:
                self._forwarding.settle()
                self._forwarding.check_now()
            case RequestKind.SEND_CODE:
                self._outbox.send(
                    f"{CODE}{request.id}",
                    request.values.get("mobile", ""),
                    self._speaker.say(messages.CODE_SMS, code=request.values.get("code", "")),
                    RANK_ANSWER,
                )
            case RequestKind.ASK_SWAP:
                self._swaps.ask(request.values)
            case RequestKind.ANSWER_SWAP:
                self._swaps.answer(request.values)
            case RequestKind.PROVE_NUMBER:
                self._prove_number(request)
            case RequestKind.EXAMINE:
                self._examine()
            case _:
                self.on_voice(request)
        self._ledger.put(RequestDone(request.id, self._ledger.now))

    def _is_bygone(self, request: Request) -> bool:
        """Left while the box was off, or in a backup that was loaded."""
        limit = self._ledger.now - OLD_AFTER
        return self._ledger.moment.utc_trusted and is_older(request.at, limit)

    def _take_care(self, request: Request) -> None:
        alert = self._alerts.book.by_number(request.values.get("alert", ""))
        if alert is not None and alert.state in UNSETTLED:
            self._alerts.take_care(alert, request.values.get("by", ""))

    def _prove_number(self, request: Request) -> None:
        number = request.values.get("number", "")
        why = self._own_number.prove(number)
        if why is not None:
            self._ledger.journal(
                JournalKind.HEALTH,
                outcome="number_refused",
                number=number,
                person=request.values.get("by"),
                why=why,
            )
