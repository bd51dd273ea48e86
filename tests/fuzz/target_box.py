"""The whole box in simulated time: garbage from the modem in the middle of a day's work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from firmware.effect import Effect, Record, WakeAt
from firmware.event import BytesReceived, Event, Woken
from firmware.pulse import ModemState
from hw.simulator.models import NAMES
from hw.simulator.terminal import LineError
from tests.fuzz.seeds import transcript_lines
from tests.fuzz.target import Deed, Features, Target, Wait, deed, promise, script, wait
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, SAMPLE, with_mode
from tests.simulation.world import World

_START: Final = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the night of the clock change
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
_BOOT_S, _REST_S, _LAST_CALL_S = 90, 420, 60
_STEPS_MAX: Final = 6_000
_LATE_MAX: Final = 2
_LAST_CALLER: Final = "+33655443322"
_WAITS_S: Final = (0.002, 0.05, 0.5, 1, 3, 5, 12, 31, 65, 301, 3700)
_TEXTS: Final = (
    "OK", "NON", "QUI", "PLANNING", "RELAIS", "RELAIS Bruno", "DEBUT", "FIN", "AIDE", "ok 8F2",
    "Où êtes-vous ? 🚑", "é€" * 90,
)  # fmt: skip
_SITES: Final = (SAMPLE, with_mode("alert"), with_mode("divert", confirm_divert=False), SAMPLE)


class _Box(World):
    """A world that checks each step and whose modem can be made to stammer."""

    keep_alive_s = pulse_every_s = 60.0   # scripts wait for hours, and steps are counted

    def __init__(self, folder: Path, profile: str) -> None:
        self.features: set[object] = set()
        self._late = 0
        self._spoil: int | None = None
        super().__init__(folder, SAMPLE, start=_START, profile=profile)

    def step(self, event: Event) -> None:
        generation = self._generation
        self.steps += 1
        promise(self.steps < _STEPS_MAX, "the box does not come to rest")
        effects = list(self.attendant.step(self.moment, event))
        self._check(event, effects)
        for effect in effects:
            if generation != self._generation:
                return
            self.perform(effect)

    def _check(self, event: Event, effects: list[Effect]) -> None:
        wakes = [effect for effect in effects if isinstance(effect, WakeAt)]
        promise(len(wakes) == 1 and effects[-1] is wakes[0], "not one WakeAt, at the end")
        past = wakes[0].monotonic_s <= self.moment.monotonic_s
        self._late = self._late + 1 if past and isinstance(event, Woken) else 0
        promise(self._late < _LATE_MAX, "WakeAt lies in the past twice in a row")
        records = [place for place, each in enumerate(effects) if isinstance(each, Record)]
        promise(records in ([], [0]), "Record is not the first effect")
        for effect in effects:
            if isinstance(effect, Record):
                self.features |= {_kind_of(row) for row in effect.rows}

    def spoil_next(self, how: int) -> None:
        self._spoil = how

    def _from_modem(self, data: bytes) -> None:
        how, self._spoil = self._spoil, None
        for piece in [data] if how is None else _spoilt(data, how):
            super()._from_modem(piece)


def _kind_of(row: object) -> object:
    kind = getattr(row, "kind", None)
    state = getattr(row, "outcome", None) or getattr(row, "state", None)
    return (type(row).__name__, str(kind), str(state), str(getattr(row, "key", ""))[:8])


def _spoilt(data: bytes, how: int) -> list[bytes]:
    place = how * len(data) // 256
    match how % 6:
        case 0:
            return []
        case 1:
            return [data, data]
        case 2:
            return [data[:place]]
        case 3:
            return [data[:place] + bytes((how,)) + data[place + 1 :]]
        case 4:
            return [data[:place] + data[place + 1 :]]
        case _:
            return [data[place:], data[:place]]


def _restart(box: _Box) -> None:
    box.kill()
    box.restart()


def _replug(box: _Box) -> None:
    if box.plugged:
        box.unplug()
    else:
        box.plug()


_DEEDS: Final[tuple[Callable[[_Box], object], ...]] = (
    lambda box: box.call(CALLER),
    lambda box: box.call(CALLER, withheld=True),
    lambda box: box.call(ALICE, patience_s=8),
    lambda box: box.text(CALLER, "Besoin d'une ambulance, 3 rue Haute"),
    lambda box: box.text(CALLER, "é€" * 90),
    _restart,
    _replug,
    lambda box: box.drop_port(),
    lambda box: box.trust(not box.trusted),
    lambda box: box.page_wishes(),
    lambda box: box.modem.restart(orderly=False),
    *(lambda box, site=site: box.change_rota(site) for site in _SITES),
    *(lambda box, text=text: box.text(ALICE, text) for text in _TEXTS),
    *(lambda box, text=text: box.text(BRUNO, text) for text in _TEXTS[:6]),
    lambda box: box.text(ADMIN, "RELAIS"),
)
_TEXT_FROM_STAFF: Final = len(_DEEDS)  # the bytes that follow are the text
_SPOIL_FROM: Final = 64  # deeds from here on spoil what the modem says next


def run(data: bytes) -> Features:
    """The first byte chooses the modem; the rest is a script of its bytes, deeds and waits.

    When the script is over the box must come to rest, be ready, and take the next call.
    """
    profile = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    folder = _MEMORY if _MEMORY.is_dir() else None
    with TemporaryDirectory(dir=folder, prefix="veilleur-fuzz-") as name:
        box = _Box(Path(name), profile)
        with box.database:
            box.run(_BOOT_S)
            _play(box, data[1:])
            _recover(box)
    return frozenset(box.features)


def _play(box: _Box, data: bytes) -> None:
    speaking = False
    for step in script(data):
        match step:
            case Wait(number):
                box.run(_WAITS_S[number % len(_WAITS_S)])
            case Deed(number) if number >= _SPOIL_FROM:
                box.spoil_next(number)
            case Deed(number):
                speaking = number % (len(_DEEDS) + 1) == _TEXT_FROM_STAFF
                if not speaking:
                    with suppress(LineError):  # a person who is on the telephone already
                        _DEEDS[number % (len(_DEEDS) + 1)](box)
            case bytes() if speaking:
                box.text(BRUNO, step.decode("utf-8", "replace")[:300] or "?")
                speaking = False
            case bytes():
                if box.listening:
                    box.step(BytesReceived(step))
        box.run(0.005)


def _recover(box: _Box) -> None:
    if not box.plugged:
        box.plug()
    if not box.trusted:
        box.trust(True)
    box.spoil_next(1)
    box.run(_REST_S)
    pulse = box.pulse
    promise(pulse is not None and pulse.modem is ModemState.READY, "not ready long after garbage")
    box.call(_LAST_CALLER)
    box.run(_LAST_CALL_S)
    seen = [entry for entry in box.journal("call") if entry["number"] == _LAST_CALLER]
    promise(bool(seen), "a call after garbage is lost")


def seeds() -> list[bytes]:
    """Days of work, and lines of modems where they do not belong."""
    lines = [b"\r\n" + line + b"\r\n" for line in transcript_lines()]
    groups = [b"".join(lines[at : at + 12]) for at in range(0, len(lines), 12)]
    found = [
        bytes((number % len(NAMES),)) + deed(number % 5) + wait(4) + group + wait(6)
        for number, group in enumerate(groups)
    ]
    found += [
        bytes((0,)) + deed(0) + wait(7) + deed(number) + wait(6) + deed(number + 1) + wait(9)
        for number in range(5, _TEXT_FROM_STAFF)
    ]
    return found


TOKENS: Final = (
    *(deed(number) for number in range(_TEXT_FROM_STAFF + 1)),
    *(deed(number) for number in range(_SPOIL_FROM, 256, 11)),
    *(wait(number) for number in range(len(_WAITS_S))),
    b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\nRING\r\n", b"\r\n> ", b"\r\nNO CARRIER\r\n",
    b"\r\nRDY\r\n", b'\r\n+CLIP: "+33699887766",145\r\n',
    b'\r\n+CLIP: "",128,,,,1\r\n', b'\r\n+CMTI: "SM",3\r\n',
    b'\r\n+CMTI: "ME",254\r\n', b"\r\n+CPIN: SIM PIN\r\n", b"\r\n+CPIN: NOT INSERTED\r\n",
    b"\r\n+CREG: 3\r\n", b"\r\n+CREG: 0\r\n", b"\r\n+CME ERROR: 10\r\n", b"\r\n+CMGS: 7\r\n",
    b'\r\n+CLCC: 1,1,4,0,0,"+33699887766",145\r\n', b"\r\n+CMT: ,25\r\n", b"\r\n+CDS: 25\r\n",
    b"0791233010210068040B913306010203F4000062304181634021064F65390C1203\r\n",
    b"\r\n+CCFC: 1,1,\"+33601020304\",145\r\n", b"\r\n+CCFC: 0,1\r\n", b"\x00", b"\xff", b"\r\n",
    "RELAIS Chloé".encode(), b"ok 000", b"NON 8f2", b"planning", b"TAKE", b"fin debut",
)  # fmt: skip
TARGET: Final = Target("box", run, seeds, TOKENS, 4_000, 56)
