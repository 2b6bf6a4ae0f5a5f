"""The lesson's numbers as frames: dates, one model beside its measurements, and the verdicts."""

import pandas as pd

from ketalab.data import table
from ketalab.data.verdict import Verdict
from ketalab.models import pharmacokinetics as pk
from ketalab.text import decimals

TURNING = ("1962", "1970", "1983-06", "2000-02-15", "2007-05", "2019-03-05")


def turning_points() -> pd.DataFrame:
    """The events that changed what ketamine is used for, or what is feared of it, by year."""
    timeline = table("timeline")
    rows = timeline[timeline.date.isin(TURNING)]
    return rows.assign(year=rows.date.str[:4])[["year", "event"]].set_index("year")


def volunteers() -> pd.DataFrame:
    """What was measured after 10 mg of S-ketamine over 30 min in 17 volunteers (min, ng/mL)."""
    return table("plasma_concentrations").query("reference == 'otto2021' and compound == 'ketamine'")


def predicted(minutes) -> list[float]:
    """The same dose in a model made from other people (ng/mL at these minutes)."""
    person = pk.published("perezruixo2021").typical()
    return pk.concentration(person, [pk.Dose(10, "iv", duration=30)], minutes, "ketamine")[0]


def model_and_measured() -> pd.DataFrame:
    """Model beside measurement, and the model's error in percent of what was measured."""
    rows = volunteers()
    model = predicted(rows.time_min)
    error = 100 * (model / rows.value.to_numpy() - 1)
    return pd.DataFrame(
        {
            "measured (ng/mL)": [decimals(v, 1) for v in rows.value],
            "model (ng/mL)": [decimals(v, 1) for v in model],
            "model's error (%)": [decimals(e, 0, sign=True) for e in error],
        },
        index=pd.Index([f"{m / 60:g}" for m in rows.time_min], name="hours after the start"),
    )


def verdict_counts() -> pd.DataFrame:
    """How many claims of the article have each verdict."""
    found = table("claims").verdict.value_counts()
    counts = {verdict.value: int(found[verdict.value]) for verdict in Verdict}
    counts["all claims"] = sum(counts.values())
    return pd.DataFrame.from_dict(counts, "index", columns=["claims"]).rename_axis("verdict")
