"""The telephones of the demo, as the page sees them.

A Protocol, so that `web` never imports the simulator: `firmware/cli.py` fits one to the other.
"""

from __future__ import annotations

from typing import Literal, NotRequired, Protocol, TypedDict

EXTENSION = "veilleur-phones"

PhoneStatus = Literal["idle", "dialling", "ringing", "talking", "busy", "unreachable"]


# One SMS on a phone's screen; `at` is an instant such as 2026-03-29T01:00:00Z; `sent` is true for
# one that this phone sent. "from" is a keyword: the class syntax cannot name it.
PhoneMessage = TypedDict(
    "PhoneMessage",
    {"from": str, "text": str, "at": NotRequired[str], "sent": NotRequired[bool]},
)


class Phone(TypedDict):
    """A phone. ``shown_call`` is the number on its screen while it rings, dials or talks.

    A phone whose number is in the rota is staff's, any other a caller's.
    """

    number: str
    name: NotRequired[str]
    status: PhoneStatus
    shown_call: NotRequired[str | None]
    messages: list[PhoneMessage]


class BoxPhone(TypedDict):
    """The on-call number, E.164."""

    number: str


class PhonesState(TypedDict):
    phones: list[Phone]
    box: BoxPhone


class PhoneFault(Exception):  # noqa: N818 - a wish that the phone cannot fulfil
    """What a phone cannot do now (answer when nothing rings); ``str()`` says why."""


class VirtualPhones(Protocol):
    """Each call takes effect at once or soon after; numbers are E.164 and in ``state()``.

    Each raises ``PhoneFault`` when the phone cannot do it; ``state`` and ``heard`` never block.
    """

    def call(self, from_number: str) -> None:
        """Ring the on-call number from this phone."""

    def hangup(self, number: str | None = None) -> None:
        """End the calls of this phone, or every call that callers placed."""

    def sms(self, from_number: str, text: str) -> None:
        """Send an SMS from this phone to the on-call number."""

    def answer(self, number: str) -> None:
        """Take the call that rings on this phone."""

    def busy(self, number: str) -> None:
        """Every caller finds this phone busy from now on."""

    def unreachable(self, number: str) -> None:
        """This phone is switched off or out of coverage from now on."""

    def available(self, number: str) -> None:
        """This phone rings again when it is called."""

    def press(self, number: str, keys: str) -> None:
        """Press keys (0-9, *, #) in the call of this phone."""

    def heard(self, number: str, after: int) -> tuple[int, bytes]:
        """What the phone has heard since place ``after`` (from ``state`` on: 0), and the place
        where that ends: 16-bit PCM at 8000 Hz, places count samples. At most some seconds are
        kept; before them nothing is given."""

    def state(self) -> PhonesState:
        """Everything that the phones' screens show."""
