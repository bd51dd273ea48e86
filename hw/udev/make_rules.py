"""Writes the udev rules from the modem profiles: `python -m hw.udev.make_rules`.

One source for "which interface is the AT port": the program's own search and these rules read the
same profiles, and a test fails when the committed rules are not what this writes.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

HERE = Path(__file__).parent
PROFILES = HERE.parent / "profiles"
RULES = HERE / "70-veilleur.rules"
LINKS = {"at": "at", "second_at": "at2", "audio": "pcm"}  # a profile's key -> /dev/veilleur/...

HEAD = """\
# Written by `python -m hw.udev.make_rules` from hw/profiles/*.toml; do not edit.
#
# For each modem family that Veilleur knows: /dev/veilleur/at, at2 and pcm name its interfaces,
# USB autosuspend is off, ModemManager is told to leave the whole device alone, and NetworkManager
# the network card that it plays as well: the SIM pays for what goes there.
# After 60-serial.rules (names by USB), before 77-mm-*.rules (ModemManager asks there).

ACTION=="remove", GOTO="veilleur_end"
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", GOTO="veilleur_device"
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", IMPORT{builtin}="usb_id", GOTO="veilleur_port"
SUBSYSTEM=="net", SUBSYSTEMS=="usb", IMPORT{builtin}="usb_id", GOTO="veilleur_net"
GOTO="veilleur_end"
"""


def rules() -> str:
    """The whole rules file."""
    devices, ports, cards = ([f'LABEL="veilleur_{kind}"'] for kind in ("device", "port", "net"))
    known: set[tuple[str, str]] = set()
    for path in sorted(PROFILES.glob("*.toml")):
        profile = tomllib.loads(path.read_text(encoding="utf-8"))
        for usb in profile.get("usb", ()):
            ids = f"{usb['vendor_id']:04x}", f"{usb['product_id']:04x}"
            if ids not in known:  # families may share an identity: the modem says which it is
                known.add(ids)
                devices += ["", f"# {path.stem}", _device(*ids)]
                ports += ["", f"# {path.stem}", *_ports(*ids, usb)]
                cards += [f'{_of(*ids)}, ENV{{NM_UNMANAGED}}="1"']
    end = 'GOTO="veilleur_end"'
    return "\n".join(
        [HEAD, *devices, end, "", *ports, end, "", *cards, "", 'LABEL="veilleur_end"', ""]
    )


def _device(vendor: str, product: str) -> str:
    return (
        f'ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}", '
        'ENV{ID_MM_DEVICE_IGNORE}="1", ATTR{power/control}="on"'
    )


def _of(vendor: str, product: str) -> str:
    return f'ENV{{ID_VENDOR_ID}}=="{vendor}", ENV{{ID_MODEL_ID}}=="{product}"'


def _ports(vendor: str, product: str, usb: dict[str, object]) -> list[str]:
    """The rules of one modem's ports. ModemManager's mark is on each port too: on the device
    alone it is too late for a ModemManager that was told of the port first."""
    match = _of(vendor, product)
    lines = [f'{match}, ENV{{ID_MM_PORT_IGNORE}}="1"']
    for key, link in LINKS.items():
        if key in usb:
            number = f'ENV{{ID_USB_INTERFACE_NUM}}=="{usb[key]:02x}"'
            lines.append(f'{match}, {number}, SYMLINK+="veilleur/{link}"')
    return lines


def main() -> None:
    RULES.write_text(rules(), encoding="utf-8")


if __name__ == "__main__":
    main()
