"""The tables in README.md and CONTRIBUTING.md, written from the data and the lessons.

What stands between `<!-- lessons -->` and `<!-- /lessons -->` is the table of lessons; between
`<!-- freshness -->` and `<!-- /freshness -->` how new each lesson's sources are.
"""

import re

from ketalab.data import bibliography, table
from ketalab.data.lessons import lesson_files, ready, stem
from ketalab.paths import ROOT, write_atomically
from ketalab.publish import stored
from ketalab.publish.weave import cited

README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
BLOCK = re.compile(r"(<!-- (lessons|freshness) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def renewed(text: str) -> str:
    """The page with its tables as they should be."""
    makers = {"lessons": lesson_rows, "freshness": freshness_rows}
    return BLOCK.sub(lambda found: f"{found[1]}{makers[found[2]]()}{found[3]}", text)


def lesson_rows() -> str:
    """One line a lesson; those that are ready are linked, the others are named as to come."""
    here = ready()
    return "".join(
        f"| {row.lesson} | [{row.title}](notebooks/{stem(row.lesson)}.ipynb) | {row.question} | |\n"
        if row.lesson in here
        else f"| {row.lesson} | {row.title} | {row.question} | to come |\n"
        for row in table("lessons").itertuples()
    )


def freshness_rows() -> str:
    """One line a lesson: sources its text cites, the articles among them, median year, and newest."""
    return "".join(_freshness(path.name[:2], cited(stored.notebook(path))) for path in lesson_files())


def _freshness(lesson: str, keys: list[str]) -> str:
    entries = bibliography.bibliography().entries
    articles = [key for key in keys if entries[key].type == "article"]
    dated = {key: int(year) for key in articles if (year := entries[key].fields["year"]).isdecimal()}
    years = sorted(dated.values())
    newest = sorted(key for key, year in dated.items() if year == years[-1])
    links = ", ".join(map(bibliography.markdown_link, newest[:2]))
    more = f" and {len(newest) - 2} more" if len(newest) > 2 else ""
    return f"| {lesson} | {len(keys)} | {len(articles)} | {years[len(years) // 2]} | {links}{more} |\n"


def write() -> None:
    for page in (README, CONTRIBUTING):
        text = page.read_text(encoding="utf-8")
        with write_atomically(page) as file:
            file.write(renewed(text).encode())
