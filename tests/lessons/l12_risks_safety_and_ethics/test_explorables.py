"""The explorables of the lesson on risks, against rows of the tables and sums worked out here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l12_risks_safety_and_ethics import balance_of_1000, bladder_by_days, going_home
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks

HOME, BLADDER, BALANCE, TAIL = (
    explorable(name) for name in ("going_home", "bladder_by_days", "balance_of_1000", "tail_behind_a_mean")
)


def reading(shown, label: str, **values) -> str:
    return {r.label: r.text for r in shown.at(**values).readings}[label]


# The hours after a dose ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "effect"),
    [("dissociation", "dissociation"), ("slower thinking", "thinking"), ("sleepiness", "sleepiness")],
)
def test_an_effect_is_over_at_the_minute_of_its_row(row: str, effect: str):
    rows = table("after_a_dose").query("effect == @effect and quantity == 'over by'")
    minute = rows.value.iloc[0]
    assert reading(HOME, row, minutes=minute - 10) == "not over"
    assert reading(HOME, row, minutes=minute) == "over, on average"


def test_the_two_texts_disagree_on_pressure_between_one_and_four_hours():
    told = [
        [reading(HOME, "raised pressure", minutes=minute, text=text) for minute in (50, 60, 120, 230, 240)]
        for text in (going_home.US, going_home.EU)
    ]
    assert told[0] == [*["not over"] * 4, "over, on average"]
    assert told[1] == ["not over", "perhaps over", *["over, on average"] * 3]


@given(st.integers(0, 30))
def test_nobody_leaves_before_two_hours_or_drives_at_all(step: int):
    minutes = 10 * step
    assert reading(HOME, "leave the clinic", minutes=minutes).startswith("no") == (minutes < 120)
    assert reading(HOME, "drive", minutes=minutes).startswith("no")


@given(st.integers(0, 30), st.sampled_from([going_home.US, going_home.EU]))
def test_every_row_is_drawn_once(step: int, text: str):
    artists = HOME.at(minutes=10 * step, text=text).artists
    drawn = sum(len(artists[kind]) for kind in ("over", "still", "rule"))
    assert drawn == len(going_home.ROWS)


# The bladder ---------------------------------------------------------------------------------------


def test_a_small_rise_is_not_told_as_none_and_no_day_of_use_is_told_plainly():
    assert reading(BLADDER, "more than without", days=20, baseline=1) == "0.4 in 100"
    assert reading(BLADDER, "more than without", days=0, baseline=1) == "0 in 100"
    none = BLADDER.at(days=0).sentence
    added = "; no day of use adds nothing."
    assert none == f"Suppose 24 of 100 people have frequent urination without ketamine{added}"
    one = BLADDER.at(days=0, baseline=1).sentence
    assert one == f"Suppose 1 of 100 people has frequent urination without ketamine{added}"
    some = BLADDER.at(days=1, symptom="blood in the urine").sentence  # whose share nobody gave us
    assert some.startswith("Suppose 24 of 100 people have blood in the urine without ketamine. If")


@given(st.integers(0, 180), st.integers(1, 30), st.sampled_from(list(bladder_by_days._odds())))
def test_the_share_has_the_odds_of_the_survey(days: int, baseline: int, symptom: str):
    rate = table("bladder_odds").set_index("symptom").odds_ratio[symptom]
    odds = baseline / (100 - baseline) * rate**days
    shown = reading(BLADDER, "with it", days=days, baseline=baseline, symptom=symptom)
    assert shown == f"{100 * odds / (1 + odds):.0f} in 100"


def test_measured_marks_stand_where_the_surveys_put_them():
    rows = risks.surveys().set_index("survey").value
    axes = BLADDER.stage().axes["main"]
    marks = {
        float(line.get_ydata()[0])
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_ydata())
    }
    assert marks == {rows["online_never"], rows["esketamine_4_weeks"]}


# The balance ---------------------------------------------------------------------------------------

WEIGHTS = st.fixed_dictionaries({name: st.integers(0, 10) for name in balance_of_1000.WORDS})


@given(WEIGHTS, st.integers(0, 20))
def test_the_balance_is_the_weighted_sum_of_the_printed_counts(weights: dict, twentieths: int):
    credit = twentieths / 20
    extra = {
        "better": 182 / 310 - 94 / 208,
        "dissociation": 142 / 346 - 21 / 222,
        "nausea": 98 / 346 - 19 / 222,
        "pressure": 29 / 346 - 1 / 222,
        "severe": 41 / 343 - 8 / 222,
    }
    signs = {name: credit if name == "better" else -1 for name in extra}
    expected = 1000 * sum(weights[name] * signs[name] * extra[name] for name in extra)
    shown = reading(BALANCE, "balance", credit=5 * twentieths, **weights)
    assert float(shown.split()[0].replace(",", "").replace("−", "-")) == pytest.approx(expected, abs=0.51)


def test_nothing_weighs_until_the_reader_says_so():
    assert all(control.start == 0 for control in BALANCE.controls if control.name in balance_of_1000.WORDS)
    assert reading(BALANCE, "balance") == "0 points"
    assert reading(BALANCE, "simulated trials on the drug's side") == "nothing weighs yet"


def test_the_tipping_weight_brings_the_balance_to_zero():
    weights = balance_of_1000.ALIKE | {"better": 10, "dissociation": 3}
    tip = float(reading(BALANCE, "a severe reaction tips it at", **weights).split()[0])
    extra = balance_of_1000._extra(risks.YOUNGER)
    rest = 10 * extra["depression halved"][0] - sum(
        w * extra[name][0] for name, w in (("dissociation", 3), ("nausea", 1), ("pressure up 40 mmHg", 1))
    )
    assert tip == pytest.approx(rest / extra[risks.SEVERE][0], rel=0.05)


def test_presets_end_on_both_sides_so_no_weight_is_the_right_one():
    sides = {np.sign(BALANCE.at(**values).artists["net"][0][0]) for values in BALANCE.presets.values()}
    assert sides == {-1, 0, 1}


def test_what_nobody_counted_is_neither_drawn_nor_weighed():
    older = {"people": risks.OLDER, "better": 1}
    assert len(BALANCE.at(**older).artists["bad"][0]) == 2
    assert reading(BALANCE, "balance", **older) == reading(
        BALANCE, "balance", dissociation=10, nausea=10, **older
    )
    grey = {control.name for control in BALANCE.controls if control.greyed_by(BALANCE.start | older)}
    assert grey == {"dissociation", "nausea"}


def test_the_sentence_says_how_many_simulated_trials_fall_on_the_same_side():
    assert BALANCE.at().sentence == "Nothing weighs yet, so the balance of 1,000 people is 0 points."
    close = balance_of_1000.ALIKE | {"better": 10, "dissociation": 3}
    share = reading(BALANCE, "simulated trials on the drug's side", **close)
    assert BALANCE.at(**close).sentence.endswith(
        f"for the drug; {share} of the simulated trials say the same."
    )
    assert BALANCE.at(nausea=1).sentence.endswith(
        "against the drug; over 99% of the simulated trials say the same."
    )
    assert BALANCE.at(better=10, credit=0).sentence.endswith("is 0 points.")


def test_with_nothing_to_weigh_against_it_any_weight_of_a_severe_reaction_tips_the_balance():
    assert reading(BALANCE, "a severe reaction tips it at", severe=10) == "any weight above 0"


# A tail behind a mean ------------------------------------------------------------------------------


@given(st.integers(0, 30), st.integers(8, 40))
def test_the_tail_is_the_normal_one_and_the_area_that_is_drawn(mean: int, spread: int):
    share = 100 * norm.sf(40, mean, spread)
    shown = reading(TAIL, "40 mmHg or more, model", mean=mean, spread=spread)
    if share >= 0.1:
        assert float(shown.split()[0]) == pytest.approx(share, rel=0.06)
    else:
        assert shown == "fewer than 0.1 in 100"
    x, y = np.array(TAIL.at(mean=mean, spread=spread).artists["tail"][0]).T
    assert np.trapezoid(y, x) == pytest.approx(share, abs=1.3)


@pytest.mark.parametrize(
    ("people", "spread", "words"),
    [
        (risks.YOUNGER, 27, "fits"),
        (risks.YOUNGER, 10, "fewer than were"),
        (risks.OLDER, 10, "fewer than were"),
    ],
)
def test_the_sentence_compares_with_the_interval_of_the_count(people: str, spread: int, words: str):
    assert words in TAIL.at(people=people, spread=spread).sentence
