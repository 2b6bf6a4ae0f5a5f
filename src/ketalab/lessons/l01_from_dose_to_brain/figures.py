"""Pictures of the lesson from dose to brain."""

from io import BytesIO

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from ketalab.data.bibliography import short_name
from ketalab.plots.style import BLACK, DRUG, GREY, PALE, VERMILION, figure

MOLECULES = {
    "esketamine": "S-ketamine (esketamine)",
    "arketamine": "R-ketamine (arketamine)",
    "norketamine": "norketamine",
    "hydroxynorketamine": "(2R,6R)-hydroxynorketamine",
}
DRUG_OF = {"racemic ketamine": "ketamine", "esketamine": "esketamine", "arketamine": "arketamine"}


def molecules(table: pd.DataFrame) -> Figure:
    """Four structures drawn by RDKit from stereo-SMILES, the chiral centres marked."""
    by_name = table.set_index("molecule")
    fig = figure(9.6, 3.4)
    for axes, (name, title) in zip(fig.subplots(1, 4), MOLECULES.items(), strict=True):
        axes.imshow(structure(by_name.smiles[name]))
        axes.axis("off")
        axes.set_title(title, loc="center", fontsize=12.5, color=BLACK)
    return fig


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
    options.minFontSize = 26
    options.annotationFontScale = 0.8
    drawing.DrawMolecule(molecule)
    drawing.FinishDrawing()
    return np.asarray(Image.open(BytesIO(drawing.GetDrawingText())).convert("RGB"))


def bioavailability(facts: pd.DataFrame) -> Figure:
    """Each study's bioavailability with its interval where one was printed, by route."""
    rows = facts[facts.quantity == "bioavailability"].sort_values(["route", "value"])
    order = rows.groupby("route").value.median().sort_values(ascending=False).index
    fig = figure(10.2, 5.6)
    axes = fig.subplots()
    y, ticks = 0.0, {}
    for route in order:
        block = rows[rows.route == route]
        ticks[route] = y - (len(block) - 1) / 2
        for row in block.itertuples():
            colour = DRUG[DRUG_OF[row.drug]]
            if not np.isnan(row.low):
                axes.plot([100 * row.low, 100 * row.high], [y, y], color=colour, linewidth=2)
            axes.plot(100 * row.value, y, "o", color=colour, markersize=9)
            axes.annotate(
                f"{short_name(row.reference)}: {row.population}",
                (102, y),
                va="center",
                fontsize=11.5,
                annotation_clip=False,
            )
            y -= 1
        axes.axhline(y + 0.5, color=PALE, linewidth=1)
    for drug, name in DRUG_OF.items():
        axes.plot([], [], "o", color=DRUG[name], markersize=9, label=drug)
    fig.legend(loc="outside upper left", ncols=3, handletextpad=0.2)
    axes.set_yticks(list(ticks.values()), list(ticks))
    axes.set(xlim=(0, 100), xlabel="of the dose that reaches the circulation (%)")
    axes.grid(False, axis="y")
    return fig


def landmarks(effects: pd.DataFrame, peaks: pd.DataFrame) -> Figure:
    """Concentrations at which effects were seen (markers) and what models predict (lines)."""
    fig = figure(9.6, 4.8)
    axes = fig.subplots()
    ordered = effects.assign(at=effects["mean"].fillna((effects.low * effects.high) ** 0.5))
    ordered = ordered.sort_values("at")
    for y, row in enumerate(ordered.itertuples()):
        colour = DRUG[DRUG_OF[row.drug]]
        if not np.isnan(row.low):
            axes.plot([row.low, row.high], [y, y], color=colour, linewidth=5, alpha=0.5)
        if not np.isnan(row.mean):
            axes.plot(row.mean, y, "o", color=colour, markersize=9)
    axes.set_yticks(range(len(ordered)), ordered.state, fontsize=11)
    for peak in peaks.itertuples():
        axes.axvline(peak.value, color=GREY, linestyle="--", linewidth=1.6)
        axes.annotate(
            peak.label,
            (peak.value, len(ordered) - 0.3),
            ha="center",
            va="bottom",
            fontsize=11,
            annotation_clip=False,
            color=GREY,
        )
    axes.set(
        xscale="log",
        xlim=(30, 5000),
        ylim=(-0.6, len(ordered) - 0.4),
        xlabel="ketamine in plasma (ng/mL)",
    )
    ticks = [30, 100, 300, 1000, 3000]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xticks([], minor=True)
    return fig


def prediction_errors(errors: pd.DataFrame, labels: dict[str, str], names: dict[str, str]) -> Figure:
    """Predicted over measured for each observation and model, on a logarithmic scale."""
    fig = figure(9.6, 5.0)
    axes = fig.subplots()
    axes.axvspan(0.8, 1.25, color=PALE, alpha=0.6, zorder=0)
    axes.axvline(1, color=BLACK, linewidth=1)
    markers = dict(zip(names, ("o", "s", "^", "D"), strict=False))
    colours = dict(zip(names, (DRUG["ketamine"], DRUG["norketamine"], VERMILION, GREY), strict=False))
    for model, name in names.items():
        rows = errors[errors.model == model]
        axes.plot(
            rows.predicted / rows.measured,
            rows.observation.map(list(labels).index),
            markers[model],
            color=colours[model],
            markersize=9,
            label=name,
            alpha=0.85,
        )
    axes.set_yticks(range(len(labels)), labels.values(), fontsize=11.5)
    axes.invert_yaxis()
    axes.set(xscale="log", xlim=(0.15, 6.5), xlabel="predicted over measured")
    ticks = [0.2, 0.5, 0.8, 1, 1.25, 2, 5]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    fig.legend(loc="outside upper left", ncols=4, columnspacing=1.2, handletextpad=0.3)
    return fig
