"""Forest and funnel plots show the numbers they are given, at every size, and move as needed."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from metaanalysis.worked import COUNTS, data, effects

from ketalab.explorables.canvas import Canvas, Stage
from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import pooling as ma
from ketalab.metaanalysis import small_study
from ketalab.plots import forest as fo
from ketalab.plots.axes import effect_limits, tick_values
from ketalab.plots.funnel import funnel
from ketalab.plots.style import FOLDER as STYLE
from ketalab.plots.style import course_look

BASELINE = str(Path(__file__).parent / "baseline")
LOOK = {"style": str(STYLE / "ketalab.mplstyle"), "savefig_kwargs": {"dpi": 100}, "tolerance": 4}
FAVOURS = ("vaccine better", "control better")
LONG = "A trial whose name goes on and on, with all of its collaborators, 2024"


@pytest.fixture(autouse=True)
def look():
    with course_look():
        yield


def bcg(measure: str = "RR") -> es.Effects:
    return effects("bcg", measure)


def texts(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def outside(figure: Figure) -> list[str]:
    """Texts that are cut by an edge of the figure."""
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = [
        (t, t.get_window_extent()) for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()
    ]
    return [
        t.get_text()
        for t, box in boxes
        if box.x0 < -1 or box.x1 > page.x1 + 1 or box.y0 < -1 or box.y1 > page.y1 + 1
    ]


def colliding(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that lie over each other."""
    figure.draw_without_rendering()
    boxes = [
        (t.get_text(), t.get_window_extent().padded(-1.5))
        for t in figure.findobj(Text)
        if t.get_visible() and t.get_text().strip()
    ]
    return [
        (one, other)
        for i, (one, a) in enumerate(boxes)
        for other, b in boxes[i + 1 :]
        if min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)
    ]


def mixed(k: int) -> es.Effects:
    """Trials of any number: with a long name, an empty cell and one that says nothing among them."""
    rng = np.random.default_rng(k)
    n = rng.integers(8, 90, k)
    a, c = rng.binomial(n, 0.5), rng.binomial(n, 0.3)
    a[0], c[0] = 0, 3
    names = [LONG if i == 1 else f"Author et al. {1990 + i}" for i in range(k)]
    if k > 4:
        a[3] = c[3] = 0
    return es.odds_ratio(a, n, np.minimum(c, n), n, study=names)


@pytest.mark.parametrize("size", ["slide", "phone"])
@pytest.mark.parametrize("k", [1, 2, 3, 7, 13, 25])
def test_nothing_is_clipped_or_covered_from_one_trial_to_twenty_five(k: int, size: str):
    shown = mixed(k)
    options = {
        "favours": ("control better", "ketamine better"),
        "size": size,
        "title": "Response within 24 hours",
    }
    figure = fo.forest(shown, ma.pool(shown), **options)
    assert figure.get_figwidth() == pytest.approx({"slide": 9.6, "phone": 4.2}[size])
    assert outside(figure) == []
    assert colliding(figure) == []
    sizes = {t.get_fontsize() for t in figure.findobj(Text) if t.get_text().strip()}
    assert min(sizes) >= 12


@pytest.mark.parametrize("size", ["slide", "phone"])
def test_blocks_are_neither_clipped_nor_covered(size: str):
    shown = mixed(9)
    by = ma.by_subgroup(shown, ["saline"] * 5 + ["midazolam"] * 3 + ["remifentanil"])
    figure = fo.forest(shown, ma.pool(shown), by=by, size=size)
    assert outside(figure) == []
    assert colliding(figure) == []
    found = texts(figure)
    assert {"Saline", "Midazolam", "Remifentanil", "Midazolam, 3 trials"} <= set(found)
    assert "Remifentanil, 1 trials" not in found  # a single trial is its own answer
    assert any(text.startswith("Difference between the groups: Q") for text in found)


def test_the_picture_says_the_numbers_of_the_pool():
    shown, pooled = bcg(), ma.pool(bcg())
    found = texts(fo.forest(shown, pooled, favours=FAVOURS, groups=("Vaccinated", "Control")))
    n = pooled.natural
    assert f"{n.estimate:.2f} [{n.low:.2f}, {n.high:.2f}]" in found
    assert f"{n.prediction_low:.2f} to {n.prediction_high:.2f}" in found
    assert {
        "All 13 trials",
        "True effect in a new trial",
        "Vaccinated",
        "8/2545",
        "RR [95% interval]",
    } <= set(found)
    assert {"← vaccine better", "control better →"} <= set(found)
    shares = sum(int(text[:-1]) for text in found if re.fullmatch(r"\d+%", text))
    assert shares == pytest.approx(100, abs=7)  # thirteen rounded shares
    assert any("I² 92" in text for text in found)


def test_the_artists_are_the_numbers():
    shown, pooled = bcg(), ma.pool(bcg())
    parts = fo.forest_parts(shown, pooled, order="given", limits=(0.01, 20))
    (diamond,) = (path.vertices[:4] for path in parts.artists["diamond"].get_paths())
    assert diamond[:, 0] == pytest.approx([pooled.low, pooled.estimate, pooled.high, pooled.estimate])
    low, high = shown.interval()
    segments = parts.artists["intervals"].get_segments()
    assert [segment[0][0] for segment in segments] == pytest.approx(list(low))
    assert [segment[1][0] for segment in segments] == pytest.approx(list(high))
    squares = np.array([path.vertices[:4] for path in parts.artists["squares"].get_paths()])
    assert squares[:, :, 0].mean(axis=1) == pytest.approx(shown.estimate)
    bar = parts.artists["prediction"].get_segments()[0]
    assert [bar[0][0], bar[1][0]] == pytest.approx([pooled.prediction_low, pooled.prediction_high])


def test_the_area_of_a_square_is_the_weight_of_its_trial():
    shown = es.from_standard_error([0.1, 0.2, 0.3], [0.1, 0.14, 0.2], es.MEAN_DIFFERENCE)
    parts = fo.forest_parts(shown, ma.pool(shown, "fixed"), order="given")
    squares = [path.vertices[:4] for path in parts.artists["squares"].get_paths()]
    areas = np.array([np.ptp(s[:, 0]) * np.ptp(s[:, 1]) for s in squares])
    assert areas / areas.sum() == pytest.approx(ma.pool(shown, "fixed").weights)


def test_trials_stand_in_the_order_asked_for():
    shown, pooled = bcg(), ma.pool(bcg())
    for order, key in (("effect", shown.estimate), ("weight", -pooled.weights), ("given", np.arange(13))):
        places = fo.forest_parts(shown, pooled, order=order).places
        from_top = sorted(places, key=lambda i: -places[i])
        assert list(key[from_top]) == sorted(key)


def test_an_interval_that_goes_on_has_an_arrow_head_at_the_edge():
    shown = bcg()
    parts = fo.forest_parts(shown, ma.pool(shown), limits=(0.5, 2), order="given")
    start = np.log(0.5)
    ends = np.array(
        [point[0] for segment in parts.artists["intervals"].get_segments() for point in segment]
    )
    assert ends.min() == pytest.approx(start)
    low, high = shown.interval()
    heads = 2 * ((low < start).sum() + (high > -start).sum())
    assert len(parts.artists["intervals"].get_segments()) == 13 + heads


def test_one_trial_has_no_diamond_and_says_why():
    shown = bcg()[:1]
    parts = fo.forest_parts(shown, ma.pool(shown))
    assert len(parts.artists["diamond"].get_paths()) == 0
    assert "One trial: there is nothing to pool." in texts(parts.figure)


def test_two_trials_say_that_a_prediction_needs_three():
    shown = bcg()[:2]
    assert "needs 3 trials" in texts(fo.forest(shown, ma.pool(shown)))


def test_what_was_done_to_a_trial_stands_in_a_footnote():
    found = " ".join(texts(fo.forest(mixed(5), ma.pool(mixed(5)))))
    assert f"* {es.HALF}" in found
    assert f"† {es.SILENT}" in found
    assert "no estimate" in found


def test_a_reference_key_is_shown_as_author_and_year():
    shown = es.from_standard_error(
        [-7.7, -3.7], [2.5, 2.9], es.MEAN_DIFFERENCE, study=["zarate2006", "lii2023"]
    )
    assert {"Zarate et al. 2006a", "Lii et al. 2023"} <= set(texts(fo.forest(shown)))
    assert "LII2023" in texts(fo.forest(shown, names=str.upper))


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        (es.ODDS_RATIO, -0.1, 0.12),
        (es.ODDS_RATIO, -0.4, 0.3),
        (es.ODDS_RATIO, -1, 2),
        (es.ODDS_RATIO, -3, 5),
        (es.ODDS_RATIO, -20, 20),
        (es.RISK_RATIO, -120, 90),
        (es.HEDGES_G, -1.4, 0.2),
        (es.MEAN_DIFFERENCE, -17, 3),
        (es.RISK_DIFFERENCE, -0.04, 0.09),
        (es.CORRELATION, -0.6, 0.7),
        (es.CORRELATION, -2.2, 2.2),
    ],
)
def test_ticks_are_few_round_and_hold_no_effect(measure, low, high):
    for most in (5, 7):
        ticks = tick_values(measure, low, high, most)
        assert 2 <= len(ticks) <= most
        places = measure.analysis(ticks)
        assert np.all((places >= low) & (places <= high))
        assert np.diff(places).min() > 0.05 * (high - low)
        assert np.min(np.abs(ticks - measure.null)) < 1e-9
        assert all(len(f"{tick:g}") <= 6 for tick in ticks)


def test_an_endless_interval_does_not_squeeze_the_others():
    shown = es.from_standard_error([0.1, 0.2, 0.15, 0.0], [0.1, 0.1, 0.12, 40], es.MEAN_DIFFERENCE)
    low, high = effect_limits(shown, [ma.pool(shown)])
    assert -1 < low < 0 < 0.2 < high < 1


# As an explorable needs it ------------------------------------------------------------------------


def test_trials_go_out_and_come_back_without_a_trace():
    shown = bcg()
    parts = fo.forest_parts(shown, ma.pool(shown))
    canvas = Canvas(Stage(parts.figure, parts.axes, parts.artists), 100)
    before = canvas.draw(parts.view(ma.pool(shown)), {}).copy()
    inside = np.ones(13, bool)
    inside[[3, 7]] = False
    view = parts.view(ma.pool(shown[inside]), inside)
    assert view["weight 3"] == view["weight 7"] == "out"
    assert len(view["squares"]) == 11
    middle = canvas.draw(view, {}).copy()
    after = canvas.draw(parts.view(ma.pool(shown)), {})
    assert not np.array_equal(before, middle)
    np.testing.assert_array_equal(before, after)


def test_down_to_one_trial_and_to_none():
    shown = bcg()
    parts = fo.forest_parts(shown, ma.pool(shown), live=True)
    assert not any(name.startswith(("weight", "print")) for name in parts.artists)
    canvas = Canvas(Stage(parts.figure, parts.axes, parts.artists), 100)
    for keep in (2, 1, 0):
        inside = np.arange(13) < keep
        pooled = ma.pool(shown[inside]) if keep else None
        view = parts.view(pooled, inside)
        canvas.draw(view, {})
        assert (len(view["diamond"]) == 1) == (keep > 1)
        assert view["prediction text"] == "needs 3 trials"


# Others -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["slide", "phone"])
def test_a_funnel_holds_trials_imagined_ones_and_eggers_line(size: str):
    shown = effects("hackshaw1998", "interval OR")
    filled, line = small_study.trim_and_fill(shown), small_study.egger(shown)
    figure = funnel(shown, ma.pool(shown), filled=filled, line=line, size=size)
    assert outside(figure) == []
    points = {artist.get_label(): artist for artist in figure.axes[0].lines}
    assert points["trial"].get_xdata() == pytest.approx(shown.estimate)
    assert len(points["added by trim-and-fill"].get_xdata()) == filled.missing == 7
    at = points["Egger's line"]
    assert np.diff(at.get_xdata()) / np.diff(at.get_ydata()) == pytest.approx(line.intercept)
    assert figure.axes[0].get_ylim()[1] == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda e: fo.forest(e[:0]), "effects: 0 trials are not allowed; a forest plot needs 1 or more"),
        (
            lambda e: fo.forest(e, order="random"),
            "order: 'random' is not allowed; it must be one of effect, weight",
        ),
        (
            lambda e: fo.forest(e, size="poster"),
            "size: 'poster' is not allowed; it must be one of slide, phone",
        ),
        (
            lambda e: fo.forest(e, limits=(3, 1)),
            "limits: (3, 1) is not allowed; the first must be below the second",
        ),
        (
            lambda e: fo.forest(e, limits=(0, 1)),
            "limits: (0, 1) is not allowed; the first must be below the second, both above 0",
        ),
        (
            lambda e: funnel(e[:0], ma.pool(e)),
            "effects: 0 trials are not allowed; a funnel plot needs 1 or more",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call(bcg())


# To the pixel -------------------------------------------------------------------------------------


@pytest.mark.mpl_image_compare(baseline_dir=BASELINE, filename="forest_in_blocks.png", **LOOK)
def test_a_forest_in_blocks_looks_as_it_should():
    by = ma.by_subgroup(bcg(), data("bcg").allocation)
    options = {"favours": FAVOURS, "groups": ("Vaccinated", "Control"), "title": "Tuberculosis after BCG"}
    return fo.forest(bcg(), ma.pool(bcg()), by=by, **options)


@pytest.mark.mpl_image_compare(baseline_dir=BASELINE, filename="forest_on_a_phone.png", **LOOK)
def test_a_forest_on_a_phone_looks_as_it_should():
    shown = es.odds_ratio(*(data("bcg")[name][:6] for name in COUNTS), study=data("bcg").study[:6])
    return fo.forest(shown, ma.pool(shown), size="phone", favours=FAVOURS, title="Tuberculosis after BCG")


@pytest.mark.mpl_image_compare(baseline_dir=BASELINE, filename="funnel.png", **LOOK)
def test_a_funnel_looks_as_it_should():
    shown = effects("hackshaw1998", "interval OR")
    return funnel(
        shown, ma.pool(shown), filled=small_study.trim_and_fill(shown), line=small_study.egger(shown)
    )
