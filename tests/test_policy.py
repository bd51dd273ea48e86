"""One function decides; here is what it decides, for every combination there is."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.call.transfer import Ability, Capability, Rung
from firmware.policy import Candidate, Decision, Forwarding, Reason, Target, decide, target_of
from firmware.pulse import ForwardingState
from firmware.rota import Person, Rota, Service, read_site_file
from tests.simulation.sites import SAMPLE, with_mode

ROTA: Rota = read_site_file(SAMPLE)
PEOPLE: dict[str, Person] = {person.name: person for person in ROTA.people}
ALICE = Target("+33601020304", "Alice Martin")
OFFICE = Target("+33388112233", None)
SERVICES: dict[str | None, Service | None] = {
    None: None,
    **{mode: read_site_file(with_mode(mode)).services[0] for mode in ("divert", "alert")},
    "transfer": read_site_file(with_mode("transfer")).services[0],
}
CALLERS = (None, "+33699887766", ALICE.number, OFFICE.number)
COMBINATIONS = list(
    product(
        SERVICES,
        CALLERS,
        (None, ALICE, OFFICE),
        ForwardingState,
        (None, ALICE.number, "+33605060708"),
        Ability,
        (True, False),
    )
)


def _decide(
    mode: str | None,
    caller: str | None,
    target: Target | None,
    state: ForwardingState,
    found: str | None,
    ability: Ability,
    trusted: bool,
) -> Decision:
    return decide(
        SERVICES[mode],
        caller,
        target,
        Forwarding(state, found),
        Capability(forwarding=ability),
        clock_trusted=trusted,
    )


def test_a_call_is_passed_on_exactly_when_everything_is_proved() -> None:
    """The whole truth table: a divert is the one cell where nothing speaks against it."""
    for mode, caller, target, state, found, ability, trusted in COMBINATIONS:
        decision = _decide(mode, caller, target, state, found, ability, trusted)
        proved = (
            mode in ("divert", "transfer")
            and target is not None
            and trusted
            and ability is not Ability.NO
            and caller != target.number
            and state is ForwardingState.VERIFIED
            and found == target.number
        )
        assert decision.divert is proved, (mode, caller, target, state, found, ability, trusted)
        assert (decision.reason is None) is proved
        assert decision.target == target
        assert decision.rung in (Rung.NETWORK_DIVERT, Rung.SMS_ALERT)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mode": None}, Reason.NOBODY),
        ({"target": None}, Reason.NOBODY),
        ({"trusted": False}, Reason.CLOCK),
        ({"mode": "alert"}, Reason.CHOSEN),
        ({"ability": Ability.NO}, Reason.REFUSED),
        ({"caller": ALICE.number}, Reason.CALLER_IS_TARGET),
        ({"state": ForwardingState.REFUSED}, Reason.REFUSED),
        ({"state": ForwardingState.UNKNOWN}, Reason.NOT_VERIFIED),
        ({"state": ForwardingState.CHANGING}, Reason.NOT_VERIFIED),
        ({"state": ForwardingState.DIFFERENT}, Reason.NOT_VERIFIED),
        ({"found": "+33605060708"}, Reason.NOT_VERIFIED),
        ({"found": None}, Reason.NOT_VERIFIED),
        # of two reasons the one that an administrator can do something about
        ({"trusted": False, "target": None}, Reason.NOBODY),
        ({"trusted": False, "mode": "alert"}, Reason.CLOCK),
        ({"ability": Ability.NO, "state": ForwardingState.REFUSED}, Reason.REFUSED),
        ({"mode": "alert", "caller": ALICE.number}, Reason.CHOSEN),
    ],
)
def test_the_reason_is_told(changes: dict[str, object], reason: Reason) -> None:
    case: dict[str, object] = {
        "mode": "divert",
        "caller": "+33699887766",
        "target": ALICE,
        "state": ForwardingState.VERIFIED,
        "found": ALICE.number,
        "ability": Ability.YES,
        "trusted": True,
    } | changes
    decision = _decide(**case)  # type: ignore[arg-type]
    assert decision.reason is reason
    assert decision.rung is Rung.SMS_ALERT


def test_a_withheld_caller_is_passed_on_like_any_other() -> None:
    assert _decide(
        "divert", None, ALICE, ForwardingState.VERIFIED, ALICE.number, Ability.YES, True
    ).divert


def test_the_target_is_the_office_in_its_hours_else_the_first_to_be_asked() -> None:
    alice, bruno = PEOPLE["Alice Martin"], PEOPLE["Bruno Petit"]
    asked = [Candidate(1, alice), Candidate(2, bruno)]
    assert target_of(asked, OFFICE.number) == OFFICE
    assert target_of([], OFFICE.number) == OFFICE
    assert target_of(asked, None) == ALICE
    assert target_of([Candidate(0, bruno)], None) == Target(bruno.mobile, bruno.name)
    assert target_of([], None) is None
