"""In the guest: a USB modem made of the kernel's own gadget, with its AT port led to the host.

dummy_hcd is a USB bus with nothing but wires. A gadget with the identity of a Quectel EG25-G is put
on it: two ACM functions, so that the second is interface 2, where its profile has the AT port. The
kernel sees a modem come, cdc_acm makes /dev/ttyACM1 of it, and the host's simulated modem answers
at the other end. The plug is in as long as the host holds its end of the virtio channel: when the
simulated modem leaves the bus, so does the gadget.
"""

from __future__ import annotations

import os
import select
import subprocess
import tty
from pathlib import Path

CHANNEL = "/dev/virtio-ports/veilleur.modem"
GADGET = Path("/sys/kernel/config/usb_gadget/modem")
VENDOR, PRODUCT = "0x2c7c", "0x0125"  # hw/profiles/quectel-eg25.toml
AT_FUNCTION = "acm.second"
LOOK_AGAIN_MS = 50
CHUNK = 4096


def make() -> Path:
    """The gadget, not yet on the bus; returns the device file behind its AT port."""
    subprocess.run(["modprobe", "-a", "dummy_hcd", "libcomposite", "usb_f_acm"], check=True)
    if not GADGET.exists():
        _write("idVendor", VENDOR)
        _write("idProduct", PRODUCT)
        _write("strings/0x409/manufacturer", "Quectel")
        _write("strings/0x409/product", "EG25-G")
        _write("strings/0x409/serialnumber", "0123456789")
        _write("configs/c.1/MaxPower", "500")
        for function in ("acm.first", AT_FUNCTION):
            (GADGET / "functions" / function).mkdir(parents=True)
            (GADGET / "configs/c.1" / function).symlink_to(GADGET / "functions" / function)
    number = (GADGET / "functions" / AT_FUNCTION / "port_num").read_text().strip()
    return Path(f"/dev/ttyGS{number}")


def _write(name: str, value: str) -> None:
    path = GADGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value)


def plug(in_: bool) -> None:
    """On the bus, or off it."""
    bus = next(Path("/sys/class/udc").iterdir()).name
    (GADGET / "UDC").write_text(f"{bus if in_ else ''}\n")


def held(channel: int) -> bool:
    """Whether the host has its end of the channel."""
    poll = select.poll()
    poll.register(channel, 0)
    return not any(event & select.POLLHUP for _, event in poll.poll(0))


def carry(channel: int, port: int) -> None:
    """Bytes both ways until the host lets go."""
    while held(channel):
        ready, _, _ = select.select([channel, port], [], [], LOOK_AGAIN_MS / 1000)
        for end in ready:
            try:
                data = os.read(end, CHUNK)
            except OSError:  # the bus was reset: it comes back, or the host lets go
                continue
            if data:
                _send(port if end == channel else channel, data)


def _send(end: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(end, data) :]
        except BlockingIOError:  # the other side takes nothing: as on a cable, it is lost
            return


def main() -> None:
    device = make()
    channel = os.open(CHANNEL, os.O_RDWR | os.O_NONBLOCK)
    while True:
        while not held(channel):
            select.select([], [], [], LOOK_AGAIN_MS / 1000)
        plug(True)
        port = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        tty.setraw(port)
        carry(channel, port)
        plug(False)
        os.close(port)


if __name__ == "__main__":
    main()
