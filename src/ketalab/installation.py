"""A self-check of the installation, in plain words."""

import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version

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
    needed = [re.match(r"[\w.-]+", line)[0] for line in requires("ketalab") or () if ";" not in line]
    missing = [name for name in needed if not _installed(name)]
    if missing:
        raise RuntimeError(f"Missing packages: {', '.join(missing)}. Run `make lab` again.")
    return f"All {len(needed)} packages are here."


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _tables() -> str:
    rows = rows_by_table()
    return f"{len(rows)} tables with {sum(rows.values())} facts are readable and within their ranges."


def _references() -> str:
    return f"{len(bibliography().entries)} references are at hand."


def _pictures() -> str:
    name = next(iter(CATALOGUE))
    explorable(name).still()
    return "The first picture draws."
