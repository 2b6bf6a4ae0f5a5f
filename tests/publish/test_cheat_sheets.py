"""A cheat sheet says what the lessons say: numbers from data or a model, words from the lessons."""

from functools import cache

import pandas as pd
import pytest
from conftest import lessons
from lessons.test_prose import NUMBER, data_numbers, in_percent, output_numbers, plain

from ketalab.data import table
from ketalab.data.lessons import ready
from ketalab.plots.show import smallest_label
from ketalab.publish import cheat_sheets, sheet
from ketalab.publish.cheat_sheets import MISCONCEPTIONS, SHEETS, UNKNOWN, point, sentence
from ketalab.publish.sheet import Sheet, equation

SLUGS = [make.__name__ for make, lessons in SHEETS.items() if set(lessons) <= ready()]


@cache
def made() -> dict[str, Sheet]:
    """Every sheet by its slug; to make them takes seconds, so not before a test asks."""
    return {sheet.slug: sheet for sheet in cheat_sheets.sheets()}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_number_stands_in_an_output_of_its_lessons_or_a_row_of_its_source(slug: str):
    sheet, notebooks = made()[slug], {name[:2]: notebook for name, notebook in lessons().items()}
    shown = set().union(*(output_numbers(notebooks[number]) for number in sheet.lessons))
    for fact in sheet.numbers:
        rows = data_numbers(fact.sources)
        known = shown | rows | (in_percent(rows) if "%" in fact.value else set())
        numbers = [plain(n) for n in NUMBER.findall(fact.value.replace("\N{MINUS SIGN}", "-"))]
        assert numbers, fact
        assert set(numbers) <= known, fact
        assert fact.sources, fact


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sheet_has_every_part(slug: str):
    sheet = made()[slug]
    assert 8 <= len(sheet.numbers) <= 14
    assert len(sheet.take_home) == len(sheet.lessons)
    assert sheet.misconceptions
    assert sheet.unknown
    assert len(sheet.alt) >= 40
    assert smallest_label(sheet.picture) >= 9 / 72 * 100  # 9 points, in pixels of the page
    assert sheet.picture.get_figwidth() <= 7.5


def test_the_sheets_cover_the_course_once_in_order():
    covered = [number for numbers in SHEETS.values() for number in numbers]
    assert covered == [number for number in table("lessons").lesson if number != "00"]
    assert list(made()) == SLUGS


def test_a_number_follows_its_table(monkeypatch: pytest.MonkeyPatch):
    def changed(name: str) -> pd.DataFrame:
        rows = table(name)
        if name == "plasma_concentrations":
            rows.loc[rows.observation == "infusion_05_peak", "value"] = 171.5
        return rows

    monkeypatch.setattr(sheet, "table", changed)
    again = cheat_sheets.neuroscience(("01", "02", "03", "04"))
    assert again.numbers[0].value == "171.5 ng/mL"
    assert made()["neuroscience"].numbers[0].value == "185 ng/mL"


def test_words_are_the_lessons_own():
    assert point("04", MISCONCEPTIONS, "explain the speed").startswith("<strong>&quot;New synapses")
    assert point("03", UNKNOWN).startswith("The model was not fitted")
    assert sentence("02", "Nobody has an accepted way").endswith("living person.")
    assert equation("02", "f_u") == r"$\displaystyle C = f_u\, C_\text{total} / M$"


@pytest.mark.parametrize(
    ("find", "arguments"),
    [
        (point, ("04", MISCONCEPTIONS, "no such thing")),
        (sentence, ("02", "no such thing")),
        (equation, ("02", "no such thing")),
    ],
)
def test_words_that_a_lesson_no_longer_says_are_named(find, arguments: tuple[str, ...]):
    with pytest.raises(ValueError, match=rf"cheat sheet: lesson {arguments[0]}.*no such thing"):
        find(*arguments)
