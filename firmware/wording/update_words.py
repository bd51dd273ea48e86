"""The sentence of each end that an update can have, by the word in its file."""

from __future__ import annotations

from firmware.wording import messages

SENTENCES: dict[str, str] = {
    "not_a_bundle": messages.UPDATE_NOT_A_BUNDLE,
    "cut_off": messages.UPDATE_CUT_OFF,
    "signature": messages.UPDATE_SIGNATURE,
    "other_key": messages.UPDATE_OTHER_KEY,
    "changed": messages.UPDATE_CHANGED,
    "no_key": messages.UPDATE_NO_KEY,
    "architecture": messages.UPDATE_ARCHITECTURE,
    "older": messages.UPDATE_OLDER,
    "too_far": messages.UPDATE_TOO_FAR,
    "no_room": messages.UPDATE_NO_ROOM,
    "not_saved": messages.UPDATE_NOT_SAVED,
    "stick_gone": messages.UPDATE_STICK_GONE,
    "two_sticks": messages.UPDATE_TWO_STICKS,
    "two_files": messages.UPDATE_TWO_FILES,
    "returned": messages.UPDATE_RETURNED,
    "stuck": messages.UPDATE_STUCK,
}
# Somebody stands before the box with the file: shown for a while, and no SMS
REFUSALS = frozenset(SENTENCES) - {"returned", "stuck"}
# Why no backup was left on a stick; any other word is none to ring for
STICK_FAULTS: dict[str, str] = {
    "full": messages.STICK_FULL,
    "failed": messages.STICK_FAILED,
    "two_sticks": messages.STICK_TWO,
}
