"""The course's typeface: an ordinary zero, and nothing else moved."""

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.pointInsidePen import PointInsidePen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from ketalab.plots.style import FOLDER

FILES = sorted((FOLDER / "fonts").glob("*.ttf"))
WIDTH = {"Regular": 648, "Bold": 659}  # of the zero in the files of the type's authors
DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def box(glyphs, name: str) -> tuple[float, ...]:
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_zero_is_a_ring_without_a_stroke(path):
    glyphs = TTFont(path).getGlyphSet()
    for name in ("zero", "zero.tf"):
        left, bottom, right, top = box(glyphs, name)
        middle = ((left + right) / 2, (bottom + top) / 2)
        for x, y in (middle, (middle[0] - 30, middle[1] + 60), (middle[0] + 30, middle[1] - 60)):
            pen = PointInsidePen(glyphs, (x, y))
            glyphs[name].draw(pen)
            assert not pen.getResult(), "the inside of a zero is empty"
        for x in (left + 40, right - 40):
            pen = PointInsidePen(glyphs, (x, middle[1]))
            glyphs[name].draw(pen)
            assert pen.getResult(), "its ring is not"
    drawn = RecordingPen()
    glyphs["zero"].draw(drawn)
    assert sum(step == "closePath" for step, _ in drawn.value) == 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_takes_the_room_that_the_slashed_zero_took(path):
    glyphs = TTFont(path).getGlyphSet()
    assert glyphs["zero"].width == WIDTH[path.stem.split("-")[1]]
    low, high = box(glyphs, "zero")[1::2]
    for digit in DIGITS:
        bottom, top = box(glyphs, digit)[1::2]
        assert abs(bottom - low) <= 15
        assert abs(top - high) <= 15
