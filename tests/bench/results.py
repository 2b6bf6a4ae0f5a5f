"""`make bench` ends here: what pytest-benchmark measured becomes `RESULTS.md`.

python tests/bench/results.py measured.json
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from ketalab.paths import write_atomically

RESULTS = Path(__file__).with_name("RESULTS.md")
OURS, NAIVE = "test_explorable_redrawn", "test_explorable_recreated_as_interact_does"
LESSON_COLUMNS = (  # heading, test, what of it (nothing: its time)
    ("runs in", "test_lesson_runs", None),
    ("deck cut in", "test_deck_cut", None),
    ("slides", "test_deck_cut", "slides"),
    ("MB", "test_deck_cut", "megabytes"),
    ("first slide after", "test_first_slide", None),
    ("page's text after", "test_first_text", "text"),
    ("page answers after", "test_first_text", "ready"),
)

Groups = dict[str, dict[str, dict]]  # group, then test, then what was measured


def main(measured: str) -> None:
    page = results(json.loads(Path(measured).read_text(encoding="utf-8")))
    with write_atomically(RESULTS) as file:
        file.write(page.encode())
    print(f"written: {RESULTS}")


def results(found: dict) -> str:
    """The whole page: machine and command, then a table for each kind of measurement."""
    cpu = found["machine_info"]["cpu"]
    python = found["machine_info"]["python_version"].split(".final")[0]
    groups: Groups = {}
    for one in found["benchmarks"]:
        groups.setdefault(one["group"], {})[one["name"]] = one
    explorables, lessons = taken(groups, "explorable: "), taken(groups, "lesson: ")
    lines = [
        "# How fast\n",
        f"Made by `make bench` on {found['datetime'][:10]}, with {cpu['count']} cores of "
        f"{cpu['brand_raw']} and Python {python}. Times are medians; "
        "they hold for this machine and are never tested.\n",
        "## From a move of the hand to the new picture\n",
        *explorable_table(explorables),
        "## Lessons, decks and pages\n",
        *lesson_table(lessons),
        "## The first picture, models and pools\n",
        *other_table(groups),
    ]
    return "\n".join(lines)


def taken(groups: Groups, prefix: str) -> Groups:
    """Take the groups with this prefix out, their tests by the name of the function."""
    names = sorted(name for name in groups if name.startswith(prefix))
    return {
        name.removeprefix(prefix): {test.partition("[")[0]: one for test, one in groups.pop(name).items()}
        for name in names
    }


def explorable_table(groups: Groups) -> list[str]:
    """Each explorable's redraw beside the picture made anew."""
    rows = [(name, seconds(both[OURS]), seconds(both[NAIVE])) for name, both in groups.items()]
    slowest = max(rows, key=lambda row: row[1])
    return [
        f"Of {len(rows)} explorables half take {shown(median(row[1] for row in rows))} or less; the "
        f"slowest, {slowest[0]}, takes {shown(slowest[1])}. *Anew* builds the figure again for each "
        "move, as `ipywidgets.interact` does.\n",
        *markdown(
            ("explorable", "redrawn", "anew", "times"),
            ((name, shown(fast), shown(slow), f"{slow / fast:.0f}") for name, fast, slow in rows),
        ),
    ]


def lesson_table(groups: Groups) -> list[str]:
    """Each lesson's running time; its deck: slides, size, and how soon the first slide stands; its page."""
    rows = (
        (
            name,
            *(
                (tests[test]["extra_info"][extra] if extra else shown(seconds(tests[test])))
                for _, test, extra in LESSON_COLUMNS
            ),
        )
        for name, tests in groups.items()
    )
    return markdown(("lesson", *(heading for heading, *_ in LESSON_COLUMNS)), rows)


def other_table(groups: Groups) -> list[str]:
    """Everything else: the fastest way first in each group, the others as multiples of it."""
    rows = []
    for name, tests in groups.items():
        ways = sorted((seconds(one), test) for test, one in tests.items())
        for i, (time, test) in enumerate(ways):
            way = test.removeprefix("test_").replace("_", " ").replace("[", ", ").rstrip("]")
            rows.append(("" if i else name, way, shown(time), f"{time / ways[0][0]:.1f}"))
    return markdown(("what", "how", "median", "times"), rows)


def seconds(one: dict) -> float:
    """The median; without what a driver takes to ask and be answered, where `inside` (ms) says so."""
    inside = one.get("extra_info", {}).get("inside")
    return one["stats"]["median"] if inside is None else inside / 1000


def shown(time: float) -> str:
    """Two digits and the unit that suits them: 1.2 s, 7.3 ms, 85 µs."""
    unit, size = next((pair for pair in (("s", 1), ("ms", 1e-3)) if time >= pair[1]), ("µs", 1e-6))
    return f"{float(f'{time / size:.2g}'):g} {unit}"


def markdown(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    headings = list(headings)
    lines = [headings, ["---"] + ["---:"] * (len(headings) - 1), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines] + [""]


if __name__ == "__main__":
    main(*sys.argv[1:])
