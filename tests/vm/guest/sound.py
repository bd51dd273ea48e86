"""Run in the daemon's place, shut in as it is: may a thread be real-time, is a sound card heard?"""

from __future__ import annotations

import os
import select
import sys

from firmware.shell.voice.audio_devices import AlsaAudio
from firmware.shell.voice.urgent import PRIORITY, hurry, settle_all

WITHIN_S = 60.0


def main() -> int:
    real = hurry() and os.sched_getparam(0).sched_priority == PRIORITY
    settle_all()
    card = AlsaAudio(sys.argv[1])
    try:
        readable, _, _ = select.select([card.reads], [], [], WITHIN_S)
        heard = bool(readable) and len(os.read(card.reads, 4096)) > 0
    finally:
        card.close()
    print(f"real-time: {real}, card: {heard}")
    return 0 if real and heard else 1


if __name__ == "__main__":
    sys.exit(main())
