"""How often people die by suicide or attempt it, as counted in cohorts and in control groups."""

from functools import cache

from ketalab.data.tables import table
from ketalab.metaanalysis.rare_events import risk_of_rate


@cache
def measured_risks() -> dict[str, float]:
    """Share of people with an event by the end of a follow-up, without the treatment in question.

    From `data/suicide_events.csv`. The first year after discharge rests on studies that followed people for
    3 months to 1 year [@chung2017]. Attempts in the clozapine trial: 55 of 490, taking its groups as equal.
    """
    rows = table("suicide_events").set_index("event")
    early, ect = rows.loc["discharge_3months"], rows.loc["ect_two_years"]
    clozapine, lithium = rows.loc["clozapine_attempts"], rows.loc["lithium_events"]
    half = clozapine.n / 2  # the number of people in each arm was not seen
    return {
        "death, 3 months after discharge": risk_of_rate(early.value, early.years),
        "death, 1 year after discharge": risk_of_rate(rows.value["discharge_first_year"], 1.0),
        "death, 2 years after starting ECT": float(ect.events_active / ect.n_active),
        "attempt, 2 years (clozapine trial)": float(clozapine.events_control / half),
        "any event, 1 year (lithium trial)": float(lithium.events_control / lithium.n_control),
    }
