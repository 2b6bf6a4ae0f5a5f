"""The guide for teachers as pages: the plans, a page for each lesson's block, and those on marking and on
machines that the guide leads to. No page for students leads here.

`make guide` writes them to `dist/guide`; the web edition beside it, `dist/site`, holds them as well, and
what they look like and lead to: the lessons, and each explorable to project, opened at its preset.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import quote, urlencode

from nbconvert.filters.markdown_mistune import MarkdownWithMath

from ketalab.lessons import explorable
from ketalab.paths import ROOT
from ketalab.publish.equations import Equations
from ketalab.publish.moving import folder_of
from ketalab.publish.reading import Heading, Renderer
from ketalab.publish.teaching import PROJECT, SECTION, anchor
from ketalab.publish.teaching import guide as whole_guide

OWN_FOLDER = ROOT / "dist" / "guide"
BESIDE_IT = "../site/"
FIRST = "teaching.html"
BESIDE = {"deploy/GRADING.md": "teaching_grading.html", "deploy/LARGER.md": "teaching_larger.html"}
COMMENT = re.compile(r"^<!-- .*? -->\n", re.MULTILINE)
HEADING = re.compile(r"^(#{2,4}) (.+)$", re.MULTILINE)
LABEL = re.compile(r"^\*\*([^*\n]+)\*\*$", re.MULTILINE)
FOLDED = "Every note, answer and key"
RANGE = re.compile(r"\d+–\d+|\d+ min\b")  # no line ends within it
PRESETS = re.compile(r"^(- slide \d+, `(\w+)`: )(.+)$", re.MULTILINE)


@dataclass
class GuidePage:
    """One page of the guide: its file, its title as Markdown's first heading has it, its HTML."""

    file: str
    title: str
    body: str = ""
    headings: list[Heading] = field(default_factory=list)

    @property
    def contents(self) -> list[Heading]:
        return [heading for heading in self.headings if heading.level == 2]


class GuideRenderer(Renderer):
    """Headings are called as on GitHub, for which the guide's links are written, and lead to its pages."""

    def __init__(self, equations: Equations, places: Mapping[str, str], site: str) -> None:
        super().__init__(equations)
        self.places = places
        self.site = site

    def address_of(self, title: str) -> str:
        return anchor(title)

    def text(self, text: str) -> str:
        return RANGE.sub(r'<span class="range">\g<0></span>', super().text(text))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url == "#References":  # of a source that has no page of its own
            url = f"{self.site}sources.html"
        elif url.startswith("#"):
            url = f"{self.places[url[1:]]}{url}"
        elif url.startswith("notebooks/"):
            text, url = "The lesson", f"{self.site}{PurePosixPath(url).name}"
        return super().link(text, BESIDE.get(url, url), title)


def main(_lessons: Sequence[str] = ()) -> None:
    """The pages in a folder of their own; the web edition is made first where it never was."""
    from ketalab.publish import site

    if not (site.SITE / "index.html").is_file():
        site.main()
    if OWN_FOLDER.exists():
        shutil.rmtree(OWN_FOLDER)
    with Equations() as equations:
        site.write_guide(OWN_FOLDER, pages(equations, BESIDE_IT), BESIDE_IT)
    shutil.copyfile(OWN_FOLDER / FIRST, OWN_FOLDER / "index.html")
    print(f"{len(list(OWN_FOLDER.iterdir())) - 1} pages")


def pages(equations: Equations, site: str = "") -> list[GuidePage]:
    """Every page of the guide, the first first; `site` leads from them to the web edition. KeyError for a
    link to a heading that is nowhere."""
    texts = dict(_texts())
    places = {anchor(title): file for file, text in texts.items() for _, title in HEADING.findall(text)}
    return [_page(file, text, equations, places, site) for file, text in texts.items()]


def _texts() -> Iterator[tuple[str, str]]:
    """File and Markdown of each page."""
    text = whole_guide()
    blocks = {found[1]: found[0] for found in SECTION.finditer(text)}
    titles = {number: block.splitlines()[0].removeprefix("### ") for number, block in blocks.items()}
    lessons = "".join(f"- [{title}]({file_of(number)})\n" for number, title in titles.items())
    yield FIRST, f"{SECTION.sub('', text).rstrip()}\n\n{lessons}"
    for number, block in blocks.items():
        yield file_of(number), block
    for source, file in BESIDE.items():
        yield file, (ROOT / source).read_text(encoding="utf-8")


def file_of(number: str) -> str:
    """The page of a lesson's block."""
    return f"teaching_{number}.html"


def _page(file: str, text: str, equations: Equations, places: Mapping[str, str], site: str) -> GuidePage:
    if text.startswith("### "):  # a section that became a page: its heading is the title
        text = re.sub(r"^### ", "# ", text).replace("\n#### ", "\n### ")
        said, fold, folded = text.partition("\n<details>")
        said = LABEL.sub(r"## \1", said)
        text = f"{said}\n## {FOLDED}\n{fold}{folded}"
    text = PROJECT.sub(lambda line: _project(line, site), COMMENT.sub("", text))
    text = PRESETS.sub(lambda line: _presets(line, site), text)
    renderer = GuideRenderer(equations, places, site)
    body = MarkdownWithMath(renderer=renderer).render(text)
    return GuidePage(file, renderer.headings[0].title, body, renderer.headings)


def setting(name: str, preset: str) -> str:
    """The address of an explorable on its lesson's page, at one of its scenarios."""
    shown = explorable(name)
    values = shown.start | shown.scenarios[preset]
    return f"{folder_of(name)[1:]}.html#{name}?{urlencode(values, quote_via=quote)}"


def _project(line: re.Match[str], site: str) -> str:
    """`- slide 4, route · *preset*: `, its preset linked."""
    before = line[0].rpartition("*" + line[2])[0]
    return f"{before}[*{line[2]}*]({site}{setting(line[1], line[2])}): "


def _presets(line: re.Match[str], site: str) -> str:
    """`- slide 4, route: preset · preset`, each linked."""
    names = explorable(line[2]).presets
    return line[1] + " · ".join(f"[{name}]({site}{setting(line[2], name)})" for name in names)
