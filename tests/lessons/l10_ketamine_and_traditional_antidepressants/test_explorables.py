"""The explorables of the lesson on traditional antidepressants, against counts worked out here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants import (
    adverse_tornado,
    four_steps,
    hundred_people,
)
from ketalab.models import pathway

PEOPLE, LABELS, STEPS = (explorable(n) for n in ("hundred_people", "adverse_tornado", "four_steps"))


def reading(shown, label: str, **values) -> str:
    return {r.label: r.text for r in shown.at(**values).readings}[label]


# Hundred people ------------------------------------------------------------------------------------


@given(
    st.sampled_from(list(hundred_people.STUDIES)),
    st.sampled_from(list(hundred_people.TABLETS)),
    st.sampled_from(list(hundred_people.TIMES)),
)
def test_every_grid_holds_a_hundred_icons_and_no_place_twice(study, tablet, time):
    artists = PEOPLE.at(study=study, tablet=tablet, time=time).artists
    for grid in hundred_people.GRIDS:
        places = [
            place
            for state in hundred_people.STATES
            for place in zip(*map(np.asarray, artists[f"{grid} {state}"]), strict=True)
        ]
        assert len(places) == len(set(places)) == 100


def test_spray_at_four_weeks_is_the_printed_counts_of_everybody_randomised():
    shown = {"study": "spray and new tablet (TRANSFORM)", "time": "week 4"}
    assert reading(PEOPLE, "left: well", **shown) == f"{100 * 182 / 346:.0f} of 100"
    assert reading(PEOPLE, "its comparison: well", **shown) == f"{100 * 94 / 222:.0f} of 100"
    artists = PEOPLE.at(**shown).artists
    assert len(artists["drug lost"][0]) == round(100 * (346 - 310) / 346)
    assert len(artists["drug extra"][0]) == 53 - 42


def test_where_nobody_counted_nobody_is_shown_well():
    shown = {"time": "day 1"}
    assert reading(PEOPLE, "right: well", **shown) == "no data"
    assert len(PEOPLE.at(**shown).artists["tablet unseen"][0]) == 100
    end = {"time": hundred_people.END}
    assert reading(PEOPLE, "left: well", **end) == "no data"


def test_a_drug_that_did_worse_has_no_extra_icons():
    shown = {"study": "infusion under anaesthesia (Lii 2023)", "time": "week 1"}
    assert reading(PEOPLE, "left: extra", **shown).startswith("−")
    assert len(PEOPLE.at(**shown).artists["drug extra"][0]) == 0
    assert "fewer" in PEOPLE.at(**shown).sentence


def test_ssri_at_week_1_is_what_ratio_and_difference_imply():
    drug, placebo = 4 / 0.64 + 4, 4 / 0.64
    assert drug / placebo == pytest.approx(1.64)
    assert reading(PEOPLE, "right: well", time="week 1") == f"{drug:.0f} of 100"
    assert reading(PEOPLE, "placebo: well", time="week 1") == f"{placebo:.0f} of 100"


def test_tablets_at_the_end_are_the_network_on_the_placebo_share():
    arms = table("antidepressant_arms").query("treatment == 'placebo'").dropna(subset=["responders"])
    placebo = arms.responders.sum() / arms.n.sum()
    odds = placebo / (1 - placebo) * 1.68
    assert reading(PEOPLE, "placebo: well", time=hundred_people.END) == f"{100 * placebo:.0f} of 100"
    assert (
        reading(PEOPLE, "right: well", time=hundred_people.END) == f"{100 * odds / (1 + odds):.0f} of 100"
    )


# Two labels ----------------------------------------------------------------------------------------


def test_dissociation_is_the_difference_of_the_printed_counts():
    frame = adverse_tornado.reactions("esketamine", adverse_tornado.MINUS)
    assert frame.value["dissociation"] == pytest.approx(100 * (142 / 346 - 21 / 222))
    assert frame.low["dissociation"] < frame.value["dissociation"] < frame.high["dissociation"]
    assert adverse_tornado.reactions("esketamine", adverse_tornado.ON_DRUG).value[
        "dissociation"
    ] == pytest.approx(100 * 142 / 346)


def test_the_trials_in_suicidal_people_are_not_mixed_in():
    resistant = table("adverse_reactions").query("drug == 'esketamine' and n_drug == 346")
    assert len(adverse_tornado.reactions("esketamine", adverse_tornado.MINUS)) == len(resistant)


@given(
    st.sampled_from(adverse_tornado.DRUGS),
    st.sampled_from(adverse_tornado.DRUGS),
    st.sampled_from(adverse_tornado.SCALES),
)
def test_each_row_has_a_dot_or_a_cross_on_each_side_and_the_largest_stand_first(one, other, scale):
    artists = LABELS.at(one=one, other=other, scale=scale).artists
    rows = sum(artists[f"label {i}"] != "" for i in range(adverse_tornado.ROWS))
    for side, drug in (("one", one), ("other", other)):
        assert len(artists[f"{side} {drug} dot"][0]) + len(artists[f"{side} none"][0]) == rows
    best = np.full(rows, -np.inf)
    for side, drug in (("one", one), ("other", other)):
        value, y = artists[f"{side} {drug} dot"]
        best[np.asarray(y, int)] = np.maximum(best[np.asarray(y, int)], value)
    assert (np.diff(best) <= 1e-9).all()


@pytest.mark.parametrize("scale", ["difference", "on the drug", "on placebo"])
def test_a_drug_beside_itself_is_not_compared(scale):
    said = explorable("adverse_tornado").at(one="venlafaxine", other="venlafaxine", scale=scale).sentence
    assert said.startswith("Both sides show venlafaxine: nausea in ")
    assert said.count("venlafaxine") == 1


def test_most_headache_on_sertraline_is_on_placebo_too():
    on, off = (
        adverse_tornado.reactions("sertraline", scale).value["headache"]
        for scale in (adverse_tornado.ON_DRUG, adverse_tornado.ON_PLACEBO)
    )
    assert on == pytest.approx(25, abs=0.1)
    assert off == pytest.approx(23, abs=0.1)


# Four steps ----------------------------------------------------------------------------------------


def test_the_read_out_is_the_cohort():
    steps = pathway.published()
    plain = 100 * pathway.cohort(steps, 13)[0, -1, 1]
    better = [*steps[:2], steps[2].times(1.55, 0.49), steps[3]]
    spray = 100 * pathway.cohort(better, 13)[0, -1, 1]
    assert reading(STEPS, "well at 12 months, without") == f"{plain:.1f} of 100"
    assert reading(STEPS, "well at 12 months, with") == f"{spray:.1f} of 100"
    assert reading(STEPS, "difference").startswith(f"{spray - plain:+.1f} (")


def test_who_is_given_esketamine_is_who_gets_that_far():
    reached = 377 / 3671 * (1439 / 1439)
    assert reading(STEPS, "given esketamine") == f"{100 * reached:.0f} of 100"
    assert reading(STEPS, "given esketamine", entry=four_steps.NEVER) == "0 of 100"


def test_every_slice_that_is_seen_has_its_name_and_number():
    """In it, or above the bar where it is thin; the numbers of a bar are a hundred, but for rounding."""
    for values in STEPS.extremes():
        artists = STEPS.at(**values).artists
        for which in ("without", "with"):
            told = 0
            for fate in four_steps.FATE_COLOUR:
                _, bottom, _, height = artists[f"{which} {fate}"]
                _, y, text = artists[f"{which} {fate} text"]
                assert bool(text) == (height >= 0.5), (fate, height)
                assert bottom < y < bottom + height or y > 100 or not text
                told += int(text.split()[-1]) if text else 0
            assert abs(told - 100) <= 2, values


def test_no_spray_changes_nothing():
    view = STEPS.at(entry=four_steps.NEVER)
    np.testing.assert_array_equal(view.artists["with"][1], view.artists["without"][1])
    assert reading(STEPS, "sessions for one more well", entry=four_steps.NEVER) == "nobody more"
    assert reading(STEPS, "more well, of 100 given it", entry=four_steps.NEVER) == "none given"


def test_the_lowered_remission_adds_up_to_the_reanalysis():
    steps = four_steps.base_steps(four_steps.COUNTED, four_steps.AGAIN, 0)
    assert pathway.remission_ever(steps)[0] == pytest.approx(0.35, abs=1e-6)


def test_the_ratio_and_the_hazard_are_those_of_the_trials():
    middle, low, high = four_steps.from_trial("remission")
    assert middle == pytest.approx((91 / 336) / (60 / 340))
    assert low < middle < high
    assert four_steps.relapse_hazard() == (0.49, 0.29, 0.84)


@given(st.floats(1, 2.5), st.sampled_from(["step 2", "step 3", "step 4"]))
def test_more_remission_never_makes_fewer_well(ratio, entry):
    steps = pathway.published()
    without, with_it = (
        pathway.cohort(s, 13)[0, -1, 1]
        for s in (steps, four_steps.steps_with_spray(steps, entry, ratio, True, 0))
    )
    assert with_it >= without - 1e-12


def test_the_band_holds_the_middle_course():
    artists = STEPS.at().artists
    for which in ("with", "without"):
        _, low, high = artists[f"band {which}"]
        middle = artists[which][1]
        assert (low <= middle + 0.5).all()
        assert (middle <= high + 0.5).all()
        assert (high - low)[13] > 0.5


def test_the_course_as_counted_stays_when_everything_else_moves():
    moved = STEPS.at(entry=four_steps.NEVER, onward=four_steps.EVERYBODY).artists
    np.testing.assert_array_equal(moved["as counted"][1], STEPS.at().artists["without"][1])
    assert moved["without"][1][13] > moved["as counted"][1][13]
