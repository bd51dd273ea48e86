"""Who is measured: Veilleur, what a user would pick instead, and the floor."""

from __future__ import annotations

from tests.benchmarks.contestants.contestant import Contestant
from tests.benchmarks.contestants.floor import Floor, GsmModemLibrary
from tests.benchmarks.contestants.gammu import GammuSmsd, GammuSmsdBusy, GammuSmsdTuned
from tests.benchmarks.contestants.smstools import Smstools, SmstoolsTuned
from tests.benchmarks.contestants.veilleur import Veilleur

ALL: tuple[Contestant, ...] = (
    Floor(),
    Veilleur(),
    GsmModemLibrary(),
    GammuSmsdBusy(),
    GammuSmsdTuned(),
    SmstoolsTuned(),
    GammuSmsd(),
    Smstools(),
)
