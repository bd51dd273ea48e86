"""Facts in, findings out: the whole of the examination, in the order in which one mends."""

from __future__ import annotations

from firmware.doctor.daemon import check_alarms, check_daemon, check_published
from firmware.doctor.data import check_data
from firmware.doctor.facts import Facts
from firmware.doctor.finding import Finding, say, unknown
from firmware.doctor.forwarding import check_forwarding
from firmware.doctor.machine import check_machine
from firmware.doctor.modem import check_modem, check_sim_contents
from firmware.doctor.network import check_network
from firmware.doctor.port import check_port
from firmware.doctor.questions import Question, sim_is_open
from firmware.doctor.rota import check_rota
from firmware.doctor.voice import check_voice
from firmware.wording import doctor_messages as words


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every finding. The machine comes first: on a full disk or in the wrong year nothing that
    follows means much; then the data, the modem, the network, the voice, and who is called."""
    found = (
        *check_machine(facts),
        *check_data(facts),
        *check_daemon(facts),
        *check_port(facts),
        *_modem(facts),
        *check_voice(facts),
        *check_rota(facts),
    )
    return (*found, *check_alarms(facts, found))


def _modem(facts: Facts) -> tuple[Finding, ...]:
    if facts.daemon is not None and facts.daemon.running:
        return check_published(facts, facts.daemon)
    if facts.modem is None:
        why = say(words.WHY_NO_MODEM)
        return (unknown(words.L_MODEM, say(words.MODEM_NOT_ASKED, why=why)),)
    replies = facts.modem.replies
    found = check_modem(facts, facts.modem)
    if not sim_is_open(replies.get(Question.PIN)):
        return found
    return (
        *found,
        *check_network(replies),
        *check_sim_contents(facts, replies),
        *check_forwarding(facts, replies),
    )
