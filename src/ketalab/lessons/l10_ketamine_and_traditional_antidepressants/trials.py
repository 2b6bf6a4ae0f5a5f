"""What each drug was compared with: classes of oral drugs in a network, and designs side by side."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import ODDS_RATIO, treated_risk
from ketalab.metaanalysis.network import Network, network
from ketalab.metaanalysis.number_needed import newcombe_interval


@cache
def classes(events: str) -> Network:
    """Classes of oral drugs against placebo, primary care [@linde2015]: `responders`, `lost`, ..."""
    return network(table("antidepressant_arms"), events, "placebo")


@cache
def on_placebo(events: str) -> float:
    """Share of the people on placebo tablets of these trials to whom it happened, all trials together."""
    arms = table("antidepressant_arms")
    arms = arms[(arms.treatment == "placebo") & arms[events].notna()]
    return float(arms[events].sum() / arms.n.sum())


@cache
def with_and_without(treatment: str, events: str) -> tuple[float, float, float, float]:
    """Share with a class of drug (and its limits) and on placebo: its odds ratio on the placebo share.

    Only the odds ratio's uncertainty is in the limits; the placebo share is taken as it is.
    """
    base = on_placebo(events)
    row = classes(events).frame().set_index("treatment").loc[treatment]
    shares = (treated_risk(ODDS_RATIO, float(np.log(row[k])), base) for k in ("estimate", "low", "high"))
    return (*shares, base)


@dataclass(frozen=True)
class Design:
    """A comparison: which row of `trial_counts` holds it, and what was compared with what."""

    label: str
    trial: str
    active: str
    outcome: str
    time_h: float
    against: str
    alongside: str
    spray: bool = True


DESIGNS = (
    Design(
        "Murrough: infusion, day 1",
        "murrough2013",
        "ketamine",
        "response",
        24,
        "midazolam",
        "nothing",
        False,
    ),
    Design("Lii: infusion, day 1", "lii2023", "ketamine", "response", 24, "saline", "anaesthesia", False),
    Design(
        "TRANSFORM-1: spray, week 4",
        "transform1",
        "esketamine 84 mg",
        "response",
        648,
        "placebo spray",
        "new tablet",
    ),
    Design(
        "TRANSFORM-2: spray, week 4",
        "transform2",
        "esketamine",
        "response",
        648,
        "placebo spray",
        "new tablet",
    ),
    Design(
        "TRANSFORM-3: 65 and over",
        "transform3",
        "esketamine",
        "response",
        648,
        "placebo spray",
        "new tablet",
    ),
    Design(
        "ESCAPE: spray, week 8*", "escapetrd", "esketamine", "remission", 1344, "quetiapine", "same tablet"
    ),
)


def designs() -> pd.DataFrame:
    """Each comparison: shares that did well with the drug and without (%), and their difference.

    Newcombe's interval for trials; for SSRIs the network's odds ratio on its placebo share.
    """
    counts = table("trial_counts")
    rows = []
    for d in DESIGNS:
        found = counts[
            (counts.trial == d.trial)
            & (counts.active == d.active)
            & (counts.outcome == d.outcome)
            & (counts.time_h == d.time_h)
            & (counts.domain == "depression")
            & (counts.poolable == "yes")
        ]
        row = found.iloc[0]
        on, off = (int(row.events_active), int(row.n_active)), (int(row.events_control), int(row.n_control))
        low, high = newcombe_interval(*on, *off)
        rows.append(_row(d, on[0] / on[1], off[0] / off[1], low, high, row.reference))
    share, low, high, base = with_and_without("SSRI", "responders")
    tablet = Design("SSRI, primary care", "", "", "response", 0, "placebo tablet", "nothing")
    rows.append(_row(tablet, share, base, low - base, high - base, "linde2015"))
    return pd.DataFrame(rows)


def _row(d: Design, drug: float, control: float, low: float, high: float, reference: str) -> dict:
    shares = {"drug": drug, "control": control, "difference": drug - control, "low": low, "high": high}
    about = {"label": d.label, "against": d.against, "alongside": d.alongside, "reference": reference}
    kind = "tablet" if not d.trial else "spray" if d.spray else "infusion"
    return about | {"kind": kind} | {name: 100 * value for name, value in shares.items()}
