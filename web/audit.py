"""The audit log: who changed what, when, from which address."""

from __future__ import annotations

from flask import request

from firmware.store.account_values import AuditEntry
from web.box import box
from web.sessions import current_account

VALUE_MAX = 200


def audit(what: str, **values: object) -> None:
    """Write that the present account did ``what`` just now.

    ``what`` is worded by the page's `Page.audit`, with ``values`` in their places.
    """
    account = current_account()
    box().accounts.audit(
        AuditEntry(
            at=box().clock(),
            name=account.name if account is not None else "",
            what=what,
            address=request.remote_addr or "",
            account=account.id if account is not None else None,
            values={name: str(value)[:VALUE_MAX] for name, value in values.items()},
        )
    )
