"""Screening: seeded, within its ranges, and true to what is known about the model."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze.sobol import analyze
from SALib.sample.sobol import sample

from ketalab.data import table
from ketalab.models import cascade, screening

NAMES = screening.uncertain(("unknown", "chosen to match"))


def surviving(p: cascade.Parameters) -> dict[str, float]:
    """For each conclusion the share of the brains in which it holds."""
    hours, run = cascade.after_sessions(screening.WATCHED, p)
    return {name: float(np.mean(holds(hours, run))) for name, holds in screening.CONCLUSIONS.items()}


def test_a_fold_of_one_is_the_course_and_all_conclusions_hold():
    p = screening.scatter(7, 1, NAMES)
    course = cascade.parameters()
    for name in NAMES:
        np.testing.assert_allclose(getattr(p, name), getattr(course, name))
    assert set(surviving(p).values()) == {1.0}


@pytest.mark.parametrize("fold", [3, 30])
def test_the_draws_fill_their_range_and_no_more(fold: float):
    p = screening.scatter(500, fold, NAMES)
    course = cascade.parameters()
    for name in NAMES:
        ratio = getattr(p, name) / getattr(course, name)
        assert ratio.min() >= fold**-0.5
        assert ratio.max() <= fold**0.5
        assert ratio.max() / ratio.min() > 0.9 * fold
    assert p.life_protein == course.life_protein  # measured: not touched


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    one, again, other = (screening.scatter(20, 10, NAMES, seed).gain_bdnf for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_what_is_uncertain_is_what_the_table_says():
    rows = table("cascade_parameters").set_index("parameter")
    assert set(rows.basis[NAMES]) == {"unknown", "chosen to match"}
    assert "given" not in screening.uncertain()
    assert "resting" not in screening.uncertain()


def test_timing_survives_what_sizes_do_not():
    shares = surviving(screening.scatter(400, 10, NAMES))
    assert shares["spines peak after day 1"] == 1
    assert shares["mTORC1 at rest after a day"] > 0.95
    assert shares["day 3: at least 5% more spines"] < 0.8


def test_gains_that_act_as_a_product_share_the_effect_equally():
    effects = screening.morris(trajectories=20)
    day3 = effects[effects.output == "extra spines, day 3"].set_index("rate").mu_star
    np.testing.assert_allclose(day3[["gain_mtorc1", "gain_protein", "gain_spine"]], 1.0, rtol=1e-6)
    assert day3.idxmax() == "life_spine"
    peak = effects[effects.output == "time of mTORC1 peak"].set_index("rate").mu_star
    assert peak[["life_spine", "gain_spine", "life_protein", "gain_protein"]].max() == 0


def test_shares_of_the_variance_agree_with_morris_about_who_leads():
    """Sobol's indices (SALib) of the same outputs over the same ranges."""
    about = screening.problem()
    rates = sample(about, 128, calc_second_order=False, seed=1)
    found = screening.outputs(rates)
    for output in ("extra spines, day 3", "time of spine peak"):
        shares = analyze(about, found[output], calc_second_order=False, seed=1)
        total, first = (pd.Series(shares[name], about["names"]) for name in ("ST", "S1"))
        assert total.idxmax() == "life_spine"
        assert first.sum() == pytest.approx(1, abs=0.15)
        assert (total > first - 0.15).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: screening.scatter(0, 10, NAMES),
            "n: 0 parameter sets is not allowed; it must be 1 or more",
        ),
        (lambda: screening.scatter(5, 0.5, NAMES), "fold: 0.5 is not allowed; it must be 1 or more"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, says):
    with pytest.raises(ValueError, match=r".+") as error:
        call()
    assert str(error.value) == says
