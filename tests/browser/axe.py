"""axe-core on a page: what it calls serious or critical."""

from typing import Any

from conftest import ROOT

SOURCE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN = """([part, preload]) => axe.run(part ? document.querySelector(part) : document, { preload })
  .then((result) => {
    const contrasts = (rules) => rules.filter(({ id }) => id === "color-contrast")
      .flatMap(({ nodes }) => nodes);
    const out = result.violations
      .filter((found) => ["serious", "critical"].includes(found.impact))
      .map((found) => `${found.id}: ${found.nodes.length} times, ${found.nodes[0].html.slice(0, 120)}`);
    const [doubtful] = contrasts(result.incomplete);
    if (doubtful && !contrasts(result.violations).length && !contrasts(result.passes).length)
      out.push(`no contrast could be judged: ${doubtful.any[0].message}, ${doubtful.html.slice(0, 120)}`);
    return out;
  })"""


def serious(page: Any, part: str = "", preload: bool = True) -> list[str]:
    """The findings in the page, or in the part that a selector finds; and that axe could judge no contrast
    there, where it was in doubt about every one.

    `preload` reads style sheets for one more rule; a page from a file may not, and says so as an error.
    """
    if page.evaluate("() => window.axe === undefined"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    return page.evaluate(RUN, [part, preload])
