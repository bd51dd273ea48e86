"""Greetings, rules of the voice, messages of callers, PINs: saved, heard, refused, logged."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from firmware.record import Fact, JournalEntry, JournalKind, RecordedGreeting, Voicemail
from firmware.rota import Greeting, Rota
from firmware.sound import wav
from firmware.sound.pcm import rms
from firmware.store.account_values import Role
from tests.speech.sounds import hum
from tests.web.house import ALICE, CALLER, NOW, SITE, House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box

GREETING = "/voice/greeting?service=Ambulance&when=always"
needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"
)


def rota_of(visitor: Visitor) -> Rota:
    box: Box = visitor.client.application.extensions[EXTENSION]
    with visitor.client.application.app_context():
        found = box.rota()
    assert found is not None
    return found


def send(visitor: Visitor, path: str, page: str, **values: Any) -> TestResponse:
    version = visitor.client.application.extensions[EXTENSION].rota_with_version()[1]
    data = {"csrf_token": visitor.token(page), "version": str(version), **values}
    return visitor.client.post(path, data=data, headers={"Origin": "http://localhost"})


def test_a_greeting_is_written_shown_and_taken_away(visitor: Visitor) -> None:
    values = {"service": "Ambulance", "when": "always"}
    said = {**values, "text": "Ambulances Dupont, bonjour."}
    assert send(visitor, "/voice/greeting", GREETING, **said).status_code == 303
    assert rota_of(visitor).greetings == (Greeting("Ambulance", "always", said["text"]),)
    assert "Ambulances Dupont, bonjour." in visitor.read("/voice")
    empty = send(visitor, "/voice/greeting", GREETING, **values, text=" ")
    assert empty.status_code == 422
    assert "Écrivez un texte ou choisissez un enregistrement." in words_of(empty.text)
    assert send(visitor, "/voice/greeting/remove", GREETING, **values).status_code == 303
    assert rota_of(visitor).greetings == ()
    assert visitor.get("/voice/greeting?service=Ambulance&when=night").status_code == 404
    assert visitor.get("/voice/greeting?service=X&when=always").status_code == 404


def test_a_recording_is_taken_in_and_played_in_pieces(visitor: Visitor, house: House) -> None:
    values = {"service": "Ambulance", "when": "always", "text": ""}
    quiet = wav.write(hum(2, -40))
    sent = send(visitor, "/voice/greeting", GREETING, **values,
                sound=(io.BytesIO(quiet), "../../accueil.mp3"))  # fmt: skip
    assert sent.status_code == 303
    (known,) = rota_of(visitor).greetings
    assert known.recording is not None
    file = house.data_dir / "voice" / f"{known.recording}.wav"
    assert rms(wav.read_telephone(file.read_bytes())) > 8 * rms(wav.read_telephone(quiet))
    piece = visitor.get(f"/voice/recording/{known.recording}.wav", Range="bytes=100-199")
    assert (piece.status_code, piece.data) == (206, file.read_bytes()[100:200])
    assert visitor.get("/voice/recording/greeting/..%2f..%2fveilleur.wav").status_code == 404
    assert visitor.get("/voice/recording/mail/1.wav").status_code == 404
    wrong = send(visitor, "/voice/greeting", GREETING, **values,
                 sound=(io.BytesIO(b"MZ" + bytes(99)), "a.wav"))  # fmt: skip
    assert wrong.status_code == 422
    assert "n’est pas un son lisible" in words_of(wrong.text)
    assert rota_of(visitor).greetings == (known,)


def test_a_greeting_recorded_by_telephone_tells_where_it_came_from(
    visitor: Visitor, house: House
) -> None:
    name = "greeting/tel-0123456789abcdef"
    path = house.data_dir / "voice" / f"{name}.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(wav.write(hum(2, -20)))
    at = NOW - timedelta(days=1)
    house.record(RecordedGreeting("Ambulance", "always", name, at, "Alice Martin", ALICE))
    page = words_of(visitor.read(GREETING))
    assert "Enregistrée par téléphone par Alice Martin, " in page.replace("\u00a0", " ")
    assert visitor.get(f"/voice/recording/{name}.wav").status_code == 200
    assert "Annonce de Ambulance enregistrée par téléphone" in visitor.read("/settings/log")
    assert "Annonce de Ambulance enregistrée par téléphone" in visitor.read("/rota/history")
    house.load(SITE + """
[[greeting]]
service = "Ambulance"
recording = "greeting/tel-77"
""")
    assert "Enregistrée par téléphone Retirer" in words_of(visitor.read(GREETING))


def test_the_rules_and_the_emergency_sentence(visitor: Visitor) -> None:
    values = {"rings": "2", "ring_s": "25", "accept_s": "10", "rounds": "3", "message_s": "60",
              "emergency": "Urgence vitale : le 15 ou le 112."}  # fmt: skip
    for name, wrong, told in (
        ("ring_s", "31", "Indiquez un nombre de 10 à 30."),
        ("emergency", "Appelez le 15.", "112 doit y figurer."),
    ):
        answer = send(visitor, "/voice/rules", "/voice", **{**values, name: wrong})
        assert answer.status_code == 422
        assert told in words_of(answer.text)
    assert send(visitor, "/voice/rules", "/voice", **values).status_code == 303
    rules = rota_of(visitor).voice
    assert (rules.rings, rules.voicemail) == (2, False)
    assert rules.emergency == "Urgence vitale : le 15 ou le 112."


def test_why_the_voice_is_not_used_and_trying_again(visitor: Visitor, house: House) -> None:
    house.load(SITE.replace('name = "Ambulance"\n', 'name = "Ambulance"\nmode = "transfer"\n', 1))
    assert "le premier appel le montrera" in visitor.read("/voice")
    cases: tuple[tuple[dict[str, object], str], ...] = (
        ({"steps": [[0, "answered", None]]}, "Le boîtier décroche les appels de : Ambulance"),
        ({"voice": "no audio port"}, "Le son du modem est introuvable"),
    )
    for detail, told in cases:
        house.record(JournalEntry(NOW, JournalKind.CALL, "Ambulance", CALLER, detail=detail))
        assert told in visitor.read("/voice").replace("\u00a0", " ")
    house.record(Fact("voice:why", "no voice channel"))
    assert "n’offre pas de voix" in visitor.read("/voice")
    assert "Réessayer la voix" not in visitor.read("/voice")
    house.record(Fact("voice:why", "voice failed twice"))
    assert visitor.press("/voice/again", "/voice").status_code == 303
    assert [wish["by"] for wish in house.wishes()] == ["Sophie Admin"]


def test_call_me_and_let_me_hear_it(visitor: Visitor, house: House) -> None:
    values = {"service": "Ambulance", "when": "always"}
    send(visitor, "/voice/greeting", GREETING, **values, text="Bonjour.")
    called = send(visitor, "/voice/greeting/call", GREETING, **values, number=ALICE)
    assert called.status_code == 303
    (wish,) = house.wishes()
    assert wish == {**values, "number": ALICE, "by": "Sophie Admin"}
    strange = send(visitor, "/voice/greeting/call", GREETING, **values, number="+33899701234")
    assert strange.status_code == 404


@needs_espeak
def test_a_text_is_heard_before_it_is_saved(visitor: Visitor, house: House) -> None:
    answer = visitor.get("/voice/spoken.wav?text=Bonjour")
    assert answer.mimetype == "audio/wav"
    assert 0.3 < wav.read(answer.data).seconds < 2
    assert list((house.data_dir / "voice" / "spoken").glob("*.wav"))
    assert visitor.get("/voice/spoken.wav?text=").status_code == 422


def left(house: House, number: int, **changes: Any) -> Voicemail:
    """A message, with its recording."""
    message = Voicemail(number, number, "Ambulance", CALLER, NOW - timedelta(hours=1), 12.4,
                        f"mail/{number}", **changes)  # fmt: skip
    house.record(message)
    path: Path = house.data_dir / "voice" / f"{message.name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav.write(hum(1, -20)))
    return message


def test_messages_are_heard_by_staff_and_each_time_is_told(house: House) -> None:
    left(house, 1)
    left(house, 2, deleted_at=NOW)
    app = create_app(house.data_dir, clock=house.clock)
    staff, reader = Visitor(app, Role.STAFF), Visitor(app, Role.READER)
    assert "Messages 1" in staff.read("/call-back")
    assert "/voicemail" not in reader.get("/call-back").text
    page = staff.read("/voicemail")
    assert "06 39 98 00 01" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "12 secondes" in page.replace("\u00a0", " ")
    whole = staff.get("/voicemail/1.wav", Range="bytes=0-")
    assert whole.status_code == 206
    assert staff.get("/voicemail/1.wav", Range="bytes=500-600").status_code == 206
    assert staff.get("/voicemail/2.wav").status_code == 404
    assert staff.get("/voicemail/3.wav").status_code == 404
    for path in ("/voicemail", "/voicemail/1.wav"):
        assert reader.get(path).status_code == 403
    box: Box = app.extensions[EXTENSION]
    log = [entry for _, entry in box.accounts.audit_log(50)]
    heard = [each for each in log if each.what == "voicemail.heard"]
    assert [(each.name, each.values["caller"]) for each in heard] == [("Sam Staff", CALLER)]
    assert staff.press("/voicemail/delete", "/voicemail", voicemail="1").status_code == 303
    assert house.wishes() == [{"voicemail": "1", "by": "Sam Staff"}] * 2
    assert "Suppression en cours." in staff.read("/voicemail")


def test_a_pin_is_set_by_an_administrator_and_by_the_person(visitor: Visitor, house: House) -> None:
    page = "/people/person?name=Bruno+Petit"
    weak = visitor.press("/people/pin", page, name="Bruno Petit", pin="1234")
    assert "l’un des premiers" in words_of(weak.text)
    box: Box = visitor.client.application.extensions[EXTENSION]
    assert box.pins.of("Bruno Petit") is None
    visitor.press("/people/pin", page, name="Bruno Petit", pin="4711")
    assert box.pins.verify("Bruno Petit", "4711")
    secret = box.people.new_link("Bruno Petit", "Sophie Admin", NOW)
    stranger = Visitor(visitor.client.application, None)
    own = f"/p/{secret}"
    assert stranger.press(f"{own}/pin", own, pin="12").status_code == 422
    assert stranger.press(f"{own}/pin", own, pin="8152").status_code == 303
    assert box.pins.verify("Bruno Petit", "8152")
    assert "8152" not in stranger.get(own).text
