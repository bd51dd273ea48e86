"""How much waitress takes in before any page is asked.

waitress keeps a whole request, on disk if it is long, and only then calls the application. So the
bound stands here: little for every address but those that a backup and an update are sent to, and
one such upload at a time. Whether its sender may send it at all is checked by `guard` and `gate`.
"""

from __future__ import annotations

import copy
import weakref
from typing import Any, ClassVar

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

SMALL = 8 * 1024**2  # as much as `guard.body_max` gives to any other view
UPLOAD_PATH, UPDATE_PATH = "/settings/restore", "/settings/update"
UPLOAD_MAX = 128 * 1024**2
UPDATE_MAX = 66 * 1024**2     # a bundle, and the form around it
LONG = {UPLOAD_PATH: UPLOAD_MAX, UPDATE_PATH: UPDATE_MAX}


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]
    """One request; ``adj`` are waitress's adjustments with the larger bound."""

    _uploads: ClassVar[weakref.WeakSet[BoundedParser]] = weakref.WeakSet()

    def __init__(self, adj: Any) -> None:
        self._for_uploads = adj
        super().__init__(_bounded(adj, SMALL))

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.path in LONG and all(each.completed for each in self._uploads):
            self._uploads.add(self)
            self.adj = _bounded(self._for_uploads, LONG[self.path])


def _bounded(adj: Any, octets: int) -> Any:
    own = copy.copy(adj)
    own.max_request_body_size = octets
    return own


class BoundedChannel(HTTPChannel):  # type: ignore[misc]
    """One connection, whose requests are bounded."""

    parser_class = BoundedParser
