"""The alerts that an administrator may word anew for a service, and our own words for them."""

from __future__ import annotations

from firmware.wording import messages

# The names are those of `rota.AlertTexts`
ALERT_TEXTS = {
    "diverted": messages.CALL_DIVERTED,
    "missed": messages.CALL_MISSED,
    "unconfirmed": messages.CALL_UNCONFIRMED,
    "sms": messages.SMS_RECEIVED,
}
