"""What the staff are asked about a call: at most one alert for each."""

from __future__ import annotations

from collections.abc import Callable

from firmware.alert.desk import AlertDesk
from firmware.record import Alert, AlertCause, Call

CAUSES = (AlertCause.CALL, AlertCause.DIVERTED)


class CallerAlerts:
    """``admits``: whether this caller, withheld or not, has not been alerted of too often."""

    def __init__(self, alerts: AlertDesk) -> None:
        self._alerts = alerts
        self.admits: Callable[[str | None], bool] = lambda number: True

    def open(self, call: Call, cause: AlertCause, text: str) -> bool:
        """Ask for an answer, unless that was done already; false where nobody is asked, because
        this caller rings too often."""
        if self._about(call) is not None:
            return True
        if self.admits(call.number):
            self._alerts.open(
                cause, call.service, cause_id=call.id, number=call.number, text=text,
                at=call.started_at,
            )  # fmt: skip
            return True
        return False

    def learned(self, call: Call) -> None:
        """The number was told; perhaps people have been asked without it."""
        alert = self._about(call)
        if alert is not None and alert.number is None and call.number is not None:
            self._alerts.learned(alert, call.number)

    def _about(self, call: Call) -> Alert | None:
        found = (self._alerts.book.about(cause, call.id) for cause in CAUSES)
        return next((alert for alert in found if alert is not None), None)
