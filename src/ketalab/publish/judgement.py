"""One judgement for the page and the grade book: what runs around a check while a submission is graded."""

import io
import sys
import warnings
from collections.abc import Iterator
from typing import Any

_heard: list = []


def settled(answer: Any) -> Any:
    """The answer, so that it can be asked twice: what can be read only once becomes a list."""
    return list(answer) if isinstance(answer, Iterator) else answer


def silent() -> None:
    """From here on nothing reaches standard error, for which nbgrader would take all points."""
    if not _heard:
        _heard.append((sys.stderr, warnings.filters[:], warnings.showwarning))
    warnings.simplefilter("ignore")
    sys.stderr = io.StringIO()


def heard() -> None:
    """The end of `silent`: errors and warnings are heard again as before."""
    if _heard:
        sys.stderr, warnings.filters[:], warnings.showwarning = _heard.pop()
