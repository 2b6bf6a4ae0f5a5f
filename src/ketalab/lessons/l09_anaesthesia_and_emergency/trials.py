"""Frames of the lesson on anaesthesia and emergencies: a row is a drug, delay, trial or count."""

import re

import numpy as np
import pandas as pd

from ketalab.data.bibliography import short_name
from ketalab.data.tables import renamed, table
from ketalab.lessons.l09_anaesthesia_and_emergency import figures as draw
from ketalab.lessons.l09_anaesthesia_and_emergency.shared import half_lives, label, level, orders_followed
from ketalab.metaanalysis.effect_size import Effects, risk_ratio
from ketalab.metaanalysis.pooling import pool
from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.text import decimals, grouped, interval

MODELS = {
    "simons2022": "Simons, arterial",
    "otto2021": "Otto, venous",
    "perezruixo2021": "Perez-Ruixo, venous",
}


def induction() -> pd.DataFrame:
    """Dose, onset and duration of the drugs of induction, as each source gives them."""
    rows = table("induction_drugs")
    rows = rows[rows.quantity.isin(["induction dose", "onset", "duration"])]
    names = {"drug": "drug", "route": "route", "quantity": "quantity", "value": "value", "low": "from"}
    return renamed(rows, names | {"high": "to", "unit": "unit", "people": "in", "reference": "source"})


def delay_frame() -> pd.DataFrame:
    """Each delay (s): its half-life, the time to 90%, and how far the site runs behind a steady rise."""
    found = {
        name.replace("_", " "): {
            "half-life (s)": decimals(60 * half_life, 0),
            "90% reached after (s)": decimals(60 * es.minutes_to_reach(0.9, half_life), 0),
            "behind a steady rise by (s)": decimals(60 * es.steady_ramp_lag(half_life), 0),
        }
        for name, half_life in half_lives().items()
    }
    return pd.DataFrame(found).T.rename_axis("effect")


def bolus_frame() -> pd.DataFrame:
    """After 2 mg/kg in a minute: when response is lost and back (model), beside label and volunteers."""
    minutes, _, sites = draw.bolus()
    lost, back = level("loss of response"), level("return of response")
    found = {}
    for name, site in sites.items():
        out = es.minutes_above(minutes, site, lost) > 0
        found[f"model, delay {name}"] = {
            "highest at the site (ng/mL)": decimals(float(site.max()), 0),
            "at (min)": decimals(float(minutes[np.argmax(site)]), 1),
            "response lost after": f"{60 * es.first_minute_above(minutes, site, lost):.0f} s"
            if out
            else "never lost",
            "back at": f"{es.last_minute_above(minutes, site, back):.1f} min" if out else "",
        }
    waited = orders_followed()
    nothing = {"highest at the site (ng/mL)": "", "at (min)": ""}
    said = label()
    onset, duration = said.loc["onset"], said.loc["duration"]
    found["label"] = nothing | {
        "response lost after": f"within {onset.high:g} {onset.unit}",
        "back at": f"{interval(duration.low, duration.high, 0)} {duration.unit}",
    }
    found[f"{waited.n:.0f} volunteers"] = nothing | {
        "response lost after": "",
        "back at": f"{waited.value} min ({waited.low} to {waited.high})",
    }
    return pd.DataFrame(found).T.rename_axis("source")


def infusion_frame() -> pd.DataFrame:
    """Two measured infusions: the level (ng/mL) with its limits, and what three models give at 60 min."""
    found = {}
    for row in table("anaesthetic_infusions").itertuples():
        doses = [
            pk.Dose(70 * row.bolus, "iv", duration=1),
            pk.Dose(70 * row.rate / 1000 * 59, "iv", time=1, duration=59),
        ]
        said = {"measured (ng/mL)": f"{grouped(row.level)} ({interval(row.low, row.high, 0)})"}
        for model, name in MODELS.items():
            level = pk.concentration(pk.published(model).typical(70), doses, [60], "ketamine")[0, 0]
            said[f"{name} (ng/mL)"] = grouped(round(level, -1))
        found[f"{short_name(row.reference)}: {row.drug}, {row.bolus:g} mg/kg, {row.rate:g} µg/kg/min"] = (
            said
        )
    return pd.DataFrame(found).T.rename_axis("infusion")


def sedation_frame() -> pd.DataFrame:
    """Harms in 1,000 sedations of children, ketamine and propofol, pooled, with 95% intervals."""
    rows = table("sedation_harms").query("study == 'bellolio2016'")
    rows = rows[rows.event.isin(draw.EVENTS)]
    found: dict[str, dict[str, str]] = {}
    for row in rows[rows.drug.isin(["ketamine", "propofol"])].itertuples():
        found.setdefault(draw.EVENTS[row.event], {})[f"{row.drug} (in 1,000)"] = (
            f"{row.value:g} ({row.low:g} to {row.high:g})"
        )
    return pd.DataFrame(found).T.rename_axis("event")


WAKING = ["green2009b", "ketalarlabel", "ketanest", "sener2011", "sherwin2000", "akhlaghi2019"]
SERIES = ["green2009", "green1996", "masaki2019", "villegas2019"]


def waking() -> pd.DataFrame:
    """Reactions on waking, and what was tried against them."""
    rows = table("sedation_harms")
    names = {
        "event": "event",
        "drug": "drug",
        "people": "in",
        "value": "value",
        "low": "from",
        "high": "to",
    }
    names |= {"unit": "unit", "note": "note", "reference": "source"}
    return renamed(rows[rows.study.isin(WAKING)], names)


def series() -> pd.DataFrame:
    """Other series with ketamine, none of which has a comparison group."""
    rows = table("sedation_harms")
    names = {"event": "event", "people": "in", "value": "%", "events": "events", "n": "of"}
    names |= {"counted": "counted", "reference": "source"}
    return renamed(rows[rows.study.isin(SERIES)], names)


def volunteers() -> pd.DataFrame:
    """Healthy volunteers, awake and under an anaesthetic dose: before and after, mean (SD)."""
    rows = table("haemodynamics").dropna(subset="before")
    names = {"drug": "drug", "quantity": "quantity", "before": "before", "before_sd": "SD before"}
    names |= {"value": "after", "sd": "SD after", "unit": "unit", "n": "n", "reference": "source"}
    return renamed(rows, names)


def low_pressure() -> pd.DataFrame:
    """Low pressure around induction, as each study defined it."""
    low = table("pressure_at_induction").query("quantity == 'low pressure'")
    return pd.DataFrame(
        {
            "drug": low.drug.str.removeprefix("racemic "),
            "share, %": low.value,
            "low means": low.definition,
            "in": low.setting + ": " + low.people,
            "n": low.n,
            "source": low.reference,
        }
    )


def survey() -> pd.DataFrame:
    """How widely ketamine is allowed, carried or used: counts as printed and as computed."""
    rows = table("paramedic_survey").copy()
    rows["counted"] = (100 * rows.events / rows.n).round(1)
    names = {"question": "question", "events": "events", "n": "n", "percent": "%, printed"}
    names |= {"counted": "%, from counts", "locator": "where", "reference": "source"}
    return renamed(rows, names)


def packman_frame() -> pd.DataFrame:
    """PACKMaN: ketamine and morphine before hospital, as printed, and without counts of people."""
    shares = table("trial_counts").query("trial == 'packman'")
    pain = table("trial_differences").query("trial == 'packman' and scale.str.startswith('sum')").iloc[0]
    found = {
        f"{row.outcome} (%)": {
            "ketamine": f"{row.percent_active:g}",
            "morphine": f"{row.percent_control:g}",
        }
        for row in shares.itertuples()
    }
    relief = re.search(r"([\d.]+) against ([\d.]+) points", pain.note)
    first = dict(zip(("ketamine", "morphine"), relief.groups(), strict=True))
    first["difference (95% interval)"] = f"{decimals(pain.value, 1)} ({interval(pain.low, pain.high, 1)})"
    frame = pd.DataFrame({"relief of pain until hospital (points)": first} | found).T
    return frame.fillna("not in our source").rename_axis("449 injured people")


def agitation_frame() -> pd.DataFrame:
    """Severe agitation: the tubes needed in a cohort, then speed and harm in a randomised trial."""
    rows = table("agitation_sedation").query("study in ('barbic2021', 'brown2022')")
    rows = rows[~rows.event.str.startswith("oxygen")]
    measured = [
        f"{row.minutes:g} min" if np.isfinite(row.minutes) else f"{row.percent:g}%"
        for row in rows.itertuples()
    ]
    return pd.DataFrame(
        {
            "drug": rows.drug.to_numpy(),
            "event": rows.event.to_numpy(),
            "measured": measured,
            "design": rows.design.to_numpy(),
        },
        index=pd.Index([short_name(key) for key in rows.reference], name="study"),
    )


def trauma() -> pd.DataFrame:
    """Deaths after intubation in trauma; nobody was randomised."""
    names = {"other": "against", "death_ketamine": "died, ketamine (%)", "death_other": "died, other (%)"}
    names |= {"value": "adjusted odds ratio", "low": "from", "high": "to", "people": "in"}
    return renamed(table("trauma_intubation"), names | {"design": "design", "reference": "source"})


def counted() -> pd.DataFrame:
    """Rows of the trials of emergency intubation against etomidate that print counts."""
    rows = table("trial_counts").query("domain == 'anaesthesia' and control == 'etomidate'")
    return rows.dropna(subset="events_active")


def compared(rows: pd.DataFrame) -> Effects:
    """Risk of an event with ketamine over that with etomidate, one trial a row."""
    return risk_ratio(
        rows.events_active, rows.n_active, rows.events_control, rows.n_control, study=rows.trial
    )


def _ratio(rows: pd.DataFrame, method: str = "paule-mandel") -> dict[str, str]:
    whole = pool(compared(rows), method).natural
    return {
        "trials": f"{len(rows)}",
        "risk ratio (95% interval)": f"{whole.estimate:.2f} ({interval(whole.low, whole.high)})",
    }


def death_frame() -> pd.DataFrame:
    """Deaths, pooled in five ways: which trials are in, and which model joins them."""
    deaths = counted().query("outcome == 'death'")
    alone = deaths[deaths.poolable == "yes"]
    return pd.DataFrame(
        {
            "true effect may differ": _ratio(alone),
            "before 2025": _ratio(alone[alone.trial != "casey2025"]),
            "without the smallest trial": _ratio(alone[alone.trial != "cinar2011"]),
            "true effect one and the same": _ratio(alone, "fixed"),
            "with clusters and the mixture": _ratio(deaths),
        }
    ).T.rename_axis("pool of deaths")


def collapse_frame() -> pd.DataFrame:
    """Collapse and hypotension, trial by trial: of how many, and the risk ratio."""
    rows = counted()
    rows = rows[rows.outcome.isin(["cardiovascular collapse", "hypotension"])]
    rows = rows[rows.poolable == "yes"]
    effects = compared(rows)
    low, high = (np.exp(end) for end in effects.interval())
    return pd.DataFrame(
        {
            "event": rows.outcome.to_numpy(),
            "ketamine": [f"{grouped(r.events_active)} of {grouped(r.n_active)}" for r in rows.itertuples()],
            "etomidate": [
                f"{grouped(r.events_control)} of {grouped(r.n_control)}" for r in rows.itertuples()
            ],
            "risk ratio (95% interval)": [
                f"{np.exp(e):.2f} ({interval(a, b)})"
                for e, a, b in zip(effects.estimate, low, high, strict=True)
            ],
        },
        index=pd.Index(rows.trial.map(table("trials").set_index("trial").label), name="trial"),
    )


def published_pools() -> pd.DataFrame:
    """Pools that others have published, ketamine against etomidate."""
    rows = table("pooled_estimates").query("indication == 'anaesthesia' and comparator == 'etomidate'")
    names = {
        "outcome": "outcome",
        "measure": "measure",
        "estimate": "estimate",
        "low": "from",
        "high": "to",
    }
    return renamed(rows[rows.low.notna()], names | {"k": "trials", "n": "people", "reference": "source"})


def large_trial() -> pd.DataFrame:
    """Every difference printed by the trial of 2025, ketamine minus etomidate (percentage points)."""
    names = {"scale": "outcome", "value": "difference, points", "low": "from", "high": "to"}
    rows = table("trial_differences").query("trial == 'casey2025'")
    return renamed(rows, names | {"note": "note", "reference": "source"})


def skull_frame() -> pd.DataFrame:
    """Pressure inside the skull, ketamine minus opioids (mmHg), pooled by a review."""
    row = table("pooled_estimates").set_index("estimate_id").loc["wang2014_1"]
    said = f"{decimals(row.estimate)} ({interval(row.low, row.high)})"
    return pd.DataFrame(
        {"difference (mmHg, 95% interval)": [said], "after": [row.time]},
        index=pd.Index([short_name(row.reference)], name="pressure inside the skull"),
    )
