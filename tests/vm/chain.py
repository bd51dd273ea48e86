"""The whole chain on one box, from the plug to the page: a list of steps, each of which can fail.

A step returns the figures that it has measured. They are told and not judged: an emulated processor
on a busy machine is no Pi. What is judged is that it happens at all.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable

from hw.simulator.virtual_site import VirtualSite
from tests.daemon.house import ALICE, CALLER, SITE
from tests.vm.box import DATA, Box
from tests.vm.machine import BOOT_WITHIN_S
from tests.vm.release import NEWER, newer
from tests.vm.root import CACHE, our_package

OTHER_CALLER, THIRD_CALLER = "+33688776655", "+33677665544"
UPDATE = "/var/lib/veilleur-update"
WATCHED_WITHIN_S = 300.0
INCOMING = "incoming/update.bundle"
UPDATED_WITHIN_S = 1800.0
Step = Callable[[Box], str]


def boots(box: Box) -> str:
    """From the plug to a daemon that says `ready`, with the services that systemd wants."""
    agent_s = box.machine.await_agent()
    box.until(box.ready, "ready", BOOT_WITHIN_S)
    ready_s = time.monotonic() - box.machine.started_s
    box.until(lambda: " = " in _analyze(box), "the end of the boot", BOOT_WITHIN_S)
    box.until(lambda: box.property("ActiveState", "veilleur-web") == "active", "the page")
    failed = box.machine.say("systemctl", "--failed", "--plain", "--no-legend")
    assert failed == "", failed
    return f"userland {agent_s:.0f} s, ready {ready_s:.0f} s after the plug; {_analyze(box)}"


def _analyze(box: Box) -> str:
    lines = box.machine.ask("systemd-analyze", "time").out.splitlines()
    return lines[0].removeprefix("Startup finished in ") if lines else ""


def gets_its_site(box: Box) -> str:
    """A site file; the network then forwards to whoever is on duty."""
    return f"forwarding verified {box.load(SITE):.0f} s after the import"


def is_laid_out(box: Box) -> str:
    """Root read-only under memory, data partition, swap, journal, watchdog, identity, no login."""
    mounts = {
        fields[1]: fields for fields in map(str.split, _read(box, "/proc/mounts").splitlines())
    }
    assert mounts["/"][2] == "overlay"
    assert mounts["/run/root-lower"][3].split(",")[0] == "ro", mounts["/run/root-lower"]
    for place in ("/data", DATA, UPDATE):
        options = set(mounts[place][3].split(","))
        assert {"rw", "noatime", "errors=remount-ro", "nosuid", "nodev", "noexec"} <= options
    units = box.machine.say("systemctl", "cat", "data.mount")
    assert "commit=5" in units  # the kernel's own default is not shown among the options
    assert "/dev/zram0" in _read(box, "/proc/swaps")
    assert box.machine.say("find", "/var/log/journal", "-type", "f") == "", "a journal on disk"
    usage = box.machine.say("journalctl", "--disk-usage").strip()
    assert re.search(r"Timeout: +[1-9]", box.machine.say("wdctl", "/dev/watchdog0"))
    settings = box.machine.say("systemd-analyze", "cat-config", "systemd/system.conf")
    assert "\nRuntimeWatchdogSec=14\n" in settings
    own = _read(box, "/etc/machine-id")
    assert len(own.strip()) == 32
    assert own == _read(box, "/run/root-lower/etc/machine-id")
    shadow = [line.split(":")[1] for line in _read(box, "/etc/shadow").splitlines()]
    assert all(field[:1] in ("*", "!") for field in shadow), "somebody can log in"
    assert box.machine.ask("test", "-e", "/usr/sbin/sshd").code != 0
    return usage


def _read(box: Box, path: str) -> str:
    return box.machine.say("cat", path)


def has_its_port(box: Box) -> str:
    """The rules of `hw/udev` on a real device, and what the two users may."""
    facts = box.machine.say("udevadm", "info", "-q", "property", "-n", "/dev/veilleur/at")
    assert {"ID_MM_PORT_IGNORE=1", "ID_USB_INTERFACE_NUM=02"} <= set(facts.split())
    port = box.machine.say("readlink", "-f", "/dev/veilleur/at").strip()
    assert box.pulse()["port"] == port
    device = f"/sys/class/tty/{port.removeprefix('/dev/')}/device/.."
    assert _read(box, f"{device}/power/control").strip() == "on", "autosuspend"
    for unit, user in (("veilleur", "veilleur"), ("veilleur-web", "veilleur-web")):
        pid = box.property("MainPID", unit)
        assert box.machine.say("stat", "-c", "%U", f"/proc/{pid}").strip() == user
    page = ("nsenter", "-m", "-t", box.property("MainPID", "veilleur-web"))
    assert box.machine.ask(*page, "test", "-e", port).code != 0, "the page sees the modem"
    daemon = ("nsenter", "-n", "-t", box.property("MainPID"))
    assert "lo:" in box.machine.say(*daemon, "cat", "/proc/self/net/dev")
    assert "enp" not in box.machine.say(*daemon, "cat", "/proc/self/net/dev"), "daemon on the net"
    return port


def diverts_a_call(box: Box) -> str:
    """Somebody rings; the modem is told to refuse as busy; Alice's telephone rings."""
    took_s = _one_call(box, CALLER)
    # The record comes before the command that it explains
    box.until(lambda: "AT+CHLD=0" in box.commands(), f"refused as busy: {box.commands()[-9:]}")
    texts = len(box.texts(ALICE))
    assert texts, "Alice was not told who calls"
    box.host.sms(ALICE, "OK")
    box.await_entry("ack")
    return f"diverted in the journal {took_s:.0f} s after the first ring"


def _one_call(box: Box, caller: str) -> float:
    began_s = time.monotonic()
    box.host.call(caller)
    box.await_entry("call", number=caller, outcome="diverted")
    took_s = time.monotonic() - began_s
    box.until(lambda: _rings(box, caller), "Alice's telephone rings")
    box.host.hangup(caller)
    box.until(lambda: bool(box.texts(ALICE)), "Alice is told")
    return took_s


def _rings(box: Box, caller: str) -> bool:
    """Whether the network has led a call from ``caller`` to Alice's telephone."""
    return box.host.ask(
        lambda site: any(
            leg.number == ALICE and leg.ringing_ms is not None
            for call in site.network.ledger.calls_to(site.number)
            if call.caller == caller
            for leg in call.legs
        )
    )


def _left_in_the_modem(site: VirtualSite) -> int:
    return site.sim.messages.used + site.modem.own_store.used


def alerts_for_a_text(box: Box) -> str:
    """A text becomes an alert; Alice's `OK` ends it."""
    acknowledged = len(box.journal("ack"))
    began_s = time.monotonic()
    box.host.sms(OTHER_CALLER, "Chute dans l'escalier, 3 rue Haute")
    box.until(lambda: any("rue Haute" in text for text in box.texts(ALICE)), "the alert")
    took_s = time.monotonic() - began_s
    box.await_entry("sms_in", number=OTHER_CALLER)
    box.host.sms(ALICE, "OK")
    box.until(lambda: len(box.journal("ack")) > acknowledged, "the acknowledgement")
    # One after the other, with no hurry: the answer above may have been read and not yet deleted
    box.until(lambda: not box.host.ask(_left_in_the_modem), "deleted from the SIM")
    return f"alert on Alice's screen {took_s:.0f} s after the text was sent"


def shows_its_page(box: Box) -> str:
    """By name, on port 80; under a stranger's name nothing (DNS rebinding)."""
    found = box.machine.say("avahi-resolve", "-4", "-n", "veilleur.local").split()
    assert box.machine.say("getent", "hosts", "veilleur.local").split()[0] == found[1]
    page = box.machine.say("curl", "-sS", "-L", "--max-time", "60", "http://veilleur.local/")
    assert "<!doctype html>" in page
    assert "Ambulances Dupont" in page
    status = ("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: evil.example")
    assert box.machine.say(*status, "http://veilleur.local/").startswith("4")
    return f"http://veilleur.local/ is {found[1]}"


def shows_its_setup_code(box: Box) -> str:
    """Above the login prompt, by root's hand at the daemon's word: each start shows its own."""
    first = _shown_code(box)
    starts = box.log().count("ready")
    box.machine.say("systemctl", "restart", "veilleur")
    box.until(lambda: box.ready(starts + 1), "started anew")
    second = _shown_code(box)
    assert first != second
    owner = box.machine.say("sh", "-c", "stat -c %G:%a /sys/bus/usb/devices/*/*-port1/disable")
    assert "veilleur:660" in owner   # the power of a hub's ports is the daemon's to switch
    return f"{first}, then {second}"


def _shown_code(box: Box) -> str:
    code = _read(box, "/run/veilleur/setup-code").strip()
    issue = ("cat", "/etc/issue.d/veilleur.issue")
    box.until(lambda: code in box.machine.ask(*issue).out, f"{code} on the console")
    return code


def stops_for_its_battery(box: Box) -> str:
    """What the daemon asks when the battery is low: systemd ends everything; the next start is
    whole."""
    box.machine.say("runuser", "-u", "veilleur", "--", "touch", "/run/veilleur/power-off")
    box.starts_anew(WATCHED_WITHIN_S)
    boots(box)
    assert box.machine.ask("test", "-e", "/run/veilleur/power-off").code != 0
    return "off, and back"


def restarts_for_its_modem(box: Box) -> str:
    """A modem that is gone and stays away: when nothing else is left, the shut-in daemon has the
    whole computer restarted; once, and then it is there again."""
    settings = f"{DATA}/veilleur.toml"
    box.machine.say("tee", settings, given="[recovery]\nreboot = true\n")
    starts = box.log().count("ready")
    box.machine.say("systemctl", "restart", "veilleur")
    box.until(lambda: box.ready(starts + 1), "started anew")
    began_s = time.monotonic()
    box.host.unplug()
    box.machine.is_off(WATCHED_WITHIN_S)
    took_s = time.monotonic() - began_s
    box.power_on()
    boots(box)
    box.await_entry("health", outcome="recovery", rung="reboot", fault="absent")
    box.machine.say("rm", settings)
    starts = box.log().count("ready")
    box.machine.say("systemctl", "restart", "veilleur")
    box.until(lambda: box.ready(starts + 1), "started anew")
    return f"restarted {took_s:.0f} s after the modem was gone"


def loses_its_modem(box: Box) -> str:
    """The plug pulled and put back: noticed, told, and calls taken again."""
    box.host.unplug()
    noticed_s = box.until(lambda: box.pulse()["modem"] == "absent", "the unplug is noticed")
    assert box.machine.ask("test", "-e", "/dev/veilleur/at").code != 0
    box.host.plug()
    back_s = box.until(lambda: box.pulse()["modem"] == "ready", "back in service")
    took_s = _one_call(box, THIRD_CALLER)
    box.host.sms(ALICE, "OK")
    return f"noticed {noticed_s:.1f} s, ready {back_s:.1f} s after the re-plug, call {took_s:.0f} s"


def is_told_the_time(box: Box) -> str:
    """A box whose clock is hours off and that no NTP reaches: the modem's network tells the shut-in
    daemon, and root sets the computer's clock, and the one with a battery."""
    box.machine.say("date", "-u", "-s", "3 hours ago")
    box.machine.say("hwclock", "--systohc", "--utc")
    starts = box.log().count("ready")
    box.machine.say("systemctl", "restart", "veilleur")
    box.until(lambda: box.ready(starts + 1), "started anew")
    took_s = box.until(lambda: _off_s(box, "date -u +%s") < 60, "the computer's clock is right")
    battery = "cat /sys/class/rtc/rtc0/since_epoch"
    box.until(lambda: _off_s(box, battery) < 60, "the battery's clock is right")
    assert any("set to the mobile network's time" in line for line in box.log("veilleur-set-clock"))
    box.until(lambda: box.pulse().get("clock_trusted") is True, "the time is believed")
    return f"set {took_s:.0f} s after the start; off by {_off_s(box, 'date -u +%s'):.0f} s"


def _off_s(box: Box, says: str) -> float:
    told = box.host.ask(lambda site: site.timeline.utc()).timestamp()
    return abs(int(box.machine.say("sh", "-c", says)) - told)


def is_watched(box: Box) -> str:
    """SIGSTOP: alive for the kernel, dead for callers. systemd kills it and starts another."""
    pid, restarts = box.property("MainPID"), int(box.property("NRestarts"))
    starts = box.log().count("ready")
    box.machine.say("sh", "-c", f"kill -STOP {pid}")
    took_s = box.until(lambda: box.ready(starts + 1), "started anew", WATCHED_WITHIN_S)
    assert any("Watchdog timeout" in line for line in box.log())
    assert int(box.property("NRestarts")) == restarts + 1
    assert box.property("MainPID") != pid
    return f"ready {took_s:.0f} s after the SIGSTOP"


def is_killed(box: Box) -> str:
    """SIGKILL, and the next one answers."""
    starts = box.log().count("ready")
    box.machine.say("sh", "-c", f"kill -KILL {box.property('MainPID')}")
    took_s = box.until(lambda: box.ready(starts + 1), "started anew")
    return f"ready {took_s:.0f} s after kill -9"


def survives_its_kernel(box: Box) -> str:
    """A dead kernel: the hardware watchdog pulls the plug; the box comes back as itself."""
    own = _read(box, "/etc/machine-id")
    began_s = time.monotonic()
    # Nothing comes back from a machine whose kernel has just died
    box.machine.tell("sh", "-c", "echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger")
    box.starts_anew(WATCHED_WITHIN_S)
    took_s = box.machine.started_s - began_s
    boots(box)
    assert _read(box, "/etc/machine-id") == own
    return f"the watchdog fired {took_s:.0f} s after the crash"


def is_switched_off(box: Box) -> str:
    """A clean end; the network forwards in the meantime, and the next start finds everything."""
    journal = box.journal("call")
    began_s = time.monotonic()
    box.machine.power_off()
    took_s = time.monotonic() - began_s
    box.host.unplug()
    caller = "+33666554433"
    box.host.call(caller)
    box.until(lambda: _rings(box, caller), "the network forwards while the box is off")
    box.host.hangup(caller)
    box.power_on()
    boots(box)
    assert box.journal("call")[: len(journal)] == journal
    return f"off in {took_s:.0f} s"


def takes_an_update(box: Box) -> str:
    """A signed bundle as the page lays it down: the box starts anew with a root that can be
    written, installs, proves itself, and starts anew as it was, with the new version."""
    bundle = base64.b64encode(newer(our_package(), CACHE).read_bytes()).decode()
    lay = f"base64 -d >{UPDATE}/incoming/.part && mv {UPDATE}/incoming/.part {UPDATE}/{INCOMING}"
    return updated(box, NEWER, lambda: box.machine.say("sh", "-c", lay, given=bundle))


def updated(box: Box, version: str, bring: Callable[[], object]) -> str:
    """A bundle is brought, and the box comes back as that version."""
    began_s = time.monotonic()
    bring()
    box.starts_anew(UPDATED_WITHIN_S)
    box.machine.await_agent()
    assert box.machine.say("findmnt", "-n", "-o", "FSTYPE", "/").strip() == "ext4"
    box.starts_anew(UPDATED_WITHIN_S)
    boots(box)
    took_s = time.monotonic() - began_s
    assert box.machine.say("findmnt", "-n", "-o", "FSTYPE", "/").strip() == "overlay"
    assert box.machine.say("dpkg-query", "-W", "-f=${Version}", "veilleur") == version
    outcome = json.loads(_read(box, f"{UPDATE}/outcome.json"))
    assert outcome["what"] == "installed", outcome
    return f"version {version} ready {took_s:.0f} s after the bundle was there"


# A restart costs minutes on an emulated processor: first what needs none
CHAIN: tuple[Step, ...] = (
    is_laid_out, has_its_port, diverts_a_call, alerts_for_a_text, shows_its_page,
    shows_its_setup_code, loses_its_modem, is_told_the_time, is_watched, is_killed,
)  # fmt: skip
RESTARTS: tuple[Step, ...] = (
    restarts_for_its_modem, takes_an_update, stops_for_its_battery, survives_its_kernel,
    is_switched_off,
)  # fmt: skip
# What another architecture can do differently
IMAGE: tuple[Step, ...] = (is_laid_out, has_its_port, diverts_a_call, shows_its_page)
