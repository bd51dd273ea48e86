"""The rota's pages: who covers what, a change with its effect before it is saved, undo."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.rota import Override, Rota, on_duty
from firmware.store.account_values import Role
from firmware.store.rota_history import Sentence
from tests.web.house import House
from tests.web.visitor import Visitor, words_of
from web import create_app

GAP = "service=Taxi+conventionné&level=1&start=2026-11-29T14:00&end=2026-11-29T18:00&kind=addition"
REPLACED = {
    "kind": "replace",
    "service": "Ambulance",
    "level": "1",
    "start": "2026-11-27T08:00",
    "end": "2026-11-28T08:00",
    "out": "Alice Martin",
    "into": "Bruno Petit",
}
FRIDAY = datetime(2026, 11, 27, 12, tzinfo=UTC)


def rota_of(visitor: Visitor) -> Rota:
    rota = visitor.box.rota()
    assert rota is not None
    return rota


def query(values: dict[str, str]) -> str:
    return "&".join(f"{name}={value.replace(' ', '+')}" for name, value in values.items())


def send(visitor: Visitor, values: dict[str, str], version: int | None = None) -> TestResponse:
    known = visitor.box.rota_with_version()[1] if version is None else version
    return visitor.press("/rota/change", "/account", **{"version": str(known), **values})


def hidden_fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))


def names_at(visitor: Visitor, instant: datetime, service: str = "Ambulance") -> list[str]:
    found = on_duty(rota_of(visitor), service, instant)
    return [duty.person.name for duty in found if duty.level == 1]


class TestCalendar:
    def test_the_month_says_who_and_where_nobody_is(self, visitor: Visitor) -> None:
        text = visitor.read("/rota?service=Taxi+conventionné")
        assert "novembre 2026" in text
        assert "Trou, personne n’est de garde : dimanche 29 novembre 14:00 – 18:00" in text
        assert "Armistice 1918" in text
        assert text.count("Combler") == 1  # gaps of the past are nobody's task
        html = visitor.get("/rota?service=Taxi+conventionné").text
        assert "start=2026-11-29T14:00&amp;end=2026-11-29T18:00" in html

    def test_a_day_is_read_from_handover_to_handover(self, visitor: Visitor) -> None:
        """Each Monday holds one name: the handover at 08:00 is where a box begins."""
        html = visitor.get("/rota?service=Ambulance&month=2026-12").text
        monday = html.split('id="day-2026-12-07"')[1].split("</li>")[0]
        assert "Chloé" in monday
        assert "piece-time" not in monday

    def test_who_stands_in_is_marked_with_whom_it_is_for(self, visitor: Visitor) -> None:
        send(visitor, REPLACED)
        html = visitor.get("/rota?service=Ambulance").text
        friday = html.split('id="day-2026-11-27"')[1].split("</li>")[0]
        assert "<b>Bruno Petit</b>" in friday
        assert "<s>Alice Martin</s>" in friday

    @pytest.mark.parametrize(
        "path",
        [
            "/rota?month=2026-13",
            "/rota?month=9999-01",
            "/rota?day=x&service=None",
            "/rota/week?day=1066-10-14",
        ],
    )
    def test_a_wrong_address_shows_today(self, visitor: Visitor, path: str) -> None:
        assert "24" in visitor.read(path)

    def test_the_week_shows_every_service(self, visitor: Visitor) -> None:
        text = visitor.read("/rota/week?day=2026-11-29")
        assert "Semaine du lundi 23 novembre" in text
        assert text.count("Taxi conventionné") == 7

    def test_both_clock_changes_have_their_days(self, visitor: Visitor) -> None:
        for month in ("2026-10", "2027-03"):
            html = visitor.get(f"/rota?month={month}").text
            assert html.count("day-cell") % 7 == 0

    def test_readers_see_and_cannot_change(self, house: House) -> None:
        app = create_app(house.data_dir, clock=house.clock)
        reader = Visitor(app, Role.READER)
        assert "/rota/change" not in reader.get("/rota").text
        assert reader.get("/rota/change").status_code == 403
        assert reader.get("/rota/history").status_code == 403
        assert Visitor(app, Role.STAFF).get("/rota/history").status_code == 200

    def test_without_a_site_file_there_is_no_rota(self, house: House, visitor: Visitor) -> None:
        house._database.connection.execute("DELETE FROM site")
        house._database.connection.execute("UPDATE counter SET value = 9")
        answer = visitor.get("/rota")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


class TestChange:
    def test_a_gap_is_filled_with_two_taps(self, visitor: Visitor) -> None:
        """The gap's own link offers who is free; one button takes it."""
        page = visitor.get("/rota/change?" + GAP)
        text = words_of(page.text)
        assert "Choisir Chloé Durand-Lefèvre" in text
        assert "Choisir Alice" not in text  # on duty for Ambulance
        assert "délai court" in text
        assert "SMS à Chloé Durand-Lefèvre" in text
        hidden = hidden_fields(page.text)
        answer = visitor.client.post(
            "/rota/change", data=hidden, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code == 303
        assert "Enregistré." in visitor.read(answer.headers["Location"])
        assert names_at(visitor, datetime(2026, 11, 29, 14, tzinfo=UTC), "Taxi conventionné") == [
            "Chloé Durand-Lefèvre"
        ]

    def test_the_effect_is_said_before_anything_is_saved(self, visitor: Visitor) -> None:
        text = visitor.read("/rota/change?" + query(REPLACED) + "&look=1")
        assert "Bruno Petit + 24 h" in text
        assert "Alice Martin − 24 h" in text
        assert "SMS à : Alice Martin, Bruno Petit" in text
        assert "Délai court pour Bruno Petit" not in text  # on duty for Taxi and level 2 by then
        assert names_at(visitor, FRIDAY) == ["Alice Martin"]
        assert send(visitor, REPLACED).status_code == 303
        assert names_at(visitor, FRIDAY) == ["Bruno Petit"]

    def test_an_absence_is_one_everywhere_and_its_gap_is_told(self, visitor: Visitor) -> None:
        absent = {**REPLACED, "kind": "absence", "into": ""}
        text = visitor.read("/rota/change?" + query(absent) + "&look=1")
        assert "Trou, personne n’est de garde : Ambulance, vendredi 27 novembre 08:00" in text
        send(visitor, absent)
        added = rota_of(visitor).overrides[-3:]
        assert {(each.service, each.level) for each in added} == {
            ("Ambulance", 1), ("Ambulance", 2), ("Taxi conventionné", 1),
        }  # fmt: skip

    def test_whoever_is_on_leave_does_not_come_on_duty_unnoticed(self, visitor: Visitor) -> None:
        """A replacement acts though its taker's absence is entered: the page must say so."""
        send(visitor, {**REPLACED, "kind": "absence", "out": "Bruno Petit", "into": ""})
        told = "Bruno Petit est absent(e) à ce moment-là : vendredi 27 novembre 08:00"
        assert told in visitor.read("/rota/change?" + query(REPLACED) + "&look=1")
        day_after = {**REPLACED, "start": "2026-11-28T08:00", "end": "2026-11-29T08:00"}
        assert told not in visitor.read("/rota/change?" + query(day_after) + "&look=1")

    def test_a_swap_is_two_replacements(self, visitor: Visitor) -> None:
        swap = {**REPLACED, "kind": "swap", "into": "",
                "other": "2026-12-01T08:00/2026-12-02T08:00/Bruno Petit"}  # fmt: skip
        assert send(visitor, swap).status_code == 303
        assert names_at(visitor, FRIDAY) == ["Bruno Petit"]
        assert names_at(visitor, FRIDAY + timedelta(days=4)) == ["Alice Martin"]

    @pytest.mark.parametrize(
        ("changes", "beside", "words"),
        [
            ({"end": "2026-11-27T08:00"}, "end", "La fin doit venir après le début."),
            ({"end": "2026-11-26T08:00"}, "end", "La fin doit venir après le début."),
            ({"start": "2026-11-24T19:29"}, "start", "C’est passé."),
            ({"start": "1066-10-14T08:00"}, "start", "C’est passé."),
            ({"start": ""}, "start", "Ce champ est à remplir."),
            ({"start": "tomorrow"}, "start", "Indiquez une date et une heure."),
            ({"end": "9999-12-31T23:59"}, "end", "L’année doit être comprise"),
            ({"out": "Chloé Durand-Lefèvre"}, "out", "n’est pas de garde ici"),
            ({"out": ""}, "out", "Choisissez quelqu’un."),
            ({"into": ""}, "into", "Choisissez quelqu’un."),
            ({"into": "Alice Martin"}, "into", "La même personne"),
            ({"into": "\u202eevil 🚑"}, "into", "n’existe pas"),
            ({"level": "100"}, "level", "de 1 à 99"),
            ({"level": "one"}, "level", "Écrivez un nombre entier."),
            ({"service": "Soins"}, "service", "Ce choix n’existe pas."),
            ({"kind": "swap", "other": "x"}, "other", "Choisissez la garde"),
            ({"kind": "swap", "other": "2026-01-01T08:00/2026-01-02T08:00/Bruno Petit"}, "other",
             "Choisissez la garde"),
        ],
    )  # fmt: skip
    def test_bad_input_gets_a_sentence_beside_its_field(
        self, visitor: Visitor, changes: dict[str, str], beside: str, words: str
    ) -> None:
        before = rota_of(visitor)
        answer = send(visitor, {**REPLACED, **changes})
        assert answer.status_code in (409, 422)
        assert re.search(rf'id="{beside}-wrong-1">.*?{re.escape(words)}', answer.text, re.DOTALL)
        assert rota_of(visitor) == before
        for value in changes.values():  # what was typed is kept
            if beside in ("start", "end") and value and value != "tomorrow":
                assert f'value="{value}"' in answer.text

    def test_two_browsers_at_once(self, house: House) -> None:
        """Both opened the page before either saved: the second is told, and may then save."""
        app = create_app(house.data_dir, clock=house.clock)
        first, second = Visitor(app), Visitor(app)
        assert send(first, REPLACED, version=1).status_code == 303
        late = {**REPLACED, "into": "Chloé Durand-Lefèvre"}
        answer = send(second, late, version=1)
        assert answer.status_code == 409
        text = words_of(answer.text)
        assert "Sophie Admin, 19:30 : Bruno Petit remplace Alice Martin" in text
        assert "Ce que vous avez saisi est conservé" in text
        assert 'selected value="Chloé Durand-Lefèvre"' in answer.text
        assert names_at(first, FRIDAY) == ["Bruno Petit"]
        assert len(rota_of(first).overrides) == 3

    def test_what_runs_already_is_changed_from_now_on(self, visitor: Visitor) -> None:
        running = {**REPLACED, "start": "2026-11-24T08:00", "end": "2026-11-25T08:00", "into": ""}
        page = visitor.get("/rota/change?" + query(running)).text
        assert 'value="2026-11-24T19:30"' in page
        assert "wrong" not in page

    def test_a_change_from_now_on_may_be_thought_over(
        self, house: House, visitor: Visitor
    ) -> None:
        """Somebody is ill tonight: ringing the one who could come takes longer than a minute."""
        running = {**REPLACED, "start": "2026-11-24T08:00", "end": "2026-11-25T08:00", "into": ""}
        offered = visitor.get("/rota/change?" + query(running)).text
        house.now += timedelta(minutes=4)
        form = offered.split('<form class="form change"')[1].split("</form>")[0]
        made = hidden_fields(form)["made"]
        looked = {**running, "into": "Bruno Petit", "start": "2026-11-24T19:30", "made": made}
        seen = visitor.get("/rota/change?" + query(looked) + "&look=1").text
        assert "Voici l’effet" in words_of(seen)
        assert 'value="2026-11-24T19:34"' in seen
        house.now += timedelta(minutes=4)
        chosen = hidden_fields(offered.split('class="suggestion"')[1].split("</form>")[0])
        answer = visitor.client.post(
            "/rota/change", data=chosen, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code == 303, words_of(answer.text)
        assert "mardi 24 novembre 19:38" in visitor.read(answer.headers["Location"])
        assert names_at(visitor, house.now) == [chosen["into"]]
        assert names_at(visitor, house.now - timedelta(minutes=1)) == ["Alice Martin"]

    def test_a_page_that_was_left_open_saves_no_other_effect_than_it_shows(
        self, house: House, visitor: Visitor
    ) -> None:
        running = {**REPLACED, "start": "2026-11-24T19:30", "end": "2026-11-25T08:00"}
        seen = visitor.get("/rota/change?" + query(running) + "&look=1").text
        chosen = hidden_fields(seen.split('id="preview"')[1].split("</form>")[0])
        house.now += timedelta(hours=2)
        answer = visitor.client.post(
            "/rota/change", data=chosen, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code == 422
        assert "Au plus tôt : maintenant, 21:30" in words_of(answer.text)

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.dictionaries(
            st.sampled_from([*REPLACED, "other", "version", "look"]),
            st.one_of(st.text(max_size=40), st.sampled_from([*REPLACED.values(), "swap", "1"])),
        )
    )
    def test_no_form_whatever_breaks_the_page_or_the_past(
        self, visitor: Visitor, values: dict[str, str]
    ) -> None:
        before = rota_of(visitor)
        answer = send(visitor, values)
        assert answer.status_code in (303, 409, 422)
        now = visitor.box.clock()
        for hours in range(0, 240, 24):
            past = now - timedelta(hours=hours, minutes=1)
            was, still = (on_duty(rota, "Ambulance", past) for rota in (before, rota_of(visitor)))
            assert [each.person for each in was] == [each.person for each in still]
        assert visitor.client.get("/rota/change", query_string=values).status_code == 200


class TestEntry:
    def test_what_was_entered_is_taken_out_again(self, visitor: Visitor) -> None:
        """The site file's own entries, too: nothing of them is in the page's history."""
        page = visitor.get("/rota/change?" + GAP).text
        found = re.findall(r"/rota/entry/([0-9]+)", page)
        assert found == ["1", "0"]
        text = visitor.read("/rota/entry/0")
        assert "Absence : Bruno Petit" in text
        assert "Bruno Petit" in text
        answer = visitor.press("/rota/entry/0", "/rota/entry/0", version="1")
        assert answer.status_code == 303
        assert [each.out for each in rota_of(visitor).overrides] == ["Alice Martin"]
        assert "Retiré : absence, Bruno Petit" in visitor.read("/rota/history")

    def test_what_runs_ends_now_and_what_is_past_stays(
        self, house: House, visitor: Visitor
    ) -> None:
        house.now = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
        visitor.press("/rota/entry/1", "/rota/entry/1", version="1")
        rule = rota_of(visitor).overrides[1]
        assert rule.end == datetime(2026, 11, 29, 16)  # noqa: DTZ001 - wall clock
        assert visitor.get("/rota/entry/1").status_code == 404
        assert visitor.get("/rota/entry/17").status_code == 404

    def test_a_number_that_means_another_entry_by_now_takes_nothing_out(
        self, visitor: Visitor
    ) -> None:
        send(visitor, REPLACED)
        answer = visitor.press("/rota/entry/0", "/rota/entry/0", version="1")
        assert answer.status_code == 409
        assert "Bruno Petit remplace" in words_of(answer.text)
        assert len(rota_of(visitor).overrides) == 3


class TestHistory:
    def test_every_change_with_who_and_when_and_back(self, visitor: Visitor) -> None:
        send(visitor, REPLACED)
        text = visitor.read("/rota/history")
        assert "Bruno Petit remplace Alice Martin : Ambulance" in text
        assert "Bruno Petit remplace Alice Martin : Ambulance" in visitor.read("/journal")
        assert "mardi 24 novembre 19:30 · Sophie Admin" in text
        assert "+ 24 h" in visitor.read("/rota/history/2")
        answer = visitor.press("/rota/undo/2", "/rota/history", version="2")
        assert answer.status_code == 303
        assert names_at(visitor, FRIDAY) == ["Alice Martin"]
        text = visitor.read("/rota/history")
        assert "Annulé : Bruno Petit remplace Alice Martin" in text
        assert "annulé par Sophie Admin" in text

    def test_what_cannot_be_taken_back_says_why(self, house: House, visitor: Visitor) -> None:
        send(visitor, REPLACED)
        stale = visitor.press("/rota/undo/2", "/rota/history", version="1")
        assert stale.status_code == 409
        house.now += timedelta(days=30)
        answer = visitor.press("/rota/undo/2", "/rota/history", version="2")
        assert "c’est passé" in words_of(answer.text)
        assert visitor.get("/rota/history/99").status_code == 404

    def test_a_long_history_has_pages(self, visitor: Visitor) -> None:
        box = visitor.box
        rota = rota_of(visitor)
        start = datetime(2026, 12, 1, 8)  # noqa: DTZ001 - wall clock
        for turn in range(35):
            end = start + timedelta(hours=turn + 1)
            rule = Override("Ambulance", 1, start, end, "Alice Martin")
            rota = replace(rota, overrides=(*rota.overrides, rule))
            box.replace_rota(rota, "Dora", box.clock(), version=turn + 1, sentence=Sentence("x"))
        page = visitor.get("/rota/history").text
        assert page.count("change-line") == 30
        assert visitor.get("/rota/history?before=7").text.count("change-line") == 6


def test_the_pages_answer_in_french_and_english(visitor: Visitor) -> None:
    for path in ("/rota", "/rota/week", "/rota/change?" + GAP, "/rota/history"):
        french, english = visitor.read(f"{path}{'&' if '?' in path else '?'}lang=fr"), ""
        english = visitor.read(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert french != english
