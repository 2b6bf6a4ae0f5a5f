"""Text that is drawn once and stamped afterwards: for explorables with many words that move.

Laying out and drawing a line of text costs about a millisecond, each time. A label that comes back in
the same place with the same words is the same pixels, so a `Stamp` keeps them.
"""

from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from numpy.typing import NDArray

KEPT = 256


class Print(NamedTuple):
    """What a text left on an empty page: its pixels, and where they stand from the lower left."""

    x: int
    y: int
    pixels: NDArray[np.uint8]


class Stamp(Text):
    """A text that keeps the pixels of what it has shown; its font and colour must not change."""

    def __init__(self, x: float, y: float, **look: Any) -> None:
        super().__init__(x, y, "", **({"clip_on": False} | look))
        self._prints: OrderedDict[tuple, Print | None] = OrderedDict()

    def draw(self, renderer: Any) -> None:
        if not isinstance(renderer, RendererAgg) or not self.get_visible():
            super().draw(renderer)
            return
        at = tuple(self.get_transform().transform(self.get_position()).round(2))
        key = (self.get_text(), at, renderer.width, renderer.height, renderer.dpi)
        if key not in self._prints:
            self._prints[key] = self._printed(renderer)
            if len(self._prints) > KEPT:
                self._prints.popitem(last=False)
        found = self._prints[key]
        if found is not None:
            context = renderer.new_gc()
            renderer.draw_image(context, found.x, found.y, found.pixels)
            context.restore()
        self.stale = False

    def _printed(self, renderer: RendererAgg) -> Print | None:
        page = RendererAgg(renderer.width, renderer.height, renderer.dpi)
        super().draw(page)
        pixels = np.asarray(page.buffer_rgba())
        rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return None
        part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return Print(int(columns[0]), int(renderer.height) - int(rows[-1]) - 1, part[::-1].copy())


def stamp(axes: Axes, x: float, y: float, **look: Any) -> Stamp:
    """An empty `Stamp` on the axes at x, y in data coordinates; `look` as for `axes.text`."""
    made = Stamp(x, y, **look)
    axes.add_artist(made)
    return made
