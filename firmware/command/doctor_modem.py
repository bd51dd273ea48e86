"""The doctor's conversation with a modem: one command at a time, every wait bounded."""

from __future__ import annotations

import errno
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from firmware.at.command import Command
from firmware.at.dialogue import Dialogue
from firmware.at.dialogue_events import Answer, ChannelClean, DialogueEvent, Transmit
from firmware.at.profile import ModemProfile
from firmware.command.doctor_machine import holders
from firmware.command.doctor_ports import PortToTry
from firmware.command.doctor_report import Progress
from firmware.doctor.facts import ModemFacts, PortFacts, PortProblem
from firmware.doctor.questions import Question, interview
from firmware.line.modem_line import Reply
from firmware.line.usb_port import PortUnavailable
from firmware.shell.serial_port import SerialPort
from firmware.wording import doctor_messages as words

SYNCHRONISE_S = 12.0   # a modem that is there answers AT in well under a second
LOOK_S = 0.5           # how often the progress line is looked after
PROBLEMS = {
    errno.ENOENT: PortProblem.MISSING,
    errno.ENODEV: PortProblem.MISSING,
    errno.ENXIO: PortProblem.MISSING,
    errno.EBUSY: PortProblem.TAKEN,
    errno.EAGAIN: PortProblem.TAKEN,
    errno.EACCES: PortProblem.DENIED,
    errno.EPERM: PortProblem.DENIED,
}


class PortLostError(Exception):
    """The port went away under the conversation."""


class Interviewer:
    """The time that is left for all modems together, and where progress is shown."""

    def __init__(self, budget_s: float, progress: Progress) -> None:
        self.deadline_s = time.monotonic() + budget_s
        self.progress = progress


def modem_and_ports(
    ports: Sequence[PortToTry], interviewer: Interviewer
) -> tuple[ModemFacts | None, tuple[PortFacts, ...]]:
    """The first modem that answers, else what was found at the first port that opened."""
    tried: list[PortFacts] = []
    silent: ModemFacts | None = None
    for port in ports:
        if time.monotonic() >= interviewer.deadline_s:
            break
        facts, modem = _try(port, interviewer)
        tried.append(facts)
        if modem is not None and modem.clean:
            return modem, tuple(tried)
        silent = silent or modem
    return silent, tuple(tried)


def _try(port: PortToTry, interviewer: Interviewer) -> tuple[PortFacts, ModemFacts | None]:
    """A port that another program has open is not touched, lock or no lock: two programs on one
    port take each other's answers."""
    facts = port.facts
    others = holders(facts.path)
    if others:
        return replace(facts, problem=PortProblem.TAKEN, holders=others), None
    try:
        session = Session(facts.path, port.profile, interviewer)
    except PortUnavailable as fault:
        return _unavailable(facts, fault), None
    try:
        return facts, _ask_all(port, session)
    except PortLostError as lost:
        return replace(facts, problem=PortProblem.LOST, detail=str(lost)), None
    finally:
        session.close()


def _unavailable(facts: PortFacts, fault: PortUnavailable) -> PortFacts:
    number = getattr(fault.__cause__, "errno", None)
    problem = PROBLEMS.get(number, PortProblem.NOT_SERIAL) if number else PortProblem.NOT_SERIAL
    detail = str(fault).removeprefix(f"{facts.path}: ")
    return replace(facts, problem=problem, detail=detail, holders=holders(facts.path))


def _ask_all(port: PortToTry, session: Session) -> ModemFacts:
    clean = session.synchronise()
    replies = _replies(port.profile, session) if clean else {}
    return ModemFacts(
        port=port.facts,
        profile=port.profile.name,
        proven=port.profile.proven,
        clean=clean,
        bytes_heard=session.bytes_heard,
        replies=replies,
    )


def _replies(profile: ModemProfile, session: Session) -> dict[Question, Reply]:
    """The interview, as far as the time goes: what was not asked has no reply."""
    replies: dict[Question, Reply] = {}
    questions = interview(profile)
    question, command = next(questions)
    while True:
        reply = session.ask(command)
        if reply is None:
            questions.close()
            return replies
        replies[question] = reply
        try:
            question, command = questions.send(reply)
        except StopIteration:
            return replies


class Session:
    """An open port with a dialogue on it, in the caller's thread.

    Raises `PortUnavailable` when it cannot be opened.
    """

    def __init__(self, path: str, profile: ModemProfile, interviewer: Interviewer) -> None:
        self._interviewer = interviewer
        self._queue: queue.SimpleQueue[bytes | PortLostError] = queue.SimpleQueue()
        self._dialogue = Dialogue(profile)
        self._lost = False
        self.bytes_heard = 0
        self._port = SerialPort(
            path, self._queue.put, lambda reason: self._queue.put(PortLostError(reason))
        )

    def close(self) -> None:
        self._port.close()

    def synchronise(self) -> bool:
        """Whether a modem answers AT rightly. Raises `PortLostError`."""
        deadline_s = min(time.monotonic() + SYNCHRONISE_S, self._interviewer.deadline_s)
        events = self._dialogue.resynchronise(time.monotonic())
        return self._until(_is_clean, deadline_s, events) is not None

    def ask(self, command: Command) -> Reply | None:
        """The reply, ``result`` None when it came too late; None when there was no time left to
        ask. Raises `PortLostError`."""
        deadline_s = self._interviewer.deadline_s
        if self._dialogue.dirty and self._until(_is_clean, deadline_s, []) is None:
            return None
        now_s = time.monotonic()
        if now_s >= deadline_s:
            return None
        bounded = replace(command, timeout_s=min(command.timeout_s, deadline_s - now_s))
        self._write(self._dialogue.send(now_s, bounded))
        # Its own deadline ends it; a moment more, so that the dialogue says so itself
        answer = self._until(_is_answer, deadline_s + LOOK_S, [])
        if not isinstance(answer, Answer):
            return Reply(command, None)
        return Reply(command, answer.result, answer.lines)

    def _until(
        self,
        wanted: Callable[[DialogueEvent], bool],
        deadline_s: float,
        events: list[DialogueEvent],
    ) -> DialogueEvent | None:
        """The event that is waited for; None at the deadline."""
        while True:
            found = None
            for event in events:
                if isinstance(event, Transmit):
                    self._write(event.data)
                elif found is None and wanted(event):
                    found = event
            now_s = time.monotonic()
            if found is not None or now_s >= deadline_s:
                return found
            self._interviewer.progress.at(words.L_MODEM)
            events = self._wait(now_s, deadline_s)

    def _wait(self, now_s: float, deadline_s: float) -> list[DialogueEvent]:
        """What the next bytes or the next deadline bring."""
        due_s = self._dialogue.deadline_s
        until_s = min(deadline_s, now_s + LOOK_S, due_s if due_s is not None else deadline_s)
        try:
            heard = self._queue.get(timeout=max(0.0, until_s - now_s))
        except queue.Empty:
            return self._dialogue.tick(time.monotonic())
        if isinstance(heard, PortLostError):
            raise heard
        self.bytes_heard += len(heard)
        events = self._dialogue.receive(time.monotonic(), heard)
        return events + self._dialogue.tick(time.monotonic())

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except OSError as fault:
            raise PortLostError(str(fault)) from fault


def _is_clean(event: DialogueEvent) -> bool:
    return isinstance(event, ChannelClean)


def _is_answer(event: DialogueEvent) -> bool:
    return isinstance(event, Answer)
