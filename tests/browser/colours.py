"""How well one colour can be read on another."""

import re

Colour = tuple[float, float, float, float]


def rgba(colour: str) -> Colour:
    """Red, green, blue and opacity, 0 to 1 each, of a colour as getComputedStyle says it."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    scale = 1 if colour.startswith("color(srgb ") else 255
    if not colour.startswith(("color(srgb ", "rgb(", "rgba(")) or len(numbers) not in (3, 4):
        raise ValueError(f"colour is {colour!r}: rgb, rgba or color(srgb) wanted")
    red, green, blue = (number / scale for number in numbers[:3])
    return red, green, blue, numbers[3] if len(numbers) == 4 else 1.0


def contrast(ground: str, ink: str) -> float:
    """The WCAG contrast ratio of an ink, which may let the ground through, on a ground, which may not."""
    under, over = rgba(ground), rgba(ink)
    if under[3] != 1:
        raise ValueError(f"ground is {ground}: what lies below it is what a reader sees")
    mixed = [over[3] * top + (1 - over[3]) * below for top, below in zip(over[:3], under[:3], strict=True)]

    def luminance(channels: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(list(under[:3])), luminance(mixed)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)
