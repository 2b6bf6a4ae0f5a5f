"""Spine counts of single dendrites, made comparable: from a mouse's first day, and mouse by mouse."""

import re

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.models import cascade, chain
from ketalab.text import decimals, interval

FIRST_DAY = -3
FLAGGED_UNTIL = 5  # the authors left out dendrites with damage in one of the first five sessions
FEWEST = 5  # mice a group from which on an interval is worth giving


def from_first_day(spines: pd.DataFrame) -> pd.DataFrame:
    """Each dendrite's spine density in percent above the mean of its mouse on the first day (`change`).

    `spines` is the table `dendritic_spines`; as in the source, dendrites flagged as damaged in one of
    the first five sessions are left out.
    """
    flagged = spines[(spines.damaged == 1) & (spines.day <= FLAGGED_UNTIL)]
    marked = spines.merge(flagged[["mouse", "branch"]].drop_duplicates(), how="left", indicator=True)
    kept = marked[marked["_merge"] == "left_only"].drop(columns="_merge")
    first = kept[kept.day == FIRST_DAY].groupby("mouse").spines_per_um.mean()
    return kept.assign(change=100 * (kept.spines_per_um / kept.mouse.map(first) - 1))


def by_mouse(dendrites: pd.DataFrame) -> pd.DataFrame:
    """The mean change of each mouse and day: treatment, mouse, day, change."""
    return dendrites.groupby(["treatment", "mouse", "day"]).change.mean().reset_index()


def ketamine_minus_saline(mice: pd.DataFrame) -> pd.DataFrame:
    """By day: mice with ketamine, mice with saline, difference of their means (points).

    Where each group has five mice or more, also Welch's 95% interval (the groups may vary
    differently); with fewer an interval would promise more than two mice can hold.
    """
    from scipy import stats  # half a second, which only who asks should wait for

    rows = []
    for day, group in mice[mice.day > FIRST_DAY].groupby("day"):
        ketamine = group[group.treatment == "ketamine"].change
        saline = group[group.treatment == "saline"].change
        low = high = np.nan
        if min(len(ketamine), len(saline)) >= FEWEST:
            low, high = stats.ttest_ind(ketamine, saline, equal_var=False).confidence_interval()
        rows.append((int(day), len(ketamine), len(saline), ketamine.mean() - saline.mean(), low, high))
    return pd.DataFrame(rows, columns=["day", "ketamine", "saline", "difference", "low", "high"])


# Tables of the lesson -----------------------------------------------------------------------------

STEP_NAMES = {
    "ampa": "AMPA throughput",
    "bdnf": "BDNF",
    "trkb": "TrkB",
    "mtorc1": "mTORC1",
    "protein": "synaptic protein",
    "spines": "spines",
}


def steps() -> pd.DataFrame:
    """The model after one session, run by libRoadRunner from its Antimony file: by how much each step
    rises, and when it opens, peaks and closes. Which engine solved it is printed."""
    hours = cascade.timeline(21)
    run = cascade.by_roadrunner(hours, cascade.parameters())
    if cascade.roadrunner_is_here():
        print("libRoadRunner solved the equations of this table.")
    rows = {}
    for step, name in STEP_NAMES.items():
        extra = run[step] - 1
        rows[name] = (f"{100 * extra.max():.0f}", *(f"{h:.1f}" for h in cascade.window(hours, extra)))
    columns = ["height (% above rest)", "opens (h)", "peaks (h)", "closes (h)"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def numbers_of_the_model() -> pd.DataFrame:
    """How many of the model's numbers are measured, chosen, unknown or given by the design, and which."""
    rates = table("cascade_parameters")
    order = ["measured", "chosen to match", "unknown", "design"]
    groups = {basis: rates[rates.basis == basis].label for basis in order}
    return pd.DataFrame(
        {
            "numbers": [len(labels) for labels in groups.values()],
            "which": [", ".join(labels) for labels in groups.values()],
        },
        index=pd.Index(order, name="basis"),
    )


def by_day() -> pd.DataFrame:
    """Spine density of the mice by day: how many, change from the first day (%), difference (points)."""
    mice = by_mouse(from_first_day(table("dendritic_spines")))
    means = mice.groupby(["day", "treatment"]).change.mean()
    rows = ketamine_minus_saline(mice)
    return pd.DataFrame(
        {
            "ketamine mice": rows.ketamine,
            "saline mice": rows.saline,
            "ketamine, change (%)": [decimals(means[day, "ketamine"], 1) for day in rows.day],
            "saline, change (%)": [decimals(means[day, "saline"], 1) for day in rows.day],
            "difference (points)": [decimals(value, 1) for value in rows.difference],
            "95% interval": [
                "too few mice" if np.isnan(row.low) else interval(row.low, row.high, 1)
                for row in rows.itertuples()
            ],
        }
    ).set_axis([f"day {decimals(day, 0)}" for day in rows.day])


def nine_chains() -> pd.DataFrame:
    """0.5 mg/kg over 40 min: receptors blocked, extra glutamate and spines (%), by two unknown choices."""
    rows = []
    for site in chain.SITES:
        for selectivity in (1, 2, 8):
            run = chain.from_dose(0.5, selectivity=selectivity, site=site)
            extra = 100 * (run.glutamate - 1)
            most = extra[np.argmax(abs(extra))]
            spines = 100 * (run.cascade["spines"].max() - 1)
            block = 100 * run.block.max()
            rows.append((site, selectivity, round(block), round(most), round(spines)))
    columns = [
        "receptors measured in",
        "selectivity (times)",
        "blocked (%)",
        "extra glutamate (%)",
        "extra spines (%)",
    ]
    return pd.DataFrame(rows, columns=columns)


def after_rapamycin() -> pd.DataFrame:
    """The patients of the rapamycin trial two weeks after ketamine: percent with each pretreatment."""
    rows = table("trial_durability").query("trial == 'abdallah2020'")
    note = table("trials").set_index("trial").note["abdallah2020"]
    wide = rows.pivot_table(index="measure", columns="role", values="value", sort=False)
    return pd.DataFrame(
        {
            "after rapamycin (%)": wide.active.round().astype(int),
            "after placebo (%)": wide.control.round().astype(int),
            "P, as printed": re.findall(r"P = (0\.\d+)", note)[:2],
        }
    ).rename(index={"responding": "response at two weeks", "in remission": "remission at two weeks"})


def tests() -> pd.DataFrame:
    """Experiments that tried to break the chain or to explain the effect without it; `source` "
    "holds reference keys."""
    rows = table("mechanism_tests")
    return pd.DataFrame(
        {
            "target": rows.target.to_numpy(),
            "in": rows.species.to_numpy(),
            "n": rows.n.to_numpy(),
            "finding": rows.finding.to_numpy(),
            "source": rows.reference.to_numpy(),
        }
    )
