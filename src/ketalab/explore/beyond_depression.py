"""Explorables of the lesson on PTSD, anxiety, OCD and alcohol: a reminder and a drug, why small trials
shine, and how many more patients would settle a question."""

from functools import cache, lru_cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullFormatter, NullLocator
from scipy.special import ndtr, ndtri

from ketalab.draw.effect_axis import span
from ketalab.evidence import next_trial as nt
from ketalab.evidence import table
from ketalab.evidence.effect_size import HEDGES_G, normal_quantile
from ketalab.evidence.meta_analysis import pool
from ketalab.evidence.open_questions import YARDSTICK, OpenQuestion, open_questions
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.models import reconsolidation as rc
from ketalab.models.reconsolidation import Account
from ketalab.style import BLACK, BLUE, GREEN, GREY, PALE, VERMILION, figure, legend_above

Z = normal_quantile(0.95)
DASHED = (0, (4, 2))

# A reminder and a drug ----------------------------------------------------------------------------

ACCOUNTS = {
    "blocks opening and storing": Account(opening=1, storing=1, surprise=0),
    "blocks storing only": Account(opening=0, storing=1, surprise=0),
    "makes it surprising only": Account(opening=0, storing=0, surprise=0.8),
    "surprises, and blocks storing a little": Account(opening=0, storing=0.35, surprise=1.2),
}
TURN = 20.0  # min at which a session is half reminder, half something new
STARTS = np.unique(
    np.concatenate([-np.geomspace(26, 1, 30), np.linspace(-1, 1, 81), np.linspace(1, 8, 36)])
)
SEEN = 0.05  # of the memory before: a smaller change would not be seen
MARK = {"stronger": "^", "no effect": "o", "weaker": "v"}
LANES = {"human": 1, "rat": 0, "mouse": 0}


def reminder_and_drug() -> Explorable:
    """When the infusion starts to how strong a memory is a day later, below what was measured."""
    return Explorable(
        name="reminder_and_drug",
        title="A reminder and a drug",
        controls=(
            Choice(
                "account",
                "Ketamine",
                tuple(ACCOUNTS),
                "blocks opening and storing",
                "What ketamine is taken to do to a memory. Four accounts; none is proven.",
            ),
            Steps(
                "length",
                "Session",
                ("reminder, 5 min", "longer reminder, 15 min", "extinction, 60 min"),
                "reminder, 5 min",
                "How long the cue is shown without the old outcome. Short: the memory opens. Long: a new "
                "one is learned. Half and half at 20 min, a number that is ours.",
            ),
            Slider(
                "start",
                "Infusion starts",
                "h",
                -3.0,
                6.0,
                0.1,
                -0.5,
                "Start of a 40-minute infusion of 0.5 mg/kg, counted from the start of the session.",
                (-2.0, -0.5, 0.1, 1.0, 4.0),
            ),
            Slider(
                "peak",
                "Blocked at the peak",
                "%",
                10,
                90,
                5,
                50,
                "Share of NMDA receptors blocked when the plasma level is highest. Not known in people.",
                (50,),
            ),
        ),
        stage=_reminder_stage,
        view=_reminder_view,
        presets={
            "Before a reminder, as a blocker": {},
            "Right after a reminder, as a blocker": {"start": 0.1},
            "Before a reminder, as a surprise": {"account": "makes it surprising only"},
            "During exposure therapy, as a blocker": {"length": "extinction, 60 min", "start": -0.3},
            "Surprise and a little block": {"account": "surprises, and blocks storing a little"},
        },
    )


def _minutes(length: str) -> float:
    return float(length.split(", ")[1].removesuffix(" min"))


@cache
def _experiments(session: str) -> pd.DataFrame:
    """Experiments with a known time of the drug: one row a finding, tested a day or more later."""
    rows = table("memory_experiments")
    rows = rows[(rows.session == session) & rows.hours.notna()]
    special = rows.experiment.isin(["honsberger_3h", "honsberger_opening"])
    return rows[~special].assign(lane=lambda found: found.species.map(LANES))


def _reminder_stage() -> Stage:
    fig = figure(7.6, 4.6)
    signs, main = fig.subplots(2, 1, sharex=True, height_ratios=(1, 3.2))
    main.set(
        xlabel="start of the infusion (h, 0: the session starts)",
        ylabel="memory a day later\n(% of before)",
    )
    main.set_xscale("symlog", linthresh=1, linscale=1.2)
    main.set_xlim(-27, 8)
    hours = {-24: "−24", -6: "−6", -2: "−2", -1: "−1", -0.5: "−½", 0: "0", 0.5: "½", 1: "1", 3: "3", 6: "6"}
    main.set_xticks(list(hours), list(hours.values()))
    main.xaxis.set_minor_locator(NullLocator())
    signs.set(ylim=(-0.6, 1.6))
    signs.set_yticks([1, 0], ["people", "rats, mice"], fontsize=12)
    signs.tick_params(labelbottom=False)
    ring = {"markersize": 19, "markerfacecolor": "none", "markeredgewidth": 2.5}
    artists = {
        "without": main.plot([], [], color=GREY, linestyle=DASHED, label="model, no drug")[0],
        "with": main.plot([], [], color=BLUE, linewidth=3, label="model, ketamine")[0],
        "here": main.plot([], [], "o", color=BLACK, markersize=9, label="your infusion")[0],
        "met": signs.plot([], [], "o", color=BLUE, label="model agrees", **ring)[0],
    }
    for direction, shape in MARK.items():
        label = f"measured: {direction}"
        artists[direction] = signs.plot([], [], shape, color=BLACK, markersize=10, label=label)[0]
    shown = [artists[name] for name in (*MARK, "with", "without", "here", "met")]
    legend_above(fig, shown, columns=3)
    return Stage(fig, {"main": main, "signs": signs}, artists)


@lru_cache(maxsize=256)
def _strengths(account: str, length: str, peak: float) -> tuple[np.ndarray, float]:
    found = rc.remembered(ACCOUNTS[account], STARTS, _minutes(length), peak / 100, TURN)
    return found.strength, found.without


def _direction(change: float) -> str:
    return "stronger" if change > SEEN else "weaker" if change < -SEEN else "no effect"


def _reminder_view(account: str, length: str, start: float, peak: float) -> View:
    strength, without = _strengths(account, length, peak)
    here = rc.remembered(ACCOUNTS[account], start, _minutes(length), peak / 100, TURN)
    session = "extinction" if length.startswith("extinction") else "reminder"
    rows = _experiments(session)
    changes = np.interp(rows.hours, STARTS, strength) - without
    met = np.array([_direction(c) == d for c, d in zip(changes, rows.direction, strict=True)])
    artists = {
        "with": (STARTS, 100 * strength),
        "without": ([STARTS[0], STARTS[-1]], [100 * without] * 2),
        "here": ([start], [100 * here.strength[0]]),
        "met": (rows.hours[met], rows.lane[met]),
    }
    for direction in MARK:
        chosen = rows[rows.direction == direction]
        artists[direction] = (chosen.hours, chosen.lane)
    change = float(here.change[0])
    word = {"stronger": "stronger than", "weaker": "weaker than", "no effect": "as strong as"}
    sentence = (
        f"A day later the memory is {word[_direction(change)]} without the drug; "
        f"this account meets {met.sum()} of {len(rows)} findings."
    )
    readings = [
        Reading("memory with ketamine", 100 * float(here.strength[0]), "%", 2, 0.5),
        Reading("memory without", 100 * without, "%", 2, 0.5),
        Reading("change", f"{round(100 * change):+d} points".replace("+0", "0").replace("-", "−")),
        Reading("opened by the session", 100 * float(here.opened[0]), "%", 2, 0.5),
        Reading("storing that met a block", 100 * float(here.blocked[0]), "%", 2, 0.5),
        Reading("findings met", f"{met.sum()} of {len(rows)}"),
    ]
    top = next(limit for limit in (110.0, 160.0, 220.0) if limit >= 100 * strength.max())
    return View(artists, readings, sentence, {"main.y": (0, top)})


# Why small trials shine ---------------------------------------------------------------------------

GROUPS = (10, 15, 20, 30, 50, 100, 200, 400)
TRIALS = 50


@cache
def _luck() -> np.ndarray:
    """The luck of 50 trials: equally likely deviations from the truth, in standard errors."""
    return ndtri((np.arange(TRIALS) + 0.5) / TRIALS)


def small_trials_shine() -> Explorable:
    """Fifty trials of one size and one true effect: what those that are "significant" print."""
    return Explorable(
        name="small_trials_shine",
        title="Why small trials shine",
        controls=(
            Steps(
                "group",
                "People in each group",
                tuple(map(str, GROUPS)),
                "15",
                "Two equal groups. Outside depression 8 to 50 are usual.",
                tuple(map(str, GROUPS)),
            ),
            Slider(
                "effect",
                "True effect",
                "g",
                0.0,
                1.2,
                0.1,
                0.3,
                "The difference that all fifty trials look for, in standard deviations.",
                (0.0, 0.2, 0.3, 0.5, 0.8),
            ),
        ),
        stage=_shine_stage,
        view=_shine_view,
        presets={
            "15 a group, a small effect": {},
            "15 a group, no effect": {"effect": 0.0},
            "50 a group, a small effect": {"group": "50"},
            "200 a group, a small effect": {"group": "200"},
            "15 a group, a large effect": {"effect": 0.8},
        },
    )


def _shine_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlim=(-1.5, 2.5), ylim=(-1, TRIALS), xlabel="what a trial prints (g, with its 95 % interval)")
    main.set_yticks([])
    main.set_ylabel("50 simulated trials (model)")
    main.grid(visible=False)
    main.axvline(0, color=BLACK, linewidth=1)
    kinds = {"open": GREY, "found": GREEN, "wrong": VERMILION}
    words = {
        "open": "includes no effect",
        "found": "“significant”, better",
        "wrong": "“significant”, worse",
    }
    artists = {kind: _rows(main, colour) for kind, colour in kinds.items()}
    artists |= {
        f"{kind} dots": main.plot([], [], "o", color=colour, markersize=3.5)[0]
        for kind, colour in kinds.items()
    }
    truth = main.plot([], [], color=BLUE, linewidth=2.5, label="true effect")[0]
    mean = main.plot(
        [], [], color=GREEN, linewidth=2.5, linestyle=DASHED, label="mean of the “significant”"
    )[0]
    artists |= {"truth": truth, "mean": mean}
    keys = [
        Line2D([], [], color=kinds[kind], marker="o", markersize=4, label=words[kind]) for kind in kinds
    ]
    legend_above(fig, [*keys, truth, mean], columns=3)
    return Stage(fig, {"main": main}, artists)


def _segments(low: np.ndarray, high: np.ndarray, y: np.ndarray) -> list[list[tuple[float, float]]]:
    """Horizontal bars for a collection of lines."""
    return [[(left, at), (right, at)] for left, right, at in zip(low, high, y, strict=True)]


def _rows(axes: Axes, colour: str) -> LineCollection:
    return axes.add_collection(LineCollection([], colors=colour, linewidths=2.5))


def _shine_view(group: str, effect: float) -> View:
    n = int(group)
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=effect)
    printed = effect + se * _luck()
    low, high = printed - Z * se, printed + Z * se
    kind = np.where(low > 0, "found", np.where(high < 0, "wrong", "open"))
    chosen = nt.selected(effect, se)
    y = np.arange(TRIALS)
    artists = {}
    for name in ("open", "found", "wrong"):
        these = kind == name
        artists[name] = _segments(low[these], high[these], y[these])
        artists[f"{name} dots"] = (printed[these], y[these])
    artists["truth"] = ([effect] * 2, [-1, TRIALS])
    better = kind == "found"
    artists["mean"] = ([printed[better].mean()] * 2, [-1, TRIALS]) if better.any() else None
    larger = "no true effect" if effect == 0 else f"{chosen.exaggeration:.1f} times"
    found = int((kind != "open").sum())
    tail = "all by luck" if effect == 0 else f"printing {chosen.exaggeration:.1f} times the truth"
    readings = [
        Reading("trials “significant”", f"{found} of {TRIALS}"),
        Reading("chance of it (power)", 100 * chosen.power, "%", 2),
        Reading("they print, on average", larger + (" the truth" if effect else "")),
        Reading("of those, wrong side", 100 * chosen.wrong_sign, "%", 2, 0.1),
        Reading("width of an interval", 2 * Z * se, "g", 2),
        Reading("people in a trial", f"{2 * n}"),
    ]
    sentence = f"One trial in {1 / chosen.power:.0f} is “significant”, {tail}."
    if chosen.power > 0.5:
        sentence = f"Of 100 trials {100 * chosen.power:.0f} are “significant”, {tail}."
    fits = printed[0] - Z * se > -1.5 and printed[-1] + Z * se < 2.5
    return View(artists, readings, sentence, {"main.x": (-1.5, 2.5) if fits else (-2.5, 3.5)})


# How many more ------------------------------------------------------------------------------------

SIZES = (10, 20, 50, 100, 200, 300, 500, 1000)
PEOPLE = np.geomspace(10, 1500, 80)
ASKED = {q.name: q.key for q in open_questions().values() if q.condition != YARDSTICK}
BELIEFS = ("as open as the trials leave it", "today's estimate is true", "there is no effect")
FAN = 20
OUTCOME = {"benefit": GREEN, "open": PALE, "small": VERMILION}


def how_many_more() -> Explorable:
    """What one more trial would settle: chances over its size, and twenty equally likely outcomes."""
    return Explorable(
        name="how_many_more",
        title="How many more patients would settle this?",
        controls=(
            Choice(
                "question",
                "Question",
                tuple(ASKED),
                "PTSD, all trials, bias-corrected",
                "The estimate as it stands, on the scale of g.",
            ),
            Choice(
                "belief",
                "What is true",
                BELIEFS,
                BELIEFS[0],
                "Assurance takes the truth to be as open as today's interval; power takes it as known.",
                (BELIEFS[0], BELIEFS[2]),
            ),
            Steps(
                "group",
                "People in each new group",
                tuple(map(str, SIZES)),
                "100",
                "Two equal groups in one more trial.",
                ("20", "50", "100", "300"),
            ),
            Slider(
                "worth",
                "Smallest effect that matters",
                "g",
                0.2,
                0.8,
                0.1,
                0.4,
                "Below this, patients would not bother. A judgement, not a measurement.",
                (0.4,),
            ),
            Slider(
                "tau",
                "How far trials differ",
                "g",
                0.0,
                0.4,
                0.1,
                0.1,
                "Standard deviation of true effects between trials. One estimate can't tell; our range.",
                (0.1,),
            ),
        ),
        stage=_more_stage,
        view=_more_view,
        presets={
            "PTSD, 100 a group": {},
            "PTSD, as large as the trial under way": {"group": "50"},
            "PTSD, if there is no effect": {"belief": BELIEFS[2]},
            "OCD, 50 a group": {"question": "OCD, response at a week", "group": "50"},
            "Alcohol, relapse, 100 a group": {"question": "alcohol, no relapse"},
        },
    )


def _more_stage() -> Stage:
    fig = figure(7.6, 4.6)
    chance, fan = fig.subplots(1, 2, width_ratios=(1.15, 1))
    chance.set(xscale="log", xlim=(10, 1500), ylim=(0, 100))
    chance.set(xlabel="people in each new group", ylabel="of 100 such trials")
    chance.set_xticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1000"])
    chance.xaxis.set_minor_formatter(NullFormatter())
    chance.grid(visible=False)
    artists = {
        name: chance.fill_between([10, 1500], 0, 0, color=colour, linewidth=0)
        for name, colour in OUTCOME.items()
    }
    artists["power"] = chance.plot(
        [], [], color=BLACK, linestyle=DASHED, label="its power, if today's is true"
    )[0]
    artists["here"] = chance.plot([], [], color=BLUE, linewidth=2.5)[0]
    look = {"markersize": 11, "markeredgecolor": "white"}
    artists["planned"] = chance.plot([], [], "v", color=BLACK, label="trial under way", **look)[0]
    fan.set(ylim=(-1.5, FAN + 2.5), xlabel="estimate after it (g)")
    fan.set_yticks([])
    fan.set_ylabel("20 equally likely outcomes (model)", fontsize=12)
    fan.grid(visible=False)
    fan.axvline(0, color=BLACK, linewidth=1)
    artists["worth"] = fan.plot([], [], color=VERMILION, linewidth=1.5, linestyle=DASHED)[0]
    for name, colour in (OUTCOME | {"open": GREY}).items():
        artists[f"{name} bars"] = _rows(fan, colour)
    artists["today"] = fan.plot([], [], color=BLACK, linewidth=4)[0]
    artists["today dot"] = fan.plot([], [], "D", color=BLACK, markersize=9)[0]
    words = {
        "benefit": "shows a benefit",
        "open": "stays open",
        "small": "rules out an effect that matters",
    }
    keys = [Patch(color=OUTCOME[name], label=words[name]) for name in OUTCOME]
    today = Line2D([], [], color=BLACK, linewidth=4, marker="D", label="measured, today")
    legend_above(fig, [*keys, today, artists["power"], artists["planned"]], columns=2)
    return Stage(fig, {"chance": chance, "fan": fan}, artists)


@cache
def _planned(condition: str) -> tuple[int, ...]:
    rows = table("trials_under_way")
    return tuple(rows[rows.domain == condition].per_arm)


def _chances(question: OpenQuestion, belief: str, worth: float, tau: float, n: float) -> tuple:
    """The updated estimate after a trial with n people a group, and the chances of its three outcomes."""
    today = pool(question.effects, "fixed")
    known = {BELIEFS[1]: question.estimate, BELIEFS[2]: 0.0}.get(belief)
    believed = nt.believed(today, known, tau)
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=question.estimate if known is None else known)
    after = nt.updated(today, believed, se)
    half = Z * after.se
    small = float(ndtr((worth - half - after.mean) / after.sd))
    benefit = float(ndtr((after.mean - max(half, worth - half)) / after.sd))
    return after, benefit, small


@lru_cache(maxsize=512)
def _bands(key: str, belief: str, worth: float, tau: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    question = open_questions()[key]
    found = [_chances(question, belief, worth, tau, n)[1:] for n in PEOPLE]
    ses = [nt.standard_error_of_trial(HEDGES_G, n, effect=question.estimate) for n in PEOPLE]
    power = np.array([nt.power(question.estimate, se) for se in ses])
    benefit, small = np.array(found).T
    return 100 * benefit, 100 * small, 100 * power


def _more_view(question: str, belief: str, group: str, worth: float, tau: float) -> View:
    asked, n = open_questions()[ASKED[question]], int(group)
    benefit, small, power = _bands(asked.key, belief, worth, tau)
    after, shows, rules_out = _chances(asked, belief, worth, tau, n)
    low, high = after.intervals(FAN)
    kind = np.where(high < worth, "small", np.where(low > 0, "benefit", "open"))
    planned = _planned(asked.condition)
    artists = {
        "small": (PEOPLE, np.zeros_like(PEOPLE), small),
        "open": (PEOPLE, small, 100 - benefit),
        "benefit": (PEOPLE, 100 - benefit, np.full_like(PEOPLE, 100)),
        "power": (PEOPLE, power),
        "here": ([n, n], [0, 100]),
        "planned": (planned, [96] * len(planned)),
        "worth": ([worth, worth], [-1.5, FAN]),
        "today": (asked.interval, [FAN + 0.8] * 2),
        "today dot": ([asked.estimate], [FAN + 0.8]),
    }
    for name in OUTCOME:
        these = kind == name
        artists[f"{name} bars"] = _segments(low[these], high[these], np.arange(FAN)[these])
    open_ = 1 - shows - rules_out
    settled = PEOPLE[100 - benefit - small <= 20]
    enough = f"{settled[0]:.0f}" if len(settled) else "more than 1,500"
    readings = [
        Reading("today", f"{asked.estimate:.2f} ({span(*asked.interval)})"),
        Reading("shows a benefit", f"{100 * shows:.0f} of 100"),
        Reading("rules out one that matters", f"{100 * rules_out:.0f} of 100"),
        Reading("stays open", f"{100 * open_:.0f} of 100"),
        Reading("width, today and then", f"{asked.width:.2f} and {2 * Z * after.se:.2f}"),
        Reading("a group for 80 of 100 settled", enough),
    ]
    sentence = (
        f"With {2 * n} more people {100 * (1 - open_):.0f} of 100 such trials would settle it, "
        f"{100 * shows:.0f} with a benefit."
    )
    wide = max(abs(end) for end in (*asked.interval, low[0], high[-1]))
    right = next(limit for limit in (1.5, 2.5, 4.0) if limit >= min(wide, 4.0))
    return View(artists, readings, sentence, {"fan.x": (-0.6 * right, right)})
