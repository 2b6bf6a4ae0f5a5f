"""The concept inventory: twenty ideas that decide how a trial is read, each asked in two parallel forms.

It stays out of the lessons, so that what it measures was not practised. `inventory.toml` holds the items;
a fault there is one ValueError that names the file, the concept and what is allowed.
"""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ketalab.practice.asking import LETTERS, mark
from ketalab.practice.reader import TABLE, TEXT, YES, hold, tables

FILE = "inventory.toml"
FORMS = ("A", "B")
ITEM = {"concept": TEXT, "lesson": TEXT, "idea": TEXT, "a": TABLE, "b": TABLE}
FORM = {"question": TEXT, "options": tables(3)}
OPTION = {"text": TEXT, "?right": YES, "?mistake": TEXT}


@dataclass(frozen=True)
class Choice:
    """One answer; `mistake` is what a reader thinks who chooses it, empty for the right one."""

    text: str
    mistake: str

    @property
    def right(self) -> bool:
        return not self.mistake


@dataclass(frozen=True)
class Item:
    """One idea in one form, its choices in the order in which they are printed."""

    concept: str
    lesson: str
    idea: str
    form: str
    question: str
    choices: tuple[Choice, ...]

    @property
    def lettered(self) -> tuple[tuple[str, Choice], ...]:
        """Each choice with its letter."""
        return tuple(zip(LETTERS, self.choices, strict=False))

    @property
    def key(self) -> str:
        """The letter of the right choice."""
        return next(letter for letter, choice in self.lettered if choice.right)


@cache
def inventory() -> Mapping[str, tuple[Item, ...]]:
    """The items of each form, in the same order of concepts."""
    return read(files("ketalab.practice").joinpath(FILE).read_text(encoding="utf-8"))


def read(text: str, file: str = FILE) -> dict[str, tuple[Item, ...]]:
    """The items of each form from the text of a file.

    ValueError, one sentence with file, concept and what is allowed: for what is not TOML, a key that is
    missing or not known, a concept twice, fewer than three options, two options alike, an option that is
    both right and a mistake or neither, and more or less than one right option.
    """
    try:
        rows = tomllib.loads(text).get("items", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not TOML ({error})") from None
    if not rows:
        raise ValueError(f"{file}: items: 0 are not allowed; it must be 1 or more")
    forms: dict[str, list[Item]] = {form: [] for form in FORMS}
    places = {form: _places(form, len(rows)) for form in FORMS}
    met = set()
    for row in rows:
        where = f"{file}: {row.get('concept', 'an item without a concept')}"
        hold(row, ITEM, where)
        if row["concept"] in met:
            raise ValueError(f"{where}: concept: it stands twice; each must stand once")
        met.add(row["concept"])
        for form in FORMS:
            forms[form].append(_item(row, form, places[form].pop(), f"{where} ({form})"))
    return {form: tuple(items) for form, items in forms.items()}


def _places(form: str, number: int) -> list[float]:
    """Where the right choice stands, from 0 (first) to below 1: in each third as often."""
    places = [(i % 3) / 3 for i in range(number)]
    random.Random(f"places/{form}").shuffle(places)  # the same on every paper
    return places


def _item(row: Mapping[str, Any], form: str, place: float, where: str) -> Item:
    part = row[form.lower()]
    hold(part, FORM, where)
    choices = [_choice(option, where) for option in part["options"]]
    right = sum(choice.right for choice in choices)
    if right != 1:
        raise ValueError(f"{where}: options: {right} are right; exactly one must be")
    if len(choices) > len(LETTERS):
        raise ValueError(
            f"{where}: options: {len(choices)} are not allowed; it must be 3 to {len(LETTERS)}"
        )
    if len({mark(choice.text) for choice in choices}) < len(choices):
        raise ValueError(f"{where}: options: two are alike; each must be another text")
    wrong = [choice for choice in choices if not choice.right]
    random.Random(f"{row['concept']}/{form}").shuffle(wrong)
    wrong.insert(int(place * len(choices)), *(choice for choice in choices if choice.right))
    return Item(row["concept"], row["lesson"], row["idea"], form, part["question"], tuple(wrong))


def _choice(option: Mapping[str, Any], where: str) -> Choice:
    hold(option, OPTION, f"{where}: options")
    right, mistake = option.get("right", False), option.get("mistake", "")
    if bool(mistake) == right:
        raise ValueError(
            f"{where}: options: {dict(option)} is not allowed; it must be a text, right or with a mistake"
        )
    return Choice(option["text"], mistake)
