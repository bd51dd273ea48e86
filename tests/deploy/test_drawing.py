"""The drawing of the box: to scale, in the case that the bill of materials names."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

HW = Path(__file__).parents[2] / "hw"
SCALE = 3
Rectangle = tuple[float, float, float, float]   # left, top, right, bottom


def rectangles(kind: str) -> list[Rectangle]:
    found = []
    for each in ElementTree.parse(HW / "box.svg").iter("{http://www.w3.org/2000/svg}rect"):  # noqa: S314 - ours
        if each.get("class") == kind:
            left, top, width, height = (
                float(each.get(name, "")) for name in ("x", "y", "width", "height")
            )
            found.append((left, top, left + width, top + height))
    return found


def inside(one: Rectangle, other: Rectangle) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_case_is_the_one_that_is_bought() -> None:
    bought = re.search(r"(\d+) × (\d+) × (\d+) mm", (HW / "bill-of-materials.md").read_text())
    assert bought is not None
    width, depth, height = (float(each) * SCALE for each in bought.groups())
    sides = [(right - left, low - top) for left, top, right, low in rectangles("case")]
    assert sides == [(width, height), (width, height), (width, depth), (width, depth)]


def test_everything_fits_and_nothing_lies_on_another() -> None:
    cases, parts = rectangles("case"), rectangles("part")
    assert len(parts) >= 6
    for part in parts:
        assert sum(inside(part, case) for case in cases) == 1, part
    assert not [pair for pair in combinations(parts, 2) if overlap(*pair)]
