"""The teaching guide: what stands elsewhere is filled in, what a teacher decides is not.

A person writes the syllabi, the prompts and the marking: `TEACHING.md` has what one class tomorrow needs,
`guide.md` beside this file the longer plans, marking and machines, `teaching.md` in a lesson's folder the
words about that lesson. The whole guide is these in one (`guide`); `make guide` makes pages of it.
Renewed from their source are

- everything between `<!-- made: NAME -->` and `<!-- /made -->`: a lesson's facts, misconceptions, slides
  with notes, answers and quiz key, the load of a class. In the files it is kept in `TEACHING.md` alone;
- a timetable's clock, and the minutes of a row that names slides (`05: 4–6; 00: 9`): they last as long
  as their notes say. Numbers that a person types are held by name from then on
  (`<!-- held: 05 = asleep -->`) and follow their slides; to choose others, take the comment out. A row
  without slides keeps the minutes a person gave it, and *Reserve* takes what is left of the minutes in the
  heading above;
- slides that a lesson's section names ("ask before slide 5", "slides 2, 4 and 9"), held by name in the same
  way at the end of the line (`<!-- held: route_to_plasma -->`);
- the slide of an explorable to project ("- slide 7, `route_to_plasma` · ...") and the minutes of a short
  lecture ("**In 45 minutes**: slides 1, 3–5 (9 min by the notes)");
- citations: `[@zarate2006]` becomes a link, as in a lesson.

A lesson that arrives is given its file; a test names what a person still has to write in it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ketalab.data import claim, table
from ketalab.data.lessons import stem
from ketalab.lessons import explorable, folder
from ketalab.paths import ROOT, write_atomically
from ketalab.practice.exercise import POINTS, POINTS_BY_HAND
from ketalab.publish.lecture import Lecture, LectureSlide, lectures, mistakes, plain
from ketalab.publish.load import load_of_a_class
from ketalab.publish.weave import CITATION, citation_link

SHORT_GUIDE = ROOT / "TEACHING.md"
LONGER = Path(__file__).with_name("guide.md")
MADE = re.compile(r"(<!-- made: ([\w ]+) -->\n).*?(<!-- /made -->)", re.DOTALL)
TIMETABLE = re.compile(
    r"^(#+ [^\n]*· (\d+) minutes\n(?:(?!#)[^\n]*\n)*?)(\| Clock \|[^\n]*\n\|[-|: ]+\n)((?:\|[^\n]*\n)+)",
    re.MULTILINE,
)
SECTION = re.compile(r"^### (\d\d) · .*?(?=^### \d\d · |\Z)", re.MULTILINE | re.DOTALL)
PROJECT = re.compile(r"^- (?:slide \d+, )?`(\w+)` · \*(.+?)\*: ", re.MULTILINE)
SHORT = re.compile(r"^\*\*In 45 minutes\*\*: slides ([\d–, ]+) \((\d+) min by the notes\)", re.MULTILINE)
SLIDES = re.compile(r"\[?(\d\d)(?:\]\(#[^)]*\))?: ([\d–, ]+)")
HELD = re.compile(r"\s*<!-- held: (.+?) -->")
ASKED = re.compile(r"(\*\*Ask\*\* on slide )\d+(: \*(.+?\?)\*)")
SPOKEN = re.compile(r"(\b[Ss]lides? )(\d+(?:(?:, | and | to |–)\d+)*)")
# A line that names slides, but for those whose slides follow from what they show or ask.
NAMES_SLIDES = re.compile(
    rf"^(?!- slide \d+, `|\*\*Ask\*\* on)(.*{SPOKEN.pattern}.*?)(?:{HELD.pattern})?$", re.MULTILINE
)
TO_LESSON = re.compile(r"\]\(#(\d\d)--[\w-]+\)")
TO_LONGER = re.compile(r"\]\(#([a-z][\w-]*)\)")
TO_NOTEBOOK = re.compile(r"\]\(notebooks/(\d\d)_\w+\.ipynb\)")
LETTERS = "ABCDEFGH"
Parts = Mapping[str, Lecture]


def main(_lessons: Sequence[str] = ()) -> None:
    write()
    print(f"{SHORT_GUIDE.name}: {len(SHORT_GUIDE.read_text(encoding='utf-8').split()):,} words")


def write() -> None:
    """Renew what people wrote where it stands; a file that is as it should be is left alone."""
    for path, text in files(guide()).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            with write_atomically(path) as file:
                file.write(text.encode())


def guide() -> str:
    """The whole guide, every part that has a source elsewhere as it should be."""
    return renewed(written())


def written() -> str:
    """The whole guide as people wrote it, with slides and minutes as they were last renewed."""
    texts = [_inward(SHORT_GUIDE.read_text(encoding="utf-8")), LONGER.read_text(encoding="utf-8")]
    own = (folder(number) / "teaching.md" for number in table("lessons").lesson)
    texts += [path.read_text(encoding="utf-8") for path in own if path.is_file()]
    return "\n\n".join(text.rstrip() for text in texts) + "\n"


def files(text: str) -> dict[Path, str]:
    """The whole guide as the files that people write in."""
    first, opening, longer = SECTION.sub("", text).partition(LONGER.read_text("utf-8").partition("\n")[0])
    parts = {SHORT_GUIDE: _outward(first), LONGER: _emptied(opening + longer)}
    parts |= {folder(found[1]) / "teaching.md": _emptied(found[0]) for found in SECTION.finditer(text)}
    return {path: f"{part.rstrip()}\n" for path, part in parts.items()}


def _emptied(text: str) -> str:
    return MADE.sub(r"\1\3", text)


def _outward(text: str) -> str:
    """Links within the guide as they are in a file of its own: to the lessons, and to the longer part."""
    text = TO_LESSON.sub(lambda link: f"](notebooks/{stem(link[1])}.ipynb)", text)
    own = {anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    longer = LONGER.relative_to(ROOT).as_posix()
    return TO_LONGER.sub(lambda link: link[0] if link[1] in own else f"]({longer}#{link[1]})", text)


def _inward(text: str) -> str:
    text = text.replace(f"]({LONGER.relative_to(ROOT).as_posix()}#", "](#")
    return TO_NOTEBOOK.sub(lambda link: f"]({_address(link[1])})", text)


def renewed(text: str) -> str:
    """This much of the guide with every part that has a source elsewhere as it should be."""
    parts = lectures()
    text = with_sections(text, parts)
    text = TIMETABLE.sub(lambda found: _timetable(found, parts), text)
    text = SECTION.sub(lambda found: _with_slides(found, parts), text)
    text = CITATION.sub(citation_link, text)
    return MADE.sub(lambda marks: f"{marks[1]}{made(marks[2], parts)}{marks[3]}", text)


def with_sections(text: str, parts: Parts) -> str:
    """Append a section for each lesson that has none yet."""
    titles = table("lessons").set_index("lesson").title
    for number in parts:
        if f"\n### {number} · " not in text:
            blocks = "\n".join(f"<!-- made: {number} {what} -->\n<!-- /made -->\n" for what in BLOCKS)
            text = f"{text.rstrip()}\n\n### {number} · {titles[number]}\n\n{blocks}"
    return text


def _with_slides(section: re.Match[str], parts: Parts) -> str:
    """A lesson's section with the slide of each explorable to project, and the short lecture's minutes."""
    number = section[1]
    slides = parts[number].slides if number in parts else []
    place = {name: slide.number for slide in slides for name in slide.explorables}

    def placed(line: re.Match[str]) -> str:
        where = f"slide {place[line[1]]}, " if line[1] in place else ""
        return f"- {where}`{line[1]}` · *{line[2]}*: "

    def timed(line: re.Match[str]) -> str:
        minutes = minutes_of(f"{number}: {line[1]}", parts)
        return f"**In 45 minutes**: slides {line[1]} ({minutes} min by the notes)"

    def said(line: re.Match[str]) -> str:
        where = [slide.number for slide in slides if line[3].lower() in slide.notes.lower()]
        return f"{line[1]}{where[0]}{line[2]}" if where else line[0]

    text, start = "", 0
    for block in MADE.finditer(section[0]):  # what a person wrote stands between the blocks
        text += _held_by_name(section[0][start : block.start()], parts, number) + block[0]
        start = block.end()
    text += _held_by_name(section[0][start:], parts, number)
    return ASKED.sub(said, SHORT.sub(timed, PROJECT.sub(placed, text)))


def _held_by_name(text: str, parts: Parts, number: str) -> str:
    """A lesson's text with the slides that its lines name by the numbers they have now."""
    return NAMES_SLIDES.sub(lambda line: spoken(line[0], parts[number]), text) if number in parts else text


def spoken(line: str, part: Lecture) -> str:
    """A line that names slides by the numbers they have now, with the names that hold them.

    ValueError names a slide that is gone or was never there, and a line that names more or fewer than it
    holds.
    """
    marks = HELD.search(line)
    text = HELD.sub("", line)
    said = [int(place) for found in SPOKEN.finditer(text) for place in re.findall(r"\d+", found[2])]
    lost = [place for place in said if not 1 <= place <= len(part.slides)]
    if not marks and lost:
        lesson_, there = part.practice.number, len(part.slides)
        raise ValueError(f"the guide: lesson {lesson_} has no slide {lost[0]} (of {there})")
    names = marks[1].split(", ") if marks else [part.name(place) for place in said]
    if len(names) != len(said):
        raise ValueError(
            f"the guide: {len(said)} slides in a line that holds {len(names)}; take its comment out: {text}"
        )
    places = iter([part.named(name) for name in names])
    now = SPOKEN.sub(lambda found: found[1] + re.sub(r"\d+", lambda _: str(next(places)), found[2]), text)
    return f"{now} <!-- held: {', '.join(names)} -->"


def made(name: str, parts: Parts) -> str:
    """A generated block; ValueError when nothing makes one of that name."""
    if name == "lessons":
        return at_a_glance(parts)
    if name == "load":
        return load_of_a_class()
    number, _, what = name.partition(" ")
    if number == "claims":
        return claims(what.split())
    if what not in BLOCKS or number not in set(table("lessons").lesson):
        raise ValueError(f"the guide: nothing makes a block {name!r}")
    return BLOCKS[what](parts[number]) if number in parts else "*This lesson is still being written.*\n"


# The whole guide ------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """The address of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def at_a_glance(parts: Parts) -> str:
    """One line a lesson: how long to read, how long to show, what it needs."""
    lines = [
        "| Lesson | Needs | Reading | Exercises, quiz | Slides | Lecture | of it quiz | Points |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table("lessons").itertuples():
        heading = f"{row.lesson} · {row.title}"
        if row.lesson not in parts:
            lines.append(f"| {heading} | | still being written | | | | | |")
            continue
        part = parts[row.lesson]
        needs = ", ".join(part.notebook.metadata["ketalab"]["needs"]) or "nothing"
        alone = dict(
            re.findall(
                r"\*\*(Core path|Exercises and quiz):\*\* (?:about )?(\d+ min)", part.tagged("badges")
            )
        )
        reading, practice = (alone.get(what, "") for what in ("Core path", "Exercises and quiz"))
        lines.append(
            f"| [{heading}](#{anchor(heading)}) | {needs} | {reading} | {practice} | {len(part.slides)} "
            f"| {part.minutes} min | {part.quiz_minutes} min | {_points(part)} |"
        )
    return "\n".join(lines) + "\n"


def claims(keys: Sequence[str]) -> str:
    """Claims of the article with their verdicts, to hand out and to compare with."""
    found = [claim(key).about for key in keys]
    head = "| Claim | The article says | Our verdict | Because | Lesson |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {c.claim} | {_cell(c.statement)} | {c.verdict} | {_cell(c.reason)} | {c.lesson} |\n"
        for c in found
    )


def _points(part: Lecture) -> str:
    """Points of a lesson's assignment, by the course and by hand."""
    arguments = sum(exercise.is_argument for exercise in part.practice.exercises.values())
    checked = POINTS * (len(part.practice.exercises) - arguments)
    return f"{checked} + {POINTS_BY_HAND * arguments}"


def named_slides(cell: str) -> Iterator[tuple[str, int]]:
    """The slides a timetable names: `05: 4–6, 9; 00: 1` gives 05/4, 05/5, 05/6, 05/9, 00/1."""
    for number, spans in SLIDES.findall(cell):
        for span in spans.replace(" ", "").strip(",").split(","):
            first, _, last = span.partition("–")
            for slide in range(int(first), int(last or first) + 1):
                yield number, slide


def minutes_of(cell: str, parts: Parts) -> int:
    """Minutes of the slides a cell names; a lesson that is not ready yet counts as nought."""
    total = 0
    for number, slide in named_slides(cell):
        if number in parts:
            there = parts[number].slides
            if not 1 <= slide <= len(there):
                raise ValueError(f"the guide: lesson {number} has no slide {slide} (of {len(there)})")
            total += there[slide - 1].minutes
    return total


def held(cell: str, parts: Parts) -> str:
    """A timetable's slides by the numbers they have now, with the names that hold them.

    ValueError names the lesson and the slide that is gone, or that was never there.
    """
    marks = HELD.search(cell)
    if marks:
        lessons = [lesson.partition(" = ") for lesson in marks[1].split("; ")]
        names = {number: slides.split(", ") for number, _, slides in lessons}
    else:
        minutes_of(cell, parts)  # refuses a number that is none
        names = {}
        for number, slide in named_slides(cell):
            if number in parts:
                names.setdefault(number, []).append(parts[number].name(slide))
    if not set(names) <= set(parts) or not names:
        return cell
    shown = {
        number: dict.fromkeys(map(parts[number].named, slides), None) for number, slides in names.items()
    }
    numbers = "; ".join(f"{number}: {_spans(list(slides))}" for number, slides in shown.items())
    holds = "; ".join(f"{number} = {', '.join(slides)}" for number, slides in names.items())
    return f"{numbers} <!-- held: {holds} -->"


def _spans(numbers: Sequence[int]) -> str:
    """Numbers as a person writes them: 1, 3–5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    spans = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(spans)


def _timetable(found: re.Match[str], parts: Parts) -> str:
    """A timetable with its clock, its minutes, and links from its slides to the lessons' blocks."""
    heading, budget, head, body = found.groups()
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in body.splitlines()]
    for row in rows:
        if SLIDES.search(row[3]):
            row[3] = held(row[3], parts)
            row[1], row[3] = str(minutes_of(row[3], parts)), SLIDES.sub(_linked, row[3])
        elif row[2].startswith("Reserve"):
            row[1] = "0"
    left = int(budget) - sum(int(row[1]) for row in rows)
    lines, clock = [], 0
    for _, minutes, what, *rest in rows:
        length = left if what.startswith("Reserve") else int(minutes)
        lines.append(f"| {' | '.join([f'{clock}–{clock + length}', str(length), what, *rest])} |\n")
        clock += length
    return heading + head + "".join(lines)


def _linked(named: re.Match[str]) -> str:
    return f"[{named[1]}]({_address(named[1])}): {named[2]}"


def _address(number: str) -> str:
    """Where a lesson's section is within the guide."""
    title = table("lessons").set_index("lesson").title[number]
    return f"#{anchor(f'{number} · {title}')}"


# One lesson -----------------------------------------------------------------------------------------


def facts(part: Lecture) -> str:
    """Question, times, prerequisites, article and objectives."""
    about = table("lessons").set_index("lesson").loc[part.practice.number]
    aims = re.findall(r"^- (\*\*O\d\*\* .+)$", part.section("You will be able to"), re.MULTILINE)
    return (
        f"*{about.question}* [Notebook](notebooks/{stem(part.practice.number)}.ipynb)\n\n"
        f"{part.tagged('badges')} · **Lecture:** {part.minutes} min in {len(part.slides)} slides, "
        f"{part.quiz_minutes} min of it quiz\n\nStudents will be able to\n\n"
        + "".join(f"- {aim}\n" for aim in aims)
    )


def misconceptions(part: Lecture) -> str:
    """The lesson's misconceptions, numbered, each with the sentence that undoes it."""
    found = re.findall(r"^- (.+)$", part.section("Common misconceptions"), re.MULTILINE)
    return "".join(f"{place}. {text}\n" for place, text in enumerate(found, start=1))


def slide_by_slide(part: Lecture) -> str:
    """All notes in order, then what the predictions hold and where the explorables can be set."""
    rows, quiz = [], [slide.number for slide in part.slides if slide.title == "Quiz"]
    for slide in part.slides:
        if slide.title != "Quiz":
            rows.append(
                f"| {slide.number} | {slide.minutes} | {_cell(_shows(slide))} | {_cell(_said(slide))} |"
            )
        elif slide.number == quiz[0]:
            votes = "Quiz; vote first, then open each option. The key stands below."
            rows.append(f"| {quiz[0]}–{quiz[-1]} | {part.quiz_minutes} | {len(quiz)} questions | {votes} |")
    table_ = "| Slide | Min | Shows | Say and ask |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
    return _folded(
        f"Slide by slide: {len(part.slides)} slides, {part.minutes} minutes",
        table_ + _predictions(part) + _presets(part),
    )


def _shows(slide: LectureSlide) -> str:
    moves = " ".join(f"`{name}`" for name in slide.explorables)
    asks = " ".join(f"`{key}`" for key in slide.predictions)
    return " ".join(filter(None, (slide.title, asks, moves)))


def _said(slide: LectureSlide) -> str:
    """The notes without the minutes, which have a column of their own."""
    return re.sub(r"^(?:Welcome, )?\d+ minutes?\. ", "", slide.notes)


def _predictions(part: Lecture) -> str:
    lines = []
    for prediction in part.practice.predictions.values():
        lines.append(f"**Prediction `{prediction.key}`.** {prediction.question}\n\n")
        lines += [f"- *{o.text}* → {o.verdict} {o.says}\n" for o in prediction.options]
        lines.append("\n")
    return "".join(lines)


def _presets(part: Lecture) -> str:
    lines = ["**Presets**\n\n"]
    for slide in part.slides:
        for name in slide.explorables:
            presets = " · ".join(explorable(name).presets)
            lines.append(f"- slide {slide.number}, `{name}`: {presets}\n")
    return "".join(lines)


def answers(part: Lecture) -> str:
    """Every exercise with its worked solution and the commonest wrong answers."""
    lines = []
    for place, exercise in enumerate(part.practice.exercises.values(), start=1):
        kind = "an argument, marked by a person" if exercise.is_argument else "checked by the course"
        lines.append(f"#### Exercise {place}: {exercise.title}\n\n")
        lines.append(f"`{exercise.key}`, tests {exercise.objective}, {kind}. {exercise.task}\n\n")
        lines.append(f"{_worked(part.tagged(f'solution:{exercise.key}'))}\n\n")
        if not exercise.is_argument:
            lines.append("| Common mistake | Answer | The check says |\n|---|---|---|\n")
            lines += [f"| {' | '.join(map(_cell, mistake))} |\n" for mistake in mistakes(exercise)]
        lines.append("\n")
    return _folded(f"Exercises: {len(part.practice.exercises)} answers and their mistakes", "".join(lines))


def _worked(source: str) -> str:
    """The worked solution out of the lesson's folded cell: the code and the verdict."""
    return source.partition("<details><summary>Worked solution</summary>\n\n")[2].removesuffix(
        "\n\n</details>"
    )


def quiz_key(part: Lecture) -> str:
    """Each question with the letter of its right option and the reason."""
    lines = []
    for place, question in enumerate(part.practice.questions, start=1):
        letter, option = next(
            (letter, o) for letter, o in zip(LETTERS, question.options, strict=False) if o.right
        )
        right = f"**{letter}. {option.text}.** {option.feedback}"
        lines.append(f"{place}. ({question.objective}) {question.text} {right}\n")
    return _folded(f"Quiz key: {len(lines)} questions", "".join(lines))


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text.rstrip()}\n\n</details>\n"


def _cell(text: str) -> str:
    """Text that can stand in a cell of a table."""
    return plain(" ".join(text.split())).replace("|", "\\|")


BLOCKS: dict[str, Callable[[Lecture], str]] = {
    "facts": facts,
    "misconceptions": misconceptions,
    "slides": slide_by_slide,
    "answers": answers,
    "quiz": quiz_key,
}
