"""Pictures of the lesson from dose to brain, each with its words."""

from io import BytesIO

import numpy as np
from PIL import Image

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l01_from_dose_to_brain import trials
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, DRUG, GREY, PALE, SKY, VERMILION, figure
from ketalab.text import decimals, grouped, interval

MOLECULES = {
    "esketamine": "S-ketamine (esketamine)",
    "arketamine": "R-ketamine (arketamine)",
    "norketamine": "norketamine",
    "hydroxynorketamine": "(2R,6R)-hydroxynorketamine",
}
DRUG_OF = {"racemic ketamine": "ketamine", "esketamine": "esketamine", "arketamine": "arketamine"}
HOLLOW = {"marker": "o", "markersize": 9, "markerfacecolor": "white", "markeredgewidth": 2}
PEOPLE = {  # shorter than the row of the table says it
    "f_nasal_children": "32 children, 2 to 9 years",
    "f_rectal_children": "32 children, 2 to 9 years",
    "f_oral_pr_esk": "healthy adults, slow-release tablet",
    "f_oral_pr_ar": "healthy adults, slow-release tablet",
    "f_oral_children": "91 people, 20 burned children",
    "f_sublingual_chong": "inpatients with nerve pain, 25 mg",
    "f_oral_chong": "inpatients with nerve pain, 25 mg",
    "f_nasal_esk_56": "820 adults, 56 mg",
    "f_nasal_esk_84": "820 adults, 84 mg",
}
BOND = 76.0  # pixels, at which the widest of the four structures still fits: all are drawn alike
VEIN, ARTERY = "Blood from a vein", "Blood from an artery"
OTHER = "Another place, or one that our source does not name"
BLOCK_OF = {"venous plasma": VEIN, "arterial plasma": ARTERY}
MODEL_OF = {VEIN: "otto2021", ARTERY: "simons2022"}
PLACE = {
    "effect site, from arterial plasma": "effect site",
    "effect site": "effect site",
    "brain, calculated": "brain, calculated",
    "plasma, site not in our source": "site not in our source",
}


def molecules() -> Picture:
    """Four structures drawn by RDKit from stereo-SMILES, the chiral centres marked."""
    by_name = table("molecules").set_index("molecule")
    fig = figure(9.6, 3.4)
    for axes, (name, title) in zip(fig.subplots(1, 4), MOLECULES.items(), strict=True):
        axes.imshow(structure(by_name.smiles[name]))
        axes.axis("off")
        axes.set_title(title, loc="center", fontsize=12.5, color=BLACK)
    return Picture(
        fig,
        "01_molecules",
        "Four structures side by side. S-ketamine and R-ketamine are mirror images: the bond from the "
        "ring to the nitrogen is a solid wedge in one and a hashed wedge in the other. Norketamine lacks "
        "the methyl group on the nitrogen; hydroxynorketamine lacks it too, and has an extra "
        "OH on the ring.",
    )


def structure(smiles: str, size: tuple[int, int] = (460, 520)) -> np.ndarray:
    """A structure as pixels; equal input gives equal pixels."""
    from rdkit import Chem
    from rdkit.Chem import rdCIPLabeler, rdDepictor
    from rdkit.Chem.Draw import rdMolDraw2D

    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise ValueError(f"smiles: {smiles!r} is not a structure")
    rdCIPLabeler.AssignCIPLabels(molecule)  # R and S by the rules, whichever perception RDKit is set to
    before = rdDepictor.GetPreferCoordGen()
    rdDepictor.SetPreferCoordGen(True)
    try:
        rdDepictor.Compute2DCoords(molecule)
    finally:
        rdDepictor.SetPreferCoordGen(before)  # a student's own drawings are not ours to set
    drawing = rdMolDraw2D.MolDraw2DCairo(*size)
    options = drawing.drawOptions()
    options.addStereoAnnotation = True
    options.bondLineWidth = 4
    options.fixedBondLength = BOND
    options.minFontSize = 26
    options.annotationFontScale = 0.8
    drawing.DrawMolecule(molecule)
    drawing.FinishDrawing()
    return np.asarray(Image.open(BytesIO(drawing.GetDrawingText())).convert("RGB"))


def bioavailability() -> Picture:
    """Each study's bioavailability by route: hollow circles measured, diamonds estimated by a model."""
    facts = table("drug_facts")
    rows = facts[facts.quantity == "bioavailability"].sort_values(["route", "value"])
    order = rows.groupby("route").value.median().sort_values(ascending=False).index
    fig = figure(10.2, 5.8)
    axes = fig.subplots()
    y, ticks = 0.0, {}
    for route in order:
        block = rows[rows.route == route]
        ticks[route] = y - (len(block) - 1) / 2
        for row in block.itertuples():
            colour = DRUG[DRUG_OF[row.drug]]
            if not np.isnan(row.low):
                axes.plot([100 * row.low, 100 * row.high], [y, y], color=colour, linewidth=2)
            look = {"marker": "D", "markersize": 7} if _estimated(row) else HOLLOW
            axes.plot(100 * row.value, y, linestyle="none", color=colour, **look)
            axes.annotate(
                f"{short_name(row.reference)}: {PEOPLE.get(row.fact, row.population)}",
                (102, y),
                va="center",
                fontsize=10.5,
                annotation_clip=False,
            )
            y -= 1
        axes.axhline(y + 0.5, color=PALE, linewidth=1)
    for drug, name in DRUG_OF.items():
        axes.plot([], [], linestyle="none", color=DRUG[name], label=drug, **HOLLOW)
    axes.plot([], [], linestyle="none", color=GREY, marker="D", markersize=7, label="estimated by a model")
    fig.legend(loc="outside upper left", ncols=4, handletextpad=0.2, columnspacing=1.2)
    axes.set_yticks(list(ticks.values()), list(ticks))
    axes.set(xlim=(0, 100), xlabel="share of the dose that reaches the circulation (%)")
    axes.grid(False, axis="y")
    ends = {
        route: interval(100 * block.value.min(), 100 * block.value.max(), 0)
        for route, block in rows.groupby("route")
        if len(block) > 1
    }
    inhaled = decimals(100 * rows[rows.route == "inhaled"].value.iloc[0], 0)
    return Picture(
        fig,
        "01_bioavailability",
        "The share of a dose that reaches the circulation, by route, with one marker for each "
        "value. Inhaled: "
        f"{inhaled} percent, from one study. On every other route the studies differ: intramuscular "
        f"{ends['intramuscular']}, nasal {ends['nasal']}, sublingual {ends['sublingual']}, rectal "
        f"{ends['rectal']}, swallowed {ends['oral']} percent.",
    )


def _estimated(row) -> bool:
    """Whether a value comes out of a fitted model rather than from a study's own measurements."""
    told = f"{row.population} {row.locator}"
    return "model" in told or row.reference in ("perezruixo2021", "brunette2011")


def landmarks() -> Picture:
    """Concentrations at which effects were seen, beside what models predict for the same kind of blood."""
    effects = table("concentration_effects")
    effects = effects.assign(at=effects["mean"].fillna((effects.low * effects.high) ** 0.5))
    effects = effects.assign(block=effects["where"].map(BLOCK_OF).fillna(OTHER))
    fig = figure(10.2, 5.8)
    axes = fig.subplots()
    ticks, y = {}, 0.0
    for block in (VEIN, ARTERY, OTHER):
        rows = effects[effects.block == block].sort_values("at")
        top = y + 0.55
        axes.annotate(block, (32, y), fontsize=11.5, fontweight="bold", va="center")
        y -= 1
        for row in rows.itertuples():
            colour = DRUG[DRUG_OF[row.drug]]
            if not np.isnan(row.low):
                axes.plot([row.low, row.high], [y, y], color=colour, linewidth=3)
            if not np.isnan(row.mean):
                axes.plot(row.mean, y, linestyle="none", color=colour, **HOLLOW)
            ticks[y] = row.state if block != OTHER else f"{row.state} ({PLACE[row.where]})"
            y -= 1
        for minutes, style in ((40, "--"), (2, ":")):
            if block in MODEL_OF:
                value = trials.peak_of(MODEL_OF[block], minutes)
                axes.plot([value, value], [top, y + 0.55], color=GREY, linestyle=style, linewidth=2)
        axes.axhline(y + 0.5, color=PALE, linewidth=1)
    for minutes, style in ((40, "--"), (2, ":")):
        axes.plot(
            [], [], color=GREY, linestyle=style, linewidth=2, label=f"35 mg over {minutes} min, model"
        )
    for drug in ("racemic ketamine", "esketamine"):
        axes.plot([], [], linestyle="none", color=DRUG[DRUG_OF[drug]], label=drug, **HOLLOW)
    fig.legend(loc="outside upper left", ncols=4, columnspacing=1.2, handletextpad=0.5)
    axes.set_yticks(list(ticks), ticks.values(), fontsize=11)
    axes.set(xscale="log", xlim=(30, 5000), ylim=(y + 0.4, 0.6), xlabel="ketamine (ng/mL)")
    at = [30, 100, 300, 1000, 3000]
    axes.set_xticks(at, [grouped(tick) for tick in at])
    axes.set_xticks([], minor=True)
    axes.grid(False, axis="y")
    vein, artery = (
        [decimals(trials.peak_of(MODEL_OF[block], minutes), 0) for minutes in (40, 2)]
        for block in (VEIN, ARTERY)
    )
    return Picture(
        fig,
        "01_landmarks",
        "Concentrations at which effects were seen, on a logarithmic axis, in three groups. Venous blood: "
        "perceptual effects from 50 to 200 ng/mL; the venous model gives "
        f"{vein[0]} for 35 mg over 40 minutes and {vein[1]} over 2. Arterial blood: feeling high near 71, "
        f"pain relief at 285 to 404; the arterial model gives {artery[0]} and {artery[1]}. Measured in "
        "another place, or in one that our source does not name: pain relief at 121, awake at 159, "
        "waking at 642, responding again at 1,060 and no longer at 1,640 (calculated for the brain), "
        "anaesthesia near 2,000.",
    )


def prediction_errors() -> Picture:
    """Predicted over measured for each observation and model, on a logarithmic scale."""
    names, labels = trials.MODEL_NAMES, trials.OBSERVATIONS
    errors = trials.errors()
    errors = errors[errors.observation.isin(labels)]
    ratio = errors.predicted / errors.measured
    fig = figure(9.6, 5.4)
    axes = fig.subplots()
    axes.axvspan(0.75, 1.25, color=PALE, alpha=0.6, zorder=0)
    axes.axvline(1, color=BLACK, linewidth=1)
    markers = dict(zip(names, ("o", "s", "^", "D"), strict=False))
    colours = dict(zip(names, (BLUE, SKY, VERMILION, GREY), strict=False))
    for model, name in names.items():
        rows = errors.model == model
        axes.plot(
            ratio[rows],
            errors.observation[rows].map(list(labels).index),
            markers[model],
            color=colours[model],
            markersize=8,
            label=name,
            alpha=0.85,
        )
    axes.set_yticks(range(len(labels)), labels.values(), fontsize=11.5)
    axes.invert_yaxis()
    axes.set(
        xscale="log", xlim=(0.1, 8), xlabel="predicted divided by measured (1 is perfect; grey: within 25%)"
    )
    ticks = [0.1, 0.2, 0.5, 1, 2, 5]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    fig.legend(loc="outside upper left", ncols=4, columnspacing=1.2, handletextpad=0.3)
    return Picture(
        fig,
        "01_prediction_errors",
        f"Predicted divided by measured concentration for {len(labels)} observations and four models, from "
        f"{decimals(ratio.min())} to {decimals(ratio.max())}; 1 is a perfect prediction. In "
        f"the first minutes "
        "after a bolus the venous models predict far too little. They are close for infusions and for "
        "injections into a muscle. The arterial model is close for boluses and predicts too much after an "
        "injection into a muscle. For swallowed doses the predictions are too low.",
    )
