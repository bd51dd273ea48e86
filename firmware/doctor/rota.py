"""The rota: loaded, complete for the next weeks, its people reachable."""

from __future__ import annotations

from datetime import timedelta

from firmware.doctor.facts import DatabaseState, Facts
from firmware.doctor.finding import Finding, Phrase, attention, good, say, unknown, wrong
from firmware.doctor.forwarding import roster_of
from firmware.doctor.modem import listed
from firmware.duty.roster import Roster
from firmware.rota import NumberFault, Rota, gaps, normalise_number
from firmware.rota.dialling import check_diallable
from firmware.rota.text import Text
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words

LOOKED_AHEAD = timedelta(days=30)


def check_rota(facts: Facts) -> tuple[Finding, ...]:
    if facts.data is None:
        return (unknown(words.L_ROTA, say(box.ROTA_NOT_GIVEN)),)
    rota = facts.data.rota
    load = say(box.ROTA_TO_DO, path=facts.data.path)
    if rota is None:
        if facts.data.database.state is not DatabaseState.GOOD:
            return ()  # the database's own line says what to do
        return (wrong(words.L_ROTA, say(box.ROTA_NONE), load),)
    if not rota.services:
        return (wrong(words.L_ROTA, say(box.ROTA_NO_SERVICE), load),)
    loaded = good(
        words.L_ROTA,
        box.ROTA_LOADED,
        site=rota.site.name,
        people=len(rota.people),
        services=len(rota.services),
    )
    timed = _timed(facts, rota) if facts.clock.zone_known else ()
    return (loaded, *timed, *_numbers(rota), _administrators(rota))


def _timed(facts: Facts, rota: Rota) -> tuple[Finding, ...]:
    """What depends on the time; an impossible clock makes it all unknown."""
    if not facts.moment.utc_trusted:
        return (unknown(words.L_DUTY, say(box.DUTY_NO_CLOCK)),)
    roster = roster_of(facts)
    on_duty = tuple(_on_duty(roster, service.name) for service in rota.services)
    return (*on_duty, *(_gaps(facts, rota, service.name) for service in rota.services))


def _on_duty(roster: Roster, service: str) -> Finding:
    check = words.L_DUTY
    office = roster.office(service)
    if office is not None:
        return good(check, box.DUTY_OFFICE, service=service, number=office)
    duties = roster.duties(service)
    if not duties:
        return wrong(check, say(box.DUTY_NOBODY, service=service), say(box.DUTY_TO_DO))
    names = listed(
        [
            say(
                box.DUTY_PERSON,
                person=duty.person.name,
                mobile=duty.person.mobile,
                level=duty.level,
            )
            for duty in duties
        ]
    )
    return good(check, box.DUTY_PEOPLE, service=service, names=names)


def _gaps(facts: Facts, rota: Rota, service: str) -> Finding:
    check, now = words.L_GAPS, facts.moment.utc
    found = gaps(rota, service, now, now + LOOKED_AHEAD, office_counts=True)
    if not found:
        return good(check, box.GAPS_NONE, service=service)
    first, others = found[0], len(found) - 1
    if others:
        sentence = say(
            box.GAPS_MORE, service=service, start=first.start, end=first.end, count=others
        )
    else:
        sentence = say(box.GAPS_SOME, service=service, start=first.start, end=first.end)
    return attention(check, sentence, say(box.GAPS_TO_DO))


def _numbers(rota: Rota) -> tuple[Finding, ...]:
    """Numbers that the box could not ring: they passed an older check, or came by a restore."""
    check, code = words.L_NUMBERS, rota.site.country_code
    bad = []
    present = [person for person in rota.people if not person.former]
    for person, number in ((each, number) for each in present for number in each.numbers):
        try:
            check_diallable(normalise_number(number, code), code)
        except NumberFault as fault:
            sentence = say(
                box.NUMBERS_BAD, person=person.name, number=number, why=_phrase(fault.text)
            )
            bad.append(wrong(check, sentence, say(box.NUMBERS_TO_DO)))
    return tuple(bad) or (good(check, box.NUMBERS_GOOD, count=len(present)),)


def _phrase(text: Text) -> Phrase:
    return Phrase(
        text.template,
        {key: _phrase(part) if isinstance(part, Text) else part for key, part in text.values},
    )


def _administrators(rota: Rota) -> Finding:
    check = words.L_ADMINISTRATORS
    names = [person.name for person in rota.people if person.role == "admin" and not person.former]
    if names:
        return good(check, box.ADMINISTRATORS_GOOD, names=", ".join(names))
    return attention(check, say(box.ADMINISTRATORS_NONE), say(box.ADMINISTRATORS_TO_DO))
