"""`veilleur stick`: what root does with a stick named VEILLEUR, by day and by night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from firmware.command.update import EXIT_DONE, update_places
from firmware.update.machine import CommandFailed, Machine, complain
from firmware.update.outcome import Refused, What, tell
from firmware.update.places import Places
from firmware.update.sticks import (
    NoPassphrase,
    Stick,
    fault_of,
    mounted,
    plugged_in,
    seal_backup,
    take_bundle,
    tell_stick,
    write_backup,
)

EXIT_FAILED = 1


def stick(*, at_night: bool) -> int:
    """Take a bundle from the stick, if there is one and it is day; leave a backup on it."""
    return serve(update_places(), Machine(), plugged_in(), at_night=at_night)


def serve(
    where: Places,
    machine: Machine,
    found: Sequence[Stick],
    *,
    at_night: bool = False,
) -> int:
    """Exit code 1 when something has to be told, which is on the page then."""
    if len(found) > 1:
        tell_stick(where.stick, "two_sticks")
        if not at_night:
            tell(where.outcome, What.TWO_STICKS, {})
        complain("two sticks named VEILLEUR are plugged in: leave one")
        return EXIT_FAILED
    if not found:
        tell_stick(where.stick, "no_stick")
        return EXIT_DONE
    if not at_night and not _bring(found[0], where, machine):
        return EXIT_FAILED
    return _leave_backup(found[0], where, machine)


def _bring(one: Stick, where: Places, machine: Machine) -> bool:
    """False when there was a bundle and it was refused."""
    try:
        with mounted(one) as folder:
            if take_bundle(folder, where, machine):
                complain("the stick's update was laid down: it is being installed")
    except Refused as fault:
        tell(where.outcome, fault.what, fault.values)
        complain(f"the stick's update was refused: {fault}")
        return False
    except CommandFailed as fault:
        tell(where.outcome, What.STICK_GONE, {})
        complain(f"the stick cannot be read: {fault}")
        return False
    return True


def _leave_backup(one: Stick, where: Places, machine: Machine) -> int:
    try:
        sealed = seal_backup(where, machine)
        with mounted(one, writable=True) as folder:
            name = write_backup(sealed, folder, datetime.now(UTC))
        sealed.unlink(missing_ok=True)
    except NoPassphrase:
        tell_stick(where.stick, "no_passphrase")
        return EXIT_DONE
    except OSError as fault:
        tell_stick(where.stick, fault_of(fault))
        complain(f"no backup on the stick: {fault}")
        return EXIT_FAILED
    except CommandFailed as fault:
        tell_stick(where.stick, "failed")
        complain(f"no backup on the stick: {fault}")
        return EXIT_FAILED
    tell_stick(where.stick, "written")
    complain(f"backup on the stick: {name}")
    return EXIT_DONE
