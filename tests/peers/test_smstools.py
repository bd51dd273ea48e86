"""smstools' smsd polls the SIM, answers no call, and chains commands with `;` (V.250 5.4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.bench import CALLER, Daemon, PeerSite, needs, pty_site, until

pytestmark = needs("smsd")

FOLDERS = ("outgoing", "checked", "failed", "incoming", "sent", "report", "phonecalls")
# smsd asks for no status reports by itself: 27.005 3.4.1 <ds> 2 stores them for its polling.
SETTINGS = """
devices = GSM1
infofile = {folder}/info
pidfile = {folder}/pid
logfile = {folder}/log
loglevel = 5
delaytime = 1
errorsleeptime = 1
autosplit = 3
internal_combine = yes
incoming_utf8 = yes
decode_unicode_text = yes
{folders}
[GSM1]
device = {folder}/modem
init = AT+CNMI=2,0,0,2,0
incoming = yes
report = yes
phonecalls = clip
"""
LONG = "0123456789" * 19 + "fin."  # two parts


@contextmanager
def smsd(folder: Path) -> Iterator[tuple[PeerSite, Daemon]]:
    """A site and the daemon that looks after its modem."""
    for each in FOLDERS:
        (folder / each).mkdir()
    folders = "\n".join(f"{each} = {folder}/{each}" for each in FOLDERS)
    settings = folder / "smsd.conf"
    settings.write_text(SETTINGS.format(folder=folder, folders=folders))
    with (
        pty_site(folder) as site,
        Daemon(["smsd", "-t", f"-c{settings}"], folder / "output") as daemon,
    ):
        yield site, daemon


def files(folder: Path) -> list[dict[str, str]]:
    """The files in a folder: their heads, and the text as "text"."""
    found = []
    for each in folder.iterdir():
        head, _, text = each.read_text("utf-8", "replace").partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        found.append({**fields, "text": text})
    return found


def test_receives_texts_and_notes_calls(tmp_path: Path) -> None:
    with smsd(tmp_path) as (site, daemon):
        site.sms(CALLER, "Bonjour, été €")
        site.sms(CALLER, LONG)
        site.sms("AMELI", "日本 œuvre")
        daemon.until(lambda: len(files(tmp_path / "incoming")) == 3, "three texts", site)
        daemon.until(lambda: site.stored() == 0, "all deleted from the SIM", site)
        site.call(CALLER)
        daemon.until(lambda: files(tmp_path / "phonecalls"), "the call is noted", site)
        until(lambda: site.call_states() == [], "the call is refused", tell=site.witness)
        chained = [each for each in site.command_lines if ";" in each]
    received = {(each["From"], each["text"]) for each in files(tmp_path / "incoming")}
    assert received == {
        (CALLER[1:], "Bonjour, été €"),
        (CALLER[1:], LONG),
        ("AMELI", "日本 œuvre"),
    }
    assert [each["From"] for each in files(tmp_path / "phonecalls")] == [CALLER[1:]]
    assert "AT+CMEE=1;+CLIP=1" in chained


def test_sends_and_is_told_of_the_delivery(tmp_path: Path) -> None:
    with smsd(tmp_path) as (site, daemon):
        outgoing = tmp_path / "outgoing"
        (outgoing / "a").write_text(f"To: {CALLER[1:]}\nReport: yes\n\nMerci, ete")
        (outgoing / "b").write_text(f"To: {CALLER[1:]}\nAlphabet: UTF-8\n\nMerci, été €")
        (outgoing / "c").write_text(f"To: {CALLER[1:]}\n\n{LONG}")
        daemon.until(lambda: len(site.texts()) == 3, "three texts", site)
        daemon.until(lambda: len(files(tmp_path / "sent")) == 3, "all sent", site)
        daemon.until(lambda: files(tmp_path / "report"), "a report", site)
        assert {text for _, text in site.texts()} == {"Merci, ete", "Merci, été €", LONG}
    assert files(tmp_path / "failed") == []
    report = files(tmp_path / "report")[0]
    assert report["From"] == CALLER[1:]
    assert "Status: 0,Ok" in report["text"]
