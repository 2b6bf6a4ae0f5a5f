"""The teaching guide is what its sources make of it, and what a person wrote in it fits the lessons."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from bench.class_load import save
from conftest import ROOT, lessons
from lessons.test_prose import output_numbers, plain, prose_numbers
from nbformat import NotebookNode

from ketalab.data import table
from ketalab.lessons import CATALOGUE, explorable, lesson
from ketalab.practice.exercise import POINTS_BY_HAND
from ketalab.publish import load, teaching
from ketalab.publish.lecture import Lecture, LectureSlide, lecture, lectures
from ketalab.publish.slides import _question, build
from ketalab.publish.teaching import (
    HELD,
    MADE,
    PROJECT,
    SECTION,
    SHORT,
    anchor,
    minutes_of,
    named_slides,
    renewed,
    with_sections,
)

SHORT_GUIDE = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
WEEK = re.compile(r"^### Week \d+: .*?(?=^###? )", re.MULTILINE | re.DOTALL)
PROFESSIONS = ("Psychology", "Medicine", "Pharmacy", "Neuroscience")
PARTS = {
    "what to show in 45 minutes": SHORT.pattern,
    "what to project": r"^\*\*Project\*\*\n\n- (?:slide \d+, )?`",
    "which misconception to surface first": r"^\*\*Surface first\*\*: number \d",
    "the question to ask": r"^\*\*Ask\*\* on slide \d+: \*.+?\?\*",
    "three prompts to discuss": r"^\*\*Discuss\*\*\n\n1\. .+\n2\. .+\n3\. .+\n",
    "how to mark the argument": r"^\*\*Marking `\w+`\*\*\n\n- \(",
    "how to adapt": r"^\*\*Adapt\*\*\n\n"
    + r"\n".join(rf"- \*\*{profession}:\*\* .+" for profession in PROFESSIONS),
}


@cache
def guide() -> str:
    """The whole guide, put together when a test asks for it: that takes seconds."""
    return teaching.guide()


@cache
def parts() -> dict[str, Lecture]:
    return lectures()


@pytest.fixture
def part(lesson_name: str) -> Lecture:
    return parts()[lesson_name[:2]]


def block(number: str, text: str | None = None) -> str:
    """What a person wrote about a lesson."""
    return next(
        (MADE.sub("", found[0]) for found in SECTION.finditer(text or guide()) if found[1] == number), ""
    )


def unwritten(number: str, text: str | None = None) -> list[str]:
    """What a person still has to write about a lesson."""
    return [
        what for what, words in PARTS.items() if not re.search(words, block(number, text), re.MULTILINE)
    ]


def timetables(text: str | None = None) -> list[tuple[str, int, list[list[str]]]]:
    """Heading, minutes and rows of every timetable."""
    return [
        (found[1].splitlines()[0], int(found[2]), [row.split(" | ") for row in found[4].splitlines()])
        for found in teaching.TIMETABLE.finditer(text or guide())
    ]


# The whole guide ------------------------------------------------------------------------------------


def test_the_guide_is_current():
    assert renewed(guide()) == guide()
    for path, text in teaching.files(guide()).items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m ketalab.publish teaching`"


def test_what_people_wrote_is_written_once_and_lies_with_its_lesson():
    """Only the page for tomorrow keeps what is made; the rest is made when somebody asks for the guide."""
    found = teaching.files(guide())
    assert len(found) == 2 + len(table("lessons"))
    for path, text in found.items():
        kept = [made for made in MADE.finditer(text) if made[0] != made[1] + made[3]]
        assert bool(kept) == (path.name == "TEACHING.md"), path
    assert teaching.files(teaching.guide()) == found


def test_the_short_guide_is_read_in_ten_minutes():
    words = len(HELD.sub("", SHORT_GUIDE).split())
    assert 900 < words < 180 * 10


def test_a_file_that_is_as_it_should_be_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one, other = tmp_path / "one.md", tmp_path / "other.md"
    monkeypatch.setattr(teaching, "guide", lambda: "")
    monkeypatch.setattr(teaching, "files", lambda _: {one: "as it was\n", other: "new\n"})
    one.write_text("as it was\n", encoding="utf-8")
    other.write_text("old\n", encoding="utf-8")
    before = one.stat().st_mtime_ns
    teaching.write()
    assert (one.stat().st_mtime_ns, other.read_text(encoding="utf-8")) == (before, "new\n")


def test_what_is_out_of_date_is_renewed():
    spoilt = MADE.sub(lambda marks: f"{marks[1]}old\n{marks[3]}", guide())
    spoilt = re.sub(r"^\| \d+–\d+ \|", "| 0–0 |", spoilt, flags=re.MULTILINE)
    spoilt = re.sub(r"^\| 0–0 \| \d+ (?=.*\]\(#\d\d-)", "| 0–0 | 1 ", spoilt, flags=re.MULTILINE)
    assert spoilt.count("old\n") > 50
    assert renewed(spoilt) == guide()


def test_links_lead_somewhere():
    for text in (guide(), SHORT_GUIDE, (ROOT / "README.md").read_text(encoding="utf-8")):
        headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        for address in re.findall(r'\]\(([^)" ]+)[^)]*\)', text):
            if address.startswith("#"):
                assert address[1:] in headings, address
            elif not address.startswith(("http://", "https://")):
                place, _, heading = address.partition("#")
                assert (ROOT / place).exists(), address
                if heading:
                    there = (ROOT / place).read_text(encoding="utf-8")
                    assert heading in map(anchor, re.findall(r"^#+ (.+)$", there, re.MULTILINE)), address


def test_every_name_in_code_letters_is_a_name_of_the_course():
    ready = SECTION.sub(lambda found: found[0] if found[1] in parts() else "", guide())
    written = MADE.sub("", ready)
    known = set(CATALOGUE)
    for number in parts():
        known |= set(lesson(number).exercises) | set(lesson(number).predictions)
    for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", written):
        assert name in known, name


def test_the_readme_and_the_top_say_what_the_guide_is():
    assert "[TEACHING.md](TEACHING.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    top = " ".join(SHORT_GUIDE[:1300].split())
    assert "holds every answer" in top
    assert "not medical advice" in top


def test_the_guide_leads_to_grading_and_to_the_larger_school():
    marking = guide().partition("\n## Marking\n")[2].partition("\n## ")[0]
    assert "](deploy/GRADING.md)" in marking
    assert "](deploy/LARGER.md)" in guide().partition("\n## How large a machine\n")[2].partition("\n## ")[0]
    assert "dist/assignments" not in guide()


def test_the_settings_of_the_hub_are_those_it_reads():
    config = (ROOT / "deploy" / "jupyterhub_config.py").read_text(encoding="utf-8")
    reads = r'(?:environ\.get|number|names)\("(KETALAB_\w+)"(?:, "?([^",)]*))?'
    read = dict(re.findall(reads, config))
    told = dict(re.findall(r"^\| `(KETALAB_\w+)` \| .+ \| (.+) \|$", guide(), re.MULTILINE))
    assert set(told) == set(read)
    for name, otherwise in read.items():
        if otherwise and "Path" not in otherwise:
            assert f"`{otherwise}`" in told[name], name


# Syllabi --------------------------------------------------------------------------------------------


def test_timetables_fill_their_time_and_leave_a_small_reserve():
    found = timetables()
    assert [minutes for _, minutes, _ in found] == [90, *[120] * 5, *[150] * 10]
    for heading, minutes, rows in found:
        spans = [tuple(map(int, row[0].strip("| ").split("–"))) for row in rows]
        assert spans[0][0] == 0
        assert spans[-1][1] == minutes, heading
        assert all(end == start for (_, end), (start, _) in pairwise(spans)), heading
        there = {number for row in rows for number, _ in named_slides(" | ".join(row))} <= set(parts())
        for row, (start, end) in zip(rows, spans, strict=True):
            if row[2].startswith("Reserve") and there:
                assert 0 <= end - start <= minutes / 8, f"{heading}: {end - start} minutes are left"
            elif there:
                assert end > start, f"{heading}: {row[2]} takes no time"


def test_the_class_of_90_minutes_has_ten_to_spare_and_has_shown_what_it_asks_to_judge():
    text = guide()[guide().index("## One class of 90 minutes") : guide().index("## One week")]
    plan = teaching.TIMETABLE.search(text)[4]
    reserve = re.search(r"^\| \d+–90 \| (\d+) \| Reserve", plan, re.MULTILINE)
    assert int(reserve[1]) >= 10
    shown = {part.name(n) for number, part in parts().items() for m, n in named_slides(plan) if m == number}
    asked = re.search(r"one claim \((.+?)\)", plan)[1]
    seen = re.search(r"What the class has seen of each:(.*?)\n\n", text, re.DOTALL)[1]
    for claims in (asked, seen, re.search(r"<!-- made: claims (.+) -->", text)[1]):
        assert re.findall(r"C\d\d", claims) == ["C14", "C20", "C34", "C47", "C58"]
    assert set(re.findall(r"`(\w+)`", seen)) <= shown


def test_minutes_of_a_row_come_from_the_notes_of_its_slides():
    first, second = (parts()["01"].slides[i].minutes for i in (6, 7))
    assert minutes_of("01: 7–8", parts()) == first + second
    assert minutes_of("[01](#01--from-dose-to-brain): 7", parts()) == first
    assert minutes_of("77: 1–9", parts()) == 0
    assert list(named_slides("05: 4–6, 9; 00: 1")) == [
        ("05", 4), ("05", 5), ("05", 6), ("05", 9), ("00", 1)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="lesson 01 has no slide 99"):
        minutes_of("01: 99", parts())


def test_a_row_without_slides_keeps_its_minutes_and_the_reserve_takes_the_rest():
    name, slide = parts()["01"].name(7), parts()["01"].slides[6].minutes
    table_ = "### Day · 60 minutes\n\n| Clock | Min | What | Slides |\n|---|---|---|---|\n"
    row = f"| [01](#01--from-dose-to-brain): 7 <!-- held: 01 = {name} --> |\n"
    given = f"{table_}| | 20 | Talk | |\n| | | Show | 01: 7 |\n| | | Reserve | |\n"
    wanted = (
        f"{table_}| 0–20 | 20 | Talk |  |\n| 20–{20 + slide} | {slide} | Show {row}"
        f"| {20 + slide}–60 | {40 - slide} | Reserve |  |\n"
    )
    assert teaching.TIMETABLE.sub(lambda found: teaching._timetable(found, parts()), given) == wanted


def test_ten_weeks_teach_every_lesson_after_those_it_needs():
    weeks = WEEK.findall(guide())
    assert len(weeks) == 10
    taught: list[str] = []
    for week in weeks:
        new = sorted({number for number, _ in named_slides(week)} - set(taught))
        for number in new:
            needs = parts()[number].notebook.metadata["ketalab"]["needs"] if number in parts() else []
            assert set(needs) <= {*taught, *new}, f"lesson {number} comes too early"
        taught += new
    assert sorted(taught) == sorted(table("lessons").lesson)


def test_every_week_has_outcomes_papers_and_something_to_hand_in():
    for week in WEEK.findall(guide()):
        heading = week.splitlines()[0]
        for part in ("*Outcomes.*", "*Before.*", "*Read.*", "*Hand in.*"):
            assert part in week, f"{heading}: {part}"
        assert re.search(r'\]\(https://doi\.org/\S+ "\w+"\)', week), f"{heading}: no paper with a DOI"
    assert any("critical appraisal" in week.splitlines()[0] for week in WEEK.findall(guide()))


def test_weights_and_rubrics_add_up():
    assert sum(map(int, re.findall(r"\| (\d+)% \|", guide()))) == 100
    for heading, total in (("Critical appraisal", 20), ("A claim on trial", 8)):
        section = re.search(rf"^### {heading}\n(.*?)(?=^##)", guide(), re.MULTILINE | re.DOTALL)[1]
        assert sum(map(int, re.findall(r"^\| [^|]+ \| (\d+) \|", section, re.MULTILINE))) == total


# Lessons --------------------------------------------------------------------------------------------


def test_a_person_has_written_every_part(lesson_name: str):
    assert unwritten(lesson_name[:2]) == [], f"teaching.md of lesson {lesson_name[:2]}: write what is named"


@pytest.mark.parametrize("what", PARTS)
def test_a_part_that_nobody_wrote_would_be_named(what: str):
    without = re.sub(PARTS[what], "gone", block("01"), count=1, flags=re.MULTILINE)
    assert unwritten("01", without) == [what]


def test_a_lesson_that_arrives_is_given_its_section(part: Lecture, lesson_name: str):
    number = lesson_name[:2]
    text = with_sections("# Guide\n", {number: part})
    assert f"### {number} · " in text
    assert len(MADE.findall(text)) == len(teaching.BLOCKS)
    assert unwritten(number, text) == list(PARTS)
    assert with_sections(text, {number: part}) == text


def test_a_lesson_under_way_breaks_nothing():
    notebook = lessons()["01_from_dose_to_brain"]
    notebook.cells = notebook.cells[:1]
    begun = lecture(notebook)
    assert begun.minutes == 2
    assert "| 2 min |" in teaching.at_a_glance({"01": begun})
    for what in teaching.BLOCKS.values():
        assert what(begun) is not None


def test_the_lessons_at_a_glance_say_how_long_a_student_reads_and_practises(
    part: Lecture, lesson_name: str
):
    row = next(line for line in guide().splitlines() if line.startswith(f"| [{lesson_name[:2]} · "))
    reading, practice = row.split("|")[3:5]
    minutes = [int(re.fullmatch(r" (\d+) min ", cell)[1]) for cell in (reading, practice)]
    said = re.findall(r"(\d+) min", part.tagged("badges"))
    assert minutes == [int(said[0]), int(said[1])]
    assert all(20 <= length <= 60 for length in minutes)


def test_a_lesson_that_is_not_ready_says_so_and_an_unknown_block_is_refused():
    assert "still being written" in teaching.made("05 facts", {})
    with pytest.raises(ValueError, match="nothing makes a block '05 jokes'"):
        teaching.made("05 jokes", parts())


def test_what_is_projected_exists_in_the_lesson(part: Lecture, lesson_name: str):
    named = PROJECT.findall(block(lesson_name[:2]))
    assert len(named) >= 3
    shown = {name for slide in part.slides for name in slide.explorables}
    for name, preset in named:
        assert name in shown, f"{name} is on no slide of the lesson"
        assert preset in explorable(name).presets, f"{name} has no preset {preset!r}"


def test_the_question_stands_in_the_notes_of_its_slide(part: Lecture, lesson_name: str):
    slide, question = re.search(r"\*\*Ask\*\* on slide (\d+): \*(.+?\?)\*", block(lesson_name[:2])).groups()
    assert question.lower() in part.slides[int(slide) - 1].notes.lower()


def test_the_short_lecture_fits_and_keeps_what_must_not_go(part: Lecture, lesson_name: str):
    """The first slide, the first prediction, what the evidence says, and the last slide."""
    cut, minutes = SHORT.search(block(lesson_name[:2])).groups()
    kept = [slide for _, slide in named_slides(f"00: {cut}")]
    assert 35 <= int(minutes) <= 45
    assert kept == sorted(set(kept))
    must = [s.number for s in part.slides if s.title.startswith("What the evidence says")]
    first = next(slide.number for slide in part.slides if slide.predictions)
    assert {1, first, *must, len(part.slides)} <= set(kept)
    assert not [slide for slide in part.slides if slide.title == "Quiz" and slide.number in kept]


def test_slides_and_misconceptions_that_are_named_exist(part: Lecture, lesson_name: str):
    text = block(lesson_name[:2])
    for spoken in re.findall(r"[Ss]lides? ((?:\d+(?:, | and | to )?)+)", text):
        assert all(1 <= int(n) <= len(part.slides) for n in re.findall(r"\d+", spoken)), spoken
    there = len(re.findall(r"^- ", part.section("Common misconceptions"), re.MULTILINE))
    assert 1 <= int(re.search(r"Surface first\*\*: number (\d)", text)[1]) <= there


def test_slides_named_in_a_sentence_are_held_by_name_and_follow_their_slides():
    part = lectures()["05"]
    typed = teaching.spoken("Before slide 4 ask, then take slides 5 to 7 and 9, on 10 people.", part)
    assert typed == (
        "Before slide 4 ask, then take slides 5 to 7 and 9, on 10 people. "
        "<!-- held: which_trials, asleep, design_the_blind, relapse_and_repeat -->"
    )
    assert teaching.spoken(typed, part) == typed
    first, second, *rest = part.slides
    slides = [LectureSlide(i, names=slide.names) for i, slide in enumerate([first, *rest, second], 1)]
    moved = replace(part, slides=slides)
    now = teaching.spoken(typed, moved)
    assert now.startswith("Before slide 3 ask, then take slides 4 to 6 and 8, on 10 people.")
    gone = replace(part, slides=[slide for slide in slides if "asleep" not in slide.names])
    with pytest.raises(ValueError, match="lesson 05: 0 slides are named 'asleep', not one"):
        teaching.spoken(typed, gone)
    with pytest.raises(ValueError, match=r"lesson 05 has no slide 99 \(of \d+\)"):
        teaching.spoken("Ask on slide 99.", part)
    with pytest.raises(ValueError, match="3 slides in a line that holds 4; take its comment out: Before"):
        teaching.spoken(typed.replace(" and 9,", ","), part)


def test_no_note_names_a_slide_by_its_number(part: Lecture):
    """A plan's deck shows the same note under a number of its own."""
    assert [s.notes for s in part.slides if re.search(r"\bslides? \d", s.notes)] == []


def test_every_argument_is_marked_with_the_points_a_person_gives(part: Lecture, lesson_name: str):
    text = block(lesson_name[:2])
    arguments = {key for key, exercise in part.practice.exercises.items() if exercise.is_argument}
    marked = dict(re.findall(r"\*\*Marking `(\w+)`\*\*\n\n((?:- \(.+\n)+)", text))
    assert set(marked) == arguments
    for lines in marked.values():
        assert sum(map(int, re.findall(r"^- \((\d)\)", lines, re.MULTILINE))) == POINTS_BY_HAND


def words_of(number: str, notebook: NotebookNode) -> Iterator[str]:
    """Everything a lesson says, with the presets that the guide projects."""
    yield from (cell.source for cell in notebook.cells)
    here = lesson(number)
    for prediction in here.predictions.values():
        yield "\n".join([prediction.question, *(f"{o.text}\n{o.feedback}" for o in prediction.options)])
    for question in [*here.questions, *here.checks.values()]:
        yield "\n".join([question.text, *(f"{o.text}\n{o.feedback}" for o in question.options)])
    for exercise in here.exercises.values():
        yield exercise.task
    for name, preset in PROJECT.findall(block(number)):
        shown = explorable(name)
        yield shown.describe(**shown.presets[preset])


def numbers_of(number: str, notebook: NotebookNode) -> set[str]:
    text = "\n".join(words_of(number, notebook))
    return output_numbers(notebook) | {plain(n) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def untied(number: str, notebook: NotebookNode, text: str) -> list[str]:
    """Numbers a person wrote about a lesson that the lesson does not know."""
    text = HELD.sub("", SHORT.sub("", PROJECT.sub("", text)))
    text = re.sub(r"[Ss]lides? (?:\d+(?:, | and | to )?)+|[Ss]ections? \d( to \d)?|number \d", " ", text)
    text = re.sub(r"^- \(\d\)|lessons? \d\d(?: to \d\d)?(?: and \d\d)?", " ", text, flags=re.MULTILINE)
    known = numbers_of(number, notebook)
    return [f"{value}: {line}" for value, line in prose_numbers([text]) if value not in known]


def test_numbers_are_those_of_the_lesson(notebook: NotebookNode, lesson_name: str):
    assert untied(lesson_name[:2], notebook, block(lesson_name[:2])) == []


def test_numbers_for_the_board_are_those_of_the_lessons_on_the_slides():
    checked = 0
    notebooks = {name[:2]: notebook for name, notebook in lessons().items()}
    for heading, _, rows in timetables():
        for row in rows:
            spoken = re.findall(r"Board: .+|headache .+", row[-1])
            numbers = {number for number, _ in named_slides(row[3])} & set(notebooks)
            if spoken and numbers:
                missing = [untied(number, notebooks[number], spoken[0]) for number in sorted(numbers)]
                assert [] in missing, (heading, missing)
                checked += 1
    assert checked >= 6


def test_a_number_from_nowhere_would_be_found():
    notebook = lessons()["01_from_dose_to_brain"]
    assert untied("01", notebook, "It rose by 61.803%.") == ["61.803: It rose by 61.803%."]


def test_slides_are_counted_as_the_deck_counts_them(notebook: NotebookNode, part: Lecture):
    asked = len(part.practice.questions)
    opened = sum(c.metadata.get("slideshow", {}).get("slide_type") == "slide" for c in notebook.cells)
    assert len(part.slides) == opened - 1 + asked
    assert all(slide.minutes for slide in part.slides)
    assert all(slide.title for slide in part.slides)
    quiz = [slide for slide in part.slides if slide.title == "Quiz"]
    deck = _question(part.practice.questions[0], 1, asked).notes[0]
    assert {slide.minutes for slide in quiz} == {int(re.search(r"(\d+) minutes", deck)[1])}


def test_notes_stand_on_the_slides_of_the_deck():
    notebook = lessons()["00_start_here"]
    deck, mine = build(notebook).slides, lecture(notebook).slides
    assert [slide.notes for slide in deck if slide.kind != "quiz"] == [
        [slide.notes] for slide in mine if slide.title != "Quiz"
    ]


def test_every_mistake_in_the_guide_is_answered_by_the_check(part: Lecture):
    text = teaching.answers(part)
    for exercise in part.practice.exercises.values():
        assert exercise.title in text
        for name in exercise.wrong:
            assert f"| {name} |" in text
    judged = [exercise for exercise in part.practice.exercises.values() if not exercise.is_argument]
    assert text.count("✔ Right.") == len(judged)


# The load of a class --------------------------------------------------------------------------------


def test_a_measured_curve_becomes_a_table_and_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    curve = [(1, 300, 20.04, 25.0, 4, ""), (10, 2100, 40.0, 60.0, 4, ""), (20, 4100, 90.0, 140.0, 4, "")]
    save(curve, tmp_path / "curve.csv")
    monkeypatch.setattr(load, "MEASURED", tmp_path / "curve.csv")
    text = load.load_of_a_class()
    assert "| 10 | 2,100 MB | 40 ms | 60 ms |" in text
    assert "(4,100 − 300) / 19 = 200.0 MB" in text
    assert "300 + 39 × 200.0 = 8,100 MB" in text
    assert "8.1 / 0.75 = 10.8 GB, so take 16 GB" in text
    assert "10 students on 4 cores, 2.5 to a core. 40 / 2.5 = 16 cores" in text
    assert "Measured on 4 cores" in text
