"""Collect, grade, mark by hand, return: `python -m ketalab.publish.grading WHAT LESSON`.

deploy/GRADING.md shows every command and what it prints. nbgrader keeps the grade book and runs the
notebooks; this file puts notebooks together that students took apart, keeps one broken submission from
stopping a class, and writes what students get back.
"""

import argparse
import base64
import copy
import csv
import io
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from ketalab.paths import write_atomically
from ketalab.publish import assignments
from ketalab.publish.assignments import alembic_found, grader, reason
from ketalab.text import how_often

STUDENT = re.compile(r"\w[\w .,'@+-]*")
FIELDS = ("student", "cell", "points", "of", "comment", "text")


# ------------------------------------------------------------------------------- notebooks taken apart


class Mend(NbGraderPreprocessor):
    """Give a submission the cells of its release, each once and in order; keep all that is the student's.

    What was done is a warning in nbgrader's log, and in `Mend.said` for the caller.
    """

    said: list[str] = []  # noqa: RUF012 - one run, one list, read by `grade`

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        # nbgrader works in the course's folder while it converts
        release = nbformat.read(Path("release") / about["assignment"] / f"{about['notebook']}.ipynb", 4)
        nb.cells, said = mended(nb.cells, release.cells)
        for line in said:
            self.log.warning("%s: %s", about["student"], line)
        Mend.said += said
        return nb, resources


def mended(cells: list[NotebookNode], release: list[NotebookNode]) -> tuple[list[NotebookNode], list[str]]:
    """These cells with those of the release among them, and what was done to them, in words."""
    given = {cell.metadata.nbgrader.grade_id: cell for cell in release}
    by_cell_id = {cell.get("id"): key for key, cell in given.items() if cell.get("id")}
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        mark = cell.metadata.pop("nbgrader", None)
        key = mark.get("grade_id") if isinstance(mark, dict) else None
        key = key if key in given else by_cell_id.get(cell.get("id"))
        if key:
            places.setdefault(key, []).append(place)
    said, chosen = [], {}
    joined: set[int] = set()
    for key, found in places.items():
        chosen[key] = _the_one(cells, found, given[key])
        if len(found) > 1 and _for_a_person(given[key]):
            joined |= _join(cells, found, chosen[key], given[key])
            said.append(f"{key} stands {how_often(len(found))}; all that was written is read as one")
        elif len(found) > 1:
            counts = found.index(chosen[key]) + 1
            said.append(f"{key} stands {how_often(len(found))}; number {counts} counts")
    at = {place: key for key, place in chosen.items()}
    # Every cell of the release takes along what the student put behind it.
    groups: dict[str | None, list[NotebookNode]] = {None: []}
    last = None
    for place, cell in enumerate(cells):
        if place in joined:
            continue
        if place in at:
            last = at[place]
            groups[last] = [_marked(cell, given[last])]
            if cell.cell_type != given[last].cell_type:
                said.append(f"{last} was turned into {cell.cell_type}; it is {given[last].cell_type} again")
        else:
            groups[last].append(cell)
    if [at[place] for place in sorted(at)] != [key for key in given if key in chosen]:
        said.append("cells were moved; they are graded in the order of the task")
    if missing := [key for key in given if key not in chosen]:
        said.append(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing; put back as released"
        )
        groups |= {key: [copy.deepcopy(given[key])] for key in missing}
    return [*groups[None], *(cell for key in given for cell in groups[key])], said


def _the_one(cells: list[NotebookNode], found: list[int], released: NotebookNode) -> int:
    """Of several copies the last that somebody worked in, or else the last."""
    worked = [place for place in found if cells[place].source.strip() != released.source.strip()]
    return (worked or found)[-1]


def _for_a_person(released: NotebookNode) -> bool:
    """Whether a person marks what is written in this cell."""
    return bool(released.metadata.nbgrader.grade and released.metadata.nbgrader.solution)


def _join(cells: list[NotebookNode], found: list[int], one: int, released: NotebookNode) -> set[int]:
    """Put what was written in all copies of a cell into `one` of them; the places that are in it now."""
    parts = [cells[place].source for place in found if cells[place].source.strip()]
    parts = [part for part in dict.fromkeys(parts) if part.strip() != released.source.strip()]
    if parts:
        cells[one].source = "\n".join(parts)
    return set(found) - {one}


def _marked(cell: NotebookNode, released: NotebookNode) -> NotebookNode:
    """A student's cell with the kind and the marks of the released one."""
    whole = copy.deepcopy(released)
    whole.source = cell.source
    whole.metadata = NotebookNode({**cell.metadata, "nbgrader": copy.deepcopy(released.metadata.nbgrader)})
    if "attachments" in cell and whole.cell_type == "markdown":
        whole.attachments = cell.attachments
    return whole


class Plain(NbGraderPreprocessor):
    """What a student gets back: an error is one line, and a formula of the task is a picture."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            seen = [
                o for o in cell.outputs if not (o.output_type == "error" and o.ename == "AssertionError")
            ]
            cell.outputs = seen if mark.get("grade") and not mark.get("solution") else cell.outputs
        elif mark.get("locked"):
            cell.source = re.sub(r"(?<!\\)\$([^$\n]+)\$", lambda found: _formula(found[1]), cell.source)
        return cell, resources


def _formula(tex: str) -> str:
    """A formula as a picture within the page; as its source when it can't be drawn."""
    from matplotlib.mathtext import math_to_image

    drawn = io.BytesIO()
    try:
        math_to_image(f"${tex.replace('tfrac', 'frac')}$", drawn, format="svg")
    except ValueError:
        return f"<code>{tex}</code>"
    data = base64.b64encode(drawn.getvalue()).decode()
    words = tex.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{data}">'


# ------------------------------------------------------------------------------------------- the steps


def collect(number: str, downloads: Path) -> None:
    """Put each student's file where it is graded; an earlier one is kept under `earlier/`."""
    if not downloads.is_dir():
        raise ValueError(f"folder: there is no {downloads}")
    name = _released(number)
    for path in sorted(p for p in downloads.iterdir() if not p.name.startswith(".")):
        student = path.name if path.is_dir() else path.stem
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        said = _taken(name, student, files)
        print(f"  {student}: {said}")


def _taken(name: str, student: str, files: list[Path]) -> str:
    """Take one student's file, or say why not."""
    if not STUDENT.fullmatch(student):
        return "not taken: this can't be a student's name"
    notebooks = [path for path in files if path.suffix == ".ipynb"]
    if len(notebooks) != 1:
        what = "no notebook" if not notebooks else f"{len(notebooks)} notebooks, leave the one that counts"
        return f"not taken: {what} ({', '.join(path.name for path in files) or 'nothing'})"
    if wrong := not_this(notebooks[0], name):
        return f"not taken: {notebooks[0].name} {wrong}"
    target = assignments.COURSE / "submitted" / student / name / f"{name}.ipynb"
    data = notebooks[0].read_bytes()
    said = "taken" if notebooks[0].name == f"{name}.ipynb" else f"taken, it was called {notebooks[0].name}"
    if target.exists() and target.read_bytes() == data:
        return "here already"
    if target.exists():
        kept = assignments.COURSE / "earlier" / student / name
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copy2(target, kept / f"{len(list(kept.iterdir())) + 1}.ipynb")
        said = f"{said}; the one before is kept"
    target.parent.mkdir(parents=True, exist_ok=True)
    with write_atomically(target) as file:
        file.write(data)
    return said


def not_this(path: Path, name: str) -> str | None:
    """Why a file is not a submission to this assignment; None when it is one."""
    release = nbformat.read(assignments.COURSE / "release" / name / f"{name}.ipynb", 4)
    known = {cell.metadata.nbgrader.grade_id for cell in release.cells} | {
        c.get("id") for c in release.cells
    }
    try:
        cells = nbformat.read(path, 4).cells
        marks = {c.get("id") for c in cells} | {
            c.metadata.get("nbgrader", {}).get("grade_id") for c in cells
        }
    except Exception:
        return "can't be read as a notebook"
    return None if marks & (known - {None}) else f"holds no cell of {name}"


def grade(number: str) -> None:
    """Grade every submission, each by itself, and write the sheet for the arguments."""
    name = _released(number)
    folder = assignments.COURSE / "submitted"
    students = sorted(path.parent.name for path in folder.glob(f"*/{name}") if path.is_dir())
    print(f"{name}: {len(students)} handed in")
    for student in students:
        Mend.said.clear()
        said = _graded(name, student)
        print("\n".join([f"  {student}: {said}", *(f"    {line}" for line in Mend.said)]))
    waiting = write_sheet(name)
    if waiting:
        say = "1 argument waits" if waiting == 1 else f"{waiting} arguments wait"
        print(f"{say} to be read: {_shown(_sheet(name))}")


def _graded(name: str, student: str) -> str:
    """Grade one submission; what it got, or why it was not graded."""
    folder = assignments.COURSE / "submitted" / student / name
    target = folder / f"{name}.ipynb"
    if not target.exists():
        found = sorted(folder.glob("*.ipynb"))
        if len(found) != 1:
            named = ", ".join(path.name for path in sorted(folder.iterdir())) or "nothing"
            return f"not graded: no {name}.ipynb among what was handed in ({named})"
        if wrong := not_this(found[0], name):
            return f"not graded: {found[0].name} {wrong}"
        shutil.copy2(found[0], target)
        Mend.said.append(f"the file was called {found[0].name}")
    if wrong := not_this(target, name):
        return f"not graded: {target.name} {wrong}"
    with alembic_found():
        result = grader().autograde(name, student)
    if not result["success"]:
        return f"not graded: {reason(result)}"
    with closing(grader().gradebook) as book:
        grades = book.find_submission_notebook(name, name, student).grades
        checked = [g for g in grades if not _by_hand(g)]
        points, most = sum(g.score or 0 for g in checked), sum(g.max_score for g in checked)
    return f"{points:g} of {most:g} by the check"


def _by_hand(grade: object) -> bool:
    """Whether a person gives the points of this cell: the answer's own, not the check's."""
    return grade.cell.name.endswith("-answer")


def _arguments(name: str) -> Iterator[tuple[str, str, float, str, bool]]:
    """Student, cell, points to give, text and whether it waits, of every argument handed in."""
    with closing(grader().gradebook) as book:
        submissions = sorted(book.assignment_submissions(name), key=lambda one: one.student.id)
        for submission in submissions:
            student = submission.student.id
            path = assignments.COURSE / "autograded" / student / name / f"{name}.ipynb"
            if not path.exists():
                continue
            cells = {
                c.metadata.get("nbgrader", {}).get("grade_id"): c.source
                for c in nbformat.read(path, 4).cells
            }
            for grade in submission.notebooks[0].grades:
                if _by_hand(grade):
                    text = cells.get(grade.cell.name, "")
                    yield student, grade.cell.name, grade.max_score, text, grade.needs_manual_grade


def write_sheet(name: str) -> int:
    """Write the sheet on which a person gives points; returns how many arguments wait.

    Points and comments on it stay, also when a submission was graded again.
    """
    sheet = _sheet(name)
    before = {(row["student"], row["cell"]): row for row in _rows(sheet)} if sheet.exists() else {}
    rows, waiting = [], 0
    for student, cell, of, text, waits in _arguments(name):
        old = before.pop((student, cell), {})
        points, comment = old.get("points", ""), old.get("comment", "")
        if waits or points or comment:
            waiting += waits
            # quoted, so that a spreadsheet takes no answer for a formula
            rows.append((student, cell, points, f"{of:g}", comment, f"“{text}”"))
    rows += [tuple(row[f] for f in FIELDS) for row in before.values() if row["points"] or row["comment"]]
    if not rows:
        return 0
    sheet.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([FIELDS, *rows])
    with write_atomically(sheet) as file:
        file.write(b"\xef\xbb\xbf" + text.getvalue().encode())  # the mark by which spreadsheets know UTF-8
    return waiting


def _rows(sheet: Path) -> list[dict[str, str]]:
    """The rows of a sheet, also of one saved by a spreadsheet with semicolons."""
    text = sheet.read_text(encoding="utf-8-sig")
    between = ";" if text.splitlines()[:1] and ";" in text.splitlines()[0] else ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=between))
    if rows and (missing := [name for name in FIELDS[:5] if name not in rows[0]]):
        raise ValueError(f"{sheet.name}: there is no column {missing[0]!r}")
    return [{name: row.get(name) or "" for name in FIELDS} for row in rows]


def mark(number: str) -> None:
    """Enter the points of the sheet into the grade book; nothing is entered when a row can't be."""
    name = _released(number)
    sheet = _sheet(name)
    if not sheet.exists():
        raise ValueError(f"{_shown(sheet)} is not there: grade the lesson first")
    rows = _rows(sheet)
    given = [
        (line, row, _points(sheet, line, row)) for line, row in enumerate(rows, 2) if row["points"].strip()
    ]
    with closing(grader().gradebook) as book:
        from nbgrader.api import MissingEntry

        found = []
        for line, row, points in given:
            try:
                where = (row["cell"], name, name, row["student"])
                found.append((book.find_grade(*where), book.find_comment(*where), points, row["comment"]))
            except MissingEntry:
                raise ValueError(
                    f"{sheet.name}, row {line}: {row['student']!r} handed in no cell {row['cell']!r}"
                ) from None
        for one, comment, points, text in found:
            one.manual_score, one.needs_manual_grade = points, False
            comment.manual_comment = text or None
        book.db.commit()
    waiting = sum(waits for *_, waits in _arguments(name))
    print(f"{name}: {len(found)} marked, {waiting} still to read")


def _points(sheet: Path, line: int, row: dict[str, str]) -> float:
    try:
        points = float(row["points"].replace(",", "."))
    except ValueError:
        points = float("nan")
    of = float(row["of"].replace(",", ".") or "nan")
    if not 0 <= points <= of:
        raise ValueError(
            f"{sheet.name}, row {line}: points: {row['points']!r} is not a number from 0 to {of:g}"
        )
    return points


def give_back(number: str) -> None:
    """Write each student's feedback, and all grades as one table."""
    name = _released(number)
    waiting = [f"{student} ({cell})" for student, cell, *_, waits in _arguments(name) if waits]
    if waiting:
        raise ValueError(f"{name}: still to read: {', '.join(waiting)}; mark first, then give back")
    with closing(grader().gradebook) as book:
        students = sorted(one.student.id for one in book.assignment_submissions(name))
    for student in students:
        result = grader().generate_feedback(name, student)
        page = assignments.COURSE / "feedback" / student / name / f"{name}.html"
        print(f"  {student}: {_shown(page) if result['success'] else f'no feedback: {reason(result)}'}")
    print(f"all grades: {_shown(write_grades())}")


def write_grades() -> Path:
    """A table of all students and of every lesson that somebody handed in."""
    with closing(grader().gradebook) as book:
        lessons = sorted((a for a in book.assignments if a.submissions), key=lambda a: a.name)
        scores = {(s.student.id, a.name): s.score for a in lessons for s in a.submissions}
        head = ["student", *(f"{a.name} of {a.max_score:g}" for a in lessons)]
        names = [a.name for a in lessons]
    rows = [
        [student, *(f"{scores[student, n]:g}" if (student, n) in scores else "" for n in names)]
        for student in sorted({student for student, _ in scores})
    ]
    path = assignments.COURSE / "grades.csv"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    with write_atomically(path) as file:
        file.write(text.getvalue().encode())
    return path


def _released(number: str) -> str:
    """The name of this lesson's assignment; ValueError when it was not released."""
    name = f"lesson_{number}"
    if not (assignments.COURSE / "release" / name / f"{name}.ipynb").exists():
        raise ValueError(
            f"lesson: {number!r} was not handed out yet: python -m ketalab.publish assignments {number}"
        )
    return name


def _sheet(name: str) -> Path:
    return assignments.COURSE / "marks" / f"{name}.csv"


def _shown(path: Path) -> str:
    """A path as a teacher types it, from the folder of the course."""
    return str(Path(assignments.COURSE.name) / path.relative_to(assignments.COURSE))


def main() -> None:
    parser = argparse.ArgumentParser(prog="ketalab.publish.grading", description=__doc__)
    parser.add_argument("what", choices=("collect", "grade", "mark", "return"))
    parser.add_argument("lesson", help="its number, such as 01")
    parser.add_argument("folder", nargs="?", type=Path, help="for collect: what was downloaded")
    given = parser.parse_args()
    try:
        if given.what == "collect":
            if given.folder is None:
                raise ValueError("folder: collect needs the folder that was downloaded")
            collect(given.lesson, given.folder)
        else:
            {"grade": grade, "mark": mark, "return": give_back}[given.what](given.lesson)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"ketalab: {error}")


if (
    __name__ == "__main__"
):  # nbgrader imports this file by its name: run that one, so that there is one `Mend`
    from ketalab.publish import grading

    grading.main()
