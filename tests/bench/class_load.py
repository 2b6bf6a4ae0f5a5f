"""How many students fit on this machine? `make load` (as root) starts a real hub and fills it.

For 1, 5, 10, 20 and 40 students at once: the memory their servers and kernels hold, and how long one move
takes in a kernel while all the others move sliders, too. It is the worst case: a browser that holds the
slider's row already asks no kernel. The curve replaces `class_load.csv`, from which the guide makes
its table and its sum for a class of forty.
"""

import csv
import io
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from deploy.classroom import Kernel, Student, classroom

from ketalab.paths import write_atomically

CURVE = Path(__file__).with_name("class_load.csv")
FIELDS = ("students", "memory_mb", "median_ms", "slow_ms", "cores", "note")
CLASS_SIZES = (1, 5, 10, 20, 40)
OPEN = """
import time
from ketalab import explorable
live = explorable("route_to_plasma").live
have = range(len(live.explorable.grounds))   # as a browser says once it has the pictures' grounds
"""
MOVE = """
times = []
for step in range(60):
    started = time.perf_counter()
    values = {"dose": round(0.2 + 0.05 * (step % 30), 2)}
    live.asked({"ask": "one", "id": step, "values": values, "have": have})
    live._answer()   # in a cell the answer would wait for the cell to end
    times.append(1000 * (time.perf_counter() - started))
    time.sleep(0.05)   # a hand that drags sends some twenty changes a second
print(*times)
"""


def main() -> None:
    names = [f"kl-{n:02d}" for n in range(max(CLASS_SIZES))]
    print(f"{os.cpu_count()} cores, {memory_gb():.0f} GB, Python {platform.python_version()}")
    print("students  memory (MB)  a student (MB)  median move (ms)  95% below (ms)")
    with classroom(names) as (students, _), ExitStack() as kernels:
        open_kernels: list[Kernel] = []
        curve = []
        for size in CLASS_SIZES:
            for student in list(students.values())[len(open_kernels) : size]:
                open_kernels.append(kernels.enter_context(arrive(student)))
            with ThreadPoolExecutor(size) as pool:
                times = np.array([t.split() for t in pool.map(lambda k: k.run(MOVE), open_kernels)], float)
            held = sum(memory_mb(name) for name in names[:size])
            middle, slow = np.percentile(times, [50, 95])
            row = f"{size:>8} {held:>12,.0f} {held / size:>15,.0f} {middle:>17.1f} {slow:>16.1f}"
            print(row, flush=True)
            curve.append((size, round(held), round(middle, 1), round(slow, 1), os.cpu_count(), ""))
    save(curve, CURVE)
    print(f"written: {CURVE}")


def save(curve: Sequence[tuple], path: Path) -> None:
    """Replace the measured curve in one step."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([FIELDS, *curve])
    with write_atomically(path) as file:
        file.write(text.getvalue().encode())


@contextmanager
def arrive(student: Student) -> Iterator[Kernel]:
    """Log in, start the server, open a kernel and an explorable in it."""
    assert student.log_in() == 200
    student.start()
    with student.kernel() as kernel:
        said = kernel.run(OPEN)
        assert not said, said
        yield kernel


def memory_mb(user: str) -> float:
    """Memory of all processes of this account, shared pages divided among their users (PSS)."""
    found = subprocess.run(["pgrep", "-u", user], capture_output=True, text=True)
    total = 0
    for pid in found.stdout.split():
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        lines = rollup.read_text("utf-8").splitlines() if rollup.exists() else []
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def memory_gb() -> float:
    first = Path("/proc/meminfo").read_text("utf-8").splitlines()[0]
    return int(first.split()[1]) / 1024**2


if __name__ == "__main__":
    main()
