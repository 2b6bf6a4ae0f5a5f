"""What one more trial would settle: chances over its size, and twenty equally likely outcomes."""

from functools import cache, lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullFormatter
from scipy.special import ndtr

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.shared import DASHED, Z, segments, the_rows
from ketalab.metaanalysis import next_trial as nt
from ketalab.metaanalysis.effect_size import HEDGES_G
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.models.open_questions import YARDSTICK, OpenQuestion, open_questions
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, PALE, VERMILION, figure, legend_above
from ketalab.text import grouped, interval

SIZES = {grouped(n): n for n in (10, 20, 50, 100, 200, 300, 500, 1000)}
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
                "The estimate as it stands, in standard deviations (Hedges' g).",
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
                tuple(SIZES),
                "100",
                "Two equal groups in one more trial.",
                ("20", "50", "100", "300"),
            ),
            Slider(
                "worth",
                "Smallest effect that matters",
                "SD",
                0.2,
                0.8,
                0.1,
                0.4,
                "An effect below this is too small to matter to patients. A judgement, not a measurement.",
                (0.4,),
                led=True,
            ),
            Slider(
                "tau",
                "How far trials differ",
                "SD",
                0.0,
                0.4,
                0.1,
                0.1,
                "Standard deviation of the true effects between trials, which one estimate cannot "
                "tell: our assumption.",
                (0.1,),
            ),
        ),
        stage=_more_stage,
        view=_more_view,
        presets={
            "PTSD, 100 a group": {},
            "PTSD, about as large as a trial under way": {"group": "50"},
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
    chance.set_xticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1,000"])
    chance.xaxis.set_minor_formatter(NullFormatter())
    chance.grid(visible=False)
    artists = {
        name: chance.fill_between([10, 1500], 0, 0, color=colour, linewidth=0)
        for name, colour in OUTCOME.items()
    }
    artists["power"] = chance.plot(
        [], [], color=BLACK, linestyle=DASHED, label="power, if today's estimate is true"
    )[0]
    artists["here"] = chance.plot([], [], color=BLUE, linewidth=2.5, label="your trial")[0]
    look = {"markersize": 11, "markeredgecolor": "white"}
    artists["planned"] = chance.plot([], [], "v", color=BLACK, label="trial under way", **look)[0]
    fan.set(ylim=(-1.5, FAN + 2.5), xlabel="estimate after it (SD)")
    fan.set_yticks([])
    fan.set_ylabel("20 equally likely outcomes (model)", fontsize=12)
    fan.grid(visible=False)
    fan.axvline(0, color=BLACK, linewidth=1)
    artists["worth"] = fan.plot(
        [], [], color=VERMILION, linewidth=1.5, linestyle=DASHED, label="what matters"
    )[0]
    for name, colour in (OUTCOME | {"open": GREY}).items():
        artists[f"{name} bars"] = the_rows(fan, colour)
    artists["today"] = fan.plot([], [], color=BLACK, linewidth=4)[0]
    artists["today dot"] = fan.plot([], [], "D", color=BLACK, markersize=9)[0]
    words = {
        "benefit": "shows a benefit",
        "open": "stays open",
        "small": "rules out an effect that matters",
    }
    keys = [Patch(color=OUTCOME[name], label=words[name]) for name in OUTCOME]
    today = Line2D([], [], color=BLACK, linewidth=4, marker="D", label="measured, today")
    keys += [today, *(artists[name] for name in ("power", "worth", "here", "planned"))]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"chance": chance, "fan": fan}, artists)


@cache
def _planned(condition: str) -> tuple[int, ...]:
    rows = table("trials_under_way")
    return tuple(rows[rows.domain == condition].per_arm)


@lru_cache(maxsize=128)
def _believed(key: str, belief: str, tau: float) -> tuple[Pooled, Pooled, float]:
    """Today's estimate, what is believed of the next trial, and the effect that one is planned for."""
    question = open_questions()[key]
    today = pool(question.effects, "fixed")
    known = {BELIEFS[1]: question.estimate, BELIEFS[2]: 0.0}.get(belief)
    return today, nt.predictive(today, known, tau), question.estimate if known is None else known


def _chances(question: OpenQuestion, belief: str, worth: float, tau: float, n: float) -> tuple:
    """The updated estimate after a trial with n people a group, and the chances that it shows a benefit and
    that it rules out an effect worth having."""
    today, believed, effect = _believed(question.key, belief, tau)
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=effect)
    after = nt.add_trial(today, believed, se)
    half = Z * after.se
    small = float(ndtr((worth - half - after.mean) / after.sd))
    benefit = float(ndtr((after.mean - max(half, worth - half)) / after.sd))
    return after, benefit, small


@lru_cache(maxsize=512)
def _bands(key: str, belief: str, worth: float, tau: float) -> tuple[np.ndarray, np.ndarray]:
    question = open_questions()[key]
    benefit, small = np.array([_chances(question, belief, worth, tau, n)[1:] for n in PEOPLE]).T
    return 100 * benefit, 100 * small


@cache
def _power(key: str) -> np.ndarray:
    estimate = open_questions()[key].estimate
    ses = [nt.standard_error_of_trial(HEDGES_G, n, effect=estimate) for n in PEOPLE]
    return np.array([100 * nt.power(estimate, se) for se in ses])


def _more_view(question: str, belief: str, group: str, worth: float, tau: float) -> View:
    asked, n = open_questions()[ASKED[question]], SIZES[group]
    benefit, small = _bands(asked.key, belief, worth, tau)
    after, shows, rules_out = _chances(asked, belief, worth, tau, n)
    low, high = after.intervals(FAN)
    kind = np.where(high < worth, "small", np.where(low > 0, "benefit", "open"))
    planned = _planned(asked.condition)
    artists = {
        "small": (PEOPLE, np.zeros_like(PEOPLE), small),
        "open": (PEOPLE, small, 100 - benefit),
        "benefit": (PEOPLE, 100 - benefit, np.full_like(PEOPLE, 100)),
        "power": (PEOPLE, _power(asked.key)),
        "here": ([n, n], [0, 100]),
        "planned": (planned, [96] * len(planned)),
        "worth": ([worth, worth], [-1.5, FAN]),
        "today": (asked.interval, [FAN + 0.8] * 2),
        "today dot": ([asked.estimate], [FAN + 0.8]),
    }
    for name in OUTCOME:
        these = kind == name
        artists[f"{name} bars"] = segments(low[these], high[these], np.arange(FAN)[these])
    open_ = 1 - shows - rules_out
    settled = PEOPLE[100 - benefit - small <= 20]
    enough = f"{grouped(settled[0])} people" if len(settled) else "more than 1,500 people"
    if len(settled) and settled[0] == PEOPLE[0]:
        enough = "10 people or fewer"
    if asked.interval[0] > 0 and belief == BELIEFS[0]:
        enough = "none: today's interval already excludes zero"
    elif asked.interval[1] < worth and belief == BELIEFS[0]:
        enough = "none: today's interval already lies below it"
    readings = [
        Reading("today", f"{asked.estimate:.2f} ({interval(*asked.interval)})"),
        Reading("shows a benefit", f"{100 * shows:.0f} of 100"),
        Reading("rules out one that matters", f"{100 * rules_out:.0f} of 100"),
        Reading("stays open", f"{100 * open_:.0f} of 100"),
        Reading("width, today and then", f"{asked.width:.2f} and {2 * Z * after.se:.2f}"),
        Reading("people in each group to settle it in 80 of 100", enough),
    ]
    sentence = (
        f"With {grouped(2 * n)} more people {100 * (1 - open_):.0f} of 100 such trials would settle the "
        f"question, {100 * shows:.0f} of them by showing a benefit."
    )
    wide = max(abs(end) for end in (*asked.interval, low[0], high[-1]))
    right = next(limit for limit in (1.5, 2.5, 4.0) if limit >= min(wide, 4.0))
    return View(artists, readings, sentence, {"fan.x": (-0.6 * right, right)})
