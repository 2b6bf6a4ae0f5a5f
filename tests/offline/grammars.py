"""Every process that reads a notebook imports jsonschema, and that imports rfc3987_syntax, which builds
forty grammars: three seconds of a core. It is asked only where a schema speaks of international
addresses. In a test run it waits until it is."""

import importlib
import sys
from types import ModuleType

NAME = "rfc3987_syntax"


def is_valid_syntax(term: str, value: str) -> bool:
    """What the package says of this value; the first to ask has the package imported."""
    if isinstance(sys.modules.get(NAME), Late):
        del sys.modules[NAME]
    return importlib.import_module(NAME).is_valid_syntax(term, value)


class Late(ModuleType):
    """The package before anybody asked it; whatever else of it is wanted is that of the package."""

    is_valid_syntax = staticmethod(is_valid_syntax)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(NAME, None)
        return getattr(importlib.import_module(NAME), name)


sys.modules.setdefault(NAME, Late(NAME))
