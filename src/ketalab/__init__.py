"""Ketamine in supervised medical care: the package behind the teaching notebooks.

The names a lesson needs most can be taken from here; each is loaded when it is first used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

HOME = {
    "check_installation": "ketalab.installation",
    "cite": "ketalab.evidence",
    "claim": "ketalab.evidence",
    "explorable": "ketalab.explore",
    "grading": "ketalab.practice.grading",
    "ledger": "ketalab.ledger_page",
    "lesson": "ketalab.practice",
    "living_table": "ketalab.living",
    "references": "ketalab.evidence",
    "show": "ketalab.show",
    "sortable": "ketalab.sortable",
    "table": "ketalab.evidence",
}
__all__ = list(HOME)


def __getattr__(name: str) -> Any:
    if name not in HOME:
        raise AttributeError(f"module 'ketalab' has no attribute {name!r}")
    found = getattr(import_module(HOME[name]), name)
    globals()[name] = found  # a submodule of the same name must not take its place
    return found
