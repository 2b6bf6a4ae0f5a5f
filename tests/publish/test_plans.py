"""The decks of the guide's plans hold what the timetables say, for as long as they say it."""

import re
from dataclasses import replace

import pytest

from ketalab.lessons import lesson
from ketalab.publish import plans, teaching
from ketalab.publish.lecture import LectureSlide, lectures
from ketalab.publish.slides import Deck, Slide
from ketalab.text import unbroken

NAMES = ["class_90", *(f"day_{n}" for n in range(1, 6)), *(f"week_{n}" for n in range(1, 11))]


# What a lesson counts in a heading.
IN_TURN = re.compile(r"(<h2\b[^>]*>)(?:\d+\. |(?<=>)Quiz, \d+ of \d+)|,(?: lesson\xa0\d\d)(?=</h2>)")


@pytest.fixture(scope="module")
def by_number(cut_decks: dict[str, Deck]) -> dict[str, Deck]:
    return {deck.number: deck for deck in cut_decks.values()}


def test_every_timetable_of_the_guide_has_its_deck(by_number: dict[str, Deck]):
    assert [plan.slug for plan in plans.plans()] == NAMES
    assert [deck.file for deck in plans.decks(by_number)] == [f"{name}.html" for name in NAMES]


def test_a_deck_lasts_as_long_as_its_plan_without_the_reserve(by_number: dict[str, Deck]):
    for plan in plans.plans():
        deck = plans.deck(plan, by_number)
        assert deck.minutes == plan.minutes == int(plan.rows[-1].clock.partition("–")[2])
        assert 0 < plan.total - plan.minutes <= plan.total / 8, plan.slug
        assert all(slide.minutes > 0 for slide in deck.slides[1:])


def test_a_deck_opens_with_its_own_title_and_lessons_before_the_clock_starts(by_number: dict[str, Deck]):
    for plan in plans.plans():
        opening = plans.deck(plan, by_number).slides[0]
        shown = {number for row in plan.rows for number, _ in row.slides}
        named = re.findall(r"(\d\d) · ", opening.parts[0])
        assert f"<h1>{plan.title}</h1>" in opening.parts[0]
        assert len(named) == len(set(named))
        assert set(named) == shown
        reserve = plan.total - plan.minutes
        assert f"<p>{plan.minutes} minutes, {reserve} in reserve</p>" in opening.parts[0]
        assert (opening.kind, opening.minutes) == ("title", 0)
        assert f"{reserve} more are in reserve" in opening.plan


def test_rows_are_shown_in_order_as_the_lessons_show_them(by_number: dict[str, Deck]):
    for plan in plans.plans():
        slides = iter(plans.deck(plan, by_number).slides[1:])
        for row in plan.rows:
            for place, (number, slide) in enumerate(row.slides):
                shown = next(slides)
                there = by_number[number].slides[slide - 1].parts
                if "Take-home" not in there[0]:
                    assert shown.parts[1:] == there[1:]
                    assert IN_TURN.sub(r"\1", shown.parts[0]) == IN_TURN.sub(r"\1", there[0])
                assert shown.notes == by_number[number].slides[slide - 1].notes
                assert f"Lesson {number}, slide {slide}." in shown.plan
                assert shown.plan.startswith(f"{row.clock} min: ") == (place == 0)
                assert shown.colour == by_number[number].colour
            if not row.slides:
                shown = next(slides)
                assert shown.minutes == row.minutes
                assert len(re.findall("<h2>", shown.parts[0])) == 1
                assert "](#" not in shown.parts[0]
        assert next(slides, None) is None


def test_headings_count_within_the_plan(by_number: dict[str, Deck]):
    """Neither "Quiz, 4 of 6" where the other questions are not asked, nor section 2 after section 3."""
    for plan in plans.plans():
        slides = plans.deck(plan, by_number).slides
        heads = [re.search(r"<h[12][^>]*>(.*?)</h[12]>", slide.parts[0])[1] for slide in slides]
        assert [head for head in heads if re.match(r"\d\. ", head)] == [], plan.slug
        asked = [head for head, slide in zip(heads, slides, strict=True) if slide.kind == "quiz"]
        assert asked == [f"Quiz, {place} of {len(asked)}" for place in range(1, len(asked) + 1)], plan.slug
        assert len(asked) != 1


def test_a_plan_says_of_which_lesson_a_heading_is_that_comes_twice(by_number: dict[str, Deck]):
    for plan in plans.plans():
        heads = [heading(slide) for slide in plans.deck(plan, by_number).slides]
        twice = {head for head in heads if heads.count(head) > 1}
        assert twice <= {"Predict first", "Break", "Seminar"}, plan.slug


def test_a_take_home_names_no_objective_that_its_plan_does_not_show(by_number: dict[str, Deck]):
    kept = set()
    for plan in plans.plans():
        aims: set[str] = set()
        for slide in plans.deck(plan, by_number).slides:
            text = "".join(slide.parts)
            aims |= {slide.colour} if "You will be able to" in text else set()
            if "Take-home" in text and re.search(r"<strong>O\d</strong>", text):
                assert slide.colour in aims, plan.slug
                kept.add(plan.slug)
            if "Take-home" in text and "<ol>" in text:
                assert text.count("<li>") == 3, plan.slug
    assert kept == {"week_3", "week_4", "week_9"}
    last = plans.deck(next(plan for plan in plans.plans() if plan.slug == "class_90"), by_number).slides[-1]
    assert heading(last) == "Take-home"
    assert "one question you would ask" in last.parts[0]


def test_who_never_predicted_is_asked_before_a_note_comes_back_to_it(by_number: dict[str, Deck]):
    """And nobody is asked twice."""
    asked = {}
    for plan in plans.plans():
        for place, slide in enumerate(plans.deck(plan, by_number).slides, 1):
            if question := re.search(r"Ask first, by hands: (.+\?)$", slide.plan):
                asked[plan.slug, place] = question[1]
    assert list(asked) == [("class_90", 6), ("class_90", 12), ("day_4", 9)]
    for (_, place), number in zip(asked, ("01", "12", "11"), strict=True):
        assert asked[next(key for key in asked if key[1] == place)] in {
            unbroken(prediction.question) for prediction in lesson(number).predictions.values()
        }


def heading(slide: Slide) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<h[12][^>]*>(.*?)</h[12]>", slide.parts[0], re.DOTALL)[1])


def test_what_a_class_does_without_slides_has_a_slide_with_heading_words_and_minutes(by_number):
    table_ = (
        "### Day 7: rest · 30 minutes\n\n| Clock | Min | What | Slides | Else |\n|---|---|---|---|---|\n"
        "| 0–20 | 20 | In pairs: mark by the [rubric](#a-claim) of `an_honest_page`, 4 minutes each. |  "
        "| On paper. |\n"
        "| 20–30 | 10 | Reserve |  |  |\n"
    )
    (plan,) = plans.plans(table_)
    opening, slide = plans.deck(plan, by_number).slides
    assert opening.parts == ['<div class="text"><h1>Day 7: rest</h1><p>20 minutes, 10 in reserve</p></div>']
    assert (plan.slug, plan.total, plan.minutes, slide.minutes) == ("day_7", 30, 20, 20)
    text = slide.parts[0]
    assert "<h2>In pairs</h2>" in text
    assert "Mark by the rubric of <code>an_honest_page</code>, 4\xa0minutes each." in text
    assert text.endswith("<p>20 minutes</p></div>")
    assert slide.notes == ["20 minutes.", "On paper."]


def test_a_plan_waits_for_its_lessons_and_refuses_a_slide_that_is_gone(by_number: dict[str, Deck]):
    without = {number: deck for number, deck in by_number.items() if number != "04"}
    made = {deck.slug for deck in plans.decks(without)}
    assert "week_3" not in made
    assert "week_4" in made
    short = by_number["04"]
    short = replace(short, slides=short.slides[:2])
    plan = next(plan for plan in plans.plans() if plan.slug == "week_3")
    with pytest.raises(ValueError, match=r"lesson 04 has no slide 3 \(of 2\)"):
        plans.deck(plan, by_number | {"04": short})


def test_typed_numbers_are_held_by_name_and_follow_their_slides():
    parts = lectures()
    typed = teaching.held("[05](#x): 4–6; 00: 9", parts)
    assert typed.startswith("05: 4–6; 00: 9 <!-- held: 05 = ")
    assert teaching.held(typed, parts) == typed
    moved = parts["05"]
    first, second, *rest = moved.slides
    renumbered = [first, *rest, second]
    slides = [LectureSlide(place, names=slide.names) for place, slide in enumerate(renumbered, 1)]
    now = parts | {"05": replace(moved, slides=slides)}
    assert teaching.held(typed, now).startswith("05: 3–5; 00: 9 <!-- held: 05 = ")
    without = parts | {
        "05": replace(moved, slides=[slide for slide in slides if "asleep" not in slide.names])
    }
    with pytest.raises(ValueError, match="lesson 05: 0 slides are named 'asleep', not one"):
        teaching.held(typed, without)


def test_every_slide_of_the_course_has_a_name_of_its_own():
    for part in lectures().values():
        names = [part.name(slide.number) for slide in part.slides]
        assert len(set(names)) == len(names)
        assert [part.named(name) for name in names] == list(range(1, len(names) + 1))
        assert not [name for name in names if re.search(r"[,;=]", name)]
