"""Frames as few bytes: what moved since the frame before, as whole numbers, deflated.

A row is the frames of one control's positions, one after the other. Its numbers are written as varints
(seven bits a byte, lowest first; negative ones folded in between): a place that did not move is one zero.
Words are split at spaces, tabs and line ends; each piece stands once in a list.

    parcel = deflate( length of the header (4 bytes, lowest first), header (JSON), rows )
    row    = for each frame: ground, which artists in which order, then for each of them
                 1                          as in the frame before that showed it
                 2 [word] numbers           as many places as before: how far each moved, less how far its
                                            neighbour before it moved
                 3 parts lengths [word] numbers      new: how far each place lies from its neighbour
             and the frame's words: 0, count, pieces in full; or 1, changes, (how far on, piece) each

`static/stage.js` reads it.
"""

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketalab.explorables.drawing import Trace

PIECES = re.compile(r"([ \xa0\t\n\x1d-\x1f])")


class Frame(NamedTuple):
    """One setting: which ground, where the artists lie, and everything that is said about it."""

    ground: int
    traces: Mapping[str, Trace]
    words: str


class Words:
    """Every different piece of text once, and every different order of artists."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.orders: dict[tuple[str, ...], int] = {}
        self._lines: dict[str, list[int]] = {}

    @property
    def header(self) -> dict[str, list]:
        """What a parcel's header says of them."""
        return {"texts": list(self.places), "orders": list(self.orders)}

    def index(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def pieces(self, text: str) -> list[int]:
        found: list[int] = []
        for number, line in enumerate(text.split("\n")):
            if number:
                found.append(self.index("\n"))
            found += self._of(line)
        return found

    def _of(self, line: str) -> list[int]:
        """Most lines are said again and again."""
        if line not in self._lines:
            places = self.places
            self._lines[line] = [places.setdefault(piece, len(places)) for piece in PIECES.split(line)]
        return self._lines[line]


def varints(values: NDArray[np.int64]) -> bytes:
    """Whole numbers of 0 or more, below 2 ** 35."""
    needed = 1 + sum((values >= 1 << 7 * more).astype(np.int8) for more in range(1, 5))
    starts = np.cumsum(needed) - needed
    found = np.empty(int(needed.sum()), np.uint8)
    found[starts] = values & 127
    for more in range(1, int(needed.max(initial=1))):
        longer = np.flatnonzero(needed > more)
        at = starts[longer] + more
        found[at] = values[longer] >> 7 * more & 127
        found[at - 1] |= 128
    return found.tobytes()


def folded(values: NDArray[np.signedinteger]) -> NDArray[np.signedinteger]:
    """0, -1, 1, -2 ... as 0, 1, 2, 3 ...; half of what the type holds has room."""
    return (values << 1) ^ (values >> 8 * values.itemsize - 1)


def row(frames: Iterable[Frame], words: Words) -> bytes:
    """The frames of one row."""
    numbers: list[NDArray] = []
    few: list[int] = []  # which have no array of their own yet
    last: dict[str, Trace] = {}
    said: list[int] = []
    for frame in frames:
        few += frame.ground, words.orders.setdefault(tuple(frame.traces), len(words.orders))
        for name, trace in frame.traces.items():
            start, places = _artist(trace, last.get(name), words)
            few += start
            if places is not None:
                numbers += np.array(few, np.int64), folded(places).ravel()
                few = []
        pieces = words.pieces(frame.words)
        few += _said(pieces, said)
        last.update(frame.traces)
        said = pieces
    return varints(np.concatenate([*numbers, np.array(few, np.int64)]))


def _artist(new: Trace, old: Trace | None, words: Words) -> tuple[list[int], NDArray[np.int32] | None]:
    """What is said of an artist, and how far its places moved or lie apart."""
    text = [] if new.text is None else [words.index(new.text)]
    if old is None or old.parts != new.parts:
        return [3, len(new.parts), *new.parts, *text], _less_neighbour(new.places)
    moved = new.places - old.places
    if old.text == new.text and not moved.any():
        return [1], None
    return [2, *text], _less_neighbour(moved)


def _less_neighbour(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Along a row each value less the one before it; the first is as it is."""
    less = values.copy()
    less[:, 1:] -= values[:, :-1]
    return less


def _said(new: list[int], old: list[int]) -> list[int]:
    if len(new) != len(old):
        return [0, len(new), *new]
    changed = [i for i, (a, b) in enumerate(zip(new, old, strict=True)) if a != b]
    gaps = np.diff(changed, prepend=0)
    return [
        1,
        len(changed),
        *(part for i, gap in zip(changed, gaps, strict=True) for part in (gap, new[i])),
    ]


def parcel(header: Mapping[str, Any], rows: Sequence[bytes], level: int = 7) -> bytes:
    """Header and rows in one deflated piece."""
    start = json.dumps(header | {"rows": [len(part) for part in rows]}, separators=(",", ":")).encode()
    return zlib.compress(b"".join([len(start).to_bytes(4, "little"), start, *rows]), level)
