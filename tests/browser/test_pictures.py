"""What the browser's module draws is what matplotlib draws, in a real browser.

Two painters never agree on the edge of a line or the width of a letter, so the pictures are compared as an
eye some steps back would: each pixel is the mean of a square of eight.
"""

import base64
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ketalab.explorables.controls import Choice
from ketalab.explorables.description import Explorable
from ketalab.explorables.packed import Words, parcel, row
from ketalab.lessons import explorable
from ketalab.publish import moving

FOLDER = Path(moving.__file__).parents[1]
FONTS = FOLDER / "plots/style/fonts"
STEP = 8  # pixels
MEAN, MOST = 3.0, 70.0  # of 255: the mean difference of two pictures, and the largest of any square
# Lines, dashes, bands, bars, polygons, hatches, strokes, dots, every marker and words in every place.
SAMPLE = (
    *("route_to_plasma", "dose_to_synapse", "going_home", "which_trials", "pressure_at_induction"),
    *("adverse_tornado", "hundred_people", "ketamine_or_etomidate", "design_the_blind"),
    "cascade_fan",  # a dashed line from a zero on a logarithmic axis
)


def page_of(shown: Explorable, values: dict) -> str:
    """A page that shows one setting, as large as matplotlib draws it at 100 pixels an inch."""
    words = Words()
    packed = row([shown.frame(shown.start | values)], words)
    grounds = [ground._asdict() | {"lines": [i]} for i, ground in enumerate(shown.grounds)]
    controls = [
        about | {"positions": [(shown.start | values)[about["name"]]], "texts": [""]}
        for about in shown.spec["controls"]
    ]
    header = shown.spec | words.header
    header |= {"grounds": grounds, "lines": [ground.svg for ground in shown.grounds], "controls": controls}
    header |= {
        "axes": [control.name for control in shown.controls],
        "presets": {},
        "start": shown.start | values,
    }
    data = base64.b64encode(parcel(header, [packed])).decode()
    faces = "".join(
        f"@font-face {{ font-family: 'Atkinson Hyperlegible Next'; font-weight: {weight};"
        f"src: url(data:font/ttf;base64,{base64.b64encode((FONTS / name).read_bytes()).decode()}) }}"
        for weight, name in (
            (400, "AtkinsonHyperlegibleNext-Regular.ttf"),
            (700, "AtkinsonHyperlegibleNext-Bold.ttf"),
        )
    )
    css = (FOLDER / "explorables/static/explorable.css").read_text(encoding="utf-8")
    module = (FOLDER / "explorables/static/stage.js").read_text(encoding="utf-8")
    own = module.partition(moving.ENDS_HERE)[0]
    return (
        f"<!doctype html><meta charset=utf-8><style>{faces}{css}"
        ".ketalab-picture { flex: 0 0 760px }</style>"
        f'<div class="ketalab-view"><script type="application/vnd.ketalab.parcel">{data}</script></div>'
        f"<script>(() => {{ {own} mountAll(); }})()</script>"
    )


def seen(picture: Image.Image) -> NDArray:
    """The picture as seen from some steps back."""
    pixels = np.asarray(picture.convert("RGB"), dtype=float)
    rows, columns = (size // STEP * STEP for size in pixels.shape[:2])
    squares = pixels[:rows, :columns].reshape(rows // STEP, STEP, columns // STEP, STEP, 3)
    return squares.mean(axis=(1, 3))


def difference(shown: Explorable, ours: Image.Image, theirs: Image.Image) -> NDArray:
    """How far the two are apart in each square inside the axes: outside, where a legend's words stand
    depends on the width that a painter gives its letters."""
    apart = np.abs(seen(ours) - seen(theirs.resize(ours.size))).mean(axis=2)
    inside = np.zeros(apart.shape, bool)
    for axes in shown.drawing.axes().values():
        left, top, right, bottom = np.array(axes["box"]) * 100 / 72 / STEP
        inside[int(np.ceil(top)) : int(bottom), int(np.ceil(left)) : int(right)] = True
    return apart[inside]


def drawn_by_matplotlib(shown: Explorable, values: dict) -> Image.Image:
    view = shown.at(**values)
    return Image.fromarray(shown.canvas(100).draw(view.artists, view.limits).copy())


def settings_of(shown: Explorable) -> list[dict]:
    """The start, the last preset, and other presets and choices until every artist has been drawn that any
    of them shows."""
    presets = list(shown.presets.values())
    choices = [{c.name: option} for c in shown.controls if isinstance(c, Choice) for option in c.options]
    chosen, drawn = [], set()
    for values in ({}, presets[-1], *presets, *choices):
        traces = shown.frame(shown.start | values).traces
        shows = {name for name, trace in traces.items() if trace.places.size and trace.text != ""}
        if len(chosen) < 2 or shows - drawn:
            chosen.append(values)
            drawn |= shows
    return chosen


@pytest.mark.parametrize("name", SAMPLE)
def test_the_browser_draws_what_matplotlib_draws(watched, tmp_path: Path, name: str):
    shown = explorable(name)
    pictures = []
    for values in settings_of(shown):
        page = tmp_path / "page.html"
        page.write_text(page_of(explorable(name), values), encoding="utf-8")
        watched.page.goto(page.as_uri())
        watched.page.wait_for_selector(".ketalab-stage, .ketalab-broken")
        watched.page.evaluate("() => document.fonts.ready")
        watched.page.wait_for_timeout(150)
        stage = watched.page.locator(".ketalab-stage").screenshot()
        pictures.append((Image.open(BytesIO(stage)), drawn_by_matplotlib(shown, values)))
    for ours, theirs in pictures:
        apart = difference(shown, ours, theirs)
        assert apart.mean() <= MEAN
        assert apart.max() <= MOST
    (ours, _), (_, other), *_ = pictures
    assert difference(shown, ours, other).max() > MOST, "another setting is told apart"
    assert watched.errors == []


# The words of a ground that end past a side of the picture.
PAST = """() => {
  const stage = document.querySelector(".ketalab-stage"), edge = stage.getBoundingClientRect();
  return [...stage.querySelectorAll("text")].filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    return left < edge.left - 0.5 || right > edge.right + 0.5;
  }).map((one) => one.textContent.trim());
}"""
NARROW = (
    "going_home",
    "history_so_far",
    "repeated_sessions",
    "target_atlas",
    "pool_and_silence",
    "pore_block",
)


@pytest.mark.parametrize("name", NARROW)
def test_on_a_small_phone_words_grow_no_further_than_the_edge(watched, tmp_path: Path, name: str):
    """Where a picture is narrow its words are enlarged; the longest beside an axis have little room."""
    file, page = tmp_path / "page.html", watched.page
    file.write_text(page_of(explorable(name), {}), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(".ketalab-stage text")
    page.evaluate("() => document.fonts.ready")
    sizes = []
    for width in (760, 360, 320):
        page.locator(".ketalab-picture").evaluate(f"(box) => {{ box.style.flexBasis = '{width}px' }}")
        page.wait_for_function(f"() => document.querySelector('.ketalab-stage canvas').width === {width}")
        assert page.evaluate(PAST) == [], width
        sizes.append(page.evaluate("() => document.querySelector('.ketalab-view').ketalab.picture.letters"))
    assert sizes[0] == 1
    assert 1 < sizes[1] <= 1.14
    assert watched.errors == []


STROKED = """
  window.stroked = [];
  let laid = [];
  const { prototype } = CanvasRenderingContext2D, { beginPath, stroke } = prototype;
  for (const name of ["moveTo", "lineTo"]) {
    const lay = prototype[name];
    prototype[name] = function (x, y) { laid.push(x, y); lay.call(this, x, y); };
  }
  prototype.beginPath = function () { laid = []; beginPath.call(this); };
  prototype.stroke = function () { stroked.push(...laid); stroke.call(this); };
"""
FARTHEST = """() => {
  const { frame, spec } = document.querySelector(".ketalab-view").ketalab.picture;
  const far = (points) => Math.max(...points.map(Math.abs).filter(Number.isFinite));
  const placed = [...frame.artists.values()].flatMap(({ x }) => [...x]);
  return [far(placed), far(stroked), Math.max(...spec.size)];
}"""


def test_a_line_to_a_zero_on_a_logarithmic_axis_ends_at_the_edge_of_the_picture(watched, tmp_path: Path):
    """Matplotlib has the zero 124,000 points away; a browser draws dashes all the way there, in 13 ms."""
    watched.page.add_init_script(STROKED)
    (tmp_path / "page.html").write_text(page_of(explorable("cascade_fan"), {}), encoding="utf-8")
    watched.page.goto((tmp_path / "page.html").as_uri())
    watched.page.wait_for_function("() => stroked.length > 400")
    placed, drawn, picture = watched.page.evaluate(FARTHEST)
    assert placed > 100 * picture
    assert drawn <= picture + 2
    assert watched.errors == []


# How many words of the key reach the sign of the next ones, and how many texts of several lines are ragged.
CROWDED = """() => {
  const words = [...document.querySelectorAll(".ketalab-key text")].map((one) => (
    [Number(one.getAttribute("x")), one.getAttribute("y"), one.getComputedTextLength()]));
  const sign = Math.min(...words.map(([x]) => x));
  return words.filter(([x, y, long]) => words.some(([next, row]) => (
    row === y && next > x && x + long > next - sign + 0.1))).length;
}"""
RAGGED = """() => {
  const spread = (all) => Math.max(...all) - Math.min(...all);
  const texts = [...document.querySelectorAll(".ketalab-ground g:has(> text[transform] ~ text)")];
  return texts.filter((text) => {
    const lines = [...text.children].map((line) => line.getBoundingClientRect());
    const [from, to] = [lines.map(({ left }) => left), lines.map(({ right }) => right)];
    const middle = from.map((left, i) => (left + to[i]) / 2);
    return lines[0].height < 2 * lines[0].width && Math.min(...[from, to, middle].map(spread)) > 1.5;
  }).length;
}"""
LONG_WORDS = (
    "infusion_to_block",
    "drug_and_mood",
    "first_two_weeks",
    "relief_over_weeks",
    "what_mediates_what",
)


@pytest.mark.parametrize("name", LONG_WORDS)
def test_on_a_phone_words_leave_the_signs_of_the_key_alone_and_stay_in_line(
    watched, tmp_path: Path, name: str
):
    file, page = tmp_path / "page.html", watched.page
    file.write_text(page_of(explorable(name), {}), encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector(".ketalab-ground text")
    page.evaluate("() => document.fonts.ready")
    for width in (760, 358):
        page.locator(".ketalab-picture").evaluate(f"(box) => {{ box.style.flexBasis = '{width}px' }}")
        page.wait_for_function(f"() => document.querySelector('.ketalab-stage canvas').width === {width}")
        page.wait_for_timeout(100)
        assert page.locator(".ketalab-key text").count() >= 3
        assert page.evaluate(CROWDED) == 0, width
        assert page.evaluate(RAGGED) == 0, width
    assert page.evaluate("() => document.querySelector('.ketalab-view').ketalab.picture.letters") > 1
    assert watched.errors == []


DASHES = """
  window.dashes = [];
  const { setLineDash } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.setLineDash = function (dash) {
    if (dash.length) dashes.push([...dash]);
    setLineDash.call(this, dash);
  };
"""


def test_squares_that_are_dotted_in_the_key_are_dotted_in_the_picture(watched, tmp_path: Path):
    watched.page.add_init_script(DASHES)
    page, drawn = tmp_path / "page.html", {}
    for least in ("very low", "high"):
        shown = explorable("hold_a_standard")
        page.write_text(page_of(shown, {"least": least}), encoding="utf-8")
        watched.page.goto(page.as_uri())
        watched.page.wait_for_selector(".ketalab-stage, .ketalab-broken")
        watched.page.wait_for_timeout(150)
        drawn[least] = watched.page.evaluate("() => dashes")
    assert drawn["very low"] == []  # nothing falls
    assert set(map(tuple, drawn["high"])) == {tuple(shown.drawing.looks["falls"]["dash"])}
