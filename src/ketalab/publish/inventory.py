"""`make inventory`: both forms of the concept inventory on paper, the key, and a table for the answers."""

import csv
from collections.abc import Sequence
from html import escape
from io import StringIO
from pathlib import Path

from ketalab.data.tables import table
from ketalab.paths import ROOT, write_atomically
from ketalab.practice.gain import columns
from ketalab.practice.inventory import Item, inventory
from ketalab.publish.slides import write_page

FOLDER = ROOT / "dist" / "inventory"
PAGE = "inventory.html.j2"
WHO = '<dl class="who"><div><dt>Name or number</dt><dd></dd></div><div><dt>Date</dt><dd></dd></div></dl>'
HOW = (
    "<p>Choose one answer to each question. Guess if you are not sure. The cases are invented; "
    "their numbers are no results.</p>"
)


def main(_: Sequence[str] = (), folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for form, items in inventory().items():
        about = {"title": f"Reading trials: form {form}", "content": paper(items)}
        write_page(folder / f"form_{form.lower()}.html", PAGE, **about)
    write_page(folder / "key.html", PAGE, title="Reading trials: the key", content=key())
    sheet = StringIO()
    csv.writer(sheet, lineterminator="\n").writerow(columns())
    with write_atomically(folder / "answers_template.csv") as file:
        file.write(sheet.getvalue().encode())
    print(f"Two forms, the key and a table for the answers are in {folder}.")
    print("Copy the table elsewhere before you fill it in, then: make gain ANSWERS=your_table.csv")


def paper(items: Sequence[Item]) -> str:
    """A form as a student gets it."""
    asked = "".join(f"<li>{escape(item.question)}{_choices(item)}</li>" for item in items)
    return f'{WHO}{HOW}<ol class="items">{asked}</ol>'


def key() -> str:
    """Both forms with the right answers, what each wrong one shows, and where the course treats it."""
    head = (
        "<p>Half the class writes form A before the course and form B after it, the other half the other "
        "way round. Hand nothing back in between. The questions stand in no lesson. Each wrong answer is a "
        "way of thinking that somebody has; it stands in brackets.</p>"
    )
    forms, titles = inventory(), table("lessons").set_index("lesson").title
    rows = []
    for items in zip(*forms.values(), strict=True):
        lesson = items[0].lesson
        asked = "".join(
            f"<p><b>Form {item.form}.</b> {escape(item.question)}</p>{_choices(item, told=True)}"
            for item in items
        )
        where = f"<span class='note'>Lesson {lesson}, {escape(titles[lesson])}</span>"
        rows.append(f"<li><b>{escape(items[0].idea)}</b> {where}{asked}</li>")
    return f'{head}<ol class="items">{"".join(rows)}</ol>'


def _choices(item: Item, told: bool = False) -> str:
    lines = []
    for _, choice in item.lettered:
        mark = ' class="right"' if told and choice.right else ""
        why = f" <span class='note'>({escape(choice.mistake)})</span>" if told and choice.mistake else ""
        lines.append(f"<li{mark}>{escape(choice.text)}{' ✔' if mark else ''}{why}</li>")
    return f'<ol class="choices">{"".join(lines)}</ol>'
