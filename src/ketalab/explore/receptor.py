"""Explorables of the lesson on the NMDA receptor: the pore, the train, the infusion, the other targets."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from ketalab.draw.receptor import atlas, atlas_axes
from ketalab.evidence import table
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.explore.plasma import ARTERIAL, DOSE, INFUSION_TIME, MODELS, VENOUS, ceiling
from ketalab.models import pharmacokinetics as pk
from ketalab.models import receptor
from ketalab.models.linear import LinearModel
from ketalab.style import BLACK, DRUG, GREEN, GREY, LEVEL, PALE, VERMILION, figure, legend_above

REST, DEPOLARISED = -70.0, -20.0
VOLTS = np.linspace(-100, 60, 161)
MAGNESIUM = Slider(
    "magnesium",
    "Magnesium",
    "mM",
    0.0,
    2.0,
    0.1,
    1.0,
    "Magnesium outside the cell; about 1 mM is physiological, and most binding experiments used none.",
    (0.0, 1.0),
)


# The pore ------------------------------------------------------------------------------------------


def pore_block() -> Explorable:
    """Magnesium and a drug in one pore: the current against voltage, and what the drug takes of it."""
    return Explorable(
        name="pore_block",
        title="Two blockers, one pore",
        controls=(
            MAGNESIUM,
            Slider(
                "free",
                "Free drug",
                "µM",
                0.0,
                20.0,
                0.1,
                2.0,
                "Concentration of the unbound drug around the receptor.",
                (0.0, 0.4, 2.0, 5.0, 20.0),
            ),
            Choice(
                "drug",
                "Drug",
                receptor.BLOCKERS,
                receptor.KETAMINE,
                "Each with its published potency without magnesium; the lesson lists them.",
                ("ketamine", "memantine", "dizocilpine"),
            ),
            Slider(
                "delta",
                "Electrical distance",
                "of the field",
                0.4,
                1.0,
                0.01,
                0.79,
                "How much of the membrane's field the drug senses: 0.79 was measured for ketamine; for "
                "memantine and phencyclidine no number was found, so move it.",
            ),
        ),
        stage=_pore_stage,
        view=_pore_view,
        presets={
            "A brain's magnesium, 2 µM": {},
            "A dish without magnesium": {"magnesium": 0.0},
            "What 0.5 mg/kg leaves free: 0.4 µM": {"free": 0.4},
            "Dizocilpine, 2 µM": {"drug": "dizocilpine", "delta": 0.92},
            "Magnesium alone": {"free": 0.0},
        },
    )


def _pore_stage() -> Stage:
    fig = figure(7.6, 4.6)
    current, block = fig.subplots(1, 2)
    current.set(xlim=(-100, 60), ylabel="current (unblocked at 100 mV: 1)")
    block.set(xlim=(-100, 60), ylim=(0, 100), ylabel="taken by the drug (%)")
    fig.supxlabel("membrane potential (mV)", fontsize=13)
    for axes in (current, block):
        axes.set_xticks([-100, -70, -40, 0, 40])
        axes.axvline(REST, color=PALE, linewidth=1.4, zorder=0)
    current.axhline(0, color=PALE, linewidth=1.4, zorder=0)
    block.annotate(
        "rest", (REST, 100), (0, 2), textcoords="offset points", ha="center", fontsize=12, color=GREY
    )
    drug = LEVEL["receptor"]
    artists = {
        "open": current.plot([], [], color=PALE, linewidth=2.4, label="nothing in the pore, model")[0],
        "magnesium": current.plot([], [], color=GREY, linestyle="--", label="magnesium alone, model")[0],
        "both": current.plot([], [], color=drug, label="magnesium and the drug, model")[0],
        "without": block.plot(
            [], [], color=drug, linestyle=":", label="share taken without magnesium, model"
        )[0],
        "share": block.plot([], [], color=drug)[0],
        "best": block.plot([], [], color=BLACK, linestyle="--", linewidth=1.2)[0],
    }
    legend_above(fig, [artists[n] for n in ("open", "magnesium", "both", "without")], columns=2)
    return Stage(fig, {"current": current, "block": block}, artists)


def _pore_view(magnesium: float, free: float, drug: str, delta: float) -> View:
    blocker = _with_delta(drug, delta)
    share = 100 * receptor.equilibrium_block(free, blocker, VOLTS, magnesium)
    best = int(np.argmax(share))
    at_rest = float(receptor.equilibrium_block(free, blocker, REST, magnesium))
    alone = receptor.relative_current(VOLTS, magnesium)
    artists = {
        "open": (VOLTS, VOLTS / 100),
        "magnesium": (VOLTS, alone),
        "both": (VOLTS, receptor.relative_current(VOLTS, magnesium, free, blocker)),
        "without": (VOLTS, 100 * receptor.equilibrium_block(free, blocker, VOLTS, 0.0)),
        "share": (VOLTS, share),
        "best": ([VOLTS[best]] * 2, [0, share[best]]) if free else None,
    }
    readings = [
        Reading("magnesium leaves at rest", 100 * float(receptor.magnesium_free(REST, magnesium)), "%", 2),
        Reading("of that, drug takes at rest", 100 * at_rest, "%", 2),
        Reading("drug takes at -20 mV", 100 * _block(free, blocker, DEPOLARISED, magnesium), "%", 2),
        Reading("drug takes most at", f"{VOLTS[best]:.0f} mV" if free else "no drug"),
        Reading("half taken at rest by", float(receptor.half_block(blocker, REST, magnesium)), "µM", 2),
        Reading("the same, no magnesium", float(receptor.half_block(blocker, REST, 0.0)), "µM", 2),
    ]
    sentence = (
        f"With {magnesium:.1f} mM magnesium, {free:.1f} µM free {drug} takes {readings[1].text} of the "
        f"current at rest and {readings[2].text} at -20 mV."
    )
    depth = ceiling(-1.05 * alone.min())
    return View(artists, readings, sentence, {"current.y": (-depth, 0.6 * depth)})


@cache
def _with_delta(drug: str, delta: float) -> receptor.Blocker:
    return replace(receptor.published(drug), delta=delta)


def _block(free: float, blocker: receptor.Blocker, voltage: float, magnesium: float) -> float:
    return float(receptor.equilibrium_block(free, blocker, voltage, magnesium))


# The train -----------------------------------------------------------------------------------------

BEFORE, WITH_DRUG, AFTER, GAP = 5, 30, 40, 8
LINES = {"ketamine": (DRUG["ketamine"], "-"), "memantine": (VERMILION, "--"), "dizocilpine": (BLACK, ":")}


def pulse_train() -> Explorable:
    """Synaptic pulses before, in and after a drug: use-dependence, trapping, recovery."""
    return Explorable(
        name="pulse_train",
        title="In by the open gate, out by the open gate",
        controls=(
            Slider(
                "free",
                "Free drug",
                "µM",
                0.1,
                10.0,
                0.1,
                2.0,
                "The same free concentration of each drug, there from pulse 6 to pulse 35.",
                (0.4, 2.0, 10.0),
            ),
            Slider(
                "frequency",
                "Pulses",
                "per s",
                0.2,
                4.0,
                0.2,
                1.0,
                "How often glutamate opens the channels.",
                (0.2, 1.0, 4.0),
            ),
            Slider(
                "voltage",
                "Membrane potential",
                "mV",
                -80,
                40,
                5,
                -70,
                "Held throughout, as in a voltage clamp.",
                (-70, -20, 40),
            ),
            Slider(
                "magnesium",
                "Magnesium",
                "mM",
                0.0,
                2.0,
                0.1,
                0.0,
                "Most such experiments are done without magnesium; a brain has about 1 mM.",
                (0.0, 1.0),
            ),
            Slider(
                "rest",
                "Pause after the drug",
                "s",
                0,
                120,
                5,
                60,
                "No drug and no pulses, before the pulses start again.",
            ),
        ),
        stage=_train_stage,
        view=_train_view,
        presets={
            "A dish: 2 µM, no magnesium": {},
            "Equal and high: 10 µM": {"free": 10.0},
            "A brain: 0.4 µM, magnesium, at rest": {"free": 0.4, "magnesium": 1.0},
            "A brain, depolarised: -20 mV": {"free": 0.4, "magnesium": 1.0, "voltage": -20},
            "Washed at +40 mV": {"free": 10.0, "voltage": 40},
        },
    )


def _train_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(
        xlim=(0, _pulse_axis()[-1] + 1),
        ylim=(0, 108),
        xlabel="pulse",
        ylabel="current (% of the first pulse)",
    )
    main.axvspan(BEFORE + 0.5, BEFORE + WITH_DRUG + 0.5, color=PALE, alpha=0.6, zorder=0)
    main.axvspan(
        BEFORE + WITH_DRUG + 0.5,
        BEFORE + WITH_DRUG + GAP + 0.5,
        color=PALE,
        alpha=0.6,
        hatch="//",
        fill=False,
    )
    main.annotate("drug there", (BEFORE + 1, 103), fontsize=12, color=GREY)
    main.annotate("pause", (BEFORE + WITH_DRUG + 1, 103), fontsize=12, color=GREY)
    main.annotate("drug gone", (BEFORE + WITH_DRUG + GAP + 2, 103), fontsize=12, color=GREY)
    at = [5, 20, 35, 45, 60, 75]
    main.set_xticks([n + GAP * (n > BEFORE + WITH_DRUG) for n in at], at)
    artists = {
        name: main.plot([], [], color=colour, linestyle=style, label=f"{name}, model")[0]
        for name, (colour, style) in LINES.items()
    }
    legend_above(fig, list(artists.values()), columns=3)
    return Stage(fig, {"main": main}, artists)


def _pulse_axis() -> np.ndarray:
    number = np.arange(1, BEFORE + WITH_DRUG + AFTER + 1)
    return number + GAP * (number > BEFORE + WITH_DRUG)


def _train_view(free: float, frequency: float, voltage: float, magnesium: float, rest: float) -> View:
    phases = [
        receptor.Train(BEFORE, 0.0),
        receptor.Train(WITH_DRUG, free),
        receptor.Train(AFTER, 0.0, rest),
    ]
    axis, artists, left = _pulse_axis(), {}, {}
    for name in LINES:
        blocker = receptor.published(name)
        _, current, _ = receptor.pulse_train(phases, blocker, 1 / frequency, voltage, magnesium)
        artists[name] = (axis, 100 * current)
        left[name] = 100 * current[[BEFORE + WITH_DRUG - 1, BEFORE + WITH_DRUG, -1]]
    readings = [Reading(f"{name}, last in drug", left[name][0], "%", 2) for name in LINES]
    readings += [
        Reading("ketamine, after the pause", left["ketamine"][1], "%", 2),
        Reading("ketamine, last of all", left["ketamine"][2], "%", 2),
        Reading("dizocilpine, last of all", left["dizocilpine"][2], "%", 2),
    ]
    sentence = (
        f"{WITH_DRUG} pulses in {free:.1f} µM ketamine leave {readings[0].text} of the current; after "
        f"{rest:.0f} s without drug the next pulse gives {readings[3].text}, and {AFTER} pulses bring it "
        f"to {readings[4].text}."
    )
    return View(artists, readings, sentence)


# The infusion --------------------------------------------------------------------------------------

MINUTES = np.concatenate([np.arange(0, 120, 1.0), np.arange(120, 241, 4.0)])


def infusion_to_block() -> Explorable:
    """From a dose to the plasma, to the free drug, to the share of the receptors it blocks."""
    return Explorable(
        name="infusion_to_block",
        title="From infusion to receptor",
        controls=(
            replace(
                DOSE,
                step=0.1,
                help="Racemic ketamine into a vein, in a person of 70 kg.",
                stops=(0.5, 1.0, 2.0),
            ),
            replace(INFUSION_TIME, stops=(2, 40)),
            Slider(
                "unbound",
                "Free in plasma",
                "%",
                40,
                80,
                1,
                53,
                "The part not bound to protein: 53 % where binding was strongest, 57 % for esketamine.",
                (40, 53, 80),
            ),
            Slider(
                "voltage",
                "Membrane potential",
                "mV",
                -80,
                0,
                5,
                -70,
                "Of the membrane around the channel: about -70 at rest, nearer to -20 at a busy synapse.",
                (-70, -20),
            ),
            Slider("magnesium", "Magnesium", "mM", 0.0, 2.0, 0.1, 1.0, MAGNESIUM.help),
            Choice(
                "model",
                "Whose parameters",
                (VENOUS, ARTERIAL),
                VENOUS,
                "Of the plasma curve; both sets were made from S-ketamine.",
            ),
        ),
        stage=_infusion_stage,
        view=_infusion_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "The same at a busy synapse: -20 mV": {"voltage": -20},
            "As if there were no magnesium": {"magnesium": 0.0},
            "Anaesthetic: 2 mg/kg over 2 min, arterial": {"dose": 2.0, "minutes": 2, "model": ARTERIAL},
        },
    )


def _infusion_stage() -> Stage:
    fig = figure(7.6, 4.6)
    free, block = fig.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    fig.get_layout_engine().set(hspace=0.1)
    free.set(xlim=(0, 4), ylabel="free (µM)")
    block.set(xlabel="hours after the start", ylabel="blocked, occupied (%)")
    free.yaxis.set_major_locator(MaxNLocator(3))
    artists = {
        "given_free": free.axvspan(0, 1, color=PALE, zorder=0),
        "given": block.axvspan(0, 1, color=PALE, zorder=0, label="drug being given"),
        "free": free.plot([], [], color=DRUG["ketamine"], label="free ketamine, model")[0],
        "band": block.fill_between(
            [0], [0], color=GREEN, alpha=0.3, linewidth=0, label="occupied, if as in rats, model"
        ),
        "without": block.plot(
            [], [], color=LEVEL["receptor"], linestyle=":", label="at rest without magnesium, model"
        )[0],
        "pore": block.plot([], [], color=LEVEL["receptor"], label="as you set it, model")[0],
    }
    legend_above(fig, [artists[n] for n in ("free", "pore", "without", "band", "given")], columns=3)
    return Stage(fig, {"free": free, "block": block}, artists)


@cache
def _patient(model: str) -> LinearModel:
    return pk.published(MODELS[model]).typical(70.0)


@cache
def _rat() -> np.ndarray:
    """Free concentration (µM) at which half of the sites were occupied in living rats, with 95 % CI."""
    row = table("nmda_biophysics").set_index("constant").loc["ketamine_rat"]
    return np.array([row.value, row.low, row.high])


def _infusion_view(
    dose: float, minutes: float, unbound: float, voltage: float, magnesium: float, model: str
) -> View:
    given = [pk.Dose(dose * 70, "iv", duration=minutes)]
    plasma = pk.concentration(_patient(model), given, MINUTES, "ketamine")[0]
    free = receptor.free_concentration(plasma, unbound / 100, _molar_mass())
    blocker = receptor.published(receptor.KETAMINE)
    pore = 100 * receptor.equilibrium_block(free, blocker, voltage, magnesium)
    without = 100 * receptor.equilibrium_block(free, blocker, REST, 0.0)
    low, high = (100 * free / (free + half) for half in _rat()[[2, 1]])
    hours, top = MINUTES / 60, ceiling(1.02 * free.max())
    high_enough = ceiling(1.02 * max(without.max(), high.max(), pore.max()))
    artists = {
        "given_free": (0, 0, minutes / 60, 1),
        "given": (0, 0, minutes / 60, 1),
        "free": (hours, free),
        "band": (hours, low, high),
        "without": (hours, without),
        "pore": (hours, pore),
    }
    readings = [
        Reading("in plasma, peak", float(plasma.max()), "ng/mL"),
        Reading("free, peak", float(free.max()), "µM", 2),
        Reading("blocked, as you set it", float(pore.max()), "%", 2),
        Reading("at rest, no magnesium", float(without.max()), "%", 2),
        Reading("occupied, if as in rats", f"{low.max():.0f} to {high.max():.0f} %"),
        Reading("blocked at 4 h, as set", float(pore[-1]), "%", 2, least=0.01),
    ]
    sentence = (
        f"{dose:.1f} mg/kg over {minutes:.0f} min: {readings[1].text} are free at the peak and take "
        f"{readings[2].text} of the current at {voltage:.0f} mV with {magnesium:.1f} mM magnesium."
    )
    limits = {"free.y": (0, top), "block.y": (0, min(high_enough, 100.0))}
    return View(artists, readings, sentence, limits)


@cache
def _molar_mass() -> float:
    return float(table("molecules").set_index("molecule").molar_mass[receptor.KETAMINE])


# The other targets ---------------------------------------------------------------------------------

CONCENTRATIONS = {
    "0.1 nM": 1e-4,
    "1 nM": 1e-3,
    "10 nM": 1e-2,
    "100 nM": 0.1,
    "0.4 µM": 0.4,
    "1 µM": 1.0,
    "10 µM": 10.0,
    "100 µM": 100.0,
}


def target_atlas() -> Explorable:
    """Which targets a drug would fill at a free concentration: binding constants only."""
    return Explorable(
        name="target_atlas",
        title="What else it touches",
        controls=(
            Steps(
                "free",
                "Free drug",
                tuple(CONCENTRATIONS),
                "0.4 µM",
                "The same for every drug. 0.4 µM is about what 0.5 mg/kg of ketamine leaves free.",
            ),
        ),
        stage=_atlas_stage,
        view=_atlas_view,
        presets={
            "Ketamine at an antidepressant dose: 0.4 µM": {},
            "Where antidepressants fill transporters: 10 nM": {"free": "10 nM"},
            "Far above any dose: 100 µM": {"free": "100 µM"},
        },
    )


def _atlas_stage() -> Stage:
    fig, axes, gauges = atlas_axes(table("receptor_binding"), 7.6, 4.5)
    gauges.set_label("share filled, model (numbers: constants in µM, or nM where it says so)")
    legend_above(fig, [gauges], columns=1)
    return Stage(fig, {"main": axes}, {"filled": gauges})


@cache
def _constants() -> pd.DataFrame:
    return atlas(table("receptor_binding"))


def _atlas_view(free: str) -> View:
    constants, concentration = _constants(), CONCENTRATIONS[free]
    filled = 100 * concentration / (concentration + constants)
    cells = np.argwhere(filled.notna().to_numpy())
    share = filled.to_numpy()[*cells.T]
    gauges = [
        [(x - 0.44, y + 0.36), (x - 0.44 + 0.0088 * s, y + 0.36)]
        for (y, x), s in zip(cells, share, strict=True)
    ]

    def drugs(target: str) -> str:
        return f"{(filled[target].dropna() >= 50).sum()} of {filled[target].count()} drugs"

    ketamine = filled.loc["ketamine"]
    readings = [
        Reading("fill half of SERT", drugs("serotonin transporter")),
        Reading("fill half of NMDA pore", drugs("NMDA, pore site")),
        Reading("ketamine, NMDA pore", float(ketamine["NMDA, pore site"]), "%", 2),
        Reading("ketamine, mu opioid", float(ketamine["opioid mu"]), "%", 2, least=0.01),
    ]
    sentence = (
        f"If {free} of each drug were free, {(share >= 50).sum()} of the {len(share)} pairs we found a "
        "binding constant for would be at least half filled."
    )
    return View({"filled": gauges}, readings, sentence, numbers=_atlas_numbers(filled))


def _atlas_numbers(filled: pd.DataFrame) -> str:
    """The table behind the grid: a row for each drug, a column for each target."""
    rows = [["share filled (%)"], ["", *filled.columns]]
    rows += [
        [str(drug), *("" if np.isnan(s) else significant(s, 2) for s in of)]
        for drug, *of in filled.itertuples()
    ]
    return "\n".join("\t".join(row) for row in rows)
