"""The load of a class, as `make load` measured it, and how large a machine follows from it."""

from math import ceil

import pandas as pd

from ketalab.paths import ROOT

MEASURED = ROOT / "tests" / "bench" / "class_load.csv"  # written by tests/bench/class_load.py
CLASS = 40  # students
FELT_MS = 50  # a move that takes longer is felt as a delay
MEMORY_USED = 0.75  # share of the memory that kernels may fill; the rest is for system, hub and bursts


def load_of_a_class() -> str:
    """The measured curve as a table, and the arithmetic for forty students."""
    rows = pd.read_csv(MEASURED, dtype={"note": str}, keep_default_na=False, na_values={"slow_ms": ""})
    head = "| Students at once | Memory | Median move | 95 of 100 moves below |\n|---|---|---|---|\n"
    lines = [
        f"| {row.students} | {row.memory_mb:,.0f} MB | {row.median_ms:.0f} ms | {_slow(row.slow_ms)} |\n"
        for row in rows.itertuples()
    ]
    machine = rows.iloc[-1]
    note = f" {machine.note[:1].upper()}{machine.note[1:]}." if machine.note else ""
    return (
        f"{head}{''.join(lines)}\nMeasured on {machine.cores} cores with an explorable of lesson 01, "
        f"every student dragging a slider at the same time, some twenty changes a second.{note}\n\n"
        f"{arithmetic(rows)}"
    )


def _slow(milliseconds: float) -> str:
    return "not kept" if pd.isna(milliseconds) else f"{milliseconds:.0f} ms"


def arithmetic(rows: pd.DataFrame) -> str:
    """From the curve to a machine, each step shown."""
    one, most = rows.iloc[0], rows.iloc[-1]
    more = most.students - one.students
    each = (most.memory_mb - one.memory_mb) / more  # MB
    kernels = one.memory_mb + (CLASS - one.students) * each  # MB
    needed = kernels / 1000 / MEMORY_USED  # GB
    smooth = rows[rows.median_ms <= FELT_MS].iloc[-1]
    a_core = smooth.students / smooth.cores
    return (
        f"- **Memory.** One more student costs ({most.memory_mb:,.0f} − {one.memory_mb:,.0f}) / {more} = "
        f"{each:,.1f} MB. {CLASS} students: {one.memory_mb:,.0f} + {CLASS - one.students} × {each:,.1f} = "
        f"{kernels:,.0f} MB. Leave a quarter free for the system, the hub and heavier lessons: "
        f"{kernels / 1000:.1f} / {MEMORY_USED:g} = {needed:.1f} GB, so take {_size(needed)} GB.\n"
        f"- **Cores.** A move that takes over {FELT_MS} ms is felt. The largest class that stayed below it "
        f"had {smooth.students} students on {smooth.cores} cores, {a_core:g} to a core. "
        f"{CLASS} / {a_core:g} = {ceil(CLASS / a_core)} cores keep {CLASS} hands smooth that all "
        f"drag at once. That is the worst case: it lasts as long as you say *now everybody*.\n"
    )


def _size(gigabytes: float) -> int:
    """The next size in which memory is sold."""
    return next(size for size in (4, 8, 16, 32, 64, 128, 256, 512) if size >= gigabytes)
