"""Who waits for an answer, and the button that says it is taken care of."""

from __future__ import annotations

from dataclasses import replace

from firmware.record import CUT_OFF, MEANWHILE, AlertCause, AlertState, CallOutcome, RequestDone
from tests.web.house import CALLER, SITE, STRANGER, House
from tests.web.visitor import Visitor


def test_an_empty_list_says_so(visitor: Visitor) -> None:
    assert "Personne n’attend de réponse." in visitor.read("/call-back")


def test_what_nobody_answered_comes_first(house: House, visitor: Visitor) -> None:
    house.alert(1, minutes=4)
    house.alert(
        2, minutes=61, cause=AlertCause.CALL, state=AlertState.EXHAUSTED, caller=CALLER
    )
    page = visitor.read("/call-back")
    exhausted = page.index("Tout le monde a été alerté, personne n’a répondu.")
    open_one = page.index("la personne suivante est alertée à 19:31")
    assert exhausted < open_one
    assert "06 39 98 00 01 Appel · 18:29 · il y a 1 h 01 min" in page
    assert "Chloé Durand-Lefèvre : SMS d’alerte à 19:26" in page
    assert "réf. 8F1" in page


def test_a_hidden_number_and_a_caller_who_gave_up(house: House, visitor: Visitor) -> None:
    house.alert(1, cause=AlertCause.CALL, caller=None)
    house.call(9, CallOutcome.ABANDONED, 20, STRANGER)
    page = visitor.read("/call-back")
    assert "Numéro masqué" in page
    assert "06 39 98 00 02 Appel · 19:10 · il y a 20 min A raccroché avant" in page


def test_colleagues_asked_are_a_list_of_their_own(house: House, visitor: Visitor) -> None:
    house.alert(1, cause=AlertCause.REMINDER, caller=None)
    house.alert(2, cause=AlertCause.RELAY, caller=None)
    page = visitor.read("/call-back")
    assert "Demandes entre collègues" in page
    assert "Confirmation de la prochaine garde" in page
    assert "Garde proposée à un collègue" in page
    assert "Personne n’attend de réponse." in page


def test_a_known_caller_has_name_and_note_beside_the_number(
    house: House, visitor: Visitor
) -> None:
    contact = f'[[contact]]\nnumber = "{STRANGER}"\nname = "Mme Leroy"\nnote = "EHPAD"\n'
    house.load(SITE + contact)
    house.alert(1)
    house.alert(2, cause=AlertCause.SWAP, caller=None)
    page = visitor.read("/call-back")
    assert "06 39 98 00 02 Mme Leroy, EHPAD" in page
    assert "Échange de garde demandé à un collègue" in page


def test_a_voice_message_and_a_call_that_was_cut_off_are_told_in_words(
    house: House, visitor: Visitor
) -> None:
    for number, text in enumerate(("12 s", CUT_OFF), start=1):
        house.alert(number, cause=AlertCause.CALL, text=text)
    page = visitor.read("/call-back")
    assert "Message vocal de 12 s" in page
    assert "Coupé par une panne en pleine communication." in page
    assert CUT_OFF not in page


def test_a_caller_whom_the_network_led_on_meanwhile_is_told_in_words(
    house: House, visitor: Visitor
) -> None:
    house.alert(1, cause=AlertCause.DIVERTED, caller=None, text=MEANWHILE)
    page = visitor.read("/call-back")
    assert "Numéro inconnu" in page
    assert "voir les appels manqués du mobile de garde" in page
    assert MEANWHILE not in page


def test_whoever_is_signed_in_and_of_the_staff_is_chosen_already(
    house: House, visitor: Visitor
) -> None:
    house.alert(1)
    assert "<option selected>" not in visitor.get("/call-back").text
    house.load(SITE.replace("Alice Martin", "Sophie Admin"))
    assert "<option selected>Sophie Admin<" in visitor.get("/call-back").text


def test_taken_care_of_leaves_one_wish_in_the_store(house: House, visitor: Visitor) -> None:
    house.alert(1)
    for _ in range(2):  # a double tap
        answer = visitor.press("/alerts/1/taken-care-of", "/call-back", by="Bruno Petit")
        assert (answer.status_code, answer.location) == (303, "/call-back")
        house.alert(2, cause=AlertCause.CALL)  # keeps a form, and its token, on the page
    assert house.wishes() == [{"alert": "1", "by": "Bruno Petit"}]
    assert "Noté. Le boîtier le clôt." in visitor.read("/call-back")


def test_without_a_name_it_was_somebody_at_the_page(house: House, visitor: Visitor) -> None:
    house.alert(1)
    visitor.get("/?lang=en")  # the wish is told by SMS, hence in the site's language
    visitor.press("/alerts/1/taken-care-of", "/call-back", by="")
    assert house.wishes() == [{"alert": "1", "by": "quelqu'un sur la page"}]


def test_a_stranger_to_the_rota_is_refused(house: House, visitor: Visitor) -> None:
    house.alert(1)
    answer = visitor.press("/alerts/1/taken-care-of", "/call-back", by="Mallory\r\nOK")
    assert answer.status_code == 400
    assert house.wishes() == []


def test_an_alert_settled_meanwhile_is_left_alone(house: House, visitor: Visitor) -> None:
    alert = house.alert(1)
    token = visitor.token("/call-back")
    house.record(replace(alert, state=AlertState.ACKNOWLEDGED))
    for number in (1, 99):
        answer = visitor.client.post(
            f"/alerts/{number}/taken-care-of",
            data={"csrf_token": token, "by": ""},
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code == 303
    assert house.wishes() == []


def test_once_the_daemon_has_done_it_the_alert_is_gone(house: House, visitor: Visitor) -> None:
    alert = house.alert(1)
    visitor.press("/alerts/1/taken-care-of", "/call-back", by="")
    house.record(replace(alert, state=AlertState.CLOSED), RequestDone(1, house.now))
    assert "Personne n’attend de réponse." in visitor.read("/call-back")
    assert house.wishes() == []


def test_with_the_box_gone_the_wish_waits_and_the_page_says_so(
    house: House, visitor: Visitor
) -> None:
    house.alert(1)
    house.stop()
    visitor.press("/alerts/1/taken-care-of", "/call-back", by="")
    assert "Noté. Le boîtier le clôt dès qu’il répond à nouveau." in visitor.read("/call-back")
    assert len(house.wishes()) == 1


def test_the_text_of_a_stranger_is_shown_whole_and_harmless(
    house: House, visitor: Visitor
) -> None:
    house.alert(1, text='<b onclick="x()">6 rue "Haute"</b>\nmerci')
    html = visitor.get("/call-back").text
    assert "<b onclick" not in html
    assert '<b onclick="x()">6 rue "Haute"</b> merci' in visitor.read("/call-back")


def test_names_of_the_site_are_offered(house: House, visitor: Visitor) -> None:
    house.load(SITE.replace("Bruno Petit", "Bruno <Petit>"))
    house.alert(1)
    assert "<option>Bruno &lt;Petit&gt;</option>" in visitor.get("/call-back").text
