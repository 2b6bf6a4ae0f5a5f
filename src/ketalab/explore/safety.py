"""Explorables of the lesson on risks: hours after a dose, pressure, the bladder, a balance of weights."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ketalab.evidence import risks, table
from ketalab.evidence.number_needed import wilson_interval
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.explore.plasma import ceiling
from ketalab.models import benefit_harm, exposure
from ketalab.style import BLACK, DRUG, GREEN, GREY, PALE, PURPLE, VERMILION, figure, legend_above

OPEN = {"linestyle": "none", "markerfacecolor": "white", "markeredgewidth": 2.4}
Box = list[tuple[float, float]]


def _box(left: float, right: float, y: float, half: float = 0.3) -> Box:
    return [(left, y - half), (right, y - half), (right, y + half), (left, y + half)]


# The hours after a dose ----------------------------------------------------------------------------

US, EU = "United States: about 4 hours", "European Union: 1 to 2 hours"
LAST = 300  # min, where the axis ends
EFFECTS = ("dissociation", "slower thinking", "blood pressure", "sleepiness")
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
                "Two official texts on the same trials disagree.",
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
    over = (
        rows[rows.quantity == "over by"].set_index("effect").value.rename({"thinking": "slower thinking"})
    )
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
        ends["blood pressure"] = _europe()

    def state(row: str) -> str:
        perhaps, surely = ends[row]
        return "not over" if minutes < perhaps else "perhaps over" if minutes < surely else OVER

    boxes: dict[str, list[Box]] = {"over": [], "still": [], "rule": []}
    for y, row in enumerate(ROWS):
        perhaps, surely = ends[row]
        begun = minutes >= perhaps and row != "no driving"
        kind = "over" if begun else "still" if row in EFFECTS else "rule"
        boxes[kind].append(_box(0, surely if minutes >= surely else perhaps, y))
    open_question = state("blood pressure") != OVER and text == EU
    artists = boxes | {
        "perhaps": [_box(*ends["blood pressure"], 2)] if open_question else None,
        "peak": ([40, 40, 40], [0, 1, 2]),
        "now": ([minutes, minutes], [-0.5, 5.5]),
        "next": (LAST - 4, 5, "until tomorrow, after sleep"),
    }
    leave = state("watched") == OVER
    readings = [
        *(Reading(row, state(row)) for row in EFFECTS),
        Reading("leave the clinic", "if assessed as ready" if leave else "no: watched for 2 hours"),
        Reading("drive", "no: tomorrow, after sleep"),
    ]
    going = [row for row in EFFECTS if state(row) != OVER]
    what = f"not all over: {', '.join(going)}" if going else "all four effects are over, on average"
    rule = "you may leave if assessed as ready, with somebody else driving" if leave else "you are watched"
    return View(artists, readings, f"{minutes:.0f} min after the dose, {what}; {rule}.")


# The bladder by days of use ------------------------------------------------------------------------

HALF_YEAR = 180  # days, the window of the survey
DAYS = np.linspace(0, HALF_YEAR, 91)
ASKED = "measured: asked, any of five"
TOLD = "measured: spray in a trial, told"


def bladder_by_days() -> Explorable:
    """Share with a urinary symptom by days of non-medical use, from the odds of one survey."""
    return Explorable(
        name="bladder_by_days",
        title="Bladder symptoms by days of non-medical use",
        controls=(
            Choice(
                "symptom",
                "Symptom",
                tuple(_odds()),
                "frequent urination",
                "Four symptoms of the survey; each has its own odds for one more day of use.",
                tuple(_odds()),
            ),
            Slider(
                "days",
                "Days of use in half a year",
                "days",
                0,
                HALF_YEAR,
                1,
                20,
                "Days on which ketamine was used, outside medicine, in the last 180.",
                (0, 20, 90, 180),
            ),
            Slider(
                "baseline",
                "Share without ketamine",
                "%",
                1,
                30,
                1,
                24,
                "Yours to choose: the abstract gives 24 % for any of five symptoms, none for each alone.",
                (5, 24),
            ),
        ),
        stage=_bladder_stage,
        view=_bladder_view,
        presets={
            "A few weekends": {},
            "Every weekend": {"days": 52},
            "Every second day": {"days": 90},
            "Every day": {"days": 180},
            "If it is rare without the drug": {"baseline": 5, "days": 90},
        },
    )


@cache
def _odds() -> dict[str, float]:
    """Odds ratio for one more day of use in 180, by symptom."""
    rows = table("bladder_odds").query("reference == 'cpmc2013'")
    return dict(zip(rows.symptom, rows.odds_ratio, strict=True))


def _bladder_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlim=(-4, HALF_YEAR + 2), ylim=(0, 100))
    main.set(xlabel="days of use in the last 180", ylabel="people with the symptom (%)")
    main.set_xticks(range(0, HALF_YEAR + 1, 30))
    rows = risks.surveys().set_index("survey")
    asked = _measured(main, rows.loc["online_never"], 0, VERMILION, ASKED)
    recent = rows.loc["online_recent"]
    main.fill_between([1, HALF_YEAR], recent.low, recent.high, color=VERMILION, alpha=0.22, linewidth=0)
    words = "measured: users of the last 180 days, any of five"
    main.text(HALF_YEAR - 1, recent.low - 1, words, ha="right", va="top", fontsize=12.5)
    told = _measured(main, rows.loc["esketamine_4_weeks"], 8, DRUG["esketamine"], TOLD)
    artists = {
        "curve": main.plot([], [], color=BLACK, label="one symptom, model")[0],
        "stem": main.plot([], [], color=PURPLE, linewidth=1.6, linestyle="--")[0],
        "you": main.plot([], [], "D", color=PURPLE, markersize=10, label="your setting, model")[0],
    }
    legend_above(fig, [artists["curve"], artists["you"], asked, told], columns=2)
    return Stage(fig, {"main": main}, artists)


def _measured(axes: Axes, row, x: float, colour: str, label: str):
    ends = [[row.value - row.low], [row.high - row.value]]
    look = {"color": colour, "fmt": "o", "markersize": 10, "elinewidth": 2.4} | OPEN
    return axes.errorbar([x], [row.value], ends, label=label, **look)


def _bladder_view(symptom: str, days: float, baseline: float) -> View:
    rate = _odds()[symptom]
    curve = 100 * exposure.share_after_days(DAYS, baseline / 100, rate)
    share = 100 * float(exposure.share_after_days(days, baseline / 100, rate))
    artists = {
        "curve": (DAYS, curve),
        "stem": ([days, days], [0, share]),
        "you": ([days], [share]),
    }
    readings = [
        Reading("odds, one more day", f"× {rate:g}"),
        Reading("odds, all these days", f"× {significant(rate**days, 2)}"),
        Reading("without ketamine", f"{baseline:.0f} in 100"),
        Reading("with it", f"{share:.0f} in 100"),
        Reading("more than without", f"{share - baseline:.0f} in 100"),
    ]
    sentence = (
        f"If every day counts the same, {days:.0f} days of non-medical use in half a year mean "
        f"{symptom} in {share:.0f} of 100 people, against {baseline:.0f} without."
    )
    return View(artists, readings, sentence)


# A balance with your own weights -------------------------------------------------------------------

COUNTED = (
    ("depression halved", "better", "depression\nhalved"),
    ("dissociation", "dissociation", "dissociation"),
    ("nausea", "nausea", "nausea"),
    ("pressure up 40 mmHg", "pressure", "pressure up\n40 mmHg"),
    (risks.SEVERE, "severe", "severe or\nserious reaction"),
)
WORDS = {
    "better": (
        "depression halved",
        "One more person whose depression score is half or less after 4 weeks.",
    ),
    "dissociation": ("dissociation", "One more person who reports dissociation, for an hour or two."),
    "nausea": ("nausea", "One more person who reports nausea."),
    "pressure": ("pressure up 40", "One more person whose systolic pressure once rises by 40 mmHg."),
    "severe": ("severe reaction", "One more person with a severe or serious common reaction."),
}


ALIKE = dict.fromkeys(WORDS, 1)


def _weight(name: str) -> Slider:
    label, explained = WORDS[name]
    stops = {"better": (0, 1, 5, 10), "dissociation": (0, 1, 3, 10), "severe": (0, 1, 10)}.get(name, ())
    return Slider(name, f"Weight of {label}", "points", 0, 10, 1, 0, explained, stops)


def balance_of_1000() -> Explorable:
    """Four weeks of the spray for 1,000 people: counts of the trials, weights of the reader."""
    return Explorable(
        name="balance_of_1000",
        title="Of 1,000 people: what is it worth to you?",
        controls=(
            Choice(
                "people",
                "People",
                (risks.YOUNGER, risks.OLDER),
                risks.YOUNGER,
                "All had a depression that drugs had not helped; all took a new tablet, too.",
            ),
            *(_weight(name) for name in WORDS),
            Slider(
                "credit",
                "Benefit that is the drug's",
                "%",
                0,
                100,
                5,
                100,
                "How much of the extra benefit you credit to the drug, not to knowing that one got it.",
                (50, 100),
            ),
        ),
        stage=_balance_stage,
        view=_balance_view,
        presets={
            "Nothing weighs yet": {},
            "Everything weighs the same": ALIKE,
            "Only the depression weighs": {"better": 10},
            "Mood 10, dissociation 3, the rest 1": ALIKE | {"better": 10, "dissociation": 3},
            "The same, half of it belief": ALIKE | {"better": 10, "dissociation": 3, "credit": 50},
            "Mood 10, the severe 10, the rest 1": ALIKE | {"better": 10, "severe": 10},
            "65 and over: mood 10, the rest 1": ALIKE | {"people": risks.OLDER, "better": 10},
        },
    )


@cache
def _worlds(people: str) -> benefit_harm.Simulation:
    return benefit_harm.simulate(risks.outcomes(people))


@cache
def _extra(people: str) -> dict[str, tuple[float, float, float]]:
    """By outcome: extra people per 1,000 as observed, and the limits of the simulated worlds."""
    worlds = _worlds(people)
    found = {}
    for outcome, (low, high) in zip(worlds.outcomes, worlds.interval(), strict=True):
        fates = benefit_harm.fates(outcome)
        found[outcome.name] = (fates.extra - fates.spared, float(low), float(high))
    return found


def _balance_stage() -> Stage:
    fig = figure(7.6, 4.7)
    left, right = fig.subplots(1, 2, sharey=True)
    k = len(COUNTED)
    left.set(xlim=(-160, 460), ylim=(k + 0.6, -0.6), xlabel="extra people in 1,000")
    right.set_xlabel("points to you")
    right.xaxis.set_major_locator(MaxNLocator(4, prune="both"))
    right.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    left.set_xticks([0, 200, 400])
    left.set_yticks(range(k + 1), [label for *_, label in COUNTED] + ["balance"])
    left.get_yticklabels()[-1].set_weight("bold")
    for axes in (left, right):
        axes.axvline(0, color=BLACK, linewidth=1.4)
        axes.axhline(k - 0.5, color=PALE)
        axes.grid(False, axis="y")
    artists = {
        "good bars": left.hlines([], [], [], color=GREEN, linewidth=2.6),
        "bad bars": left.hlines([], [], [], color=VERMILION, linewidth=2.6),
        "good": left.plot([], [], "o", color=GREEN, markersize=10, label="benefit, measured", **OPEN)[0],
        "bad": left.plot([], [], "s", color=VERMILION, markersize=10, label="harm, measured", **OPEN)[0],
        "credited": left.plot([], [], "d", color=BLACK, markersize=8, label="credited, model")[0],
        "for": right.add_collection(PolyCollection([], color=GREEN, alpha=0.55)),
        "against": right.add_collection(PolyCollection([], color=VERMILION, alpha=0.55)),
        "net bars": right.hlines([], [], [], color=BLACK, linewidth=2.6),
        "net": right.plot([], [], "D", color=BLACK, markersize=10, label="balance, model")[0],
        "silent": left.text(0, 1.5, "", ha="left", va="center", fontsize=12.5, color=GREY),
    }
    legend_above(fig, [artists[name] for name in ("good", "bad", "credited", "net")], columns=4)
    return Stage(fig, {"left": left, "right": right}, artists)


def _balance_view(people: str, credit: float, **points: float) -> View:
    extra = _extra(people)
    weights = {outcome: points[name] for outcome, name, _ in COUNTED if outcome in extra}
    net = _worlds(people).net(weights, credit / 100)
    middle = benefit_harm.expected_net(risks.outcomes(people), weights, credit / 100)
    low, high = np.percentile(net, [2.5, 97.5])
    artists = _balance_artists(extra, weights, credit / 100) | {
        "net": ([middle], [len(COUNTED)]),
        "net bars": [[(low, len(COUNTED)), (high, len(COUNTED))]],
        "credited": ([extra["depression halved"][0] * credit / 100], [0.34]),
        "silent": (20, 1.5, "" if people == risks.YOUNGER else "no count found"),
    }
    share = f"{100 * float(np.mean(net > 0)):.0f} %" if any(weights.values()) else "nothing weighs yet"
    readings = [
        Reading("balance", f"{middle:+,.0f} points" if middle else "0 points"),
        Reading(
            "95 % of the worlds", f"{low:+,.0f} to {high:+,.0f}" if any(weights.values()) else "all at 0"
        ),
        Reading("worlds on the drug's side", share),
        Reading("a severe reaction tips it at", _tip(people, weights, credit / 100)),
    ]
    side = f"{middle:+,.0f} points, {'for' if middle > 0 else 'against'} the drug" if middle else "0 points"
    sentence = f"With these weights the balance of 1,000 people is {side}"
    reach = ceiling(
        max(abs(low), abs(high), *(abs(w * extra[name][0]) for name, w in weights.items()), 100)
    )
    return View(artists, readings, f"{sentence}.", {"right.x": (-reach, reach)})


def _tip(people: str, weights: dict[str, float], credit: float) -> str:
    """The weight of a severe reaction at which the balance is even."""
    if not any(weights.values()):
        return "nothing weighs yet"
    tipping = benefit_harm.break_even(risks.outcomes(people), weights, risks.SEVERE, credit)
    return "it is below zero without" if np.isinf(tipping) else f"{significant(tipping, 2)} points"


def _balance_artists(extra: dict, weights: dict, credit: float) -> dict:
    """Markers on the left, bars on the right; what nobody counted is left out."""
    found = {name: [] for name in ("good bars", "bad bars", "for", "against")}
    places: dict[str, list[tuple[float, float]]] = {"good": [], "bad": []}
    for y, (outcome, name, _) in enumerate(COUNTED):
        if outcome not in extra:
            continue
        middle, low, high = extra[outcome]
        side = "good" if name == "better" else "bad"
        found[f"{side} bars"].append([(low, y), (high, y)])
        places[side].append((middle, y))
        worth = weights[outcome] * middle * (credit if side == "good" else -1)
        if worth:
            found["for" if worth > 0 else "against"].append(_box(0, worth, y, 0.28))
    return found | {side: tuple(np.transpose(pairs)) for side, pairs in places.items()}


# A tail behind a mean ------------------------------------------------------------------------------

RISE = np.linspace(-60, 120, 361)


def tail_behind_a_mean() -> Explorable:
    """A mean rise of pressure and the share of people far above it: one bell, two numbers."""
    return Explorable(
        name="tail_behind_a_mean",
        title="A small mean, a long tail",
        controls=(
            Slider(
                "mean",
                "Mean rise",
                "mmHg",
                0,
                30,
                1,
                3,
                "The average over people of the rise of systolic pressure.",
                (3, 13, 30),
            ),
            Slider(
                "spread",
                "Spread between people",
                "mmHg",
                5,
                40,
                1,
                10,
                "The standard deviation of the rise. No source we read prints it, so it is yours to move.",
                (5, 10, 20, 27, 40),
            ),
            Choice(
                "people",
                "Compare with",
                (risks.YOUNGER, risks.OLDER),
                risks.YOUNGER,
                "Who once rose by 40 mmHg or more in four weeks of the spray, counted in the trials.",
                (risks.YOUNGER, risks.OLDER),
            ),
        ),
        stage=_tail_stage,
        view=_tail_view,
        presets={
            "A small mean, people alike": {},
            "The same mean, people unlike": {"spread": 27},
            "A pooled mean": {"mean": 13, "spread": 20},
            "65 and over": {"mean": 13, "spread": 28, "people": risks.OLDER},
        },
    )


def _tail_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    main.set(xlim=(-60, 100), xlabel="rise of systolic pressure (mmHg)", ylabel="people, in 100 per mmHg")
    main.axvline(40, color=VERMILION, linewidth=2)
    place = {"transform": main.get_xaxis_transform(), "ha": "right", "va": "center", "fontsize": 13}
    main.text(38, 0.94, "40 mmHg", color=VERMILION, **place)
    artists = {
        "tail": main.add_collection(
            PolyCollection([], color=VERMILION, alpha=0.5, label="40 or more, model")
        ),
        "bell": main.plot([], [], color=BLACK, label="people, model")[0],
        "mean": main.plot([], [], color=BLACK, linestyle="--", linewidth=1.6, label="mean")[0],
    }
    legend_above(fig, list(artists.values()), columns=3)
    artists |= {name: main.text(98, y, "", **place) for name, y in (("model", 0.92), ("counted", 0.8))}
    return Stage(fig, {"main": main}, artists)


def _tail_view(mean: float, spread: float, people: str) -> View:
    bell = 100 * np.exp(-0.5 * ((RISE - mean) / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
    beyond = RISE >= 40
    edge = np.column_stack([RISE[beyond], bell[beyond]])
    row = risks.rise_of_40(people)
    _, low, high = (100 * end for end in wilson_interval(int(row.events), int(row.n)))
    share = 100 * float(exposure.share_above(40, mean, spread))
    shown = f"{significant(share, 2)} in 100" if share >= 0.1 else "fewer than 0.1 in 100"
    artists = {
        "tail": [[(40, 0), *map(tuple, edge), (RISE[-1], 0)]],
        "bell": (RISE, bell),
        "mean": ([mean, mean], [0, bell.max()]),
        "model": f"model: {shown}",
        "counted": f"measured: {low:.1f} to {high:.1f} in 100",
    }
    inside = low <= share <= high
    readings = [
        Reading("mean rise", f"{mean:.0f} mmHg"),
        Reading("40 mmHg or more, model", shown),
        Reading("counted in the trials", f"{row.events} of {row.n}: {row.value:g} in 100"),
        Reading("95 % interval", f"{low:.1f} to {high:.1f}"),
    ]
    fit = "which fits the count" if inside else f"{'fewer' if share < low else 'more'} than were counted"
    bell_words = f"With a mean of {mean:.0f} and a spread of {spread:.0f} mmHg"
    sentence = f"{bell_words}, {shown} rise by 40 mmHg or more, {fit}."
    return View(artists, readings, sentence, {"main.y": (0, ceiling(1.55 * bell.max()))})
