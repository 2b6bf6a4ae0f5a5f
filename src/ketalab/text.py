"""How a number is written for a reader: a real minus, no negative zero, and words that agree with it."""

import re
from calendar import month_name

MINUS = "\N{MINUS SIGN}"
CALENDAR = ("year",)  # columns and axes whose numbers are no counts: "2021", never "2,021"
NO_BREAK = "\N{NO-BREAK SPACE}"
# Not seen. (The no-break hyphen is in few fonts, ours not among them, and is not found by who looks for
# "10-fold".)
JOINER = "\N{WORD JOINER}"
UNITS = (
    *("ng/mL", "mg/L", "µg/kg/min", "mg/kg", "mg/h", "L/h", "mg", "kg", "mL", "L", "µM", "mM", "nM", "mV"),
    *("mmHg", "beats/min", "Hz", "ms", "s", "min", "h", "d", "g", "SD", "points?", "percent"),
    *("seconds?", "minutes?", "hours?", "days?", "weeks?", "months?", "years?"),
)
# Spaces at which no line must end: before a unit, around a sign of comparison, before a lesson's number.
HELD_TOGETHER = re.compile(
    rf" (?:(?<=\d )(?=(?:{'|'.join(UNITS)})(?![\w/]))"
    r"|(?<=\b\w )(?=[=<>≤≥≈] [−\d.])|(?<=\b\w[ \xa0][=<>≤≥≈] )(?=[−\d.])"
    r"|(?<=[±×] )(?=\d)|(?<=\b[Ll]esson )(?=\d\d\b))"
)
# A number with the word that it begins: "10-fold"; no part of an address. A name such as "S-ketamine" is
# copied to be looked up elsewhere, and holds nothing that is not seen.
BEGUN = re.compile(r"(?<![\w./:−-])(\d[\d.,]*)-(?=[A-Za-z])")


def real_minus(text: str) -> str:
    """Digits as a reader sees them: the minus sign of print instead of the hyphen of a keyboard."""
    return text.replace("-", MINUS)


def with_real_minus(text: str) -> str:
    """A sentence whose numbers have the minus sign of print, and none that is zero has one."""
    signed = re.sub(r"(?<![\w.,)])[-\u2212](?=[\d.]*\d)", MINUS, text)
    return re.sub(rf"{MINUS}(?=0(?:\.0+)?(?![\d.]*[1-9]))(?!0\.0*[1-9])", "", signed)


def decimals(value: float, places: int = 2, sign: bool = False) -> str:
    """A number with this many decimal places; `sign` writes a plus before what is above zero."""
    text = f"{value:+,.{places}f}" if sign else f"{value:,.{places}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")  # what rounds to zero has no sign
    return real_minus(text)


def grouped(value: float) -> str:
    """A whole number, rounded where it is none, with a comma after the thousands: "12,400"."""
    return decimals(value, 0)


def significant(value: float, digits: int = 3) -> str:
    """A number with this many meaningful digits, never in scientific notation."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    places = max(0, digits - 1 - int(f"{rounded:e}".split("e")[1]))
    return decimals(rounded, places)


def interval(low: float, high: float, places: int = 2) -> str:
    """An interval in words, such as "1.20 to 5.80"."""
    return f"{decimals(low, places)} to {decimals(high, places)}"


def unbroken(text: str) -> str:
    """A text whose lines end neither within "24 h" nor within "P = 0.32", nor within "10-fold"."""
    return BEGUN.sub(rf"\1-{JOINER}", HELD_TOGETHER.sub(NO_BREAK, text))


def breakable(text: str) -> str:
    """A text as it was before `unbroken`."""
    return text.replace(NO_BREAK, " ").replace(JOINER, "")


def count(number: int, one: str, many: str = "") -> str:
    """A number of things in words that agree with it: "1 study", "2 studies", "no device" for zero."""
    if number == 0:
        return f"no {one}"
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def in_points(change: float) -> str:
    """A change in whole points with its sign: "+36 points", "\N{MINUS SIGN}1 point", "0 points"."""
    return f"{decimals(change, 0, sign=True)} {'point' if abs(round(change)) == 1 else 'points'}"


def chance(share: float) -> str:
    """A share of tries in percent: "54%", and "over 99%" or "under 1%" where rounding would say surely."""
    if share > 0.995:
        return "over 99%"
    return f"{100 * share:.0f}%" if share >= 0.005 else "under 1%"


def how_often(number: int) -> str:
    """How many times something happens: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(number) or f"{grouped(number)} times"


def with_unit(number: str, unit: str) -> str:
    """A number and its unit, "40 min", "50%" or "10-fold"; `unit` may be empty."""
    between = "" if unit.startswith("%") else "-" if unit == "fold" else " "
    return f"{number}{between}{unit}" if unit else number


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def date_in_words(date: str) -> str:
    """A date as a sentence says it: 1970, June 1983 or 5 March 2019, from 1970, 1983-06 or 2019-03-05."""
    year, *rest = date.split("-")
    if not rest:
        return year
    month = month_name[int(rest[0])]
    return f"{int(rest[1])} {month} {year}" if rest[1:] else f"{month} {year}"


def duration(minutes: float) -> str:
    """A time in the largest unit it fills: 90 min, 5 h, 3 days."""
    for unit, least, each in (("years", 525960, 525960), ("days", 2880, 1440), ("h", 120, 60)):
        if minutes >= least:
            return f"{float(f'{minutes / each:.2g}'):g} {unit}"
    return f"{float(f'{minutes:.2g}'):g} min"
