"""One thing that is tried until a list shows that it has worked: to end a call."""

from __future__ import annotations

from dataclasses import dataclass

AT_ONCE = 3      # tries; then with a pause, or nothing else would get the line
PAUSE_S = 5.0
VAIN_S = 30.0    # since the first, and told OK perhaps: no further one will help


@dataclass(slots=True)
class Tries:
    """Times are monotonic."""

    count: int = 0
    first_s: float = 0.0
    last_s: float = 0.0

    def begin(self, now_s: float) -> bool:
        """Count one more; false where it would come too soon."""
        if self.count >= AT_ONCE and now_s < self.last_s + PAUSE_S:
            return False
        self.first_s = self.first_s if self.count else now_s
        self.last_s = now_s
        self.count += 1
        return True

    def are_vain(self, now_s: float) -> bool:
        return self.count > 0 and now_s >= self.first_s + VAIN_S
