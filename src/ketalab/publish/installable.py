"""What lets a browser install the course where it is served: the icon and the manifest.

The icon is the course's rule in one picture, drawn from lesson 00: lines are models, circles measurements.
"""

import json
from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from ketalab.lessons.l00_start_here import trials
from ketalab.plots.png import figure_image, small_png
from ketalab.plots.style import BLACK, BLUE
from ketalab.publish.course import TITLE

SIZES = (32, 180, 192, 512)  # for the tab, for iOS, and the two that Chromium asks for
SHORT = "Ketamine course"  # under an icon there is room for some 12 to 15 letters
ABOUT = "What one article claims about ketamine, and what trials and measurements say to it."
GROUND = {"light": "#ffffff", "dark": "#12161b"}  # --ground in site.css


def icons() -> dict[str, bytes]:
    """Each icon as PNG under its file's name."""
    return {
        file_of(size): small_png(_largest().resize((size, size), Image.Resampling.LANCZOS))
        for size in SIZES
    }


def file_of(size: int) -> str:
    return f"icon-{size}.png"


@cache
def _largest() -> Image.Image:
    """All within the middle four fifths: what a launcher cuts off shows nothing."""
    rows, minutes = trials.volunteers(), np.arange(0, 241)
    fig = Figure(figsize=(5.12, 5.12), dpi=100, facecolor=BLUE, layout="none")
    axes = fig.add_axes((0.2, 0.24, 0.6, 0.52))
    axes.plot(minutes, trials.predicted(minutes), color="#ffffff", linewidth=16, solid_capstyle="round")
    early = rows[rows.time_min <= minutes[-1]]
    axes.plot(
        early.time_min,
        early.value,
        "o",
        markersize=36,
        markerfacecolor="#ffffff",
        markeredgecolor=BLACK,
        markeredgewidth=10,
        clip_on=False,
    )
    axes.axis("off")
    return figure_image(fig, 100)


def manifest(folder: str) -> bytes:
    """The web app manifest; `folder` is where the icons are, seen from it. It works under any path."""
    return json.dumps(
        {
            "name": TITLE,
            "short_name": SHORT,
            "description": ABOUT,
            "lang": "en",
            "start_url": "./index.html",
            "scope": "./",
            "id": "./index.html",
            "display": "standalone",
            "background_color": GROUND["light"],
            "theme_color": GROUND["light"],
            "icons": _icons(folder, (192, 512)),
        },
        indent=1,
    ).encode()


def _icons(folder: str, sizes: Sequence[int]) -> list[dict[str, str]]:
    return [
        {
            "src": f"{folder}/{file_of(size)}",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in sizes
        for purpose in ("any", "maskable")
    ]
