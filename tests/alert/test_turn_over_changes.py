"""Whose turn it is when the rota changes while an alert is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from firmware.alert.turn import ROUNDS, concerns, next_turn, questions
from firmware.policy import Candidate
from firmware.record import Asked
from firmware.rota import Person

AT = datetime(2026, 3, 10, tzinfo=UTC)
PEOPLE = [Person(f"P{number}", f"+3360000000{number}") for number in range(5)]
LISTS = st.lists(
    st.builds(Candidate, st.integers(1, 3), st.sampled_from(PEOPLE)),
    max_size=5,
    unique_by=lambda one: one.person.mobile,
)


@given(st.lists(LISTS, min_size=1, max_size=6), LISTS)
def test_nobody_is_passed_over_nobody_is_asked_twice_and_it_ends(
    changes: list[list[Candidate]], last: list[Candidate]
) -> None:
    asked: list[Asked] = []
    round_ = step = 0
    while True:
        candidates = changes[step] if step < len(changes) else last
        turn = next_turn(asked, round_, candidates)
        if turn is None:
            break
        new_round, people = turn
        assert people
        level = people[0].level
        fresh = {one.mobile for one in asked if one.round == new_round}
        highest = max((one.level for one in asked if one.round == new_round), default=0)
        passed_over = [
            one
            for one in candidates
            if one.level < level and one.person.mobile not in fresh
        ]
        assert passed_over == []
        assert level > highest or not fresh & {one.person.mobile for one in people}
        round_ = new_round
        now = AT + timedelta(seconds=step)
        asked += [
            Asked(one.person.name, one.person.mobile, one.level, now, round_) for one in people
        ]
        assert list(questions(1, asked).values()) == asked[-len(people) :]
        step += 1
        assert step <= 6 * ROUNDS * len(PEOPLE)
    if step >= len(changes):
        heard = {one.mobile for one in asked if one.round == round_}
        assert {one.person.mobile for one in last} <= heard


def test_a_person_is_known_by_mobile_or_by_name() -> None:
    asked = Asked("Bruno", "+33600000001", 1, AT)
    assert concerns(asked, Person("Bruno", "+33600000009"))
    assert concerns(asked, Person("Bruno P.", "+33600000001"))
    assert not concerns(asked, Person("Alice", "+33600000002"))
