"""Five drugs of induction: what each did to pressure and heart rate, from where you start."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l09_anaesthesia_and_emergency.shared import DRUG_COLOUR, HOLLOW, fact
from ketalab.plots.style import DIRECTION_ONLY, GREY, figure

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

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

# What to call a study when its dose does not tell it apart.
SETTING = {
    "elderly": "over 80 years",
    "volunteers92": "volunteers",
    "monograph": "monograph",
    "larijani": "review",
    "anaesthesia85": "equal depth",
    "miller_low": "index < 0.9",
    "miller_high": "index ≥ 0.9",
    "icu22": "critically ill",
}
QUANTITY = {"systolic pressure": "pressure", "heart rate": "pulse"}
EMERGENCY_ROWS = ("suleiman", "icu22", "miller_low", "miller_high")
START = 8  # beats or mmHg between the starting line and a mark of direction alone
PANELS = {"pressure": "systolic pressure (mmHg)", "pulse": "heart rate (per min)"}
KINDS = {"point": "o", "up": ">", "down": "<", "same": "D"}


@dataclass(frozen=True)
class Changes:
    """What the rows of one panel show: changes and their ends, and which mark each row has."""

    value: Array
    low: Array
    high: Array
    percent: Mask
    marks: dict[str, Mask]

    def ends(self, start: float) -> tuple[Array, Array, Array]:
        """Where change, lower and upper end lie when people start from this value."""
        size = np.where(self.percent, start / 100, 1.0)
        return start + size * self.value, start + size * self.low, start + size * self.high


@dataclass(frozen=True)
class Rows:
    """Studies of induction, a row each; every view has its own stretch of y, from which its rows hang."""

    frame: pd.DataFrame
    y: Array
    panels: dict[str, Changes]


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
    return Stage(fig, *pressure_stage(fig, _rows(), fact("pressure_low")))


@cache
def _rows() -> Rows:
    return haemodynamic_rows(table("pressure_at_induction"), DRUGS)


@cache
def _change(study: str, panel: str) -> float:
    """The mean change a study measured."""
    frame = _rows().frame
    return float(frame[frame.study == study][f"{panel}_value"].dropna().iloc[0])


def _pressure_view(who: str, pressure: float, pulse: float) -> View:
    start, unit = {"pressure": pressure, "pulse": pulse}, {"pressure": "mmHg", "pulse": "beats/min"}
    readings = [
        Reading(label, f"{start[panel] + _change(study, panel):.0f} {unit[panel]}")
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
        high = index >= fact("shock_index_high")
        sentence = (
            f"The shock index is {index:.2f}, which is {'high' if high else 'low'}: people like "
            f"this went from "
            f"{pressure:.0f} to about {readings[int(high)].text} after ketamine."
        )
    bottom = 0.0 if who == PLANNED else 2.0
    limits = {f"{panel}.y": (bottom, bottom + 1) for panel in ("names", "pressure", "pulse")}
    return View(place_rows(_rows(), start), readings, sentence, limits)


def haemodynamic_rows(measured: pd.DataFrame, drugs: tuple[str, ...]) -> Rows:
    """Planned surgery (y from 0 to 1) in the order of the drugs, then emergencies (y from 2 to 3)."""
    planned, emergency = (_view(measured, drugs, calm) for calm in (True, False))
    y = [offset + np.linspace(1, 0, len(rows) + 2)[1:-1] for offset, rows in ((0, planned), (2, emergency))]
    frame = pd.concat([planned, emergency], ignore_index=True)
    return Rows(frame, np.concatenate(y), {panel: _changes(frame, panel) for panel in PANELS})


def _view(measured: pd.DataFrame, drugs: tuple[str, ...], planned: bool) -> pd.DataFrame:
    """One row a study and drug with its changes of pressure and of heart rate."""
    calm = ~measured.setting.str.contains("emergency|critically")
    inside = calm if planned else measured.study.isin(EMERGENCY_ROWS)
    kinds = ("change", "percent change", "direction")
    rows = measured[inside & measured.quantity.isin(QUANTITY) & measured.kind.isin(kinds)]
    found = []
    for (study, drug), block in rows.groupby(["study", "drug"], sort=False):
        row = {"study": study, "drug": drug, "label": _label(study, drug, block.iloc[0], planned)}
        for part in block.itertuples():
            name = QUANTITY[part.quantity]
            row |= {f"{name}_{field}": getattr(part, field) for field in ("kind", "value", "low", "high")}
        found.append(row)
    frame = pd.DataFrame(found)
    key, order = (frame.drug, drugs) if planned else (frame.study, EMERGENCY_ROWS)
    return frame.iloc[key.map(order.index).argsort(kind="stable")]


def _label(study: str, drug: str, row: pd.Series, planned: bool) -> str:
    beside = "planned surgery" if not planned and row.setting == "planned surgery" else None
    said = beside or SETTING.get(study, row.dose.split(",")[0])
    n = "" if pd.isna(row.n) else f" ({row.n:.0f})"
    return f"{drug.removeprefix('racemic ')}, {said}{n}"


def _changes(frame: pd.DataFrame, panel: str) -> Changes:
    value, low, high = (frame[f"{panel}_{end}"].to_numpy(float) for end in ("value", "low", "high"))
    direction = (frame[f"{panel}_kind"] == "direction").to_numpy()
    marks = {
        "bar": ~direction & ~np.isnan(low),
        "point": ~direction & ~np.isnan(value),
        "up": direction & (value > 0),
        "down": direction & (value < 0),
        "same": direction & (value == 0),
    }
    percent = (frame[f"{panel}_kind"] == "percent change").to_numpy()
    return Changes(value, low, high, percent, marks)


def pressure_stage(fig: Figure, rows: Rows, low: float) -> tuple[dict[str, Axes], dict[str, Artist]]:
    """Names at the left, then a panel each for pressure and heart rate, with their empty marks."""
    fig.set_layout_engine("none")
    places = {"names": (0.0, 0.31), "pressure": (0.32, 0.385), "pulse": (0.725, 0.26)}
    axes = {name: fig.add_axes((left, 0.125, wide, 0.765)) for name, (left, wide) in places.items()}
    axes["names"].axis("off")
    for at, label in zip(rows.y, rows.frame.label, strict=True):
        axes["names"].text(1, at, label, ha="right", va="center", fontsize=12, clip_on=True)
    axes["names"].text(
        1, -0.1, "(people)", transform=axes["names"].transAxes, ha="right", fontsize=12, color=GREY
    )
    axes["pressure"].set_xlim(25, 280)
    axes["pulse"].set_xlim(30, 190)
    axes["pressure"].axvline(low, color=GREY, linestyle=":", linewidth=1.4)
    artists: dict[str, Artist] = {}
    for panel, label in PANELS.items():
        axes[panel].set(xlabel=label, yticks=[])
        artists[f"{panel} start"] = axes[panel].plot([], [], color=GREY, linestyle="--", linewidth=1.4)[0]
        artists |= _marks(axes[panel], panel, rows)
    keys = [
        Line2D([], [], color=GREY, linestyle="--", linewidth=1.4, label="before"),
        Line2D([], [], marker="o", color=GREY, linewidth=4, label="measured change"),
        Line2D([], [], marker=">", linestyle="none", color=GREY, **HOLLOW, label="direction only"),
        Line2D([], [], marker="D", linestyle="none", color=GREY, **HOLLOW, label="no change"),
        Line2D([], [], color=GREY, linestyle=":", linewidth=1.4, label=f"{low:g} mmHg"),
    ]
    fig.legend(handles=keys, loc="upper left", ncols=5, columnspacing=1.0, handletextpad=0.5)
    return axes, artists


def _marks(axes: Axes, panel: str, rows: Rows) -> dict[str, Artist]:
    """The marks of a panel in the colours of their drugs; filled means a number, hollow a direction."""
    artists: dict[str, Artist] = {}
    colours = rows.frame.drug.map(DRUG_COLOUR).to_numpy()
    for kind, marker in KINDS.items():
        chosen = list(colours[rows.panels[panel].marks[kind]])
        artists[f"{panel} {kind}"] = axes.scatter(
            [0.0] * len(chosen),
            [-9.0] * len(chosen),
            36 if kind == "same" else 56,
            marker=marker,
            facecolors=chosen if kind == "point" else "white",
            edgecolors=chosen,
            gid=None if kind == "point" else DIRECTION_ONLY,
            linewidths=2,
            zorder=4,
        )
    chosen = list(colours[rows.panels[panel].marks["bar"]])
    lines = LineCollection(
        [[(0, -9), (1, -9)]] * len(chosen), colors=chosen, linewidths=4, alpha=0.45, zorder=3
    )
    artists[f"{panel} bar"] = axes.add_collection(lines, autolim=False)
    return artists


def place_rows(rows: Rows, starts: dict[str, float]) -> dict[str, object]:
    """The data of every mark, when people start from these values."""
    shown: dict[str, object] = {}
    for panel, start in starts.items():
        changes = rows.panels[panel]
        value, low, high = changes.ends(start)
        bar = changes.marks["bar"]
        left, right = np.column_stack([low[bar], rows.y[bar]]), np.column_stack([high[bar], rows.y[bar]])
        shown[f"{panel} start"] = ([start, start], [-1, 4])
        shown[f"{panel} bar"] = np.stack([left, right], axis=1)
        for kind, x in (("point", value), ("up", start + START), ("down", start - START), ("same", start)):
            mark = changes.marks[kind]
            shown[f"{panel} {kind}"] = (np.broadcast_to(x, mark.shape)[mark], rows.y[mark])
    return shown
