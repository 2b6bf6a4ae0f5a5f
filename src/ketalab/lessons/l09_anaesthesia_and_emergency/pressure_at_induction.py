"""Five drugs of induction: what each did to pressure and heart rate, from where you start."""

from functools import cache

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l09_anaesthesia_and_emergency import figures as draw
from ketalab.plots.style import figure

LOW = 90.0  # mmHg, the systolic pressure below which three of the studies speak of low pressure
SHOCK_INDEX = 0.9  # heart rate over systolic pressure, the border in Miller 2016
PLANNED, EMERGENCY = "planned surgery, volunteers", "emergency, critical illness"
# What is read out, by view: study and panel.
SHOWN = {
    PLANNED: {
        "ketamine 2 mg/kg, pressure": ("suleiman", "pressure"),
        "ketamine 2 mg/kg, heart rate": ("suleiman", "pulse"),
        "propofol 2.5 mg/kg, pressure": ("muzi", "pressure"),
    },
    EMERGENCY: {
        "shock index below 0.9, pressure": ("miller_low", "pressure"),
        "0.9 or more, pressure": ("miller_high", "pressure"),
        "0.9 or more, heart rate": ("miller_high", "pulse"),
    },
}
DRUGS = ("racemic ketamine", "esketamine", "etomidate", "thiopental", "propofol")


def pressure_at_induction() -> Explorable:
    """Five drugs of induction: what each did to pressure and heart rate, from where you start."""
    return Explorable(
        name="pressure_at_induction",
        title="Pressure and pulse after induction",
        controls=(
            Choice(
                "who",
                "In whom",
                (PLANNED, EMERGENCY),
                PLANNED,
                "Whose measurements you see.",
            ),
            Slider(
                "pressure",
                "Pressure before",
                "mmHg",
                70,
                180,
                5,
                130,
                "Systolic. Every measured mean change is added to it, as if the starting value did not "
                "matter.",
                (90, 130, 160),
            ),
            Slider(
                "pulse",
                "Heart rate before",
                "beats/min",
                50,
                140,
                5,
                75,
                "Measured changes are added to it. Over the pressure it gives the shock index.",
                (75, 110),
            ),
        ),
        stage=_pressure_stage,
        view=_pressure_view,
        presets={
            "A planned operation": {},
            "High pressure before": {"pressure": 160},
            "Intubated before hospital, stable": {"who": EMERGENCY},
            "Intubated before hospital, near shock": {"who": EMERGENCY, "pressure": 90, "pulse": 110},
        },
    )


def _pressure_stage() -> Stage:
    fig = figure(7.6, 4.6)
    return Stage(fig, *draw.pressure_stage(fig, _rows(), LOW))


@cache
def _rows() -> draw.Rows:
    return draw.haemodynamic_rows(table("pressure_at_induction"), DRUGS)


def _pressure_view(who: str, pressure: float, pulse: float) -> View:
    start, unit = {"pressure": pressure, "pulse": pulse}, {"pressure": "mmHg", "pulse": "beats/min"}
    readings = [
        Reading(label, f"{start[panel] + _rows().change(study, panel):.0f} {unit[panel]}")
        for label, (study, panel) in SHOWN[who].items()
    ]
    index = pulse / pressure
    readings.append(Reading("shock index before", index, "", 2))
    if who == PLANNED:
        sentence = (
            f"From {pressure:.0f} mmHg: about {readings[0].text} after ketamine and {readings[2].text} "
            "after propofol, if the mean change holds wherever you start."
        )
    else:
        high = index >= SHOCK_INDEX
        sentence = (
            f"The shock index is {index:.2f}, which is {'high' if high else 'low'}: people like "
            f"this went from "
            f"{pressure:.0f} to about {readings[int(high)].text} after ketamine."
        )
    bottom = 0.0 if who == PLANNED else 2.0
    limits = {f"{panel}.y": (bottom, bottom + 1) for panel in ("names", "pressure", "pulse")}
    return View(draw.place_rows(_rows(), start), readings, sentence, limits)
