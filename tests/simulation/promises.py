"""What the box promises, and the first promise that it breaks, with what went before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

LAST_EVENTS = 40
SHOWN_BYTES = 160


class Promise:
    """The names of all promises, one a checker; `README.md` tells each in a sentence."""

    KNOWN = "each call and SMS has exactly one honest outcome"
    SILENCE = "nothing is lost in silence"
    READ = "a text is on disk two minutes after it came"
    DUTY = "the person used was on duty"
    ALERTED = "alerts leave at least once"
    TOLD = "who is asked is told who called, and what was written"
    TURN = "the next is asked when their turn has come, and not long after"
    ANSWER = "an alert ends by an OK, and by every OK"
    ALARMED = "administrators are told of each alarm that stays, and of its end"
    WORD = "each word of the staff has its answer, and a true one"
    HANDOVER = "who comes on duty and who goes is told so, and the truth"
    RELAYED = "a take-over is somebody's word, and to the end of the shift"
    HOURS = "hours of work are from DEBUT to FIN, as they were sent"
    TWICE = "twice only where the modem's answer was lost"
    BUDGET = "the budget of each destination is kept"
    ORDER = "order is kept"
    QUEUES = "each queue stays under its limit"
    FORWARDING = "forwarding on the network equals the rota, or the alarm is up"
    STUCK = "a call is never stuck"
    RECORDED = "recorded before acted on"
    DELETED = "nothing is deleted from the SIM before it is on disk"
    HEARD = "a caller never hears 5 s of nothing, nor a hold longer than announced"
    WAITS = "a caller waits 60 s at the most before a human or a clear choice"
    ACCEPTED = "nobody is joined with a caller who did not press 1"
    CUT = "nobody who was joined is cut off by the box"
    BACK = "calls are taken again within ten minutes of what software can mend"
    DRAINS = "with the faults off everything drains"


ALL = tuple(text for name, text in vars(Promise).items() if name.isupper())


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken promise: which, when, how, and the last events before it was noticed."""

    promise: str
    at_ms: int
    utc: datetime
    what: str
    events: tuple[str, ...] = ()


@dataclass(slots=True)
class Event:
    """One thing that happened; worded only when somebody has to read it."""

    at_ms: int
    kind: str
    data: object


@dataclass(slots=True)
class Judge:
    """Collects broken promises. ``utc`` gives the network's time of a millisecond."""

    utc: Callable[[int], datetime]
    broken: list[Broken] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    _last: deque[Event] = field(default_factory=lambda: deque(maxlen=LAST_EVENTS))

    def saw(self, at_ms: int, kind: str, data: object) -> None:
        """Something that a reader of the last forty events would want to know."""
        self._last.append(Event(at_ms, kind, data))

    def breaks(self, promise: str, at_ms: int, what: str) -> None:
        """A promise is broken."""
        self.counts[promise] = self.counts.get(promise, 0) + 1
        if len(self.broken) < 200:
            events = tuple(self._worded(event) for event in self._last)
            self.broken.append(Broken(promise, at_ms, self.utc(at_ms), what, events))

    def _worded(self, event: Event) -> str:
        data = event.data
        if isinstance(data, bytes):
            data = data[:SHOWN_BYTES].decode("latin-1").encode("unicode_escape").decode()
        return f"{self.utc(event.at_ms):%m-%d %H:%M:%S.%f}"[:-3] + f"  {event.kind:<8} {data}"
