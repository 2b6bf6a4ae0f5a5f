"""CSV: one row a question, for a spreadsheet or a platform that none of the other formats reaches."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from ketalab.paths import write_atomically
from ketalab.publish.questions.bank import LICENCE, SOURCE, Entry
from ketalab.publish.questions.markup import plain
from ketalab.publish.questions.qti_2_1 import number

ABOUT = ("set", "id", "kind", "lesson", "lesson_title", "objective", "objective_words", "title", "question")
OPTION = ("option_{}", "low_{}", "high_{}", "right_{}", "feedback_{}")


def columns(entries: Sequence[Entry]) -> list[str]:
    """The table's columns: as many options, or spans of numbers, as the longest question has."""
    most = max(len(entry.choices) + len(entry.spans) for entry in entries)
    options = [name.format(place) for place in range(1, most + 1) for name in OPTION]
    return [
        *ABOUT,
        "code",
        "picture",
        "unit",
        "answer",
        *options,
        "feedback_otherwise",
        "licence",
        "source",
    ]


def write(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a set as one file."""
    held = StringIO()
    table = csv.DictWriter(held, columns(entries), restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(row(entry) for entry in entries)
    with write_atomically(path) as file:
        file.write(held.getvalue().encode("utf-8-sig"))  # so that a spreadsheet knows it is UTF-8


def row(entry: Entry) -> dict[str, str]:
    """One entry; formulas are TeX between `\\(` and `\\)`."""
    made = {"set": entry.set, "id": entry.ident, "kind": entry.kind, "lesson": entry.lesson}
    made |= {"lesson_title": entry.about, "objective": entry.objective, "objective_words": plain(entry.aim)}
    made |= {"title": entry.title, "question": plain(entry.text), "code": entry.code, "unit": entry.unit}
    made |= {"picture": f"figures/{entry.picture}.png" if entry.picture else "", "licence": LICENCE}
    made |= {"feedback_otherwise": plain(entry.otherwise), "source": SOURCE}
    for place, choice in enumerate(entry.choices, start=1):
        made[f"option_{place}"] = plain(choice.text)
    for place, span in enumerate(entry.spans, start=1):
        made |= {f"low_{place}": number(span.low), f"high_{place}": number(span.high)}
    for place, one in enumerate((*entry.choices, *entry.spans), start=1):
        made |= {f"right_{place}": "yes" if one.right else "no", f"feedback_{place}": plain(one.feedback)}
    right = entry.right
    made["answer"] = plain(right.text) if entry.choices else entry.answer
    return made
