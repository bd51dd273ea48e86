"""Every target, by name."""

from __future__ import annotations

from typing import Final

from tests.fuzz import target_answers, target_box, target_dialogue, target_site, target_tpdu
from tests.fuzz.target import Target

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        target_dialogue.TARGET,
        target_answers.TARGET,
        target_tpdu.TARGET,
        target_site.TARGET,
        target_box.TARGET,
    )
}
