"""An SMS of ours could not be delivered: who else is asked, and who must know."""

from __future__ import annotations

from firmware.alert.asked import SecondTry
from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk
from firmware.record import OutgoingMessage
from firmware.wording import messages


class Undelivered:
    """The next number, the next person, the administrators."""

    def __init__(self, alerts: AlertDesk, second_try: SecondTry, bell: Bell) -> None:
        self._alerts = alerts
        self._second_try = second_try
        self._bell = bell

    def failed(self, message: OutgoingMessage) -> None:
        self._alerts.failed(message)
        self._second_try.failed(message)
        if message.about is None:
            return  # an answer or a notice; and an alarm about an alarm would never end
        self._bell.tell(
            f"sms:{message.id}",
            messages.SMS_FAILED,
            {"person": message.person or message.recipient, "why": message.error or "?"},
        )
