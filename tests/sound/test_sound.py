"""PCM, WAV, loudness, silence and rates, held against sox and Python's own wave module."""

from __future__ import annotations

import io
import math
import re
import subprocess
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sound import loudness, pcm, resample, tones, wav
from firmware.sound.silence import SilenceWatch
from tests.sound.bench import FRENCH, RAW, heard, needs_sox, needs_speech, noise, sox, speech
from tests.sound.melody import melody

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=400).map(
    lambda values: pcm.to_pcm(array("h", values))
)


def measured(sound: bytes) -> dict[str, float]:
    """What `sox stat` says of it."""
    told = subprocess.run(
        ["sox", *RAW, "-", "-n", "stat"], input=sound, capture_output=True, check=True
    ).stderr.decode()
    pairs = re.findall(r"(\w[\w ()]*?)\s*:\s*(-?[\d.]+)$", told, re.MULTILINE)
    return {re.sub(r"\s+", " ", name): float(value) for name, value in pairs}


@settings(max_examples=25, deadline=None)
@given(SAMPLES)
def test_frames_lose_and_add_nothing_but_silence_at_the_end(sound: bytes) -> None:
    cut = list(pcm.frames(sound))
    assert {len(frame) for frame in cut} <= {pcm.FRAME_BYTES}
    joined = b"".join(cut)
    assert joined[: len(sound)] == sound
    assert not any(joined[len(sound) :])
    assert len(joined) - len(sound) < pcm.FRAME_BYTES


@settings(max_examples=25, deadline=None)
@given(SAMPLES, SAMPLES)
def test_a_mix_is_the_clipped_sum_whatever_the_order(one: bytes, other: bytes) -> None:
    mixed = pcm.mix([one, other])
    assert mixed == pcm.mix([other, one])
    assert len(mixed) == max(len(one), len(other))
    first, second = pcm.samples(one), pcm.samples(other)
    for index, value in enumerate(pcm.samples(mixed)):
        total = sum(track[index] for track in (first, second) if index < len(track))
        assert value == max(-32768, min(32767, total))


@settings(max_examples=25, deadline=None)
@given(SAMPLES, st.floats(0, 8))
def test_gain_never_wraps_around(sound: bytes, factor: float) -> None:
    for before, after in zip(pcm.samples(sound), pcm.samples(pcm.gain(sound, factor)), strict=True):
        assert after == max(-32768, min(32767, round(before * factor)))


@settings(max_examples=25, deadline=None)
@given(SAMPLES)
def test_a_written_file_is_what_everybody_reads(sound: bytes) -> None:
    written = wav.write(sound)
    assert wav.read_telephone(written) == sound
    with wave.open(io.BytesIO(written)) as other:
        assert (other.getnchannels(), other.getsampwidth(), other.getframerate()) == (1, 2, 8000)
        assert other.readframes(len(sound)) == sound


def fault_of(data: bytes) -> str | None:
    """The field at fault; any other exception is a mistake of ours."""
    try:
        wav.read(data)
    except wav.WavFault as fault:
        return fault.field
    return None


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_a_fault_that_names_its_field(data: bytes) -> None:
    for whole in (data, b"RIFF\0\0\0\0WAVE" + data, wav.write(bytes(64))[:36] + data):
        field = fault_of(whole)
        assert field is None or field.replace(" ", "").isalpha()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("-r", "22050"), "sample rate"),
        (("-c", "2"), "channels"),
        (("-b", "8"), "bits per sample"),
        (("-e", "a-law"), "format"),
    ],
)
@needs_sox
def test_what_is_not_the_telephones_is_named(options: tuple[str, ...], field: str) -> None:
    foreign = sox(*RAW, "-", "-t", "wav", *options, "-", stdin=tones.beep())
    with pytest.raises(wav.WavFault) as found:
        wav.read_telephone(foreign)
    assert found.value.field == field


def test_a_length_that_nobody_knew_means_to_the_end() -> None:
    whole = wav.write(tones.beep())
    for told in (b"\0\0\0\0", b"\xff\xff\xff\xff"):
        assert wav.read_telephone(whole[:40] + told + whole[44:]) == tones.beep()
    with pytest.raises(wav.WavFault, match=r"data: .* are there"):
        wav.read(whole[:-2])


@needs_sox
def test_levels_are_those_of_sox() -> None:
    for sound in (tones.beep(), noise("pinknoise", 2.0, -25.0)):
        told = measured(sound)
        assert pcm.rms(sound) / 32768 == pytest.approx(told["RMS amplitude"], abs=1e-5)
        assert pcm.peak(sound) / 32768 == pytest.approx(
            max(told["Maximum amplitude"], -told["Minimum amplitude"]), abs=1e-5
        )


@needs_sox
@pytest.mark.parametrize("rate", [22050, 16000, 44100, 11025])
def test_another_rate_becomes_the_telephones_as_with_sox(rate: int) -> None:
    """Within the band the two differ by less than a hundredth; above it nothing is left."""
    there = ("-t", "raw", "-r", str(rate), "-e", "signed", "-b", "16", "-c", "1")
    sweep = sox("-R", "-n", *there, "-", "synth", "1.5", "sine", "300-3300", "gain", "-6")
    ours = pcm.samples(resample.to_telephone(sweep, rate))
    theirs = pcm.samples(sox(*there, "-", *RAW, "-", stdin=sweep))
    assert abs(len(ours) - len(theirs)) <= 2
    pairs = list(zip(ours, theirs, strict=False))[200:-200]
    power = sum(b * b for _, b in pairs)
    assert sum((a - b) ** 2 for a, b in pairs) < 1e-4 * power
    hertz = str(min(5200, rate * 0.46))
    high = sox("-R", "-n", *there, "-", "synth", "1", "sine", hertz, "gain", "-6")
    assert pcm.rms(resample.to_telephone(high, rate)[800:-800]) < 0.02 * pcm.rms(high)


@needs_speech
def test_all_prompts_are_equally_loud() -> None:
    levels = []
    for text, factor in ((FRENCH[0], 0.05), (FRENCH[1], 0.6), (FRENCH[4], 1.0)):
        made = loudness.normalised(pcm.gain(speech(text), factor))
        levels.append(loudness.speech_level_db(made))
        assert pcm.peak(made) < 32767
    assert max(levels) - min(levels) < 2.0
    assert all(-23.0 < level < -19.0 for level in levels)


def test_pauses_do_not_make_a_prompt_louder() -> None:
    spoken = tones.tone((300, 700), 2000, -30.0)
    alone = loudness.speech_level_db(spoken)
    paused = loudness.speech_level_db(spoken + pcm.silence(6000) + spoken)
    assert paused == pytest.approx(alone, abs=0.2)
    assert loudness.normalised(bytes(3200)) == bytes(3200)


def quiet_after(sound: bytes) -> SilenceWatch:
    watch = SilenceWatch()
    for frame in pcm.frames(sound):
        watch.hear(frame)
    return watch


@needs_speech
@pytest.mark.parametrize("hum_dbfs", [None, -60.0, -45.0, -38.0])
def test_the_end_of_a_message_is_found_over_a_line_that_hums(hum_dbfs: float | None) -> None:
    said = speech(FRENCH[2])
    sound = said + pcm.silence(5000)
    if hum_dbfs is not None:
        sound = pcm.mix([sound, noise("brownnoise", 40.0, hum_dbfs)[: len(sound)]])
    watch = quiet_after(sound)
    assert watch.spoke
    assert 4.3 < watch.quiet_s < 5.6
    longest = 0.0
    talking = SilenceWatch()
    for frame in pcm.frames(sound[: len(said)]):
        talking.hear(frame)
        longest = max(longest, talking.quiet_s)
    assert longest < 2.0   # no pause between sentences ends a message


@needs_sox
def test_a_line_that_only_hums_has_never_spoken() -> None:
    assert not quiet_after(bytes(160_000)).spoke
    assert not quiet_after(noise("whitenoise", 10.0, -40.0)).spoke


def test_music_goes_round_without_a_seam() -> None:
    music = pcm.samples(melody())
    steps = [abs(b - a) for a, b in pairwise(music)]
    assert abs(music[0] - music[-1]) <= max(steps)
    assert pcm.peak(melody()) <= pcm.amplitude(-16.9)
    window = 20 * pcm.FRAME_BYTES
    sound = melody()
    pieces = [sound[start : start + window] for start in range(0, len(sound) - window, window)]
    assert min(map(pcm.level_db, pieces)) > -40   # nobody on hold hears nothing


def test_the_beep_is_one_tone_of_a_thousand_hertz() -> None:
    values = pcm.samples(tones.beep())
    turns = sum(a < 0 <= b for a, b in pairwise(values))
    assert turns == pytest.approx(1000 * len(values) / 8000, abs=2)
    assert heard(tones.beep()) == ""
    assert math.isclose(pcm.seconds(tones.beep()), 0.4)


@settings(max_examples=20)
@given(st.integers(0, 5000))
def test_durations_are_exact(ms: int) -> None:
    assert pcm.seconds(pcm.silence(ms)) == pytest.approx(ms / 1000, abs=1 / 8000)


def test_the_room_needs_no_package() -> None:
    room = Path(pcm.__file__).parent
    taken = {
        line.split()[1].partition(".")[0]
        for path in room.glob("*.py")
        for line in path.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert taken <= {
        "__future__", "array", "collections", "dataclasses", "firmware", "functools", "math",
        "operator", "struct", "sys",
    }  # fmt: skip
