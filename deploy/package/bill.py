"""What the package holds of others: the bill of materials (CycloneDX 1.5) and the licences.

Others' work lies beside the program (libraries) and among what the page serves (`web/static/
vendor`, by its manifest). Each part has SPDX's name for its licence, and the whole text on board.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from deploy.package.closure import wanted_files

NAMESPACE = "http://cyclonedx.org/schema/bom-1.5.schema.json"   # the one name that its schema takes
LIBRARY = "usr/lib/veilleur"
VENDOR = "web/static/vendor"
TEXTS = Path(__file__).parent / "licences"   # of libraries that are released without theirs
OURS = "Apache-2.0"
# Read in the licence's own text, where a library names it in other words than SPDX's
SPDX = {
    "apscheduler": "MIT", "blinker": "MIT", "flask-login": "MIT", "flask-wtf": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause", "jinja2": "BSD-3-Clause", "pyserial": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause", "segno": "BSD-3-Clause", "six": "MIT",
    "tzdata": "Apache-2.0", "waitress": "ZPL-2.1", "wtforms": "BSD-3-Clause",
}  # fmt: skip


class LicenceUnknown(Exception):  # noqa: N818 - it says what is unknown
    """A part whose licence, or its text, is not known: it may not be shipped."""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody else's work. ``text`` is where its licence lies, ``places`` what it consists of,
    both from the root of a box; ``needs`` the `purl` of others."""

    name: str
    version: str
    purl: str
    licence: str
    text: str
    places: tuple[str, ...]
    needs: tuple[str, ...] = ()


def shipped(library: Path) -> list[Part]:
    """All that is not ours in the folder that becomes ``LIBRARY``. Raises `LicenceUnknown`."""
    found = {path: Distribution.at(path) for path in sorted(library.glob("*.dist-info"))}
    purls = {canonicalize_name(one.name): _purl(one) for one in found.values()}
    libraries = (_library(one, path, purls) for path, one in found.items())
    return [*libraries, *_vendored(library / VENDOR)]


def software_bill(library: Path, version: str, made_s: int) -> str:
    """The bill of materials as JSON. ``made_s``: seconds since 1970."""
    parts, own = shipped(library), f"pkg:deb/veilleur@{version}"
    program = {
        "type": "application", "bom-ref": own, "name": "veilleur", "version": version,
        "licenses": [{"expression": OURS}],
    }  # fmt: skip
    bill = {
        "$schema": NAMESPACE,
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": program,
        },
        "components": [_component(part) for part in parts],
        "dependencies": [
            {"ref": own, "dependsOn": [part.purl for part in parts]},
            *({"ref": part.purl, "dependsOn": list(part.needs)} for part in parts),
        ],
    }
    return json.dumps(bill, indent=1) + "\n"


def licences(library: Path) -> str:
    """A Debian `copyright` stanza for each part, with where its whole text lies."""
    return "".join(
        f"\nFiles: {' '.join(part.places)}\nCopyright: its authors\nComment: {part.name}"
        f" {part.version}\nLicense: {part.licence}\n The whole text is in /{part.text}\n"
        for part in shipped(library)
    )


def lay_texts(library: Path) -> None:
    """The texts that are missing from what was released, each beside its library."""
    for text in TEXTS.glob("*.txt"):
        (folder,) = library.glob(f"{text.stem}-*.dist-info")
        (folder / "LICENSE.txt").write_bytes(text.read_bytes())


def _component(part: Part) -> dict[str, Any]:
    return {
        "type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version,
        "purl": part.purl, "licenses": [{"expression": part.licence}],
    }  # fmt: skip


def _library(one: Distribution, folder: Path, purls: dict[NormalizedName, str]) -> Part:
    """``folder``: its `.dist-info`."""
    name, library = canonicalize_name(one.name), folder.parent
    licence = str(one.metadata.json.get("license_expression") or SPDX.get(name, ""))
    text = next((path for path in sorted(folder.rglob("LICENSE*")) if path.is_file()), None)
    if not licence or text is None:
        raise LicenceUnknown(f"{one.name} {one.version}: {licence or 'which licence'}, text {text}")
    tops = sorted({file.parts[0] for file in wanted_files(distribution(one.name))})
    places = tuple(
        f"{LIBRARY}/{top}/*" if (library / top).is_dir() else f"{LIBRARY}/{top}" for top in tops
    )
    where = f"{LIBRARY}/{text.relative_to(library)}"
    return Part(one.name, one.version, purls[name], licence, where, places, _needs(one, purls))


def _purl(one: Distribution) -> str:
    return f"pkg:pypi/{canonicalize_name(one.name)}@{one.version}"


def _needs(one: Distribution, purls: dict[NormalizedName, str]) -> tuple[str, ...]:
    wanted = (Requirement(line) for line in one.requires or ())
    names = {
        canonicalize_name(each.name)
        for each in wanted
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }
    return tuple(purls[name] for name in sorted(names & purls.keys()))


def _vendored(folder: Path) -> Iterator[Part]:
    """By package: a typeface is several files."""
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    files: dict[str, list[dict[str, str]]] = {}
    for file in manifest["file"]:
        files.setdefault(file["package"], []).append(file)
    for name, (first, *_) in files.items():
        purl = f"pkg:npm/{quote(name, safe='/')}@{first['version']}"
        places = tuple(f"{LIBRARY}/{VENDOR}/{file['name']}" for file in files[name])
        text = f"{LIBRARY}/{VENDOR}/{first['licence_file']}"
        yield Part(name, first["version"], purl, first["licence"], text, places)
