#!/usr/bin/env bash
# matplotlib 3.11.2: a figure made in one style and drawn in another keeps the size of its letters, but not its numbers.
#
# The guess: what is drawn inside `rc_context` is settled there. The sizes of letters, lines and ticks are copied into
# the figure when it is made, so drawing it later, outside, gives the same picture.
#
# What happens: how many numbers an axis has is found at each drawing anew. `AutoLocator` asks the axis for its
# `get_tick_space()`, which divides its length by three times the size of a tick's label; and that size is taken not
# from the labels that will be drawn but from `rcParams["xtick.labelsize"]` of the moment, which is "medium" of the
# font size of the moment (`axis.py`, `_get_tick_label_size`). With larger letters in the style than outside, the same
# axis has fewer numbers when it is drawn inside than outside, in letters of the same size.
#
# Where seen: the course's pictures are made in its own style. A test that drew one of them outside saw 50, 100, 150 ...
# where the reader sees 100, 200. What helps: draw inside the style as well, or set the ticks.
#
# Output of 2026-11-30:
#   matplotlib 3.11.2
#   drawn inside the style:  labels of 16.0 points, 5 numbers: 0 50 100 150 200
#   drawn outside the style: labels of 16.0 points, 10 numbers: 0 20 40 60 80 100 120 140 160 180
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check matplotlib==3.11.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

mpl.rcdefaults()
with mpl.rc_context({"font.size": 16}):
    figure = Figure(figsize=(5, 3), dpi=100)
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7))
    axes.set_xlim(0, 180)
    canvas = FigureCanvasAgg(figure)


def drawn():
    canvas.draw()
    labels = axes.get_xticklabels()
    return {label.get_size() for label in labels}, [label.get_text() for label in labels]


with mpl.rc_context({"font.size": 16}):
    inside = drawn()
outside = drawn()
print(f"matplotlib {mpl.__version__}")
for where, (sizes, numbers) in (("inside the style: ", inside), ("outside the style:", outside)):
    print(f"drawn {where} labels of {', '.join(map(str, sizes))} points, {len(numbers)} numbers: {' '.join(numbers)}")
assert inside[0] == outside[0] == {16.0}, "the letters no longer keep their size"
assert len(inside[1]) < len(outside[1]), "the number of ticks no longer follows the style of the moment"
print("as described")
PYTHON
