"""Clock, disk and power of the machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.at import answers
from firmware.at.answers import Clock
from firmware.doctor.facts import DiskFacts, Facts, PinsFacts
from firmware.doctor.finding import Finding, attention, good, say, unknown, wrong
from firmware.doctor.questions import Question
from firmware.doctor.replies import optional
from firmware.wording import doctor_box_messages as box
from firmware.wording import doctor_messages as words

CLOCK_AGREES = timedelta(minutes=2)
MEGABYTE = 1_000_000
DISK_FULL_BYTES = 20 * MEGABYTE
DISK_LOW_BYTES = 200 * MEGABYTE
INODES_LOW = 1000
# Raspberry Pi documentation, vcgencmd get_throttled: bits of now, and 16 above them of since boot
UNDER_VOLTAGE_NOW, HOT_NOW = 1 << 0, (1 << 2) | (1 << 3)
UNDER_VOLTAGE_SINCE_BOOT = 1 << 16


def check_machine(facts: Facts) -> tuple[Finding, ...]:
    disk = facts.data.disk if facts.data is not None else None
    return (
        _clock(facts),
        _rtc(facts),
        *_zone(facts),
        *(() if disk is None else (check_disk(disk),)),
        _power(facts.throttled),
        *(() if facts.pins is None else (_pins(facts.pins),)),
    )


# Time


def _clock(facts: Facts) -> Finding:
    check, now = words.L_CLOCK, facts.moment.utc
    if not facts.moment.utc_trusted:
        impossible = say(box.CLOCK_IMPOSSIBLE, date=f"{now:%d/%m/%Y}")
        return wrong(check, impossible, say(box.CLOCK_IMPOSSIBLE_TO_DO))
    network, rtc = network_time(facts), facts.clock.rtc
    compare = say(box.CLOCK_COMPARE, now=now)
    if network is not None and not _agree(now, network):
        return attention(check, say(box.CLOCK_DIFFERS_NETWORK, now=now, other=network), compare)
    if rtc is not None and not _agree(now, rtc):
        return attention(check, say(box.CLOCK_DIFFERS_RTC, now=now, other=rtc), compare)
    if facts.clock.synchronised:
        return good(check, box.CLOCK_SYNCHRONISED, now=now)
    if network is not None:
        return good(check, box.CLOCK_NETWORK, now=now)
    if rtc is not None:
        return good(check, box.CLOCK_RTC, now=now)
    return attention(check, say(box.CLOCK_UNPROVEN, now=now), compare)


def network_time(facts: Facts) -> datetime | None:
    """The modem's clock (27.007 8.15), which follows the network's.

    Firmware differs in whether the time before the zone is local or UTC, and some gives no zone:
    of the readings that are possible the one nearest to ours counts.
    """
    clock = (
        optional(facts.modem.replies, Question.CLOCK, answers.clock)
        if facts.modem is not None
        else None
    )
    if clock is None:
        return None
    return min(_readings(facts, clock), key=lambda reading: abs(reading - facts.moment.utc))


def _readings(facts: Facts, clock: Clock) -> tuple[datetime, ...]:
    readings = [clock.local.replace(tzinfo=UTC)]
    if clock.instant is not None:
        readings.append(clock.instant)
    elif facts.rota is not None and facts.clock.zone_known:
        zone = ZoneInfo(facts.rota.site.time_zone)
        readings.append(clock.local.replace(tzinfo=zone).astimezone(UTC))
    return tuple(readings)


def _agree(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= CLOCK_AGREES


def _rtc(facts: Facts) -> Finding:
    if facts.clock.rtc is not None:
        return good(words.L_RTC, box.RTC_PRESENT)
    return attention(words.L_RTC, say(box.RTC_ABSENT), say(box.RTC_TO_DO))


def _zone(facts: Facts) -> tuple[Finding, ...]:
    if facts.rota is None:
        return ()
    zone = facts.rota.site.time_zone
    if facts.clock.zone_known:
        return (good(words.L_ZONE, box.ZONE_GOOD, zone=zone),)
    return (wrong(words.L_ZONE, say(box.ZONE_UNKNOWN, zone=zone), say(box.ZONE_TO_DO)),)


# Disk and power


def check_disk(disk: DiskFacts) -> Finding:
    check = words.L_DISK
    if disk.read_only:
        return wrong(check, say(box.DISK_READ_ONLY), say(box.DISK_READ_ONLY_TO_DO))
    values = {"free": disk.free_bytes // MEGABYTE, "total": disk.total_bytes // MEGABYTE}
    if disk.free_bytes < DISK_FULL_BYTES:
        return wrong(check, say(box.DISK_FULL, **values), say(box.DISK_TO_DO))
    if disk.inodes_total and disk.inodes_free < INODES_LOW:
        few = say(box.DISK_INODES, count=disk.inodes_free)
        return (wrong if not disk.inodes_free else attention)(check, few, say(box.DISK_TO_DO))
    if disk.free_bytes < DISK_LOW_BYTES:
        return attention(check, say(box.DISK_LOW, **values), say(box.DISK_TO_DO))
    return good(check, box.DISK_GOOD, **values)


def _pins(pins: PinsFacts) -> Finding:
    """Attention, and not wrong: everything else works without them."""
    if not pins.library:
        return attention(words.L_PINS, say(box.PINS_NO_LIBRARY), say(box.PINS_NO_LIBRARY_TO_DO))
    if not pins.chip:
        return attention(words.L_PINS, say(box.PINS_NO_CHIP), say(box.PINS_NO_CHIP_TO_DO))
    return good(words.L_PINS, box.PINS_GOOD)


def _power(throttled: int | None) -> Finding:
    check = words.L_POWER
    if throttled is None:
        return unknown(check, say(box.POWER_UNKNOWN))
    if throttled & UNDER_VOLTAGE_NOW:
        return wrong(check, say(box.POWER_LOW), say(box.POWER_TO_DO))
    if throttled & UNDER_VOLTAGE_SINCE_BOOT:
        return attention(check, say(box.POWER_WAS_LOW), say(box.POWER_TO_DO))
    if throttled & HOT_NOW:
        return attention(check, say(box.POWER_HOT), say(box.POWER_HOT_TO_DO))
    return good(check, box.POWER_GOOD)
