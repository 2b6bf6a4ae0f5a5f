"""Does the text keep the house's rules of style, as far as a rule can see? Part of `make check`.

What a reader meets is looked at: lessons, notes, questions, tasks and feedback, glossary, alt texts and
README. Code, formulas, links and the article's own words are left out.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from ketalab.data.lessons import lesson_files
from ketalab.data.tables import table
from ketalab.paths import ROOT
from ketalab.publish import stored

THINGS = (
    "studies|trials|people|patients|points|days|weeks|hours|minutes|sessions|claims|doses|reviews|events"
)
# What is looked for, and what to write.
RULES = {
    r"\d %": "no space before %",
    r"(?<![\w.\d–-])-\d": "a real minus (−) before a number",
    r"(?<![\d–-])[-−]0(?:\.0+)?(?![\d.])": "zero without a sign",
    rf"(?<![\d.,–-])1 (?:{THINGS})\b": "one of a thing is singular",
    r"\b[Nn]oughts?\b": "zero",
    r"\b(?:held|holds?|holding) against (?:midazolam|placebo|saline|a control|an active)": "test against",
    r"(?:^|[.!?] )Who [^.?!\n]*\.": "people who, not who alone",
    r"\b[Ee]xciting (?:cell|neuron|synapse|input|drive)s?\b": "excitatory",
    r"\b(?:randomi|hypothesi|summari|minimi|recogni|organi|generali|characteri|metaboli|locali|normali|standardi)z"
    r"(?:e[ds]?|ing|ation)\b": "British spelling: -ise",
    r"\b(?:[Cc]olor|[Bb]ehavior|[Tt]umor|[Ff]avor)(?:s|ed|ing|al|able)?\b": "British spelling: -our",
    r"\b(?:[Cc]enter(?:s|ed)?|[Ff]iber|[Ll]iter)s?\b": "British spelling: -re",
    r"\b[Aa]n(?:es)thesi|\b[Hh]emo(?:dynamic|rrhag|globin)|\b[Ee]sophag|\b[Pp]ediatric|\b[Dd]iarrhea": (
        "British spelling: ae or oe"
    ),
    r"\banalyze": "British spelling: analyse",
}
OUT = re.compile(
    r"```.*?```|`[^`]*`|\[[^\]]*\]\(http[^)]*\)|\$\$.*?\$\$|\$[^$\n]*\$|^>.*?$|\]\([^)]*\)|\[@[^\]]*\]|<[^>]+>|<!--.*?-->|https?://\S+"
    r"|[\"“*][^\"”*\n]*[\"”*]",
    re.DOTALL | re.MULTILINE,
)


def faults(text: str) -> list[str]:
    """What breaks a rule, each with its surroundings and what to write."""
    plain = OUT.sub(" ¶ ", text)
    found = []
    for pattern, advice in RULES.items():
        for hit in re.finditer(pattern, plain):
            around = plain[max(0, hit.start() - 25) : hit.end() + 25].replace("\n", " ").replace(" ¶ ", "…")
            found.append(f"“{around.strip()}”: {advice}")
    return found


def texts() -> Iterator[tuple[str, str]]:
    """Everything a reader meets that stands in a file, with where it stands."""
    for path in lesson_files():
        notebook = stored.notebook(path)
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type == "markdown":
                yield f"{path.name}, cell {number}", cell.source
            if notes := cell.metadata.get("notes"):
                yield f"{path.name}, notes of cell {number}", notes
    for path in sorted((ROOT / "src/ketalab").rglob("practice.toml")):
        for text in _strings(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.parent.name}/{path.name}", text
    for path in sorted((ROOT / "figures").glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")
    for row in table("glossary").itertuples():
        yield f"glossary.csv, {row.term}", row.definition
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8")


def _strings(value: Any, key: str = "") -> Iterator[str]:
    """The texts of a practice file that are not code or keys."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, key)
    elif isinstance(value, str) and key not in (
        "imports",
        "key",
        "how",
        "vary",
        "words",
        "giveaway",
        "answer",
    ):
        yield value


def found() -> list[str]:
    """A line for each fault in the course, with its place."""
    return [f"{where}: {fault}" for where, text in texts() for fault in faults(text)]
