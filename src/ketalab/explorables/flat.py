"""A drawing of matplotlib's as few pieces for a browser.

At every move on a page a browser goes once through all coordinate systems and clips that it shows.
Matplotlib makes one of each for every tick, number and grid line, hundreds in a picture. Here a tick is a
line where it stands, words that stand upright are not turned by nothing, and what lies inside its axes is
not clipped; the drawing is the same.
"""

import re

_MARK = re.compile(r'<path id="(\w+)" d="([^"]*)" style="([^"]*)"/>')
_USE = re.compile(r'<use xlink:href="#(\w+)" x="([^"]*)" y="([^"]*)" style="([^"]*)"/>')
_EMPTY = re.compile(r"<defs>\s*</defs>\s*")
_UNTURNED = re.compile(r' transform="rotate\(-?0(?:\.0*)?(?: [^)]*)?\)"')
_CLIP = re.compile(
    r'<clipPath id="(\w+)">\s*<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/>'
)
_CLIPPED = re.compile(r'<path d="([^"]*)" clip-path="url\(#(\w+)\)" style="([^"]*)"')
_WIDTH = re.compile(r"stroke-width: ([\d.]+)")
_ROUND = re.compile(r"; stroke-linecap: round|stroke-linecap: round; ")
_POINT = re.compile(r"(-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)")


def flat(svg: str) -> str:
    """The same drawing without marks that are used, turns by nothing, and clips that cut nothing off."""
    marks = {name: (path, style) for name, path, style in _MARK.findall(svg)}
    boxes = {name: tuple(map(float, box)) for name, *box in _CLIP.findall(svg)}

    def drawn(use: re.Match) -> str:
        name, x, y, style = use.groups()
        if name not in marks:
            return use[0]
        path, own = marks[name]
        return f'<path d="{_moved(path, float(x), float(y))}" style="{_over(style, own)}"/>'

    def unclipped(path: re.Match) -> str:
        points, clip, style = path.groups()
        blunt = _ROUND.sub("", style)
        inside = clip in boxes and _inside(points, style, *boxes[clip])
        return f'<path d="{points}" style="{blunt}"' if inside else path[0]

    svg = _USE.sub(drawn, svg)
    svg = _MARK.sub(lambda mark: mark[0] if f'"#{mark[1]}"' in svg else "", svg)
    return _CLIPPED.sub(unclipped, _UNTURNED.sub("", _EMPTY.sub("", svg)))


def _moved(path: str, x: float, y: float) -> str:
    return _POINT.sub(lambda at: f"{_short(float(at[1]) + x)} {_short(float(at[2]) + y)}", path)


def _short(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _over(style: str, own: str) -> str:
    """What a mark says of itself goes before what its use says."""
    said = dict(part.split(": ", 1) for both in (style, own) for part in both.split("; ") if part)
    return "; ".join(f"{name}: {value}" for name, value in said.items())


def _inside(path: str, style: str, x: float, y: float, width: float, height: float) -> bool:
    """Whether the stroke reaches over no edge: a straight line has no corner to stick out."""
    points = [(float(at[1]), float(at[2])) for at in _POINT.finditer(path)]
    (x0, y0), (x1, y1) = points[0], points[-1]
    stroke = float(found[1]) if (found := _WIDTH.search(style)) else 1.0
    if "stroke: " not in style:
        aside = down = 0.0
    elif len(points) == 2 and (x0 == x1 or y0 == y1) and "projecting" not in style:
        aside, down = (stroke / 2, 0.0) if x0 == x1 else (0.0, stroke / 2)
    else:
        aside = down = 2 * stroke
    return all(
        x + aside <= at <= x + width - aside and y + down <= depth <= y + height - down
        for at, depth in points
    )
