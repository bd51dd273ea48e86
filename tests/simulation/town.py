"""The company of a simulated year, drawn from the seed: its people, its services, its rota.

A site is the plain dict that `tomllib` would give, because that is what the oracle reads; the box
gets the same as a site file.
"""

from __future__ import annotations

from random import Random
from typing import Any

Table = dict[str, Any]

ADMINISTRATORS = (("Dora Admin", "+33611223344"), ("Émile Chef", "+33611223355"))
STAFF = (
    ("Alice Martin", "+33601020304"),
    ("Bruno Petit", "+33605060708"),
    ("Chloé Durand", "+33609101112"),
    ("David Weber", "+33613141516"),
    ("Eva Muller", "+33617181920"),
    ("Farid Benali", "+33621222324"),
)
OFFICE = "+33388112233"
FIRST_HANDOVER = "2026-01-05T08:00"
PERIODS = ("1 week", "1 week", "2 days", "1 day", "12 hours")
NIGHTS = [
    {"days": "mon-fri", "from": "18:00", "to": "08:00"},
    {"days": "sat,sun,holiday", "from": "08:00", "to": "08:00"},
]
SERVICES = ("Ambulance", "Infirmerie")


def draw_site(random: Random) -> Table:
    """A company that the seed makes up; always valid."""
    services = [_service(random, SERVICES[0])]
    if random.random() < 0.3:
        services.append(_service(random, SERVICES[1]))
    names = [name for name, _ in STAFF]
    rotations = []
    for service in services:
        active = NIGHTS if random.random() < 0.2 else None
        for level in (1, 2):
            people = random.sample(names, random.choice((2, 3, 4)))
            rotations.append(_rotation(service["name"], level, random.choice(PERIODS), people))
            if active is not None:
                rotations[-1]["active"] = active
    site: Table = {
        "site": {
            "name": "Ambulances Dupont",
            "time_zone": "Europe/Paris",
            "language": "fr" if random.random() < 0.8 else "en",
            "holidays": random.choice(("FR", "FR-67")),
            "country_code": "33",
        },
        "person": [
            *({"name": name, "mobile": number} for name, number in STAFF),
            *(
                {"name": name, "mobile": number, "role": "admin"}
                for name, number in ADMINISTRATORS
            ),
        ],
        "service": services,
        "rotation": rotations,
        "override": [],
    }
    if random.random() < 0.3:
        site["opening_hours"] = [
            {
                "service": SERVICES[0], "days": "mon-fri", "from": "09:00", "to": "17:00",
                "number": OFFICE,
            }
        ]  # fmt: skip
    return site


def _service(random: Random, name: str) -> Table:
    return {
        "name": name,
        "mode": "divert" if random.random() < 0.75 else "alert",
        "acknowledge_within_s": random.choice((120, 300, 600)),
        "confirm_divert": random.random() < 0.8,
    }


def _rotation(service: str, level: int, every: str, people: list[str]) -> Table:
    return {
        "service": service,
        "level": level,
        "start": FIRST_HANDOVER,
        "every": every,
        "people": people,
    }


def site_text(site: Table) -> str:
    """The site as a site file."""
    lines = ["[site]", *_keys(site["site"])]
    if "voice" in site:
        lines += ["", "[voice]", *_keys(site["voice"])]
    for kind in ("person", "service", "rotation", "override", "opening_hours"):
        for table in site.get(kind, []):
            lines += ["", f"[[{kind}]]", *_keys(table)]
    return "\n".join(lines) + "\n"


def _keys(table: Table) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case dict():
            return "{ " + ", ".join(_keys(value)) + " }"
        case _:
            return str(value)
