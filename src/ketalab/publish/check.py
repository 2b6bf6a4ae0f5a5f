"""What would be committed: is the data within its ranges, and has every lesson been refreshed?

Lessons keep their outputs, because the tests compare them. So nothing is stripped; what is refused is a
lesson that was run in part or out of order, that shows an error, or that holds times and random ids.
"""

import copy
from collections.abc import Iterator, Sequence

import nbformat
from nbformat import NotebookNode

from ketalab.data.bibliography import bibliography
from ketalab.data.tables import rows_by_table
from ketalab.publish import stored, words
from ketalab.publish.refresh import chosen, normalise
from ketalab.publish.weave import weave


def main(lessons: Sequence[str] = ()) -> None:
    """Raise ValueError with one line for each thing that is not as it should be."""
    rows = rows_by_table()
    paths = chosen(lessons)
    found = [f"{path.name}: {problem}" for path in paths for problem in problems(stored.notebook(path))]
    found += words.found()
    if found:
        raise ValueError("\n".join(["not as it should be", *found]))
    print(
        f"{len(rows)} tables with {sum(rows.values())} rows are within their ranges, "
        f"{len(bibliography().entries)} references are at hand, {len(paths)} lessons are refreshed."
    )


def problems(notebook: NotebookNode) -> Iterator[str]:
    """What keeps this lesson from being committed, in words."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "not run from top to bottom; run `make refresh`"
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {cell.execution_count} ends in {output.ename}: {output.evalue}"
    again = normalise(weave(copy.deepcopy(notebook)))
    if any(old.source != new.source for old, new in zip(notebook.cells, again.cells, strict=True)):
        yield "a part that is made from elsewhere is out of date; run `make refresh`"
    elif nbformat.writes(again) != nbformat.writes(notebook):
        yield "holds times, ids or settings that differ between machines; run `make refresh`"
