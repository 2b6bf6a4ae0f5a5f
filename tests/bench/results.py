"""`make bench` ends here: what pytest-benchmark and `lab_speed.py` measured becomes `RESULTS.md`.

python tests/bench/results.py measured.json hand.json [before.json]

The third file, of `before.py`, holds what the build before the rebuild needs on the same machine.
"""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from ketalab.paths import write_atomically
from ketalab.publish.load import MEASURED as CLASS_LOAD

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

PEERS = {  # function of `one_curve.py`, and what it moves the same curve with
    "with_bqplot": "bqplot",
    "with_plotly": "plotly, FigureWidget",
    "with_ipympl": "ipympl, set_data",
    "with_interact": "ipywidgets.interact",
}

Groups = dict[str, dict[str, dict]]  # group, then test, then what was measured
Move = Mapping[str, float]  # milliseconds until it was `painted`, and `bytes`


def main(*files: str) -> None:
    found, moved, *before = (json.loads(Path(path).read_text(encoding="utf-8")) for path in files)
    with CLASS_LOAD.open(encoding="utf-8", newline="") as file:
        page = results(found, moved, list(csv.DictReader(file)), *before)
    with write_atomically(RESULTS) as file:
        file.write(page.encode())
    print(f"written: {RESULTS}")


def results(found: dict, hand: dict, load: Sequence[Mapping[str, str]], before: dict | None = None) -> str:
    """The whole page: machine and command, then a table for each kind of measurement; `load` is the curve
    of a class, `before` what the earlier build needed."""
    cpu = found["machine_info"]["cpu"]
    python = found["machine_info"]["python_version"].split(".final")[0]
    groups: Groups = {}
    for one in found["benchmarks"]:
        groups.setdefault(one["group"], {})[one["name"]] = one
    explorables, lessons = taken(groups, "explorable: "), taken(groups, "lesson: ")
    all_decks = seconds(groups.pop("decks")["test_all_decks_cut"])
    lines = [
        "# How fast\n",
        f"Made by `make bench` on {found['datetime'][:10]}, with {cpu['count']} cores of "
        f"{cpu['brand_raw']} and Python {python}. Times are medians; "
        "they hold for this machine and are never tested.\n",
        "## From the hand to the screen in JupyterLab\n",
        *hand_tables(hand),
        *target_table(targets(hand, lessons, all_decks, load)),
        *(before_table(hand, before) if before else []),
        "## From a setting to the bytes that show it, in the kernel\n",
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


def hand_tables(hand: dict) -> list[str]:
    """What was moved with what, in which time; then ours beside the other tools on the same curve."""
    every = hand["explorables"]
    seen = [[one["in sight"]] for one in every.values()]
    alone = [one for one in every.values() if one["first"]]
    slowest = max(every, key=lambda name: middle(every[name]["moves"]))
    said = ", ".join(f"{name} {version}" for name, version in hand["versions"].items())
    whole = (
        (
            f"each of {len(every)} explorables, its row there",
            *three([one["moves"] for one in every.values()]),
        ),
        ("the first move, the picture in sight", *three(seen)),
        (
            f"the first move on another slider of {len(alone)}, before its row is there",
            *times([[one["first"]] for one in alone]),
            kilobytes(median(one["row bytes"] for one in alone)),
        ),
        (
            f"each of {len(hand['decks'])} explorables in the decks",
            *(times(hand["decks"].values()) if hand["decks"] else ("not measured", "")),
            "",
        ),
    )
    curves, fastest = hand["one curve"], fastest_peer(hand)
    missing = "".join(f" Not measured: {what} ({why})." for what, why in hand["failed"].items())
    names = {"ours": "ours, its row there"} | PEERS | {"echo": "nothing drawn: an empty echo in words"}
    ours = (
        (names[way], *three([moves]), f"{middle(curves[fastest]) / middle(moves):.2f}" if fastest else "")
        for way, moves in sorted(curves.items(), key=lambda pair: middle(pair[1]))
    )
    return [
        f"Measured on {hand['datetime'][:10]} with {said}; the load of the machine was {hand['load']:.1f} "
        "when it began. A move lasts from the event of a pressed pointer on a slider until the frame with "
        "the changed picture is painted (`lab_speed.py`); its bytes are those of all websocket frames. The "
        "median is that of the explorables' medians, the 95th percentile that of all moves. The row, which "
        "is all positions of a slider, comes when the pointer reaches it; that of the first slider comes "
        "when the picture has been in sight for a moment. The slowest, "
        f"{slowest}, takes {milliseconds(middle(every[slowest]['moves']))}.{missing}\n",
        *markdown(("moved", "median", "95th percentile", "bytes"), whole),
        "One curve of 600 points, one slider, one notebook; the ways take turns."
        + (f" *Times as fast* is against {PEERS[fastest]}." if fastest else f" {hand['no peers']}")
        + "\n",
        *markdown(("one curve", "median", "95th percentile", "bytes", "times as fast"), ours),
    ]


def targets(
    hand: dict, lessons: Groups, all_decks: float, load: Sequence[Mapping[str, str]]
) -> list[tuple]:
    """What of, what is wanted, what was measured, and whether that is enough (None: not measured)."""
    every, curves, fastest = hand["explorables"], hand["one curve"], fastest_peer(hand)
    moves = [one["moves"] for one in every.values()]
    typical, slow, size = median(map(middle, moves)), late(moves), median(map(heavy, moves))
    seen, first, deck = (
        middle([one["in sight"] for one in every.values()]),
        middle([one["first"] for one in every.values() if one["first"]]),
        median(map(middle, hand["decks"].values())) if hand["decks"] else None,
    )
    ours, echo = middle(curves["ours"]), middle(curves["echo"])
    ahead = middle(curves[fastest]) / ours if fastest else None
    slide = max(seconds(tests["test_first_slide"]) for tests in lessons.values())
    cut = [tests["test_deck_cut"] for tests in lessons.values()]
    largest, cutting = max(one["extra_info"]["megabytes"] for one in cut), sum(map(seconds, cut))
    classes = {int(row["students"]): row for row in load}
    together, memory = float(classes[20]["median_ms"]), float(classes[20]["memory_mb"]) / 20
    forty = classes.get(40)
    return [
        ("a move, its row there: median", "at most 17 ms", milliseconds(typical), typical <= 17),
        ("a move, its row there: 95th percentile", "at most 33 ms", milliseconds(slow), slow <= 33),
        (
            "the same curve against the fastest other tool",
            "at least 2.8 times as fast",
            f"{ahead:.2f} times" if fastest else "not measured",
            ahead >= 2.8 if fastest else None,
        ),
        (
            "the same curve against an empty echo",
            "faster",
            f"{milliseconds(ours)} against {milliseconds(echo)}",
            ours < echo,
        ),
        ("the first move, the picture in sight", "at most 66 ms", milliseconds(seen), seen <= 66),
        ("the first move, before the row is there", "at most 66 ms", milliseconds(first), first <= 66),
        ("bytes of a move", "at most 4 kB", kilobytes(size), size <= 4000),
        ("20 kernels at once: a move", "at most 20 ms", milliseconds(together), together <= 20),
        ("20 kernels at once: a student", "at most 240 MB", f"{memory:.1f} MB", memory <= 240),
        (
            "40 kernels at once: a move",
            "measured",
            milliseconds(float(forty["median_ms"])) if forty else "not measured",
            True if forty else None,
        ),
        (
            "a move in a deck",
            "at most 17 ms",
            milliseconds(deck) if deck else "not measured",
            deck and deck <= 17,
        ),
        ("the slowest first slide", "at most 800 ms", shown(slide), slide <= 0.8),
        ("the largest deck", "at most 6.7 MB", f"{largest:.1f} MB", largest <= 6.7),
        ("cutting all decks, as `make slides` does", "at most 48 s", shown(all_decks), all_decks <= 48),
        ("cutting them one after the other", "at most 48 s", shown(cutting), cutting <= 48),
    ]


def before_table(hand: dict, before: dict) -> list[str]:
    """The earlier build beside this one, of the explorables that both were measured with."""
    names = [name for name in before["explorables"] if name in hand["explorables"]]
    (old, new) = ([every["explorables"][name] for name in names] for every in (before, hand))
    pairs = [(one["first"], other["first"]) for one, other in zip(old, new, strict=True)]
    first = [middle(list(side)) for side in zip(*(pair for pair in pairs if all(pair)), strict=True)]
    moves = [[one["moves"] for one in every] for every in (old, new)]
    rows = [
        ("a move: median", *(median(map(middle, every)) for every in moves), milliseconds),
        ("a move: 95th percentile", *map(late, moves), milliseconds),
        ("the first move on another slider", *first, milliseconds),
    ]
    if "cutting" in before:
        rows.append(("cutting all decks", *map(median, before["cutting"].values()), shown))
    if "tests" in before:
        runs = before["tests"].values()
        rows.append(("`make test`", *(run["seconds"] / 60 for run in runs), minutes))
        rows.append(("its processor time", *(run["processor seconds"] / 60 for run in runs), minutes))
    closing = "".join(
        f" Pytest's last line {when}: {run['closing']}." for when, run in before.get("tests", {}).items()
    )
    return [
        "## Beside the build before\n",
        f"The targets mean the build of commit {before['commit']}, on another machine. This is that build "
        f"on this one, measured with the same hand (`before.py`), {len(names)} explorables; the load was "
        f"{before['load']:.1f} when it began.{closing}\n",
        *markdown(
            ("what", "before", "now", "times as fast"),
            ((what, say(one), say(other), f"{one / other:.2f}") for what, one, other, say in rows),
        ),
    ]


def minutes(time: float) -> str:
    return f"{time:.1f} min"


def target_table(rows: Iterable[tuple]) -> list[str]:
    words = {True: "yes", False: "no", None: "not measured"}
    return markdown(("what", "wanted", "measured", "met"), ((*said, words[met]) for *said, met in rows))


def fastest_peer(hand: dict) -> str | None:
    """The fastest of the other tools; None unless all of them were measured."""
    curves = hand["one curve"]
    if not PEERS.keys() <= curves.keys():
        return None
    return min(PEERS, key=lambda way: middle(curves[way]))


def three(ways: Iterable[Sequence[Move]]) -> tuple[str, str, str]:
    """Median, 95th percentile and bytes, in words."""
    ways = list(ways)
    return *times(ways), kilobytes(median(map(heavy, ways)))


def times(ways: Iterable[Sequence[Move]]) -> tuple[str, str]:
    """The median of the medians, and the 95th percentile of all moves, in words."""
    ways = list(ways)
    return milliseconds(median(map(middle, ways))), milliseconds(late(ways))


def middle(moves: Sequence[Move]) -> float:
    return median(move["painted"] for move in moves)


def heavy(moves: Sequence[Move]) -> float:
    return median(move["bytes"] for move in moves)


def late(ways: Iterable[Sequence[Move]]) -> float:
    return float(np.percentile([move["painted"] for moves in ways for move in moves], 95))


def milliseconds(time: float) -> str:
    return f"{time:.1f} ms"


def kilobytes(size: float) -> str:
    return f"{size / 1000:.1f} kB"


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
