"""The lamps over all that can be measured, held against the sentences that say what they mean."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.health.lamps import ANSWERED_WITHIN_S, Seen, lamps
from firmware.pulse import ForwardingState, Lamp, ModemState, StoreState

ALARMS = ((), ("clock",), ("modem-hot",), ("alert:7",), ("clock", "nobody:Ambulance"))
AGO_S = (None, 0.0, ANSWERED_WITHIN_S, ANSWERED_WITHIN_S + 1)
GRAVE_MODEM = {ModemState.ABSENT, ModemState.SIM_FAULT, ModemState.SEARCHING, ModemState.MUTE}
GRAVE_FORWARDING = {ForwardingState.DIFFERENT, ForwardingState.REFUSED}
EVERYTHING = [
    Seen(*one)
    for one in product(
        ModemState, ForwardingState, StoreState, (True, False), AGO_S, ALARMS, (True, False)
    )
]


def test_each_combination_lights_one_colour_and_a_call_the_blue_one_too() -> None:
    for seen in EVERYTHING:
        first, *others = lamps(seen)
        assert first is not Lamp.BLUE
        assert others == ([Lamp.BLUE] if seen.in_call else [])


def test_green_rests_on_every_measurement() -> None:
    for seen in EVERYTHING:
        measured = (
            seen.modem is ModemState.READY
            and seen.forwarding is ForwardingState.VERIFIED
            and seen.store is StoreState.GOOD
            and seen.clock_trusted
            and seen.answered_ago_s is not None
            and seen.answered_ago_s <= ANSWERED_WITHIN_S
            and not seen.alarms
        )
        assert (Lamp.GREEN in lamps(seen)) is measured, seen


def test_red_is_where_a_call_may_be_lost() -> None:
    for seen in EVERYTHING:
        grave = (
            seen.modem in GRAVE_MODEM
            or seen.forwarding in GRAVE_FORWARDING
            or seen.store is not StoreState.GOOD
            or any(key.startswith(("alert:", "nobody:")) for key in seen.alarms)
        )
        assert (Lamp.RED in lamps(seen)) is grave, seen


@pytest.mark.parametrize(
    ("key", "lamp"),
    [
        ("alert:3", Lamp.RED), ("forwarding", Lamp.RED), ("site", Lamp.RED),
        ("silence:calls", Lamp.RED), ("battery", Lamp.RED), ("disk", Lamp.RED),
        ("disk-space", Lamp.AMBER), ("modem-voltage", Lamp.AMBER), ("credit", Lamp.AMBER),
        ("update", Lamp.AMBER),
        ("gaps:Ambulance", Lamp.AMBER), ("never heard of", Lamp.AMBER),
    ],
)  # fmt: skip
def test_an_alarm_s_colour(key: str, lamp: Lamp) -> None:
    well = ModemState.READY, ForwardingState.VERIFIED, StoreState.GOOD, True, 1.0
    assert lamps(Seen(*well, (key,), in_call=False)) == (lamp,)
