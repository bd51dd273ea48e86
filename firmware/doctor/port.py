"""The port: found, free, allowed."""

from __future__ import annotations

from firmware.doctor.facts import Facts, FoundBy, PortFacts, PortProblem, Process
from firmware.doctor.finding import Finding, Phrase, attention, good, say, unknown, wrong
from firmware.wording import doctor_messages as words

CHECK = words.L_PORT
SERVICES = {"ModemManager": "ModemManager", "brltty": "brltty"}   # process -> systemd unit


def check_port(facts: Facts) -> tuple[Finding, ...]:
    if facts.daemon_runs:
        return _in_service(facts)
    if facts.modem is not None:
        return (_found(facts.modem.port), *_rivals(facts))
    if not facts.ports:
        return (wrong(CHECK, say(words.PORT_NONE), say(words.PORT_NONE_TO_DO)), *_rivals(facts))
    named = {holder.pid for port in facts.ports for holder in port.holders}
    return (
        *(_trouble(facts, port) for port in facts.ports),
        *_rivals(facts, but=frozenset(named)),
    )


def _in_service(facts: Facts) -> tuple[Finding, ...]:
    pulse = facts.daemon.pulse if facts.daemon is not None else None
    used = pulse.port if pulse is not None else None
    found: list[Finding] = []
    if used is not None:
        found.append(good(CHECK, words.PORT_IN_SERVICE, path=used))
    if facts.port_asked is not None and facts.port_asked != used:
        other = used or say(words.NOT_TOLD)
        found.append(
            unknown(CHECK, say(words.PORT_NOT_TOUCHED, path=facts.port_asked, used=other))
        )
    return (*found, *_rivals(facts))


def _found(port: PortFacts) -> Finding:
    match port.found_by:
        case FoundBy.COMMAND_LINE:
            return good(CHECK, words.PORT_NAMED, path=port.path)
        case FoundBy.SETTINGS:
            return good(CHECK, words.PORT_IN_SETTINGS, path=port.path)
        case FoundBy.USB:
            usb = port.usb_id or "?"
            if port.interface is None:
                return good(CHECK, words.PORT_FOUND_ASKING, path=port.path, usb=usb)
            return good(
                CHECK, words.PORT_FOUND_USB, path=port.path, usb=usb, interface=port.interface
            )


def _trouble(facts: Facts, port: PortFacts) -> Finding:
    match port.problem:
        case PortProblem.MISSING:
            return _missing(facts, port)
        case PortProblem.DENIED:
            denied = say(words.PORT_DENIED, path=port.path, user=facts.user)
            return wrong(CHECK, denied, say(words.PORT_DENIED_TO_DO, user=facts.user))
        case PortProblem.TAKEN:
            return _taken(port)
        case PortProblem.LOST:
            lost = say(words.PORT_LOST, path=port.path, detail=port.detail)
            return wrong(CHECK, lost, say(words.PORT_LOST_TO_DO))
        case _:
            odd = say(words.PORT_NOT_SERIAL, path=port.path, detail=port.detail)
            return wrong(CHECK, odd, _elsewhere(port))


def _missing(facts: Facts, port: PortFacts) -> Finding:
    others = [path for path in facts.known_usb if path != port.path]
    if not others:
        gone = say(words.PORT_MISSING, path=port.path)
        return wrong(CHECK, gone, say(words.PORT_NONE_TO_DO))
    sentence = say(words.PORT_MISSING_ELSEWHERE, path=port.path, found=", ".join(others))
    return wrong(CHECK, sentence, _elsewhere(port))


def _elsewhere(port: PortFacts) -> Phrase:
    in_settings = port.found_by is FoundBy.SETTINGS
    return say(words.PORT_REMOVE_SETTING if in_settings else words.PORT_OMIT)


def _taken(port: PortFacts) -> Finding:
    for holder in port.holders:
        if holder.name == "veilleur":
            sentence = say(words.PORT_TAKEN_VEILLEUR, path=port.path, pid=holder.pid)
            if holder.data_dir is None:
                return wrong(CHECK, sentence, say(words.PORT_TAKEN_VEILLEUR_STOP))
            advice = say(words.PORT_TAKEN_VEILLEUR_TO_DO, path=holder.data_dir)
            return wrong(CHECK, sentence, advice)
    if not port.holders:
        unseen = say(words.PORT_TAKEN_UNNAMED, path=port.path)
        return wrong(CHECK, unseen, say(words.RUN_AS_ROOT))
    names = ", ".join(f"{holder.name} ({holder.pid})" for holder in port.holders)
    sentence = say(words.PORT_TAKEN, path=port.path, names=names)
    for holder in port.holders:
        if holder.name in SERVICES:
            advice = say(words.PORT_TAKEN_TO_DO, service=SERVICES[holder.name])
            return wrong(CHECK, sentence, advice)
    return wrong(CHECK, sentence, say(words.PORT_TAKEN_CLOSE))


def _rivals(facts: Facts, but: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Programs that take modems, even if they have not taken this one yet."""
    return tuple(_rival(each) for each in facts.rivals if each.pid not in but)


def _rival(process: Process) -> Finding:
    service = SERVICES.get(process.name, process.name)
    return attention(
        words.L_RIVALS,
        say(words.RIVALS, names=process.name),
        say(words.RIVALS_TO_DO, service=service),
    )
