"""The explorables on PTSD, anxiety, OCD and alcohol: their read-outs against the models themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.lessons import explorable
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol import figures as draw
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol import (
    how_many_more,
    reminder_and_drug,
    shared,
    small_trials_shine,
)
from ketalab.metaanalysis import next_trial as nt
from ketalab.metaanalysis.effect_size import HEDGES_G
from ketalab.models import reconsolidation as rc
from ketalab.models.open_questions import open_questions
from ketalab.plots.style import course_look


def reading(name: str, label: str, **values):
    return {r.label: r.value for r in explorable(name).at(**values).readings}[label]


@pytest.mark.parametrize("account", reminder_and_drug.ACCOUNTS)
@pytest.mark.parametrize("start", [-2.0, -0.5, 0.1, 3.0])
def test_the_reminder_reads_out_its_model(account, start):
    found = rc.remembered(reminder_and_drug.ACCOUNTS[account], start, 5, 0.5, reminder_and_drug.TURN)
    shown = {"account": account, "start": start}
    words = {r.label: r.value for r in explorable("reminder_and_drug").at(**shown).readings}
    whole = [int(words[name].split("%")[0]) for name in ("memory with ketamine", "memory without")]
    assert whole[0] == round(100 * found.strength[0])
    change = int(words["change"].split()[0].replace("−", "-"))
    assert change == whole[0] - whole[1], "what is read out adds up"
    view = explorable("reminder_and_drug").at(**shown)
    curve = np.interp(start, *view.artists["with"])
    assert curve == pytest.approx(100 * found.strength[0], abs=0.6)


@pytest.mark.parametrize(
    ("account", "met"), [("blocks opening and storing", 1), ("makes it surprising only", 3)]
)
def test_no_account_meets_every_finding(account, met):
    assert reading("reminder_and_drug", "findings reproduced", account=account) == f"{met} of 4"
    for name in reminder_and_drug.ACCOUNTS:
        assert reading("reminder_and_drug", "findings reproduced", account=name) != "4 of 4"


def test_a_ring_stands_only_where_the_model_has_the_measured_direction():
    view = explorable("reminder_and_drug").at(account="makes it surprising only")
    ringed = set(zip(*map(tuple, view.artists["met"]), strict=True))
    assert ringed == {(-0.3, 1), (-0.5, 0), (0.1, 0)}
    assert set(zip(*map(tuple, view.artists["weaker"]), strict=True)) == {(0.1, 1)}


@given(st.sampled_from(small_trials_shine.GROUPS), st.sampled_from([0.1, 0.3, 0.6, 1.2]))
def test_fifty_trials_agree_with_the_closed_form(n, effect):
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=effect)
    shown = {"group": str(n), "effect": effect}
    expected = 50 * nt.power(effect, se)
    found = int(reading("small_trials_shine", "trials “significant”", **shown).split()[0])
    assert abs(found - expected) <= 1.5
    view = explorable("small_trials_shine").at(**shown)
    assert sum(len(view.artists[kind]) for kind in ("open", "found", "wrong")) == 50
    assert all(bar[0][0] > 0 for bar in view.artists["found"])
    assert all(bar[0][0] <= 0 <= bar[1][0] for bar in view.artists["open"])


@pytest.mark.parametrize("question", how_many_more.ASKED)
@pytest.mark.parametrize("belief", how_many_more.BELIEFS)
def test_the_three_outcomes_share_a_hundred_trials(question, belief):
    view = explorable("how_many_more").at(question=question, belief=belief)
    words = {r.label: r.value for r in view.readings}
    parts = [words[k] for k in ("shows a benefit", "rules out one that matters", "stays open")]
    assert sum(int(part.split()[0]) for part in parts) in (99, 100, 101)
    _, floor, small = view.artists["small"]
    _, lower, upper = view.artists["benefit"]
    assert (floor == 0).all()
    assert (upper == 100).all()
    assert (small <= lower + 1e-9).all()


def test_the_chances_are_those_of_simulated_trials():
    question = open_questions()["ptsd_corrected"]
    rng = np.random.default_rng(5)
    size, n, worth, tau = 200_000, 100, 0.4, 0.1
    low, high = question.interval
    se_now = (high - low) / (2 * shared.Z)
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=question.estimate)
    truth = question.estimate + se_now * rng.normal(size=size)
    printed = truth + tau * rng.normal(size=size) + se * rng.normal(size=size)
    weights = np.array([1 / se_now**2, 1 / (se**2 + tau**2)])
    centre = (weights[0] * question.estimate + weights[1] * printed) / weights.sum()
    half = shared.Z * weights.sum() ** -0.5
    small = centre + half < worth
    benefit = (centre - half > 0) & ~small
    _, shows, rules_out = how_many_more._chances(question, how_many_more.BELIEFS[0], worth, tau, n)
    assert shows == pytest.approx(benefit.mean(), abs=0.005)
    assert rules_out == pytest.approx(small.mean(), abs=0.005)


def test_the_fan_holds_the_shares_it_is_coloured_by():
    view = explorable("how_many_more").at()
    counts = {name: len(view.artists[f"{name} bars"]) for name in how_many_more.OUTCOME}
    assert sum(counts.values()) == how_many_more.FAN
    shows = int(reading("how_many_more", "shows a benefit").split()[0])
    assert abs(counts["benefit"] - shows * how_many_more.FAN / 100) <= 1


@pytest.mark.parametrize("name", ["ptsd", "responders", "alcohol", "widths", "one_scale"])
def test_pictures_draw_without_clipping_their_words(name):
    with course_look():
        figure = getattr(draw, name)().figure
        figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        beside = [*axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label] if axes.axison else []
        for text in [*axes.texts, *beside]:
            box = text.get_window_extent()
            inside = (box.x0, box.y0) >= (-1, -1) and box.x1 <= width + 1 and box.y1 <= height + 1
            assert inside or not text.get_text(), text.get_text()


def test_the_law_of_width_is_that_of_two_equal_groups():
    for n in (20, 100, 400):
        se = nt.standard_error_of_trial(HEDGES_G, n / 2)
        assert draw.law(n) == pytest.approx(2 * 1.959964 * se)


def test_a_question_that_is_settled_today_needs_nobody():
    words = "people in each group to settle it in 80 of 100"
    for name, key in how_many_more.ASKED.items():
        excludes = open_questions()[key].interval[0] > 0
        shown = reading("how_many_more", words, question=name)
        assert shown.startswith("none") == excludes, name


@pytest.mark.parametrize("group", ["10", "15", "100"])
def test_what_stays_in_the_drawer_is_not_drawn(group):
    everything = explorable("small_trials_shine").at(group=group)
    published = explorable("small_trials_shine").at(group=group, shown=small_trials_shine.PRINTED)
    assert len(published.artists["open"]) == 0
    assert published.artists["found"] == everything.artists["found"]
    assert published.readings == everything.readings
