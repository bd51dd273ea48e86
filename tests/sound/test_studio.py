"""What is said and taken down: exact to the byte, ended exactly once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sound import tones
from firmware.sound.pcm import FRAME_BYTES, frames, silence
from firmware.sound.studio import (
    News,
    Part,
    Pressed,
    Programme,
    Recorded,
    Said,
    Skipped,
    Studio,
    Taken,
)
from tests.sound.bench import FRENCH, needs_speech, speech
from tests.sound.melody import melody

PCM = st.binary(min_size=0, max_size=2000).map(lambda data: data[: len(data) & ~1])


def said(studio: Studio, count: int) -> bytes:
    return b"".join(studio.next() for _ in range(count))


@settings(max_examples=25, deadline=None)
@given(st.lists(PCM, max_size=6))
def test_parts_follow_one_another_without_a_gap(parts: list[bytes]) -> None:
    studio = Studio(listen=False)
    studio.play(Programme(7, [Part(pcm) for pcm in parts]))
    whole = b"".join(parts)
    count = len(whole) // FRAME_BYTES + 3
    assert said(studio, count).rstrip(b"\0") == whole.rstrip(b"\0")
    assert studio.news() == [Said(7)]
    assert not any(said(studio, 3))
    assert studio.news() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(PCM, min_size=1, max_size=4))
def test_a_loop_goes_round_without_a_gap_and_never_ends(parts: list[bytes]) -> None:
    studio = Studio(listen=False)
    studio.play(Programme(1, [Part(pcm) for pcm in parts], loop=True))
    heard = said(studio, 30)
    assert studio.news() == []
    whole = b"".join(parts)
    if len(whole) > FRAME_BYTES:
        assert heard.startswith(whole[:FRAME_BYTES])
        assert len(heard) == 30 * FRAME_BYTES


def test_what_is_new_replaces_what_is_said() -> None:
    studio = Studio(listen=False)
    studio.play(Programme(1, [Part(b"\1\0" * 16000)]))
    studio.next()
    studio.play(Programme(2, [Part(b"\2\0" * 160)]))
    assert studio.next() == b"\2\0" * 160
    studio.play(None)
    assert not any(said(studio, 2))
    assert Said(1) not in studio.news()


def test_a_part_is_waited_for_and_then_passed_over() -> None:
    late, never = Part(), Part()
    studio = Studio(listen=False)
    studio.play(Programme(3, [Part(b"\1\0" * 160), late, never, Part(b"\3\0" * 160)]))
    studio.next()
    assert not any(said(studio, 10))
    late.pcm = b"\2\0" * 160
    assert studio.next() == b"\2\0" * 160
    assert not any(said(studio, 149))
    assert studio.next() == b"\3\0" * 160
    assert [type(each) for each in studio.news()] == [Skipped]
    studio.next()
    assert studio.news() == [Said(3)]


def test_a_part_that_will_never_come_is_no_silence_and_told_once_in_a_loop() -> None:
    studio = Studio(listen=False)
    studio.play(Programme(4, [Part(fault="no voice"), Part(b"\1\0" * 160)], loop=True))
    said(studio, 10)
    assert studio.news() == [Skipped(4, "no voice")]
    studio.play(Programme(5, [Part(fault="no voice")], loop=True))
    assert not any(said(studio, 10))   # and does not spin


def taken(studio: Studio, pcm: bytes) -> tuple[bytes, list[News]]:
    for frame in frames(pcm):
        studio.hear(frame)
    news = studio.news()
    recorded = b"".join(each.pcm for each in news if isinstance(each, Recorded))
    return recorded, [each for each in news if not isinstance(each, Recorded)]


def test_a_recording_ends_at_its_limit() -> None:
    studio = Studio(listen=False)
    studio.take_down(1, 2.0, 60.0)
    recorded, news = taken(studio, melody())
    assert recorded == melody()[:32000]
    assert news == [Taken(1, "limit")]


@needs_speech
def test_a_recording_ends_after_the_last_word_and_keeps_all_of_them() -> None:
    words = speech(FRENCH[2])
    studio = Studio(listen=False)
    studio.take_down(2, 180.0, 4.0)
    recorded, news = taken(studio, words + silence(20_000))
    assert recorded.startswith(words)
    assert news == [Taken(2, "silence")]
    assert len(recorded) < len(words) + 2 * 8000 * 5


def test_a_recording_is_stopped_once() -> None:
    studio = Studio(listen=False)
    studio.end_taking()
    assert studio.news() == []
    studio.take_down(3, 10.0, 5.0)
    studio.hear(bytes(FRAME_BYTES))
    studio.end_taking()
    studio.end_taking()
    assert studio.news() == [Recorded(3, bytes(FRAME_BYTES)), Taken(3, "stopped")]


def test_a_second_recording_ends_the_first_and_gets_none_of_it() -> None:
    studio = Studio(listen=False)
    one, two = b"\1\0" * 160, b"\2\0" * 160
    studio.take_down(1, 10.0, 5.0)
    studio.hear(one)
    studio.take_down(2, 10.0, 5.0)
    studio.hear(two)
    assert studio.news() == [Recorded(1, one), Taken(1, "stopped"), Recorded(2, two)]


@pytest.mark.parametrize("listen", [True, False])
def test_keys_are_heard_where_they_are_listened_for(listen: bool) -> None:
    studio = Studio(listen=listen)
    _, news = taken(studio, silence(100) + tones.key_tone("7") + silence(100))
    assert news == ([Pressed("7")] if listen else [])
