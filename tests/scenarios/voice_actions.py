"""Sentences about sound: who presses which key, how long somebody speaks, what breaks."""

from __future__ import annotations

from dataclasses import replace

from tests.scenarios.actions import ACTIONS
from tests.scenarios.stage import Stage
from tests.simulation.world import BOX

act = ACTIONS.says


@act("<who:who> stays on the line")
def _stays(stage: Stage, who: str) -> None:
    stage.phone(who).talk_ms = None


@act("<who:who> presses <keys:text>[ after <after:duration>]")
def _presses(stage: Stage, who: str, keys: str, after: float | None) -> None:
    """Now; or, as a habit, so long after each answer."""
    phone = stage.phone(who)
    if after is None:
        phone.press(keys)
    else:
        phone.keys_on_answer, phone.keys_after_ms = keys, round(after * 1000)


@act("<who:who> keeps a mailbox")
def _mailbox(stage: Stage, who: str) -> None:
    """It takes what is not taken within three rings, says something, and presses nothing."""
    phone = stage.phone(who)
    phone.answer_after_ms, phone.machine_after_ms = None, 12_000


@act("<who:who> speaks for <how_long:duration>")
def _speaks_for(stage: Stage, who: str, how_long: float) -> None:
    stage.world.voice.speaks_ms[stage.number(who)] = round(how_long * 1000)


@act("<who:who> has the PIN <pin:text>")
def _has_pin(stage: Stage, who: str, pin: str) -> None:
    person = stage.rota.person_with(stage.number(who)) if stage.rota else None
    stage.world.voice.pins["" if person is None else person.name] = pin


@act("a greeting is made in <how_long:duration>")
def _made_in(stage: Stage, how_long: float) -> None:
    """On a small box, or one that is busy."""
    stage.world.voice.making_ms = round(how_long * 1000)


@act("sound breaks")
def _sound_breaks(stage: Stage) -> None:
    stage.world.voice.lose()


@act("sound cannot be had")
def _no_sound(stage: Stage) -> None:
    stage.world.voice.broken = True


@act("sound can be had")
def _sound(stage: Stage) -> None:
    stage.world.voice.broken = False


@act("network joins no calls by <way:way>")
def _joins_not(stage: Stage, way: str) -> None:
    subscriber = stage.world.network.subscriber(BOX)
    profile = subscriber.profile
    subscriber.profile = replace(
        profile,
        explicit_transfer=profile.explicit_transfer and way != "transfer",
        multiparty=profile.multiparty and way != "conference",
        hold=profile.hold and way != "hold",
    )
