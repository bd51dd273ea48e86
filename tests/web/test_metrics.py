"""`/metrics`, judged by Prometheus' own parser; closed unless opened; nobody's name in it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from firmware.pulse import ForwardingState, ModemState, StoreState
from firmware.record import AlertCause, AlertState, CallOutcome
from firmware.update import version
from firmware.wording import messages
from tests.web.house import NOW, House
from tests.web.visitor import Visitor
from web import create_app
from web.metrics.access import MetricsAccess, networks_of
from web.metrics.exposition import CONTENT_TYPE, Gauge, Sample, exposition

TOKEN = "correct-horse-battery"  # noqa: S105
HEADER = {"Authorization": f"Bearer {TOKEN}"}
ACCESS = MetricsAccess(TOKEN, (ip_network("192.0.2.0/24"), ip_network("2001:db8::7/128")))


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock, metrics=ACCESS)


def read(app: Flask) -> dict[str, float]:
    """Each figure by its name and labels, as Prometheus understands it."""
    response = app.test_client().get("/metrics", headers=HEADER)
    assert response.status_code == 200
    assert response.content_type == CONTENT_TYPE
    assert "Set-Cookie" not in response.headers
    families = list(text_string_to_metric_families(response.text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_box_that_is_well(
    house: House, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "FILE", tmp_path / "VERSION")
    (tmp_path / "VERSION").write_text("7.8.9\n")
    house.call(1, CallOutcome.DIVERTED, 9)
    figures = read(app)
    build = [name for name in figures if name.startswith("veilleur_build_info/")]
    assert [name.split("/")[1] for name in build] == ["7.8.9"]
    assert figures["veilleur_up"] == 1
    assert figures["veilleur_modem_state/ready"] == 1
    assert sum(value for name, value in figures.items() if "modem_state" in name) == 1
    assert figures["veilleur_modem_registered"] == 1
    assert figures["veilleur_modem_signal_dbm"] == -71
    assert figures["veilleur_forwarding_verified"] == 1
    assert figures["veilleur_forwarding_verified_age_seconds"] == 12 * 60
    assert figures["veilleur_last_call_timestamp_seconds"] == NOW.timestamp() - 9 * 60
    assert figures["veilleur_alerts/open"] == figures["veilleur_alarms"] == 0
    assert figures["veilleur_services_uncovered"] == 0
    assert figures["veilleur_database_bytes"] > 4096


def test_a_box_in_trouble(house: House, app: Flask) -> None:
    house.wake(
        modem=ModemState.SEARCHING, forwarding=ForwardingState.DIFFERENT, clock_trusted=False,
        signal_dbm=None,
    )  # fmt: skip
    house.alert(1)
    house.alert(2, state=AlertState.EXHAUSTED)
    for number, cause in enumerate((AlertCause.REMINDER, AlertCause.RELAY, AlertCause.SWAP), 3):
        house.alert(number, cause=cause)  # between colleagues: no caller waits
    house.alarm("network", messages.NETWORK_LOST, state="denied")
    figures = read(app)
    assert figures["veilleur_modem_registered"] == figures["veilleur_forwarding_verified"] == 0
    assert figures["veilleur_clock_trusted"] == 0
    assert "veilleur_forwarding_verified_age_seconds" not in figures
    assert "veilleur_modem_signal_dbm" not in figures
    assert (figures["veilleur_alerts/open"], figures["veilleur_alerts/exhausted"]) == (1, 1)
    assert (figures["veilleur_callers_waiting"], figures["veilleur_alarms"]) == (2, 1)


def test_a_box_whose_disk_takes_no_rows_counts_nothing_that_is_not_there(
    house: House, app: Flask
) -> None:
    well = read(app)
    assert well["veilleur_store_state/good"] == 1
    assert (well["veilleur_sms_loop_failing"], well["veilleur_alarms"]) == (0, 0)
    house.wake(store=StoreState.READ_ONLY, sms_loop_failing=True, outgoing_waiting=7)
    figures = read(app)
    states = [figures[f"veilleur_store_state/{state}"] for state in ("good", "read_only")]
    assert states == [0, 1]
    assert figures["veilleur_sms_loop_failing"] == 1
    assert figures["veilleur_outgoing_waiting"] == 7
    assert "veilleur_alarms" not in figures


def test_of_a_silent_box_nothing_old_is_told(house: House, app: Flask) -> None:
    house.stop()
    figures = read(app)
    assert figures["veilleur_up"] == 0
    assert not [name for name in figures if "modem" in name or "forwarding" in name]
    assert "veilleur_database_bytes" in figures


def test_nobody_is_named(house: House, app: Flask) -> None:
    house.call(1, CallOutcome.DIVERTED, 9)
    house.alert(1)
    house.alarm("nobody:Ambulance", messages.NOBODY_ON_DUTY, service="Ambulance")
    text = app.test_client().get("/metrics", headers=HEADER).text
    for secret in ("+33", "06 ", "Martin", "Petit", "Ambulance", "8F1", "rappeler"):
        assert secret not in text


def wrong_keys() -> Iterator[tuple[str, dict[str, str]]]:
    basic = base64.b64encode(f"x:{TOKEN}".encode()).decode()
    yield "/metrics", {}
    yield "/metrics", {"Authorization": "Bearer " + TOKEN[:-1]}
    yield "/metrics", {"Authorization": f"Basic {basic}"}
    yield "/metrics", {"Authorization": TOKEN}
    yield "/metrics?token=é", {}
    yield "/metrics?token=", {"X-Forwarded-For": "192.0.2.1"}
    yield f"/metrics?token={TOKEN}", {"Authorization": "Bearer x"}


@pytest.mark.parametrize(("path", "headers"), [*wrong_keys()])
def test_without_the_token_nothing_is_told(
    app: Flask, path: str, headers: dict[str, str]
) -> None:
    response = app.test_client().get(path, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.text == ""


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("192.0.2.9", 200), ("::ffff:192.0.2.9", 200), ("2001:db8::7", 200),
        ("2001:db8::8", 401), ("198.51.100.1", 401), ("", 401),
    ],
)  # fmt: skip
def test_named_addresses_need_no_token(app: Flask, address: str, status: int) -> None:
    environ = {"REMOTE_ADDR": address}
    assert app.test_client().get("/metrics", environ_base=environ).status_code == status
    query = app.test_client().get(f"/metrics?token={TOKEN}", environ_base=environ)
    assert query.status_code == 200


def test_it_is_off_until_somebody_opens_it(house: House, visitor: Visitor) -> None:
    assert visitor.get("/metrics").status_code == 404
    assert visitor.get("/metrics?token=").status_code == 404


@settings(deadline=None)
@given(
    st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9)
)
def test_any_text_and_number_come_through(label: str, help_: str, value: float) -> None:
    page = exposition([Gauge("veilleur_x", help_, (Sample(value, {"a": label}),))])
    (family,) = text_string_to_metric_families(page)
    (sample,) = family.samples
    assert (sample.name, sample.labels, sample.value) == ("veilleur_x", {"a": label}, value)


def test_a_name_outside_the_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        exposition([Gauge("veilleur-x", "", (Sample(1),))])


def test_networks_are_read_as_people_write_them() -> None:
    assert networks_of(["10.0.0.0/8", " ::1 "]) == (ip_network("10.0.0.0/8"), ip_network("::1"))
    with pytest.raises(ValueError, match="host bits"):
        networks_of(["10.0.0.1/8"])
