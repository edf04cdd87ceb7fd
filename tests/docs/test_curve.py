"""The pictures of the curves: as drawn by the code, complete, and with nothing written over."""

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from docs.curve import FOLDER, pictures
from nrem.policy.decay import retention
from nrem.policy.params import Policy
from tests.house.project import ROOT

DRAWN = pictures()
SVG = "{http://www.w3.org/2000/svg}"
# More than any letter of the usual fonts at the size 14 or 16 takes on average.
_LETTER = {"14": 8.0, "16": 10.0}


def _texts(picture: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every upright text and the box it takes: left, top, right, bottom."""
    found = []
    for text in ET.fromstring(picture).iter(f"{SVG}text"):  # noqa: S314 - our own text
        if "transform" in text.attrib:
            continue
        size = text.get("font-size", "14")
        words = text.text or ""
        width = len(words) * _LETTER[size]
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        left = (
            x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor", "start")] * width
        )
        found.append((words, (left, y - 12, left + width, y + 4)))
    return found


def test_pictures_are_the_ones_the_code_draws() -> None:
    kept = {path.name: path.read_bytes().decode("utf-8") for path in FOLDER.iterdir()}

    # Else: python -m docs.curve
    assert kept == DRAWN


@pytest.mark.parametrize("name", DRAWN)
def test_picture_is_shown_in_the_document(name: str) -> None:
    assert f"(curves/{name})" in (ROOT / "docs/policies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_axes_and_every_line_are_named(name: str) -> None:
    texts = [words for words, _ in _texts(DRAWN[name])]
    drawn = re.findall(r'<polyline [^>]* stroke="(#\w+)"', DRAWN[name])
    legend = re.findall(r'<line [^>]* stroke="(#\w+)" stroke-width="2.5"', DRAWN[name])

    assert "days since the last access (d)" in texts
    assert "(0 to 1)</text>" in DRAWN[name]
    assert len(set(drawn)) >= 2
    assert drawn == legend


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_lies_on_another_or_leaves_the_picture(name: str) -> None:
    width, height = (
        float(part) for part in DRAWN[name].split('viewBox="0 0 ')[1].split('"')[0].split()
    )
    texts = _texts(DRAWN[name])

    outside = [
        words
        for words, (left, top, right, bottom) in texts
        if left < 0 or top < 0 or right > width or bottom > height
    ]
    crossing = [
        (one[0], other[0])
        for one, other in combinations(texts, 2)
        if one[1][0] < other[1][2]
        and other[1][0] < one[1][2]
        and one[1][1] < other[1][3]
        and other[1][1] < one[1][3]
    ]

    assert (outside, crossing) == ([], [])


def test_line_goes_through_the_points_of_the_function() -> None:
    curve = Policy.default().decay.episodic
    points = DRAWN["exponential.svg"].split('points="')[1].split('"')[0].split()
    left = retention(90.0, curve=curve, stability_days=curve.stability_days)

    assert points[0] == "72.0,52.0"
    assert points[-1] == f"736.0,{352 - 300 * left:.1f}"
