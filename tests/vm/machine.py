"""A virtual box: qemu, its disks, and the two channels into it.

In the processor itself where KVM really runs Debian's kernel, else emulated (about ten times
slower). A power cut is SIGKILL: what the guest had in memory is gone, what it had written through
is in the file.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.vm.monitor import Monitor
from tests.vm.root import Root

BOOT_WITHIN_S = 900.0
WITHIN_S = 600.0   # for what takes seconds: an emulated processor on a busy machine is slow
KVM_SPEAKS_WITHIN_S = 10.0
# Where the processor is emulated, a busy machine does not let the watchdog be fed in 14 s, nor the
# kernel count the ticks by which it finds a PC's timer good ("IO-APIC + timer doesn't work!")
EMULATED = "systemd.watchdog_sec=120 no_timer_check"
QEMU = {"amd64": "qemu-system-x86_64", "arm64": "qemu-system-aarch64"}
BOARD = {"amd64": "q35", "arm64": "virt"}
TTY = {"amd64": "ttyS0", "arm64": "ttyAMA0"}
KERNEL_LINE = "root=/dev/vda ro quiet fsck.repair=yes panic=0 mitigations=off"


@dataclass(frozen=True)
class Done:
    """What a program in the guest came to."""

    code: int
    out: str
    err: str


@cache
def accelerator(root: Root) -> tuple[str, ...]:
    """qemu's options for the fastest processor there is. That /dev/kvm opens proves nothing (it may
    be one that runs only kernels made for it): the kernel must say its first words."""
    options = ("-accel", "kvm", "-cpu", "max")
    if root.architecture == "amd64" and os.access("/dev/kvm", os.R_OK | os.W_OK):
        trial = subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "q35", *options, "-m", "256", "-nodefaults",
             "-display", "none", "-kernel", root.kernel, "-append", "console=ttyS0",
             "-serial", "stdio"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
        )  # fmt: skip
        assert trial.stdout is not None
        deadline, said = time.monotonic() + KVM_SPEAKS_WITHIN_S, b""
        while (left := deadline - time.monotonic()) > 0 and b"Linux version" not in said:
            if select.select([trial.stdout], [], [], left)[0]:
                data = trial.stdout.read(4096)
                if not data:
                    break
                said += data
        trial.kill()
        trial.wait()
        trial.stdout.close()
        if b"Linux version" in said:
            return options
    # Of the Arm processors the one of a Pi 4
    processor = {"amd64": "max", "arm64": "cortex-a72"}[root.architecture]
    return ("-accel", "tcg,thread=multi", "-cpu", processor)


@dataclass
class Machine:
    """``data``: what qemu is given as the data partition (a file, or nbd+unix://...)."""

    root: Root
    folder: Path
    data: str
    snapshot: bool = False
    _process: subprocess.Popen[bytes] | None = None
    _agent: socket.socket | None = None
    _monitor: Monitor | None = None
    _left: bytes = b""
    _in_it: list[Path] = field(default_factory=list)   # sticks, over restarts too
    started_s: float = field(default=0.0)

    @property
    def modem_channel(self) -> Path:
        return self.folder / "modem.sock"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"

    # Power

    def power_on(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        overlay = self.folder / "root.qcow2"
        if not overlay.exists():
            create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b"]
            subprocess.run([*create, self.root.disk.resolve(), overlay], check=True)
        for channel in ("modem.sock", "agent.sock", "monitor.sock"):
            (self.folder / channel).unlink(missing_ok=True)
        with (self.folder / "qemu.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(overlay), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.started_s = time.monotonic()
        self._monitor = Monitor(self._connect(self.folder / "monitor.sock"))
        self._agent = self._connect(self.folder / "agent.sock")
        self._left = b""
        for stick in self._in_it:
            self.plug(stick)

    def _command(self, overlay: Path) -> list[str]:
        cpu, options = self.root.architecture, accelerator(self.root)
        line = f"{KERNEL_LINE} console={TTY[cpu]}" + f" {EMULATED}" * ("tcg" in options[1])
        channel = "socket,server=on,wait=off,path="
        return [
            "setpriv", "--pdeathsig", "KILL",  # never outlives whoever watches it
            QEMU[cpu], "-machine", BOARD[cpu], "-smp", "2", "-m", "512",
            *options,
            "-nodefaults", "-display", "none", "-no-reboot",
            "-kernel", str(self.root.kernel), "-initrd", str(self.root.initrd),
            "-append", line,
            "-drive", f"file={overlay},format=qcow2,if=virtio,cache=none",
            "-drive", f"file={self.data},format=raw,if=virtio,cache=none",
            "-chardev", f"file,id=console,append=on,path={self.console}",
            "-serial", "chardev:console",
            "-device", "virtio-serial-pci",
            "-chardev", f"{channel}{self.folder}/agent.sock,id=agent",
            "-device", "virtserialport,chardev=agent,name=veilleur.agent",
            "-chardev", f"{channel}{self.modem_channel},id=modem",
            "-device", "virtserialport,chardev=modem,name=veilleur.modem",
            "-device", "i6300esb", "-watchdog-action", "poweroff",
            "-qmp", f"unix:{self.folder}/monitor.sock,server=on,wait=off",
            "-device", "qemu-xhci,id=usb",
            "-device", "virtio-rng-pci",
            "-nic", "user,model=virtio-net-pci,restrict=on",
        ]  # fmt: skip

    def cut_power(self) -> None:
        """At once, with whatever is under way."""
        self._end(signal.SIGKILL)

    def power_off(self) -> None:
        """As with `poweroff`; waits until it is off."""
        assert self._process is not None
        self.tell("systemctl", "poweroff")
        self.is_off(WITHIN_S)

    def is_off(self, within_s: float) -> None:
        """Wait until the machine has switched itself off."""
        assert self._process is not None
        try:
            self._process.wait(timeout=within_s)
        except subprocess.TimeoutExpired as fault:
            raise AssertionError(f"on after {within_s} s; {self.last_words()}") from fault
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None
        if self._agent is not None:
            self._agent.close()
            self._agent = None
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None

    # A stick

    def plug(self, stick: Path, octets_per_s: int = 0, *, stays: bool = False) -> None:
        """A file as a USB stick in the box; with ``stays`` in each machine that is started next."""
        assert self._monitor is not None
        name = stick.stem
        raw = {"driver": "raw", "file": {"driver": "file", "filename": str(stick)}}
        if octets_per_s:
            limit = {"bps-total": octets_per_s}
            self._monitor.ask("object-add", qom_type="throttle-group", id="slow", limits=limit)
            raw = {"driver": "throttle", "throttle-group": "slow", "file": raw}
        self._monitor.ask("blockdev-add", node_name=name, **raw)
        self._monitor.ask("device_add", driver="usb-storage", id=f"{name}-plug", drive=name)
        if stays:
            self._in_it.append(stick)

    def unplug(self, stick: Path) -> None:
        assert self._monitor is not None
        self._monitor.ask("device_del", id=f"{stick.stem}-plug")
        self._monitor.await_event("DEVICE_DELETED")
        self._monitor.ask("blockdev-del", node_name=stick.stem)
        if stick in self._in_it:
            self._in_it.remove(stick)

    # The agent

    def await_agent(self) -> float:
        """Wait until the guest says hello; the seconds since the power came on."""
        hello = self._line(BOOT_WITHIN_S)
        assert hello.get("hello"), hello
        return time.monotonic() - self.started_s

    def ask(self, *command: str, given: str = "", within_s: float = WITHIN_S) -> Done:
        """Run a program in the guest."""
        self.tell(*command, given=given, within_s=within_s)
        answer = self._line(within_s + WITHIN_S)
        return Done(answer["code"], answer["out"], answer["err"])

    def tell(self, *command: str, given: str = "", within_s: float = WITHIN_S) -> None:
        """Run a program that may take the machine with it: nobody waits for what comes of it."""
        assert self._agent is not None
        wish = {"run": list(command), "input": given, "within_s": within_s}
        self._agent.sendall(json.dumps(wish).encode() + b"\n")

    def say(self, *command: str, given: str = "", within_s: float = WITHIN_S) -> str:
        """What a program in the guest says; it must go well."""
        done = self.ask(*command, given=given, within_s=within_s)
        assert done.code == 0, f"{' '.join(command)}: {done}"
        return done.out

    def _line(self, within_s: float) -> dict[str, Any]:
        assert self._agent is not None
        deadline = time.monotonic() + within_s
        while b"\n" not in self._left:
            left = deadline - time.monotonic()
            assert left > 0, f"the guest says nothing in {within_s} s; {self.last_words()}"
            if select.select([self._agent], [], [], left)[0]:
                data = self._agent.recv(65536)
                assert data, f"the machine has stopped; {self.last_words()}"
                self._left += data
        line, self._left = self._left.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def last_words(self) -> str:
        """The end of what the console showed, and what qemu says of its own end."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        ended = f"code {self._process.returncode}"
        if self._monitor is not None:
            ended += f", {self._monitor.why()}"
        text = self.console.read_text(errors="replace") if self.console.exists() else ""
        qemu = (self.folder / "qemu.log").read_text(errors="replace")
        return f"console: {text[-1500:]!r} qemu: {ended}; {qemu[-500:]!r}"

    def _connect(self, path: Path) -> socket.socket:
        deadline = time.monotonic() + WITHIN_S
        while True:
            end = socket.socket(socket.AF_UNIX)
            try:
                end.connect(str(path))
                return end
            except (FileNotFoundError, ConnectionRefusedError):
                end.close()
                assert self._process is not None
                assert self._process.poll() is None, f"qemu has ended; {self.last_words()}"
                assert time.monotonic() < deadline, "qemu makes no channel"
                select.select([], [], [], 0.05)
