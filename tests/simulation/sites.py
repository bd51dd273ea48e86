"""Site files that the scenarios share."""

SAMPLE = """
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"
language = "fr"
holidays = "FR"
country_code = "33"

[[person]]
name = "Alice Martin"
mobile = "+33601020304"

[[person]]
name = "Bruno Petit"
mobile = "+33605060708"

[[person]]
name = "Chloé Durand"
mobile = "+33609101112"

[[person]]
name = "Dora Admin"
mobile = "+33611223344"
role = "admin"

[[service]]
name = "Ambulance"
mode = "divert"
acknowledge_within_s = 300

[[rotation]]
service = "Ambulance"
level = 1
start = "2026-01-05T08:00"
every = "1 week"
people = ["Alice Martin", "Bruno Petit"]

[[rotation]]
service = "Ambulance"
level = 2
start = "2026-01-05T08:00"
every = "1 week"
people = ["Chloé Durand"]
"""

ALICE = "+33601020304"
BRUNO = "+33605060708"
CHLOE = "+33609101112"
ADMIN = "+33611223344"
CALLER = "+33699887766"


def with_mode(mode: str, **more: object) -> str:
    """The sample in another mode, with further keys of the service."""
    lines = "".join(f"\n{key} = {str(value).lower()}" for key, value in more.items())
    return SAMPLE.replace('mode = "divert"', f'mode = "{mode}"{lines}')


def taxi(people: str, start: str) -> str:
    """One more service, its only level passed on by weeks."""
    return f"""
[[service]]
name = "Taxi"
mode = "alert"

[[rotation]]
service = "Taxi"
level = 1
start = "{start}"
every = "1 week"
people = [{people}]
"""
