"""How long callers may wait: until when what must be over, so that within a minute there is a human
or a clear choice, whatever happens meanwhile.

    answered, or the last choice  since_s
    greeting and menu end         choose_by_s
    nobody is rung any more       back_by_s
    nobody is joined any more     joined_by_s
    a choice is heard, or the call ends and somebody is alerted   over_by_s
"""

from __future__ import annotations

CHOICE_WITHIN_S = 60.0   # from the answer, or from the choice before
# To let a leg go and take the caller off hold, with two lost answers on the way; and, where joining
# has failed, with one (each costs `seek_table.BACK_ANSWER_S` and the resynchronisation). A second
# more, and networks that take six seconds to join would join nobody
RETURN_S = 10.0
UNJOINED_RETURN_S = 6.0
SORRY_S = 4.0        # what is said before the choice, where joining has failed
GREET_WITHIN_S = 40.0
SET_UP_S = 6.0       # the sentence before a stretch of hold, holding, dialling
RING_MIN_S = 10.0    # a telephone that rings for less is not heard
RING_GOOD_S = 15.0   # what the first number should have


class Patience:
    """Of one caller, since ``since_s``: the answer, or the last choice that they had."""

    def __init__(self, since_s: float = 0.0) -> None:
        self.since_s = since_s

    @property
    def choose_by_s(self) -> float:
        """Greeting and menu are over."""
        return self.since_s + GREET_WITHIN_S

    @property
    def back_by_s(self) -> float:
        """Nobody is rung or asked any more: the caller is taken back."""
        return self.over_by_s - RETURN_S

    @property
    def joined_by_s(self) -> float:
        """Whoever pressed 1 is joined, or let go."""
        return self.over_by_s - UNJOINED_RETURN_S

    @property
    def over_by_s(self) -> float:
        """The caller is back, or the call ends."""
        return self.since_s + CHOICE_WITHIN_S

    def may_be_sorry(self, now_s: float) -> bool:
        """Whether there is time for more than the choice."""
        return now_s + SORRY_S <= self.over_by_s

    def suffices(self, now_s: float, ring_s: float, accept_s: float) -> bool:
        """Whether one more number can ring, and be asked, before a choice is due."""
        wanted_s = SET_UP_S + min(ring_s, RING_GOOD_S) + accept_s
        return now_s + wanted_s <= self.back_by_s

    def ring_s(self, now_s: float, ring_s: float, accept_s: float) -> float:
        """For how long the next number may ring, of ``ring_s``; holding takes a second."""
        left_s = self.back_by_s - now_s - accept_s - 1.0
        return min(ring_s, max(RING_MIN_S, left_s))
