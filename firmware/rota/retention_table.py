"""The table ``[retention]`` of the site file: how long things are kept."""

from __future__ import annotations

from firmware.rota.fields import Table
from firmware.rota.values import Retention

# A part may be delivered twice, and an answer come late, for about a week
DAYS_MIN, DAYS_MAX = 10, 3650
MONTHS_MIN, MONTHS_MAX = 1, 120


def read_retention(table: Table) -> Retention:
    """``[retention]``; every key may be left out."""
    standard = Retention()
    retention = Retention(
        sms_text_days=table.whole("sms_text_days", DAYS_MIN, DAYS_MAX, standard.sms_text_days),
        call_log_months=table.whole(
            "call_log_months", MONTHS_MIN, MONTHS_MAX, standard.call_log_months
        ),
        voicemail_days=table.whole("voicemail_days", DAYS_MIN, DAYS_MAX, standard.voicemail_days),
        audit_months=table.whole("audit_months", MONTHS_MIN, MONTHS_MAX, standard.audit_months),
    )
    table.finish()
    return retention
