"""The last lesson's read-outs against the rule and the pool, computed without the explorables' code."""

import pytest

from ketalab.data import table
from ketalab.data.certainty import asked, surviving
from ketalab.lessons import explorable
from ketalab.metaanalysis.pooling import pool
from ketalab.models.depression_trials import points_after_a_day, points_after_four_weeks


def reading(name: str, label: str, **values) -> str:
    return {r.label: r.text for r in explorable(name).at(**values).readings}[label]


LEVEL = {
    "nothing": "none",
    "an inert control": "inert",
    "an active placebo": "active placebo",
    "a treatment": "treatment",
}


@pytest.mark.parametrize("words", LEVEL)
@pytest.mark.parametrize("weeks", [0, 4, 52])
def test_the_standard_counts_what_the_rule_lets_stand(words: str, weeks: int):
    claims = table("claims")
    expected = surviving(claims, "low", LEVEL[words], weeks).sum()
    can = asked(claims, LEVEL[words], weeks).sum()
    shown = reading("hold_a_standard", "claims that stand", least="low", comparison=words, weeks=weeks)
    assert shown == f"{expected} of {can} judged"


def test_the_standard_names_the_one_trial_behind_half_a_year_against_a_treatment():
    carriers = "trials or pools that carry them"
    shown = reading("hold_a_standard", carriers, comparison="a treatment", weeks=26)
    assert shown == "1 (ESCAPE-TRD)"
    assert reading("hold_a_standard", carriers) == "not asked"
    assert reading("hold_a_standard", carriers, comparison="a treatment", weeks=52) == "0"


def test_every_claim_has_one_mark_at_every_standard():
    shown = explorable("hold_a_standard")
    for values in shown.extremes():
        marks = shown.at(**values).artists
        assert sum(len(x) for x, _ in marks.values()) == 61


def test_the_dial_is_the_pool_and_the_belief():
    for outcome, compared in (
        ("a day after the dose", points_after_a_day()),
        ("after four weeks of spray", points_after_four_weeks()),
    ):
        pooled = pool(compared.effects)
        said = reading("readers_dial", "trials say, before you take off", outcome=outcome)
        assert said == f"{-pooled.estimate:.1f} ({-pooled.high:.1f} to {-pooled.low:.1f}) points"
        share = pooled.se**2 / (pooled.se**2 + 1)
        mean = (1 - share) * (-pooled.estimate - 3)
        now = reading("readers_dial", "you expect now", outcome=outcome, before=0, spread=1, bias=3)
        assert now.startswith(f"{mean:.1f} (")


def test_a_chance_that_does_not_move_is_said_to_stay():
    dial = explorable("readers_dial")
    for setting, said in (
        ({"before": -2, "spread": 1, "bias": 6, "worth": 0}, "stays at 2%."),
        ({"before": -1, "spread": 1, "bias": 4.5, "worth": 8}, "stays under 1%."),
    ):
        assert dial.at(**setting).sentence.endswith(f"a benefit worth having {said}")


def test_each_trial_is_drawn_once():
    marks = explorable("readers_dial").at().artists
    assert len(marks["measured"][0]) == len(marks["limits"]) == 10
    later = explorable("readers_dial").at(outcome="after four weeks of spray").artists
    assert len(later["measured"][0]) == 6
