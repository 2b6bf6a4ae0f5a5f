"""Four weeks of the spray for 1,000 people: counts of the trials, weights of the reader."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.ticker import NullLocator

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.models import benefit_harm
from ketalab.plots.style import BLACK, GREEN, GREY, OPEN, PALE, VERMILION, figure, legend_above
from ketalab.text import chance, decimals, in_points

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
POINTS = (-20_000.0, 4_000.0)  # where the axis of points ends; no setting reaches there

ON_WHITE = {"boxstyle": "square,pad=0.1", "facecolor": "white", "linewidth": 0}  # over the line of zero


def _weight(name: str) -> Slider:
    label, explained = WORDS[name]
    stops = {"better": (0, 1, 5, 10), "dissociation": (0, 1, 3, 4, 10), "severe": (0, 1, 10)}.get(name, ())
    return Slider(
        *(name, f"Weight of {label}", "points", 0, 10, 1, 0, explained, stops),
        greyed=_uncounted if name in ("dissociation", "nausea") else None,
        led=name == "dissociation",
    )


def _uncounted(at: Mapping[str, object]) -> str | None:
    return "We found no count of it in people of 65 and over." if at["people"] == risks.OLDER else None


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
                "Drugs had not helped any of them; all took a new tablet as well.",
            ),
            *(_weight(name) for name in WORDS),
            Slider(
                "credit",
                "Share of the benefit that is the drug's",
                "%",
                0,
                100,
                5,
                100,
                "How much of the extra benefit you credit to the drug, and not to knowing that you got it.",
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
            "Mood 10, dissociation 3, half of it expectancy": ALIKE
            | {"better": 10, "dissociation": 3, "credit": 50},
            "Mood 10, the severe 10, the rest 1": ALIKE | {"better": 10, "severe": 10},
            "65 and over: mood 10, the rest 1": ALIKE | {"people": risks.OLDER, "better": 10},
        },
    )


@cache
def _worlds(people: str) -> benefit_harm.Simulation:
    return benefit_harm.simulate(risks.outcomes(people))


@cache
def _extra(people: str) -> dict[str, tuple[float, float, float]]:
    """By outcome: extra people per 1,000 as observed, and the limits of the simulated trials."""
    worlds = _worlds(people)
    found = {}
    for outcome, (low, high) in zip(worlds.outcomes, worlds.interval(), strict=True):
        fates = benefit_harm.outcome_partition(outcome)
        found[outcome.name] = (fates.caused - fates.prevented, float(low), float(high))
    return found


def _balance_stage() -> Stage:
    fig = figure(7.6, 4.7)
    left, right = fig.subplots(1, 2, sharey=True)
    k = len(COUNTED)
    left.set(xlim=(-160, 460), ylim=(k + 0.62, -0.62), xlabel="extra people in 1,000")
    right.set_xlabel("points, by your weights (logarithmic)")
    right.set_xscale("symlog", linthresh=100, linscale=0.6)  # one axis for weights of 1 and of 10
    right.set_xlim(POINTS)
    right.set_xticks(
        [-1000, -100, 0, 100, 1000], ["\N{MINUS SIGN}1,000", "\N{MINUS SIGN}100", "0", "100", "1,000"]
    )
    right.xaxis.set_minor_locator(NullLocator())
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
        "for": right.plot([], [], "o", color=GREEN, markersize=10, label="points for")[0],
        "against": right.plot([], [], "s", color=VERMILION, markersize=10, label="points against")[0],
        "net bars": right.hlines([], [], [], color=BLACK, linewidth=2.6),
        "net": right.plot([], [], "D", color=BLACK, markersize=10, label="balance, model")[0],
        "silent": left.text(0, 1.5, "", ha="left", va="center", fontsize=12.5, color=GREY),
    }
    for _, name, _ in (*COUNTED, ("", "net", "")):
        artists[f"{name} points"] = right.text(
            0, 0, "", ha="center", va="center", fontsize=12, bbox=ON_WHITE
        )
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
        "net points": _points(middle, len(COUNTED) + 0.74),
        "net bars": [[(low, len(COUNTED)), (high, len(COUNTED))]],
        "credited": ([extra["depression halved"][0] * credit / 100], [0.34]),
        "silent": (20, 1.5, "" if people == risks.YOUNGER else "no count found"),
    }
    weighs = any(weights.values())
    sides = {"for": float(np.mean(net > 0)), "against": float(np.mean(net < 0))}
    share = chance(sides["for"]) if weighs else "nothing weighs yet"
    ends = [decimals(end, 0, sign=True) for end in (low, high)]
    readings = [
        Reading("balance", in_points(middle)),
        Reading(
            "95% of the simulated trials",
            f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else f"all at {ends[0]}",
        ),
        Reading("simulated trials on the drug's side", share),
        Reading("a severe reaction tips it at", _tip(people, weights, credit / 100)),
    ]
    sentence = "Nothing weighs yet, so the balance of 1,000 people is 0 points"
    if weighs:
        sentence = f"With these weights the balance of 1,000 people is {readings[0].text}"
    if middle:
        side = "for" if middle > 0 else "against"
        sentence += f", {side} the drug; {chance(sides[side])} of the simulated trials say the same"
    return View(artists, readings, f"{sentence}.")


def _tip(people: str, weights: dict[str, float], credit: float) -> str:
    """The weight of a severe reaction at which the balance is even."""
    if not any(weights.values()):
        return "nothing weighs yet"
    tipping = benefit_harm.break_even(risks.outcomes(people), weights, risks.SEVERE, credit)
    if np.isinf(tipping):
        return "no weight: it is below zero already"
    return f"{significant(tipping, 2)} points" if tipping else "any weight above 0"


def _points(worth: float, y: float) -> tuple[float, float, str]:
    """The number above a mark: on a logarithmic axis nobody can add or compare lengths."""
    return worth, y - 0.36, decimals(worth, 0, sign=True) if round(worth) else "0"


def _balance_artists(extra: dict, weights: dict, credit: float) -> dict:
    """Counts on the left, points on the right; what nobody counted is left out."""
    found: dict[str, object] = {"good bars": [], "bad bars": []}
    places: dict[str, list[tuple[float, float]]] = {side: [] for side in ("good", "bad", "for", "against")}
    for y, (outcome, name, _) in enumerate(COUNTED):
        if outcome not in extra:
            continue
        middle, low, high = extra[outcome]
        side = "good" if name == "better" else "bad"
        found[f"{side} bars"].append([(low, y), (high, y)])
        places[side].append((middle, y))
        worth = weights[outcome] * middle * (credit if side == "good" else -1)
        if worth:
            places["for" if worth > 0 else "against"].append((worth, y))
            found[f"{name} points"] = _points(worth, y)
    return found | {
        side: tuple(np.transpose(pairs)) if pairs else ([], []) for side, pairs in places.items()
    }
