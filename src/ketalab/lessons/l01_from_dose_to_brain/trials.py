"""The lesson's numbers as frames: what was printed, what the models give, and how far apart they are."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.models import pharmacokinetics as pk
from ketalab.models.validation import prediction_errors
from ketalab.text import decimals, interval

MODEL_NAMES = {
    "otto2021": "Otto 2021, venous",
    "perezruixo2021": "Perez-Ruixo 2021, venous",
    "simons2022": "Simons 2022, arterial",
    "domino1984": "Domino 1984, site not stated",
}
OBSERVATIONS = {
    "infusion_05_peak": "0.5 mg/kg over 40 min: peak",
    "volunteers_10mg_30": "10 mg over 30 min: at 30 min",
    "volunteers_10mg_60": "10 mg over 30 min: at 1 h",
    "volunteers_10mg_180": "10 mg over 30 min: at 3 h",
    "volunteers_10mg_600": "10 mg over 30 min: at 10 h",
    "volunteers_10mg_nk_120": "its norketamine: at 2 h",
    "racemate_5mg_s": "5 mg over 30 min, S alone: peak",
    "arterial_20mg_a": "20 mg over 20 min: arterial peak",
    "bolus_10mg": "10 mg bolus: at 2 min",
    "bolus_1mgkg_1": "1 mg/kg bolus: at 1 min",
    "bolus_1mgkg_5": "1 mg/kg bolus: at 5 min",
    "bolus_2mgkg": "2 mg/kg bolus: at 5 min",
    "im_05mgkg": "0.5 mg/kg into a muscle: peak",
    "im_6mgkg": "6 mg/kg into a muscle: peak",
    "oral_25mg": "25 mg swallowed: peak",
    "oral_05mgkg": "0.5 mg/kg swallowed: peak",
}
MILLIGRAMS = 35.0  # 0.5 mg/kg in a person of 70 kg


def mirror_images() -> pd.DataFrame:
    """What the two mirror images differ in: clearance, and strength as an anaesthetic."""
    facts = table("drug_facts").set_index("fact")
    rows = []
    for left, right in (("cl_esk_ejcp", "cl_ar_ejcp"), ("cl_esk_wang", "cl_ar_wang")):
        one, other = facts.loc[left], facts.loc[right]
        scale = 1000 if one.unit == "L/min/kg" else 1  # shown in mL/min/kg
        values = [f"{scale * row.value:.3g}" for row in (one, other)]
        rows.append(("clearance (mL/min/kg)", *values, short_name(one.reference)))
    for key in ("potency_anaesthetic", "potency_anaesthetic_sinner", "potency_anaesthetic_kawczak"):
        row = facts.loc[key]
        size = f"{row.value:g}" if pd.notna(row.value) else f"{row.low:g} to {row.high:g}"
        rows.append((row.quantity, f"{size} times", "1", short_name(row.reference)))
    return pd.DataFrame(rows, columns=["quantity", "S", "R", "source"]).set_index("quantity")


@cache
def nasal_shares() -> dict[str, float]:
    """Fractions of a dose in the model of Perez-Ruixo: what the liver takes, what a route lets through."""
    printed = table("pharmacokinetic_parameters").query("model == 'perezruixo2021'")
    p = printed[printed.part != "disposition"].set_index(["part", "symbol"]).value
    body = printed[(printed.part == "disposition") & (printed.compound == "ketamine")]
    body = body.set_index("symbol").value
    intrinsic = body.Vh * (body.kel + body.kmet)  # L/h
    extraction = intrinsic / (body.Qh + intrinsic)
    swallowed = p["first pass", "Fgut"] * (1 - extraction)
    nose = p["nasal", "F"] * np.array([1, p["nasal", "F_later"]])  # first device, later ones
    first, later = nose + (1 - nose) * swallowed
    return {"extraction": extraction, "swallowed": swallowed, "first": first, "later": later}


def first_pass() -> pd.DataFrame:
    """What arrives in the model of Perez-Ruixo beside what its paper prints (percent of the dose)."""
    facts = table("drug_facts").set_index("fact").value
    share = nasal_shares()
    first, later = share["first"], share["later"]
    rows = {
        "removed by the liver on each pass": (share["extraction"], np.nan),
        "swallowed: reaches the circulation": (share["swallowed"], facts.f_swallowed_esk),
        "nasal, first 28-mg device": (first, np.nan),
        "nasal, each later device": (later, np.nan),
        "nasal 56 mg, two devices": ((first + later) / 2, facts.f_nasal_esk_56),
        "nasal 84 mg, three devices": ((first + 2 * later) / 3, facts.f_nasal_esk_84),
    }
    shown = {
        name: [decimals(100 * one, 1) if one == one else "" for one in pair] for name, pair in rows.items()
    }
    return pd.DataFrame.from_dict(shown, "index", columns=["model (%)", "paper (%)"])


def four_models() -> pd.DataFrame:
    """Clearance, volume at steady state and half-lives of four models (70 kg), and 18 studies pooled."""
    rows = {}
    for model, name in MODEL_NAMES.items():
        patient = pk.published(model).typical(weight=70)
        inside = [c for c in patient.compartments if c.startswith("ketamine") or c == "liver"]
        halves = pk.half_lives(patient, inside)[0]
        rows[name] = (
            decimals(pk.clearance(patient, "ketamine")[0] * 60, 0),
            decimals(pk.steady_state_volume(patient, "ketamine", inside)[0], 0),
            f"{decimals(halves[-1], 1)} min",
            f"{decimals(halves[0] / 60, 1)} h",
        )
    facts = table("drug_facts").set_index("fact")
    clearance, volume = facts.loc["cl_meta"], facts.loc["vss_meta"]
    rows["18 studies pooled (95% CI)"] = (
        f"{clearance.value:g} ({interval(clearance.low, clearance.high, 0)})",
        f"{volume.value:g} ({interval(volume.low, volume.high, 0)})",
        "",
        "",
    )
    return pd.DataFrame.from_dict(
        rows,
        "index",
        columns=["clearance (L/h)", "volume (L)", "fastest half-life", "slowest half-life"],
    )


def peak_of(model: str, minutes: float) -> float:
    """Ketamine (ng/mL) at the end of 35 mg given over this many minutes to the typical patient."""
    patient = pk.published(model).typical(weight=70)
    dose = pk.Dose(MILLIGRAMS, "iv", duration=minutes)
    return float(pk.concentration(patient, [dose], [minutes], "ketamine")[0, 0])


def peaks() -> pd.DataFrame:
    """Peak of 35 mg by infusion time (min), in blood from a vein and from an artery (ng/mL)."""
    times = [2, 10, 40, 100]
    return pd.DataFrame(
        {
            "venous model (ng/mL)": [decimals(peak_of("otto2021", m), 0) for m in times],
            "arterial model (ng/mL)": [decimals(peak_of("simons2022", m), 0) for m in times],
        },
        index=pd.Index(times, name="infusion time (min)"),
    )


def effects() -> pd.DataFrame:
    """Concentrations at which effects were seen, with where the drug was measured."""
    rows = table("concentration_effects")
    middle = rows["mean"].fillna((rows.low * rows.high) ** 0.5)
    rows = rows.iloc[np.argsort(middle)][["state", "where", "mean", "low", "high", "reference"]]
    names = {"low": "from", "high": "to", "where": "measured in", "reference": "source"}
    return rows.rename(columns=names)


def metabolite() -> pd.DataFrame:
    """Hydroxynorketamine over ketamine by route and mirror image."""
    facts = table("drug_facts").set_index("fact")
    rows = [
        (row.drug, row.route, f"{row.value:g}", interval(row.low, row.high, 1), int(row.n))
        for row in (facts.loc[f"hnk_ratio_{key}"] for key in ("iv_s", "iv_r", "oral_s", "oral_r"))
    ]
    columns = ["given", "route", "hydroxynorketamine per ketamine", "mean ± SD", "people"]
    return pd.DataFrame(rows, columns=columns).set_index("given")


def people() -> pd.DataFrame:
    """The peak of 35 mg over 40 min in a thousand virtual people of 70 kg, by model (ng/mL)."""
    rows = {}
    for model in ("otto2021", "perezruixo2021", "simons2022"):
        crowd = pk.published(model).population(n=1000, seed=1, weight=70)
        dose = pk.Dose(MILLIGRAMS, "iv", duration=40)
        peak = pk.concentration(crowd, [dose], [40], "ketamine")[:, 0]
        low, middle, high = np.percentile(peak, [5, 50, 95])
        rows[MODEL_NAMES[model]] = (decimals(middle, 0), interval(low, high, 0))
    return pd.DataFrame.from_dict(rows, "index", columns=["median (ng/mL)", "90 of 100 people (ng/mL)"])


@cache
def errors() -> pd.DataFrame:
    """Every comparison of a model with a measurement it was not made from."""
    return prediction_errors(table("plasma_concentrations"), list(MODEL_NAMES))


def hits() -> pd.DataFrame:
    """How many comparisons are close and how many far, by model."""
    size = errors().error_percent.abs()
    by = errors().model.map(MODEL_NAMES)
    counts = {
        "comparisons": size.groupby(by).size(),
        "within 25%": (size <= 25).groupby(by).sum(),
        "off by more than 50%": (size > 50).groupby(by).sum(),
    }
    shown = pd.DataFrame(counts).loc[list(MODEL_NAMES.values())]
    shown.loc["all four"] = shown.sum()
    return shown.rename_axis("model")


def errors_by_study() -> pd.DataFrame:
    """Median prediction error by study and model, in percent of the measured value."""
    observations = table("plasma_concentrations")
    rows = errors().merge(observations[["observation", "reference"]], on="observation")
    rows = rows[rows.observation != "infusion_05_range"]
    rows = rows.assign(study=rows.reference.map(short_name), model=rows.model.map(MODEL_NAMES))
    found = rows.pivot_table(index="study", columns="model", values="error_percent", aggfunc="median")
    return found.map(lambda value: decimals(value, 0, sign=True) if value == value else "")
