"""Tables of the lesson on chronic pain, as a reader sees them."""

import numpy as np
import pandas as pd

from ketalab.data.bibliography import short_name
from ketalab.data.tables import table
from ketalab.models import pharmacokinetics as pk
from ketalab.models import sensitisation
from ketalab.text import decimals, grouped, interval


def plus_minus_table() -> pd.DataFrame:
    """What the ± of the trial in complex regional pain syndrome may mean, and what would follow."""
    rows = table("trial_scores").query("trial == 'sigtermans2009'")
    spread = rows.note.str.extract(r"\+/- ([\d.]+)")[0].astype(float).to_numpy()
    n, means = rows.n.to_numpy(float), rows["mean"].to_numpy()
    gap = abs(float(means[1] - means[0]))
    found = {}
    for meaning, sd in (("standard deviations", spread), ("standard errors", spread * np.sqrt(n))):
        pooled = np.sqrt((sd**2).mean())
        error = np.sqrt((sd**2 / n).sum())
        found[meaning] = [decimals(pooled, 1), decimals(gap / pooled, 1), f"{gap / error:.0f}"]
    columns = ["standard deviation (points)", "gap in standard deviations", "gap in standard errors"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("if ± means")


def fading_table() -> pd.DataFrame:
    """What is left of the peak of relief after some days, by the published half-life (%)."""
    half_life = float(table("pain_constants").set_index("constant").value["relief_half_life"])
    days = [28, 50, 80]
    return pd.DataFrame(
        {
            "half-lives": [decimals(day / half_life, 1) for day in days],
            "left of the peak (%)": [decimals(100 * 0.5 ** (day / half_life), 1) for day in days],
        },
        index=pd.Index(days, name="days after the infusion"),
    )


def on_record_table() -> pd.DataFrame:
    """What the relief model expects of the two arms of a trial under way, for a person of 70 kg."""
    patient = pk.published("otto2021").typical(70)
    rate = 70 * float(table("pain_constants").set_index("constant").value["intermittent_rate"])  # mg/h
    courses = {
        "6 days without a break": [pk.Dose(rate * 144, duration=144 * 60)],
        "6 hours every 2 weeks": [pk.Dose(rate * 6, time=14 * 1440 * k, duration=360) for k in range(6)],
    }
    days = np.linspace(0, 91, 9101)
    found = {}
    for name, given in courses.items():
        level = pk.concentration(patient, given, days * 1440, "ketamine")[0]
        relief = 100 * sensitisation.relief(sensitisation.published_relief(), days, level)
        total = sum(dose.amount for dose in given)
        found[name] = [grouped(total), decimals(relief.mean(), 1), decimals(relief[-1], 1)]
    columns = ["ketamine in all (mg)", "mean relief of 13 weeks (%)", "relief at 13 weeks (%)"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("course")


def pooled_table() -> pd.DataFrame:
    """Published pools in chronic pain outside the picture: estimate, interval, source."""
    rows = table("pooled_estimates").set_index("estimate_id")
    rows = rows.loc[["orhurhu_pain", "michelet2018_6", "ferraro2025_1", "ferraro2025_2"]]
    known = rows.low.notna()
    return pd.DataFrame(
        {
            "outcome": rows.outcome,
            "measure": rows.measure.replace({"MD": "mean difference", "RR": "risk ratio"}),
            "estimate": [
                f"{x:g}".replace("-", "−") if pd.notna(x) else "not in our source" for x in rows.estimate
            ],
            "95% interval": [
                interval(a, b) if there else "not in our source"
                for a, b, there in zip(rows.low, rows.high, known, strict=True)
            ],
            "source": rows.reference.map(short_name),
        }
    ).set_index("source")


def packman_table() -> pd.DataFrame:
    """PACKMaN: injured adults treated by paramedics, ketamine and morphine (% with an event)."""
    rows = table("trial_counts").query("trial == 'packman'")
    return pd.DataFrame(
        {
            "ketamine (%)": rows.percent_active.astype(float).to_numpy(),
            "morphine (%)": rows.percent_control.astype(float).to_numpy(),
        },
        index=pd.Index(rows.outcome, name="event"),
    )


# Of the guidelines' infusions, by item: what their limits are meant as.
INFUSIONS = {
    "acute_infusion": "at most",
    "acute_tolerated": "to limit side effects",
    "chronic_infusion": "range",
}


def guidelines_table() -> pd.DataFrame:
    """Infusion limits of two consensus guidelines (mg/kg/h) with their grades."""
    rows = table("pain_guidelines").set_index("item").loc[list(INFUSIONS)]
    return pd.DataFrame(
        {
            "infusion": list(INFUSIONS.values()),
            "from": rows.low.map(lambda x: "" if pd.isna(x) else f"{x:g}"),
            "to": rows.high.map("{:g}".format),
            "unit": rows.unit,
            "grade": rows.grade,
            "certainty": rows.certainty,
            "source": rows.reference.map(short_name),
        }
    ).set_axis(pd.Index(rows.setting, name="setting"))
