"""Properties of the dialogue: any split, any garbage, exactly one answer a command."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.at import call_commands, device_commands, message_commands
from firmware.at.command import Command
from firmware.at.dialogue import Dialogue
from firmware.at.dialogue_events import ChannelClean, ChannelMute, DialogueEvent, Transmit
from firmware.at.profile import ModemProfile
from tests.at.support import DELIVER, PDU, PROFILE_NAMES, Line, answers_in, load_profile

NUMBER = "+33601020304"


_PIECES = st.sampled_from(
    [
        b"\r\nOK\r\n",
        b"\r\nERROR\r\n",
        b"\r\nRING\r\n",
        b"\r\n> ",
        b"> ",
        b">",
        b"\r\n",
        b"+CSQ: 20,99\r\n",
        b"+CMGS: 4\r\n",
        b"+CMEE: 1\r\n",
        b"+CRC: 0\r\n",
        b"+CMGF: 0\r\n",
        b"\r\n+CMT: ,25\r\n",
        DELIVER.encode() + b"\r\n",
        b"AT+CSQ\r",
        b"0\r",
        b"\x00",
        b"\xff",
        b'+CREG: 1,"84CD","1"\r\n',
        b"NO CARRIER\r\n",
        b"+CME ERROR: 10\r\n",
    ]
)
_STREAM = st.lists(st.one_of(_PIECES, st.binary(max_size=6)), max_size=30).map(b"".join)
_COMMANDS = st.sampled_from(
    [
        device_commands.signal_query(),
        message_commands.send_message(PDU),
        device_commands.imei(),
        call_commands.dial(NUMBER),
        message_commands.list_messages(),
        device_commands.registration_query("CS"),
        None,
    ]
)


def run(name: str, command: Command | None, pieces: list[bytes]) -> list[DialogueEvent]:
    dialogue = Dialogue(load_profile(name))
    found: list[DialogueEvent] = []
    if command is not None:
        found.append(Transmit(dialogue.send(0.0, command)))
    for piece in pieces:
        found += dialogue.receive(1.0, piece)
    return found


@given(st.sampled_from(PROFILE_NAMES), _COMMANDS, _STREAM, st.randoms(use_true_random=False))
def test_any_split_gives_the_same_events(
    name: str, command: Command | None, data: bytes, random: object
) -> None:
    assert hasattr(random, "randrange")
    at_once = run(name, command, [data])
    assert run(name, command, [bytes([byte]) for byte in data]) == at_once
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(4))
    edges = [0, *cuts, len(data)]
    pieces = [data[low:high] for low, high in pairwise(edges)]
    assert run(name, command, pieces) == at_once


@settings(max_examples=300)
@given(
    st.sampled_from(PROFILE_NAMES),
    st.lists(st.one_of(_STREAM, _COMMANDS, st.floats(0.0, 40.0)), max_size=12),
)
def test_garbage_gives_events_or_our_own_error(
    name: str, steps: list[bytes | Command | float | None]
) -> None:
    line = Line(load_profile(name))
    sent = answered = 0
    for step in steps:
        if isinstance(step, bytes):
            answered += len(answers_in(line.hear(step)))
        elif isinstance(step, float):
            answered += len(answers_in(line.wait(step)))
        elif step is not None and not (line.dialogue.busy or line.dialogue.dirty):
            line.send(step)
            sent += 1
    answered += len(answers_in(line.wait(700.0)))
    assert answered == sent
    for data in line.written:
        assert data == b"\x1b" or data.endswith((b"\r", b"\x1a"))


def test_a_command_is_answered_exactly_once(profile: ModemProfile) -> None:
    line = Line(profile)
    line.send(device_commands.signal_query())
    line.hear(b"\r\nOK\r\n")
    line.wait(1000.0)
    assert len(answers_in(line.events)) == 1
    assert not [e for e in line.events if isinstance(e, ChannelClean | ChannelMute)]
