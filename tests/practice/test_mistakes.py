"""A wrong answer that the course knows by its number is still the number that this mistake gives.

Where the numbers come from a table or a model, they change with it, and a number typed beside them doesn't:
then the advice that was written for the mistake would never be read.
"""

import math
import tomllib
from contextlib import redirect_stdout
from io import StringIO

import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import folder, lesson
from ketalab.practice.exercise import MISTAKE_WITHIN


def mistakes(number: str) -> dict[str, list[dict]]:
    """The known mistakes of a lesson's exercises, as its file has them."""
    rows = tomllib.loads((folder(number) / "practice.toml").read_text(encoding="utf-8"))["exercises"]
    return {row["key"]: row["mistakes"] for row in rows if "mistakes" in row}


@pytest.mark.parametrize("number", sorted(ready()))
def test_every_formula_of_a_mistake_gives_its_number(number):
    faults = []
    for key, known in mistakes(number).items():
        names: dict = {"exp": math.exp, "log": math.log}  # as in the variants
        with redirect_stdout(StringIO()):
            exec(lesson(number).exercises[key].worked(), names)
        for mistake in known:
            if "how" in mistake:
                made, value = float(eval(mistake["how"], names)), mistake["value"]
                if abs(made - value) > MISTAKE_WITHIN * abs(value):
                    faults.append(f"{key}: {mistake['name']}: {mistake['how']} is {made:.5g}, not {value}")
    assert faults == []


@pytest.mark.parametrize("number", sorted(ready()))
def test_a_mistake_in_what_is_read_from_the_course_has_a_formula(number):
    faults = [
        f"{key}: {mistake['name']}"
        for key, known in mistakes(number).items()
        if "ketalab" in lesson(number).exercises[key].worked()
        for mistake in known
        if "how" not in mistake
    ]
    assert faults == []
