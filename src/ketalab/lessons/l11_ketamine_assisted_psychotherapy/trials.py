"""Does more dissociation go with more benefit? The printed numbers as correlations that can be pooled.

Papers print three things: a correlation with its P value, a coefficient with its interval, a coefficient
with its P value. Each becomes a correlation, signed so that positive means "more dissociation, more
benefit". A correlation's people are those its P value implies (`effect_size.sample_size_from_p`), since the
abstract that prints 0.35 names more people than were in the sum. The correlations behind coefficients are
partial ones: the regressions hold the score before treatment (and the arm) fixed.
"""

from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from ketalab.data.bibliography import short_name
from ketalab.data.tables import renamed, table
from ketalab.metaanalysis import next_trial
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    Effects,
    correlation_from_t,
    fisher_z,
    sample_size_from_p,
    standard_error_from_interval,
    standard_error_from_p,
)
from ketalab.metaanalysis.pooling import pool
from ketalab.models import mediation
from ketalab.models.mediation import CausalModel
from ketalab.text import decimals, duration, grouped, interval

COEFFICIENTS = {"mathai2023": 4, "echegaray2025": 2}  # numbers each regression estimates: our count
LATEST = 200.0  # h: day 7 is the last time used

People = Literal["implied", "printed"]


def correlations(people: People = "implied") -> pd.DataFrame:
    """Every printed link that can be turned into a correlation: study, time_h, r, n, printed n, how.

    Raises ValueError when `people` is neither "implied" nor "printed".
    """
    if people not in ("implied", "printed"):
        raise ValueError(f"people: {people!r} is not allowed; it must be implied or printed")
    rows = table("dissociation_links")
    rows = rows[rows.value.notna() & (rows.time_h < LATEST)]
    return pd.DataFrame([_correlation(row, people) for row in rows.itertuples()])


def _correlation(row, people: People) -> dict:
    printed = float(row.n)
    if row.statistic == "correlation":
        r, how = row.value, "printed"
        n = float(sample_size_from_p(row.value, float(row.p))[0]) if people == "implied" else printed
    else:
        freedom = printed - COEFFICIENTS[row.reference]
        if np.isnan(row.low):
            se, how = standard_error_from_p(row.value, float(row.p), freedom)[0], "from coefficient and P"
        else:
            se, how = standard_error_from_interval(row.low, row.high)[0], "from coefficient and interval"
        r, n = float(correlation_from_t(row.value / se, freedom)[0]), printed
    return {
        "study": row.reference,
        "time_h": row.time_h,
        "r": -float(r),  # a falling score is a benefit
        "n": int(n),
        "printed_n": int(printed),
        "how": how,
    }


def as_effects(found: pd.DataFrame) -> Effects:
    """Correlations as effects on Fisher's scale, ready for `meta_analysis.pool`."""
    return fisher_z(found.r, found.n, study=found.study)


# Frames that the lesson shows -----------------------------------------------------------------------


def protocol_steps() -> pd.DataFrame:
    """Every step of six published protocols: hours from the start of the dose, and how they are known."""
    rows = table("session_protocols")
    return renamed(
        rows,
        {
            "label": "protocol",
            "phase": "part",
            "step": "what happened",
            "from_h": "from (h)",
            "to_h": "to (h)",
            "basis": "times",
            "note": "beware",
            "reference": "source",
        },
    )


def first_talk() -> pd.DataFrame:
    """When talk or training first begins in each protocol (h after the start of the dose)."""
    rows = table("session_protocols")
    after = rows[rows.phase.isin(["talk", "training"])]
    first = after.loc[after.groupby("protocol", sort=False).from_h.idxmin()]
    return pd.DataFrame(
        {"first talk or training (h)": first.from_h.to_numpy(), "time is": first.basis.to_numpy()},
        index=pd.Index(first.label, name="protocol"),
    )


def planned_hours() -> pd.DataFrame:
    """The planner's read-outs at five hours after 0.5 mg/kg over 40 min: of 100 people and model brains."""
    from ketalab.lessons import explorable

    planner = explorable("session_planner")
    found = {}
    for hour in ("1 h", "2 h", "4 h", "24 h", "1 week"):
        said = {reading.label: reading.text for reading in planner.at(hour=hour).readings}
        found[hour] = {
            "clear enough to talk": said["clear at your hour"],
            "signalling open": said["signalling open at your hour"].removesuffix(" model brains"),
            "spines open": said["spines open at your hour"].removesuffix(" model brains"),
        }
    return pd.DataFrame(found).T.rename_axis("after the dose began")


def measured_in_people() -> pd.DataFrame:
    """What was measured in people at some hour after ketamine, and with which design."""
    rows = table("plasticity_timing").query("species == 'human'")
    when = [_span(row.from_h, row.to_h) for row in rows.itertuples()]
    return pd.DataFrame(
        {"after the dose (h)": when, "design": rows.design.to_numpy()},
        index=pd.Index(rows.label, name="measured"),
    )


def _span(start: float, end: float) -> str:
    if np.isnan(start):
        return "not given"
    return (
        f"{start:g}" if start == end else f"{start:g} to {end:.2g}" if end < 1 else f"{start:g} to {end:g}"
    )


def comparisons() -> pd.DataFrame:
    """Randomised comparisons that change one thing, with a result or without one yet."""
    rows = table("therapy_contrasts")
    return renamed(
        rows,
        {
            "label": "comparison",
            "added": "added",
            "against": "against",
            "shared": "both had",
            "n": "people",
            "finding": "finding",
            "blind": "blind",
            "note": "beware",
            "reference": "source",
        },
    )


def comparison_frame() -> pd.DataFrame:
    """The comparisons with an interval, in SD; positive means that what was added is better."""
    from ketalab.lessons.l11_ketamine_assisted_psychotherapy.figures import on_one_scale

    rows = table("therapy_contrasts").query("finding != 'no result yet'")
    found = []
    for row in rows.itertuples(index=False):
        effects = on_one_scale(pd.Series(row._asdict()))
        if effects is not None:
            one = effects.frame().iloc[0]
            found.append(
                {
                    "comparison": row.label,
                    "added": {"therapy": "therapy", "drug": "ketamine"}.get(row.isolates, row.isolates),
                    "people": row.n,
                    "difference (SD, 95% interval)": f"{decimals(one.estimate)} "
                    f"({interval(one.low, one.high)})",
                    "as printed": f"{row.measure} {_as_printed(row.value, row.low, row.high)}",
                }
            )
    return pd.DataFrame(found).set_index("comparison")


def _as_printed(value: float, low: float, high: float) -> str:
    """An estimate and its interval with the decimal places of the most exact of the three."""
    places = max(len(f"{number:g}".partition(".")[2]) for number in (value, low, high))
    return f"{decimals(value, places)} ({interval(low, high, places)})"


def power_frame() -> pd.DataFrame:
    """The chance (%) that a trial with so many people a group finds a gain of 0.2 or 0.5 SD."""
    found = {}
    sizes = ((14, "Wilkinson 2021"), (24, "Grabski 2022, with ketamine"), (140, "MORE-KARE, planned"))
    for group, trial in sizes:
        chance = [
            next_trial.power(gain, next_trial.standard_error_of_trial(HEDGES_G, group, effect=gain))
            for gain in (0.2, 0.5)
        ]
        found[trial] = {
            "people per group": group,
            "finds 0.2 SD (%)": round(100 * chance[0]),
            "finds 0.5 SD (%)": round(100 * chance[1]),
        }
    return pd.DataFrame(found).T.rename_axis("trial")


def link_frame() -> pd.DataFrame:
    """Every printed link as a correlation, with the people that its P value implies and those printed."""
    rows = correlations()
    return pd.DataFrame(
        {
            "after the dose": [duration(60 * hours) for hours in rows.time_h],
            "correlation": [decimals(r) for r in rows.r],
            "people implied": rows.n.to_numpy(),
            "people printed": rows.printed_n.to_numpy(),
            "how": rows.how.to_numpy(),
        },
        index=pd.Index([short_name(study) for study in rows.study], name="study"),
    )


def pool_frame() -> pd.DataFrame:
    """The pool of the correlations within a day, with the implied people and with the printed ones."""
    found = {}
    for words, people in (("that P values imply", "implied"), ("that abstracts print", "printed")):
        whole = pool(as_effects(correlations(people).query("time_h <= 24"))).natural
        found[words] = {
            "pooled correlation (95% interval)": f"{whole.estimate:.2f} ({interval(whole.low, whole.high)})"
        }
    return pd.DataFrame(found).T.rename_axis("with the people")


WORLDS = {
    "causes it": CausalModel(indirect=0.4),
    "accompanies it": CausalModel(confounder=0.5, loading=0.8),
    "accompanies it, trait measured": CausalModel(confounder=0.5, loading=0.8, measured=1),
    "feeds expectancy": CausalModel(expectancy=0.8 / 0.6827),
}
ANALYSES = {
    "slope": "slope",
    "product": "mediation",
    "masking": "awake minus asleep",
    "enriching": "richer session",
}


@cache
def worlds() -> pd.DataFrame:
    """What four analyses credit to dissociation (SD) in an endless trial, beside the truth."""
    found = {}
    for name, world in WORLDS.items():
        answers = mediation.exact(world)
        found[name] = {"truth (SD)": decimals(world.truth)}
        found[name] |= {f"{words} (SD)": decimals(answers[key]) for key, words in ANALYSES.items()}
    return pd.DataFrame(found).T.rename_axis("dissociation in truth")


def experience_links() -> pd.DataFrame:
    """Every link of an experience with a benefit that was found, printed or only described."""
    rows = table("dissociation_links")
    return renamed(
        rows,
        {
            "exposure": "experience",
            "outcome": "benefit",
            "n": "people",
            "time_h": "after (h)",
            "statistic": "what was computed",
            "finding": "finding",
            "note": "beware",
            "reference": "source",
        },
    )


def memory_frame() -> pd.DataFrame:
    """Experiments in people on a memory recalled around a dose: how it came back."""
    rows = table("memory_experiments").query("species == 'human'")
    return pd.DataFrame(
        {
            "memory came back": rows.direction.to_numpy(),
            "tested by": rows.test.to_numpy(),
            "people": rows.n.to_numpy(),
        },
        index=pd.Index(rows.label, name="experiment"),
    )


def series_frame() -> pd.DataFrame:
    """Series of patients without a comparison group: how many began, how many were measured, and when."""
    rows = table("therapy_series")
    text = lambda value: "not in our source" if np.isnan(value) else grouped(value)  # noqa: E731
    return pd.DataFrame(
        {
            "weeks": [text(value) for value in rows.weeks.astype(float)],
            "began": [text(value) for value in rows.started.astype(float)],
            "measured": [text(value) for value in rows.followed.astype(float)],
            "scale": rows["scale"].to_numpy(),
        },
        index=pd.Index(rows.label, name="series"),
    )
