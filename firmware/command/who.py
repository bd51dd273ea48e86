"""`veilleur who` and `veilleur gaps`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.command.data import rota_of
from firmware.command.instants import as_json, as_words, read_instant
from firmware.command.settings import SettingsFault
from firmware.rota import Rota, gaps, next_handover, office_number, on_duty


def who(
    data_dir: Path | None, site_file: Path | None, service: str | None, at: str | None, *, js: bool
) -> int:
    """Who is on duty. As JSON for one service: the one named, else the first."""
    rota = rota_of(data_dir, site_file)
    zone = ZoneInfo(rota.site.time_zone)
    instant = read_instant(at, zone, "--at") if at is not None else datetime.now(UTC)
    names = _services(rota, service)
    if js:
        print(json.dumps(_as_json(rota, names[0], instant), ensure_ascii=False))
        return 0
    for name in names:
        print(f"{name}, {as_words(instant, zone)}")
        office = office_number(rota, name, instant)
        if office is not None:
            print(f"  office {office}")
        duties = on_duty(rota, name, instant)
        for duty in duties:
            until = as_words(duty.until, zone)
            print(f"  {duty.level}  {duty.person.name}  {duty.person.mobile}  until {until}")
        if not duties:
            print("  nobody on duty")
        print(f"  next handover {as_words(next_handover(rota, name, instant), zone)}")
    return 0


def show_gaps(
    data_dir: Path | None,
    site_file: Path | None,
    service: str | None,
    start: str,
    end: str,
    *,
    js: bool,
) -> int:
    """Periods with nobody on duty at level 1, of one service or of all."""
    rota = rota_of(data_dir, site_file)
    zone = ZoneInfo(rota.site.time_zone)
    first = read_instant(start, zone, "--from")
    last = read_instant(end, zone, "--to")
    if last < first:
        raise SettingsFault("--to: is before --from")
    found = [
        (name, gap) for name in _services(rota, service) for gap in gaps(rota, name, first, last)
    ]
    if js:
        rows = [
            {"service": name, "from": as_json(gap.start), "to": as_json(gap.end)}
            for name, gap in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for name, gap in found:
        print(f"{name}: {as_words(gap.start, zone)} - {as_words(gap.end, zone)}")
    return 0


def _services(rota: Rota, service: str | None) -> list[str]:
    names = [one.name for one in rota.services]
    if service is None:
        if not names:
            raise SettingsFault("the site has no service")
        return names
    if service not in names:
        raise SettingsFault(f"--service: there is no {service!r}; there are {', '.join(names)}")
    return [service]


def _as_json(rota: Rota, service: str, instant: datetime) -> dict[str, object]:
    return {
        "service": service,
        "at": as_json(instant),
        "on_duty": [
            {
                "level": duty.level,
                "name": duty.person.name,
                "mobile": duty.person.mobile,
                "since": as_json(duty.since),
                "until": as_json(duty.until),
            }
            for duty in on_duty(rota, service, instant)
        ],
        "next_handover": as_json(next_handover(rota, service, instant)),
    }
