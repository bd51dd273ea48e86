"""The program that answers the telephone: whether it runs, what it publishes, what it rings."""

from __future__ import annotations

import string
from collections.abc import Sequence

from firmware.disk_desk import CAUSES
from firmware.doctor.facts import DaemonFacts, Facts
from firmware.doctor.finding import Finding, Level, Phrase, attention, good, say, unknown, wrong
from firmware.doctor.forwarding import check_published_forwarding
from firmware.doctor.health import check_health
from firmware.doctor.network import check_signal, not_registered
from firmware.pulse import PULSE_STALE_S, ModemState, Pulse, StoreState
from firmware.record import Alarm
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words
from firmware.wording import messages

CHECK = words.L_DAEMON
ALARM_TO_DO = {
    "modem": box.ALARM_MODEM_TO_DO,
    "port": box.ALARM_MODEM_TO_DO,
    "sim": box.ALARM_SIM_TO_DO,
    "network": words.NETWORK_SEARCHING_TO_DO,
    "network-calls": words.NETWORK_DATA_ONLY_TO_DO,
    "forwarding": words.FORWARD_REFUSED_TO_DO,
    "alert": box.ALARM_ALERT_TO_DO,
    "nobody": box.DUTY_TO_DO,
    "clock": box.CLOCK_IMPOSSIBLE_TO_DO,
}
# The check that tells the same as an alarm
TOLD_BY = {
    "modem": words.L_MODEM, "port": words.L_MODEM, "network": words.L_NETWORK,
    "disk": words.L_DISK, "clock": words.L_CLOCK,
}  # fmt: skip


def check_daemon(facts: Facts) -> tuple[Finding, ...]:
    """Whether it runs; nothing where no data directory was named."""
    if facts.daemon is None or facts.data is None:
        return ()
    if not facts.daemon.running:
        start = say(words.START_DAEMON, path=facts.data.path)
        return (attention(CHECK, say(words.DAEMON_STOPPED), start),)
    pulse = facts.daemon.pulse
    if pulse is None:
        return (unknown(CHECK, say(words.DAEMON_UNSEEN), say(words.RUN_AS_ROOT)),)
    age_s = age(facts, pulse)
    if fresh(facts, pulse):
        return (good(CHECK, words.DAEMON_RUNS, age=age_s), *_store(pulse), *_clock(pulse))
    return (wrong(CHECK, say(words.DAEMON_STALE, age=age_s), say(words.RESTART_DAEMON)),)


def _store(pulse: Pulse) -> tuple[Finding, ...]:
    """A disk that takes no rows takes no alarm either."""
    if pulse.store is StoreState.GOOD:
        return ()
    finding = attention if pulse.store is StoreState.BUSY else wrong
    return (finding(words.L_DISK, say(CAUSES[pulse.store]), say(words.CALL_SUPPORT)),)


def _clock(pulse: Pulse) -> tuple[Finding, ...]:
    if pulse.clock_trusted:
        return ()
    return (wrong(words.L_CLOCK, say(messages.CLOCK_UNTRUSTED), say(box.CLOCK_IMPOSSIBLE_TO_DO)),)


def age(facts: Facts, pulse: Pulse) -> int:
    return max(0, int((facts.moment.utc - pulse.at).total_seconds()))


def fresh(facts: Facts, pulse: Pulse) -> bool:
    """A pulse from the future is as old as one can be: the clock was set back since."""
    seconds = (facts.moment.utc - pulse.at).total_seconds()
    return -PULSE_STALE_S <= seconds <= PULSE_STALE_S


def check_published(facts: Facts, daemon: DaemonFacts) -> tuple[Finding, ...]:
    """Modem, SIM, network and forwarding as the running daemon has measured them."""
    pulse = daemon.pulse
    if pulse is None or not fresh(facts, pulse):
        why = say(words.WHY_DAEMON)
        return (unknown(words.L_MODEM, say(words.MODEM_NOT_ASKED, why=why)),)
    match pulse.modem:
        case ModemState.ABSENT:
            return (
                wrong(words.L_MODEM, say(words.MODEM_AWAY), say(words.PORT_NONE_TO_DO)),
            )
        case ModemState.MUTE:
            mute = say(words.MODEM_MUTE, path=pulse.port or "?")
            return (wrong(words.L_MODEM, mute, say(box.ALARM_MODEM_TO_DO)),)
        case ModemState.STARTING:
            return (attention(words.L_MODEM, say(words.MODEM_STARTING), say(words.RUN_AGAIN)),)
        case ModemState.SIM_FAULT:
            return _answers(facts, pulse), *_sim_fault(facts)
        case ModemState.SEARCHING:
            return (_answers(facts, pulse), good(words.L_SIM, words.SIM_ACCEPTED), not_registered())
        case ModemState.READY:
            return (
                _answers(facts, pulse),
                good(words.L_SIM, words.SIM_ACCEPTED),
                _registered(pulse),
                check_signal(pulse.signal_dbm),
                check_published_forwarding(facts, pulse),
                *check_health(pulse),
            )


def _sim_fault(facts: Facts) -> tuple[Finding, ...]:
    """The alarm says more than the state, where it has been raised already."""
    if facts.data is not None and any(alarm.key == "sim" for alarm in facts.data.alarms):
        return ()
    return (wrong(words.L_SIM, say(words.SIM_FAULT_NOTED), say(box.ALARM_SIM_TO_DO)),)


def _answers(facts: Facts, pulse: Pulse) -> Finding:
    name = pulse.model or say(words.MODEM_UNNAMED)
    answered_at = pulse.answered_at or pulse.at
    seconds = max(0, int((facts.moment.utc - answered_at).total_seconds()))
    return good(words.L_MODEM, words.MODEM_ANSWERS, name=name, age=seconds)


def _registered(pulse: Pulse) -> Finding:
    return good(
        words.L_NETWORK,
        words.NETWORK_HOME,
        operator=pulse.operator or say(words.OPERATOR_UNKNOWN),
        technology=pulse.technology or say(words.TECHNOLOGY_UNKNOWN),
    )


# Alarms


def check_alarms(facts: Facts, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The open alarms, but for those that ``found`` tells already. Of a daemon that has stopped
    nobody knows whether they still hold."""
    alarms = facts.data.alarms if facts.data is not None else ()
    told = {each.check for each in found if each.level is Level.WRONG}
    return tuple(
        _alarm(facts, alarm) for alarm in alarms if TOLD_BY.get(alarm.key) not in told
    )


def _alarm(facts: Facts, alarm: Alarm) -> Finding:
    what = _cause(alarm)
    if not facts.daemon_runs:
        before = say(box.ALARM_BEFORE_STOP, since=alarm.since, what=what)
        return attention(words.L_ALARM, before, say(box.ALARM_STOPPED_TO_DO))
    advice = ALARM_TO_DO.get(alarm.key.partition(":")[0], words.CALL_SUPPORT)
    return wrong(words.L_ALARM, say(box.ALARM_SINCE, since=alarm.since, what=what), say(advice))


def _cause(alarm: Alarm) -> Phrase | str:
    """The alarm's own sentence; one whose values do not fit it is shown as it was stored."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(alarm.cause) if name}
    except ValueError:
        return alarm.cause
    return Phrase(alarm.cause, dict(alarm.values)) if names <= set(alarm.values) else alarm.cause
