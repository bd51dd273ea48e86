"""`veilleur who` and `veilleur gaps`: the JSON of interface.md to the letter, and words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command.conftest import Run

SITE = """\
[site]
name = "Ambulances Dupont"
time_zone = "Europe/Paris"

[[person]]
name = "Alice Martin"
mobile = "06 01 02 03 04"

[[person]]
name = "Bruno Petit"
mobile = "+33605060708"

[[service]]
name = "Ambulance"

[[service]]
name = "Soins"

[[rotation]]
service = "Ambulance"
level = 1
start = "2026-01-05T08:00"
every = "1 week"
people = ["Alice Martin", "Bruno Petit"]
end = "2026-12-28T08:00"

[[rotation]]
service = "Ambulance"
level = 2
start = "2026-01-05T08:00"
every = "1 week"
people = ["Bruno Petit"]

[[rotation]]
service = "Soins"
level = 1
start = "2026-01-05T08:00"
every = "1 week"
people = ["Alice Martin"]
active = [{ days = "mon-fri", from = "18:00", to = "08:00" }]

[[opening_hours]]
service = "Soins"
days = "mon-fri"
from = "08:00"
to = "18:00"
number = "+33388112233"
"""
AT = "2026-03-29T01:00:00Z"  # the instant at which the clocks of Paris go from 2 to 3
WHO = {
    "service": "Ambulance",
    "at": AT,
    "on_duty": [
        {
            "level": 1,
            "name": "Bruno Petit",
            "mobile": "+33605060708",
            "since": "2026-03-23T07:00:00Z",
            "until": "2026-03-30T06:00:00Z",
        },
        {
            "level": 2,
            "name": "Bruno Petit",
            "mobile": "+33605060708",
            "since": "2026-01-05T07:00:00Z",
            "until": None,
        },
    ],
    "next_handover": "2026-03-30T06:00:00Z",
}


@pytest.fixture(params=["--site", "--data"])
def rota(request: pytest.FixtureRequest, tmp_path: Path, run: Run) -> tuple[str, str]:
    """The same rota as a file and as a data directory."""
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    if request.param == "--site":
        return "--site", str(path)
    assert run("import", path, "--data", tmp_path / "data").code == 0
    return "--data", str(tmp_path / "data")


def test_who_as_json(run: Run, rota: tuple[str, str]) -> None:
    ran = run("who", *rota, "--at", AT, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == WHO
    assert list(json.loads(ran.out)) == ["service", "at", "on_duty", "next_handover"]
    assert list(json.loads(ran.out)["on_duty"][0]) == ["level", "name", "mobile", "since", "until"]
    assert ran.out.count("\n") == 1


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-29T01:00:00+00:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-28T20:00:00-05:00",
        "2026-03-29T03:00",      # the site's wall clock
        "2026-03-29T02:15",      # an hour that does not exist: the first instant after the gap
        "20260329T010000Z",
        "2026-03-29 01:00:00Z",
    ],
)
def test_one_instant_in_all_its_forms(run: Run, rota: tuple[str, str], at: str) -> None:
    assert json.loads(run("who", *rota, f"--at={at}", "--json").out) == WHO


def test_a_wall_clock_that_comes_twice_is_its_first(run: Run, rota: tuple[str, str]) -> None:
    ran = run("who", *rota, "--at", "2026-10-25T02:30", "--json")
    assert json.loads(ran.out)["at"] == "2026-10-25T00:30:00Z"


def test_nobody_and_no_handover_are_null(run: Run, rota: tuple[str, str]) -> None:
    ran = run("who", *rota, "--at", "2027-06-01T12:00:00Z", "--json")
    said = json.loads(ran.out)
    assert [duty["level"] for duty in said["on_duty"]] == [2]
    assert said["on_duty"][0]["until"] is None
    assert said["next_handover"] is None
    before = json.loads(run("who", *rota, "--at", "2025-06-01T12:00:00Z", "--json").out)
    assert before["on_duty"] == []
    assert before["next_handover"] == "2026-01-05T07:00:00Z"


def test_now_where_no_instant_is_given(run: Run, rota: tuple[str, str]) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    at = datetime.fromisoformat(json.loads(run("who", *rota, "--json").out)["at"])
    assert before <= at <= before + timedelta(minutes=1)


def test_another_service(run: Run, rota: tuple[str, str]) -> None:
    ran = run("who", *rota, "--service", "Soins", "--at", "2026-03-30T23:00:00Z", "--json")
    said = json.loads(ran.out)
    assert said["service"] == "Soins"
    assert [duty["name"] for duty in said["on_duty"]] == ["Alice Martin"]
    assert said["on_duty"][0]["since"] == "2026-03-30T16:00:00Z"
    assert said["on_duty"][0]["until"] == "2026-03-31T06:00:00Z"


def test_who_in_words(run: Run, rota: tuple[str, str]) -> None:
    ran = run("who", *rota, "--at", "2026-03-31T10:00")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "Ambulance, Tue 31/03/2026 10:00",
        "  1  Alice Martin  +33601020304  until Mon 06/04/2026 08:00",
        "  2  Bruno Petit  +33605060708  until ...",
        "  next handover Mon 06/04/2026 08:00",
        "Soins, Tue 31/03/2026 10:00",
        "  office +33388112233",
        "  nobody on duty",
        "  next handover Tue 31/03/2026 18:00",
    ]


GAPS = [
    {"service": "Ambulance", "from": "2025-12-31T23:00:00Z", "to": "2026-01-05T07:00:00Z"},
    {"service": "Ambulance", "from": "2026-12-28T07:00:00Z", "to": "2026-12-31T23:00:00Z"},
]


def test_gaps_as_json(run: Run, rota: tuple[str, str]) -> None:
    year = ("--from", "2026-01-01T00:00", "--to", "2027-01-01T00:00")
    ran = run("gaps", *rota, "--service", "Ambulance", *year, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == GAPS
    assert list(json.loads(ran.out)[0]) == ["service", "from", "to"]
    everybody = json.loads(run("gaps", *rota, *year, "--json").out)
    assert [gap for gap in everybody if gap["service"] == "Ambulance"] == GAPS
    assert {gap["service"] for gap in everybody} == {"Ambulance", "Soins"}


def test_gaps_in_words(run: Run, rota: tuple[str, str]) -> None:
    ran = run(
        "gaps", *rota, "--service", "Soins", "--from", "2026-04-07T12:00", "--to",
        "2026-04-08T12:00",
    )  # fmt: skip
    assert ran.out.splitlines() == [
        "Soins: Tue 07/04/2026 12:00 - Tue 07/04/2026 18:00",
        "Soins: Wed 08/04/2026 08:00 - Wed 08/04/2026 12:00",
    ]


def test_no_gap_is_an_empty_list(run: Run, rota: tuple[str, str]) -> None:
    day = ("--from", "2026-02-02T00:00:00Z", "--to", "2026-02-02T00:00:00Z")
    assert run("gaps", *rota, *day, "--json").out == "[]\n"
    assert run("gaps", *rota, *day).out == ""


@pytest.mark.parametrize(
    "at",
    [
        "", "now", "yesterday", "2026", "2026-13-01T00:00:00Z", "2026-02-30", "25:00",
        "2026-03-29T01:00:00ZZ", "1774746000", "2026-03-29T01:00:00+25:00",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59",
        "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z", "2026-03-29\n",
    ],
)  # fmt: skip
def test_no_instant_is_one_line(run: Run, rota: tuple[str, str], at: str) -> None:
    good = "2026-03-29T01:00:00Z"
    assert run("who", *rota, f"--at={at}").fault.startswith("veilleur: --at: ")
    fault = run("gaps", *rota, f"--from={at}", "--to", good).fault
    assert fault.startswith("veilleur: --from: ")
    fault = run("gaps", *rota, "--from", good, f"--to={at}").fault
    assert fault.startswith("veilleur: --to: ")


def test_the_end_before_the_start(run: Run, rota: tuple[str, str]) -> None:
    fault = run("gaps", *rota, "--from", "2026-01-02T00:00", "--to", "2026-01-01T00:00").fault
    assert fault == "veilleur: --to: is before --from"


def test_an_unknown_service(run: Run, rota: tuple[str, str]) -> None:
    wanted = "veilleur: --service: there is no 'Fleurs'; there are Ambulance, Soins"
    assert run("who", *rota, "--service", "Fleurs").fault == wanted
    assert run("who", *rota, "--service", "Fleurs", "--json").fault == wanted
    year = ("--from", "2026-01-01T00:00", "--to", "2027-01-01T00:00")
    assert run("gaps", *rota, "--service", "Fleurs", *year).fault == wanted


def test_the_instant_is_read_before_anything_is_said(run: Run, rota: tuple[str, str]) -> None:
    assert run("who", *rota, "--at", "soon", "--json").out == ""


def test_either_data_or_site(run: Run, rota: tuple[str, str], tmp_path: Path) -> None:
    both = run("who", "--site", tmp_path / "site.toml", "--data", tmp_path)
    assert (both.code, both.out) == (2, "")
    assert "not allowed with" in both.err
    neither = run("who")
    assert (neither.code, neither.out) == (2, "")
    assert "one of the arguments --data --site is required" in neither.err
