"""What can be expected in a scenario: each condition tells what fits it, and what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hw.simulator.causes import Cause
from hw.simulator.subscriber import Subscriber
from tests.scenarios.actions import REASON_NAMES
from tests.scenarios.phrases import Book
from tests.scenarios.stage import Stage
from tests.simulation.world import BOX


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a condition, and what was looked through. ``claimed``: an expectation that finds
    these takes them, so that the next one looks for others."""

    fits: tuple[object, ...]
    seen: str
    claimed: bool = False


CONDITIONS: Book[Found] = Book()
expect = CONDITIONS.says


def _state(holds: bool, seen: object) -> Found:
    return Found((True,) if holds else (), str(seen))


def _listed(lines: Iterable[object]) -> str:
    return "\n  ".join(["", *map(str, lines)]) or "nothing"


# People


@expect("<who:who> rings[ from <caller:who>]")
def _rings(stage: Stage, who: str, caller: str | None) -> Found:
    phone = stage.phone(who)
    wanted = None if caller is None else stage.number(caller)
    fits = tuple(
        (phone.number, "call", index)
        for index, call in enumerate(phone.calls)
        if not call.placed and call.ringing_ms is not None
        and (wanted is None or call.number == wanted)
        and (phone.number, "call", index) not in stage.seen
    )  # fmt: skip
    rung = [f"{stage.name(c.number)} at {c.ringing_ms} ms" for c in phone.calls if not c.placed]
    return Found(fits, f"{who} was rung by {_listed(rung)}", claimed=True)


@expect("<caller:who> talks to <who:who>")
def _talks(stage: Stage, caller: str, who: str) -> Found:
    call = stage.last_call(caller)
    reached = call.connected_to == stage.number(who) and call.ended_ms is None
    return _state(reached, call)


@expect("<caller:who> is joined with <who:who>")
def _joined(stage: Stage, caller: str, who: str) -> Found:
    """By the network, or in a conference of the box."""
    call, number = stage.last_call(caller), stage.number(who)
    modem = stage.world.modem
    listed = modem.line.calls() if modem.line is not None else ()
    together = {each.number for each in listed if each.multiparty}
    holds = call.ended_ms is None and (
        call.transferred_to == number or together == {number, stage.number(caller)}
    )
    return _state(holds, f"{call}, in the box {listed}")


@expect("<who:who> hears <texts:texts>")
def _hears(stage: Stage, who: str, texts: list[str]) -> Found:
    number = stage.number(who)
    heard = [each for each in stage.world.voice.heard if each.number == number]
    fits = tuple(
        (number, "heard", index)
        for index, each in enumerate(heard)
        if all(text in each.words for text in texts) and (number, "heard", index) not in stage.seen
    )
    return Found(fits, f"{who} heard {_listed(each.words for each in heard)}", claimed=True)


@expect("box has <count:number> calls")
def _box_calls(stage: Stage, count: int) -> Found:
    line = stage.world.modem.line
    listed = line.calls() if line is not None else ()
    return _state(len(listed) == count, listed)


@expect("<caller:who> talked to <who:who>")
def _talked(stage: Stage, caller: str, who: str) -> Found:
    call = stage.last_call(caller)
    return _state(call.connected_to == stage.number(who), call)


@expect("<caller:who> hears the busy tone")
def _busy(stage: Stage, caller: str) -> Found:
    call = stage.last_call(caller)
    return _state(call.cause == Cause.USER_BUSY and call.connected_ms is None, call)


@expect("<caller:who> still waits")
def _waits(stage: Stage, caller: str) -> Found:
    call = stage.last_call(caller)
    return _state(call.ended_ms is None and call.connected_ms is None, call)


@expect("sms to <who:who>[ containing <texts:texts>]")
def _sms(stage: Stage, who: str, texts: list[str] | None) -> Found:
    phone = stage.phone(who)
    fits = tuple(
        (phone.number, "text", index)
        for index, text in enumerate(phone.texts)
        if all(stage.filled(wanted) in text.text for wanted in texts or [])
        and (phone.number, "text", index) not in stage.seen
    )
    return Found(fits, f"{who} was texted {_listed(t.text for t in phone.texts)}", claimed=True)


# The box: journal, page, alarms, alerts


@expect("journal <kind:word>[ <outcome:word>][ from <number:who>][ of <person:text>]"
        "[ where <key:word> is <value:text>]")  # fmt: skip
def _journal(
    stage: Stage,
    kind: str,
    outcome: str | None,
    number: str | None,
    person: str | None,
    key: str | None,
    value: str | None,
) -> Found:
    wanted = None if number is None else stage.number(number)
    entries = stage.world.journal(kind)
    fits = []
    for entry in entries:
        detail = entry["detail"]
        told = detail.get(key) if isinstance(detail, dict) and key else None
        if (
            outcome in (None, entry["outcome"])
            and wanted in (None, entry["number"])
            and person in (None, entry["person"])
            and (key is None or str(told) == stage.filled(str(value)))
        ):
            fits.append(entry["id"])
    return Found(tuple(fits), f"the journal has {_listed(entries)}")


@expect("alarm[ <key:word>][ saying <text:text>]")
def _alarm(stage: Stage, key: str | None, text: str | None) -> Found:
    alarms = stage.world.page.open_alarms()
    fits = tuple(
        alarm.key
        for alarm in alarms
        if key in (None, alarm.key, alarm.key.split(":")[0])
        and (text is None or text in alarm.cause.format(**alarm.values))
    )
    return Found(fits, f"alarms: {_listed(alarms)}")


@expect("open alert[s]")
def _alert(stage: Stage) -> Found:
    alerts = stage.world.page.unsettled_alerts()
    return Found(tuple(a.id for a in alerts), f"open alerts: {_listed(alerts)}")


@expect("forwarding <state:word>[ to <who:who>]")
def _forwarding(stage: Stage, state: str, who: str | None) -> Found:
    pulse = stage.world.pulse
    fits = pulse is not None and pulse.forwarding.value == state
    if who is not None:
        fits = fits and pulse is not None and pulse.forwarding_target == stage.number(who)
    return _state(fits, pulse)


@expect("modem <state:word>[ on <port:word>]")
def _modem(stage: Stage, state: str, port: str | None) -> Found:
    pulse = stage.world.pulse
    fits = pulse is not None and pulse.modem.value == state
    return _state(fits and pulse is not None and port in (None, pulse.port), pulse)


@expect("own number <state:word>")
def _own_number(stage: Stage, state: str) -> Found:
    pulse = stage.world.pulse
    now = "unknown" if pulse is None or pulse.own_number is None else "unproved"
    if pulse is not None and pulse.own_number_proved_at is not None:
        now = "proved"
    return _state(now == state, pulse)


@expect("last call known")
def _last_call(stage: Stage) -> Found:
    pulse = stage.world.pulse
    return _state(pulse is not None and pulse.last_call_at is not None, pulse)


@expect("own sms")
def _loops(stage: Stage) -> Found:
    """SMS of the box to itself, whatever became of them."""
    sent = [e for e in stage.world.journal("sms_out") if _cause(e).startswith("loop:")]
    return Found(tuple(e["id"] for e in sent), f"the journal has {_listed(sent)}")


def _cause(entry: dict[str, object]) -> str:
    detail = entry["detail"]
    return str(detail["cause"]) if isinstance(detail, dict) else ""


@expect("announcement[s] <text:text>")
def _announcement(stage: Stage, text: str) -> Found:
    said = [each.text for each in stage.world.announced[stage.announced_from:]]
    return Found(tuple(i for i, each in enumerate(said) if text in each), f"announced: {said}")


@expect("command[s] <text:text>")
def _command(stage: Stage, text: str) -> Found:
    written = bytes(stage.world.written[stage.written_from:]).decode("latin-1")
    commands = [line for line in re.split(r"[\r\x1a\x1b]", written) if line]
    fits = tuple(i for i, line in enumerate(commands) if line.startswith(stage.filled(text)))
    return Found(fits, f"written: {_listed(commands)}")


@expect("few wake-ups")
def _wakeups(stage: Stage) -> Found:
    """At most five hundred since `count afresh`: the daemon does not spin."""
    steps = stage.world.steps - stage.steps_from
    return _state(steps <= 500, f"{steps} steps of the daemon")


# The network's truth


@expect("network forwards <reason:reason> to <who:who>")
def _network_forwards(stage: Stage, reason: str, who: str) -> Found:
    register = stage.world.network.subscriber(BOX).forwarding
    number = register.registered(REASON_NAMES[reason])
    wanted = None if who == "nobody" else stage.number(who)
    return _state(number == wanted, register.as_json())


@expect("network forwards conditionally to <who:who>")
def _network_conditionally(stage: Stage, who: str) -> Found:
    subscriber = stage.world.network.subscriber(BOX)
    wanted = stage.number(who)
    holds = all(
        subscriber.forwarding.registered(reason) == (None if name == "all calls" else wanted)
        for name, reason in REASON_NAMES.items()
    )
    return _state(holds, subscriber.forwarding.as_json())


@expect("network lets calls wait")
def _calls_wait(stage: Stage) -> Found:
    subscriber: Subscriber = stage.world.network.subscriber(BOX)
    return _state(bool(subscriber.call_waiting_classes & 1), subscriber.call_waiting_classes)


@expect("sim has <count:number> PIN tries left")
def _tries(stage: Stage, count: int) -> Found:
    return _state(stage.world.sim.pin_tries == count, stage.world.sim.pin_tries)


@expect("modem holds <count:number> message[s]")
def _holds(stage: Stage, count: int) -> Found:
    """In the SIM and in its own store: which of them messages come to is the family's habit."""
    held = stage.world.sim.messages.used + stage.world.modem.own_store.used
    return _state(held == count, held)


