"""QTI 2.1: a package of items and one test, with a section for each lesson (ONYX, TAO and others).

The binding is the one of IMS QTI 2.1 (imsqti_v2p1), the manifest IMS Content Packaging 1.1 with metadata of
IMS LRM 1.2. A number is judged by the item itself, which answers a known mistake by name.
"""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ketalab.publish.questions.bank import LICENCE, SOURCE, Choice, Entry, Span
from ketalab.publish.questions.markup import MATHML, MathML, fill
from ketalab.publish.questions.package import LANG, XSI, picture, write_package, written

QTI, PACKAGE, LOM = (
    f"http://www.imsglobal.org/xsd/{name}" for name in ("imsqti_v2p1", "imscp_v1p1", "imsmd_v1p2")
)
Q, P, L = f"{{{QTI}}}", f"{{{PACKAGE}}}", f"{{{LOM}}}"
SCHEMA = f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
RESPONSE, SCORE, FEEDBACK, OTHER = "RESPONSE", "SCORE", "FEEDBACK", "OTHER"
ET.register_namespace("m", MATHML)
ET.register_namespace("imsmd", LOM)


def write(path: Path, name: str, entries: Sequence[Entry]) -> None:
    """Write a set as a package."""
    formula = MathML([text for entry in entries for text in texts(entry)])
    files = {"imsmanifest.xml": written(_manifest(name, entries), PACKAGE, indent=True)}
    files |= {"test.xml": written(_test(name, entries), QTI, indent=True)}
    files |= {f"items/{entry.ident}.xml": written(item(entry, formula), QTI) for entry in entries}
    shown = sorted({entry.picture for entry in entries if entry.picture})
    files |= {f"items/pictures/{one}.png": picture(one)[0] for one in shown}
    write_package(path, files)


def texts(entry: Entry) -> list[str]:
    """Every text of an entry that may hold a formula."""
    said = [one.feedback for one in (*entry.choices, *entry.spans)]
    return [entry.text, entry.otherwise, *said, *(choice.text for choice in entry.choices)]


def names(entry: Entry) -> list[tuple[str, Choice | Span]]:
    """Each option, or each span, with the identifier that response and feedback share."""
    if entry.choices:
        return [(chr(ord("A") + place), choice) for place, choice in enumerate(entry.choices)]
    rights, mistakes = 0, 0
    found: list[tuple[str, Choice | Span]] = []
    for span in entry.spans:
        rights, mistakes = (rights + 1, mistakes) if span.right else (rights, mistakes + 1)
        found.append((f"RIGHT_{rights}" if span.right else f"MISTAKE_{mistakes}", span))
    return found


def item(entry: Entry, formula: MathML) -> ET.Element:
    """One question as an assessmentItem."""
    root = ET.Element(f"{Q}assessmentItem", identifier=entry.ident, title=f"{entry.lesson} {entry.title}")
    root.attrib |= {"adaptive": "false", "timeDependent": "false", LANG: "en-GB", XSI: SCHEMA}
    _declared(root, entry)
    body = ET.SubElement(root, f"{Q}itemBody")
    fill(ET.SubElement(body, f"{Q}p"), entry.text, formula, Q)
    if entry.picture:
        words = picture(entry.picture)[1]
        ET.SubElement(
            ET.SubElement(body, f"{Q}p"), f"{Q}img", src=f"pictures/{entry.picture}.png", alt=words
        )
    if entry.code:
        ET.SubElement(body, f"{Q}pre").text = entry.code
    if entry.choices:
        asked = ET.SubElement(body, f"{Q}choiceInteraction", responseIdentifier=RESPONSE)
        asked.attrib |= {"shuffle": "true", "maxChoices": "1"}
        for name, choice in names(entry):
            fill(ET.SubElement(asked, f"{Q}simpleChoice", identifier=name), choice.text, formula, Q)
    else:
        line = ET.SubElement(body, f"{Q}p")
        ET.SubElement(line, f"{Q}textEntryInteraction", responseIdentifier=RESPONSE, expectedLength="12")
        line[-1].tail = f" {entry.unit}" if entry.unit else None
    root.append(_processing(entry))
    for name, one in [*names(entry), *([] if entry.choices else [(OTHER, None)])]:
        shown = ET.SubElement(root, f"{Q}modalFeedback", outcomeIdentifier=FEEDBACK, identifier=name)
        shown.attrib |= {"showHide": "show"}
        fill(ET.SubElement(shown, f"{Q}p"), one.feedback if one else entry.otherwise, formula, Q)
    return root


def _declared(root: ET.Element, entry: Entry) -> None:
    kind = "identifier" if entry.choices else "float"
    response = ET.SubElement(root, f"{Q}responseDeclaration", identifier=RESPONSE, cardinality="single")
    response.set("baseType", kind)
    right = next((name, one) for name, one in names(entry) if one.right)
    correct = ET.SubElement(response, f"{Q}correctResponse")
    ET.SubElement(correct, f"{Q}value").text = right[0] if entry.choices else number(right[1].centre)
    score = ET.SubElement(root, f"{Q}outcomeDeclaration", identifier=SCORE, cardinality="single")
    score.set("baseType", "float")
    ET.SubElement(ET.SubElement(score, f"{Q}defaultValue"), f"{Q}value").text = "0"
    said = ET.SubElement(root, f"{Q}outcomeDeclaration", identifier=FEEDBACK, cardinality="single")
    said.set("baseType", "identifier")


def _processing(entry: Entry) -> ET.Element:
    """How a response is judged, and which feedback it gets."""
    root = ET.Element(f"{Q}responseProcessing")
    condition = ET.SubElement(root, f"{Q}responseCondition")
    if entry.choices:
        branch = ET.SubElement(condition, f"{Q}responseIf")
        match = ET.SubElement(branch, f"{Q}match")
        ET.SubElement(match, f"{Q}variable", identifier=RESPONSE)
        ET.SubElement(match, f"{Q}correct", identifier=RESPONSE)
        _set(branch, SCORE, "float", "1")
        set_feedback = ET.SubElement(root, f"{Q}setOutcomeValue", identifier=FEEDBACK)
        ET.SubElement(set_feedback, f"{Q}variable", identifier=RESPONSE)
        return root
    for place, (name, span) in enumerate(names(entry)):
        branch = ET.SubElement(condition, f"{Q}{'responseElseIf' if place else 'responseIf'}")
        both = ET.SubElement(branch, f"{Q}and")
        for bound, end in (("gte", span.low), ("lte", span.high)):
            compared = ET.SubElement(both, f"{Q}{bound}")
            ET.SubElement(compared, f"{Q}variable", identifier=RESPONSE)
            ET.SubElement(compared, f"{Q}baseValue", baseType="float").text = number(end)
        if span.right:
            _set(branch, SCORE, "float", "1")
        _set(branch, FEEDBACK, "identifier", name)
    _set(ET.SubElement(condition, f"{Q}responseElse"), FEEDBACK, "identifier", OTHER)
    return root


def _set(parent: ET.Element, outcome: str, kind: str, value: str) -> None:
    change = ET.SubElement(parent, f"{Q}setOutcomeValue", identifier=outcome)
    ET.SubElement(change, f"{Q}baseValue", baseType=kind).text = value


def number(value: float) -> str:
    """A number as a machine reads it, without an exponent."""
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _test(name: str, entries: Sequence[Entry]) -> ET.Element:
    """A test with a section for each lesson."""
    root = ET.Element(f"{Q}assessmentTest", identifier=f"ketamine_{name}", title=f"{SOURCE} ({name})")
    root.set(XSI, SCHEMA)
    part = ET.SubElement(root, f"{Q}testPart", identifier="part", navigationMode="nonlinear")
    part.set("submissionMode", "individual")
    for lesson in dict.fromkeys(entry.lesson for entry in entries):
        here = [entry for entry in entries if entry.lesson == lesson]
        section = ET.SubElement(part, f"{Q}assessmentSection", identifier=f"lesson_{lesson}")
        section.attrib |= {"title": f"{lesson} {here[0].about}", "visible": "true"}
        for entry in here:
            category = " ".join([f"lesson_{lesson}", *entry.objective.split(" and ")])
            ET.SubElement(
                section,
                f"{Q}assessmentItemRef",
                identifier=entry.ident,
                href=f"items/{entry.ident}.xml",
                category=category,
            )
    return root


def _manifest(name: str, entries: Sequence[Entry]) -> ET.Element:
    root = ET.Element(f"{P}manifest", identifier=f"ketamine_{name}_manifest")
    about = ET.SubElement(root, f"{P}metadata")
    ET.SubElement(about, f"{P}schema").text = "QTIv2.1 Package"
    ET.SubElement(about, f"{P}schemaversion").text = "1.0.0"
    about.append(_described(f"{SOURCE} ({name})", [], f"The {name} set"))
    ET.SubElement(root, f"{P}organizations")
    resources = ET.SubElement(root, f"{P}resources")
    test = ET.SubElement(resources, f"{P}resource", identifier="test", type="imsqti_test_xmlv2p1")
    test.set("href", "test.xml")
    ET.SubElement(test, f"{P}file", href="test.xml")
    for entry in entries:
        ET.SubElement(test, f"{P}dependency", identifierref=f"r_{entry.ident}")
        href = f"items/{entry.ident}.xml"
        one = ET.SubElement(
            resources, f"{P}resource", identifier=f"r_{entry.ident}", type="imsqti_item_xmlv2p1", href=href
        )
        keywords = [entry.set, entry.kind, f"lesson {entry.lesson}", f"objective {entry.objective}"]
        ET.SubElement(one, f"{P}metadata").append(_described(entry.title, keywords, entry.aim))
        ET.SubElement(one, f"{P}file", href=href)
        if entry.picture:
            ET.SubElement(one, f"{P}file", href=f"items/pictures/{entry.picture}.png")
    return root


def _described(title: str, keywords: Sequence[str], description: str) -> ET.Element:
    """Title, objective, lesson and licence as metadata."""
    root = ET.Element(f"{L}lom")
    general = ET.SubElement(root, f"{L}general")
    for what, said in [("title", title), ("description", description), *(("keyword", k) for k in keywords)]:
        ET.SubElement(ET.SubElement(general, f"{L}{what}"), f"{L}langstring", {LANG: "en"}).text = said
    rights = ET.SubElement(root, f"{L}rights")
    kept = ET.SubElement(rights, f"{L}copyrightandotherrestrictions")
    for what, said in (("source", "LOMv1.0"), ("value", "yes")):
        ET.SubElement(ET.SubElement(kept, f"{L}{what}"), f"{L}langstring", {LANG: "x-none"}).text = said
    said = ET.SubElement(ET.SubElement(rights, f"{L}description"), f"{L}langstring", {LANG: "en"})
    said.text = f"{LICENCE}. Source: {SOURCE}"
    return root
