"""A self-check of the installation, in plain words."""

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ketalab.data.bibliography import bibliography
from ketalab.data.tables import rows_by_table
from ketalab.lessons import CATALOGUE, explorable


def check_installation() -> None:
    """Try everything a lesson needs and say, one line each, what is well and what is not."""
    checks = (_python, _packages, _tables, _references, _pictures)
    well = [_report(check) for check in checks]
    print("Ready: go on." if all(well) else "Not ready: the lines marked ✘ say what to do.")


def _report(check: Callable[[], str]) -> bool:
    try:
        print(f"✔ {check()}")
    except Exception as error:  # whatever is wrong, the student gets a sentence and not a traceback
        print(f"✘ {error}")
        return False
    return True


def _python() -> str:
    if sys.version_info < (3, 11):  # noqa: UP036 - the course may be run without being installed
        raise RuntimeError("Python is too old: the course needs 3.11 or newer.")
    return "Python is new enough."


def _packages() -> str:
    # A marker may say that a package is for other machines, or for an extra, which a lesson does not need.
    needed = [Requirement(line) for line in requires("ketalab") or ()]
    here = [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    missing = [name for name in here if not _installed(name)]
    if missing:
        raise RuntimeError(f"Missing packages: {', '.join(missing)}. Run `make lab` again.")
    return "All packages are here."


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _tables() -> str:
    rows = rows_by_table()
    return f"{len(rows)} tables with {sum(rows.values()):,} facts are readable and within their ranges."


def _references() -> str:
    return f"{len(bibliography().entries)} references are at hand."


def _pictures() -> str:
    name = next(iter(CATALOGUE))
    explorable(name).still()
    return "The first picture draws."
