"""Whose turn it is to be asked: down the list, then round it again, then nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.policy import Candidate
from firmware.record import Asked
from firmware.rota import Person

ROUNDS = 3   # once down the list, then twice more round it


def next_turn(
    asked: Sequence[Asked], round_: int, candidates: Sequence[Candidate]
) -> tuple[int, list[Candidate]] | None:
    """The round and the people of the level to ask now; None when the alarm is to be raised.

    ``asked`` are all who were asked so far, ``round_`` the round they are in, ``candidates`` the
    list of this moment. Whoever has come on duty meanwhile, at a level whose turn is past, is asked
    before the next level. Whoever has said NON is asked no more in that round; where everybody
    has, another round would only cost the caller time.
    """
    this_round = [one for one in asked if one.round == round_]
    last_level = max((one.level for one in this_round), default=-1)
    declined = {one.mobile for one in this_round if one.declined}
    willing = [one for one in candidates if one.person.mobile not in declined]
    heard = {one.mobile for one in this_round}
    late = [
        one for one in willing if one.level <= last_level and one.person.mobile not in heard
    ]
    if late:
        level = min(one.level for one in late)
        return round_, [one for one in late if one.level == level]
    levels = sorted({one.level for one in willing if one.level > last_level})
    if not levels and willing and round_ + 1 < ROUNDS:
        round_, willing = round_ + 1, list(candidates)
        levels = sorted({one.level for one in candidates})
    if not levels:
        return None
    return round_, [one for one in willing if one.level == levels[0]]


def concerns(asked: Asked, person: Person) -> bool:
    """Whether the person was asked, on whichever number: the mobile may have been changed in the
    rota since."""
    return asked.person == person.name or asked.mobile in person.numbers


def questions(alert_id: int, asked: Sequence[Asked]) -> dict[str, Asked]:
    """The questions that wait for an answer now, by the cause of their SMS: those of one level,
    asked at one instant."""
    last = asked[-1]
    return {
        question(alert_id, turn): one
        for turn, one in enumerate(asked, start=1)
        if (one.round, one.level, one.at) == (last.round, last.level, last.at)
    }


def question(alert_id: int, turn: int) -> str:
    """The cause of the SMS that asks the ``turn``-th person (from 1)."""
    return f"alert:{alert_id}:{turn}"
