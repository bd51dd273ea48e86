"""Made-up device trees for umockdev: each modem of the profiles, as a kernel would show it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from hw.udev.make_rules import LINKS, PROFILES

BUS = "/devices/pci0000:00/0000:00:14.0/usb1"
USB = f"{BUS}/1-1"


@dataclass(frozen=True)
class Modem:
    """A device with six serial interfaces at a `place` of the bus, its ports from `first` on."""

    name: str
    vendor: str
    product: str
    interfaces: dict[str, int]
    place: str = "1-1"
    first: int = 0

    def tree(self) -> str:
        return "\n".join([self.device(), *(self.port(number) for number in range(6))])

    def device(self) -> str:
        return (
            f"P: {BUS}/{self.place}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
            f"A: idVendor={self.vendor}\\n\nA: idProduct={self.product}\\n\n"
            "A: bcdDevice=0318\\n\nA: bNumInterfaces=6\\n\nA: power/control=auto\\n\n"
        )

    def port(self, number: int) -> str:
        interface = f"{BUS}/{self.place}/{self.place}:1.{number}"
        tty = f"ttyUSB{self.first + number}"
        serial = f"{interface}/{tty}"
        return (
            f"P: {interface}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=option\n"
            f"A: bInterfaceNumber={number:02x}\\n\nA: bInterfaceClass=ff\\n\n"
            "A: bInterfaceSubClass=00\\n\nA: bInterfaceProtocol=00\\n\n\n"
            f"P: {serial}\nE: SUBSYSTEM=usb-serial\nE: DRIVER=option1\n\n"
            f"P: {serial}/tty/{tty}\nN: {tty}\nE: SUBSYSTEM=tty\n"
            f"E: DEVNAME=/dev/{tty}\nE: MAJOR=188\nE: MINOR={self.first + number}\n"
            f"A: dev=188:{self.first + number}\\n\nL: device=../../../{tty}\n"
        )


    def card(self) -> str:
        """The network card that it plays on its seventh interface."""
        interface = f"{BUS}/{self.place}/{self.place}:1.6"
        return (
            f"P: {interface}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=rndis_host\n"
            "A: bInterfaceNumber=06\\n\nA: bInterfaceClass=e0\\n\n\n"
            f"P: {interface}/net/usb0\nE: SUBSYSTEM=net\nE: INTERFACE=usb0\nE: IFINDEX=7\n"
            "A: address=02:00:00:00:00:01\\n\nA: type=1\\n\n"
        )


def port_path(number: int) -> str:
    return f"/sys{USB}/1-1:1.{number}/ttyUSB{number}/tty/ttyUSB{number}"


def modems() -> list[Modem]:
    found = []
    for path in sorted(PROFILES.glob("*.toml")):
        for usb in tomllib.loads(path.read_text(encoding="utf-8")).get("usb", ()):
            ids = f"{usb['vendor_id']:04x}", f"{usb['product_id']:04x}"
            numbers = {link: usb[key] for key, link in LINKS.items() if key in usb}
            found.append(Modem(f"{path.stem}-{ids[1]}", *ids, numbers))
    return found
