"""The settings that notes, tasks, predictions and exercises name in words: "the voltage to −20", "10 min".

A text belongs to the explorable that it stands beside: the next one at or after its cell, before another
note. In each clause that tells a hand what to do, a number is a setting of the control whose word stands
before it in that clause, or else of the controls that have its unit.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from ketalab.data.lessons import lesson_files
from ketalab.explorables.controls import Control, Slider, Steps
from ketalab.lessons import explorable
from ketalab.paths import ROOT
from ketalab.publish import stored

CALL = re.compile(r'explorable\("(\w+)"\)')
PREDICTION = re.compile(r'here\.predict\("(\w+)"\)')
LINK = re.compile(r"\]\((?:[^()]|\([^()]*\))*\)")
CLAUSE = re.compile(r"[.](?=\s+[A-Z*(]|\s*$)|[;:?!()\n]|, (?=then|and|last|first)")
BETWEEN = re.compile(
    r"[\s,]*(?:(?:to|at|from|of|is|are|the|by|up|down|back|a|worth|halves|and|will|that|last|"
    r"for|live|before|only|each|in|[−-]?[\d.,]+|mM|mV|SD|%)[\s,]*)*"
)
TELLS = re.compile(
    r"\b(set|sets|put|move|moves|drag|drop|raise|lower|choose|start|let|take|keep|give|press|switch|step|"
    r"make|try|bring|find|go|back|again|then|last|first|with|at|point|expects|lengthen|read|"
    r"give or take|how many)\b"
)
WORDS = {
    "nothing": 0, "zero": 0, "half": 50, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7,    "eight": 8, "nine": 9, "ten": 10, "twenty": 20,
}  # fmt: skip
NUMBER = r"(?<![\w.,^_/])[−-]?\d{1,3}(?:,\d{3})+|(?<![\w.,^_/])[−-]?\d+(?:\.\d+)?"
SPELLED = "|".join(WORDS)
UNITS = {
    "mg/kg": "mg/kg", "mg/h": "mg/h", "ng/mL": "ng/mL", "mmHg": "mmHg", "mV": "mV", "mM": "mM", "µM": "µM",
    "µg/kg/min": "µg/kg/min", "beats/min": "beats/min", "%": "%", "percent": "%", "points": "points",
    "point": "points", "people": "people", "times": "times", "fold": "fold", "studies": "studies",
    "seconds": "s", "second": "s", "s": "s", "minutes": "min", "minute": "min", "min": "min", "hours": "h",
    "hour": "h", "h": "h", "days": "d", "day": "d", "d": "d", "weeks": "weeks", "week": "weeks", "SD": "SD",
}  # fmt: skip
ALIKE = {"days": "d"}  # units of controls that are written in another way
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "weeks": 604800}
NUMBER_AND_UNIT = re.compile(
    rf"(?P<number>{NUMBER}|\b(?:{SPELLED})\b)"
    rf"(?:[\s\u202f-]?(?P<unit>{'|'.join(map(re.escape, UNITS))})(?![\w/]))?",
    re.IGNORECASE,
)
COMMON = re.compile(
    "(the|of|a|an|in|after|that|this|your|each|one|for|by|with|is|how|much|it|which|was|other|may|up|on|what|"
    "step|show|drug|people|time|weight|share|level|number)"
)
# Words by which prose calls a control that has another label.
CALLED = {
    ("pulse_train", "rest"): ("pause",),
    ("route_to_plasma", "minutes"): ("infusion time",),
    ("repeated_sessions", "interval"): ("interval",),
    ("population_fan", "spread"): ("spread of body weight",),
    ("cascade_fan", "fold"): ("range",),
    ("cascade_knockout", "resting"): ("second route",),
    ("plasticity_window", "lifetime"): ("spines live", "spines that last"),
    ("plasticity_window", "sessions"): ("sessions", "session"),
    ("design_the_blind", "treated"): ("shares",),
    ("design_the_blind", "control"): ("shares",),
    ("design_the_blind", "belief"): ("belief",),
    ("relapse_and_repeat", "ratio"): ("weekly sessions", "hazard ratio"),
    ("trial_on_events", "people"): ("size",),
    ("trial_on_events", "left"): ("leave", "risk"),
    ("small_trials_shine", "effect"): ("true effect",),
    ("small_trials_shine", "group"): ("people in each", "in each group"),
    ("tail_behind_a_mean", "mean"): ("mean",),
    ("bladder_by_days", "baseline"): ("share without ketamine",),
    ("readers_dial", "before"): ("expects",),
    ("readers_dial", "spread"): ("give or take",),
    ("readers_dial", "bias"): ("take off",),
    ("interneurons_first", "selectivity"): ("selectivity",),
    ("wind_up", "share"): ("part through NMDA channels",),
    ("wind_up", "interval"): ("one pulse every",),
    ("balance_of_1000", "better"): ("mood", "depression halves"),
}


class Said(NamedTuple):
    """A text that stands beside an explorable."""

    lesson: str
    where: str
    text: str
    name: str


class Setting(NamedTuple):
    """A value that a text names, and the controls it may be of: one of them must hold it."""

    said: Said
    words: str
    controls: tuple[str, ...]
    value: float


def texts(lesson: Path, notebook: NotebookNode | None = None) -> Iterator[Said]:
    """Notes, tasks, predictions and exercises of a lesson, each with the explorable it stands beside."""
    number = lesson.name[:2]
    cells = (notebook or stored.notebook(lesson)).cells
    (room,) = (ROOT / "src/ketalab/lessons").glob(f"l{number}_*")
    practice = tomllib.loads((room / "practice.toml").read_text(encoding="utf-8"))
    predictions = {about["key"]: about for about in practice["predictions"]}
    names = [CALL.findall(cell.source) if cell.cell_type == "code" else [] for cell in cells]

    def beside(at: int, most: int | None = None) -> str | None:
        for i in range(at, len(cells)):
            if names[i]:
                return names[i][0]
            if i > at and "notes" in cells[i].metadata and most is None:
                return None
        return None

    for i, cell in enumerate(cells):
        if "notes" in cell.metadata and (name := beside(i)):
            yield Said(number, f"note {i}", cell.metadata["notes"], name)
        if cell.cell_type == "markdown" and "**Your task.**" in cell.source and (name := beside(i, 1)):
            yield Said(number, f"task {i}", plain(cell.source.partition("**Your task.**")[2]), name)
        for key in PREDICTION.findall(cell.source) if cell.cell_type == "code" else ():
            told = plain(predictions[key]["then"])
            later = [Said(number, f"prediction {key}", told, name) for some in names[i:] for name in some]
            if later:
                yield max(later, key=lambda said: len(settings(said)))  # the first of those with most
    for exercise in practice["exercises"]:
        all_here = [name for some in names for name in some]
        for name in all_here:
            first = "first explorable" in exercise["task"] and name == all_here[0]
            if first or explorable(name).title in exercise["task"]:
                yield Said(number, f"exercise {exercise['key']}", plain(exercise["task"]), name)


def plain(markdown: str) -> str:
    return " ".join(LINK.sub("]", markdown).replace("[", "").replace("]", "").split())


def settings(said: Said) -> list[Setting]:
    """The settings that a text names."""
    shown = explorable(said.name)
    kept = said.text
    for name in shown.scenarios:  # what a scenario's name says, the scenario sets
        kept = re.sub(re.escape(name), "", kept, flags=re.IGNORECASE)
    found = []
    last: tuple[str, ...] = ()
    for clause in filter(None, map(str.strip, CLAUSE.split(kept))):
        if not TELLS.search(clause.lower()):
            continue
        for match in NUMBER_AND_UNIT.finditer(clause):
            spelled = match["number"].lower() in WORDS
            value, unit = number(match["number"]), UNITS.get(match["unit"] or "", "")
            if match["number"].lower() == "half":
                unit = "%"
            if match["number"].lower() == "one" and not unit:
                continue
            possible = [c for c in shown.controls if fits(c, value, unit)]
            before, after = clause[: match.start()].lower(), clause[match.end() :].lower()
            controls = called(said.name, possible, before, after)
            if not controls and unit and match["number"].lower() != "half":
                controls = tuple(possible)
            elif not controls and not spelled:
                controls = tuple(c for c in possible if c.name in last)
            if controls:
                last = tuple(c.name for c in controls)
                found.append(Setting(said, clause, last, value * factor(controls[0], unit)))
    return found


def number(text: str) -> float:
    word = WORDS.get(text.lower())
    return float(text.replace(",", "").replace("−", "-")) if word is None else float(word)


def unit_of(control: Control) -> str:
    return ALIKE.get(control.unit, control.unit) if isinstance(control, Slider) else ""


def factor(control: Control, unit: str) -> float:
    """What a number in this unit is to be taken times, for the control's own unit."""
    own = unit_of(control)
    return SECONDS[unit] / SECONDS[own] if unit in SECONDS and own in SECONDS else 1.0


def fits(control: Control, value: float, unit: str) -> bool:
    """Whether the control may be put at this value: its unit, its range, and one of its steps."""
    if not isinstance(control, Slider):
        return isinstance(control, Steps) and any(
            value == at and (not unit or unit == of or (not of and unit in control.label.lower()))
            for at, of in map(measured, control.options)
        )
    if unit and unit != unit_of(control) and not (unit in SECONDS and unit_of(control) in SECONDS):
        return False
    value *= factor(control, unit)
    return control.low <= value <= control.high and abs(control.snap(value) - value) < 1e-9


def measured(option: str) -> tuple[float, str]:
    """Number and unit of an option such as "40 min"; no number where it has none."""
    match = NUMBER_AND_UNIT.match(option)
    return (number(match["number"]), UNITS.get(match["unit"] or "", "")) if match else (float("nan"), "")


def holds(control: Control, chosen: Sequence, value: float) -> bool:
    """Whether a value is among those that are computed."""
    if isinstance(control, Slider):
        return any(abs(at - value) < 1e-9 for at in chosen)
    return value in [measured(option)[0] for option in chosen]


def called(name: str, possible: Sequence[Control], before: str, after: str) -> tuple[Control, ...]:
    """The controls whose word stands close before a number, or just behind it."""
    places: list[tuple[int, Control]] = []
    for control in possible:
        for word in words_of(name, control):
            at = before.rfind(word.lower())
            if after.lstrip().startswith(word.lower()):
                at = len(before)
            elif at >= 0 and not BETWEEN.fullmatch(before[at + len(word) :]):
                continue
            if at >= 0:
                places.append((at, control))
    if not places:
        return ()
    nearest = max(at for at, _ in places)
    return tuple(dict.fromkeys(control for at, control in places if at == nearest))


def words_of(name: str, control: Control) -> Sequence[str]:
    if (name, control.name) in CALLED:
        return CALLED[name, control.name]
    label = control.label.lower()
    return (label, *(word for word in re.findall(r"[a-zµ]{4,}", label) if not COMMON.fullmatch(word)))


def all_said() -> list[Said]:
    return [said for lesson in lesson_files() for said in texts(lesson)]
