"""GIFT, Moodle's plain text format: a question is a paragraph, so none of its texts holds an empty line.

A picture is part of the text (a data address), as the format has no files.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from ketalab.paths import write_atomically
from ketalab.publish.questions.bank import LICENCE, SOURCE, Entry
from ketalab.publish.questions.markup import html, inner_html
from ketalab.publish.questions.moodle import category
from ketalab.publish.questions.package import picture
from ketalab.publish.questions.qti_2_1 import number


def write(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a set as one file."""
    lines = [f"// {SOURCE}, the {name} set. {LICENCE}.", ""]
    before = ""
    for entry in entries:
        if (here := category(entry)) != before:
            lines += [f"$CATEGORY: {here}", ""]
            before = here
        lines += [question(entry), ""]
    with write_atomically(path) as file:
        file.write(("\n".join(lines)).encode())


def question(entry: Entry) -> str:
    """One entry as a paragraph."""
    shown = None
    if entry.picture:
        image, words = picture(entry.picture)
        shown = (f"data:image/png;base64,{b64encode(image).decode()}", words)
    tags = [entry.set, entry.kind, f"lesson {entry.lesson}", f"objective {entry.objective}", LICENCE]
    marks = " ".join(f"[tag:{tag}]" for tag in tags)
    title = escaped(f"{entry.lesson} {entry.kind}: {entry.title}")
    lines = [f"// [id:{entry.set}_{entry.ident}] {marks}"]
    lines += [
        f"::{title}::[html]{escaped(html(entry.text, entry.code, shown))}{{{'' if entry.choices else '#'}"
    ]
    if entry.choices:
        lines += [
            f"{'=' if choice.right else '~'}{escaped(inner_html(choice.text))}{_said(choice.feedback)}"
            for choice in entry.choices
        ]
    else:
        for span in entry.spans:
            weight = "" if span.right else "%0%"
            lines.append(f"={weight}{number(span.centre)}:{number(span.half)}{_said(span.feedback)}")
        lines.append(f"~{_said(entry.otherwise)}")
    lines.append(f"####{escaped(f'{entry.objective}: {inner_html(entry.aim)}')}")
    return "\n".join([*lines, "}"])


def _said(feedback: str) -> str:
    return f"#{escaped(inner_html(feedback))}"


def escaped(text: str) -> str:
    """The text with what means something in the format marked as text; line breaks as `\\n`."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")
