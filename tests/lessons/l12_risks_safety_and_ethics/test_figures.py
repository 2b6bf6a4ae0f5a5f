"""Pictures of lesson 12 draw what stands in their tables."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from ketalab.data import table
from ketalab.lessons.l12_risks_safety_and_ethics import figures as draw
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks


def marks(axes: Axes, shapes: str) -> list[tuple[float, float]]:
    """Places of the single markers of these shapes."""
    lines = [line for line in axes.lines if line.get_marker() in shapes and len(line.get_xdata()) == 1]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def test_every_survey_has_one_mark_at_its_share():
    found = marks(draw.surveys().figure.axes[0], "os^D")
    assert [x for x, _ in found] == pytest.approx(list(risks.surveys().value))


def test_people_chosen_for_use_or_bladder_are_hollow():
    lines = [line for line in draw.surveys().figure.axes[0].lines if len(line.get_xdata()) == 1]
    hollow = [line.get_markerfacecolor() == "white" for line in lines]
    assert hollow == list(risks.surveys().chosen != "no")


def test_a_percentage_counted_over_sessions_is_a_diamond():
    axes = draw.counted().figure.axes[0]
    sessions = table("after_a_dose").query("quantity == 'share of sessions' and effect in @draw.EFFECTS")
    assert [x for x, _ in marks(axes, "D")] == list(sessions.value)
    assert {x for x, _ in marks(axes, "o")} == {8.4, 16.7, 2.6, 2.8, 44.3}


def test_every_report_on_a_lasting_harm_has_a_mark_on_its_side():
    found = marks(draw.lasting().figure.axes[0], "o^D")
    rows = table("lasting_harms")
    start = draw.COLUMNS["non-medical"][0]
    assert len(found) == len(rows)
    assert sum(x >= start for x, _ in found) == (rows.setting == "non-medical").sum()


def test_every_gate_of_the_spray_is_in_its_column():
    found = marks(draw.gates().figure.axes[0], "os")
    rows = table("safeguards").query("kind in @draw.GATES and drug == 'esketamine spray'")
    assert [x for x, _ in found] == [list(draw.GATES).index(kind) for kind in rows.kind]


def test_access_draws_what_is_left_and_the_printed_ratios():
    left, right = draw.access().figure.axes
    rows = table("decision_facts")
    bars = [bar.get_width() for bar in left.patches]
    assert bars == pytest.approx(list(100 - rows[rows.topic == "distance"].value))
    assert [x for x, _ in marks(right, "o")] == list(rows[rows.topic == "background"].value)


def test_only_printed_numbers_become_markers_and_limits_become_arrows():
    left, right = draw.clinics().figure.axes
    rows = table("decision_facts").query("topic == 'clinics'")
    assert [x for x, _ in marks(left, "o")] == pytest.approx(list(rows.value.dropna()), abs=0.3)
    limits = rows[rows.value.isna()]
    assert [x for x, _ in marks(left, "|")] == list(limits.low.fillna(limits.high))
    assert [x for x, _ in marks(right, "o")] == pytest.approx(100 * np.array([7, 3, 1]) / 17)
