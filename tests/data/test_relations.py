"""Numbers of a row that say the same thing twice, or that a second table or a published result gives again.

Nothing here holds a value only because it is there today: each test sets a number beside another that was
printed on its own. What print itself contradicts is named with its reason.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ketalab.data import table
from ketalab.data.tables import data_folder
from ketalab.metaanalysis.effect_size import odds_ratio
from ketalab.metaanalysis.pooling import pool

TRIALS = table("trials").set_index("trial")
COUNTS, DIFFERENCES, SCORES = table("trial_counts"), table("trial_differences"), table("trial_scores")

# The columns of a share, its count and its number of people, in every table that has all three.
SHARES = {
    "severe_reactions": (
        "percent_active events_active n_active",
        "percent_control events_control n_control",
    ),
    "adverse_reactions": ("percent_drug events_drug n_drug", "percent_placebo events_placebo n_placebo"),
    "after_a_dose": ("value events n", "control events_control n_control"),
    "paramedic_survey": ("percent events n",),
    "agitation_sedation": ("percent events n",),
    "bladder_surveys": ("percent events n",),
    "suicide_events": ("value events_active n_active",),
    "trial_durability": ("value events n",),
}
OTHERWISE_IN_PRINT = {
    ("paramedic_survey", "33", "3421"): "3421 of 10,737 is 31.9%; the abstract prints 33",
    ("bladder_surveys", "18.5", "2106"): "2106 of 11,617 is 18.1%; some answers must be missing",
    ("bladder_surveys", "26.6", "340"): "340 of 1285 is 26.5%; the abstract prints 26.6",
    ("bladder_surveys", "0.1", "3"): "3 of 6630 is 0.05%; the abstract rounds it up",
}
WORDS = dict(
    enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1)
)
# Doses of an arm that the trial's own row does not name: its other arm, or a drug it is compared with.
OTHER_DOSES = {
    ("correiamelo2020", "0.5"): "racemic ketamine, twice the dose of esketamine in the trial's row",
    ("jabre2009", "0.3"): "etomidate, as printed: etomidate against ketamine",
}
OTHER_PEOPLE = {
    "fava2018": "one of five dose groups, at 3 days",
    "janik2025": "two dose groups, as dosed",
    "grabski2022": "one of four groups, where the trial's row has two and two together",
}
MIXED_DIGITS = {
    "correiamelo2020": "33 at the start, 16.2 and 17.5 later",
    "glue2018": "20 and 8.8",
    "shivanekar2022": "zeros at the end are left out in print",
}
ODD_HOURS = {100.8: "sigtermans2009: an infusion of 4.2 days"}


def printed(name: str) -> pd.DataFrame:
    """The table as text, so that the printed number of decimals is kept."""
    return pd.read_csv(data_folder() / f"{name}.csv", dtype=str, keep_default_na=False)


def half_digit(number: str) -> float:
    """Half of the last digit printed: 12.5 is known to 0.05."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def numbers(text: str) -> set[float]:
    """The numbers of a sentence, in figures and, up to ten, in words."""
    found = {float(n.replace(",", "")) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}
    return found | {n for n, word in WORDS.items() if re.search(rf"\b{word}\b", text.lower())}


@pytest.mark.parametrize("name", SHARES)
def test_a_percentage_is_that_of_its_count(name: str):
    checked, otherwise = 0, {key for key in OTHERWISE_IN_PRINT if key[0] == name}
    for columns in SHARES[name]:
        share, events, people = columns.split()
        for row in printed(name).to_dict("records"):
            if "" in (row[share], row[events], row[people]) or row.get("unit", "%") != "%":
                continue
            key = (name, row[share], row[events])
            error = abs(100 * int(row[events]) / int(row[people]) - float(row[share]))
            assert (error <= half_digit(row[share]) + 1e-9) != (key in otherwise), row
            otherwise.discard(key)
            checked += 1
    assert checked >= 2
    assert not otherwise, "these agree now"


def test_a_crude_rate_lies_within_the_pooled_interval_and_the_pooled_rate_in_its_middle():
    """Rates per 1000 were pooled, so they are not events over people; an end at 0 was cut off."""
    rows = printed("sedation_harms")
    rows = rows[(rows.unit == "per 1000") & (rows.low != "") & (rows.events != "")]
    assert len(rows) >= 12
    for row in rows.itertuples():
        crude = 1000 * int(row.events) / int(row.n)
        assert float(row.low) <= crude <= float(row.high), row
        if float(row.low) > 0:
            middle = (float(row.low) + float(row.high)) / 2
            slack = half_digit(row.value) + (half_digit(row.low) + half_digit(row.high)) / 2
            assert middle == pytest.approx(float(row.value), abs=slack + 1e-9), row


@pytest.mark.parametrize("name", ["lasting_harms", "label_changes"])
def test_the_numbers_of_a_row_stand_in_its_sentence(name: str):
    """What a table draws, it also says in words from the source."""
    checked = 0
    for row in table(name).to_dict("records"):
        said = numbers(" ".join(str(row.get(c, "")) for c in ("finding", "statement", "people", "note")))
        for column in ("value", "low", "high"):
            if pd.notna(row[column]) and row[column] != 0:
                fits = row[column] in said or (
                    row["unit"] == "%" and "three of four" in row.get("finding", "")
                )
                assert fits, (name, column, row)
                checked += 1
    assert checked >= 6


def test_the_people_of_a_row_are_those_it_names():
    checked = 0
    for row in table("lasting_harms").itertuples():
        if pd.notna(row.n) and (named := numbers(row.people) | numbers(row.finding) | numbers(row.note)):
            sums = {a + b for a in named for b in named}
            assert float(row.n) in named | sums, row
            checked += 1
    assert checked >= 18


def test_a_share_in_words_is_that_in_figures():
    """Three of four deaths, and 74.6%."""
    row = table("lasting_harms").query("reference == 'corkery2021'").iloc[0]
    assert row.value / 100 == pytest.approx(3 / 4, abs=0.02)


FRACTIONS = {"a third": 100 / 3, "a quarter": 25, "half": 50, "two thirds": 200 / 3}


def test_a_correlation_agrees_with_its_p_and_with_the_share_in_its_note():
    """r and n give P (t with n - 2 degrees of freedom); r squared is the share of the variance."""
    rows = pd.read_csv(data_folder() / "thinking_links.csv", dtype=str, keep_default_na=False)
    checked = []
    for row in rows[rows.value != ""].itertuples():
        value, n = float(row.value), int(row.n)
        if row.statistic == "correlation":
            t = value * np.sqrt((n - 2) / (1 - value**2))
            p, places = 2 * stats.t.sf(t, n - 2), len(row.p.partition(".")[2])
            assert p < float(row.p[1:]) if row.p[0] == "<" else round(p, places) == float(row.p), row
            if share := re.search(r"(\d+)% of the variance", row.note):
                assert round(100 * value**2) == int(share[1]), row
        else:
            (named,) = [size for words, size in FRACTIONS.items() if words in row.note]
            assert value == pytest.approx(named, abs=1), row
        checked.append(row.study)
    assert checked == ["chen2021", "ideationmood", "ideationmood", "grunebaum2018"]


@pytest.mark.parametrize("name", ["trial_counts", "trial_differences", "trial_scores"])
def test_a_dose_is_one_that_the_trial_gave(name: str):
    """Against the trial's own row, the name of the arm, and what the row says of it."""
    rows = printed(name)
    rows = rows[rows.dose != ""]
    assert len(rows) > 90
    for row in rows.to_dict("records"):
        trial = TRIALS.loc[row["trial"]]
        arm = row.get("active", "") + row.get("arm", "")
        given = numbers(" ".join([trial.dose, trial.regimen, arm, row["note"]]))
        assert (float(row["dose"]) in given) != ((row["trial"], row["dose"]) in OTHER_DOSES), row


def test_the_people_of_a_difference_are_those_of_its_trial_elsewhere():
    """Arms are printed in a trial's row, beside its scores and beside its counts."""
    checked = 0
    for row in DIFFERENCES[~DIFFERENCES.trial.isin(OTHER_PEOPLE)].itertuples():
        trial, scores, counts = TRIALS.loc[row.trial], *(t[t.trial == row.trial] for t in (SCORES, COUNTS))
        known = {trial.n_randomised, trial.n_active, trial.n_control, *scores.n}
        known |= {*counts.n_active, *counts.n_control}
        for people in (row.n_active, row.n_control):
            if pd.notna(people):
                assert people in {n for n in known if pd.notna(n)}, row
                checked += 1
    assert checked > 150
    for trial in OTHER_PEOPLE:  # they are smaller at least than what they are parts of
        rows = DIFFERENCES[DIFFERENCES.trial == trial]
        assert (rows[["n_active", "n_control"]].sum(axis=1) <= TRIALS.n_randomised[trial]).all()


def test_one_table_prints_its_means_to_the_same_digit():
    """A digit too many or too few is a slip of the hand; one that keeps the digits is not seen here."""
    scores = printed("trial_scores")
    digits = scores["mean"].str.partition(".")[2].str.len()
    for (reference, *where), those in digits.groupby(
        [scores.reference, scores.locator, scores.scale, scores.kind]
    ):
        assert (those == those.iloc[0]).all() or reference in MIXED_DIGITS, (reference, *where)


@pytest.mark.parametrize("name", ["trial_counts", "trial_differences", "trial_scores", "trial_durability"])
def test_people_are_seen_at_whole_five_minutes_and_later_at_whole_days(name: str):
    """Visits are planned so: a time that is neither was copied or converted wrongly."""
    hours = table(name).time_h.dropna()
    for hour in hours[~hours.isin(ODD_HOURS)]:
        unit = 24 if hour >= 24 else 1 / 12
        assert abs(hour / unit - round(hour / unit)) < 0.01, hour


def test_a_difference_of_arms_agrees_with_their_scores():
    """To the digit where nothing was adjusted; an adjustment moves it by less than one standard error."""
    checked = {"least squares means": 0, "": 0, "adjusted": 0}
    rows = DIFFERENCES[(DIFFERENCES.derivation == "printed") & (DIFFERENCES.measure == "mean difference")]
    for row in rows[~rows.model.str.contains("last observation carried forward|days 1 to 3")].itertuples():
        here = SCORES[
            (SCORES.trial == row.trial) & (SCORES.scale == row.scale) & (SCORES.time_h == row.time_h)
        ]
        active, control = here[here.arm == row.active], here[here.arm == row.control]
        kinds = set(active.kind) & set(control.kind)
        if not kinds:
            continue
        arms = [
            active[active.kind == kind]["mean"].iloc[0] - control[control.kind == kind]["mean"].iloc[0]
            for kind in kinds
        ]
        error = min(abs(row.value - arm) for arm in arms)
        kind = row.model if row.model in checked else "adjusted"
        spread = row.se if pd.notna(row.se) else (row.high - row.low) / 3.92
        assert error <= (spread if kind == "adjusted" else 0.1 + 1e-9), row
        checked[kind] += 1
    assert checked["least squares means"] >= 10
    assert min(checked.values()) >= 4


def test_a_total_dose_is_rate_times_hours_times_days():
    """In one trial the rate rose step by step; there the total is 100 hours, printed as 4.2 days."""
    rows = table("pain_regimens")
    total = rows.rate_mg_h * rows.hours_a_day * rows.days
    rising = rows.trial == "sigtermans2009"
    assert total[~rising].tolist() == pytest.approx(rows.total_mg[~rising].tolist(), rel=0.01)
    assert total[rising].tolist() == pytest.approx(rows.total_mg[rising].tolist(), rel=0.05)


def test_suicidality_by_age_is_printed_in_whole_people_and_falls_with_age():
    """The table of the boxed warning, the same for all antidepressants: cases per 1000, youngest first."""
    rows = table("suicide_events").query("kind == 'difference by age'")
    assert len(rows) == 4
    assert (rows.value % 1 == 0).all()
    assert rows.value.is_monotonic_decreasing
    assert rows.value.iloc[0] > 0 > rows.value.iloc[-1]


def test_two_guidelines_of_the_same_societies_allow_the_same_single_injection():
    rows = table("pain_guidelines")
    limits = rows[rows.about == "a single injection"].set_index("reference").high
    assert set(limits.index) == {"schwenk2018", "cohen2018"}
    assert limits.schwenk2018 == limits.cohen2018


def test_a_range_lies_within_the_limit_of_its_guideline():
    rows = table("pain_guidelines").set_index("item")
    assert rows.high["acute_tolerated"] < rows.high["acute_infusion"] < rows.high["chronic_infusion"]
    ranges = rows.dropna(subset=["low", "high"])
    assert (ranges.low < ranges.high).all()


# What the review of the induction drugs prints (zampieri2026: manuscript/results/nma_results_summary.csv of
# its repository, commit b0bedfc, and its README for vasopressors): the odds ratio of ketamine against
# etomidate with its interval, and that of propofol against etomidate, which rests on schmidt2026 alone.
REVIEW = {
    "death": ("0.96", "0.8", "1.16", "0.63"),
    "cardiovascular collapse": ("1.44", "1.2", "1.71", "2.55"),
    "hypotension": ("1.34", "1.07", "1.68", "1.94"),
    "cardiac arrest": ("1.13", "0.7", "1.82", "0.97"),
    "vasopressor": ("1.45", "", "", ""),
}


def log_odds(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Pooled as in the review: DerSimonian and Laird, normal interval."""
    columns = ("events_active", "n_active", "events_control", "n_control")
    pooled = pool(
        odds_ratio(*(rows[column].astype(float) for column in columns)),
        method="dersimonian-laird",
        interval="normal",
    )
    return pooled.estimate, pooled.low, pooled.high


@pytest.mark.parametrize("outcome", REVIEW)
def test_the_reviews_results_follow_from_the_counts(outcome: str):
    """Trials and arms were entered one by one; the review's own results say whether they are right."""
    rows = COUNTS[(COUNTS.domain == "anaesthesia") & (COUNTS.outcome == outcome)]
    rows = rows[rows.events_active.notna()]
    if outcome == "vasopressor":
        rows = rows[rows.definition == "started around intubation"]
    alone = rows.active.isin(["ketamine", "S-ketamine"])
    ketamine = log_odds(rows[alone & (rows.control == "etomidate")])
    for found, text in zip(np.exp(ketamine), REVIEW[outcome][:3], strict=True):
        if text:
            assert found == pytest.approx(float(text), abs=0.006), (outcome, text)
    if propofol := REVIEW[outcome][3]:
        against, *_ = log_odds(rows[alone & (rows.control == "propofol")])
        assert np.exp(ketamine[0] - against) == pytest.approx(float(propofol), abs=0.011), outcome


LENGTHS = {"min": 1 / 60, "h": 1, "hour": 1, "day": 24, "week": 168, "month": 730.5}  # hours
SPAN = re.compile(r"\b(\d+(?:\.\d+)?) (min|hour|h|day|week|month)(?:ute)?s?\b")
COUNTED = re.compile(r"\b(day|week|month) (\d+)\b")
OTHER_TIMES = {"dakwar2019": "the last two weeks of five"}


def test_the_time_of_a_primary_outcome_is_the_one_in_its_words():
    """`day 28` may be 28 days, or 27 where the day of the first dose is day 1."""
    seen, wrong = 0, {}
    for trial, row in TRIALS.iterrows():
        words, hours = str(row.primary_outcome), float(row.primary_time_h)
        said = [float(number) * LENGTHS[unit] for number, unit in SPAN.findall(words)]
        for unit, number in COUNTED.findall(words):
            said += [float(number) * LENGTHS[unit], (float(number) - 1) * LENGTHS[unit]]
        if not said or np.isnan(hours) or trial in OTHER_TIMES:
            continue
        seen += 1
        if not any(hours == pytest.approx(one, rel=0.01) for one in said):
            wrong[trial] = words, hours
    assert wrong == {}
    assert seen >= 40
