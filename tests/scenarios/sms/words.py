"""The sentences of the language that are about short messages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from firmware.record import RequestKind
from firmware.rota import on_duty, write_site_file
from hw.simulator.causes import RpCause
from hw.simulator.faults import Fault
from hw.simulator.sim_card import SmsStatus
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.terminal import SubmitResult
from hw.simulator.tpdu import Deliver, decode_from_mobile
from hw.simulator.user_data import Coding, UserData, split
from tests.scenarios.actions import ACTIONS
from tests.scenarios.conditions import CONDITIONS, Found
from tests.scenarios.phrases import SentenceError
from tests.scenarios.stage import Stage
from tests.simulation.world import BOX

act = ACTIONS.says
expect = CONDITIONS.says


# People and services that are no telephones


@act("<who:who> flashes <text:text>")
def _flashes(stage: Stage, who: str, text: str) -> None:
    stage.phone(who).send_text(BOX, text, flash=True)


@act("outside <sender:text> texts <text:text>[ in the order <order:text>]"
     "[ losing part <lost:number>]")  # fmt: skip
def _outside(
    stage: Stage, sender: str, text: str, order: str | None, lost: int | None
) -> None:
    """A sender outside the network: a name, a short code, a gateway."""
    stage.world.network.service_centre.send_text(
        sender,
        BOX,
        text.replace("\\n", "\n"),
        lost_parts=() if lost is None else (lost,),
        order=[int(number) for number in order.split()] if order else None,
    )


@act("network delivers the part that was lost")
def _late_part(stage: Stage) -> None:
    """It had been waiting somewhere: the same part, with the time stamp of its text."""
    messages = stage.world.network.ledger.messages.values()
    (lost,) = [each for each in messages if each.state == "lost"]
    whole = [each for each in messages if each.group == lost.group]
    text = "".join(each.text or "" for each in sorted(whole, key=lambda each: each.part))
    timeline = stage.world.timeline
    begun = timeline.utc() - timedelta(milliseconds=timeline.now_ms - lost.submitted_ms)
    content = split(text, lost.group % 256)[lost.part - 1]
    deliver = Deliver(lost.sender, begun.astimezone(stage.zone), content)
    centre = stage.world.network.service_centre
    centre.send_tpdu(lost.sender, BOX, deliver.encode())


@act("outside <sender:text> sends octets <octets:text>")
def _octets(stage: Stage, sender: str, octets: str) -> None:
    stage.world.network.service_centre.send_octets(sender, BOX, bytes.fromhex(octets))


@act("outside <sender:text> sends the tpdu <octets:text>")
def _tpdu(stage: Stage, sender: str, octets: str) -> None:
    stage.world.network.service_centre.send_tpdu(sender, BOX, bytes.fromhex(octets))


# The network


@act("network delivers everything twice")
def _twice(stage: Stage) -> None:
    _centre(stage, duplicate=1.0)


@act("network delivers everything once")
def _once(stage: Stage) -> None:
    _centre(stage, duplicate=0.0)


def _centre(stage: Stage, **changes: float) -> None:
    centre = stage.world.network.service_centre
    behaviour: ServiceCentreBehaviour = replace(centre.behaviour, **changes)  # type: ignore[arg-type]
    centre.behaviour = behaviour


@act("network refuses <count:number> text[s] with cause <cause:number>")
def _refuses(stage: Stage, count: int, cause: int) -> None:
    conditions = stage.world.network.subscriber(BOX).conditions
    conditions.sms_errors.extend([RpCause(cause)] * count)


@act("network refuses texts that say <text:text> with cause <cause:number>")
def _filters(stage: Stage, text: str, cause: int) -> None:
    centre = stage.world.network.service_centre
    accept = centre.accept

    def filtered(sender: str, tpdu: bytes) -> SubmitResult:
        said = decode_from_mobile(tpdu).user_data.text or "" if sender == BOX else ""
        return SubmitResult(RpCause(cause)) if text in said else accept(sender, tpdu)

    centre.accept = filtered  # type: ignore[method-assign]


@act("SIM holds no SMS centre")
def _no_centre(stage: Stage) -> None:
    stage.world.sim.service_centre = ""


@act("SIM holds its SMS centre again")
def _centre_again(stage: Stage) -> None:
    stage.world.sim.service_centre = "+33609001390"


@act("network loses the answer to <count:number> text[s]")
def _loses_answers(stage: Stage, count: int) -> None:
    stage.world.network.subscriber(BOX).conditions.submit_answers_lost += count


@act("<who:who> cannot receive texts")
def _no_texts(stage: Stage, who: str) -> None:
    subscriber = stage.phone(who).subscriber
    subscriber.profile = replace(subscriber.profile, short_messages=False)


# The modem and its stores


@act("modem shows messages instead of storing them")
def _shows(stage: Stage) -> None:
    """+CNMI <mt>=2 (27.005 3.4.1): some firmware forgets what it was told."""
    settings = stage.world.modem.settings
    settings.cnmi = (2, 2, *settings.cnmi[2:])


@act("<store:word> holds <count:number> text[s] <text:text> from <who:who>")
def _prepared(stage: Stage, store: str, count: int, text: str, who: str) -> None:
    """Messages that came while nobody looked; each with its own number in the text."""
    slots = _store(stage, store)
    for number in range(1, count + 1):
        content = split(text.replace("#", str(number)), 0)[0]
        sent = stage.world.timeline.utc().astimezone(stage.zone)
        slots.add(SmsStatus.REC_UNREAD, Deliver(stage.number(who), sent, content).encode())


@act("<store:word> is filled with drafts[ but for <left:number>]")
def _drafts(stage: Stage, store: str, left: int | None) -> None:
    slots = _store(stage, store)
    sent = stage.world.timeline.utc().astimezone(stage.zone)
    while slots.used < slots.capacity - (left or 0):
        content = UserData(Coding.OCTETS, octets=bytes([slots.used]))
        slots.add(SmsStatus.REC_READ, Deliver("+33600000000", sent, content).encode())


def _store(stage: Stage, name: str):  # type: ignore[no-untyped-def]
    if name not in ("SM", "ME"):
        raise SentenceError(f"SM or ME, not {name!r}")
    return stage.world.modem.messages.store(name)


# The page


@act("page says that <by:text> takes care of alert <ref:text>")
def _takes_care(stage: Stage, by: str, ref: str) -> None:
    found = [a for a in stage.world.page.unsettled_alerts() if a.reference == ref]
    if not found:
        raise SentenceError(f"no open alert {ref!r}")
    stage.world.page.ask(
        RequestKind.TAKE_CARE,
        {"alert": str(found[0].id), "by": by},
        by=by,
        at=stage.world.moment.utc,
    )
    stage.world.page_wishes()


@act("page says that <by:text> takes care of the only alert")
def _takes_care_of_it(stage: Stage, by: str) -> None:
    found = stage.world.page.unsettled_alerts()
    if len(found) != 1:
        raise SentenceError(f"{len(found)} open alerts")
    _takes_care(stage, by, found[0].reference)


@expect("<who:who> was texted <first:text> before <second:text>")
def _before(stage: Stage, who: str, first: str, second: str) -> Found:
    texts = [text.text for text in stage.phone(who).texts]
    places = [next((i for i, t in enumerate(texts) if part in t), None) for part in (first, second)]
    in_order = None not in places and places == sorted(places)  # type: ignore[type-var]
    return Found((True,) if in_order else (), f"{who} was texted {texts}")


# What is on disk


@expect("recorded message[s][ from <sender:text>][ saying <text:text>][ of kind <kind:word>]")
def _recorded(
    stage: Stage, sender: str | None, text: str | None, kind: str | None
) -> Found:
    rows = stage.world.database.connection.execute(
        "SELECT id, sender, text, complete, kind FROM incoming_message"
    ).fetchall()
    fits = tuple(
        row[0]
        for row in rows
        if sender in (None, row[1])
        and (text is None or text in (row[2] or ""))
        and kind in (None, row[4], "incomplete" if not row[3] else None)
    )
    return Found(fits, f"recorded: {[tuple(row) for row in rows]}")


@expect("raw PDU[s]")
def _raw(stage: Stage) -> Found:
    rows = stage.world.database.connection.execute("SELECT pdu FROM incoming_part").fetchall()
    return Found(tuple(range(len(rows))), f"{[row[0] for row in rows]}")


@expect("<store:word> holds nothing")
def _holds_nothing(stage: Stage, store: str) -> Found:
    slots = _store(stage, store)
    return Found((True,) if slots.used == 0 else (), f"{slots.used} messages")


@expect("on duty <person:text> at level <level:number>")
def _on_duty(stage: Stage, person: str, level: int) -> Found:
    """As `veilleur who` answers: from what is on disk."""
    rota = stage.world.rotas.load_rota()
    if rota is None:
        return Found((), "no rota")
    duties = on_duty(rota, rota.services[0].name, stage.world.moment.utc)
    fits = tuple(d for d in duties if d.person.name == person and d.level == level)
    return Found(fits, f"{[(d.level, d.person.name, d.until) for d in duties]}")


@expect("export saying <text:text>")
def _export(stage: Stage, text: str) -> Found:
    rota = stage.world.rotas.load_rota()
    written = write_site_file(rota) if rota is not None else ""
    wanted = text.replace("'", '"')
    return Found((True,) if wanted in written else (), written)


@expect("intervention[s][ of <person:text>][ of <minutes:number> min]")
def _interventions(stage: Stage, person: str | None, minutes: int | None) -> Found:
    rows = stage.world.database.connection.execute(
        "SELECT person, (julianday(ended_at) - julianday(started_at)) * 1440 FROM intervention"
    ).fetchall()
    fits = tuple(
        (index, *row)
        for index, row in enumerate(rows)
        if person in (None, row[0])
        and (minutes is None or (row[1] is not None and round(row[1]) == minutes))
    )
    return Found(fits, json.dumps([list(row) for row in rows]))


@expect("outgoing message[s][ to <who:who>][ <state:word>]")
def _outgoing(stage: Stage, who: str | None, state: str | None) -> Found:
    """``who`` may be anything that a message could be addressed to."""
    number = None
    if who is not None:
        try:
            number = stage.number(who)
        except SentenceError:
            number = who
    rows = stage.world.database.connection.execute(
        "SELECT id, recipient, state, attempts, error, text FROM outgoing_message"
    ).fetchall()
    fits = tuple(r[0] for r in rows if number in (None, r[1]) and state in (None, r[2]))
    return Found(fits, "\n  ".join(["", *(str(tuple(row)) for row in rows)]))


@act("modem tells <line:text> twice")
def _tells_twice(stage: Stage, line: str) -> None:
    if line != "+CMTI":
        raise SentenceError("only +CMTI can be told twice")
    stage.world.wire.strike(Fault.DOUBLE_CMTI)


@expect("few outgoing messages waiting")
def _few_waiting(stage: Stage) -> Found:
    """At most one for each person and alert: nothing piles up behind a lost network."""
    waiting = stage.world.page.outgoing_waiting()
    return Found((True,) if waiting <= 4 else (), f"{waiting} SMS wait")


# What the page asks for people


@act("page asks to send the code <code:text> to <who:who>")
def _sends_code(stage: Stage, code: str, who: str) -> None:
    _wish(stage, RequestKind.SEND_CODE, {"mobile": stage.number(who), "code": code})


@act("page asks <other:text> to take <start:text> to <end:text> at level <level:number>"
     " of <by:text>[ for <back_start:text> to <back_end:text>]")  # fmt: skip
def _asks_swap(stage: Stage, **given: str | int | None) -> None:
    """Instants in UTC; the service is the site's first."""
    rota = stage.world.rotas.load_rota()
    assert rota is not None
    service = rota.services[0].name
    values = {name: str(value) for name, value in given.items() if value is not None}
    values["service"] = service
    if given["back_start"] is not None:
        values |= {"back_service": service, "back_level": values["level"]}
    _wish(stage, RequestKind.ASK_SWAP, values)


@act("page answers <answer:word> to the swap for <by:text>")
def _answers_swap(stage: Stage, answer: str, by: str) -> None:
    (row,) = stage.world.database.connection.execute(
        "SELECT id FROM alert WHERE cause = 'swap' ORDER BY id DESC LIMIT 1"
    ).fetchall()
    values = {"alert": str(row[0]), "by": by, "answer": answer}
    _wish(stage, RequestKind.ANSWER_SWAP, values)


def _wish(stage: Stage, kind: RequestKind, values: dict[str, str]) -> None:
    page, now = stage.world.page, stage.world.moment.utc
    page.ask(kind, values, by=values.get("by", "Dora Admin"), at=now)
    stage.world.page_wishes()


@expect("swap <state:word>")
def _swap_is(stage: Stage, state: str) -> Found:
    rows = stage.world.database.connection.execute(
        "SELECT value FROM fact WHERE key LIKE 'swap:%'"
    ).fetchall()
    found = [json.loads(row[0]) for row in rows]
    return Found(tuple(i for i, each in enumerate(found) if each["state"] == state), f"{found}")
