"""How a question is shown: one look for predictions, checks, quizzes and arguments, wherever it stands.

Everything is plain HTML that opens without a script (`details`); where scripts run, what a reader chose is
marked and stays marked (static/practice.js, which says where). The classes are named in
static/practice.css.
"""

import os
import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from ketalab.html import files
from ketalab.text import unbroken

LETTERS = "ABCDEFGH"
EMPHASIS = re.compile(r"(?<![\w*])\*(?P<em>[^*\s][^*]*)\*(?!\w)")
COMMENTS = re.compile(r"/\*.*?\*/|^ *//.*?$", re.DOTALL | re.MULTILINE)
READER = "KETALAB_READER"  # in the environment: a reader's own order of options


@dataclass(frozen=True)
class Option:
    """One answer to a question, and what to say when it is chosen."""

    text: str
    feedback: str
    right: bool = False

    @property
    def mark(self) -> str:
        """What is stored when this option is chosen: another text is another option."""
        return mark(self.text)

    @property
    def kind(self) -> str:
        """The class of an element that shows it."""
        return "right" if self.right else "wrong"

    @property
    def verdict(self) -> str:
        """Right or wrong, in a word."""
        return "✔ Right." if self.right else "✘ No."

    @property
    def says(self) -> str:
        """The feedback without a first word that repeats the verdict."""
        for word in ("Right: ", "Right, ", "Yes, ", "Yes: ", "Yes. ", "No: ", "No. ", "No, "):
            if self.feedback.startswith(word):
                rest = self.feedback.removeprefix(word)
                return rest[0].upper() + rest[1:]
        return self.feedback


def as_html(text: str) -> str:
    """HTML of a text, whose numbers stay with their units."""
    return escape(unbroken(text))


def emphasised(text: str) -> str:
    """HTML of a text in which `*words*` are names of menus or terms."""
    return EMPHASIS.sub(r"<i>\1</i>", as_html(text))


def bare(text: str) -> str:
    """The same text where nothing can be set in italics."""
    return EMPHASIS.sub(r"\1", text)


def mark(text: str) -> str:
    """A short name for a text, the same in every session."""
    return f"{zlib.crc32(text.encode()):08x}"


def shuffled(options: Sequence[Option], *seed: str) -> list[Option]:
    """The options in an order that follows from lesson and key, and from KETALAB_READER where a reader has
    set it, so that neighbours see different letters."""
    order = list(options)
    random.Random("/".join([*seed, os.environ.get(READER, "")])).shuffle(order)
    return order


@cache
def static(name: str) -> str:
    """A stylesheet or script without its comments and indents: it is stored with every output."""
    text = COMMENTS.sub("", files.static("practice", name))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def with_style(html: str) -> str:
    """One output: its questions with the stylesheet and the script, once."""
    return f"<style>{static('practice.css')}</style>{html}<script>{static('practice.js')}</script>"


def box(kind: str, where: str, content: str) -> str:
    """A question as HTML; `where` names lesson and key, under which its mark is kept."""
    return (
        f'<div class="ketalab-ask" data-kind="{kind}" data-mark="{escape(where)}" '
        f'data-lm-suppress-shortcuts="true">{content}<p role="status"></p></div>'
    )


def folds(options: Sequence[Option]) -> str:
    """Options that open to their feedback, for a check or a quiz."""
    return "".join(
        f'<details class="option {option.kind}" data-option="{option.mark}">'
        f"<summary><b>{letter}.</b> {as_html(option.text)}"
        '<span class="mine"> (your answer)</span><span class="key"> (right)</span></summary>'
        f'<p class="feedback"><span class="verdict">{option.verdict}</span> {as_html(option.says)}</p>'
        "</details>"
        for letter, option in zip(LETTERS, options, strict=False)
    )


def lettered(options: Sequence[Option]) -> str:
    """The options as lines of text, each with its letter."""
    return "\n".join(f"  {x}. {option.text}" for x, option in zip(LETTERS, options, strict=False))


class Shown:
    """A thing that shows as HTML, and as text where there is none."""

    def html(self) -> str:
        raise NotImplementedError

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": with_style(self.html())}
