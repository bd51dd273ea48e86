"""Long messages put together: any order, twice, mixed up, cut in the middle of a character."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.sms.concatenation import GAP, Assembler, Assembly, PartKey, join, key_of
from firmware.sms.tpdu import DeliveredMessage, OriginatorKind, decode_tpdu
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import (
    PARIS_MORNING,
    address,
    deliver,
    named,
    octets_8bit,
    septets_7bit,
    septets_of,
    swapped,
    text_7bit,
    ucs2,
)

NOON = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def read(pdu_hex: str) -> DeliveredMessage:
    message = decode_tpdu(pdu_hex)
    assert isinstance(message, DeliveredMessage)
    return message


def element(reference: int, total: int, number: int, wide: bool = False) -> str:
    return f"0804{reference:04X}{total:02X}{number:02X}" if wide else (
        f"0003{reference:02X}{total:02X}{number:02X}"
    )


def stamp(after: timedelta) -> str:
    wall = datetime(2026, 3, 29, 12, 0, tzinfo=UTC) + after
    return swapped(f"{wall:%y%m%d%H%M%S}") + PARIS_MORNING[-2:]


def part(
    text: str,
    number: int,
    total: int = 3,
    *,
    reference: int = 7,
    wide: bool = False,
    sender: str | None = None,
    after: timedelta = timedelta(),
) -> DeliveredMessage:
    return read(
        deliver(
            text_7bit(text, element(reference, total, number, wide)),
            header=True,
            sender=sender,
            time_stamp=stamp(after),
        )
    )


def feed(*messages: DeliveredMessage) -> tuple[Assembler, list[Assembly], int]:
    """The assembler, what was completed in order, how many were duplicates."""
    assembler, completed, duplicates = Assembler(), [], 0
    for count, message in enumerate(messages):
        got = assembler.receive(message, NOON + count * MINUTE)
        assembler = got.assembler
        duplicates += got.duplicate
        if got.completed is not None:
            completed.append(got.completed)
    return assembler, completed, duplicates


def texts(completed: list[Assembly]) -> list[str | None]:
    return [assembly.text for assembly in completed]


def test_a_whole_message_has_no_key() -> None:
    whole = read(deliver(text_7bit("x")))
    assert key_of(whole) is None
    with pytest.raises(ValueError, match="whole by itself"):
        Assembler().receive(whole, NOON)


def test_missing_and_text_on_the_way() -> None:
    first, second, third = part("un ", 1), part("deux ", 2), part("trois", 3)
    got = Assembler().receive(second, NOON)
    assert got.completed is None
    assert got.assembly.missing == (1, 3)
    assert got.assembly.text == f"{GAP}deux {GAP}"
    got = got.assembler.receive(third, NOON + MINUTE)
    assert got.assembly.missing == (1,)
    assert got.assembly.text == f"{GAP}deux trois"
    got = got.assembler.receive(first, NOON + 2 * MINUTE)
    assert got.completed is not None
    assert got.completed.text == "un deux trois"
    assert got.completed.numbers == (1, 2, 3)
    assert (got.completed.opened_at, got.completed.last_at) == (NOON, NOON + 2 * MINUTE)
    assert got.assembler.open == ()


@patient
@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5)), st.booleans(), st.randoms())
def test_any_order_and_any_duplicates(
    order: list[int], again: list[int], wide: bool, shuffled: random.Random
) -> None:
    numbers = order + again
    shuffled.shuffle(numbers)
    messages = [part(f"<{n}>", n, 5, wide=wide) for n in numbers]
    assembler, completed, duplicates = feed(*messages)
    assert texts(completed) == ["<1><2><3><4><5>"]
    assert duplicates == len(again)
    assert assembler.open == ()


def test_what_tells_messages_apart() -> None:
    other = address("33699999999")
    assembler, completed, _ = feed(
        part("a1", 1, 2),
        part("b1", 1, 2, reference=8),
        part("c1", 1, 2, wide=True),
        part("d1", 1, 2, sender=other),
        part("e1", 1, 3),
        part("a2", 2, 2),
        part("b2", 2, 2, reference=8),
        part("c2", 2, 2, wide=True),
        part("d2", 2, 2, sender=other),
        part("e2", 2, 3),
    )
    assert texts(completed) == ["a1a2", "b1b2", "c1c2", "d1d2"]
    assert [one.key.total for one in assembler.open] == [3]


def test_the_key() -> None:
    key = key_of(part("x", 2, 3, reference=300, wide=True, sender=named("Clinique")))
    assert isinstance(key, PartKey)
    assert (key.reference, key.wide, key.total) == (300, True, 3)
    assert (key.sender.text, key.sender.kind) == ("Clinique", OriginatorKind.ALPHANUMERIC)


def test_a_reference_used_again_after_completion() -> None:
    later = timedelta(minutes=5)
    assembler, completed, duplicates = feed(
        *[part("un ", 1, 2), part("deux", 2, 2)],
        *[part("un ", 1, 2, after=later), part("trois", 2, 2, after=later)],
    )
    assert texts(completed) == ["un deux", "un trois"]
    assert (duplicates, assembler.open) == (0, ())


def test_a_late_second_delivery_opens_nothing() -> None:
    assembler, completed, duplicates = feed(
        part("un ", 1, 2), part("deux", 2, 2), part("un ", 1, 2), part("deux", 2, 2)
    )
    assert texts(completed) == ["un deux"]
    assert (duplicates, assembler.open) == (2, ())


def test_finished_messages_are_forgotten_after_a_day() -> None:
    assembler, _, _ = feed(part("un ", 1, 2), part("deux", 2, 2))
    assert len(assembler.finished) == 1
    day_later = NOON + timedelta(days=1, minutes=2)
    got = assembler.receive(part("x", 1, 2, reference=9), day_later)
    assert got.assembler.finished == ()


def test_a_constant_reference_does_not_mix_two_messages() -> None:
    """A gateway that always sends reference 0, whose first message lost its second part."""
    later = timedelta(minutes=10)
    assembler, completed, _ = feed(
        part("Ne venez pas ", 1, 2, reference=0),
        part("Venez ", 1, 2, reference=0, after=later),
        part("tout de suite", 2, 2, reference=0, after=later),
    )
    assert texts(completed) == ["Venez tout de suite"]
    assert texts(list(assembler.open)) == [f"Ne venez pas {GAP}"]


def test_parts_hours_apart_are_not_joined() -> None:
    assembler, completed, _ = feed(
        part("Ne venez pas ", 1, 2), part("tout de suite", 2, 2, after=timedelta(hours=2))
    )
    assert completed == []
    assert len(assembler.open) == 2
    _, completed, _ = feed(part("a", 1, 2), part("b", 2, 2, after=timedelta(minutes=59)))
    assert texts(completed) == ["ab"]


def test_parts_without_a_date_are_joined() -> None:
    first = read(
        deliver(text_7bit("a", element(1, 2, 1)), header=True, time_stamp="00000000000000")
    )
    second = part("b", 2, 2, reference=1)
    assert texts(feed(first, second)[1]) == ["ab"]
    assert texts(feed(second, first)[1]) == ["ab"]


def test_giving_up() -> None:
    assembler, _, _ = feed(part("a", 1, 2), part("b", 1, 2, reference=8))
    late = assembler.open[0]
    assert late.text == f"a{GAP}"
    rest = assembler.without([late])
    assert [one.text for one in rest.open] == [f"b{GAP}"]


def test_an_assembly_refuses_what_is_not_its_own() -> None:
    assembly = Assembler().receive(part("a", 1, 2), NOON).assembly
    with pytest.raises(ValueError, match="another message"):
        assembly.with_part(part("b", 2, 3), NOON)
    with pytest.raises(ValueError, match="part 1 is here"):
        assembly.with_part(part("b", 1, 2), NOON)


def test_a_single_part_of_one_is_complete_at_once() -> None:
    assert texts(feed(part("seul", 1, 1))[1]) == ["seul"]


@patient
@given(
    st.text(st.sampled_from("aç😀🚑é"), min_size=2, max_size=40),
    st.data(),
)
def test_surrogates_that_a_sender_split(text: str, data: st.DataObject) -> None:
    units = text.encode("utf-16-be")
    cut = data.draw(st.integers(1, len(units) // 2 - 1)) * 2
    halves = [units[:cut], units[cut:]]
    messages = [
        read(deliver(octets_8bit(half, element(1, 2, n)), coding=8, header=True))
        for n, half in enumerate(halves, 1)
    ]
    for message in messages:
        assert message.text is not None
        message.text.encode()  # each part alone can be stored
    assert texts(feed(*reversed(messages))[1]) == [text]


@patient
@given(st.text(st.sampled_from("a€[é}"), min_size=2, max_size=40), st.data())
def test_escape_pairs_that_a_sender_split(text: str, data: st.DataObject) -> None:
    septets = septets_of(text)
    cut = data.draw(st.integers(1, len(septets) - 1))
    messages = [
        read(deliver(septets_7bit(half, element(1, 2, n)), header=True))
        for n, half in enumerate([septets[:cut], septets[cut:]], 1)
    ]
    assert all("\x1b" not in (message.text or "") for message in messages)
    assert texts(feed(*messages)[1]) == [text]


def test_halves_that_never_meet_are_visible() -> None:
    high = read(deliver(octets_8bit(b"\x00a\xd8\x3d", element(1, 3, 1)), coding=8, header=True))
    low = read(deliver(octets_8bit(b"\xde\x91\x00b", element(1, 3, 3)), coding=8, header=True))
    assembler, _, _ = feed(high, low)
    assert assembler.open[0].text == f"a\ufffd{GAP}\ufffdb"


def test_alphabets_may_differ_from_part_to_part() -> None:
    messages = [
        part("Adresse : ", 1),
        read(deliver(ucs2("ça\x1be 😀 ", element(7, 3, 2)), coding=8, header=True)),
        part("[3e]", 3),
    ]
    assert texts(feed(*messages)[1]) == ["Adresse : ça e 😀 [3e]"]


def test_an_escape_character_in_ucs2_is_no_half_of_a_pair() -> None:
    messages = [
        read(deliver(ucs2("a\x1b", element(7, 2, 1)), coding=8, header=True)),
        part("e", 2, 2),
    ]
    assert texts(feed(*messages)[1]) == ["a e"]


def test_parts_of_octets() -> None:
    messages = [
        read(deliver(octets_8bit(octets, element(9, 2, n)), coding=4, header=True))
        for n, octets in enumerate([b"\x00\x01", b"\xff"], 1)
    ]
    (assembly,) = feed(*messages)[1]
    assert (assembly.data, assembly.text) == (b"\x00\x01\xff", None)
    (text_only,) = feed(part("seul", 1, 1))[1]
    assert text_only.data is None


@pytest.mark.parametrize(
    ("fragments", "text"),
    [
        ([], ""),
        (["a", "b"], "ab"),
        (["\ud83d", "\ude91"], "🚑"),
        (["\ude91", "\ud83d"], "\ufffd\ufffd"),
        (["a\x1b", "e"], "a€"),
        (["a\x1b", "", "e"], "a€"),
        (["a\x1b", "Z"], "aZ"),
        (["a\x1b", "ç"], "aç"),
        (["a\x1b"], "a "),
    ],
)
def test_join(fragments: list[str], text: str) -> None:
    assert join(fragments) == text
