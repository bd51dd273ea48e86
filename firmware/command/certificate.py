"""The page's own TLS key and certificate, made on the box by Debian's openssl.

One key a box: none comes with the program or with a backup. The certificate signs itself, for no
authority vouches for a name of an office network; whoever opens the page for the first time
compares its fingerprint with the one that the box prints. It is valid for ten years: a warning that
comes back each year would only teach people to click warnings away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from firmware.command.settings import SettingsFault
from firmware.store.place import sync_folder

CERTIFICATE, KEY = "tls.crt", "tls.key"
DAYS = 3650
WITHIN_S = 60  # a Pi Zero that has just started gathers randomness slowly


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """``fingerprint`` as browsers show it: ``AB:CD:...``, SHA-256."""

    certificate: Path
    key: Path
    fingerprint: str


def certificate_of(data_dir: Path) -> OwnCertificate:
    """The box's certificate; made now if there is none. Raises `SettingsFault`."""
    certificate, key = data_dir / CERTIFICATE, data_dir / KEY
    if not (_is_whole(certificate) and _is_whole(key)):
        _make(data_dir)
    try:
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))
    except OSError as fault:
        raise SettingsFault(f"{certificate}: cannot be read: {fault.strerror}") from fault
    except ValueError as fault:
        raise SettingsFault(f"{certificate}: not a certificate in PEM form") from fault
    digits = hashlib.sha256(der).hexdigest().upper()
    pairs = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    return OwnCertificate(certificate, key, pairs)


def _is_whole(path: Path) -> bool:
    """A power cut may leave a file of no length."""
    return path.exists() and path.stat().st_size > 0


def _make(data_dir: Path) -> None:
    """Both are made aside and put in place whole, the key first; on the disk before they count."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise SettingsFault("--tls: openssl is not there; apt-get install openssl")
    with tempfile.TemporaryDirectory(prefix=".tls-", dir=data_dir) as folder:
        made = subprocess.run(  # noqa: S603 - Debian's program with our own arguments
            [
                openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-noenc", "-sha256", "-days", str(DAYS),
                "-subj", "/CN=veilleur", "-addext", f"subjectAltName={_names()}",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-addext", "extendedKeyUsage=serverAuth",
                "-keyout", f"{folder}/{KEY}", "-out", f"{folder}/{CERTIFICATE}",
            ],
            capture_output=True, text=True, timeout=WITHIN_S, check=False,
        )  # fmt: skip
        if made.returncode:
            raise SettingsFault(f"--tls: openssl: {(made.stderr.splitlines() or ['failed'])[-1]}")
        os.chmod(f"{folder}/{KEY}", 0o600)
        for name in (KEY, CERTIFICATE):
            with open(f"{folder}/{name}", "rb") as written:
                os.fsync(written.fileno())
            os.replace(f"{folder}/{name}", data_dir / name)
    sync_folder(data_dir)


def _names() -> str:
    """What the page answers to (`web/guard.py`), as far as a name is known beforehand."""
    own = "".join(sign for sign in socket.gethostname() if sign.isalnum() or sign in "-.")
    names = dict.fromkeys(("veilleur.local", "localhost", own or "veilleur", f"{own}.local"))
    return ",".join([*(f"DNS:{name.strip('.-')}" for name in names), "IP:127.0.0.1"])
