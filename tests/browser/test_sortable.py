"""Sortable tables in a real browser: on a slide without kernel, and in JupyterLab, by mouse and by key."""

import json

import nbformat
from browser.test_decks import open_deck
from browser.test_lab import lab, run_all, scroll_through  # noqa: F401 (a fixture)

from ketalab.lessons.l13_the_article_on_trial.trials import next_decade

CELL = """
import pandas as pd
from ketalab import sortable
sortable(pd.DataFrame({"name": ["b", "a", "c"], "size": [2.0, 10.0, 9.0]}), "A small table")
"""


def column(box, number: int) -> list[str]:
    return box.locator(f"tbody tr td:nth-child({number})").all_inner_texts()


def test_a_table_on_a_slide_sorts_by_mouse_and_by_key(watched, decks):
    open_deck(watched, decks, "13_the_article_on_trial")
    page, box = watched.page, watched.page.locator(".ketalab-sortable").first
    slide = box.evaluate("(box) => Reveal.getIndices(box.closest('section')).h")
    page.evaluate(f"() => Reveal.slide({slide})")
    # Sorted as text, 17,600 would come between 139 and 177.
    people = [f"{count:,}" for count in sorted(next_decade()["people in each group"])]
    head = box.get_by_role("button", name="people in each group")
    head.click()
    assert column(box, 4) == people
    head.focus()
    page.keyboard.press("Enter")
    assert column(box, 4) == people[::-1]
    assert box.locator("[aria-sort=descending]").count() == 1
    assert box.get_by_role("status").text_content() == "Sorted by people in each group, descending."
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert box.locator("[aria-sort]").inner_text().startswith("outcome")
    assert page.evaluate("() => Reveal.getIndices().h") == slide
    assert watched.errors == []


def test_a_table_in_jupyterlab_sorts_by_mouse_and_by_key(watched, lab):  # noqa: F811
    page = watched.page
    page.goto(f"{lab}/lab")
    page.wait_for_selector(".jp-DirListing-item")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    body = json.dumps({"type": "notebook", "content": notebook})
    saved = page.evaluate(
        """async (body) => {
          const token = document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? "";
          const url = "/api/contents/notebooks/small.ipynb";
          return (await fetch(url, {method: "PUT", body, headers: {"X-XSRFToken": token}})).status;
        }""",
        body,
    )
    assert saved == 201
    page.goto(f"{lab}/lab/workspaces/sortable/tree/notebooks/small.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    run_all(watched)
    box = page.locator(".ketalab-sortable")
    box.wait_for()
    assert column(box, 1) == ["b", "a", "c"]
    box.get_by_role("button", name="size").click()
    assert column(box, 2) == ["2", "9", "10"]
    box.get_by_role("button", name="name").focus()
    page.keyboard.press("Enter")
    assert column(box, 1) == ["a", "b", "c"]
    page.keyboard.press("Space")
    assert column(box, 1) == ["c", "b", "a"]
    assert page.locator(".jp-Notebook.jp-mod-editMode").count() == 0
    assert watched.errors == []
