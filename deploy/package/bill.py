"""What the package holds of others: the bill of materials (CycloneDX 1.5) and the licences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import Message
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

NAMESPACE = "https://cyclonedx.org/schema/bom-1.5.schema.json"


def shipped(library: Path) -> Iterator[Distribution]:
    """The libraries laid beside the program, by name."""
    found = distributions(path=[str(library)])
    return iter(sorted(found, key=lambda one: one.name.lower()))


def software_bill(library: Path, version: str) -> str:
    """The bill of materials as JSON."""
    program = {
        "type": "application",
        "name": "veilleur",
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    bill = {
        "$schema": NAMESPACE,
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program},
        "components": [_component(one) for one in shipped(library)],
    }
    return json.dumps(bill, indent=1) + "\n"


def _component(library: Distribution) -> dict[str, Any]:
    purl = f"pkg:pypi/{library.name.lower().replace('_', '-')}@{library.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": library.name,
        "version": library.version,
        "purl": purl,
        "licenses": [{"license": {"name": licence_name(library.metadata)}}],
    }


def licence_name(metadata: Any) -> str:
    """What a library says of its licence: the expression, the field, or its classifier."""
    about: Message = metadata
    said = about.get("License-Expression") or about.get("License") or ""
    if said and "\n" not in said:
        return str(said)
    kinds = [
        line.rsplit(" :: ", 1)[-1]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    return ", ".join(kinds) or "see its own text"


def licences(library: Path) -> str:
    """A Debian `copyright` stanza for each library, with where its whole text lies."""
    stanzas = []
    for one in shipped(library):
        where = f"/usr/lib/veilleur/{one.name.replace('-', '_')}-{one.version}.dist-info"
        stanzas.append(
            f"\nFiles: usr/lib/veilleur/{one.name} {one.version}\n"
            f"Copyright: its authors\nLicense: {licence_name(one.metadata)}\n"
            f" The whole text is in {where}.\n"
        )
    return "".join(stanzas)
