"""A ground is the same drawing in fewer pieces."""

import re

import pytest

from ketalab.explorables.flat import flat
from ketalab.lessons import CATALOGUE, explorable

HEAD = '<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">\n'
CLIP = '<defs>\n<clipPath id="p1">\n<rect x="10" y="10" width="80" height="80"/>\n</clipPath>\n</defs>\n'
GREY = "fill: none; stroke: #e6e6e6; stroke-width: 2"


def clipped(path: str, style: str = GREY) -> bool:
    svg = f'{HEAD}<path d="{path}" clip-path="url(#p1)" style="{style}"/>\n{CLIP}</svg>'
    return "clip-path=" in flat(svg)


def test_a_mark_is_drawn_where_it_was_used_and_says_of_itself_what_it_said():
    own = "stroke: #3b3b3b; stroke-width: 0.8"
    mark = f'<defs>\n<path id="m1" d="M 0 0 \nL 0 3.5 \n" style="{own}"/>\n</defs>\n'
    use = '<use xlink:href="#m1" x="12.5" y="-7" style="fill: #ff0000; stroke: #00ff00"/>\n'
    assert flat(f"{HEAD}{mark}<g>\n{use}</g>\n</svg>") == (
        f'{HEAD}<g>\n<path d="M 12.5 -7 \nL 12.5 -3.5 \n" style="fill: #ff0000; {own}"/>\n</g>\n</svg>'
    )


def test_words_are_turned_when_they_lean():
    upright = '<text x="1" y="2" transform="rotate(-0 1 2)">a</text>'
    leaning = '<text x="1" y="2" transform="rotate(-90 1 2)">a</text>'
    assert flat(upright) == '<text x="1" y="2">a</text>'
    assert flat(leaning) == leaning


@pytest.mark.parametrize(
    ("path", "cut"),
    [
        ("M 50 10 L 50 90", False),  # a grid line from edge to edge
        ("M 10 10 L 10 90", True),  # half of its width lies outside
        ("M 11 10 L 11 90", False),
        ("M 50 9 L 50 90", True),
        ("M 20 20 L 50 60 L 80 20", False),
        ("M 20 20 L 50 88 L 80 20", True),  # its corner may reach the edge
    ],
)
def test_a_clip_that_cuts_nothing_off_goes_and_the_others_stay(path: str, cut: bool):
    assert clipped(path) is cut


def test_a_round_end_that_was_cut_off_at_the_edge_is_blunt():
    style = f"{GREY}; stroke-linecap: round"
    svg = f'{HEAD}<path d="M 50 10 L 50 90" clip-path="url(#p1)" style="{style}"/>\n{CLIP}</svg>'
    assert "round" not in flat(svg)


def test_every_explorable_stands_in_few_pieces():
    pieces = {}
    for name in CATALOGUE:
        shown = explorable(name)
        shown.frame(shown.start)
        svg = shown.grounds[0].svg
        named = set(re.findall(r'id="(\w+)"', svg))
        assert set(re.findall(r"#([a-z]\w{8,})", svg)) <= named, name
        pieces[name] = svg.count("clip-path=") + svg.count("transform=") + svg.count("<use")
    assert sum(pieces.values()) < 10 * len(pieces)
