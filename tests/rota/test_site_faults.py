"""Faults of the site file: each told, with the field and the line."""

from __future__ import annotations

import re

import pytest

from firmware.rota import SiteFileFaults, read_site_file
from firmware.rota.site_file import TEXT_MAX
from tests.rota.sample_site import GOOD

A_TABLE = "1: each person must be a table: [[person]]"

# Each row: what stands in GOOD | what stands there instead | each fault that is told, without the
# name of its table. A message that ends in … goes on.
ONE_FAULT = r"""
name = "Ambulances Dupont"\n |  | 1: name is missing
"Ambulances Dupont" | " " | 2: name = ' ': it is empty
"Ambulances Dupont" | "a\\tb" | 2: name = 'a\tb': it holds the control character U+0009
"Ambulances Dupont" | "a\\u202eb" | 2: name = 'a\u202eb': it holds the control character U+202E
time_zone = "Europe/Paris"\n |  | 1: time_zone is missing
Europe/Paris | Europe/Pari | 3: time_zone = 'Europe/Pari': there is no such time zone; did you mean…
Europe/Paris | ../../etc/passwd | 3: time_zone = '../../etc/passwd': expected a time zone such as E…
"fr"   | "de"   | 4: language must be one of fr, en, not 'de'
FR-67 | FR-99 | 5: holidays must be one of FR, FR-57, FR-67, FR-68, not 'FR-99'
good_friday = true | good_friday = "yes" | 6: good_friday must be true or false, not a text in quot…
good_friday | goodfriday | 6: unknown key 'goodfriday'; did you mean good_friday?
country_code = "33" | country_code = 33 | 7: country_code must be a text in quotes, not a whole num…
country_code = "33" | country_code = "+33" | 7: country_code = '+33': expected one to three digits…
"06 01 02 03 04" | "6 01 02 03 04" | 11: mobile = '6 01 02 03 04': it begins neither with + nor wit…
"06 01 02 03 04" | "06 01" | 11: mobile = '06 01': it must have 7 to 15 digits after the +, the fir…
"06 01 02 03 04" | "06 01 02 03 O4" | 11: mobile = '06 01 02 03 O4': it holds something that is no…
"06 01 02 03 04" | "06 01 02 03 ٠٤" | 11: mobile = '06 01 02 03 ٠٤': it holds something that is no…
"06 01 02 03 04" | 0601020304 | 11: not TOML: Expected newline or end of document after a statement
role = "admin" | role = "boss" | 12: role must be one of staff, admin, not 'boss'
role = "admin" | rôle = "admin" | 12: not TOML: Expected '=' after a key in a key/value pair
"0033 6 01 02 03 05" | "+33 601 020 304" | 16: mobile '+33 601 020 304' is the same as on line 11
name = "Garde" | name = "Garde"\n[[service]]\nname = "gardé" | 28: name 'gardé' is the same as on l…
digit = "1" | digit = "11" | 20: digit = '11': expected one key from 0 to 9
digit = "1" | digit = 1 | 20: digit must be a text in quotes, not a whole number
name = "Garde" | name = "Garde"\ndigit = "1" | 27: digit '1' is the same as on line 20
= 120 | = 9 | 22: acknowledge_within_s must be from 10 to 86400
= 120 | = 86401 | 22: acknowledge_within_s must be from 10 to 86400
= 120 | = 120.0 | 22: acknowledge_within_s must be a whole number, not a decimal number
= 120 | = true | 22: acknowledge_within_s must be a whole number, not true or false
mode = "alert" | mode = "loud" | 21: mode must be one of divert, transfer, alert, not 'loud'
confirm_divert = false | confirm_divert = 0 | 23: confirm_divert must be true or false, not a whole…
level = 1\nstart | level = 0\nstart | 30: level must be from 1 to 99
"2026-01-05T08:00" | "2026-02-29T08:00" | 31: start = '2026-02-29T08:00': there is no such date or…
"2026-01-05T08:00" | "2026-01-05" | 31: start = '2026-01-05': expected a date and a time such as 20…
"2026-01-05T08:00" | 2026-01-05 | 31: start must be a text in quotes, not a date
"2026-01-05T08:00" | "2026-01-05T08:00Z" | 31: start is wall-clock time and takes no offset
"2026-01-05T08:00" | "1926-01-05T08:00" | 31: start = '1926-01-05T08:00': the year must be from 197…
"2026-01-05T08:00" | 2026-01-05T08:00:00.5 | 31: start: fractions of a second are not allowed
"1 week" | "0 weeks" | 32: every = '0 weeks': the number must be from 1 to 9999
"1 week" | "10000 weeks" | 32: every = '10000 weeks': the number must be from 1 to 9999
"1 week" | "weekly" | 32: every = 'weekly': expected a number and hours, days, weeks or months, suc…
"1 week" | "-1 week" | 32: every = '-1 week': expected a number and hours, days, weeks or months, s…
"1 week" | "1 year" | 32: every = '1 year': expected a number and hours, days, weeks or months, suc…
["Alice Martin", "Bruno | ["Alice martin", "Bruno | 33: people: no person 'Alice martin'; did you m…
["Alice Martin", "Bruno | ["Alice Martin",\n "Bob", "Bruno | 34: people: no person 'Bob'
["Alice Martin", "Bruno | ["Alice Martin",\n 7, "Bruno | 34: people must be a list of names in quot…
["Alice Martin"] | [] | 45: people is an empty list
["Alice Martin"] | "Alice Martin" | 45: people must be a list, not a text in quotes
people = ["Alice Martin"] |  | 41: people is missing
every = "12 hours" |  | 41: every is missing
service = "Garde" | service = "Gard" | 42: service: no service 'Gard'; did you mean 'Garde'?
service = "Garde" | service = "Ménage" | 42: service: no service 'Ménage'
2026-12-31T08 | 2026-01-05T08 | 35: end must be after start
"garde" | "on call" | 34: duty_type must be one of astreinte, permanence, garde, not 'on call'
"mon-fri" | "lun-ven" | 37: days = 'lun-ven': expected mon, tue, wed, thu, fri, sat, sun, holiday,…
"mon-fri" | "mon-fri," | 37: days = 'mon-fri,': expected mon, tue, wed, thu, fri, sat, sun, holiday…
"mon-fri" | "mon-mon" | 37: days = 'mon-mon': expected mon, tue, wed, thu, fri, sat, sun, holiday,…
"mon-fri" | "not-holiday" | 37: days = 'not-holiday': not-holiday needs the days that it restricts
"sat,sun,holiday" | "holiday,not-holiday" | 38: days = 'holiday,not-holiday': holiday and not-holid…
to = "24:00" | to = "24:01" | 38: to = '24:01': expected a clock time such as 08:00
to = "24:00" | until = 1 | 38: to is missing & 38: unknown key 'until'
from = "18:00" | from = "8:00" | 37: from = '8:00': expected a clock time such as 08:00
"07 01 02 03 06" | "06 01 02 03 04" | 91: other_numbers '06 01 02 03 04' is the same as on line 11
"07 01 02 03 06" | "06 01 02 03 06" | 91: other_numbers '06 01 02 03 06' is the same as on line 90
"+33 701 020 307" | "07 01 02 03 06" | 91: other_numbers '07 01 02 03 06' is the same as on line 91
"+33 701 020 307" | "0899 70 12 34" | 91: other_numbers = '0899 70 12 34': it is a premium-rate num…
"+33 701 020 307" | 7 | 91: other_numbers must be a list of numbers in quotes
"07 01 02 03 06" | "1","2","3","4" | 91: other_numbers has more than 4 numbers
missed = "Appel {caller}, | missed = "Appel, | 100: missed = 'Appel, {reference} : OK ?': {caller…
missed = "Appel {caller}, | missed = "Appel {who}, | 100: missed = 'Appel {who}, {reference} : OK…
missed = "Appel {caller}, | missed = "Appel {{caller}, | 100: missed = 'Appel {{caller}, {referen…
{reference} : OK ?" | {reference} ?" | 100: missed = 'Appel {caller}, {reference} ?': the word OK m…
missed = | mist = | 100: unknown key 'mist'; did you mean missed?
texts = { | texts = 7 # | 100: texts must be { missed = "..." }, not a whole number
"+49 30 123456" | "03 88 00 00 01" | 85: number '03 88 00 00 01' is the same as on line 80
note = "EHPAD" | note = "a\\u202eb" | 82: note = 'a\u202eb': it holds the control character U+202E
"2026-03-15T08:00" | "2026-03-14T18:00" | 51: to must be after from
"2026-03-14T18:00" | "2026-03-29T02:10" | 51: to must be after from
out = "Alice Martin"\nin = "Bruno Petit 🚑" |  | 47: it needs out, in or both
in = "Bruno Petit 🚑" | in = "Alice Martin" | 53: out and in are the same person
in = "Bruno Petit 🚑" | in = "Bruno" | 53: in: no person 'Bruno'; did you mean 'Bruno Petit 🚑'?
"+33 (0)3 88 11 22 33" | "15" | 66: number = '15': it begins neither with + nor with 0
[[opening_hours]] | [[openinghours]] | 61: unknown table 'openinghours'; did you mean opening_hours?
[[opening_hours]] | [weather] | 61: unknown table 'weather'
[[opening_hours]] | [opening_hours] | 61: opening_hours must be written with two brackets: [[openin…
[health] | [[health]] | 68: health must be one table: [health]
[health] | [helth] | 68: unknown table 'helth'; did you mean health?
"07:15" | "7:15" | 69: self_check = '7:15': expected a clock time such as 08:00
silence_alarm = false | silence_alarm = "no" | 70: silence_alarm must be true or false, not a text…
weekly_day = "sun" | weekly_day = "sunday" | 72: weekly_day must be one of mon, tue, wed, thu, fri…
18:30:00 | 18 | 73: weekly_at must be a text in quotes, not a whole number
sms_loop = "weekly" | sms_loop = "never" | 74: sms_loop must be one of once, weekly, daily, not 'n…
*100# | 100 | 75: credit_code = '100': expected a code such as *100# or #123#
*100# | **21*+33601020304# | 75: credit_code = '**21*+33601020304#': expected a code such as *100#…
*100# | *21*0601020304# | 75: credit_code = '*21*0601020304#': expected a code such as *100# or #1…
*100# | ##002# | 75: credit_code = '##002#': expected a code such as *100# or #123#
*100# | #004# | 75: credit_code = '#004#': it would change a service of the SIM, not ask for its c…
*100# | *١٠٠# | 75: credit_code = '*١٠٠#': expected a code such as *100# or #123#
"*100#"\n | "*100#;ATH"\n | 75: credit_code = '*100#;ATH': expected a code such as *100# or #123#
credit_code = "*100#"\n |  | 75: credit_pattern needs credit_code, too
credit_pattern = "solde : {amount} EUR"\n |  | 75: credit_code needs credit_pattern, too
"solde : {amount} EUR" | "solde" | 76: credit_pattern = 'solde': it must hold {amount} once, in th…
"solde : {amount} EUR" | "{amount}" | 76: credit_pattern = '{amount}': it needs a word beside {amo…
credit_below = 10 | credit_below = -1 | 77: credit_below must be from 0 to 1000000
credit_below = 10 | credit_belov = 10 | 77: unknown key 'credit_belov'; did you mean credit_below?
sms_text_days = 14 | sms_text_days = 9 | 106: sms_text_days must be from 10 to 3650
call_log_months = 24 | call_log_months = "24" | 107: call_log_months must be a whole number, not a…
audit_months = 36 | audit_month = 36 | 109: unknown key 'audit_month'; did you mean audit_months?
rings = 2 | rings = 6 | 112: rings must be from 0 to 5
ring_s = 25 | ring_s = 9 | 113: ring_s must be from 10 to 30
accept_s = 10 | accept_s = 31 | 114: accept_s must be from 5 to 30
rounds = 3 | rounds = 0 | 115: rounds must be from 1 to 5
message_s = 60 | message_s = "60" | 116: message_s must be a whole number, not a text in quotes
voicemail = false | voice_mail = false | 117: unknown key 'voice_mail'; did you mean voicemail?
le 15 ou le 112 | le 112 | 118: emergency = 'En danger de mort, le 112.': 15 must stand in it
le 15 ou le 112 | le 1 15 ou le 11 2 | 118: emergency = 'En danger de mort, le 1 15 ou le 11 2.': 1…
[voice] | [[voice]] | 111: voice must be one table: [voice]
text = "Bonjour." |  | 120: it needs text, recording or both
when = "holiday" |  | 124: when always is the same as on line 120
when = "holiday" | when = "night" | 126: when must be one of always, open, closed, holiday, not 'ni…
"greeting/jour-ferie" | "../mail/7" | 127: recording = '../mail/7': expected the name of a recordin…
"greeting/jour-ferie" | "greeting/../a" | 127: recording = 'greeting/../a': expected the name of a…
text = "Bonjour." | text = "a\\u202eb" | 122: text = 'a\u202eb': it holds the control character U+2…
role = "admin" | role = "admin | 12: not TOML: Illegal character '\n'
"""


def faults(text: str) -> list[str]:
    with pytest.raises(SiteFileFaults) as raised:
        read_site_file(text)
    found = raised.value.faults
    assert [fault.line for fault in found] == sorted(fault.line for fault in found)
    assert str(raised.value) == "\n".join(f"{fault.line}: {fault.message}" for fault in found)
    return [f"{fault.line}: {fault.message}" for fault in found]


def unescaped(cell: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], cell)


@pytest.mark.parametrize("row", ONE_FAULT.strip().splitlines())
def test_a_fault_is_told_with_its_line(row: str) -> None:
    there, instead, told_cell = row.split(" | ")
    there, instead, expected = unescaped(there), unescaped(instead), told_cell.split(" & ")
    assert there in GOOD
    found = faults(GOOD.replace(there, instead, 1))
    assert len(found) == len(expected)
    for told, wanted in zip(found, expected, strict=True):
        line, _, message = told.partition(": ")
        bare = re.sub(r"^\[\[?\w+\]\]?( \w+)?: ", "", message)
        whole = f"{line}: {bare}"
        assert whole.startswith(wanted[:-1]) if wanted.endswith("…") else whole == wanted


def test_every_fault_is_told_in_the_order_of_lines() -> None:
    text = """\
[sit]
[site]
name = ""
time_zone = "Europe/Paris"

[[person]]
name = "Ana"
mobile = "06"
[[person]]
name = "ANÁ"
role = "boss"

[[rotation]]
service = "Z"
people = ["Ana", "Bob"]
every = "fortnight"
[[override]]
from = "2026-03-29T02:00"
to = "2026-03-29T02:30"
"""
    assert faults(text) == [
        "1: unknown table 'sit'; did you mean site?",
        "3: [site]: name = '': it is empty",
        "8: [[person]]: mobile = '06': it must have 7 to 15 digits after the +,"
        " the first of them not 0",
        "9: [[person]]: mobile is missing",
        "10: [[person]]: name 'ANÁ' is the same as on line 7",
        "11: [[person]]: role must be one of staff, admin, not 'boss'",
        "13: [[rotation]]: start is missing",
        "14: [[rotation]]: service: no service 'Z'",
        "15: [[rotation]]: people: no person 'Bob'",
        "16: [[rotation]]: every = 'fortnight': expected a number and hours, days, weeks or months,"
        " such as 1 week",
        "17: [[override]]: service is missing",
        "17: [[override]]: it needs out, in or both",
        "19: [[override]]: from to to lies in a skipped hour",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: the table [site] is missing"),
        ("site = 3", "1: site must be one table: [site]"),
        ("[[site]]", "1: site must be one table: [site]"),
        ('person = ["A"]\n[site]\nname="A"\ntime_zone="UTC"', A_TABLE),
        ("x = [" + "[" * 5000, "1: lists or tables are nested too deeply"),
        ("\n\nx = " + "9" * 5000, "3: a number has too many digits"),
        ("\n\n\nname = ", None),
        ("#" * (TEXT_MAX + 1), f"1: the file has more than {TEXT_MAX} characters"),
    ],
)
def test_what_is_no_site_file(text: str, told: str | None) -> None:
    found = faults(text)
    if told is not None:
        assert found == [told]


def test_a_long_name_is_shortened_in_its_message() -> None:
    told = f"2: [site]: name = '{'x' * 59}…': it has more than 80 characters"
    assert faults(GOOD.replace("Ambulances Dupont", "x" * 81)) == [told]


def test_two_people_on_one_line() -> None:
    text = (
        'site = {name="A", time_zone="UTC"}\n'
        'person = [{name="A", mobile="+33600000001"}, {name="a", mobile="+33600000002"}]'
    )
    assert faults(text) == ["2: [[person]]: name 'a' is the same as on line 2"]


def test_messages_can_be_translated() -> None:
    with pytest.raises(SiteFileFaults) as raised:
        read_site_file(GOOD.replace('"1 week"', '"0 weeks"'))
    (fault,) = raised.value.faults
    assert fault.text is not None
    french = {
        "{table}: {key} = {value}: {reason}": "{table} : {key} = {value} : {reason}",
        "the number must be from 1 to {highest}": "le nombre va de 1 à {highest}",
    }
    told = fault.text.render(lambda template: french[template])
    assert told == "[[rotation]] : every = '0 weeks' : le nombre va de 1 à 9999"


def test_nothing_in_a_message_reaches_the_terminal() -> None:
    (told,) = faults(GOOD.replace("FR-67", "\\u001b[31m\\u202e\\nFR"))
    assert told.isprintable()
