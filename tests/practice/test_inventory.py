"""The concept inventory holds two forms that can be told apart from nothing but their words."""

from collections import Counter

import pytest

from ketalab.data.lessons import lesson_files
from ketalab.practice.inventory import FORMS, inventory, read

GOOD = """
[[items]]
concept = "one"
lesson = "05"
idea = "An idea."
[items.a]
question = "Which?"
options = [{text = "x", right = true}, {text = "y", mistake = "m"}, {text = "z", mistake = "n"}]
[items.b]
question = "Which then?"
options = [{text = "x", right = true}, {text = "y", mistake = "m"}, {text = "z", mistake = "n"}]
"""


def test_twenty_ideas_each_asked_twice_in_other_words():
    forms = inventory()
    assert [len(forms[form]) for form in FORMS] == [20, 20]
    for first, second in zip(*forms.values(), strict=True):
        assert (first.concept, first.idea, first.lesson) == (second.concept, second.idea, second.lesson)
        assert first.question != second.question
        assert not {c.text for c in first.choices} & {c.text for c in second.choices}


def test_every_wrong_choice_is_a_mistake_somebody_makes():
    for items in inventory().values():
        for item in items:
            assert item.lesson in {path.name[:2] for path in lesson_files()}
            assert len({choice.mistake for choice in item.choices}) == len(item.choices)
            assert item.question.endswith("?")


def test_neither_length_nor_place_gives_the_right_choice_away():
    for items in inventory().values():
        longest = [max(item.choices, key=lambda choice: len(choice.text)).right for item in items]
        assert sum(longest) <= 0.4 * len(items)
        places = Counter(item.key for item in items)
        assert set(places) == set("ABC")
        assert all(0.25 <= times / len(items) <= 0.42 for times in places.values())


def test_the_order_is_the_same_on_every_paper(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KETALAB_READER", "somebody")
    again = read(open_text())
    assert {form: tuple(items) for form, items in inventory().items()} == again


def open_text() -> str:
    from importlib.resources import files

    return files("ketalab.practice").joinpath("inventory.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('idea = "An idea."', "", "inventory.toml: one: idea is missing"),
        ('lesson = "05"', 'lesson = "05"\nlevel = 1', "inventory.toml: one: level: no such key"),
        (
            ', right = true}, {text = "y"',
            '}, {text = "y"',
            "inventory.toml: one .A.: options: .'text': 'x'.",
        ),
        ('{text = "y", mistake = "m"}', '{text = "y", right = true}', "options: 2 are right; exactly one"),
        ('{text = "z", mistake = "n"}', '{text = "y", mistake = "n"}', "options: two are alike"),
        (', {text = "z", mistake = "n"}]', "]", "is not allowed; it must be 3 or more tables"),
        (
            'text = "x", right = true',
            "text = 1, right = true",
            "options: text: 1 is not allowed; it must be text",
        ),
        (
            'question = "Which?"',
            'question = ""',
            "question: '' is not allowed; it must be text without blanks",
        ),
        ("[[items]]", "[[items", "inventory.toml: not TOML"),
    ],
)
def test_a_faulty_file_is_refused_in_one_sentence(old: str, new: str, said: str):
    assert old in GOOD
    with pytest.raises(ValueError, match=said) as error:
        read(GOOD.replace(old, new, 1))
    assert "\n" not in str(error.value)


def test_a_concept_twice_is_refused():
    with pytest.raises(ValueError, match="one: concept: it stands twice"):
        read(GOOD + GOOD)


def test_a_file_without_items_is_refused():
    with pytest.raises(ValueError, match=r"inventory\.toml: items: 0 are not allowed"):
        read("title = 1")
