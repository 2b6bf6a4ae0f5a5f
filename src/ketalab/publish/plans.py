"""A deck for each plan of the teaching guide: `class_90.html`, `day_1.html`, `week_1.html` and so on.

A timetable of the guide says which slides a row shows, and how long a row without slides lasts. Its
deck opens with the plan's own title, on the screen while people come in. It then holds those slides in that
order, as the lessons' decks hold them, and between them one slide for each break, exercise and discussion,
with the minutes of its row. So the speaker view paces the plan as a whole.
What is kept in reserve is on no slide.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from ketalab.lessons.l00_start_here.figures import PARTS
from ketalab.publish.questions.markup import plain
from ketalab.publish.slides import Deck, Slide, markdown_as_html
from ketalab.publish.teaching import HELD, TIMETABLE, named_slides, written
from ketalab.text import NO_BREAK

CLASS = "One class of 90 minutes"
KIND = re.compile(r"(Day|Week) (\d+): (.+)")
OPENING = re.compile(r"(.{3,60}?)[.:](?:\s+(.+))?", re.DOTALL)  # of a row: its heading
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
# What counts within a lesson, and is out of turn in a plan: the number of a section, of a quiz question.
SECTION = re.compile(r"(<h2\b[^>]*>)\d+\. ")
QUIZ = re.compile(r"(<h2\b[^>]*>Quiz), \d+ of \d+")
TITLE = re.compile(r"(<h2\b[^>]*>)(.*?)(</h2>)", re.DOTALL)
GENERAL = re.compile(r"Take-home|Common misconceptions|What the evidence says")  # a heading of many lessons
# Of a lesson's last slide: what its objectives have become, by their numbers, and where the lesson leads.
REACHED = re.compile(r"\n?<p>(?:(?!</p>).)*<strong>O\d</strong>.*?</p>", re.DOTALL)
AIMS = "You will be able to"
# Of notes: they come back to what the class has predicted, which stands where it was asked.
RETURNS = re.compile(
    r"\b(?:the prediction\b|hands of the|counts on the board|counted hands)", re.IGNORECASE
)
ASKED = re.compile(r"<b>Predict first\.</b> (.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
INSIDE = re.compile(r"\[([^\]]*)\]\(#[^)]*\)")  # a link within the guide, which a deck does not hold


Place = tuple[str, int]  # of a slide: its lesson and its number there


@dataclass(frozen=True)
class Row:
    """A row of a timetable: its minutes, what happens, the slides it shows, what to do when they fail."""

    clock: str
    minutes: int
    happens: str
    slides: tuple[Place, ...]
    otherwise: str = ""


@dataclass(frozen=True)
class Plan:
    """A timetable of the guide."""

    title: str
    slug: str
    total: int  # minutes, the reserve included
    rows: tuple[Row, ...]

    @property
    def file(self) -> str:
        return f"{self.slug}.html"

    @property
    def minutes(self) -> int:
        """Without the reserve."""
        return sum(row.minutes for row in self.rows)


def plans(text: str | None = None) -> list[Plan]:
    """The timetables of the guide, or of this text, in its order."""
    found = TIMETABLE.finditer(written() if text is None else text)
    return [_plan(*timetable.groups()) for timetable in found]


def _plan(heading: str, total: str, _head: str, body: str) -> Plan:
    title = heading.splitlines()[0].lstrip("# ").partition(" · ")[0]
    kind = KIND.fullmatch(title)
    rows = [_row(*(cell.strip() for cell in line.split("|")[1:-1])) for line in body.splitlines()]
    return Plan(
        title if kind else CLASS,
        f"{kind[1].lower()}_{kind[2]}" if kind else f"class_{total}",
        int(total),
        tuple(row for row in rows if not row.happens.startswith("Reserve")),
    )


def _row(clock: str, minutes: str, happens: str, slides: str, otherwise: str = "") -> Row:
    return Row(clock, int(minutes), happens, tuple(named_slides(HELD.sub("", slides))), otherwise)


def decks(lessons: Mapping[str, Deck]) -> Iterator[Deck]:
    """The decks of the plans whose lessons are all there, from the decks of the lessons by number."""
    for plan in plans():
        if {number for row in plan.rows for number, _ in row.slides} <= set(lessons):
            yield deck(plan, lessons)


def deck(plan: Plan, lessons: Mapping[str, Deck]) -> Deck:
    """The deck of a plan. ValueError for a slide that its lesson's deck does not have."""
    slides = [_opening(plan, lessons)]
    held = [place for row in plan.rows for place in row.slides]
    for row in plan.rows:
        slides += _shown(row, held, lessons) if row.slides else [_done(row)]
    return Deck("", plan.slug, plan.title, _counted(slides), PARTS["Neuroscience"])


def _opening(plan: Plan, lessons: Mapping[str, Deck]) -> Slide:
    """What the plan is called, from which lessons its slides are, and how long it lasts. It is up before
    the clock starts, so it has no minutes of its own."""
    numbers = dict.fromkeys(number for row in plan.rows for number, _ in row.slides)
    titles = "<br>".join(f"{number} · {escape(lessons[number].title)}" for number in numbers)
    reserve = plan.total - plan.minutes
    lines = filter(None, [titles, f"{plan.minutes} minutes, {reserve} in reserve"])
    text = f"<h1>{escape(plan.title)}</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    said = f"Before the clock starts. The plan lasts {plan.minutes} minutes; {reserve} more are in reserve."
    return Slide([f'<div class="text">{text}</div>'], "title", plan=said)


def _counted(slides: Sequence[Slide]) -> list[Slide]:
    """These slides with headings that count within the plan: no section, and the plan's quiz questions."""
    number = itertools.count(1)
    of = sum(slide.kind == "quiz" for slide in slides)
    heads = [
        QUIZ.sub(lambda found: f"{found[1]}, {next(number)} of {of}", slide.parts[0]) for slide in slides
    ]
    return [
        replace(slide, parts=[SECTION.sub(r"\1", head), *slide.parts[1:]])
        for slide, head in zip(slides, heads, strict=True)
    ]


def _shown(row: Row, held: Sequence[Place], lessons: Mapping[str, Deck]) -> Iterator[Slide]:
    """The slides of a row; the notes of the first say what the row is for, of each where it comes from."""
    for place, (number, slide) in enumerate(row.slides):
        there = lessons[number].slides
        if not 1 <= slide <= len(there):
            raise ValueError(f"plan, {row.clock}: lesson {number} has no slide {slide} (of {len(there)})")
        said = [f"Lesson {number}, slide {slide}."]
        if place == 0:
            failing = f"If the picture fails: {_plain(row.otherwise)}" if row.otherwise else ""
            said = [f"{row.clock} min: {_plain(row.happens)}", *said, failing]
        own = [at for lesson, at in held if lesson == number]
        before = [at for at in range(1, slide) if there[at - 1].kind == "predict"]
        if before and not set(before) & set(own) and RETURNS.search(" ".join(there[slide - 1].notes)):
            said.append(f"Ask first, by hands: {_question(there[before[-1] - 1])}")
        parts = [_among(part, number, slide, held, lessons) for part in there[slide - 1].parts]
        plan = " ".join(filter(None, said))
        yield replace(there[slide - 1], parts=parts, plan=plan, colour=lessons[number].colour)


def _among(part: str, number: str, slide: int, held: Sequence[Place], lessons: Mapping[str, Deck]) -> str:
    """A part of a slide beside those of other lessons: a heading that comes twice says of which lesson, and
    numbers of objectives stand only where the plan shows the objectives."""
    if not any(
        AIMS in there for at in held if at[0] == number for there in lessons[number].slides[at[1] - 1].parts
    ):
        part = REACHED.sub("", part)
    title = TITLE.search(part)
    if title is None or not GENERAL.match(TAG.sub("", title[2])):
        return part
    others = [lessons[lesson].slides[at - 1].parts[0] for lesson, at in held if lesson != number]
    twice = any(other and other[2] == title[2] for other in map(TITLE.search, others))
    return TITLE.sub(rf"\1\2, lesson{NO_BREAK}{number}\3", part, count=1) if twice else part


def _question(slide: Slide) -> str:
    """What a slide asks to predict."""
    return plain(unescape(TAG.sub("", ASKED.search("".join(slide.parts))[1])))


def _done(row: Row) -> Slide:
    """A slide for what a class does without slides."""
    happens = INSIDE.sub(r"\1", row.happens)
    opening = OPENING.fullmatch(happens)
    heading, rest = (opening[1], opening[2] or "") if opening else (happens.rstrip("."), "")
    rest = rest[:1].upper() + rest[1:]
    parts = [f"<h2>{escape(_plain(heading))}</h2>", markdown_as_html(rest) if rest else ""]
    lasts = f"<p>{row.minutes} minutes</p>"
    notes = [f"{row.minutes} minutes.", *([escape(_plain(row.otherwise))] if row.otherwise else [])]
    return Slide(
        [f'<div class="text">{"".join(parts)}{lasts}</div>'], "words", notes, plan=f"{row.clock} min."
    )


def _plain(markdown: str) -> str:
    """Markdown of a cell as text."""
    return plain(LINK.sub(r"\1", markdown))
