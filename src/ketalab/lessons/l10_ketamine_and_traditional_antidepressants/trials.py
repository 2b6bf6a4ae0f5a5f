"""What each drug was compared with: classes of oral drugs in a network, and designs side by side.

The frames that the lesson shows are made here: one row a trial, class or step, with units in the names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import ODDS_RATIO, treated_risk
from ketalab.metaanalysis.network import Network, network
from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.models import pathway
from ketalab.text import decimals, grouped, interval


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
    comparator: str = "inert placebo"


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
        "active placebo",
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
        "ESCAPE: remission, week 8",
        "escapetrd",
        "esketamine",
        "remission",
        1344,
        "quetiapine",
        "same tablet",
        comparator="treatment",
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
    about |= {"comparator": d.comparator, "paid by": _funder(d.trial)}
    kind = "tablet" if not d.trial else "spray" if d.spray else "infusion"
    return about | {"kind": kind} | {name: 100 * value for name, value in shares.items()}


def _funder(trial: str) -> str:
    """Who paid: the maker, public money, or not found; trials of a network have many payers."""
    if not trial:
        return "many"
    funder = table("trials").set_index("trial").funder[trial]
    return {"company": "the maker"}.get(funder, funder)


def _signed(middle: float, low: float, high: float) -> str:
    """A difference with its interval in whole points, such as "+14 (1 to 27)"."""
    return f"{decimals(middle, 0, sign=True)} ({interval(low, high, 0)})"


def fair_frame() -> pd.DataFrame:
    """Each of the `designs` with its comparator, both shares (%) and their difference with interval."""
    rows = designs()
    return pd.DataFrame(
        {
            "against": rows.against,
            "kind of comparator": rows.comparator,
            "without (%)": rows.control.round().astype(int),
            "with the drug (%)": rows.drug.round().astype(int),
            "difference (95% interval)": [_signed(r.difference, r.low, r.high) for r in rows.itertuples()],
            "paid by": rows["paid by"],
        }
    ).set_axis(pd.Index(rows.label, name="trial"))


WHO = {
    ("murrough2013", "ketamine"): "infusion or midazolam\n(Murrough 2013)",
    ("lii2023", "ketamine"): "infusion, asleep\n(Lii 2023)",
    ("daly2018", "esketamine, all doses"): "spray, first week\n(Daly 2018)",
    ("transform12", "esketamine"): "spray and new tablet\n(TRANSFORM)",
}


@cache
def responders() -> pd.DataFrame:
    """Rows of `trial_counts` on response in depression that the two clocks draw; `who` names each trial."""
    counts = table("trial_counts")
    rows = counts[(counts.domain == "depression") & (counts.outcome == "response")]
    who = [WHO.get(pair) for pair in zip(rows.trial, rows.active, strict=True)]
    return rows.assign(who=who).dropna(subset=["who", "events_active"])


def first_day() -> pd.DataFrame:
    """Responders on day 1, drug minus control (in 100 people), trial by trial, with Newcombe's interval."""
    rows = responders().query("time_h == 24")
    found = []
    for row in rows.itertuples():
        on, off = (
            (int(row.events_active), int(row.n_active)),
            (int(row.events_control), int(row.n_control)),
        )
        low, high = newcombe_interval(*on, *off)
        found.append(_signed(100 * (on[0] / on[1] - off[0] / off[1]), 100 * low, 100 * high))
    return pd.DataFrame(
        {"against": rows.control.to_numpy(), "more responders in 100 (95% interval)": found},
        index=pd.Index([who.replace("\n", " ") for who in rows.who], name="trial"),
    )


def weekly() -> pd.DataFrame:
    """SSRI minus placebo by week: responders in 100 people, `value` at `time_h` [@taylor2006]."""
    rows = table("pooled_estimates").query("reference == 'taylor2006' and measure == 'RD'")
    return rows.rename(columns={"estimate": "value"})


def first_week() -> pd.DataFrame:
    """What an SSRI adds to placebo in week 1, in week 6, and the first as a share of the second (%)."""
    rows = table("pooled_estimates").query("reference == 'taylor2006' and measure == 'MD'").estimate.abs()
    shares = weekly().value
    pairs = {
        "responders, of 100 people": (shares.iloc[0], shares.iloc[-1], 0),
        "points on the Hamilton scale": (rows.iloc[0], rows.iloc[1], 2),
    }
    return pd.DataFrame(
        {
            "week 1": {name: decimals(one, places) for name, (one, _, places) in pairs.items()},
            "week 6": {name: decimals(six, places) for name, (_, six, places) in pairs.items()},
            "share (%)": {name: decimals(100 * one / six, 0) for name, (one, six, _) in pairs.items()},
        }
    ).rename_axis("SSRI minus placebo")


def class_frame() -> pd.DataFrame:
    """Classes of tablets against placebo: odds ratios of responding and of leaving the trial."""
    net = classes("responders").frame().set_index("treatment")
    gone = classes("lost").frame().set_index("treatment").reindex(net.index)
    odds = lambda row: f"{row.estimate:.2f} ({interval(row.low, row.high)})"  # noqa: E731
    return pd.DataFrame(
        {
            "responding (95% interval)": [odds(row) for row in net.itertuples()],
            "leaving (95% interval)": [odds(row) for row in gone.itertuples()],
            "trials": net.studies.to_numpy(),
            "people": [grouped(people) for people in net.people],
        },
        index=pd.Index([SPELT.get(name, name) for name in net.index], name="odds against placebo"),
    )


SPELT = {
    "hypericum": "St John's wort",
    "NaSSA": "mirtazapine and mianserin",
    "NRI": "reboxetine",
    "low-dose SARI": "low-dose trazodone or nefazodone",
}


@dataclass(frozen=True)
class Course:
    """What became of a hundred people who start: their number, and how many remit, go on and leave."""

    start: float
    remit: float
    on: float

    @property
    def leave(self) -> float:
        return self.start - self.remit - self.on


def step_by_step(steps: Sequence[pathway.Step] | None = None) -> list[Course]:
    """A hundred people through the steps of STAR*D, with the shares printed for each [@rush2006]."""
    courses, start = [], 100.0
    for step in steps or pathway.published():
        remit = start * float(step.remission)
        on = (start - remit) * float(step.goes_on)
        courses.append(Course(start, remit, on))
        start = on
    return courses


def stard_frame() -> pd.DataFrame:
    """Of 100 people who start: how many start each step, remit, go on, and leave or stay ill."""
    rows = step_by_step()
    return pd.DataFrame(
        {
            "start": [decimals(row.start, 0) for row in rows],
            "remit": [decimals(row.remit, 1) for row in rows],
            "go on": [decimals(row.on, 0) for row in rows],
            "leave, or are ill at the end": [decimals(row.leave, 0) for row in rows],
        },
        index=pd.Index([f"step {number}" for number in range(1, len(rows) + 1)], name="of 100 who start"),
    )


def remission_totals() -> dict[str, float]:
    """Three totals of remission at any step of STAR*D, of 100 who start [@rush2006; @pigott2023]."""
    steps = pathway.published()
    stay = [replace(step, goes_on=1.0) for step in steps]
    again = table("stard_steps").set_index("measure").value["cumulative remission, reanalysis"]
    return {
        "printed: if nobody had left": 100 * float(pathway.remission_ever(stay)[0]),
        "computed here: with those who left": 100 * float(pathway.remission_ever(steps)[0]),
        "re-analysis of 2023 (disputed)": float(again),
    }


RELAPSES = ("31 trials (Geddes)", "40 trials (Kato)", "ANTLER, long-term users", "SUSTAIN-1, the spray")


def relapses() -> pd.DataFrame:
    """The four withdrawal comparisons of the picture: share that relapsed with the drug and without (%)."""
    rows = table("antidepressant_outcomes")
    return rows[(rows.topic == "relapse") & (rows.unit == "%")].assign(label=list(RELAPSES))


def relapse_frame() -> pd.DataFrame:
    """Relapses with the drug continued and stopped (%), and how many go on for one fewer to relapse."""
    rows = relapses()
    saved = (rows.comparator_value - rows.value).to_numpy()
    return pd.DataFrame(
        {
            "continued (%)": rows.value.to_numpy(),
            "switched to placebo (%)": rows.comparator_value.to_numpy(),
            "fewer relapses in 100": saved.round().astype(int),
            "go on for one fewer": np.ceil(100 / saved).astype(int),
        },
        index=pd.Index(RELAPSES, name="trial"),
    )


SHOWN_REACTIONS = (
    ("esketamine", "dissociation"),
    ("esketamine", "anxiety"),
    ("sertraline", "nausea"),
    ("sertraline", "insomnia"),
    ("sertraline", "headache"),
)


def reactions_frame() -> pd.DataFrame:
    """Adverse reactions of the article's two lists: on the drug, on placebo, and the difference (%)."""
    rows = table("adverse_reactions").query("people == 'all'").set_index(["drug", "reaction"])
    rows = rows[~rows.index.duplicated()].loc[list(SHOWN_REACTIONS)]
    return pd.DataFrame(
        {
            "on the drug (%)": rows.percent_drug,
            "on placebo (%)": rows.percent_placebo,
            "difference (points)": rows.percent_drug - rows.percent_placebo,
        }
    )


def prices() -> pd.DataFrame:
    """What each drug costs in money and hours; every row from its own country and year."""
    rows = table("treatment_costs").rename(columns={"comparator_value": "comparison"})
    return rows[["treatment", "item", "value", "comparison", "unit", "year", "reference"]]


def critiques() -> pd.DataFrame:
    """What critics wrote of the trials behind the licence of the spray, with the sources."""
    rows = table("critiques").rename(columns={"critic": "who", "says": "what they say"})
    return rows[["who", "year", "about", "what they say", "note", "reference"]]


def pathway_frame() -> pd.DataFrame:
    """The two ratios that the model takes from trials of esketamine, with their 95% intervals."""
    from ketalab.lessons.l10_ketamine_and_traditional_antidepressants.four_steps import (
        from_trial,
        relapse_hazard,
    )

    found = {
        "remission, spray over quetiapine": from_trial("remission"),
        "relapse, spray continued over stopped": relapse_hazard(),
    }
    return pd.DataFrame(
        {"ratio (95% interval)": {n: f"{m:.2f} ({interval(a, b)})" for n, (m, a, b) in found.items()}}
    )
