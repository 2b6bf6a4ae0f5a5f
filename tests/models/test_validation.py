"""Prediction errors: honest, complete, and recomputed by hand."""

import numpy as np
import pytest

from ketalab.data import table
from ketalab.models import pharmacokinetics as pk
from ketalab.models.validation import predicted, prediction_errors

MODELS = ("otto2021", "perezruixo2021", "simons2022", "domino1984")
OBSERVATIONS = table("plasma_concentrations")
ERRORS = prediction_errors(OBSERVATIONS, MODELS)


def test_no_model_is_held_against_its_own_source():
    sources = OBSERVATIONS.set_index("observation").reference
    assert (ERRORS.observation.map(sources) != ERRORS.model).all()


def test_no_observation_is_left_out_because_it_fits_badly():
    """Every observation that a model can answer is there; the number of pairs follows from routes."""
    routes = {model: {"iv", "im"} for model in MODELS}
    routes["perezruixo2021"] |= {"oral"}
    metabolite = {"otto2021", "perezruixo2021", "simons2022"}
    expected = sum(
        row.route in routes[model]
        and row.reference != model
        and (row.compound == "ketamine" or model in metabolite)
        for row in OBSERVATIONS.itertuples()
        for model in MODELS
    )
    assert len(ERRORS) == expected


def test_misses_are_shown_as_misses():
    worst = ERRORS.error_percent.abs().max()
    assert worst > 200  # an arterial model with a fast muscle: the lesson says so
    assert (ERRORS.error_percent.abs() > 50).sum() > 20


@pytest.mark.parametrize("observation", ["bolus_2mgkg", "volunteers_10mg_60"])
def test_a_prediction_recomputed_by_hand(observation: str):
    row = OBSERVATIONS.set_index("observation", drop=False).loc[observation]
    dose = pk.Dose(140, "iv") if observation == "bolus_2mgkg" else pk.Dose(10, "iv", duration=30)
    at = 5 if observation == "bolus_2mgkg" else 60
    by_hand = pk.concentration(pk.published("simons2022").typical(), [dose], [at], "ketamine")[0, 0]
    assert predicted("simons2022", row) == pytest.approx(by_hand)
    shown = ERRORS.query("observation == @observation and model == 'simons2022'")
    assert shown.error_percent.item() == pytest.approx(100 * (by_hand / row.value - 1))


def test_a_route_the_model_does_not_have_gives_none():
    row = OBSERVATIONS.set_index("observation", drop=False).loc["oral_25mg"]
    assert predicted("otto2021", row) is None
    assert np.isfinite(predicted("perezruixo2021", row))
