"""What the trials on suicidal thoughts counted: rows, ratios, and what-ifs that stay what-ifs."""

import numpy as np
import pytest

from ketalab.data import table
from ketalab.lessons.l06_suicidal_ideation_and_thinking import figures
from ketalab.lessons.l06_suicidal_ideation_and_thinking import trials as ideation
from ketalab.metaanalysis.effect_size import odds_ratio


def test_the_course_falls_together_on_day_14():
    rows = ideation.course()
    assert list(rows.time_h) == sorted(rows.time_h)
    assert rows.gain.iloc[0].difference == pytest.approx(14 / 42 - 3 / 42)
    assert rows.gain.iloc[-1].difference == 0


def test_counted_trials_are_poolable_blinded_and_one_row_each():
    rows = ideation.counted()
    assert rows.trial.is_unique
    assert set(rows.poolable) == {"yes"}
    assert set(table("trials").set_index("trial").blinding[rows.trial]) == {"double-blind"}


def test_ratios_are_the_printed_ones_where_a_paper_prints_them():
    """Grunebaum 2018 prints 2.85 (1.14 to 7.15); the counts behind it were computed from percentages."""
    at = ideation.effects().study.index("grunebaum2018")
    low, high = (np.exp(ends[at]) for ends in ideation.effects().interval())
    assert np.exp(ideation.effects().estimate[at]) == pytest.approx(2.85, abs=0.005)
    assert (low, high) == pytest.approx((1.14, 7.15), abs=0.01)


def test_abbar_as_printed_fits_its_counts():
    """46 of 73 against 25 of 79 give the printed 3.7, which the swapped group sizes do not."""
    printed = np.exp(ideation.effects().estimate[ideation.effects().study.index("abbar2022")])
    right, swapped = (np.exp(odds_ratio(46, n, 25, m).estimate[0]) for n, m in ((73, 79), (83, 73)))
    assert right == pytest.approx(printed, abs=0.05)
    assert abs(swapped - printed) > 1


def test_silent_trials_have_their_own_size_and_nobody_s_result():
    silent = ideation.silent()
    people = table("trials").set_index("trial").n_randomised.loc[list(ideation.SILENT)]
    assert (silent.estimate == 0).all()
    widths = np.subtract(*silent.interval()[::-1])
    assert (np.argsort(widths)[::-1] == np.argsort(people.to_numpy())).all()
    half = people.iloc[-1] / 2
    same = odds_ratio(0.2 * half // 1, half // 1, 0.2 * half // 1, half // 1)
    assert widths[-1] == pytest.approx(float(np.subtract(*same.interval()[::-1])[0]), rel=0.03)
    assert not set(ideation.SILENT) & set(table("trial_counts").query("poolable == 'yes'").trial)


def test_the_picture_of_thinking_says_how_many_people_where_it_is_known():
    links = table("thinking_links")
    said = [text.get_text() for text in figures.thinking(links).figure.axes[0].texts]
    counted = {f"{row.design}, {row.n:,} people" for row in links.dropna(subset="n").itertuples()}
    assert len(counted & set(said)) >= 4
    assert not [words for words in said if words.rstrip().endswith(",")]
