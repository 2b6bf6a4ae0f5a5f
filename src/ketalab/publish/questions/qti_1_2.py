"""QTI 1.2 as Canvas imports it: a package with one assessment for each lesson.

Canvas takes every condition on a number for a right answer with full marks. So a known mistake of a numeric
question is no condition here: what is said to all of them stands in the feedback to a wrong answer.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ketalab.publish.questions.bank import LICENCE, SOURCE, Entry
from ketalab.publish.questions.markup import html
from ketalab.publish.questions.package import XSI, picture, write_package, written
from ketalab.publish.questions.qti_2_1 import number

QTI, PACKAGE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2", "http://www.imsglobal.org/xsd/imscp_v1p1"
Q, P = f"{{{QTI}}}", f"{{{PACKAGE}}}"
SCHEMA = f"{QTI} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd"
BASE = "$IMS-CC-FILEBASE$/pictures"  # where Canvas finds a package's files
RESPONSE = "response1"


def write(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a set as a package."""
    lessons = {entry.lesson: entry.about for entry in entries}
    files = {"imsmanifest.xml": written(_manifest(name, lessons, entries), PACKAGE, indent=True)}
    for lesson, about in lessons.items():
        here = [entry for entry in entries if entry.lesson == lesson]
        file = f"lesson_{lesson}/lesson_{lesson}.xml"
        files[file] = written(_assessment(name, lesson, about, here), QTI, indent=True)
    for one in sorted({entry.picture for entry in entries if entry.picture}):
        files[f"pictures/{one}.png"] = picture(one)[0]
    write_package(path, files)


def _manifest(name: str, lessons: dict[str, str], entries: Sequence[Entry]) -> ET.Element:
    root = ET.Element(f"{P}manifest", identifier=f"ketamine_{name}_manifest")
    about = ET.SubElement(root, f"{P}metadata")
    ET.SubElement(about, f"{P}schema").text = "IMS Content"
    ET.SubElement(about, f"{P}schemaversion").text = "1.1.3"
    ET.SubElement(root, f"{P}organizations")
    resources = ET.SubElement(root, f"{P}resources")
    for lesson in lessons:
        href = f"lesson_{lesson}/lesson_{lesson}.xml"
        one = ET.SubElement(
            resources, f"{P}resource", identifier=f"lesson_{lesson}", type="imsqti_xmlv1p2", href=href
        )
        ET.SubElement(one, f"{P}file", href=href)
    for shown in sorted({entry.picture for entry in entries if entry.picture}):
        href = f"pictures/{shown}.png"
        one = ET.SubElement(resources, f"{P}resource", identifier=f"picture_{shown}", type="webcontent")
        one.set("href", href)
        ET.SubElement(one, f"{P}file", href=href)
    return root


def _assessment(name: str, lesson: str, about: str, entries: Sequence[Entry]) -> ET.Element:
    root = ET.Element(f"{Q}questestinterop", {XSI: SCHEMA})
    title = f"{lesson} {about} ({name})"
    assessment = ET.SubElement(root, f"{Q}assessment", ident=f"ketamine_{name}_{lesson}", title=title)
    _metadata(assessment, {"cc_maxattempts": "unlimited", "licence": LICENCE, "source": SOURCE})
    section = ET.SubElement(assessment, f"{Q}section", ident="root_section")
    section.extend(item(entry) for entry in entries)
    return root


def item(entry: Entry) -> ET.Element:
    """One question as an item."""
    kind = "multiple_choice_question" if entry.choices else "numerical_question"
    root = ET.Element(f"{Q}item", ident=entry.ident, title=entry.title)
    about = {"question_type": kind, "points_possible": "1", "set": entry.set, "kind": entry.kind}
    about |= {"lesson": f"{entry.lesson} {entry.about}", "objective": f"{entry.objective}: {entry.aim}"}
    _metadata(ET.SubElement(root, f"{Q}itemmetadata"), about | {"licence": LICENCE, "source": SOURCE})
    shown = (f"{BASE}/{entry.picture}.png", picture(entry.picture)[1]) if entry.picture else None
    presentation = ET.SubElement(root, f"{Q}presentation")
    _material(presentation, html(entry.text, entry.code, shown))
    processing = ET.Element(f"{Q}resprocessing")
    ET.SubElement(
        ET.SubElement(processing, f"{Q}outcomes"),
        f"{Q}decvar",
        maxvalue="100",
        minvalue="0",
        varname="SCORE",
        vartype="Decimal",
    )
    ask = _choices if entry.choices else _number
    feedback = list(ask(entry, presentation, processing))
    root.append(processing)
    for ident, said in feedback:
        holder = ET.SubElement(root, f"{Q}itemfeedback", ident=ident)
        _material(ET.SubElement(holder, f"{Q}flow_mat"), said)
    return root


def _choices(entry: Entry, presentation: ET.Element, processing: ET.Element) -> Iterator[tuple[str, str]]:
    """Ask for a choice; gives the feedback as identifier and HTML."""
    asked = ET.SubElement(presentation, f"{Q}response_lid", ident=RESPONSE, rcardinality="Single")
    shown = ET.SubElement(asked, f"{Q}render_choice", shuffle="Yes")
    for place, choice in enumerate(entry.choices, start=1):
        ident = f"{entry.ident}_{place}"
        _material(ET.SubElement(shown, f"{Q}response_label", ident=ident), html(choice.text))
        condition = _condition(processing, goes_on=True)
        ET.SubElement(condition[0], f"{Q}varequal", respident=RESPONSE).text = ident
        _say(condition, f"{ident}_fb")
        yield f"{ident}_fb", html(choice.feedback)
    right = next(n for n, choice in enumerate(entry.choices, start=1) if choice.right)
    condition = _condition(processing, goes_on=False)
    ET.SubElement(condition[0], f"{Q}varequal", respident=RESPONSE).text = f"{entry.ident}_{right}"
    ET.SubElement(condition, f"{Q}setvar", action="Set", varname="SCORE").text = "100"


def _number(entry: Entry, presentation: ET.Element, processing: ET.Element) -> Iterator[tuple[str, str]]:
    """Ask for a number; gives the feedback as identifier and HTML."""
    asked = ET.SubElement(presentation, f"{Q}response_str", ident=RESPONSE, rcardinality="Single")
    shown = ET.SubElement(asked, f"{Q}render_fib", fibtype="Decimal")
    ET.SubElement(shown, f"{Q}response_label", ident="answer1")
    for span in entry.spans:
        if span.right:
            condition = _condition(processing, goes_on=False)
            ET.SubElement(condition[0], f"{Q}vargte", respident=RESPONSE).text = number(span.low)
            ET.SubElement(condition[0], f"{Q}varlte", respident=RESPONSE).text = number(span.high)
            ET.SubElement(condition, f"{Q}setvar", action="Set", varname="SCORE").text = "100"
            _say(condition, "correct_fb")
    condition = _condition(processing, goes_on=True)
    ET.SubElement(condition[0], f"{Q}other")
    _say(condition, "general_incorrect_fb")
    yield "correct_fb", html(entry.right.feedback)
    mistakes = [
        html(f"{number(_short(span.centre))}: {span.feedback}") for span in entry.spans if not span.right
    ]
    yield "general_incorrect_fb", "".join([html(entry.otherwise), *mistakes])


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _condition(processing: ET.Element, goes_on: bool) -> ET.Element:
    condition = ET.SubElement(processing, f"{Q}respcondition")
    condition.set("continue", "Yes" if goes_on else "No")
    ET.SubElement(condition, f"{Q}conditionvar")
    return condition


def _say(condition: ET.Element, ident: str) -> None:
    ET.SubElement(condition, f"{Q}displayfeedback", feedbacktype="Response", linkrefid=ident)


def _material(parent: ET.Element, said: str) -> None:
    material = ET.SubElement(parent, f"{Q}material")
    ET.SubElement(material, f"{Q}mattext", texttype="text/html").text = said


def _metadata(parent: ET.Element, fields: dict[str, str]) -> None:
    holder = ET.SubElement(parent, f"{Q}qtimetadata")
    for label, said in fields.items():
        field = ET.SubElement(holder, f"{Q}qtimetadatafield")
        ET.SubElement(field, f"{Q}fieldlabel").text = label
        ET.SubElement(field, f"{Q}fieldentry").text = said
