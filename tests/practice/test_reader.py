"""A fault in a practice.toml is one sentence with file, key and what is allowed, before any use."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from ketalab.practice.reader import read, verify

CHECKS = SimpleNamespace(__name__="checks", **{key: (lambda: 2.0) for key in ("one", "two", "three")})


def lines(table: dict, path: str = "") -> str:
    """A table as TOML, tables in it last."""
    rows = [f"{key} = {written(value)}" for key, value in table.items() if not is_rows(value)]
    for key, value in table.items():
        if is_rows(value):
            rows += [f"[[{path}{key}]]\n{lines(row, f'{path}{key}.')}" for row in value]
    return "\n".join(rows)


def is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def options() -> list[dict]:
    """Three options, the first of them right."""
    first = {"text": "a", "feedback": "Yes, a.", "right": True}
    return [first, *({"text": text, "feedback": f"No, not {text}."} for text in "bc")]


def content() -> dict:
    """A file without fault."""
    exercise = {
        "title": "A title",
        "objective": "O1",
        "task": "Do it.",
        "hint": "So.",
        "unit": "mg",
        "right": "2 mg.",
        "answer": ["2"],
        "fixed": "There are no other numbers.",
        "mistakes": [{"name": "half", "value": 1.0, "advice": "Twice that."}],
    }
    return {
        "predictions": [
            {"key": "p", "objective": "O1", "question": "What?", "then": "Look.", "giveaway": ["b"]}
            | {"options": options()}
        ],
        "exercises": [{"key": key} | exercise for key in ("one", "two", "three")],
        "checks": [
            {"key": key, "objective": "O1", "question": "What?", "options": options()} for key in "abc"
        ],
        "quiz": [{"objective": "O1", "question": "What?", "options": options()} for _ in range(4)],
    }


def reading(folder: Path, table: dict):
    file = folder / "practice.toml"
    file.write_text(lines(table), encoding="utf-8")
    return read(file, "99", CHECKS)


def test_a_file_without_fault_is_read(tmp_path: Path):
    here = reading(tmp_path, content())
    assert list(here.exercises) == ["one", "two", "three"]
    assert here.right("one", 2.0)
    assert here.exercises["two"].check(1.0) == "✘ Not yet. Twice that."


def changed(*path: object, to: object = None) -> dict:
    """The content with one value replaced or, without one, removed."""
    table = content()
    place = table
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return table


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (changed("quiz", 1, "options", 2, "feedback"), "quiz 2: options 3: feedback is missing"),
        (changed("quiz", 0, "options", 1, "right", to=True), "quiz 1: options: 2 are right; exactly one"),
        (changed("quiz", 0, "options", 0, "right"), "quiz 1: options: 0 are right; exactly one"),
        (
            changed("quiz", 0, "options", 0, "right", to=False),
            "right: False is not allowed; it must be true",
        ),
        (changed("quiz", 0, "options", 1, "text", to="a"), "options: text: 'a' stands there twice"),
        (
            changed("exercises", 1, "colour", to="red"),
            "exercises 2 (two): colour: no such key; it must be one",
        ),
        (changed("exercises", 1, "key", to="one"), "key: 'one' stands there twice"),
        (changed("exercises", 1, "key", to="four"), "holds no solution named 'four'"),
        (changed("exercises", 0, "objective", to="1"), "objective: '1' is not allowed; it must be O1"),
        (
            changed("exercises", 0, "mistakes", 0, "advice"),
            "mistakes 1 (half): advice is missing",
        ),
        (
            changed("exercises", 0, "mistakes", 0, "value", to="x"),
            "value: 'x' is not allowed; it must be a number",
        ),
        (changed("predictions", 0, "then", to=""), "predictions 1 (p): then: '' is not allowed"),
        (changed("exercises", 0, "answer", to=["3.1"]), "exercises (one): answer: '3.1' is not 2 rounded"),
        (changed("exercises", 0, "answer", to=["2.0"]), "exercises (one): right: '2.0' is not in it"),
        (
            changed("exercises", 0, "mistakes", 0, "value", to=2.2),
            "exercises (one): mistakes: 2.2 would be right; the solution is 2",
        ),
        (changed("exercises", 0, "fixed"), "exercises 1 (one): vary: give either other numbers or"),
        (
            changed("exercises", 0, "picture", to="99_none"),
            "exercises 1 (one): picture: '99_none' is not allowed; it must be the name of a figure",
        ),
        (changed("predictions", 0, "objective"), "predictions 1 (p): objective is missing; it must be O1"),
        (changed("predictions"), "predictions is missing; it must be 1 or more tables"),
    ],
)
def test_a_fault_is_named_with_file_key_and_what_is_allowed(tmp_path: Path, table: dict, says: str):
    with pytest.raises(ValueError, match=r"practice\.toml: ") as error:
        verify(reading(tmp_path, table), "practice.toml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_not_toml_is_said_to_be_so(tmp_path: Path):
    file = tmp_path / "practice.toml"
    file.write_text("key = ", encoding="utf-8")
    with pytest.raises(ValueError, match=r"practice\.toml: not TOML"):
        read(file, "99", CHECKS)
