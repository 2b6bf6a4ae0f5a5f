"""An arrow as one polygon, whose width says how much flows."""

Place = tuple[float, float]


def arrow(along: tuple[float, float, float], across: tuple[float, float], wider: float) -> list[Place]:
    """Seven corners (across, along): straight from `start` to `neck`, then a head that ends at `tip`.

    `along` is start, neck and tip, `across` the two sides; the head is `wider` than the shaft on each side.
    """
    (start, neck, tip), (low, high) = along, across
    head = [(low - wider, neck), ((low + high) / 2, tip), (high + wider, neck)]
    return [(low, start), (low, neck), *head, (high, neck), (high, start)]
