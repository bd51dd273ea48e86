"""One site file that uses every field, and the value that it describes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from firmware.rota import (
    AlertTexts,
    Contact,
    Greeting,
    Health,
    OpeningHours,
    Override,
    Person,
    Retention,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    VoiceRules,
    Window,
)

GOOD = """\
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"
language = "fr"                  # fr | en
holidays = "FR-67"
good_friday = true
country_code = "33"

[[person]]
name = "Alice Martin"
mobile = "06 01 02 03 04"
role = "admin"

[[person]]
name = "Bruno Petit 🚑"
mobile = "0033 6 01 02 03 05"

[[service]]
name = "Ambulance"
digit = "1"
mode = "alert"
acknowledge_within_s = 120
confirm_divert = false

[[service]]
name = "Garde"

[[rotation]]
service = "Ambulance"
level = 1
start = "2026-01-05T08:00"
every = "1 week"
people = ["Alice Martin", "Bruno Petit 🚑"]
duty_type = "garde"
end = "2026-12-31T08:00"
active = [
  { days = "mon-fri", from = "18:00", to = "08:00" },       # overnight
  { days = "sat,sun,holiday", from = "08:00", to = "24:00" },
]

[[rotation]]
service = "Garde"
start = 2026-01-05T08:00:00
every = "12 hours"
people = ["Alice Martin"]

[[override]]
service = "Ambulance"
level = 1
from = "2026-03-14T18:00"
to = "2026-03-15T08:00"
out = "Alice Martin"
in = "Bruno Petit 🚑"

[[override]]
service = "Ambulance"
from = "2026-10-25T02:40+01:00"
to = 2026-10-25T08:00:30
out = "Alice Martin"

[[opening_hours]]
service = "Ambulance"
days = "fri-mon, not holiday"
from = "08:00"
to = 18:00:00
number = "+33 (0)3 88 11 22 33"

[health]
self_check = "07:15"
silence_alarm = false
weekly_sms = true
weekly_day = "sun"
weekly_at = 18:30:00
sms_loop = "weekly"
credit_code = "*100#"
credit_pattern = "solde : {amount} EUR"
credit_below = 10

[[contact]]
number = "03 88 00 00 01"
name = "Mme Leroy"
note = "EHPAD"

[[contact]]
number = "+49 30 123456"
name = "Klinik"

[[person]]
name = "Zoé"
mobile = "06 01 02 03 06"
other_numbers = ["07 01 02 03 06", "+33 701 020 307"]

[[person]]
name = "Yves Parti"
mobile = "06 01 02 03 04"
former = true

[[service]]
name = "Taxi"
texts = { missed = "Appel {caller}, {reference} : OK ?", sms = '{text} "{caller}" {reference} OK' }
information = '''
Clé du garage : boîte 3
Véhicule "B" '''

[retention]
sms_text_days = 14
call_log_months = 24
voicemail_days = 10
audit_months = 36

[voice]
rings = 2
ring_s = 25
accept_s = 10
rounds = 3
message_s = 60
voicemail = false
emergency = "En danger de mort, le 15 ou le 112."

[[greeting]]
service = "Ambulance"
text = "Bonjour."

[[greeting]]
service = "Ambulance"
when = "holiday"
recording = "greeting/jour-ferie"
"""
ALICE = "Alice Martin"
BRUNO = "Bruno Petit 🚑"
ZOE = Person("Zoé", "+33601020306", "staff", ("+33701020306", "+33701020307"))
YVES = Person("Yves Parti", "+33601020304", former=True)
TAXI = Service(
    "Taxi",
    texts=AlertTexts(
        missed="Appel {caller}, {reference} : OK ?", sms='{text} "{caller}" {reference} OK'
    ),
    information='Clé du garage : boîte 3\nVéhicule "B"',
)


def wall(*fields: int) -> datetime:
    return datetime(*fields)  # type: ignore[arg-type]  # noqa: DTZ001


ROTA = Rota(
    Site("Ambulances Dupont", "Europe/Paris", "fr", "FR-67", True, "33"),
    (Person(ALICE, "+33601020304", "admin"), Person(BRUNO, "+33601020305"), ZOE, YVES),
    (
        Service("Ambulance", "1", "alert", 120, False),
        Service("Garde", None, "divert", 300, True),
        TAXI,
    ),
    (
        Rotation(
            "Ambulance",
            1,
            wall(2026, 1, 5, 8),
            Step(1, "week"),
            (ALICE, BRUNO),
            "garde",
            wall(2026, 12, 31, 8),
            (
                Window(("mon", "tue", "wed", "thu", "fri"), time(18), time(8)),
                Window(("sat", "sun", "holiday"), time(8), time(0)),
            ),
        ),
        Rotation("Garde", 1, wall(2026, 1, 5, 8), Step(12, "hour"), (ALICE,)),
    ),
    (
        Override("Ambulance", 1, wall(2026, 3, 14, 18), wall(2026, 3, 15, 8), ALICE, BRUNO),
        Override(
            "Ambulance",
            1,
            datetime(2026, 10, 25, 1, 40, tzinfo=UTC),
            wall(2026, 10, 25, 8, 0, 30),
            ALICE,
        ),
    ),
    (
        OpeningHours(
            "Ambulance",
            ("mon", "fri", "sat", "sun", "not-holiday"),
            time(8),
            time(18),
            "+33388112233",
        ),
    ),
    Health(
        time(7, 15), False, True, "sun", time(18, 30), "weekly", "*100#", "solde : {amount} EUR", 10
    ),
    (Contact("+33388000001", "Mme Leroy", "EHPAD"), Contact("+4930123456", "Klinik")),
    Retention(14, 24, 10, 36),
    VoiceRules(2, 25, 10, 3, 60, False, "En danger de mort, le 15 ou le 112."),
    (
        Greeting("Ambulance", "always", "Bonjour."),
        Greeting("Ambulance", "holiday", recording="greeting/jour-ferie"),
    ),
)
