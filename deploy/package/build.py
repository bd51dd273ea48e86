"""Builds the Debian package: `python -m deploy.package.build [--output DIR] [--version V]`.

One package for every architecture and for Debian 12 and 13: it holds pure Python only. The
libraries are those of `requirements.lock`, laid beside the program, so that neither building nor
`dpkg -i` needs a network. The same commit gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from deploy.package.bill import lay_texts, licences, software_bill
from deploy.package.closure import put_libraries
from firmware.speech.engine import find_engine
from firmware.speech.ready import make_ready
from firmware.wording.fixed import fixed_sentences

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LIBRARY = "usr/lib/veilleur"
PROGRAM = ("firmware", "web", "hw")
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
SUFFIXES_LEFT_OUT = (".po", ".cfg", ".pyc")
UNITS = (
    "veilleur.service",
    "veilleur-web.service",
    "veilleur-clock.service",
    "veilleur-battery-clock.service",
    "veilleur-console.path",
    "veilleur-console.service",
    "veilleur-off.path",
    "veilleur-off.service",
    "veilleur-restart.path",
    "veilleur-restart.service",
    "veilleur-set-clock.path",
    "veilleur-set-clock.service",
    "veilleur-update.path",
    "veilleur-update.service",
    "veilleur-update-boot.service",
    "veilleur-stick.service",
    "veilleur-stick-night.path",
    "veilleur-stick-night.service",
)
RULES = ("70-veilleur.rules", "71-veilleur-box.rules", "72-veilleur-stick.rules")
DOCUMENTS = (
    "README.md", "CHANGELOG.md", "deploy/RESTORE.md", "deploy/SECURITY.md", "deploy/ten-boxes.md",
    "deploy/clock/config.txt",
)  # fmt: skip
CONFFILES = {"etc/chrony/conf.d/veilleur.conf": "deploy/clock/chrony.conf"}
KEPT_AWAY = ("ModemManager.service", "brltty.service", "brltty-udev.service")
LAUNCHER = """\
#!/bin/sh
# -s -P: nothing of the user's own nor of the present folder is imported
PYTHONPATH=/usr/lib/veilleur exec /usr/bin/python3 -s -P -m firmware "$@"
"""
CONTROL = """\
Package: veilleur
Version: {version}
Architecture: all
Maintainer: Veilleur developers <developers@veilleur.invalid>
Installed-Size: {size_kb}
Depends: python3 (>= 3.11), python3 (<< 3.15), passwd, systemd
Recommends: alsa-utils, avahi-daemon, chrony, espeak-ng, sndfile-programs, util-linux-extra
Suggests: openssl, python3-gpiozero (>= 2.0), python3-lgpio, usb-modeswitch
Section: comm
Priority: optional
Description: on-call telephone of a small ambulance company or clinic
 A box with a cellular modem: whoever rings or texts the on-call number reaches
 the person on duty, by the rota, with the internet down. The network forwards
 the calls; an SMS asks for an answer, and without one the next person is asked.
 .
 The package holds the call daemon, the page of the office network, the rules
 for the modem's ports, and every library that it needs.
"""


def build(
    output: Path,
    version: str | None = None,
    compression: str = "xz",
    prompts: Callable[[], bytes] | None = None,
) -> Path:
    """The package, built into ``output``; returns its path. ``prompts`` makes the spoken
    sentences that go with it.

    Raises `CalledProcessError`, and `ChangedLibrary` for a library that is not as released.
    """
    version = version or project_version()
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "veilleur"
        stage(tree, version, prompts)
        package = output / f"veilleur_{version}_all.deb"
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(commit_time())}
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", tree, package],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    return package


def stage(tree: Path, version: str, prompts: Callable[[], bytes] | None = None) -> None:
    """The package's tree, with everything that dpkg is told about it."""
    library = tree / LIBRARY
    library.mkdir(parents=True)
    put_libraries(library)
    lay_texts(library)
    put(library / "VERSION", f"{version}\n")
    for name in PROGRAM:
        shutil.copytree(ROOT / name, library / name, ignore=_left_out)
    if prompts is not None:
        (library / "firmware/speech/prompts.zip").write_bytes(prompts())
    put(tree / "usr/bin/veilleur", LAUNCHER, mode=0o755)
    for unit in UNITS:
        put(tree / "usr/lib/systemd/system" / unit, (ROOT / "deploy/systemd" / unit).read_text())
    for unit in KEPT_AWAY:
        put(
            tree / f"usr/lib/systemd/system/{unit}.d/10-veilleur.conf",
            (ROOT / "deploy/systemd/kept-away.conf").read_text(),
        )
    for rules in RULES:
        put(tree / "usr/lib/udev/rules.d" / rules, (ROOT / "hw/udev" / rules).read_text())
    put(
        library / "show-setup-code", (ROOT / "deploy/systemd/show-setup-code").read_text()
    )
    link = tree / "etc/issue.d/veilleur.issue"   # agetty reads what is there, through links too
    link.parent.mkdir(parents=True)
    link.symlink_to("/run/veilleur-console/issue")
    for name, source in CONFFILES.items():
        put(tree / name, (ROOT / source).read_text())
    put(
        tree / "usr/lib/systemd/system.conf.d/80-veilleur.conf",   # after Raspberry Pi OS's own, 70
        (ROOT / "deploy/systemd/watchdog.conf").read_text(),
    )
    put(tree / "usr/lib/sysusers.d/veilleur.conf", (HERE / "sysusers.conf").read_text())
    put(tree / "usr/lib/tmpfiles.d/veilleur.conf", (HERE / "tmpfiles.conf").read_text())
    for key in sorted((ROOT / "deploy/keys").glob("*.pub")):
        put(tree / "usr/share/veilleur/keys" / key.name, key.read_text())
    put_documents(tree / "usr/share/doc/veilleur", library, version)
    for path in sorted(tree.rglob("*")):
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    put_control(tree, version)


def spoken_prompts() -> bytes:
    """The fixed sentences of both languages: a box without an engine has them (half a minute)."""
    engine = find_engine()
    if engine is None:
        raise SystemExit("espeak-ng is needed to speak the sentences that go into the package")
    return make_ready(fixed_sentences(), engine)


def put_documents(folder: Path, library: Path, version: str) -> None:
    for name in DOCUMENTS:
        put(folder / Path(name).name, (ROOT / name).read_text())
    put(folder / "copyright", (HERE / "copyright").read_text() + licences(library))
    put(folder / "sbom.cdx.json", software_bill(library, version, commit_time()))
    entry = (
        f"veilleur ({version}) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n"
        f" -- Veilleur developers <developers@veilleur.invalid>  {commit_date()}\n"
    )
    path = folder / "changelog.gz"
    path.write_bytes(gzip.compress(entry.encode(), 9, mtime=0))


def put_control(tree: Path, version: str) -> None:
    control = tree / "DEBIAN"
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    size_kb = sum(path.stat().st_size for path in files) // 1024
    put(control / "control", CONTROL.format(version=version, size_kb=size_kb))
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"
        f"  {path.relative_to(tree)}\n"
        for path in files
        if str(path.relative_to(tree)) not in CONFFILES   # dpkg knows what an administrator changed
    ]
    put(control / "md5sums", "".join(sums))
    put(control / "conffiles", "".join(f"/{name}\n" for name in CONFFILES))
    for name in SCRIPTS:
        put(control / name, (HERE / "scripts" / name).read_text(), mode=0o755)


def put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def project_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def commit_time() -> int:
    """Seconds since 1970 of the commit that is built; the day of the format outside a checkout."""
    said = _git("log", "-1", "--format=%ct")
    return int(said) if re.fullmatch(r"\d+", said) else 1_767_225_600


def commit_date() -> str:
    return _git("log", "-1", "--format=%cD") or "Thu, 01 Jan 2026 00:00:00 +0000"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _left_out(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__" or name.endswith(SUFFIXES_LEFT_OUT)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="where to put it")
    parser.add_argument("--version", help="another version than the project's, for tests")
    options = parser.parse_args()
    print(build(options.output, options.version, prompts=spoken_prompts))


if __name__ == "__main__":
    main()
