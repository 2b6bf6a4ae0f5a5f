"""Explorables of the lesson on risks: hours after a dose, pressure, the bladder, a balance of weights."""

Box = list[tuple[float, float]]


def box(left: float, right: float, y: float, half: float = 0.3) -> Box:
    return [(left, y - half), (right, y - half), (right, y + half), (left, y + half)]
