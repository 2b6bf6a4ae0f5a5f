"""Pictures as bytes, small for the file that is kept."""

from io import BytesIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

STILL_DPI = 125  # sharp enough for a slide, small enough for a notebook


def figure_image(figure: Figure, dpi: float = STILL_DPI) -> Image.Image:
    """A figure as an image; the figure keeps its own resolution."""
    before = figure.get_dpi()
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    figure.set_dpi(before)
    return image


def small_png(image: Image.Image) -> bytes:
    """A PNG of at most 256 colours, which a drawing of lines does not miss."""
    return _save(_few_colours(image, 256), "PNG", optimize=True)


def small_webp(image: Image.Image) -> bytes:
    """A lossless WebP of at most 64 colours: the smallest and quickest for many frames."""
    few = _few_colours(image, 64).convert("RGB")
    return _save(few, "WEBP", lossless=True, quality=20, method=1)


def _few_colours(image: Image.Image, colours: int) -> Image.Image:
    return image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _save(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
