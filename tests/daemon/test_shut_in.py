"""What the daemon does once in a while, under the filter of its unit: no call shows that it may."""

from __future__ import annotations

import json
import stat
import subprocess
from datetime import UTC, datetime

import pytest

from firmware.command.housekeeping import FIRST_TO_GO
from firmware.store.backup import write_backup
from firmware.store.nightly import nightly_backups
from firmware.store.pending_restore import PENDING
from tests.daemon.house import House
from tests.daemon.program import ROOT
from tests.deploy.shut_in import DAEMON, under

GREETING = "voice/greeting/nuit.wav"
UMASK = ("sh", "-c", 'umask 0007; exec "$@"', "sh")   # as the units have it


@pytest.fixture
def shared(house: House) -> House:
    """A data directory as the package makes it: two users' of one group."""
    house.data.mkdir()
    house.data.chmod(0o2770)
    house.load()
    return house


def test_the_night(shared: House) -> None:
    helper = shared.start(
        "keep-house", "night", "--data", shared.data, command=(*UMASK, *under(DAEMON))
    )
    assert helper.ended() == 0
    assert json.loads(helper.output[-1]) == {"well": True}
    assert len(nightly_backups(shared.data)) == 1


def test_the_night_gives_way_to_the_calls() -> None:
    """Its processor, and where memory runs out its life."""
    ask = (
        "import os; from pathlib import Path; from firmware.command.housekeeping import _give_way;"
        " _give_way(19); print(os.nice(0), Path('/proc/self/oom_score_adj').read_text())"
    )
    command = (*under(DAEMON)[:-2], "-c", ask)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["19", str(FIRST_TO_GO)]


def test_a_backup_that_the_page_was_given_comes_in_whole(shared: House) -> None:
    """With its greetings, in folders in which daemon and page may write: messages are the daemon's,
    greetings the page's."""
    greeting = shared.data / GREETING
    greeting.parent.mkdir(parents=True)
    greeting.write_bytes(b"RIFF")
    write_backup(shared.data, shared.data / PENDING, datetime.now(UTC))
    greeting.unlink()
    greeting.parent.rmdir()
    daemon = shared.daemon(port=shared.folder / "none", command=(*UMASK, *under(DAEMON)))
    daemon.line("restored a backup of")
    assert daemon.ended() == 2
    assert greeting.read_bytes() == b"RIFF"
    for folder in (greeting.parent, greeting.parents[1]):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o2770
    assert not (shared.data / PENDING).exists()


def test_either_user_may_be_the_first_to_start(shared: House) -> None:
    ask = (
        "import sys; from pathlib import Path; from firmware.command.data import make_data_dir;"
        " make_data_dir(Path(sys.argv[1])); made = Path(sys.argv[1], 'voice').stat().st_mode;"
        " Path(sys.argv[1], 'voice').rmdir(); make_data_dir(Path(sys.argv[1])); print(made)"
    )
    voice = shared.data / "voice"
    voice.chmod(0o2750)   # as an earlier version has left it
    command = (*UMASK, *under(DAEMON)[:-2], "-c", ask, str(shared.data))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) & 0o770 == 0o770
    assert stat.S_IMODE(voice.stat().st_mode) == 0o2770
