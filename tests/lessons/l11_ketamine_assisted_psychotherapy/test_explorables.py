"""The read-outs of lesson 11 against the models, computed here without the explorables' code."""

import numpy as np
import pytest

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.session_planner import CLOCK, INFUSION, NASAL
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.silent_studies import DIFFER, SAME
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.trials import correlations
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.what_mediates_what import (
    ACCOMPANIES,
    ALL,
    CAUSES,
    HOPE,
    NOTHING,
    world,
)
from ketalab.models import cascade, mediation, screening
from ketalab.models import pharmacokinetics as pk


def reading(name: str, label: str, **values) -> str:
    return {r.label: r.text for r in explorable(name).at(**values).readings}[label]


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").split()[0])


# A session ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dose", "level"), [(0.5, 50), (1.0, 50), (1.0, 100)])
def test_people_are_clear_when_their_plasma_level_has_fallen(dose: float, level: float):
    """A minute by minute plasma curve of the same people, with another way of finding the crossing."""
    people = pk.published("otto2021").population(150, 11, 70.0)
    minutes = np.arange(40.0, 24 * 60)
    curves = pk.concentration(people, [pk.Dose(dose * 70, "iv", duration=40.0)], minutes, "ketamine")
    fell = [minutes[np.flatnonzero(curve > level)[-1]] / 60 for curve in curves]
    shown = {"dose": dose, "level": level, "hour": "2 h"}
    assert number(reading("session_planner", "half of the people clear after", **shown)) == pytest.approx(
        np.median(fell), abs=0.15
    )
    clear = 100 * np.mean(np.array(fell) <= 2.0)
    assert number(reading("session_planner", "clear at your hour", **shown)) == pytest.approx(clear, abs=8)


@pytest.mark.parametrize("hour", list(CLOCK))
def test_the_sentence_calls_the_hour_what_the_slider_calls_it(hour: str):
    assert f": at {hour} the median level is " in explorable("session_planner").at(hour=hour).sentence


def test_more_drug_and_a_lower_level_mean_a_longer_wait():
    def wait(**values) -> float:
        return number(reading("session_planner", "95 of 100 clear after", **values))

    assert wait(dose=1.0) > wait(dose=0.5)
    assert wait(level=25) > wait(level=50) > wait(level=100)
    assert "84 mg" in explorable("session_planner").at(route=NASAL, dose=1.2).sentence
    assert explorable("session_planner").start["route"] == INFUSION


@pytest.mark.parametrize(
    ("name", "step"), [("signalling", "mtorc1"), ("synaptic protein", "protein"), ("spines", "spines")]
)
@pytest.mark.parametrize("hour", ["4 h", "24 h", "1 week"])
def test_open_windows_are_counted_brain_by_brain(name: str, step: str, hour: str):
    p = screening.scatter(200, 10.0, tuple(screening.uncertain(("unknown", "chosen to match"))))
    hours, run = cascade.after_sessions(21, p)
    extra = run[step] - 1
    at = np.array([np.interp(CLOCK[hour], hours, brain) for brain in extra.T])
    share = 100 * np.mean(at >= 0.5 * extra.max(axis=0))
    said = number(reading("session_planner", f"{name} open at your hour", hour=hour))
    assert said == pytest.approx(share, abs=2)


# What mediates what -------------------------------------------------------------------------------


@pytest.mark.parametrize("strength", [0.2, 0.8, 1.6])
@pytest.mark.parametrize(
    ("how", "truth", "hoped"),
    [(CAUSES, 1, 0), (ACCOMPANIES, 0, 0), (HOPE, 0, 1), (ALL, 1 / 3, 1 / 3), (NOTHING, 0, 0)],
)
def test_the_chosen_way_carries_the_chosen_benefit(how: str, truth: float, hoped: float, strength: float):
    made = world(how, strength, 0.0)
    assert made.truth == pytest.approx(truth * strength)
    assert made.by_expectancy == pytest.approx(hoped * strength)
    if how in (CAUSES, ACCOMPANIES):
        assert mediation.exact(made)["product"] == pytest.approx(strength)


def test_the_mediation_read_out_is_the_model():
    values = {"how": ALL, "strength": 1.2, "people": 40, "measured": 50}
    made = world(ALL, 1.2, 0.5)
    answers = mediation.exact(made)
    for label, name in (
        ("mediation says, in an endless trial", "product"),
        ("awake minus asleep says", "masking"),
        ("richer session says", "enriching"),
    ):
        assert number(reading("what_mediates_what", label, **values)) == pytest.approx(
            answers[name], abs=0.006
        )
    trials = mediation.simulate(made, 40, 100)
    r = np.corrcoef(trials.experience[0, 1], trials.benefit[0, 1])[0, 1]
    said = number(reading("what_mediates_what", "correlation in this ketamine arm", **values))
    assert said == pytest.approx(r, abs=0.006)
    low, high = np.quantile(trials.found["enriching"], [0.025, 0.975])
    ends = reading("what_mediates_what", "95 of 100 trials of a richer session", **values)
    first, last = (
        float(end) for end in ends.replace("\N{MINUS SIGN}", "-").removesuffix(" SD").split(" to ")
    )
    assert (first, last) == pytest.approx((low, high), abs=0.051)


# Silent studies -----------------------------------------------------------------------------------


def test_the_fixed_pool_is_the_weighted_mean_of_fishers_z():
    found = correlations()
    early = found[found.time_h <= 24]
    z = np.append(np.arctanh(early.r), [np.arctanh(0.1)] * 2)
    weight = np.append(early.n - 3.0, [97, 97])
    expected = np.tanh((weight * z).sum() / weight.sum())
    values = {"silent": 2, "size": 100, "link": 0.1, "truth": SAME}
    assert number(reading("silent_studies", "pooled correlation", **values)) == pytest.approx(
        expected, abs=0.006
    )
    assert number(reading("silent_studies", "people in all", **values)) == early.n.sum() + 200


def test_silent_studies_draw_the_pool_towards_them():
    pools = [
        number(reading("silent_studies", "pooled correlation", silent=k, truth=DIFFER)) for k in range(6)
    ]
    assert pools == sorted(pools, reverse=True)
    assert pools[-1] > 0


def test_what_the_help_says_of_the_review_stands_in_the_claims():
    """Two of five studies with the scale found a link, so three did not."""
    help_text = explorable("silent_studies").controls[0].help
    assert "three of five" in help_text
    assert (table("claim_sources").reference == "mathai2020").any()
