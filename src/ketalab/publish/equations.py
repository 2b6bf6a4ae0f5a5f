"""Equations as drawings or MathML, made when a page is made: a reader's browser loads no script."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from types import TracebackType

from ketalab.publish.assets import PACKAGES

SCRIPT = Path(__file__).parent / "web" / "equations.cjs"
BETWEEN_DOLLARS = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)


class Equations:
    """MathJax, run once by Node for all equations of a site; use it in a `with` statement.

    Raises FileNotFoundError when Node or MathJax is missing, ValueError for TeX that it cannot read.
    """

    def __enter__(self) -> "Equations":
        node, mathjax = shutil.which("node"), PACKAGES / "mathjax"
        if not node or not mathjax.is_dir():
            raise FileNotFoundError("equations: Node or MathJax is missing; run `make slides` once")
        self._kept: dict[tuple[str, bool, bool], str] = {}
        self._node = subprocess.Popen(
            [node, str(SCRIPT), str(mathjax)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._node.stdin.close()
        self._node.wait(timeout=30)
        self._node.stdout.close()

    def html(self, tex: str, display: bool = False) -> str:
        """An equation as SVG, with MathML beside it for screen readers."""
        return self._made(tex.strip(), display, alone=False)

    def mathml(self, tex: str) -> str:
        """A formula in a line of text as MathML alone."""
        return self._made(tex, display=False, alone=True)

    def _made(self, tex: str, display: bool, alone: bool) -> str:
        asked = (tex, display, alone)
        if asked not in self._kept:
            self._node.stdin.write(json.dumps({"tex": tex, "display": display, "alone": alone}) + "\n")
            self._node.stdin.flush()
            answer = json.loads(self._node.stdout.readline())
            if "error" in answer:
                raise ValueError(f"equation: {tex!r} cannot be read: {answer['error']}")
            self._kept[asked] = answer["html"]
        return self._kept[asked]

    def within(self, html: str) -> str:
        """A piece of HTML in which equations stand between dollars."""
        return BETWEEN_DOLLARS.sub(
            lambda found: self.html(unescape(found[1] or found[2]), found[1] is not None), html
        )
