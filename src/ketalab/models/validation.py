"""How far published models are from measurements they were not made from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ketalab.models import pharmacokinetics as pk

FINE = np.concatenate([np.arange(0, 30, 0.25), np.arange(30, 721, 1.0)])


def doses_of(observation: pd.Series, weight: float) -> list[pk.Dose]:
    """The doses behind a row of `data/plasma_concentrations.csv`, for a patient of this weight (kg)."""
    per_kg = weight if observation.dose_unit == "mg/kg" else 1.0
    duration = 0.0 if np.isnan(observation.infusion_min) else observation.infusion_min
    return [pk.Dose(observation.dose * per_kg, observation.route, duration=duration)]


def predicted(model_id: str, observation: pd.Series, weight: float = 70.0) -> float | None:
    """What the typical patient of a model would show (ng/mL), or None where it has no such route.

    A peak is compared with the peak of the curve, a concentration with the curve at its time.
    """
    patient = pk.published(model_id).typical(weight)
    if observation.route == "im":
        patient = pk.intramuscular(patient)
    if observation.route not in patient.entries or observation.compound not in patient.observed:
        return None
    at_peak = observation.quantity == "peak" and observation.infusion_min != 0
    times = FINE if at_peak else [observation.time_min]
    curve = pk.concentration(patient, doses_of(observation, weight), times, observation.compound)
    return float(curve.max())


def prediction_errors(
    observations: pd.DataFrame, model_ids: Sequence[str], weight: float = 70.0
) -> pd.DataFrame:
    """One row per observation and model: measured, predicted, error in percent of the measured.

    A model is not held against measurements from its own source.
    """
    rows = []
    for observation in observations.itertuples():
        for model_id in model_ids:
            if observation.reference == model_id:
                continue
            value = predicted(model_id, pd.Series(observation._asdict()), weight)
            if value is not None:
                rows.append((observation.observation, model_id, observation.value, value))
    table = pd.DataFrame(rows, columns=["observation", "model", "measured", "predicted"])
    return table.assign(error_percent=100 * (table.predicted / table.measured - 1))
