"""`make mutate`: seeded faults in data, models, lessons, pages, and which of them the tests catch.

A fault is a change that a tired maintainer could make. Each is put into a copy of the course, the tests
that stand guard over that place are run there, and the fault counts as caught when one of them fails.
It does not count when they fail without the fault too, or only run out of time. The kinds take turns, so
that a run that is stopped early has tried some of each. Nothing of this belongs to `make test`: it takes
hours. The same seed gives the same faults.

    python tests/bench/mutate.py [--seed 1] [--only WORD] [--course FOLDER]
"""

import argparse
import ast
import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby, zip_longest
from operator import attrgetter
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINKED = ("node_modules", ".venv")
LEFT = (".git", "dist", "__pycache__", ".pytest_cache", ".ruff_cache", *LINKED)
MOST = 1800  # s for the tests of one fault
TOOLTIP = re.compile(r'\]\([^()\s]* "[^"\n]*"\)')  # of a word of the glossary; the weave renews it
FAILED = (1, 2)  # what pytest returns when tests fail, or cannot be collected

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Fault:
    """One change: a kind, what is done, the file, how its text changes, the tests that should see it."""

    kind: str
    what: str
    file: str
    change: Callable[[str], str]
    tests: tuple[str, ...]


def once(old: str, new: str) -> Callable[[str], str]:
    """Replace the first occurrence; ValueError when the text has none."""

    def change(text: str) -> str:
        if old not in text:
            raise ValueError(f"text: {old!r} is not in the file; the fault has to be written anew")
        return text.replace(old, new, 1)

    return change


def rows_of(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text)))


def in_table(edit: Callable[[Rows], None]) -> Callable[[str], str]:
    """A change of a table's text by an edit of its rows."""

    def change(text: str) -> str:
        rows, out = rows_of(text), io.StringIO()
        edit(rows)
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    return change


def guards(explorable: Path) -> tuple[str, ...]:
    """The tests that stand guard over an explorable."""
    lesson = explorable.parent.name
    return f"tests/lessons/{lesson}", f"notebooks/{lesson[1:]}.ipynb", "tests/explorables"


def lesson_folders(course: Path) -> list[Path]:
    return sorted((course / "src/ketalab/lessons").glob("l[0-9][0-9]_*"))


def users(course: Path, table: str) -> tuple[str, ...]:
    """The lessons that read a table, as test arguments; the models' own tests where a model reads it."""
    numbers = set()
    for folder in lesson_folders(course):
        notebook = course / "notebooks" / f"{folder.name[1:]}.ipynb"
        text = notebook.read_text("utf-8") + "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
        if f'"{table}"' in text or f'\\"{table}\\"' in text:
            numbers.add(f"notebooks/{notebook.name}")
    models = [
        p.stem for p in (course / "src/ketalab/models").glob("*.py") if f'"{table}"' in p.read_text("utf-8")
    ]
    tests = [f"tests/models/test_{name}.py" for name in models]
    return ("tests/data", *filter(lambda t: (course / t).exists(), tests), *sorted(numbers)[:3])


def numbers_in_data(course: Path, rng: random.Random, count: int) -> Iterator[Fault]:
    """A number of a table that lessons read, off by a tenth."""
    package = json.loads((course / "data/datapackage.json").read_text("utf-8"))
    tables = [
        (r["name"], [f["name"] for f in r["schema"]["fields"] if f["type"] == "number"])
        for r in package["resources"]
    ]
    tables = [(name, fields) for name, fields in tables if fields and len(users(course, name)) > 1]
    for name, fields in rng.sample(tables, min(count, len(tables))):
        rows = rows_of((course / f"data/{name}.csv").read_text(encoding="utf-8"))
        cells = [(i, f) for i, row in enumerate(rows) for f in fields if row[f] not in ("", "0")]
        at, field = rng.choice(cells)

        def tenth_more(rows: Rows, at: int = at, field: str = field) -> None:
            rows[at][field] = f"{float(rows[at][field]) * 1.1:.6g}"

        yield Fault(
            "number in data",
            f"{name}, row {at + 2}, {field}",
            f"data/{name}.csv",
            in_table(tenth_more),
            users(course, name),
        )


def signs_and_constants(course: Path, rng: random.Random, count: int) -> Iterator[Fault]:
    """A sign in a model's code turned into its opposite."""
    found = []
    for path in sorted((course / "src/ketalab/models").glob("*.py")) + sorted(
        (course / "src/ketalab/metaanalysis").glob("*.py")
    ):
        room = path.parent.name
        test = f"tests/{room}/test_{path.stem}.py"
        if not (course / test).exists():
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found += [
            (path, test, node.right.lineno, node.left.end_col_offset, SIGNS[type(node.op)])
            for node in ast.walk(tree)
            if isinstance(node, ast.BinOp)
            and type(node.op) in SIGNS
            and not isinstance(node.left, ast.BinOp)
            and node.left.end_lineno == node.right.lineno
        ]
    for path, test, line, column, sign in rng.sample(found, min(count, len(found))):
        other = {"+": "-", "-": "+", "*": "/", "/": "*"}[sign]

        def change(
            text: str, line: int = line, column: int = column, sign: str = sign, other: str = other
        ) -> str:
            lines = text.split("\n")
            row = lines[line - 1]
            lines[line - 1] = row[:column] + row[column:].replace(sign, other, 1)
            return "\n".join(lines)

        yield Fault(
            "sign in a model",
            f"{path.stem}, line {line}: {sign} becomes {other}",
            str(path.relative_to(course)),
            change,
            (test, "tests/lessons"),
        )


def swapped_arms(course: Path, rng: random.Random, count: int) -> Iterator[Fault]:
    """Treatment and control of a trial change places."""
    rows = rows_of((course / "data/trial_counts.csv").read_text(encoding="utf-8"))
    able = [
        i
        for i, r in enumerate(rows)
        if r["events_active"]
        and r["events_control"]
        and r["events_active"] != r["events_control"]
        and r["poolable"] == "yes"
    ]
    for at in rng.sample(able, count):

        def swap(rows: Rows, at: int = at) -> None:
            row = rows[at]
            row["events_active"], row["events_control"] = row["events_control"], row["events_active"]

        yield Fault(
            "swapped arm",
            f"trial_counts, row {at + 2}",
            "data/trial_counts.csv",
            in_table(swap),
            (*users(course, "trial_counts"), "tests/lessons"),
        )


def wrong_keys(course: Path, rng: random.Random, count: int) -> Iterator[Fault]:
    """A reference key with a slip."""
    for name in rng.sample(
        ["claim_sources", "trials", "drug_facts", "adverse_reactions", "timeline", "trial_scores"], count
    ):
        rows = rows_of((course / f"data/{name}.csv").read_text(encoding="utf-8"))
        key = rng.choice([r["reference"] for r in rows if r["reference"]])
        yield Fault(
            "wrong reference key",
            f"{name}: {key}",
            f"data/{name}.csv",
            once(key, key + "x"),
            ("tests/data",),
        )


def in_lessons(course: Path, rng: random.Random) -> Iterator[Fault]:
    """Broken callbacks, controls that do nothing, false read-outs, lost alt texts, false sentences."""
    explorables = []
    for folder in lesson_folders(course):
        for path in folder.glob("*.py"):
            if f"def {path.stem}(" in path.read_text("utf-8"):
                explorables.append(path)
    for path in rng.sample(explorables, 6):
        yield Fault(
            "broken callback",
            f"{path.stem}: the view raises",
            str(path.relative_to(course)),
            lambda text: _in_view(text, lambda _: "raise KeyError"),
            guards(path),
        )
    for path in rng.sample(explorables, 6):
        yield Fault(
            "a control that does nothing",
            f"{path.stem}: its first control is ignored",
            str(path.relative_to(course)),
            _ignored(course, path.stem),
            (*guards(path), "tests/publish/test_figures.py"),
        )
    for path in rng.sample(explorables, 6):
        yield Fault(
            "false read-out",
            f"{path.stem}: its first number is doubled",
            str(path.relative_to(course)),
            lambda text: re.sub(r'(Reading\("[^"]+", )([^,"\n]+?)(, |\))', r"\1 2 * (\2)\3", text, count=1),
            guards(path),
        )
    notebooks = sorted((course / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    for path in rng.sample(notebooks, 4):
        yield Fault(
            "deleted alt text",
            f"{path.stem}: the first picture",
            f"notebooks/{path.name}",
            lambda text: re.sub(r'"alt": "[^"\n]{40,}"', '"alt": ""', text, count=1),
            ("tests/lessons/test_standard.py",),
        )
    for path in rng.sample(notebooks, 6):
        yield Fault(
            "false number in prose",
            f"{path.stem}: a number in a sentence",
            f"notebooks/{path.name}",
            _false_prose,
            ("tests/lessons/test_prose.py",),
        )


def _in_view(text: str, line: Callable[[str], str]) -> str:
    """The view gains a first line, made from the name of its first parameter."""
    tree = ast.parse(text)
    names = [
        k.value.id
        for k in ast.walk(tree)
        if isinstance(k, ast.keyword) and k.arg == "view" and isinstance(k.value, ast.Name)
    ]
    view = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in names)
    first = next(
        n for n in view.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    )
    lines = text.split("\n")
    lines.insert(first.lineno - 1, "    " + line(view.args.args[0].arg))
    return "\n".join(lines)


def _ignored(course: Path, name: str) -> Callable[[str], str]:
    """The view's first parameter always has the value it starts with."""

    def change(text: str) -> str:
        ask = f"from ketalab.lessons import explorable; print(dict(explorable({name!r}).start))"
        told = subprocess.run(
            [sys.executable, "-c", ask],
            env=os.environ | {"PYTHONPATH": str(course / "src"), "KETALAB_DATA": str(course / "data")},
            capture_output=True,
            text=True,
            check=True,
        )
        start = ast.literal_eval(told.stdout)
        return _in_view(text, lambda first: f"{first} = {start[first]!r}")

    return change


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _false_prose(text: str) -> str:
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown" or cell["metadata"].get("tags"):
            continue
        for i, line in enumerate(cell["source"]):
            match = re.search(r"(?<![\w.,/#-])(\d\d)( people| points| %|%)", TOOLTIP.sub(_blank, line))
            if match:
                false = str(int(match[1]) + 37)
                cell["source"][i] = line[: match.start()] + false + line[match.end(1) :]
                return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    raise ValueError("no number stands in a sentence")


def on_pages(course: Path) -> Iterator[Fault]:
    """A slide that runs over, styles that hide, a script that fails."""
    deck = "src/ketalab/publish/deck/deck.css"
    if (course / deck).exists():
        yield Fault(
            "overflow on a slide",
            "text a third larger",
            deck,
            lambda t: t + "\n.reveal { font-size: 60px; }\n",
            ("tests/browser/test_decks.py",),
        )
        yield Fault(
            "overflow on a slide",
            "tables twice as wide",
            deck,
            lambda t: t + "\n.reveal table { width: 1700px; }\n",
            ("tests/browser/test_decks.py",),
        )
    yield Fault(
        "a verdict with another's sign",
        "contested looks overstated",
        "src/ketalab/data/verdict.py",
        once("⇄", "▲"),
        ("tests/html", "notebooks/13_the_article_on_trial.ipynb"),
    )
    yield Fault(
        "a claim with another number",
        "C01 becomes C99",
        "data/claims.csv",
        once("C01", "C99"),
        ("tests/data",),
    )


def faults(course: Path, seed: int) -> list[Fault]:
    """All faults; the kinds take turns."""
    rng = random.Random(seed)
    found: list[Fault] = []
    for made in (
        numbers_in_data(course, rng, 16),
        signs_and_constants(course, rng, 12),
        swapped_arms(course, rng, 4),
        wrong_keys(course, rng, 4),
        in_lessons(course, rng),
        on_pages(course),
    ):
        found += made
    kinds = [list(some) for _, some in groupby(found, attrgetter("kind"))]
    return [fault for turn in zip_longest(*kinds) for fault in turn if fault]


@contextmanager
def copied(course: Path) -> Iterator[Path]:
    """A copy of the course, to be spoilt."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(course, copy, ignore=shutil.ignore_patterns(*LEFT))
        for name in LINKED:
            if (course / name).exists():
                (copy / name).symlink_to((course / name).resolve())
        yield copy


def first_failure(copy: Path, tests: tuple[str, ...]) -> str:
    """The first of these tests that fails in a copy, or a dash and what else went wrong."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy / "src"), "KETALAB_DATA": str(copy / "data")},
            capture_output=True,
            text=True,
            timeout=MOST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"- no end in {MOST / 60:g} minutes"
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    if failed and done.returncode in FAILED:
        return failed[0]
    return f"- pytest returned {done.returncode}" if done.returncode else ""


@cache
def fails_anyway(course: Path, test: str) -> bool:
    """Whether a test fails without any fault. A cell of a notebook needs those before it."""
    with copied(course) as copy:
        by = first_failure(copy, (test.partition("::")[0] if ".ipynb" in test else test,))
    return bool(by) and not by.startswith("-")


def caught(course: Path, fault: Fault) -> str:
    """The first test that fails with this fault; nothing when all pass; a dash and why when unknown."""
    with copied(course) as copy:
        path = copy / fault.file
        before = path.read_text(encoding="utf-8")
        try:
            after = fault.change(before)
        except (ValueError, TypeError, AttributeError, LookupError, StopIteration) as error:
            return f"- not applied: {error!r}"
        if after == before:
            return "- not applied: the text stayed as it was"
        path.write_text(after, encoding="utf-8")
        by = first_failure(copy, tuple(test for test in fault.tests if (copy / test).exists()))
    if by and not by.startswith("-") and fails_anyway(course, by):
        return f"- fails without the fault too: {by}"
    return by


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only the kinds that hold this word")
    parser.add_argument(
        "--course", type=Path, default=ROOT, help="the course to try, such as an older checkout"
    )
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    print("| kind | fault | caught by |\n|---|---|---|", flush=True)
    for fault in faults(given.course, given.seed):
        if given.only not in fault.kind:
            continue
        by = caught(given.course, fault)
        if not by.startswith("-"):
            tried[fault.kind] += 1
            seen[fault.kind] += bool(by)
        print(f"| {fault.kind} | {fault.what} | {by or '**nothing**'} |", flush=True)
    print("\n| kind | faults | caught |\n|---|---|---|")
    for kind in tried:
        print(f"| {kind} | {tried[kind]} | {seen[kind]} |")
    print(f"\n{seen.total()} of {tried.total()} faults were caught.")


if __name__ == "__main__":
    main()
