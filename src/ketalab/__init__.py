"""Ketamine in supervised medical care: the package behind the teaching notebooks.

The names a lesson needs most can be taken from here; each is loaded when it is first used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

HOME = {
    "check_installation": "ketalab.installation",
    "cite": "ketalab.data",
    "claim": "ketalab.data",
    "explorable": "ketalab.lessons",
    "grading": "ketalab.html.grading",
    "ledger": "ketalab.html.claims_list",
    "lesson": "ketalab.lessons",
    "claims_table": "ketalab.html.claims_table",
    "references": "ketalab.lessons",
    "show": "ketalab.plots.show",
    "sortable": "ketalab.html.sortable",
    "table": "ketalab.data",
}
__all__ = list(HOME)


def __getattr__(name: str) -> Any:
    if name not in HOME:
        raise AttributeError(f"module 'ketalab' has no attribute {name!r}")
    found = getattr(import_module(HOME[name]), name)
    globals()[name] = found  # a submodule of the same name must not take its place
    return found
