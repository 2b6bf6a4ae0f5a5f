"""What a student may type for an answer, and one sentence of teaching for what can't be one.

A number comes as int, float, NumPy scalar, array, list or Series of one, or as text: "2.8", "2,8", "about
2.8 mg", "31.6%", "−4.7". What can't be read as the one thing asked for raises `UnreadableError`, whose
words are for the student and never Python's.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from numbers import Number
from typing import Any

import numpy as np

from ketalab.text import grouped, real_minus, significant, with_unit

MOST = 100_000  # things that are taken out of a generator

# Units as people write them; the first of a row is how the course does.
UNITS = (
    ("people", "person", "persons", "patients", "patient", "participants", "participant"),
    ("points", "point", "pts"),
    ("years", "year", "yr", "yrs", "y"),
    ("weeks", "week", "wk", "wks"),
    ("days", "day", "d"),
    ("h", "hour", "hours", "hr", "hrs"),
    ("min", "minute", "minutes", "mins"),
    ("s", "second", "seconds", "sec"),
    ("µM", "μM", "uM", "µmol/L", "μmol/L", "umol/L", "micromolar"),
    ("nM", "nmol/L", "nanomolar"),
    ("%", "percent", "per cent", "pct", "percentage points"),
    ("of 100", "in 100", "of a hundred", "in a hundred", "per 100", "/100", "people in 100"),
    ("in 1,000", "in 1000", "of 1,000", "of 1000", "per 1,000", "per 1000", "/1000"),
    ("claims", "claim"),
    ("times", "fold", "x"),
    ("mg", "milligram", "milligrams"),
    ("g", "gram", "grams"),
    ("Hz", "hertz", "/s"),
    ("mV", "millivolt", "millivolts"),
    ("mmHg", "mm Hg"),
)
PER = {"%": 100.0, "of 100": 100.0, "in 1,000": 1000.0}
COUNTED = {"in 1,000": "people", "of 100": "people", "": "people"}  # a bare count of people fits these
NUMBER = re.compile(
    r"(?:about|approximately|approx\.?|roughly|around|ca\.?|≈|~|=)?\s*"
    r"(?P<number>[+-]?\s?(?:\d[\d.,' ]*|[.,]\d+)(?:[eE][+-]?\d+)?(?:\s*/\s*\d+(?![\d ]*[a-zA-Z]))?)"
    r"(?P<unit>.*)",
    re.DOTALL | re.IGNORECASE,
)


class UnreadableError(ValueError):
    """An answer that isn't what was asked for; its words are the student's."""


def numbers(answer: Any, unit: str = "") -> list[float]:
    """The number that an answer may mean, in `unit`; two where a comma may stand for either thing.

    Raises UnreadableError for anything but one finite number, with or without its unit.
    """
    one = _one(answer, unit)
    if isinstance(one, str):
        return _from_text(one, unit)
    if one is None or type(one).__name__ in ("NAType", "NaTType"):
        raise UnreadableError(
            f"The answer is {one}, so nothing has been computed yet: give {asked_for(unit)}."
        )
    if isinstance(one, bool | np.bool_):
        raise UnreadableError(f"{one} says whether something is so. Give {asked_for(unit)}.")
    if isinstance(one, complex | np.complexfloating) or not isinstance(one, Number | np.number):
        raise UnreadableError(f"This is {_kind(one)}. Give {asked_for(unit)}.")
    return [_finite(one)]


def whole(answer: Any, unit: str = "") -> float:
    """One number from an answer, for judges that put it into a model; UnreadableError as above."""
    return numbers(answer, unit)[0]


def listed(answer: Any, kind: type, example: str) -> list[Any]:
    """A list of things of one kind from a list, tuple, array or generator, or from a single one of them.

    Raises UnreadableError for anything else; `example` shows what is wanted.
    """
    things = [answer] if isinstance(answer, kind) else answer
    if isinstance(things, np.ndarray):
        things = things.ravel().tolist()
    if not isinstance(things, list | tuple):
        raise UnreadableError(f"This is {_kind(answer)}. Give a list, such as {example}.")
    if not things:
        raise UnreadableError(f"The list is empty. Give one such as {example}.")
    for place, thing in enumerate(things, start=1):
        if not isinstance(thing, kind):
            raise UnreadableError(
                f"Item {place} of your list is {_kind(thing)}. Give a list such as {example}."
            )
    return list(things)


def instance(answer: Any, kind: type, example: str) -> Any:
    """The answer when it is of this kind; UnreadableError with an example when it isn't."""
    if not isinstance(answer, kind):
        raise UnreadableError(f"This is {_kind(answer)}. Give {example}.")
    return answer


_TAKEN: dict[int, tuple[Iterator, list]] = {}


def kept(answer: Any) -> Any:
    """The answer, or, where it can be read only once (a generator), the list of what it gave.

    The same generator gives the same list again, so that check and grade book judge one thing.
    Raises UnreadableError for one that doesn't end.
    """
    if not isinstance(answer, Iterator):
        return answer
    if id(answer) not in _TAKEN:
        things = list(islice(answer, MOST + 1))
        if len(things) > MOST:
            raise UnreadableError(
                f"This goes on for more than {grouped(MOST)} items. Give a list with an end."
            )
        _TAKEN[id(answer)] = (answer, things)  # holding the generator keeps its id from being used again
    return _TAKEN[id(answer)][1]


def written(value: float, unit: str = "") -> str:
    """A number as a reader sees it, with its unit in the singular for one: "1 year", "−4.7 points"."""
    size = abs(value)
    if size >= 1e7 or 0 < size < 1e-4:
        mantissa, exponent = f"{value:.2e}".split("e")
        return real_minus(f"{mantissa} × 10^{int(exponent)} {unit}".rstrip())
    shown = (
        significant(value, max(4, len(str(int(size))))).rstrip("0").rstrip(".")
        if value % 1
        else grouped(value)
    )
    if value == 1:
        unit = {"people": "person"}.get(unit, unit.removesuffix("s") if len(unit) > 2 else unit)
    return real_minus(with_unit(shown, unit))


def _one(answer: Any, unit: str) -> Any:
    """What an answer holds when it holds one thing, however deep."""
    if isinstance(answer, Mapping):
        raise UnreadableError(f"This is {_kind(answer)}. Give {asked_for(unit)}.")
    for _ in range(5):
        if hasattr(answer, "to_numpy") and not isinstance(answer, str):
            answer = answer.to_numpy()  # a Series, frame or index
        if isinstance(answer, np.ndarray):
            answer = answer.ravel().tolist() if answer.size != 1 else answer.ravel()[0]
        if not isinstance(answer, list | tuple | set | frozenset | range):
            return answer
        if len(answer) != 1:
            count = "no number" if not answer else f"{grouped(len(answer))} values"
            raise UnreadableError(f"This holds {count}. Give {asked_for(unit)}.")
        (answer,) = answer
    raise UnreadableError(f"The number is wrapped too often. Give {asked_for(unit)}.")


def _finite(value: Any) -> float:
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = math.inf
    if math.isnan(number):
        raise UnreadableError(
            "The result is NaN: some step had no answer, such as a missing value or zero over zero."
        )
    if math.isinf(number):
        raise UnreadableError(
            "The result has no end (infinity): some step divided by zero, or far too large."
        )
    return number


def _from_text(text: str, unit: str) -> list[float]:
    """The numbers that a text may mean."""
    plain = re.sub(r"[\u2212\u2010-\u2014\uff0d]", "-", text)
    plain = re.sub(r"[\u00a0\u2007\u2009\u202f\u3000]", " ", plain).strip()
    if plain.lower() in ("", "..."):
        raise UnreadableError(f"The text is empty. Give {asked_for(unit)}.")
    if plain.lower().lstrip("+-") in ("nan", "inf", "infinity", "none"):
        return numbers({"none": None}.get(plain.lower(), math.inf if "i" in plain.lower() else math.nan))
    found = NUMBER.fullmatch(plain)
    if not found:
        raise UnreadableError(f"This text doesn't begin with a number. Give {asked_for(unit)}.")
    given, after = found["number"].strip(" .,'"), found["unit"].strip(" .")
    scale = _scale(after, unit)
    values = [_finite(value * scale) for value in _readings(given.replace(" ", ""))]
    if not values:
        raise UnreadableError(f"This text is no single number. Give {asked_for(unit)}.")
    return values


def _readings(given: str) -> list[float]:
    """The values that digits with points and commas may stand for, the likeliest first."""
    plain = given.replace("'", "")
    candidates = []
    if "/" in plain:
        return [float(Fraction(plain))] if re.fullmatch(r"[+-]?\d+/0*[1-9]\d*", plain) else []
    if "," not in plain:
        candidates = [plain]
    elif "." in plain:  # the last of the two is the decimal sign
        thousands, decimal = (",", ".") if plain.rindex(".") > plain.rindex(",") else (".", ",")
        candidates = [plain.replace(thousands, "").replace(decimal, ".")]
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", plain):
        candidates = [plain.replace(",", ""), plain.replace(",", ".")]
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", plain):
        candidates = [plain.replace(",", "")]
    else:
        candidates = [plain.replace(",", ".")]
    values = []
    for text in candidates:
        try:
            values.append(float(text))
        except ValueError:
            continue
    return values


def _scale(after: str, unit: str) -> float:
    """What a number with these words behind it is multiplied by to be in `unit`."""
    given, wanted = _named(after), _named(unit)
    if not after or given == wanted or given == COUNTED.get(wanted):
        return 1.0
    if given in PER and (wanted in PER or wanted == ""):
        return PER.get(wanted, 1.0) / PER[given]
    raise UnreadableError(f"“{after[:40]}” isn't the unit asked for. Give {asked_for(unit)}.")


def _named(unit: str) -> str:
    """A unit's first name in the table; letters count as written where their size tells (mg, Mg)."""
    squeezed = " ".join(unit.split())
    for row in UNITS:
        if squeezed in row or squeezed.lower() in row:
            return row[0]
    return squeezed


def asked_for(unit: str) -> str:
    """What is asked for where the answer has this unit: "one number, in mg"."""
    if unit in PER and unit != "%":
        return f"one number, how many {unit}"
    if unit in ("people", "claims", "years", "days", "weeks", "points"):
        return f"one number of {unit}"
    return f"one number, in {'percent' if unit == '%' else unit}" if unit else "one number"


def _kind(answer: Any) -> str:
    """What an answer is, for somebody who has never heard of types."""
    if answer is None:
        return "None, so nothing yet"
    if isinstance(answer, type):
        return "a kind of thing and not a thing: it needs brackets with values behind it"
    if callable(answer):
        return "a function that has not been called: it needs brackets behind its name"
    kinds: Sequence[tuple[Any, str]] = (
        (str, "text"),
        (bytes, "text in bytes"),
        (bool, "True or False"),
        (complex, "a complex number"),
        (Number, "a number"),
        (Mapping, "a dictionary"),
        (list | tuple, "a list"),
        (set | frozenset, "a set"),
        (np.ndarray, "an array"),
    )
    return next(
        (words for kind, words in kinds if isinstance(answer, kind)), f"of the kind {type(answer).__name__}"
    )
