#!/usr/bin/env bash
# matplotlib 3.11.2: a zero on a logarithmic axis has a place: a thousand decades below one, a finite number of pixels.
#
# The guess: a zero cannot be placed on a logarithmic axis, so its pixel is not a number, or minus infinity, or the
# edge of the axes ("clip" is the default of `nonpositive`); whoever takes the pixels of a line filters with
# `isfinite` and is done.
#
# What happens: with nonpositive="clip" the transform gives a value that is not positive the logarithm -1000
# (`scale.py`, LogTransform.transform_non_affine). The pixel is finite and far outside: -154,770 on an axis of 465
# pixels for three decades. `isfinite` keeps it, and `Line2D.get_window_extent()` says that the line is 155,310 pixels
# wide. The picture is right all the same, because every renderer of matplotlib cuts a line to the canvas before it
# dashes it. Only nonpositive="mask" gives what was guessed: minus infinity.
#
# Where seen: a page draws the lines of a picture from matplotlib's pixels on an HTML canvas. Time 0 on a logarithmic
# axis of time began a dashed line 124,000 points away; the browser drew 14,600 dashes, of which a hundred are to be
# seen, in 13 ms of a frame's 17; cut to the canvas first it took 0.3 ms. That a dash begins elsewhere than in
# matplotlib's own picture is the smaller trouble.
#
# Output of 2026-11-30:
#   matplotlib 3.11.2
#   clip: pixel of 0 is -154770.0, finite: True; the line is 155310 pixels wide, its axes 465
#   mask: pixel of 0 is -inf, finite: False; the line is 310 pixels wide, its axes 465
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check matplotlib==3.11.2 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

mpl.rcdefaults()
print(f"matplotlib {mpl.__version__}")
found = {}
for way in ("clip", "mask"):
    figure = Figure(figsize=(6, 3), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    (line,) = axes.plot([0, 1, 10, 100], [1, 2, 3, 4], "--")
    axes.set_xscale("log", nonpositive=way)
    axes.set_xlim(0.1, 100)
    canvas.draw()
    pixels = line.get_transform().transform(line.get_xydata())[:, 0]
    wide, own = line.get_window_extent().width, axes.bbox.width
    found[way] = pixels[0], wide, own
    finite = bool(np.isfinite(pixels[0]))
    print(f"{way}: pixel of 0 is {pixels[0]:.1f}, finite: {finite}; the line is {wide:.0f} pixels wide, its axes {own:.0f}")
pixel, wide, own = found["clip"]
assert np.isfinite(pixel) and pixel < -100 * own and wide > 100 * own, "a zero is no longer a thousand decades away"
assert np.isneginf(found["mask"][0]) and found["mask"][1] < own, "a masked zero has a place now"
print("as described")
PYTHON
