"""Moodle XML: a category for each lesson and kind, tags for objective and licence, pictures inside."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ketalab.paths import write_atomically
from ketalab.publish.questions.bank import LICENCE, SOURCE, Entry
from ketalab.publish.questions.markup import html, inner_html
from ketalab.publish.questions.package import picture, written
from ketalab.publish.questions.qti_2_1 import number


def write(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a set as one file."""
    root = ET.Element("quiz")
    before = ""
    for entry in entries:
        if (here := category(entry)) != before:
            holder = ET.SubElement(root, "question", type="category")
            ET.SubElement(ET.SubElement(holder, "category"), "text").text = here
            _text(holder, "info", f"{SOURCE}, the {name} set. {LICENCE}.")
            before = here
        root.append(question(entry))
    with write_atomically(path) as file:
        file.write(written(root, indent=True))


def category(entry: Entry) -> str:
    """Where Moodle files an entry; a slash in a name is written twice there."""
    about = entry.about.replace("/", "//")
    return f"$course$/top/Ketamine, {entry.set}/{entry.lesson} {about}"


def question(entry: Entry) -> ET.Element:
    """One entry as a question."""
    root = ET.Element("question", type="multichoice" if entry.choices else "numerical")
    ET.SubElement(ET.SubElement(root, "name"), "text").text = f"{entry.lesson} {entry.kind}: {entry.title}"
    shown = None
    if entry.picture:
        image, words = picture(entry.picture)
        shown = (f"@@PLUGINFILE@@/{entry.picture}.png", words)
    asked = _text(root, "questiontext", html(entry.text, entry.code, shown))
    if shown:
        file = ET.SubElement(asked, "file", name=f"{entry.picture}.png", path="/", encoding="base64")
        file.text = b64encode(image).decode()
    _text(root, "generalfeedback", f"{entry.objective}: {inner_html(entry.aim)}")
    ET.SubElement(root, "defaultgrade").text = "1"
    ET.SubElement(root, "penalty").text = "0.3333333"
    ET.SubElement(root, "hidden").text = "0"
    ET.SubElement(root, "idnumber").text = f"{entry.set}_{entry.ident}"
    if entry.choices:
        for what, said in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "ABCD")):
            ET.SubElement(root, what).text = said
        for choice in entry.choices:
            _answer(root, "100" if choice.right else "0", inner_html(choice.text), choice.feedback, "html")
    else:
        for span in entry.spans:
            answer = _answer(root, "100" if span.right else "0", number(span.centre), span.feedback)
            ET.SubElement(answer, "tolerance").text = number(span.half)
        other = _answer(root, "0", "*", entry.otherwise)
        ET.SubElement(other, "tolerance").text = "0"
        for what, said in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3")):
            ET.SubElement(root, what).text = said
    tags = ET.SubElement(root, "tags")
    for said in (entry.set, entry.kind, f"lesson {entry.lesson}", *_objectives(entry), LICENCE):
        ET.SubElement(ET.SubElement(tags, "tag"), "text").text = said
    return root


def _objectives(entry: Entry) -> list[str]:
    return [f"objective {entry.lesson} {one}" for one in entry.objective.split(" and ")]


def _text(parent: ET.Element, name: str, said: str, form: str = "html") -> ET.Element:
    holder = ET.SubElement(parent, name, format=form)
    ET.SubElement(holder, "text").text = said
    return holder


def _answer(
    parent: ET.Element, fraction: str, said: str, feedback: str, form: str = "moodle_auto_format"
) -> ET.Element:
    answer = _text(parent, "answer", said, form)
    answer.set("fraction", fraction)
    _text(answer, "feedback", inner_html(feedback))
    return answer
