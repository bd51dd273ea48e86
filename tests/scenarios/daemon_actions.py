"""What can be done in a scenario with the daemon: its start and end, its clock, disk and page."""

from __future__ import annotations

from datetime import timedelta

from firmware.event import DataMended, DiskSeen
from firmware.health.silence import HOURS, Silence
from firmware.record import Fact, RequestKind
from tests.scenarios.actions import ACTIONS
from tests.scenarios.phrases import SentenceError
from tests.scenarios.stage import Stage
from tests.simulation.year import simulate

act = ACTIONS.says


# The daemon, its clock and its page


@act("kill daemon")
def _kill(stage: Stage) -> None:
    stage.world.kill()


@act("start daemon")
def _restart(stage: Stage) -> None:
    stage.world.restart()


@act("PIN of the box becomes <pin:text>")
def _pin(stage: Stage, pin: str) -> None:
    """Somebody writes veilleur.toml anew; it is read at the daemon's next start."""
    stage.world.configure_pin(pin)


@act("clock is trusted")
def _trusted(stage: Stage) -> None:
    stage.world.trust(True)


@act("clock is <hours:number> h behind")
def _behind(stage: Stage, hours: int) -> None:
    """As after a time without power: nobody has set it since."""
    stage.world.skew = -timedelta(hours=hours)
    stage.world.trust(False)


@act("clock is untrusted")
def _untrusted(stage: Stage) -> None:
    stage.world.trust(False)


@act("page changes <old:text> to <new:text>")
def _page_changes(stage: Stage, old: str, new: str) -> None:
    old, new = (text.replace("\\n", "\n").replace("'", '"') for text in (old, new))
    if old not in stage.script.site:
        raise SentenceError(f"the site file does not say {old!r}")
    stage.script.site = stage.script.site.replace(old, new)
    stage.world.change_rota(stage.script.site)


@act("last night's backup is loaded")
def _backup(stage: Stage) -> None:
    """What the daemon is told when the data were damaged or gone, and are whole again."""
    night = stage.world.moment.utc.replace(hour=2, minute=30)
    stage.world.step(DataMended(night, rota_is_current=False))


@act("page asks to check forwarding")
def _page_checks(stage: Stage) -> None:
    at = stage.world.moment.utc
    stage.world.page.ask(RequestKind.CHECK_FORWARDING, {}, by="page", at=at)
    stage.world.page_wishes()


@act("page says that the number is <who:who>")
def _page_tells(stage: Stage, who: str) -> None:
    values = {"number": stage.number(who)}
    at = stage.world.moment.utc
    stage.world.page.ask(RequestKind.PROVE_NUMBER, values, by="page", at=at)
    stage.world.page_wishes()


@act("page asks that <who:who> hears the greeting")
def _page_rehearses(stage: Stage, who: str) -> None:
    values = {"service": "Ambulance", "when": "always", "number": stage.number(who), "by": "Dora"}
    at = stage.world.moment.utc
    stage.world.page.ask(RequestKind.PLAY_GREETING, values, by="page", at=at)
    stage.world.page_wishes()


@act("disk has <free:number> MB left")
def _disk(stage: Stage, free: int) -> None:
    """What the shell sees when it looks, each hour."""
    stage.world.step(DiskSeen(free, 16_000))


@act("box is used to a call each hour")
def _used_to_calls(stage: Stage) -> None:
    """What ten weeks have taught it; the daemon reads it at its next start."""
    stage.world.kill()
    weeks = (10.0,) * HOURS
    known = Silence(listened=weeks, heard=weeks, recent_heard=50.0, recent_expected=50.0)
    stage.world.rows.record((Fact("silence:calls", known.as_fact()),))


# A whole year of bad luck


@act("simulate <days:number> days with seed <seed:number> and faults <rate:word>"
     " at load <load:word>[ with a <voice:word>]")  # fmt: skip
def _simulate(
    stage: Stage, days: int, seed: int, rate: str, load: str, voice: str | None
) -> None:
    """What `veilleur simulate --save` writes: a seed that has broken a promise once."""
    spoken = voice is not None
    broken = simulate(days, seed, float(rate), load=float(load), voice=spoken).broken
    if broken:
        raise SentenceError(f"{broken[0].promise}: {broken[0].what}")


# The scenario itself


@act("count afresh")
def _afresh(stage: Stage) -> None:
    """Commands, announcements and wake-ups are counted from here on; texts so far are known."""
    stage.written_from = len(stage.world.written)
    stage.announced_from = len(stage.world.announced)
    stage.steps_from = stage.world.steps
    for phone in stage.world.network.phones.values():
        stage.seen.update((phone.number, "text", index) for index in range(len(phone.texts)))
        stage.seen.update((phone.number, "call", index) for index in range(len(phone.calls)))
