"""The stage on which a scenario is played: the world, its people by name, what was seen so far."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.pulse import ForwardingState, ModemState
from firmware.recovery.permits import RecoveryOptions
from firmware.rota import Rota, read_site_file
from hw.simulator.ledger import CallRecord
from hw.simulator.phone import VirtualPhone
from tests.scenarios.phrases import SentenceError
from tests.scenarios.script import Script
from tests.simulation.world import BOX, World

PREPARE = timedelta(minutes=2)   # the box has been up for this long when a scenario begins
_REFERENCE = re.compile(r"[Rr][ée]f (\w{3})\b")
_NUMBER = re.compile(r"\+?[\d*#]+")
PEOPLE = {
    "Caller": "+33699887766", "Stranger": "+33688776655",
    "Voicemail": "888", "Office": "+33388112233",
}


class CalmWorld(World):
    """For days and weeks: the modem is asked how it is every five minutes, not every twenty
    seconds. What is shown must not depend on it."""

    poll_every_s = keep_alive_s = 300.0
    pulse_every_s = 120.0
    tells_of_calls = True    # else its list of calls is read every four seconds


class Stage:
    """What the sentences act upon and look at."""

    def __init__(self, script: Script, model: str, folder: Path) -> None:
        self.script = replace(script)   # an edit of the page is this play's alone
        self.rota: Rota | None = read_site_file(script.site) if script.site.strip() else None
        self.zone = ZoneInfo(self.rota.site.time_zone if self.rota else "Europe/Paris")
        start = script.start.replace(tzinfo=self.zone).astimezone(UTC)
        self.world = (CalmWorld if script.calm else World)(
            folder,
            script.site,
            start=start if script.cold else start - PREPARE,
            profile=model,
            subscription=script.subscription,
            pin=script.sim_pin,
            box_pin=script.box_pin,
            seed=script.seed,
            boot=False,
            recovery=RecoveryOptions(
                power="relay" in script.equipment, reboot="reboot" in script.equipment
            ),
            proved=not script.unproved,
            voice="voice" in script.equipment,
        )
        self.world.believes_network = "network-time" in script.equipment
        self.world.has_second_port = "second-port" in script.equipment
        self.world.trusted = not script.untrusted
        self.world.network.voicemail(PEOPLE["Voicemail"])
        for number in (*PEOPLE.values(), *script.names.values()):
            self.world.phone(number)
        self.seen: set[object] = set()   # texts and rings that an expectation has claimed
        self.written_from = 0
        self.announced_from = 0
        self.steps_from = 0
        if not script.cold:
            self.world.plug()
            self.world.run_to(start)
            self._must_be_ready()

    def _must_be_ready(self) -> None:
        pulse = self.world.pulse
        if pulse is None or pulse.modem is not ModemState.READY:
            raise SentenceError(f"the box is not ready when the scenario begins: {pulse}")
        if pulse.forwarding_target is not None and pulse.forwarding in (
            ForwardingState.CHANGING,
            ForwardingState.UNKNOWN,
        ):
            raise SentenceError(f"forwarding is not settled when the scenario begins: {pulse}")

    # Time

    @property
    def local(self) -> datetime:
        return self.world.timeline.utc().astimezone(self.zone)

    def instant(self, day: str | None, clock: str) -> datetime:
        """A wall-clock time of the site; raises SentenceError for one that is past."""
        date = datetime.fromisoformat(day).date() if day else self.local.date()
        try:
            wall = datetime.combine(date, time.fromisoformat(clock))
        except ValueError as fault:
            raise SentenceError(f"{clock} is no time of day") from fault
        instant = wall.replace(tzinfo=self.zone)
        if instant < self.local:
            raise SentenceError(f"{wall} is past: it is {self.local:%Y-%m-%d %H:%M:%S.%f}")
        return instant

    # People

    def number(self, who: str) -> str:
        """The number of a person by first or full name, or the number itself."""
        if who == "Box":
            return BOX
        named = {**PEOPLE, **self.script.names}
        if who in named:
            return named[who]
        if _NUMBER.fullmatch(who):
            return who
        people = self.rota.people if self.rota else ()
        found = [p.mobile for p in people if who in (p.name, p.name.split()[0])]
        if len(found) != 1:
            raise SentenceError(f"who is {who!r}? A name of the site file, `who` or a number")
        return found[0]

    def phone(self, who: str) -> VirtualPhone:
        return self.world.phone(self.number(who))

    def name(self, number: str | None) -> str:
        """A number as a person reads it."""
        return number or "a withheld number"

    def last_call(self, who: str) -> CallRecord:
        """The network's record of the last call that somebody placed."""
        number = self.number(who)
        calls = [c for c in self.world.network.ledger.calls.values() if c.caller == number]
        if not calls:
            raise SentenceError(f"{who} has not called")
        return calls[-1]

    # Words

    def filled(self, text: str) -> str:
        """`{ref}` is the reference that was texted last, to anybody; `{ref1}` the first of all;
        `{reset}` the command that restarts this family."""
        text = text.replace("{reset}", self.world.profile.reset)
        for place, number in re.findall(r"(\{ref(\d*)\})", text):
            texted = self._references()
            first_times = list(dict.fromkeys(texted))
            if len(first_times) < int(number or 1):
                raise SentenceError(f"{len(first_times)} references have been texted so far")
            text = text.replace(place, first_times[int(number) - 1] if number else texted[-1])
        return text

    def _references(self) -> list[str]:
        """The references of all texts, in the order in which these came."""
        texts = sorted(
            (each.received_ms, match[1])
            for phone in self.world.network.phones.values()
            for each in phone.texts
            if (match := _REFERENCE.search(each.text))
        )
        return [reference for _, reference in texts]

