"""The voice path on every simulated family: what is sent, when, and what comes of it."""

from __future__ import annotations

import pytest

from firmware.at import call_commands as commands
from firmware.at.command import Command
from firmware.at.events import UnsolicitedEvent
from firmware.at.profile import CARD, SERIAL
from firmware.line.modem_line import ModemLine, Rank
from firmware.moment import Moment
from firmware.voice.channel import NO_CHANNEL, NO_PORT, TOO_LATE, Path, VoiceChannel
from hw.simulator.faults import Fault
from hw.simulator.timeline import START_UTC
from hw.simulator.virtual_site import VirtualSite
from tests.at.support import PROFILE_NAMES, load_profile
from tests.at.test_commands import conformance_table
from tests.simulator.modem_bench import CALLER, QUICK

WAYS = [(name, voice.way) for name in PROFILE_NAMES for voice in load_profile(name).voices]
VOICED = {name for name, _ in WAYS}
STEP_MS = 10


class Bench:
    """The real line and channel on a simulated modem with one call, in the timeline's time."""

    def __init__(self, profile: str, way: str | None = SERIAL) -> None:
        self.site = VirtualSite(profile, timings=QUICK)
        self.site.start()
        self.site.timeline.run_until(1000)
        self.line = ModemLine(load_profile(profile))
        self.line.opened(self.moment, self.line.profile)
        self.channel = VoiceChannel(self.line)
        self.channel.found(way)
        self.outcome: list[str] = []
        self.sent: list[tuple[int, str]] = []
        self.flow: list[bool] = []
        self.channel.on_flow = self.flow.append

    @property
    def now_ms(self) -> int:
        return self.site.timeline.now_ms

    @property
    def moment(self) -> Moment:
        return Moment(self.now_ms / 1000, START_UTC, True)

    def run(self, ms: int) -> None:
        until_ms = self.now_ms + ms
        while self.now_ms < until_ms:
            self.turn()
            self.site.timeline.run_until(self.now_ms + STEP_MS)
        self.turn()

    def turn(self) -> None:
        self.site.events()
        for event in self.line.receive(self.moment, self.site.wire.take_output()):
            if isinstance(event, UnsolicitedEvent):
                self.channel.heard(self.moment, event)
        self.line.tick(self.moment)
        self.channel.tick(self.moment)
        self.line.pump(self.moment)
        data = self.line.take_output()
        if data:
            self.sent.append((self.now_ms, data.decode().strip()))
            self.site.wire.feed(data)

    def answer(self) -> None:
        for text in self.line.profile.init:
            self.ask(text)
        self.site.call(CALLER)
        self.run(1000)
        self.ask("ATA")
        self.run(200)

    def ask(self, text: str) -> None:
        self.line.ask(Command(text), lambda reply: None, Rank.CALL)
        self.run(50)

    def open(self) -> None:
        self.sent.clear()
        self.channel.open(self.moment, lambda: self.outcome.append("open"), self.outcome.append)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.sent]


@pytest.mark.parametrize(("profile", "way"), WAYS)
def test_it_opens_in_a_call_and_closes_again(profile: str, way: str) -> None:
    bench = Bench(profile, way)
    assert bench.channel.available is None
    bench.answer()
    bench.open()
    bench.run(1000)
    assert bench.outcome == ["open"]
    assert bench.channel.path is Path("open")
    assert bench.site.modem.audio.way == way
    assert bench.channel.tells_keys
    bench.channel.close()
    bench.run(500)
    assert bench.channel.path is Path.CLOSED
    voice = bench.line.profile.voice(way)
    assert voice is not None
    assert not voice.off or not bench.site.modem.audio.on
    shown = " ".join(" ".join(row) for row in conformance_table().values())
    assert [text for text in bench.texts if f"`{text}`" not in shown] == []


@pytest.mark.parametrize("profile", sorted(set(PROFILE_NAMES) - VOICED))
def test_a_family_without_voice_says_so(profile: str) -> None:
    bench = Bench(profile)
    bench.answer()
    bench.open()
    bench.run(1000)
    assert bench.outcome == [NO_CHANNEL]
    assert bench.channel.available == NO_CHANNEL
    assert not bench.texts


@pytest.mark.parametrize("profile", sorted(VOICED))
def test_without_an_audio_port_there_is_no_voice(profile: str) -> None:
    bench = Bench(profile, None)
    bench.answer()
    bench.open()
    assert bench.outcome == [NO_PORT]


@pytest.mark.parametrize(("profile", "way"), WAYS)
def test_a_refusal_is_tried_again_and_then_told(profile: str, way: str) -> None:
    bench = Bench(profile, way)
    bench.answer()
    bench.site.wire.strike(Fault.REFUSE_VOICE, 2)
    bench.open()
    bench.run(3000)
    assert bench.outcome == ["open"]
    bench.channel.close()
    bench.run(500)
    bench.site.wire.strike(Fault.REFUSE_VOICE, 3)
    bench.open()
    bench.run(3000)
    assert len(bench.outcome) == 2
    assert "ERROR" in bench.outcome[1]
    assert bench.channel.path is Path.CLOSED
    assert bench.channel.deadline_s is None


@pytest.mark.parametrize(("profile", "way"), WAYS)
def test_a_modem_that_says_nothing_is_a_fault_once(profile: str, way: str) -> None:
    bench = Bench(profile, way)
    bench.answer()
    bench.site.wire.strike(Fault.MUTE)
    bench.open()
    bench.run(60_000)
    assert bench.outcome == [TOO_LATE]
    assert bench.channel.deadline_s is None


def test_simcom_is_not_asked_before_the_call_has_settled() -> None:
    bench = Bench("simcom-sim7600")
    bench.site.call(CALLER)
    bench.run(1000)
    bench.sent.clear()
    bench.line.ask(commands.answer(), lambda reply: bench.open(), Rank.CALL)
    bench.run(2000)
    assert bench.outcome == ["open"]
    connected_ms = bench.site.network.ledger.calls[1].connected_ms or 0
    first_ms = next(at_ms for at_ms, text in bench.sent if "CPCMREG" in text)
    assert first_ms - connected_ms >= 100
    assert bench.texts.count("AT+CPCMREG=1") == 1


def test_quectel_switches_positions_off_first() -> None:
    bench = Bench("quectel-eg25")
    bench.ask("AT+QGPS=1")
    bench.answer()
    bench.open()
    bench.run(1000)
    assert bench.outcome == ["open"]
    assert bench.texts[:2] == ["AT+QGPSEND", "AT+QPCMV=1,0"]


def test_huawei_chooses_its_voice_port_in_the_call() -> None:
    bench = Bench("huawei-e1550")
    bench.answer()
    bench.open()
    bench.run(1000)
    assert bench.texts == ["AT^CVOICE=0", "AT^DDSETEX=2"]


def test_the_flow_of_sound_is_followed_while_it_is_open() -> None:
    bench = Bench("quectel-eg25")
    bench.answer()
    bench.site.modem.urc("+QPCMV: 0,0")
    bench.run(100)
    assert bench.flow == []
    bench.open()
    bench.run(1000)
    for code in ("+QPCMV: 0,0", "+QPCMV: 0,0", "+QPCMV: 1,0"):
        bench.site.modem.urc(code)
        bench.run(100)
    assert bench.flow == [False, True]


def test_a_call_that_ends_early_opens_nothing() -> None:
    bench = Bench("simcom-sim7600")
    bench.site.call(CALLER)
    bench.run(1000)
    bench.ask("ATA")
    bench.open()
    bench.channel.call_over()
    bench.run(2000)
    assert bench.outcome == []
    assert not bench.texts


@pytest.mark.parametrize(("profile", "way"), WAYS)
def test_a_restart_of_the_modem_leaves_nothing_open(profile: str, way: str) -> None:
    bench = Bench(profile, way)
    bench.answer()
    bench.open()
    bench.channel.forget()
    bench.run(1000)
    assert bench.outcome == []
    assert bench.channel.path is Path.CLOSED


def test_ways_are_those_of_the_profiles() -> None:
    assert {way for _, way in WAYS} == {SERIAL, CARD}
    assert len(VOICED) == 5
