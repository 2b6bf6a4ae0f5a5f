"""The rules of style see what they should and nothing else, and the course keeps them."""

import pytest

from ketalab.publish.words import faults, found


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("At the end 95 % were well.", "At the end 95% were well."),
        ("The cell rests at -70 mV.", "The cell rests at −70 mV."),
        ("The difference is −0.0 points.", "The difference is 0.0 points."),
        ("A pool of 1 studies.", "A pool of 1 study, of 11 studies, of 0.1 points."),
        ("The difference is nought.", "The difference is zero."),
        ("It was held against midazolam.", "It was tested against midazolam."),
        ("It fades. Who stops may relapse.", "It fades. People who stop may relapse. Who decides?"),
        ("An exciting synapse.", "An excitatory synapse."),
        ("A randomized trial.", "A randomised trial of a sizeable prize."),
        ("The behavior of a neuron in color.", "The behaviour of a neuron in colour."),
        ("In the center of the fiber.", "In the centre of the fibre; it enters later."),
        ("Anesthesia in pediatric care.", "Anaesthesia in paediatric care."),
        ("We analyze it.", "We analyse it; the analysis is below."),
    ],
)
def test_a_rule_finds_the_wrong_form_and_leaves_the_right_one(wrong: str, right: str):
    assert len(faults(wrong)) >= 1
    assert faults(right) == []


@pytest.mark.parametrize(
    "left_out",
    [
        "`dose -1`",
        "$x^{-1}$",
        "$$-70$$",
        "> The article writes: 95 % were randomized.",
        "[A 1980 color](https://example.org/-1)",
        "[word](glossary.ipynb#x-1)",
        "days 1-3 and C01-C61 and 2007-05",
        "```python\nx = -1\n```",
    ],
)
def test_code_formulas_addresses_and_quotations_are_left_out(left_out: str):
    assert faults(left_out) == []


def test_the_course_keeps_the_rules():
    assert found() == []
