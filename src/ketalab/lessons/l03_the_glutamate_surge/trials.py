"""Tables of the lesson on the glutamate surge: the short cut, the settings that fit, the findings."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.models import circuit, spiking
from ketalab.text import decimals, grouped, listed, real_minus

NONE_BELOW = 3.0  # %, a change of glutamate that nobody would see
WORD = {1: "up", 0: "no change found", -1: "down"}
SAID = {1: "rose", 0: "showed no change", -1: "fell"}
SELECTIVITIES = np.arange(0.5, 8.1, 0.5)
HALF_DOSES = range(2, 101)  # mg/kg


def rat_signs() -> pd.DataFrame:
    """The directions that microdialysis found in rats over dose (mg/kg), one row a dose."""
    rows = table("surge_observations")
    rows = rows[(rows.species == "rat") & rows.dose.notna() & (rows.method == "microdialysis")]
    return rows.sort_values("dose")


def change(dose: np.ndarray, half_dose: float, selectivity: float) -> np.ndarray:
    """Change of glutamate in the model (%) at a dose, where `half_dose` blocks half (both mg/kg)."""
    occupancy = circuit.occupancy_from_dose(dose, half_dose)
    return 100 * (circuit.steady_state(*circuit.block_from_occupancy(occupancy, selectivity)).glutamate - 1)


def two_settings() -> pd.DataFrame:
    """Measured directions in rats beside the change of glutamate in the model, for two settings."""
    rows = rat_signs()
    doses = rows.dose.to_numpy()
    return pd.DataFrame(
        {
            "measured in rats": rows.direction.map(WORD).to_numpy(),
            "model: selectivity 3, half blocked by 6 mg/kg (%)": [
                decimals(x, 1, True) for x in change(doses, 6, 3)
            ],
            "model: selectivity 1, half blocked by 20 mg/kg (%)": [
                decimals(x, 1, True) for x in change(doses, 20, 1)
            ],
        },
        index=[f"{dose:g} mg/kg" for dose in doses],
    )


@cache
def fitting() -> tuple[tuple[float, int, float], ...]:
    """The settings that meet all five directions: selectivity, half-blocking dose, dose of the peak."""
    signs, doses = rat_signs(), np.geomspace(1, 300, 300)
    found = []
    for selectivity in SELECTIVITIES:
        for half in HALF_DOSES:
            changes = change(signs.dose.to_numpy(), half, selectivity)
            seen = np.where(np.abs(changes) < NONE_BELOW, 0, np.sign(changes))
            if (seen == signs.direction).all():
                peak = float(doses[np.argmax(change(doses, half, selectivity))])
                found.append((float(selectivity), half, peak))
    return tuple(found)


def settings_that_fit() -> pd.DataFrame:
    """How many settings meet all five directions, and what they have in common."""
    found = np.array(fitting())
    low, high = found.min(axis=0), found.max(axis=0)
    rows = {
        "settings tried": grouped(len(SELECTIVITIES) * len(HALF_DOSES)),
        "settings that agree with all five results": str(len(found)),
        "their selectivity": f"{low[0]:g} to {high[0]:g}",
        "their half-blocking dose (mg/kg)": f"{low[1]:g} to {high[1]:g}",
        "dose of their highest surge (mg/kg)": f"{low[2]:.0f} to {high[2]:.0f}",
    }
    return pd.DataFrame({"model": rows})


def short_cut(alone: spiking.Run) -> pd.DataFrame:
    """Rates of pyramidal cells (Hz) in the spiking network and by the mean field; `alone` comes last."""
    rows = {}
    for selectivity in (1, 4, 8):
        run = spiking.stored_runs()[0.5, float(selectivity)]
        rows[f"half blocked, selectivity {selectivity}"] = _pair(run)
    rows["interneurons alone, all blocked"] = _pair(alone)
    columns = ["spiking network (Hz)", "mean field (Hz)"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _pair(run: spiking.Run) -> tuple[str, str]:
    mean = float(circuit.steady_state(run.block_interneuron, run.block_pyramidal).pyramidal)
    return f"{run.pyramidal.rate:.0f}", f"{mean:.0f}"


def explanations() -> pd.DataFrame:
    """Five explanations, and how many findings of this lesson speak for and against each."""
    counts = pd.crosstab(*(table("surge_evidence")[name] for name in ("explanation", "stance")))
    rows = table("surge_explanations").set_index("explanation").join(counts)
    return (
        rows[["name", "first_step", "surge", "for", "against"]]
        .rename(
            columns={
                "name": "explanation",
                "first_step": "first step",
                "surge": "surge within minutes?",
                "for": "findings for",
                "against": "findings against",
            }
        )
        .set_index("explanation")
    )


def findings() -> pd.DataFrame:
    """Every finding for or against an explanation, one a row; `source` holds reference keys."""
    rows = table("surge_evidence")
    names = table("surge_explanations").set_index("explanation").name
    return pd.DataFrame(
        {
            "explanation": rows.explanation.map(names).to_numpy(),
            "speaks": rows.stance.to_numpy(),
            "finding": rows.finding.to_numpy(),
            "in": rows.subjects.to_numpy(),
            "source": rows.reference.to_numpy(),
        }
    )


def _people() -> pd.DataFrame:
    rows = table("surge_observations")
    return rows[rows.species == "human"].sort_values("direction", ascending=False)


def people() -> pd.DataFrame:
    """What was measured in people: change (%) where printed, in whom, when, against what."""
    rows = _people()
    return pd.DataFrame(
        {
            "measure": rows.measure.to_numpy(),
            "change": [
                WORD[r.direction]
                if pd.isna(r.change)
                else f"{real_minus(f'{r.change:+g}')}% (± {r.spread:g}, {_kind(r.interval)})"
                for r in rows.itertuples()
            ],
            "n": ["not in our source" if pd.isna(n) else f"{n:.0f}" for n in rows.n],
            "when": rows.timing.to_numpy(),
            "against": rows.comparison.to_numpy(),
            "source": rows.reference.to_numpy(),
        }
    )


def _kind(interval: str) -> str:
    """What stands behind a plus or minus."""
    return "SD or SE, not stated" if interval == "not stated" else interval


def in_words() -> str:
    """The measurements in people as one sentence for an alt text."""
    rows = _people()
    parts = []
    for direction, word in SAID.items():
        some = rows[rows.direction == direction]
        sizes = [
            f"{r.measure} {decimals(r.change, 0, True)}%" for r in some.itertuples() if pd.notna(r.change)
        ]
        parts.append(f"{len(some)} {word}" + (f" ({listed(sizes)})" if sizes else ""))
    return listed(parts)


def neurons() -> pd.DataFrame:
    """What neurons did under ketamine or another NMDA antagonist in animals: directions only."""
    rows = table("surge_observations")
    rows = rows[(rows.species != "human") & ~rows.measure.str.contains("glutamate")]
    return pd.DataFrame(
        {
            "what": rows.measure.to_numpy(),
            "went": rows.direction.map(WORD).to_numpy(),
            "in": rows.subjects.to_numpy(),
            "where": rows.region.to_numpy(),
            "source": rows.reference.to_numpy(),
        }
    )
