"""gammu reads, sends, stores and deletes messages, names the modem, and dials.

gammu looks for its own command in every answer, so it needs the echo on (V.250 6.2.4) and switches
it on itself; until it knows the model it pauses after every command, for three seconds in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw.simulator.models import NAMES
from tests.peers.bench import CALLER, PeerSite, needs, pty_site, run, until

pytestmark = needs("gammu")

SETTINGS = """
[gammu]
device = {folder}/modem
connection = at
synchronizetime = no
"""
LONG = "abcdefghi " * 19 + "fin."  # two parts


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PeerSite]:
    with pty_site(tmp_path) as running:
        yield running


def gammu(folder: Path, *commands: str) -> str:
    """Let gammu carry out `commands` over one connection; what it printed."""
    settings, batch = folder / "gammurc", folder / "batch"
    settings.write_text(SETTINGS.format(folder=folder))
    batch.write_text("".join(f"{each}\n" for each in commands))
    return run(["gammu", "-c", str(settings), "batch", str(batch)])


def field(output: str, name: str) -> list[str]:
    """All values printed as `name : value`."""
    return re.findall(rf"^{re.escape(name)} *: (.*)$", output, re.MULTILINE)


def receive(site: PeerSite, *texts: str, parts: int) -> None:
    """Text the modem, and wait until it has stored `parts` messages."""
    for text in texts:
        site.sms(CALLER, text)
    until(lambda: site.stored() == parts, f"{parts} messages stored", tell=site.witness)


def test_identity_and_network(site: PeerSite, tmp_path: Path) -> None:
    site.ask(lambda each: each.wire.feed(b"ATE0\r"))  # another program has left it so
    output = gammu(tmp_path, "identify", "networkinfo", "getsmsc", "getsmsfolders", "monitor 1")
    assert field(output, "Manufacturer") == ["Simulated"]
    assert field(output, "IMEI") == [site.ask(lambda each: each.modem.imei)]
    assert field(output, "SIM IMSI") == [site.ask(lambda each: each.sim.imsi)]
    assert set(field(output, "Network state")) == {"home network"}
    assert set(field(output, "Network")) == {"208 99 (unknown, France), LAC 1A2B, CID 1C3D4E"}
    assert set(field(output, "Name in phone")) == {'"Réseau Sim F"'}
    assert field(output, "Number") == ['"+33609001390"']
    assert field(output, "SIM SMS status") == ["0 used, 0 unread, 20 locations"]
    assert field(output, "Signal strength") == ["-71 dBm"]
    assert len(re.findall(r"^\d\. ", output, re.MULTILINE)) == 4  # inboxes and outboxes
    assert "ATE1" in site.command_lines
    assert site.ask(lambda each: each.modem.port.settings.echo)


def test_reads_and_deletes(site: PeerSite, tmp_path: Path) -> None:
    texts = ("Bonjour à tous, €uros", "Ça va, œuvre 日本", LONG)
    receive(site, *texts, parts=4)
    output = gammu(tmp_path, "geteachsms", "deletesms 1 1", "getallsms", "deleteallsms 1")
    for text in texts:
        assert text in output
    assert "4 SMS parts in 3 SMS sequences" in output
    assert "3 SMS parts in 3 SMS sequences" in output
    assert field(output, "Remote number") == [f'"{CALLER}"'] * 6
    assert field(output, "Status") == ["UnRead"] * 3 + ["Read"] * 3  # the parts count as one
    assert "Concatenated (linked) message" in output
    assert site.stored() == 0


def test_stores_in_every_folder(site: PeerSite, tmp_path: Path) -> None:
    saves = [f"savesms TEXT -folder {n} -text dossier{n}" for n in range(1, 5)]
    output = gammu(tmp_path, *saves, "getallsms", *(f"deleteallsms {n}" for n in range(1, 5)))
    read = output.partition("getallsms")[2]
    folders = re.findall(r"^Location \d+, folder \"(\w+)\", (SIM|phone) memory", read, re.MULTILINE)
    assert folders == [("Inbox", "SIM"), ("Outbox", "SIM"), ("Inbox", "phone"), ("Outbox", "phone")]
    assert re.findall(r"^dossier\d$", read, re.MULTILINE) == [f"dossier{n}" for n in range(1, 5)]
    assert site.stored() == 0


def test_sends(site: PeerSite, tmp_path: Path) -> None:
    gammu(
        tmp_path,
        f'sendsms TEXT {CALLER} -report -text "Merci à vous, €"',
        f'sendsms TEXT {CALLER} -autolen 400 -text "{LONG}"',
        f'sendsms TEXT {CALLER} -unicode -text "Cœur 日本"',
    )
    until(lambda: len(site.texts()) == 3, "three texts", tell=site.witness)
    texts = [text for _, text in site.texts()]
    assert sorted(texts) == sorted(["Merci à vous, €", LONG, "Cœur 日本"])
    assert {sender for sender, _ in site.texts()} == {site.site.number}


def test_dials_and_hangs_up(site: PeerSite, tmp_path: Path) -> None:
    gammu(tmp_path, f"dialvoice {CALLER}")
    until(site.told(f"{CALLER} rings"), "the telephone rings", tell=site.witness)
    gammu(tmp_path, "cancelcall")
    until(site.told("ended by caller"), "the call has ended", tell=site.witness)
    assert site.call_states() == []


@pytest.mark.parametrize("profile", [each for each in NAMES if each != "generic"])
def test_every_other_family(profile: str, tmp_path: Path) -> None:
    with pty_site(tmp_path, profile) as site:
        receive(site, "Bonjour, été", parts=1)
        output = gammu(tmp_path, "identify", "getallsms", f"sendsms TEXT {CALLER} -text Recu")
        assert field(output, "IMEI") == [site.ask(lambda each: each.modem.imei)]
        assert "Bonjour, été" in output
        location = int(re.findall(r"^Location (\d+),", output, re.MULTILINE)[0])
        assert location % 100_000 == 1  # gammu's own count; its table knows who starts from 0
        until(lambda: site.texts() != [], "the text has come", tell=site.witness)
        assert site.texts() == [(site.site.number, "Recu")]
