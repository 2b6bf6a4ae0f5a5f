"""What `make cards` prints: every result is a row of the ledger, and nothing gives a verdict away."""

from pathlib import Path

import lxml.html
import pytest

from ketalab.data import claim, table
from ketalab.data.lessons import ready
from ketalab.data.verdict import Verdict
from ketalab.lessons import lesson
from ketalab.practice.asking import LETTERS
from ketalab.publish import cards
from ketalab.text import with_real_minus


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cards")
    cards.main(folder=folder)
    return folder


def page(made: Path, name: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring((made / f"{name}.html").read_text(encoding="utf-8"))


def squeezed(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_there_is_a_card_for_every_claim_with_results_of_the_ledger_only(made: Path):
    shown = page(made, "evidence_cards").find_class("card")
    claims = table("claims")
    tests = table("claim_tests")
    assert [squeezed(one.find("h2")) for one in shown] == [
        f"{row.claim} {row.statement}" for row in claims.itertuples()
    ]
    for one, number in zip(shown, claims.claim, strict=True):
        sources = claim(number).sources
        assert squeezed(one.find("blockquote")) == " ".join(claim(number).about.quoted.split())
        for side, listed in zip(("for", "against"), one.findall("ul"), strict=True):
            held = list(sources[sources.stance == side].finding)
            held += list(tests[tests.claim == number].finding) if side == "for" else []
            held = [with_real_minus(" ".join(finding.split())) for finding in held]
            results = [item for item in listed if item.get("class") != "none"]
            texts = [squeezed(item) for item in results]
            assert len(results) == min(2, len(held)), (number, side)
            assert all(any(text.startswith(finding) for finding in held) for text in texts), (number, side)
            assert len(set(texts)) == len(texts)
            assert len(listed) == max(1, len(results) + (len(results) < 2))  # says so where there are fewer


def test_cards_and_sheets_give_no_verdict_away(made: Path):
    for one, row in zip(
        page(made, "evidence_cards").find_class("card"), table("claims").itertuples(), strict=True
    ):
        assert row.reason not in squeezed(one)
        assert not any(verdict.sign in squeezed(one) for verdict in Verdict)
    sheet = page(made, "claims_to_grade")
    assert "checked" not in lxml.html.tostring(sheet).decode()
    assert "Right" not in squeezed(page(made, "predictions"))


def test_the_claims_to_grade_are_those_of_lesson_13(made: Path):
    rows = page(made, "claims_to_grade").findall(".//tbody/tr")
    numbers = cards.graded()
    assert len(numbers) == 12
    assert [squeezed(row.find("th")) for row in rows] == [
        f"{number} {claim(number).about.statement}" for number in numbers
    ]
    assert all(len(row.find_class("box")) == len(Verdict) + 4 for row in rows)


def test_the_sheet_of_predictions_holds_all_of_them_with_the_letters_of_the_slides(made: Path):
    asked = page(made, "predictions").xpath("//section/ol/li")
    wanted = [one for number in sorted(ready()) for one in lesson(number).predictions.values()]
    assert len(asked) == len(wanted)
    for item, one in zip(asked, wanted, strict=True):
        assert squeezed(item).startswith(one.question)
        assert [squeezed(option) for option in item.findall("ol/li")] == [o.text for o in one.options]


def test_the_key_has_every_verdict_and_every_right_prediction(made: Path):
    shown = page(made, "key")
    rows = shown.findall(".//tbody/tr")
    for row, about in zip(rows, table("claims").itertuples(), strict=True):
        assert [squeezed(cell) for cell in row][:2] == [
            about.claim,
            f"{Verdict(about.verdict).sign} {about.verdict}",
        ]
    said = [squeezed(item) for item in shown.xpath("//h3/following-sibling::ol[1]/li")]
    wanted = [one for number in sorted(ready()) for one in lesson(number).predictions.values()]
    for text, one in zip(said, wanted, strict=True):
        place, right = next((n, o) for n, o in enumerate(one.options) if o.right)
        assert text.startswith(f"{LETTERS[place]}. {right.text}.")


def test_a_lesson_that_grades_nothing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cards, "GRADING", cards.re.compile("no such call"))
    with pytest.raises(ValueError, match=r"^13_the_article_on_trial.ipynb: grading: no cell grades claims"):
        cards.graded()
