"""Which numbers the box may ring and text, and that the site file's door asks."""

import pytest

from firmware.rota import NumberFault, SiteFileFaults, read_site_file
from firmware.rota.dialling import check_diallable

SITE = """[site]
name = "Site"
time_zone = "Europe/Paris"

[[person]]
name = "Alice"
mobile = "{mobile}"

[[service]]
name = "Ambulance"

[[opening_hours]]
service = "Ambulance"
days = "mon-fri"
from = "08:00"
to = "18:00"
number = "{office}"
"""


@pytest.mark.parametrize(
    "number",
    [
        "+33601020304",  # mobile
        "+33388112233",  # fixed line
        "+33800123456",  # free of charge
        "+33969391234",  # a company's number, not surcharged
        "+33700000001",  # a plan that the metadata does not know
        "+32470123456",  # a neighbour
        "+41791234567",
        "+262692123456",  # La Reunion
    ],
)
def test_numbers_that_may_be_rung(number: str) -> None:
    assert check_diallable(number, "33") == number


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+33899123456", "premium-rate"),
        ("+33892123456", "premium-rate"),
        ("+33810123456", "shared-cost"),
        ("+33118218", "short number"),
        ("+3311212", "short number"),
        ("+88213123456", "not allowed"),  # satellite
        ("+12125550123", "not allowed"),
        ("+2250123456789", "not allowed"),
        ("+999123456789", "no country"),
    ],
)
def test_numbers_that_may_not(number: str, why: str) -> None:
    with pytest.raises(NumberFault, match=why):
        check_diallable(number, "33")


def test_the_sites_own_country_is_allowed_wherever_it_is() -> None:
    assert check_diallable("+12125550123", "1") == "+12125550123"


@pytest.mark.parametrize(
    ("field", "line"), [({"mobile": "08 99 12 34 56"}, 7), ({"office": "0892123456"}, 17)]
)
def test_the_site_file_refuses_them_with_the_line(field: dict[str, str], line: int) -> None:
    numbers = {"mobile": "0601020304", "office": "0388112233"} | field
    with pytest.raises(SiteFileFaults) as refused:
        read_site_file(SITE.format(**numbers))
    (fault,) = refused.value.faults
    assert fault.line == line
    assert "premium-rate" in fault.message
