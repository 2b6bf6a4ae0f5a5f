"""`make questions`: the question bank for a learning platform, in the five formats that platforms read.

What a set is, and how the exam set is kept apart, stands in `bank`. Nothing is written before every
question of every lesson has been read and checked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ketalab.data import table as facts
from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.paths import ROOT, write_atomically
from ketalab.publish.questions import gift, moodle, qti_1_2, qti_2_1, table
from ketalab.publish.questions.bank import LICENCE, SOURCE, Entry, bank

FOLDER = ROOT / "dist" / "questions"
SEED = "1"
FILES = {
    "{}_qti_2_1.zip": qti_2_1,
    "{}_qti_1_2_canvas.zip": qti_1_2,
    "{}_moodle.xml": moodle,
    "{}_gift.txt": gift,
    "{}.csv": table,
}


def main(given: Sequence[str] = (), folder: Path = FOLDER) -> None:
    """Write both sets; `given` may hold the seed of the exam set, such as a year."""
    seed = " ".join(given) or SEED
    entries = bank(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, these in entries.items():
        for file, writer in FILES.items():
            writer.write(folder / file.format(name), name, these)
    with write_atomically(folder / "README.md") as file:
        file.write(about(entries, seed).encode())
    counts = ", ".join(f"{len(these)} {name}" for name, these in entries.items())
    print(f"{counts} questions, each in {len(FILES)} formats, are in {folder}.")
    print("For other numbers in the exam set: make questions SEED=2027")


def about(entries: Mapping[str, Sequence[Entry]], seed: str) -> str:
    """What the files hold, by lesson and objective, and which exercises do not vary, and why."""
    lines = [
        "# Question bank",
        "",
        f"From: {SOURCE}. Licence: {LICENCE}.",
        "",
        "| File | For |",
        "|---|---|",
        "| `*_moodle.xml` | Moodle: Question bank, Import, Moodle XML |",
        "| `*_qti_1_2_canvas.zip` | Canvas: Settings, Import Course Content, QTI .zip file |",
        "| `*_qti_2_1.zip` | ONYX, TAO and others that read QTI 2.1 |",
        "| `*_gift.txt` | platforms that read GIFT |",
        "| `*.csv` | a spreadsheet |",
        "",
        "**Practice** is what stands in the lessons: students may have seen the answers. **Exam** holds "
        "questions that no lesson asks, and the numeric exercises with other numbers, drawn from the seed "
        f"“{seed}”; their answers stand nowhere in the lessons. Whoever has the course and the seed can "
        "draw the numbers again, so choose a seed of your own and keep it: `make questions SEED=...`. The "
        "questions themselves can be read by anyone who opens the course's source (`exam.toml` of each "
        "lesson), so change a few words, or use them where books are open. Arguments and exercises "
        "that a program checks are not in the bank: a person marks the first, the notebook the second.",
        "",
        "## How many",
        "",
        "| Lesson | Objective | " + " | ".join(f"{name.capitalize()}" for name in entries) + " |",
        "|---|---|" + "---:|" * len(entries),
    ]
    counted = {
        name: Counter((e.lesson, o) for e in these for o in e.objective.split(" and "))
        for name, these in entries.items()
    }
    titles = facts("lessons").set_index("lesson").title
    for number, objective in sorted(set().union(*counted.values())):
        found = " | ".join(str(counts[number, objective]) for counts in counted.values())
        lines.append(f"| {number} {titles[number]} | {objective} | {found} |")
    lines += ["", "A question that tests two objectives is counted for each.", ""]
    lines += ["## Exercises whose numbers do not vary", ""]
    for number in sorted(ready()):
        for exercise in lesson(number).exercises.values():
            if exercise.fixed:
                lines.append(f"- {number} *{exercise.title}*: {exercise.fixed}")
    return "\n".join(lines) + "\n"
