"""Whatever comes in whatever order, the box leaves the SIM a try; and one lost byte gives no right
PIN up. Each state that box and cards can come to is visited once, so no order is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import pytest

from firmware.at import device_commands as commands
from firmware.at.result_codes import final_result
from firmware.ledger import Ledger
from firmware.line.modem_line import Reply
from firmware.line.sim_pin import TRIES_FULL, PinAdvice, PinKeeper
from firmware.moment import Moment
from firmware.record import Memory
from tests.modem_by_hand import START

OURS, OTHER = "8933056789056789050", "8933099999999999999"


def said(*lines: str) -> Reply:
    *before, last = lines
    return Reply(commands.pin_query(), final_result(last), tuple(before))


Fates = Sequence[tuple[bool, Reply | None]]
LOCKED, READY, LOST = said("+CPIN: SIM PIN", "OK"), said("+CPIN: READY", "OK"), None
# What becomes of the PIN: whether the card got it, and what the box hears
FATES = [
    (True, said("+CME ERROR: 16")), (True, said("ERROR")), (True, LOST),
    (False, said("+CME ERROR: 16")), (False, said("ERROR")), (False, LOST),
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """``used``: what a running program remembers of its try; None after a restart."""

    facts: tuple[tuple[str, str, str], ...] = ()
    doubt: tuple[str, str] | None = None
    used: tuple[bool, str | None, int | None] = (False, None, None)
    left: int = TRIES_FULL      # of the card for which the PIN is wrong
    shown: int = TRIES_FULL     # as many tells a modem that counts at its start only
    entered: bool = False


ACCEPTED = Site((("pin:" + OURS, "accepted", "monday"),))


def keeper_of(site: Site) -> PinKeeper:
    facts: dict[str, object] = {
        key: {"state": state, "written": written} for key, state, written in site.facts
    }
    if site.doubt is not None:
        facts["pin-doubt"] = {"sim": site.doubt[0], "written": site.doubt[1]}
    keeper = PinKeeper(Ledger(Memory(facts=facts), Moment(1.0, START, True)), "1234", "monday")
    keeper._used, keeper._used_for, keeper._left = site.used
    return keeper


def site_of(keeper: PinKeeper, left: int, shown: int, *, entered: bool) -> Site:
    facts = keeper._ledger._facts
    doubt = facts.pop("pin-doubt", None)
    return Site(
        tuple(sorted((key, fact["state"], fact["written"]) for key, fact in facts.items())),  # type: ignore[index]
        (doubt["sim"], doubt["written"]) if isinstance(doubt, dict) else None,
        (keeper._used, keeper._used_for, keeper._left),
        left,
        shown,
        entered,
    )


Counts = tuple[str, str]
TRUE, NONE = ("true", "true"), ("none", "none")
UNTOLD = ("none", "true")   # the answer before the try was lost


def bring_up(
    site: Site,
    iccid: str | None,
    counts: Counts,
    fate: tuple[bool, Reply | None],
    *,
    right: bool,
    anew: bool = False,
) -> Site:
    """Once, with the card for which the PIN is wrong or another; the box's SIM asks for it.
    ``counts``: what is told of the tries left before it and, where it was refused, after it.
    ``anew``: after a restart of the modem."""
    keeper, left = keeper_of(site), TRIES_FULL if right else site.left
    shown = site.left if anew and not right else site.shown

    def told(count: str) -> Reply | None:
        stale = TRIES_FULL if right else shown
        number = {"true": left, "stale": stale}.get(count)
        return None if number is None else said(f"+CPINR: SIM PIN,{number},3", "OK")

    if keeper.advise(LOCKED, iccid, told(counts[0]), anew=anew) is not PinAdvice.ENTER:
        return site_of(keeper, site.left, shown, entered=False)
    keeper.use(iccid)
    got, answer = fate
    if got and right:
        answer = said("OK") if answer is not None else None
    elif got:
        left -= 1
    reply = Reply(commands.pin_enter("1234"), None) if answer is None else answer
    keeper.entered(reply, iccid, told(counts[1]) if reply.refused else None)
    if got and right:
        keeper.advise(READY, iccid)
    return site_of(keeper, site.left if right else left, shown, entered=True)


def whatever_comes(site: Site, counts: Sequence[Counts], fates: Fates) -> Iterator[Site]:
    yield replace(site, used=(False, None, None))   # a restart, or the power is cut
    for number, told, fate in product((OURS, None), counts, fates):
        yield bring_up(site, number, told, fate, right=False)
        if told[0] != "none" and fate[0]:
            yield bring_up(site, number, told, fate, right=False, anew=True)
    for told, fate in product(counts, fates):
        yield bring_up(site, OTHER, told, fate, right=True)
    yield bring_up(site, OTHER, counts[0], fates[-1], right=True, anew=True)


# The PIN of a SIM that has accepted it may be changed in a telephone; then an answer is heard
@pytest.mark.parametrize(
    ("begin", "fates"), [(Site(), FATES), (ACCEPTED, [fate for fate in FATES if fate[1]])]
)
@pytest.mark.parametrize(
    "counts",
    [
        [TRUE, UNTOLD, ("true", "none"), NONE],
        [("stale", "stale"), ("none", "stale"), ("stale", "none"), NONE],
        [NONE],
    ],
    ids=["true", "stale", "none"],
)
def test_a_wrong_pin_leaves_the_sim_a_try_whatever_comes(
    counts: Sequence[Counts], begin: Site, fates: Fates
) -> None:
    """Two cards, swapped at any time; the number of that for which the PIN is wrong not always to
    be read; the count of the tries left true, or that of the modem's start, one answer lost now and
    then, or none."""
    seen, open_ = {begin}, [begin]
    while open_:
        for site in whatever_comes(open_.pop(), counts, fates):
            assert site.left >= 1, site
            if site not in seen:
                seen.add(site)
                open_.append(site)
    assert any(site.left < TRIES_FULL for site in seen)


GARBLED, SHORT, NO_COMMAND, MUTE, UNHEARD = (
    (True, said("+CME ERROR: 16")), (False, said("+CME ERROR: 16")), (False, said("ERROR")),
    (False, LOST), (True, LOST),
)  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "fate"),
    [
        (TRUE, GARBLED), (TRUE, SHORT), (TRUE, NO_COMMAND), (TRUE, MUTE), (TRUE, UNHEARD),
        (UNTOLD, GARBLED), (UNTOLD, SHORT), (NONE, GARBLED), (NONE, SHORT),
        (NONE, NO_COMMAND), (NONE, MUTE), (NONE, UNHEARD),
    ],
)  # fmt: skip
def test_one_byte_lost_on_the_wire_gives_no_pin_up_that_the_sim_has_accepted(
    counts: Counts, fate: tuple[bool, Reply | None]
) -> None:
    site = ACCEPTED
    for _ in range(3):    # each month a byte
        garbled = fate is GARBLED
        site = bring_up(site, OURS, counts, fate, right=not garbled)
        assert site.entered
        if fate is not UNHEARD:
            site = bring_up(site, OURS, counts, (True, said("OK")), right=True)
            assert site.entered
        site = replace(site, left=TRIES_FULL)
        assert site.doubt is None


@pytest.mark.parametrize("count", ["true", "stale"])
def test_a_pin_given_up_for_two_bytes_goes_again_once_the_card_tells_that_it_refused_none(
    count: str
) -> None:
    """Found by a simulated year: locked until somebody wrote the configuration anew."""
    counts = (count, count)
    site = ACCEPTED
    for fate in (NO_COMMAND, SHORT):
        site = bring_up(site, OURS, counts, fate, right=True)
    assert not bring_up(site, OURS, counts, SHORT, right=True).entered
    site = bring_up(site, OURS, counts, (True, said("OK")), right=True, anew=True)
    assert site.entered
    assert site.doubt is None


def test_a_new_sim_whose_count_proves_that_it_was_no_try_gets_one_more() -> None:
    site = bring_up(Site(), OURS, TRUE, NO_COMMAND, right=True)
    assert bring_up(site, OURS, TRUE, (True, said("OK")), right=True).entered
