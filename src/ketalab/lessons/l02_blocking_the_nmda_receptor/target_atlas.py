"""Which targets a drug would fill at a free concentration: binding constants only."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Steps
from ketalab.explorables.datatable import tabbed
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l02_blocking_the_nmda_receptor.figures import atlas, atlas_axes
from ketalab.plots.style import legend_above

CONCENTRATIONS = {
    "0.1 nM": 1e-4,
    "1 nM": 1e-3,
    "10 nM": 1e-2,
    "100 nM": 0.1,
    "0.4 µM": 0.4,
    "1 µM": 1.0,
    "10 µM": 10.0,
    "100 µM": 100.0,
}


def target_atlas() -> Explorable:
    """Which targets a drug would fill at a free concentration: binding constants only."""
    return Explorable(
        name="target_atlas",
        title="What else it touches",
        controls=(
            Steps(
                "free",
                "Free drug",
                tuple(CONCENTRATIONS),
                "0.4 µM",
                "The same for every drug. 0.4 µM is about what 0.5 mg/kg of ketamine leaves "
                "free. SERT, NET and "
                "DAT take up serotonin, noradrenaline and dopamine.",
            ),
        ),
        stage=_atlas_stage,
        view=_atlas_view,
        presets={
            "Ketamine at an antidepressant dose: 0.4 µM": {},
            "Where antidepressants fill transporters: 10 nM": {"free": "10 nM"},
            "Far above any dose: 100 µM": {"free": "100 µM"},
        },
    )


def _atlas_stage() -> Stage:
    fig, axes, gauges = atlas_axes(table("receptor_binding"), 7.6, 4.5)
    gauges.set_label("share filled, model (numbers: constants in µM, or nM where it says so)")
    legend_above(fig, [gauges], columns=1)
    return Stage(fig, {"main": axes}, {"filled": gauges})


@cache
def _constants() -> pd.DataFrame:
    return atlas(table("receptor_binding"))


def _atlas_view(free: str) -> View:
    constants, concentration = _constants(), CONCENTRATIONS[free]
    filled = 100 * concentration / (concentration + constants)
    cells = np.argwhere(filled.notna().to_numpy())
    share = filled.to_numpy()[*cells.T]
    gauges = [
        [(x - 0.44, y + 0.36), (x - 0.44 + 0.0088 * s, y + 0.36)]
        for (y, x), s in zip(cells, share, strict=True)
    ]

    def drugs(target: str) -> str:
        return f"{(filled[target].dropna() >= 50).sum()} of {filled[target].count()} drugs"

    ketamine = filled.loc["ketamine"]
    readings = [
        Reading("SERT is half filled by", drugs("serotonin transporter")),
        Reading("NMDA pore is half filled by", drugs("NMDA, pore site")),
        Reading("ketamine, NMDA pore", float(ketamine["NMDA, pore site"]), "%", 2),
        Reading("ketamine, mu opioid", float(ketamine["opioid mu"]), "%", 2, least=0.01),
    ]
    sentence = (
        f"If {free} of each drug were free, the target would be at least half filled in "
        f"{(share >= 50).sum()} of the {len(share)} pairs of drug and target with a known constant."
    )
    return View({"filled": gauges}, readings, sentence, numbers=_atlas_numbers(filled))


def _atlas_numbers(filled: pd.DataFrame) -> str:
    """The table behind the grid: a row for each drug, a column for each target."""
    rows = {
        str(drug): ["" if np.isnan(s) else significant(s, 2) for s in of]
        for drug, *of in filled.itertuples()
    }
    return tabbed("share filled (%)", filled.columns, rows)
