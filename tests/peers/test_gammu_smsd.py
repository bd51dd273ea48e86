"""gammu-smsd polls the stores, keeps what it reads in files, and sends what lies in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.bench import CALLER, Daemon, PeerSite, needs, pty_site

pytestmark = needs("gammu-smsd")

FOLDERS = ("inbox", "outbox", "sent", "error")
# As often as it can: by default it looks every 30 s.
SETTINGS = """
[gammu]
device = {folder}/modem
connection = at
synchronizetime = no

[smsd]
service = files
logfile = {folder}/log
debuglevel = 1
commtimeout = 1
receivefrequency = 1
loopsleep = 0
statusfrequency = 0
checksecurity = 0
deliveryreport = sms
inboxpath = {folder}/inbox/
outboxpath = {folder}/outbox/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/error/
"""
LONG = "0123456789" * 19 + "fin."  # two parts


@contextmanager
def smsd(folder: Path) -> Iterator[tuple[PeerSite, Daemon]]:
    """A site and the daemon that looks after its modem."""
    for each in FOLDERS:
        (folder / each).mkdir()
    settings = folder / "smsdrc"
    settings.write_text(SETTINGS.format(folder=folder))
    with (
        pty_site(folder) as site,
        Daemon(["gammu-smsd", "-c", str(settings)], folder / "output") as daemon,
    ):
        yield site, daemon


def files(folder: Path) -> list[str]:
    """The contents of the files in a folder, in the order of their names."""
    return [each.read_text("utf-8") for each in sorted(folder.glob("*.txt"))]


def test_receives_texts_of_one_and_more_parts(tmp_path: Path) -> None:
    with smsd(tmp_path) as (site, daemon):
        site.sms(CALLER, "Bonjour, été €")
        site.sms(CALLER, LONG)
        site.sms("AMELI", "日本 œuvre")

        def arrived() -> bool:
            return "".join(files(tmp_path / "inbox")).count("fin.") == 1 and site.stored() == 0

        daemon.until(arrived, "all received and deleted", site)
        daemon.until(lambda: len(files(tmp_path / "inbox")) == 4, "four files", site)
    names = sorted(each.name for each in (tmp_path / "inbox").iterdir())
    assert sum(CALLER in each for each in names) == 3
    assert sum("AMELI" in each for each in names) == 1
    texts = files(tmp_path / "inbox")
    assert "Bonjour, été €" in texts
    assert "日本 œuvre" in texts
    assert LONG in "".join(texts)


def test_sends_and_is_told_of_the_delivery(tmp_path: Path) -> None:
    with smsd(tmp_path) as (site, daemon):
        (tmp_path / "outbox" / f"OUTA_{CALLER}_00.txtd").write_text("Merci, été €")
        (tmp_path / "outbox" / f"OUTB_{CALLER}_01.txt").write_text(LONG)
        daemon.until(lambda: len(site.texts()) == 2, "two texts", site)
        assert sorted(site.texts()) == sorted(
            (site.site.number, text) for text in ("Merci, été €", LONG)
        )
        daemon.until(lambda: "Delivered" in "".join(files(tmp_path / "inbox")), "a report", site)
        daemon.until(lambda: list((tmp_path / "outbox").iterdir()) == [], "all sent", site)
    assert list((tmp_path / "error").iterdir()) == []
