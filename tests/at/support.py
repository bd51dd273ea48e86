"""What the tests of the AT driver share: profiles, and a channel driven like the shell does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from firmware.at.command import Command
from firmware.at.dialogue import Dialogue
from firmware.at.dialogue_events import Answer, DialogueEvent, Transmit
from firmware.at.profile import ModemProfile, parse_profile

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ROOT / "hw" / "profiles"
TRANSCRIPTS = ROOT / "hw" / "transcripts"
PROFILE_NAMES = tuple(sorted(path.stem for path in PROFILES.glob("*.toml")))
PDU = "0001000B913306010203F400000141"
DELIVER = "0791233010210068040B913306010203F4000062304181634021064F65390C1203"
DELIVER_LENGTH = 25


@cache
def load_profile(name: str) -> ModemProfile:
    return parse_profile((PROFILES / f"{name}.toml").read_text(encoding="utf-8"), name)


class Line:
    """A channel with its time; a peer, if any, answers what is written after a delay."""

    def __init__(self, profile: ModemProfile) -> None:
        self.dialogue = Dialogue(profile)
        self.now_s = 100.0
        self.written: list[bytes] = []
        self.events: list[DialogueEvent] = []
        self.peer: Callable[[float, bytes], Iterable[tuple[float, bytes]]] | None = None
        self._coming: list[tuple[float, bytes]] = []

    def send(self, command: Command) -> None:
        self._write(self.dialogue.send(self.now_s, command))

    def hear(self, data: bytes) -> list[DialogueEvent]:
        """Bytes from the modem, now; returns the new events that are no Transmit."""
        return self._take(self.dialogue.receive(self.now_s, data))

    def wait(self, for_s: float) -> list[DialogueEvent]:
        """Let time pass, waking the dialogue exactly when it asks for it."""
        end_s = self.now_s + for_s
        fresh: list[DialogueEvent] = []
        for _ in range(10_000):
            due = [at_s for at_s, _ in self._coming]
            if self.dialogue.deadline_s is not None:
                due.append(max(self.dialogue.deadline_s, self.now_s))
            if not due or min(due) > end_s:
                break
            self.now_s = min(due)
            fresh += self._step()
        else:
            raise AssertionError("the dialogue keeps asking to be woken")
        self.now_s = end_s
        return fresh

    def resynchronise(self) -> None:
        self._take(self.dialogue.resynchronise(self.now_s))

    def _step(self) -> list[DialogueEvent]:
        arrived = sorted(
            (item for item in self._coming if item[0] <= self.now_s), key=lambda item: item[0]
        )
        self._coming = [item for item in self._coming if item[0] > self.now_s]
        fresh: list[DialogueEvent] = []
        for _, data in arrived:
            fresh += self.hear(data)
        if self.dialogue.deadline_s is not None and self.dialogue.deadline_s <= self.now_s:
            fresh += self._take(self.dialogue.tick(self.now_s))
        return fresh

    def _take(self, events: list[DialogueEvent]) -> list[DialogueEvent]:
        for event in events:
            if isinstance(event, Transmit):
                self._write(event.data)
        fresh: list[DialogueEvent] = []
        fresh += [event for event in events if not isinstance(event, Transmit)]
        self.events += fresh
        return fresh

    def _write(self, data: bytes) -> None:
        self.written.append(data)
        if self.peer is not None:
            self._coming += [
                (self.now_s + after_s, reply) for after_s, reply in self.peer(self.now_s, data)
            ]


def answers_in(events: list[DialogueEvent]) -> list[Answer]:
    return [event for event in events if isinstance(event, Answer)]
