"""The start page tells who is on duty now and next, and where nobody is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from firmware.record import AlertCause, AlertState, CallOutcome
from firmware.wording import messages
from tests.web.house import SITE, STRANGER, House
from tests.web.visitor import Visitor, words_of
from web import create_app


def test_who_is_on_duty_with_number_level_and_until(visitor: Visitor) -> None:
    page = visitor.read()
    assert "De garde maintenant Alice Martin 06 01 02 03 04 jusqu’à lundi 08:00" in page
    assert "Niveau 2 Bruno Petit 06 05 06 07 08" in page
    assert "depuis hier 08:00" in page
    assert 'href="tel:+33601020304"' in visitor.get().text


def test_who_is_next_and_when(visitor: Visitor) -> None:
    assert "Ensuite Bruno Petit lundi 08:00" in visitor.read()
    assert "Ensuite Alice Martin demain 08:00" in visitor.read()


def test_the_page_follows_the_clock_through_a_handover(house: House, visitor: Visitor) -> None:
    house.now += timedelta(hours=12, minutes=29)  # 07:59 tomorrow
    assert "Bruno Petit 06 05 06 07 08 jusqu’à 08:00 dans 1 min" in visitor.read()
    house.now += timedelta(minutes=1)
    page = visitor.read()
    assert "Bruno Petit 06 05 06 07 08 jusqu’à" not in page
    assert "les appels vont au bureau Bureau 03 88 11 22 33 jusqu’à 18:00 dans 10 h 00 min" in page


def test_office_hours_name_the_office_and_who_gets_texts(house: House, visitor: Visitor) -> None:
    house.now += timedelta(hours=15)  # Wednesday 10:30
    page = visitor.read()
    assert "Heures d’ouverture : les appels vont au bureau Bureau 03 88 11 22 33" in page
    assert "jusqu’à 18:00" in page
    assert "Les SMS vont à Alice Martin." in page


def test_a_coming_gap_is_said_with_an_icon_and_words(visitor: Visitor) -> None:
    page = visitor.get().text
    assert "Trou : personne n’est de garde de dimanche 14:00 à dimanche 18:00" in words_of(page)
    line = page[: page.index("Trou\N{NO-BREAK SPACE}: personne")].rsplit("<p", 1)[1]
    assert "bad-words" in line
    assert "#bad" in line


def test_a_gap_now_takes_the_place_of_the_name(house: House, visitor: Visitor) -> None:
    house.now += timedelta(days=4, hours=20)  # Sunday 15:30
    page = visitor.read()
    assert "Trou dans le planning Personne n’est de garde jusqu’à 18:00 dans 2 h 30 min" in page
    assert "Les administrateurs reçoivent les alertes." in page
    assert "Ensuite Alice Martin 18:00" in page


def test_a_gap_with_a_back_up_says_who_is_asked(tmp_path: Path) -> None:
    absences = "".join(
        f'[[override]]\nservice = "Ambulance"\nlevel = 1\nfrom = "2026-11-24T18:00"\n'
        f'to = "2026-11-24T21:00"\nout = "{name}"\n'
        for name in ("Alice Martin", "Bruno Petit", "Chloé Durand-Lefèvre")
    )
    with House(tmp_path / "data", SITE + absences) as house:
        house.wake()
        page = Visitor(create_app(house.data_dir, clock=house.clock)).read()
    assert "Le renfort ci-dessous est alerté aussitôt." in page
    assert "Niveau 2 Bruno Petit" in page


def test_with_an_untrusted_clock_everybody_is_named_and_nobody_guessed(
    house: House, visitor: Visitor
) -> None:
    house.wake(clock_trusted=False)
    page = visitor.read()
    assert "Le boîtier ne sait pas l’heure : il alerte tout le monde" in page
    assert "De garde maintenant Alice Martin" not in page
    assert page.count("Chloé Durand-Lefèvre") >= 1
    assert "Le boîtier n’est pas sûr de l’heure." in page


def test_no_site_file_yet(tmp_path: Path) -> None:
    with House(tmp_path / "data", site=None) as house:
        house.wake()
        page = Visitor(create_app(house.data_dir, clock=house.clock)).read()
    assert "Aucun fichier de site n’est encore chargé." in page
    assert "veilleur import" in page


def test_no_database_yet_is_a_clear_page(tmp_path: Path) -> None:
    response = Visitor(create_app(tmp_path / "nothing"), role=None).get()
    assert response.status_code == 503
    assert "La page ne peut pas lire les données du boîtier." in response.text
    assert "load a site file first" in response.text


def test_an_edit_of_the_rota_shows_at_once(house: House, visitor: Visitor) -> None:
    assert "Alice Martin 06 01 02 03 04" in visitor.read()
    house.load(SITE.replace("+33601020304", "+33601020399"))
    assert "Alice Martin 06 01 02 03 99" in visitor.read()


def test_a_restored_database_is_opened_anew(house: House, visitor: Visitor, tmp_path: Path) -> None:
    visitor.read()
    with House(tmp_path / "backup", SITE.replace("Ambulances Dupont", "Ambulances Muller")):
        pass
    for suffix in ("-wal", "-shm"):
        (house.data_dir / f"veilleur.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "backup" / "veilleur.db").replace(house.data_dir / "veilleur.db")
    # The sessions went with the database; a backup lets nobody in
    assert visitor.get().status_code == 303
    assert "Ambulances Muller" in Visitor(visitor.client.application).read()


def test_alarms_come_with_advice_in_the_readers_language(house: House, visitor: Visitor) -> None:
    house.alarm("network", messages.NETWORK_LOST, state="denied")
    assert "Déplacez l’antenne." in visitor.read()
    assert "The SIM is not registered on the network (denied)." in visitor.read("/?lang=en")
    assert "Move the antenna." in visitor.read()


def test_an_alarm_of_another_version_is_still_shown(house: House, visitor: Visitor) -> None:
    house.alarm("odd", "the {gadget} has come loose")
    assert "The {gadget} has come loose" in visitor.read()


def test_waiting_callers_are_counted_with_the_oldest(house: House, visitor: Visitor) -> None:
    house.alert(1, minutes=4)
    house.alert(2, minutes=61, cause=AlertCause.CALL, state=AlertState.EXHAUSTED)
    assert "2 appelants attendent une réponse le plus ancien depuis 18:29" in visitor.read()


def test_a_reminder_among_colleagues_is_no_waiting_caller(house: House, visitor: Visitor) -> None:
    house.alert(1, cause=AlertCause.REMINDER, caller=None)
    assert "attend une réponse" not in visitor.read()


@pytest.mark.parametrize("path", ["/", "/call-back", "/journal"])
def test_each_page_in_both_languages(house: House, visitor: Visitor, path: str) -> None:
    house.alert(1)
    house.call(1, CallOutcome.ALERTED, 40, STRANGER)
    assert "Le boîtier veille" in visitor.read(path)
    english = visitor.read(f"{path}?lang=en")
    assert "Box keeps watch" in english
    assert "boîtier" not in english
    assert 'lang="en"' in visitor.get(path).text
