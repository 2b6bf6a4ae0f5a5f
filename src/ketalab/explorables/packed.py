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

    @property
    def header(self) -> dict[str, list]:
        """What a parcel's header says of them."""
        return {"texts": list(self.places), "orders": list(self.orders)}

    def index(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def pieces(self, text: str) -> list[int]:
        places = self.places
        return [places.setdefault(piece, len(places)) for piece in PIECES.split(text)]


def varints(values: NDArray) -> bytes:
    """Whole numbers of 0 or more, below 2 ** 35."""
    left = np.asarray(values, dtype=np.uint64)
    groups = (left[:, None] >> np.arange(0, 35, 7, dtype=np.uint64)) & np.uint64(127)
    needed = np.maximum(1, 5 - (groups[:, ::-1] != 0).argmax(axis=1))
    needed[left == 0] = 1
    at = np.arange(5)
    groups |= np.where(at < needed[:, None] - 1, 128, 0).astype(np.uint64)
    return groups.astype(np.uint8)[at < needed[:, None]].tobytes()


def folded(values: NDArray) -> NDArray[np.int64]:
    """0, -1, 1, -2 ... as 0, 1, 2, 3 ..."""
    wide = values.astype(np.int64)
    return (wide << 1) ^ (wide >> 63)


def row(frames: Iterable[Frame], words: Words) -> bytes:
    """The frames of one row."""
    numbers: list[NDArray | list[int]] = []
    last: dict[str, Trace] = {}
    said: list[int] = []
    for frame in frames:
        order = words.orders.setdefault(tuple(frame.traces), len(words.orders))
        numbers.append([frame.ground, order])
        for name, trace in frame.traces.items():
            numbers.extend(_artist(trace, last.get(name), words))
        pieces = words.pieces(frame.words)
        numbers.append(_said(pieces, said))
        last.update(frame.traces)
        said = pieces
    return varints(np.concatenate([np.asarray(part, dtype=np.int64) for part in numbers]))


def _artist(new: Trace, old: Trace | None, words: Words) -> list[NDArray | list[int]]:
    text = [] if new.text is None else [words.index(new.text)]
    if old is not None and old.parts == new.parts:
        if old.text == new.text and np.array_equal(old.places, new.places):
            return [[1]]
        moved = np.diff(new.places - old.places, axis=1, prepend=0)
        return [[2, *text], folded(moved.ravel())]
    apart = np.diff(new.places, axis=1, prepend=0)
    return [[3, len(new.parts), *new.parts, *text], folded(apart.ravel())]


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


def parcel(header: Mapping[str, Any], rows: Sequence[bytes], level: int = 9) -> bytes:
    """Header and rows in one deflated piece."""
    start = json.dumps(header | {"rows": [len(part) for part in rows]}, separators=(",", ":")).encode()
    return zlib.compress(b"".join([len(start).to_bytes(4, "little"), start, *rows]), level)
