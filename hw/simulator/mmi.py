"""MMI strings of 22.030: what a person dials to steer a supplementary service.

`**67*<number>*11#` registers, `*67#` activates, `#67#` deactivates, `##67#` erases, `*#67#` asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hw.simulator.terminal import ForwardingMode, ForwardingReason

# 22.030 6.5.2: *SC*SI#, with up to three supplementary informations
_PROCEDURE = re.compile(
    r"(?P<mode>\*\*|\*#|##|\*|#)(?P<code>\d{2,3})"
    r"(?:\*(?P<a>[^*#]*))?(?:\*(?P<b>[^*#]*))?(?:\*(?P<c>[^*#]*))?#"
)
_MODES = {
    "**": ForwardingMode.REGISTRATION,
    "*": ForwardingMode.ENABLE,
    "#": ForwardingMode.DISABLE,
    "##": ForwardingMode.ERASURE,
    "*#": ForwardingMode.QUERY,
}
# 22.030 annex B
FORWARDING_CODES = {
    "21": ForwardingReason.UNCONDITIONAL,
    "67": ForwardingReason.BUSY,
    "61": ForwardingReason.NO_REPLY,
    "62": ForwardingReason.NOT_REACHABLE,
    "002": ForwardingReason.ALL,
    "004": ForwardingReason.ALL_CONDITIONAL,
}
CALL_WAITING = "43"
CLIP = "30"
CLIR = "31"
SERVICE_CODES = frozenset({*FORWARDING_CODES, CALL_WAITING, CLIP, CLIR})
# 22.030 annex C, as sums of 27.007 <classx>; none given means all
_CLASSES = {"": 7, "10": 5, "11": 1, "12": 6, "13": 4, "16": 8, "19": 5, "20": 2, "21": 2, "22": 2}


@dataclass(frozen=True, slots=True)
class Procedure:
    """A parsed string. `number` and `no_reply_s` only make sense for forwarding."""

    mode: ForwardingMode
    code: str
    number: str | None
    service_class: int
    no_reply_s: int | None


def parse(text: str) -> Procedure | None:
    """The procedure that `text` is, or None: then it is sent as USSD (22.030 6.5.3.2)."""
    match = _PROCEDURE.fullmatch(text)
    if match is None or match["code"] not in SERVICE_CODES:
        return None
    mode = _MODES[match["mode"]]
    if match["code"] not in FORWARDING_CODES:
        return Procedure(mode, match["code"], None, _CLASSES.get(match["a"] or "", 7), None)
    number = match["a"] or None
    basic_service, seconds = match["b"] or "", match["c"] or ""
    if basic_service not in _CLASSES or (seconds and not seconds.isdecimal()):
        return None
    if mode is ForwardingMode.ENABLE and number is not None:
        mode = ForwardingMode.REGISTRATION  # 22.030 6.5.2: * with a number registers
    return Procedure(
        mode, match["code"], number, _CLASSES[basic_service], int(seconds) if seconds else None
    )
