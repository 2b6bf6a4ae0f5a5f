"""The pages of the concept inventory: what a student must not see is not there, and a class can be read."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from practice.test_gain import simulated, written

from ketalab.practice.gain import read_answers
from ketalab.practice.inventory import inventory
from ketalab.publish import gain
from ketalab.publish import inventory as pages


class Lists(HTMLParser):
    """The items of the ordered lists of choices, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "ol" and ("class", "choices") in attrs:
            self.choices.append([])
            self.inside = True
        elif tag == "li" and self.inside:
            self.choices[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "ol"

    def handle_data(self, data: str) -> None:
        if self.inside and self.choices[-1]:
            self.choices[-1][-1] += data


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inventory")
    pages.main(folder=folder)
    return folder


@pytest.mark.parametrize("form", ["A", "B"])
def test_a_form_asks_everything_and_gives_nothing_away(made: Path, form: str):
    text = (made / f"form_{form.lower()}.html").read_text(encoding="utf-8")
    read = Lists()
    read.feed(text)
    assert [len(choices) for choices in read.choices] == [len(i.choices) for i in inventory()[form]]
    for item, printed in zip(inventory()[form], read.choices, strict=True):
        assert printed == [choice.text for choice in item.choices]
        assert all(choice.mistake not in text for choice in item.choices if choice.mistake)
        assert item.idea not in text
    assert "✔" not in text
    assert "http" not in text


def test_the_key_marks_one_answer_to_each_question(made: Path):
    text = (made / "key.html").read_text(encoding="utf-8")
    assert text.count("✔") == sum(map(len, inventory().values()))


def test_an_empty_table_of_answers_is_read_as_a_class_of_nobody(made: Path):
    path = made / "answers_template.csv"
    assert len(read_answers(path).papers) == 0
    assert len(path.read_text(encoding="utf-8").split(",")) == 23


def test_the_page_of_a_class_says_its_gain_and_each_idea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gain, "FOLDER", tmp_path)
    table = written(tmp_path / "class.csv", simulated(24, 0.4, 0.5, 5))
    gain.main([str(table)])
    text = (tmp_path / "gain_of_class.html").read_text(encoding="utf-8")
    answers = read_answers(table)
    after = (answers.papers.time == "after").to_numpy()
    assert f"{100 * answers.right[after, 0].mean():.0f}" in text
    assert all(item.idea in text for item in inventory()["A"])
    assert "24 students wrote both papers" in text
    assert not np.isnan(answers.right.mean())


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "0 tables were named"), (["a", "b"], "2 tables were named"), (["no.csv"], "no.csv is not there")],
)
def test_a_wrong_call_is_one_sentence(given: list[str], said: str):
    done = subprocess.run(
        [sys.executable, "-m", "ketalab.publish", "gain", *given],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
