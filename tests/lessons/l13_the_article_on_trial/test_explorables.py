"""The last lesson's read-outs against the rule and the pool, computed without the explorables' code."""

import pytest

from ketalab.data import table
from ketalab.data.certainty import surviving
from ketalab.lessons import explorable
from ketalab.metaanalysis.pooling import pool
from ketalab.models.depression_trials import points_after_a_day, points_after_four_weeks


def reading(name: str, label: str, **values) -> str:
    return {r.label: r.text for r in explorable(name).at(**values).readings}[label]


@pytest.mark.parametrize(("asked", "comparison"), [("nothing", "none"), ("an active treatment", "active")])
@pytest.mark.parametrize("weeks", [0, 4, 52])
def test_the_standard_counts_what_the_rule_lets_stand(asked: str, comparison: str, weeks: int):
    claims = table("claims")
    expected = surviving(claims, "low", comparison, weeks).sum()
    shown = reading("hold_a_standard", "claims that stand", least="low", comparison=asked, weeks=weeks)
    assert shown == f"{expected} of 61"


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
        assert said == f"{-pooled.estimate:.1f} ({-pooled.high:.1f} to {-pooled.low:.1f})"
        share = pooled.se**2 / (pooled.se**2 + 1)
        mean = (1 - share) * (-pooled.estimate - 3)
        now = reading("readers_dial", "you believe now", outcome=outcome, before=0, spread=1, bias=3)
        assert now.startswith(f"{mean:.1f} (")


def test_each_trial_is_drawn_once():
    marks = explorable("readers_dial").at().artists
    assert len(marks["measured"][0]) == len(marks["limits"]) == 10
    later = explorable("readers_dial").at(outcome="after four weeks of spray").artists
    assert len(later["measured"][0]) == 6
