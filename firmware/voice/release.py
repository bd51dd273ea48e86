"""By which command a leg is released: one way after the other, with each try."""

from __future__ import annotations

from firmware.at import call_commands as commands
from firmware.at.answers import CallListEntry, CallStat
from firmware.at.command import Command
from firmware.at.profile import ModemProfile, Quirk

CONFIRMED_TRIES = 2   # by then ^CONF has come, or was lost


def release(
    leg: CallListEntry, tries: int, profile: ModemProfile, *, spares: bool = False
) -> Command | None:
    """At the ``tries``-th try, from 1; None: it is too early for this modem. ``spares``: the caller
    is back already, and every other way would hang up on them."""
    dialling = leg.stat is CallStat.DIALLING
    if dialling and profile.has(Quirk.CHLD_WAITS_FOR_CONF) and tries <= CONFIRMED_TRIES:
        return None
    forms = (commands.call_hold(f"1{leg.id}"), commands.call_hold("1"), commands.hang_up())
    return forms[0 if spares else (tries - 1) % len(forms)]
