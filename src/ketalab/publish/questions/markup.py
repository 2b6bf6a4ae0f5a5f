"""Text of the lessons as elements of a page: emphasis, code and formulas.

A formula stays TeX between `\\(` and `\\)` where a learning platform draws it (Moodle, Canvas), and becomes
MathML, with its TeX as the text that is read aloud, where the format asks for that (QTI 2.1).
"""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from ketalab.practice.asking import EMPHASIS
from ketalab.publish.equations import Equations

MATHML = "http://www.w3.org/1998/Math/MathML"
PIECE = re.compile(r"\$(?P<tex>[^$]+)\$|`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|" + EMPHASIS.pattern)
Formula = Callable[[str], str | ET.Element]


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at its marks: ("text" | "em" | "strong" | "code" | "tex", what stands there)."""
    end = 0
    for found in PIECE.finditer(text):
        if found.start() > end:
            yield "text", text[end : found.start()]
        yield found.lastgroup, found[found.lastgroup]
        end = found.end()
    if end < len(text):
        yield "text", text[end:]


def plain(text: str) -> str:
    """The text without its marks, formulas as TeX between `\\(` and `\\)`."""
    return "".join(inline_tex(said) if kind == "tex" else said for kind, said in pieces(text))


def inline_tex(tex: str) -> str:
    """A formula as Moodle's and Canvas's MathJax find it in a sentence."""
    return rf"\({tex}\)"


def fill(parent: ET.Element, text: str, formula: Formula = inline_tex, space: str = "") -> ET.Element:
    """Put a text with its marks into an element; `space` is the namespace of what is made."""
    for kind, said in pieces(text):
        made = formula(said) if kind == "tex" else said
        if kind in ("em", "strong", "code"):
            ET.SubElement(parent, f"{space}{kind}").text = said
        elif isinstance(made, ET.Element):
            parent.append(made)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + made
        else:
            parent.text = (parent.text or "") + made
    return parent


def paragraphs(text: str, code: str = "", picture: tuple[str, str] | None = None) -> list[ET.Element]:
    """A question as HTML: its text, what it starts from, its picture (address and words)."""
    made = [fill(ET.Element("p"), text)]
    if picture:
        holder = ET.Element("p")
        ET.SubElement(holder, "img", src=picture[0], alt=picture[1])
        made.append(holder)
    if code:
        made.append(ET.Element("pre"))
        made[-1].text = code
    return made


def html(text: str, code: str = "", picture: tuple[str, str] | None = None) -> str:
    """A question as HTML text."""
    return "".join(
        ET.tostring(one, encoding="unicode", method="html") for one in paragraphs(text, code, picture)
    )


def inner_html(text: str) -> str:
    """An option or a sentence as HTML text, without a paragraph around it."""
    return ET.tostring(fill(ET.Element("p"), text), encoding="unicode", method="html")[3:-4]


class MathML:
    """Formulas as MathML, drawn up by MathJax, which the decks ship, in one run."""

    def __init__(self, texts: list[str]) -> None:
        formulas = sorted({said for text in texts for kind, said in pieces(text) if kind == "tex"})
        self._made = dict(zip(formulas, _converted(formulas), strict=True)) if formulas else {}

    def __call__(self, tex: str) -> ET.Element:
        """A formula as an element, its TeX in `alttext`."""
        element = ET.fromstring(self._made[tex])
        for one in element.iter():
            for extra in [name for name in one.attrib if name.startswith("data-")]:
                del one.attrib[extra]
        element.attrib.pop("display", None)
        element.set("alttext", tex)
        return element


def _converted(formulas: list[str]) -> list[str]:
    """MathML of each formula; raises as `Equations` does."""
    with Equations() as equations:
        return [equations.mathml(tex) for tex in formulas]
