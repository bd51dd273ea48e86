"""Whatever anybody writes: one answer to the staff, none to a stranger, never an exception."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.duty.handover import HandoverKeeper
from firmware.duty.relay import RelayDesk
from firmware.duty.staff_desk import StaffDesk
from firmware.guard.doorman import Doorman
from firmware.message_desk import MessageDesk
from firmware.record import AlertCause, IncomingMessage, JournalEntry, OutgoingMessage
from firmware.rota import read_site_file
from firmware.sms.inbox import Received
from firmware.sms.staff_commands import WORDS
from firmware.sms.tpdu import Originator, OriginatorKind
from tests.alert.bench import Bench
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import WORDINGS
from tests.sms.patience import patient

pytestmark = pytest.mark.usefixtures("modem_family")

ROTA = read_site_file(SAMPLE)
TWO_SERVICES = read_site_file(
    SAMPLE
    + """
[[service]]
name = "Ambulance Nord"
[[service]]
name = "Été & Fils"
"""
)


class Office(Bench):
    """All who deal with messages, and what they recorded."""

    def __init__(self, rota: object = ROTA) -> None:
        super().__init__(rota)  # type: ignore[arg-type]
        self.handover = HandoverKeeper(
            self.ledger, self.roster, self.outbox, self.desk, self.bell, self.speaker
        )
        self.relay = RelayDesk(self.ledger, self.roster, self.outbox, self.desk, self.speaker)
        words = self.desk._words
        staff = StaffDesk(
            self.ledger, self.roster, self.outbox, self.desk, words, self.relay,
            {AlertCause.RELAY: self.relay}, self.speaker, (),
        )  # fmt: skip
        doorman = Doorman(self.ledger, self.bell, WORDINGS.values())
        self.messages = MessageDesk(
            self.ledger, self.roster, self.desk, staff, self.speaker, doorman
        )
        self.outbox.ready = False

    def receive(
        self,
        sender: str,
        text: str | None,
        kind: OriginatorKind = OriginatorKind.NUMBER,
        *,
        complete: bool = True,
    ) -> None:
        number = self.ledger.next_id(IncomingMessage)
        message = IncomingMessage(number, self.ledger.now, sender, text, complete)
        self.messages.received(Received(message, Originator(sender, kind)))

    def sent(self) -> list[OutgoingMessage]:
        return [row for row in self._rows() if isinstance(row, OutgoingMessage)]

    def journal(self) -> list[JournalEntry]:
        return [row for row in self._rows() if isinstance(row, JournalEntry)]

    def _rows(self) -> list[object]:
        return list(self.ledger._rows.values())


ANYTHING = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda word, rest: f"{word} {rest}", st.sampled_from(sorted(WORDS)), st.text(max_size=20)
    ),
)


@patient
@given(st.sampled_from([ALICE, BRUNO, CHLOE, ADMIN]), ANYTHING)
def test_each_text_of_the_staff_has_one_answer_and_one_line_in_the_journal(
    mobile: str, text: str
) -> None:
    office = Office()
    office.receive(mobile, text)
    answers = [sms for sms in office.sent() if sms.cause == "answer:1"]
    assert [sms.recipient for sms in answers] == [mobile]
    assert answers[0].text
    lines = [entry for entry in office.journal() if entry.kind == "sms_in"]
    assert len(lines) == 1
    assert lines[0].outcome in ("command", "not_understood")


@patient
@given(ANYTHING, st.sampled_from(list(OriginatorKind)), st.booleans())
def test_no_stranger_ever_gets_an_answer(
    text: str, kind: OriginatorKind, complete: bool
) -> None:
    sender = CALLER if kind is OriginatorKind.NUMBER else "Allo"
    office = Office()
    office.receive(sender, text, kind, complete=complete)
    assert {sms.recipient for sms in office.sent()} == {BRUNO}
    (alert,) = office.desk.book.unsettled()
    assert alert.cause is AlertCause.SMS
    assert alert.number == sender
    assert text in alert.text
    (line,) = (entry for entry in office.journal() if entry.kind == "sms_in")
    assert line.detail["reference"] == alert.reference


@pytest.mark.parametrize(
    ("sender", "kind", "known"),
    [
        ("+33601020304", OriginatorKind.NUMBER, True),
        ("0601020304", OriginatorKind.NATIONAL, True),
        ("601020304", OriginatorKind.NATIONAL, False),
        ("+33601020304", OriginatorKind.ALPHANUMERIC, False),
        ("+33601020305", OriginatorKind.NUMBER, False),
        ("36105", OriginatorKind.SHORT_CODE, False),
        ("", OriginatorKind.ABSENT, False),
    ],
)
def test_who_is_known_as_staff(sender: str, kind: OriginatorKind, known: bool) -> None:
    office = Office()
    office.receive(sender, "AIDE", kind)
    assert bool(office.desk.book.unsettled()) is not known


def test_half_a_text_of_the_staff_is_no_command() -> None:
    """"RELAIS [...]" may have gone on with "Bruno"."""
    office = Office()
    office.receive(ALICE, "RELAIS", complete=False)
    assert [alert.number for alert in office.desk.book.unsettled()] == [ALICE]
    assert office.roster.rota == ROTA


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Bonjour", "Ambulance"),
        ("Ambulance svp", "Ambulance"),
        ("Ambulance Nord svp", "Ambulance Nord"),
        ("AMBULANCE  NORD: urgent", "Ambulance Nord"),
        ("ambulance nordique", "Ambulance"),
        ("ete & fils", "Été & Fils"),
        ("Été & Fils, bonjour", "Été & Fils"),
        ("L'ambulance nord", "Ambulance"),
        ("", "Ambulance"),
    ],
)
def test_the_service_is_the_longest_name_that_the_text_begins_with(
    text: str, service: str
) -> None:
    office = Office(TWO_SERVICES)
    office.receive(CALLER, text)
    (alert,) = office.desk.book.unsettled()
    assert alert.service == service


def test_without_a_rota_everybody_is_a_stranger_and_nothing_is_lost() -> None:
    office = Office(None)
    office.receive(ALICE, "OK")
    (alert,) = office.desk.book.unsettled()
    assert alert.text == "OK"
    assert office.sent() == []


def test_an_intervention_never_lasts_less_than_nothing() -> None:
    office = Office()
    office.receive(ALICE, "DEBUT")
    office.ledger.moment = office.ledger.moment.__class__(
        office.ledger.moment.monotonic_s + 60, office.ledger.now - timedelta(hours=2), True
    )
    office.receive(ALICE, "FIN")
    assert "0 h 00" in office.sent()[-1].text


def test_planning_of_a_busy_person_still_fits_a_few_sms() -> None:
    office = Office(read_site_file(SAMPLE.replace('every = "1 week"', 'every = "1 day"')))
    office.receive(ALICE, "PLANNING")
    answer = office.sent()[-1].text
    assert len(answer.splitlines()) == 9   # the last says how many there are besides
    assert len(answer) < 3 * 153
