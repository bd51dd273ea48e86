"""What the running daemon has proved over hours and weeks: its number, SMS there and back."""

from __future__ import annotations

from firmware.doctor.finding import Finding, attention, good, say, wrong
from firmware.pulse import Pulse
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words


def check_health(pulse: Pulse) -> tuple[Finding, ...]:
    """Of a daemon whose pulse is fresh and whose modem is on the network."""
    return (_own_number(pulse), *_loop(pulse), *_vitals(pulse))


def _vitals(pulse: Pulse) -> tuple[Finding, ...]:
    """Too hot and too little are alarms of their own; here stand the numbers."""
    shown = []
    if pulse.modem_temperature_c is not None:
        shown.append(good(words.L_VITALS, box.TEMPERATURE, degrees=pulse.modem_temperature_c))
    if pulse.modem_voltage_mv is not None:
        volts = f"{pulse.modem_voltage_mv / 1000:.2f}"
        shown.append(good(words.L_VITALS, box.VOLTAGE, volts=volts))
    if pulse.sms_store:
        shown.append(good(words.L_STORE, box.STORE_USE, used=pulse.sms_store))
    return tuple(shown)


def _own_number(pulse: Pulse) -> Finding:
    number = pulse.own_number
    if number is None:
        return attention(words.L_NUMBER, say(box.NUMBER_UNKNOWN), say(box.NUMBER_UNKNOWN_TO_DO))
    if pulse.own_number_proved_at is None:
        unproved = say(box.NUMBER_UNPROVED, number=number)
        return attention(words.L_NUMBER, unproved, say(box.NUMBER_UNPROVED_TO_DO))
    since = pulse.own_number_proved_at
    return good(words.L_NUMBER, box.NUMBER_PROVED, number=number, since=since)


def _loop(pulse: Pulse) -> tuple[Finding, ...]:
    if pulse.sms_loop_failing:
        return (wrong(words.L_LOOP, say(box.LOOP_LOST), say(box.LOOP_LOST_TO_DO)),)
    if pulse.sms_loop_at is None:
        return ()
    return (good(words.L_LOOP, box.LOOP_PROVED, since=pulse.sms_loop_at),)
