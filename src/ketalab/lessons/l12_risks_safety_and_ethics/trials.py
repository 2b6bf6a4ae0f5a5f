"""What the lesson on risks counts: outcomes of the esketamine trials, surveys of bladders, its tables."""

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ketalab.data.tables import renamed, table
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.models import benefit_harm, exposure
from ketalab.models.benefit_harm import Outcome
from ketalab.text import chance, decimals, grouped, interval

YOUNGER, OLDER = "under 65 (TRANSFORM-1 and 2)", "65 and over (TRANSFORM-3)"
RESISTANT = "treatment-resistant depression, with a new oral antidepressant"
SEVERE = "severe or serious reaction"
STOPPED = "stopped for a reaction"


@cache
def outcomes(group: str) -> tuple[Outcome, ...]:
    """Benefit first, then harms, of four weeks of esketamine or placebo spray, each with a new tablet.

    Responses are `trial_counts`, reactions `adverse_reactions` and `after_a_dose`, the severe ones
    `severe_reactions`. For people of 65 and over fewer reactions were found.
    """
    if group not in (YOUNGER, OLDER):
        raise ValueError(f"group: {group!r} is not one of {YOUNGER}, {OLDER}")
    trial = {YOUNGER: "transform12", OLDER: "transform3"}[group]
    counts = table("trial_counts")
    row = counts[(counts.trial == trial) & (counts.outcome == "response") & (counts.time_h == 648)].iloc[0]
    found = [
        Outcome(
            "depression halved",
            True,
            int(row.events_active),
            int(row.n_active),
            int(row.events_control),
            int(row.n_control),
        )
    ]
    if group == YOUNGER:
        reactions = table("adverse_reactions").query("drug == 'esketamine' and population == @RESISTANT")
        reactions = reactions.set_index("reaction")
        for name in ("dissociation", "nausea"):
            found.append(_harm(name, reactions.loc[name], "drug", "placebo"))
    found.append(_harm("pressure up 40 mmHg", rise_of_40(group), None, "control"))
    severe = table("severe_reactions").query("trial == @trial").set_index("outcome")
    for name in (SEVERE, STOPPED):
        found.append(_harm(name, severe.loc[name], "active", "control"))
    return tuple(found)


@cache
def rise_of_40(group: str) -> pd.Series:
    """The row of `after_a_dose` that counts a systolic rise of 40 mmHg in this age group."""
    age = group.partition(" (")[0]
    rises = table("after_a_dose").query("definition == 'systolic 40 mmHg up'")
    return rises[rises.people.str.endswith(age)].iloc[0]


def _harm(name: str, row: pd.Series, drug: str | None, control: str) -> Outcome:
    columns = [f"events_{drug}" if drug else "events", f"n_{drug}" if drug else "n"]
    columns += [f"events_{control}", f"n_{control}"]
    return Outcome(name, False, *(int(row[column]) for column in columns))


@cache
def surveys() -> pd.DataFrame:
    """`bladder_surveys` with `value`, `low`, `high` in percent: Wilson's limits where there are counts."""
    rows = table("bladder_surveys").assign(value=lambda frame: frame.percent.astype(float))
    for i, row in rows[rows.events.notna()].iterrows():
        ends = wilson_interval(int(row.events), int(row.n))
        rows.loc[i, ["value", "low", "high"]] = [100 * end for end in ends]
    return rows


def upper_limit(n: int, level: float = 0.95) -> float:
    """Upper limit of a risk (0 to 1) after no event in n people: 1 - (1 - level)^(1/n), nearly 3/n."""
    if n < 1:
        raise ValueError(f"n: {n} is not allowed; it must be 1 or more people")
    return 1 - (1 - level) ** (1 / n)


# Tables of the lesson ---------------------------------------------------------------------------------

SECOND = {
    "depression halved": 10,
    "dissociation": 3,
    "nausea": 1,
    "pressure up 40 mmHg": 1,
    SEVERE: 1,
}


def _columns(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """These columns under the names a reader sees, for a sortable table with its sources."""
    return renamed(rows, names).reset_index(drop=True)


def hours() -> pd.DataFrame:
    """How long effects last, in minutes, with the source of each row."""
    rows = table("after_a_dose").query("unit == 'min'")
    rows = rows.assign(note=rows.note.str.replace(r" \[[a-z0-9]+, abstract\]", "", regex=True))
    names = {"effect": "effect", "quantity": "what", "value": "minutes", "low": "from", "high": "to"}
    return _columns(rows, names | {"people": "in", "note": "note", "reference": "source"})


def rises() -> pd.DataFrame:
    """People under 65 and over whose systolic pressure once rose by 40 mmHg, with 95% intervals (%)."""
    found = []
    for group in (YOUNGER, OLDER):
        row = rise_of_40(group)
        share, low, high = (100 * end for end in wilson_interval(int(row.events), int(row.n)))
        found.append(
            (
                group,
                f"{grouped(row.events)} of {grouped(row.n)}",
                decimals(share, 1),
                interval(low, high, 1),
                f"{row.events_control:.0f} of {row.n_control:.0f}",
            )
        )
    names = ["people", "up by 40 mmHg", "in 100", "95% interval", "with placebo"]
    return pd.DataFrame(found, columns=names).set_index("people")


def forms() -> pd.DataFrame:
    """What the monitoring forms of the spray counted, in percent of sessions."""
    rows = table("after_a_dose").query("reference == 'sanacora2025'")
    shares = [
        f"below {row.high:g}" if pd.isna(row.value) else f"{row.value:g}" for row in rows.itertuples()
    ]
    return pd.DataFrame(
        {
            "effect": rows.effect,
            "counted by": rows.definition,
            "% of sessions": shares,
            "sessions": [grouped(n) for n in rows.n],
        }
    ).set_index("effect")


def spreads() -> pd.DataFrame:
    """The standard deviation of rises (mmHg) that joins a printed mean and a counted tail."""
    found = []
    for mean in (3.28, 12.61):
        for group in (YOUNGER, OLDER):
            row = rise_of_40(group)
            spread = exposure.spread_behind(40, mean, row.events / row.n)
            found.append((mean, group, row.value, round(spread)))
    names = ["mean (mmHg)", "people", "40 mmHg or more (in 100)", "spread (mmHg)"]
    return pd.DataFrame(found, columns=names).set_index("mean (mmHg)")


def bladder_odds() -> pd.DataFrame:
    """By symptom: what one more day of use does to the odds, after how many days they double, and the days
    at which the users of the survey stand."""
    rows = table("bladder_odds").query("reference == 'cpmc2013'")
    share = surveys().set_index("survey").value / 100
    odds = share / (1 - share)
    gap = np.log(odds["online_recent"] / odds["online_never"])
    return pd.DataFrame(
        {
            "symptom": rows.symptom,
            "odds, one more day": rows.odds_ratio,
            "days until doubled": (np.log(2) / np.log(rows.odds_ratio)).round(),
            "days that give 30% for 24%": (gap / np.log(rows.odds_ratio)).round(),
        }
    ).set_index("symptom")


def safeguards() -> pd.DataFrame:
    """Contraindications, rules, warnings and guidance, with their sources."""
    names = {"kind": "kind", "what": "what", "why": "why", "drug": "drug", "place": "place"}
    return _columns(table("safeguards"), names | {"reference": "source"})


FACTS = {
    "value": "value",
    "low": "from",
    "high": "to",
    "unit": "unit",
    "note": "note",
    "reference": "source",
}


def home_use() -> pd.DataFrame:
    """What is printed about ketamine tablets at home, with the sources."""
    rows = table("decision_facts").query("topic == 'home use'")
    return _columns(rows, {"measure": "what", "group": "in"} | FACTS)


def decisions() -> pd.DataFrame:
    """Preferences, distance, race and ethnicity, clinics and advertising, with the sources."""
    rows = table("decision_facts").query("topic != 'home use'")
    rows = rows.assign(topic=rows.topic.replace("background", "race and ethnicity"))
    names = {"topic": "topic", "measure": "what", "group": "in", "compared_with": "against"}
    return _columns(rows, names | FACTS)


def label_changes() -> pd.DataFrame:
    """What the US label of the spray and its maker say of breathing, dissociation and the bladder."""
    rows = table("label_changes").sort_values("date", kind="stable")
    names = {"date": "date", "topic": "about", "statement": "what is said", "note": "note"}
    return _columns(rows, names | {"reference": "source"})


def interactions() -> pd.DataFrame:
    """What other medicines did to the level or the effect of ketamine, with the sources."""
    rows = table("drug_interactions")
    rows = rows.assign(result=[_result(row) for row in rows.itertuples()])
    names = {"partner": "other medicine", "through": "acts by", "ketamine": "ketamine", "people": "in"}
    names |= {"measure": "what was measured", "result": "with the other medicine", "note": "note"}
    return _columns(rows, names | {"reference": "source"})


def _result(row: NamedTuple) -> str:
    """What the other medicine did, with the ratio of levels and P where they were printed."""
    words = "no change found" if row.direction == "no change" else row.direction
    if pd.notna(row.ratio):
        words += f", {row.ratio:g} times"
    if pd.notna(row.low):
        words += f" ({interval(row.low, row.high, 1)})"
    if pd.notna(row.p) and row.p:
        words += f" (P < {row.p[1:]})" if row.p.startswith("<") else f" (P = {row.p})"
    return words


def guidelines() -> pd.DataFrame:
    """What guidelines and health services say of ketamine and esketamine in depression."""
    names = {"body": "who", "place": "where", "year": "year", "drug": "drug", "people": "for whom"}
    return _columns(table("treatment_guidelines"), names | {"says": "what it says", "reference": "source"})


def liking() -> pd.DataFrame:
    """How much people who use several drugs for pleasure liked the spray and an infusion."""
    names = {"people": "in", "n": "people", "compared": "compared", "finding": "finding", "note": "note"}
    return _columns(table("abuse_liability"), names | {"reference": "source"})


def lasting() -> pd.DataFrame:
    """Reports on harms that may last, with the sources."""
    names = {"topic": "topic", "setting": "setting", "people": "in", "finding": "finding", "reads": "reads"}
    return _columns(table("lasting_harms"), names | {"n": "n", "note": "note", "reference": "source"})


@cache
def _simulated() -> benefit_harm.Simulation:
    return benefit_harm.simulate(outcomes(YOUNGER))


def balance_counts() -> pd.DataFrame:
    """Counts of four weeks of the spray under 65, and extra people in 1,000 with the simulated 95%."""
    simulated = _simulated()
    found = []
    for outcome, (low, high) in zip(simulated.outcomes, simulated.interval(), strict=True):
        fates = benefit_harm.outcome_partition(outcome)
        found.append(
            (
                outcome.name,
                f"{outcome.events_drug} of {outcome.n_drug}",
                f"{outcome.events_control} of {outcome.n_control}",
                decimals(fates.caused - fates.prevented, 0, sign=True),
                f"{decimals(low, 0, sign=True)} to {decimals(high, 0, sign=True)}",
            )
        )
    names = ["outcome", "with the spray", "with placebo", "extra in 1,000", "95% of simulated trials"]
    return pd.DataFrame(found, columns=names).set_index("outcome")


def four_readers() -> pd.DataFrame:
    """What four readers' weights make of the same counts, in points for 1,000 people, and the second
    reader's balance if nobody who was lost got better."""
    counted, simulated = outcomes(YOUNGER), _simulated()
    everybody = (replace(counted[0], n_drug=346, n_control=222), *counted[1:])  # all who were randomised
    readers = (
        ("everything 1", dict.fromkeys(SECOND, 1), 1.0),
        ("mood 10, dissociation 3, the rest 1", SECOND, 1.0),
        ("the same, dissociation 4", SECOND | {"dissociation": 4}, 1.0),
        ("as the second, half of the benefit expectancy", SECOND, 0.5),
    )
    found = [
        (
            name,
            decimals(benefit_harm.expected_net(counted, weights, credit), 0, sign=True),
            chance(float(np.mean(simulated.net(weights, credit) > 0))),
        )
        for name, weights, credit in readers
    ]
    lost = decimals(benefit_harm.expected_net(everybody, SECOND), 0, sign=True)
    found.append(("as the second, nobody who was lost got better", lost, "not simulated"))
    return pd.DataFrame(
        found, columns=["reader", "balance (points)", "simulated trials on the drug's side"]
    ).set_index("reader")


def none_seen() -> pd.DataFrame:
    """What "none seen" leaves open: people followed, and the upper 95% limit of the risk in 1,000."""
    people = (100, 346, 1709)
    limits = [round(1000 * upper_limit(n), 2) for n in people]
    written = [grouped(n) for n in people]
    return pd.DataFrame({"none seen in": written, "at most, in 1,000": limits}).set_index("none seen in")
