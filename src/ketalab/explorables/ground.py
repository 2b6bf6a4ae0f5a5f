"""What stands still under an explorable, as SVG: each axes is drawn once for each of its limits.

Drawing a figure takes a tenth of a second, and a hand that changes the limits of one of five axes would
wait for all five. So the figure is drawn without its axes, each axes by itself, and the pieces are put
together.
"""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from ketalab.explorables.flat import flat
from ketalab.plots.style import course_look

POINTS_PER_INCH = 72
_DEFINED = re.compile(r"<defs>\n<(?:clipPath|pattern) .*?</defs>\n", re.S)
_SHARED = re.compile(r'<(clipPath|pattern) id="(\w+)".*?</\1>', re.S)  # pieces of one drawing may share it


class Pieces:
    """The pieces of one figure's ground, each drawn when it is first needed."""

    def __init__(self, figure: Figure, size: tuple[float, float], name: str) -> None:
        self.figure, self.size, self.name = figure, size, name
        self._drawn_figure: tuple[str, str] | None = None
        self._drawn_axes: dict[tuple, str] = {}

    def together(self) -> str:
        """The ground with the limits that the figure's axes have now."""
        begin, over = self._figure()
        axes = sorted(filter(Axes.get_visible, self.figure.axes), key=Axes.get_zorder)
        pieces = [begin, *map(self._axes, axes), over]
        shared = {found[2]: found[0] for piece in pieces for found in _SHARED.finditer(piece)}
        drawn = "".join(_DEFINED.sub("", piece) for piece in pieces)
        defined = "<defs>\n{}\n</defs>\n".format("\n".join(shared.values())) if shared else ""
        return flat(f"{drawn}</g>\n{defined}</svg>\n")

    def _figure(self) -> tuple[str, str]:
        """Its beginning with its own ground; what stands over its axes."""
        if self._drawn_figure is None:
            seen = [axes for axes in self.figure.axes if axes.get_visible()]
            for axes in seen:
                axes.set_visible(False)
            begin, patch, over = self._svg(self.figure.draw).partition("</g>\n")
            for axes in seen:
                axes.set_visible(True)
            over, _, shared = over.rpartition("</g>\n")
            self._drawn_figure = begin + patch, over + shared
        return self._drawn_figure

    def _axes(self, axes: Axes) -> str:
        key = (axes, axes.get_xlim(), axes.get_ylim(), axes.get_xscale(), axes.get_yscale())
        if key not in self._drawn_axes:
            self._drawn_axes[key] = self._svg(axes.draw).partition(">\n")[2]
        return self._drawn_axes[key]

    def _svg(self, draw: Callable[[Any], None]) -> str:
        file = StringIO()
        style = {"svg.fonttype": "none", "svg.hashsalt": self.name, "path.simplify": True}
        with course_look(), mpl.rc_context(style):
            svg = RendererSVG(*self.size, file, image_dpi=2 * POINTS_PER_INCH, metadata={"Date": None})
            renderer = MixedModeRenderer(self.figure, *self.size, 2 * POINTS_PER_INCH, svg)
            draw(renderer)
            renderer.finalize()
        return _bare(file.getvalue()).removesuffix("</svg>\n")


def _bare(svg: str) -> str:
    """Only the drawing: no prologue, no metadata, no fixed size."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.S)  # it would style the page
    svg = re.sub(r'<g id="legend_[^"]*">', '<g class="ketalab-key">', svg)
    svg = re.sub(r'<g id="[^"]*"/>\s*', "", svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    return re.sub(r"\n\s+", "\n", svg)
