"""The README's table of lessons, written from `data/lessons.csv`."""

import re

from ketalab.evidence import table
from ketalab.files import write_atomically
from ketalab.lessons import ready
from ketalab.publish import ROOT

README = ROOT / "README.md"
TABLE = re.compile(r"(<!-- lessons -->\n).*?(<!-- /lessons -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The README with its table of lessons as it should be."""
    return TABLE.sub(lambda marks: f"{marks[1]}{rows()}{marks[2]}", text)


def rows() -> str:
    """One line a lesson; those that are ready are linked, the others are named as to come."""
    here = ready()
    return "".join(
        f"| {row.lesson} | [{row.title}](notebooks/{row.lesson}_{row.slug}.ipynb) | {row.question} | |\n"
        if row.lesson in here
        else f"| {row.lesson} | {row.title} | {row.question} | to come |\n"
        for row in table("lessons").itertuples()
    )


def write() -> None:
    text = README.read_text(encoding="utf-8")
    with write_atomically(README) as file:
        file.write(renewed(text).encode())
