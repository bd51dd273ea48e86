"""The page asks, the daemon has the box examined, the page reads what was found."""

from __future__ import annotations

from datetime import UTC, datetime

from firmware.record import RequestKind
from firmware.store.pulse_file import runtime_dir
from firmware.store.report_file import Report, read_report
from tests.daemon.house import House
from tests.daemon.program import until
from tests.deploy.shut_in import DAEMON, under


def test_the_page_has_the_box_examined(house: House) -> None:
    house.load()
    house.modem()
    daemon = house.daemon(command=under(DAEMON))   # its helper, too: at night as by day
    daemon.line("ready")
    asked_at = datetime.now(UTC)
    wish = house.page_store().ask(RequestKind.EXAMINE, {}, by="Dora", at=asked_at)
    folder = runtime_dir(house.data, house.environ)
    reports: dict[str, Report] = {}

    def are_there() -> bool:
        for language in ("fr", "en"):
            found = read_report(folder, language)
            if found is not None:
                reports[language] = found
        return len(reports) == 2

    until(are_there, "the report")
    assert house.page_store().is_done(wish)
    french, english = reports["fr"], reports["en"]
    assert french.at >= asked_at
    assert french.verdict != english.verdict
    assert [line.level for line in french.lines] == [line.level for line in english.lines]
    order = ("wrong", "attention", "unknown", "ok")
    places = [order.index(line.level) for line in french.lines]
    assert places == sorted(places)   # what must be done first stands first
    assert all(line.sentence for line in french.lines)
    assert daemon.errors == []
