"""What is over, on average, so many minutes after a dose of the spray, and what the rules say."""

from functools import cache

from matplotlib.collections import PolyCollection

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l12_risks_safety_and_ethics.shared import Box, box
from ketalab.plots.style import BLACK, DRUG, GREY, PALE, VERMILION, figure, legend_above
from ketalab.text import listed

US, EU = "United States: about 4 hours", "European Union: 1 to 2 hours"
LAST = 300  # min, where the axis ends
EFFECTS = ("dissociation", "slower thinking", "raised pressure", "sleepiness")
NAMES = {"thinking": "slower thinking", "blood pressure": "raised pressure"}  # in the table, and here
ROWS = (*EFFECTS, "watched", "no driving")
OVER = "over, on average"


def going_home() -> Explorable:
    """What is over, on average, so many minutes after a dose of the spray, and what the rules say."""
    return Explorable(
        name="going_home",
        title="After the spray: when can you go home?",
        controls=(
            Slider(
                "minutes",
                "Minutes since the dose",
                "min",
                0,
                LAST,
                10,
                0,
                "A dose is 56 or 84 mg of esketamine as a nasal spray, given in a clinic.",
                (0, 40, 90, 120, 180, 240, 300),
            ),
            Choice(
                "text",
                "How long is pressure raised?",
                (US, EU),
                US,
                "Two official texts describe the same trials differently.",
                (US, EU),
            ),
        ),
        stage=_home_stage,
        view=_home_view,
        presets={
            "The peak": {"minutes": 40},
            "The feeling is gone": {"minutes": 90},
            "Two hours, by the US text": {"minutes": 120},
            "Two hours, by the EU text": {"minutes": 120, "text": EU},
            "Four hours": {"minutes": 240},
        },
    )


@cache
def _ends() -> dict[str, float]:
    """Minutes until each effect was over on average, and how long people must be watched at least."""
    rows = table("after_a_dose").dropna(subset=["value"])
    over = rows[rows.quantity == "over by"].set_index("effect").value.rename(NAMES)
    watched = rows[rows.effect == "observation"].value.iloc[0]
    return {row: over[row] for row in EFFECTS} | {"watched": watched, "no driving": float(LAST)}


@cache
def _europe() -> tuple[float, float]:
    """The European text's range of minutes for the rise of pressure."""
    row = table("after_a_dose").query("reference == 'ema2020' and effect == 'blood pressure'").iloc[0]
    return float(row.low), float(row.high)


def _home_stage() -> Stage:
    fig = figure(7.6, 4.3)
    main = fig.subplots()
    main.set(xlim=(-4, LAST + 4), ylim=(len(ROWS) - 0.5, -0.5), xlabel="minutes after the dose")
    main.set_xticks(range(0, LAST + 1, 60))
    main.set_yticks(range(len(ROWS)), ROWS)
    main.axhline(3.5, color=PALE)
    main.grid(False, axis="y")
    artists = {
        "over": main.add_collection(PolyCollection([], color=PALE, label="over, on average")),
        "perhaps": main.add_collection(
            PolyCollection([], facecolor="white", edgecolor=VERMILION, hatch="///", label="perhaps")
        ),
        "still": main.add_collection(PolyCollection([], color=DRUG["esketamine"], label="not over")),
        "rule": main.add_collection(PolyCollection([], color=GREY, label="a rule")),
        "peak": main.plot([], [], "^", color=BLACK, markersize=11, label="peak, measured")[0],
        "now": main.plot([], [], color=BLACK, linewidth=2.4)[0],
        "next": main.text(LAST, 5, "", ha="right", va="center", fontsize=13, color="white"),
    }
    legend_above(fig, [artists[name] for name in ("still", "perhaps", "over", "rule", "peak")], columns=5)
    return Stage(fig, {"main": main}, artists)


def _home_view(minutes: float, text: str) -> View:
    ends = {row: (end, end) for row, end in _ends().items()}  # from when perhaps, from when surely
    if text == EU:
        ends["raised pressure"] = _europe()

    def state(row: str) -> str:
        perhaps, surely = ends[row]
        return "not over" if minutes < perhaps else "perhaps over" if minutes < surely else OVER

    boxes: dict[str, list[Box]] = {"over": [], "still": [], "rule": []}
    for y, row in enumerate(ROWS):
        perhaps, surely = ends[row]
        begun = minutes >= perhaps and row != "no driving"
        kind = "over" if begun else "still" if row in EFFECTS else "rule"
        boxes[kind].append(box(0, surely if minutes >= surely else perhaps, y))
    open_question = state("raised pressure") != OVER and text == EU
    artists = boxes | {
        "perhaps": [box(*ends["raised pressure"], 2)] if open_question else None,
        "peak": ([40, 40, 40], [0, 1, 2]),
        "now": ([minutes, minutes], [-0.5, 5.5]),
        "next": (LAST - 4 if minutes < 150 else 127, 5, "until tomorrow, after sleep"),  # beside the line
    }
    leave = state("watched") == OVER
    readings = [
        *(Reading(row, state(row)) for row in EFFECTS),
        Reading("leave the clinic", "if assessed as ready" if leave else "no: watched for 2 hours"),
        Reading("drive", "no: tomorrow, after sleep"),
    ]
    going = [row for row in EFFECTS if state(row) != OVER]
    what = f"not yet over: {listed(going)}" if going else "all four effects are over, on average"
    rule = (
        "you may leave if assessed as ready, with somebody else driving" if leave else "stay and be watched"
    )
    return View(artists, readings, f"{minutes:.0f} min after the dose, {what}; {rule}.")
