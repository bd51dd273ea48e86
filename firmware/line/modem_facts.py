"""What the modem and the network said of themselves, and the questions that keep it true."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from firmware.at import answers
from firmware.at import device_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.events import Registration as RegistrationReport
from firmware.line.errand import Conversation
from firmware.line.modem_line import Reply

OPERATOR_LOOKS = 10   # the operator's name is asked again after so many, or another registration
# A modem that is well answers as the time before
_registration = lru_cache(maxsize=16)(answers.registration)
_signal_dbm = lru_cache(maxsize=16)(answers.signal_dbm)
ASKED = ("CS", "EPS")
UNREAD_MAX = 3  # looks without any answer about registration before nothing is believed


@dataclass(slots=True)
class ModemFacts:
    """Facts are dropped, not kept, when they can no longer be read: an old answer is no proof.

    ``unread`` counts the looks in a row in which no registration could be read.
    """

    imei: str | None = None
    model: str | None = None
    iccid: str | None = None
    operator: str | None = None
    technology: str | None = None
    signal_dbm: int | None = None
    own_number: str | None = None
    service_centre: str | None = None   # of SMS; empty where the SIM holds none, None: not told
    reports_on: bool = False     # it tells of its registration by itself (+CREG)
    follows_time: bool = False   # its clock is the network's (+CTZU)
    storages: tuple[str, ...] = ()
    refused_storages: tuple[str, ...] = ()   # at the bring-up: there are none, or just then
    registration: dict[str, RegistrationReport] = field(default_factory=dict)
    unread: int = 0
    voice_over_ims: bool | None = None   # asked where calls cannot come otherwise; None: not told
    _named: tuple[RegistrationReport, ...] = ()   # registrations of which the operator is known
    _looks: int = 0                               # since it was asked last
    _missed: dict[str, int] = field(default_factory=dict)   # looks in a row, of each domain

    @property
    def registered(self) -> bool:
        return any(report.registered for report in self.registration.values())

    @property
    def takes_calls(self) -> bool:
        """Whether calls can come in, by what the network and the modem say."""
        by_circuit = any(report.takes_calls for report in self.registration.values())
        return by_circuit or self.voice_over_ims is True

    @property
    def statuses(self) -> tuple[tuple[str, int], ...]:
        """How it is registered, wherever that is."""
        return tuple((domain, each.status) for domain, each in self.registration.items())

    def measure(self, on_registration: Callable[[Reply], None]) -> Conversation:
        """Ask registration, signal and operator; ``on_registration`` hears each answer that can
        be read."""
        read = 0
        for domain in ASKED:
            reply = yield commands.registration_query(domain)
            if reply.ok and self._take_registration(reply):
                read += 1
                on_registration(reply)
            else:
                self._miss(domain)
        self._count(read=bool(read))
        reply = yield commands.signal_query()
        self.signal_dbm = _signal(reply)
        if self.registered and (not read or self._operator_is_due()):
            reply = yield commands.operator_query()
            self._take_operator(reply)
        yield from self._ask_for_voice()

    def _miss(self, domain: str) -> None:
        """One that could be asked and cannot any more. What only tells by itself is believed."""
        if domain in self._missed:
            self._missed[domain] += 1
            if self._missed[domain] >= UNREAD_MAX:
                self.registration.pop(domain, None)

    def _ask_for_voice(self) -> Conversation:
        """Only where IMS alone can take calls: elsewhere nobody needs to know."""
        self.voice_over_ims = None
        if self.registered and not self.takes_calls:
            reply = yield commands.voice_over_ims_query()
            with suppress(AnswerFault):
                self.voice_over_ims = answers.voice_over_ims(reply.lines) if reply.ok else None

    def _operator_is_due(self) -> bool:
        """Its name and the technology are as before while the registrations are."""
        registrations = tuple(self.registration.values())
        self._looks += 1
        if self.operator and registrations == self._named and self._looks < OPERATOR_LOOKS:
            return False
        self._named, self._looks = registrations, 0
        return True

    def glance(self, on_registration: Callable[[Reply], None]) -> Conversation:
        """Registration alone: the modem answers, has not restarted, and is on the network."""
        reply = yield commands.registration_query("CS")
        if reply.ok and self._take_registration(reply):
            self._count(read=True)
            on_registration(reply)
        elif reply.result is None:   # a modem may hang but for what it answers by itself
            self._count(read=False)

    def _count(self, *, read: bool) -> None:
        self.unread = 0 if read else self.unread + 1
        if self.unread >= UNREAD_MAX:
            self.registration.clear()
            self.operator = self.technology = None

    def _take_registration(self, reply: Reply) -> bool:
        try:
            report = _registration(reply.lines)
        except AnswerFault:
            return False
        self.told(report)
        self._missed[report.domain] = 0
        return True

    def told(self, report: RegistrationReport) -> None:
        """Of the packet domain (+CGREG) nobody asks: what is told of it, by a modem that was set
        to, or by a garbled letter of +CEREG, would count for ever; and no call comes there."""
        if report.domain in ASKED:
            self.registration[report.domain] = report

    def _take_operator(self, reply: Reply) -> None:
        try:
            operator = answers.operator(reply.lines) if reply.ok else None
        except AnswerFault:
            operator = None
        self.operator = operator.name or None if operator is not None else None
        self.technology = _technology(operator.technology) if operator is not None else None


def text_of(reply: Reply) -> str | None:
    """The answer to +CGMM."""
    try:
        return answers.identity(reply.lines) if reply.ok else None
    except AnswerFault:
        return None


def iccid_of(reply: Reply) -> str | None:
    """The card's number."""
    try:
        return answers.iccid(reply.lines) if reply.ok else None
    except AnswerFault:
        return None


def _signal(reply: Reply) -> int | None:
    try:
        return _signal_dbm(reply.lines) if reply.ok else None
    except AnswerFault:
        return None


def _technology(act: int | None) -> str | None:
    """27.007 7.3 <AcT> as people say it."""
    if act is None:
        return None
    if act in (0, 1, 3, 8):
        return "2G"
    return "3G" if act in (2, 4, 5, 6) else "4G" if act in (7, 9) else "5G"
