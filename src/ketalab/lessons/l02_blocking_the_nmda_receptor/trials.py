"""The lesson's numbers as frames: what the pore model gives, and what was measured beside it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.bibliography import short_name
from ketalab.data.tables import renamed, table
from ketalab.models import pharmacokinetics as pk
from ketalab.models import receptor
from ketalab.text import decimals, grouped, interval, significant

REST, BUSY = -70.0, -20.0  # mV


def constants() -> pd.DataFrame:
    return table("nmda_biophysics").set_index("constant")


@cache
def usual() -> float:
    """The venous model's peak (ng/mL) of 0.5 mg/kg over 40 min, rounded as lesson 01 gives it."""
    patient, dose = pk.published("otto2021").typical(70.0), pk.Dose(35.0, "iv", duration=40.0)
    return float(round(pk.concentration(patient, [dose], [40.0], "ketamine")[0, 0]))


def free(total: float) -> float:
    """Free ketamine (µM) at a plasma level (ng/mL), with the binding printed for the racemate."""
    unbound = 1 - table("drug_facts").set_index("fact").value.binding_rac
    molar_mass = table("molecules").set_index("molecule").molar_mass["ketamine"]
    return float(receptor.free_concentration(total, unbound, molar_mass))


def strip_of_the_usual_dose() -> tuple[float, float]:
    """Free ketamine (µM) at the two ends of the plasma peaks printed for 0.5 mg/kg over 40 min."""
    peak = table("plasma_concentrations").set_index("observation").loc["infusion_05_range"]
    return free(peak.low), free(peak.high)


def half_block() -> pd.DataFrame:
    """The concentration (µM) that blocks half of the current, by drug and condition."""
    rows = {}
    for name in receptor.BLOCKERS:
        blocker = receptor.published(name)
        half = [float(receptor.half_block(blocker, *at)) for at in ((REST, 0.0), (REST, 1.0), (BUSY, 1.0))]
        rows[name] = [significant(value, 2) for value in half] + [blocker.borrowed or "nothing"]
    columns = [
        "rest (µM)",
        "rest, 1 mM Mg (µM)",
        "\N{MINUS SIGN}20 mV, 1 mM Mg (µM)",
        "borrowed from ketamine",
    ]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis(
        "half of the current blocked by"
    )


def hill(concentration: float, half: float, slope: float) -> float:
    """Percent blocked at a concentration, with this Hill slope."""
    return 100 * concentration**slope / (concentration**slope + half**slope)


def answers() -> pd.DataFrame:
    """How much the peak of the usual infusion blocks or occupies (percent), by condition and Hill slope."""
    ketamine, printed = receptor.published("ketamine"), constants()
    slope, rat = printed.value["ketamine_hill"], printed.loc["ketamine_rat"]
    peak, rows = free(usual()), {}
    for name, voltage, magnesium in (
        ("model, at rest, 1 mM magnesium", REST, 1.0),
        ("model, \N{MINUS SIGN}20 mV, 1 mM magnesium", BUSY, 1.0),
        ("model, at rest, no magnesium", REST, 0.0),
    ):
        half = float(receptor.half_block(ketamine, voltage, magnesium))
        rows[name] = [decimals(hill(peak, half, s), 1) for s in (1.0, slope)]
    low, high = (hill(peak, half, 1.0) for half in (rat.high, rat.low))
    rows["sites filled, as in living rats"] = [interval(low, high, 0), ""]
    columns = ["Hill slope 1 (%)", f"Hill slope {slope:g}, as published (%)"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns)


def levels() -> pd.DataFrame:
    """From a plasma level to free drug and to the block at rest and at a busy synapse."""
    peak = table("plasma_concentrations").set_index("observation").loc["infusion_05_range"]
    ketamine, rows = receptor.published("ketamine"), {}
    for total in (peak.low, 185, peak.high):
        block = [
            100 * float(receptor.equilibrium_block(free(total), ketamine, v, 1.0)) for v in (REST, BUSY)
        ]
        rows[f"{total:g}"] = [decimals(free(total)), *(decimals(b, 1) for b in block)]
    columns = ["free (µM)", "blocked at rest (%)", "blocked at \N{MINUS SIGN}20 mV (%)"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("in plasma (ng/mL)")


def trains() -> pd.DataFrame:
    """Current (% of the first pulse) in 2 µM drug, after a minute's pause, and after 40 more pulses."""
    phases = [
        receptor.PulsePhase(5, 0.0),
        receptor.PulsePhase(30, 2.0),
        receptor.PulsePhase(40, 0.0, rest=60),
    ]
    ketamine, memantine = receptor.published("ketamine"), receptor.published("memantine")
    drugs = {
        "ketamine": ketamine,
        "memantine": memantine,
        "memantine with ketamine's IC50": replace(
            memantine, ic50_um=ketamine.ic50_um, reference_mv=ketamine.reference_mv
        ),
        "dizocilpine": receptor.published("dizocilpine"),
    }
    rows = {}
    for name, drug in drugs.items():
        current = 100 * receptor.pulse_train(phases, drug, 1.0, REST, 0.0)[1]
        rows[name] = [decimals(current[at], 0) for at in (34, 35, -1)]
    columns = ["after 30 pulses with drug (%)", "after the pause (%)", "after 40 more pulses (%)"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns)


def rates() -> pd.DataFrame:
    """On-rate and gating of the model beside what was measured."""
    ketamine, printed = receptor.published("ketamine"), constants().value
    gates = receptor.gating()
    pulse = receptor.advance(gates, ketamine, receptor.Bath(1000, 0.0, -70, 0.0), 0.001)  # 1 mM for 1 ms
    quiet = receptor.Bath(magnesium_mm=0.0)
    after = receptor.advance(gates, ketamine, quiet, np.linspace(0, 1, 1001))
    opened = (after @ pulse)[:, receptor.OPEN, 0]
    fall = opened[opened.argmax() :].sum() / opened.max()  # ms
    rows = {
        "on-rate of ketamine (1/µM/s)": (ketamine.on_rate, printed["ketamine_on"]),
        "largest open fraction after a pulse": (opened.max(), printed["popen_patch"]),
        "time constant of the fall (ms)": (fall, printed["deactivation_2a"]),
    }
    shown = {name: [significant(value, 2) for value in pair] for name, pair in rows.items()}
    return pd.DataFrame.from_dict(shown, "index", columns=["model", "measured"])


def subunits() -> pd.DataFrame:
    """How long the current lasts after a pulse, by the subunits of the receptor."""
    rows = constants()
    rows = rows[rows.symbol == "deactivation"]
    shown = {
        row.receptor: [grouped(row.value), interval(row.low, row.high, 0)] for row in rows.itertuples()
    }
    return pd.DataFrame.from_dict(shown, "index", columns=["time constant (ms)", "published range (ms)"])


def currents() -> pd.DataFrame:
    """Single channels: block measured, and the model without magnesium (percent)."""
    printed, ketamine, rows = constants(), receptor.published("ketamine"), []
    for key in ("orser_cell_0p1", "orser_cell_1", "orser_outside_1", "orser_outside_10"):
        row = printed.loc[key]
        dose = float(row.symbol.split("_")[3])
        model = 100 * float(receptor.equilibrium_block(dose, ketamine, REST, 0.0))
        rows.append(
            (
                row.preparation.split(", ")[-1],
                f"{dose:g}",
                decimals(100 * (1 - row.value), 0),
                decimals(model, 0),
            )
        )
    columns = ["channels", "ketamine (µM)", "measured (%)", "model (%)"]
    return pd.DataFrame(rows, columns=columns).set_index("channels")


SCHEMES = {"destexhe1996": "Destexhe 1996", "lester1992": "Lester 1992"}


def what_changes_most() -> pd.DataFrame:
    """The model's answers when one of its choices is another published or possible one."""
    ketamine, printed = receptor.published("ketamine"), constants().value
    short = [receptor.PulsePhase(5, 0.0), receptor.PulsePhase(30, 2.0)]
    rows = {}
    for name in SCHEMES:
        left = receptor.pulse_train(short, ketamine, 1.0, REST, 0.0, receptor.gating(name))[1][-1]
        rows[f"gate rates from {SCHEMES[name]}: current after 30 pulses in 2 µM"] = f"{100 * left:.0f}%"
    for delta in (0.4, 0.79, 1.0):
        at = 100 * float(receptor.equilibrium_block(0.41, replace(ketamine, delta=delta), BUSY, 1.0))
        rows[f"δ of {delta:g}: block by 0.41 µM at \N{MINUS SIGN}20 mV"] = f"{at:.1f}%"
    slow = ketamine.off_rate / printed["ketamine_on"]
    rows["on-rate as published: half is blocked at rest without magnesium by"] = f"{slow:.2g} µM"
    return pd.DataFrame.from_dict(rows, "index", columns=["answer"])


def dopamine() -> pd.DataFrame:
    """What scans of dopamine D2 receptors saw, and what the constant of a dish would predict."""
    at = free(293)
    rows = {"predicted from the dish, 293 ng/mL": f"{100 * at / (at + 0.055):.0f}% of the sites filled"}
    studies = table("nmda_blocker_studies")
    for row in studies[studies.question == "dopamine D2"].itertuples():
        rows[short_name(row.reference)] = row.finding
    return pd.DataFrame.from_dict(rows, "index", columns=["finding"])


def constants_of(kind: str) -> pd.DataFrame:
    """Constants of one kind of assay, binding or functional, for a table that sorts."""
    rows = table("receptor_binding")
    rows = rows[rows.kind == kind].assign(
        value_um=lambda frame: [float(f"{v:.3g}") for v in frame.value_um]
    )
    names = {"target": "target", "ligand": "drug", "measure": "measure", "value_um": "µM", "assay": "assay"}
    names |= {"species": "from", "reference": "source"}
    return renamed(rows, names)


def studies() -> pd.DataFrame:
    """NMDA blockers in people: who got what, how it was masked, and what was found."""
    rows = table("nmda_blocker_studies")
    names = {"drug": "drug", "dose": "dose", "population": "people", "masking": "masking"}
    names |= {"finding": "finding", "reference": "source"}
    return renamed(rows[rows.question.isin(["depression", "occupancy"])], names)
