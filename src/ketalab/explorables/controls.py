"""The controls of an explorable: what a reader may move, how far, and in which unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ketalab.text import decimals, with_unit

# With the values of all controls: why this one changes nothing at this setting, or None.
Greyed = Callable[[Mapping[str, Any]], str | None]


class Greyable:
    """A control that may be without effect at some settings."""

    greyed: Greyed | None

    def greyed_by(self, values: Mapping[str, Any]) -> str:
        """Why it changes nothing at this setting; empty where it does."""
        return (self.greyed(values) or "") if self.greyed else ""


@dataclass(frozen=True)
class Slider(Greyable):
    """A number the reader drags. `stops` are values that are wanted where no kernel runs; a slider that is
    `led` is moved by the lesson's notes and tasks, and has more places there than others."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    start: float
    help: str
    stops: tuple[float, ...] = ()
    greyed: Greyed | None = None
    led: bool = False

    @property
    def title(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def spec(self) -> dict[str, Any]:
        """What a browser is told of it."""
        about = {"name": self.name, "label": self.label, "unit": self.unit, "help": self.help}
        return about | {"low": self.low, "high": self.high, "step": self.step}

    @property
    def extremes(self) -> tuple[float, float]:
        return self.low, self.high

    @property
    def decimals(self) -> int:
        """Decimals needed to show one step."""
        return len(f"{self.step:.6f}".rstrip("0").split(".")[1])

    def snap(self, value: float) -> float:
        """The nearest step: browsers send 39.99999999999999 where the hand chose 40."""
        steps = round((value - self.low) / self.step)
        return round(self.low + steps * self.step, self.decimals)

    def place(self, value: float) -> int:
        """The number of its step, from 0."""
        return round((value - self.low) / self.step)

    def text(self, value: float) -> str:
        number = decimals(value, self.decimals)
        is_year = not self.unit and self.low >= 1000
        return number.replace(",", "") if is_year else with_unit(number, self.unit)

    def check(self, value: float) -> None:
        if not self.low <= value <= self.high:
            raise ValueError(
                f"{self.name}: {value:g} is not allowed; it must be {self.low:g} to "
                + with_unit(f"{self.high:g}", self.unit)
            )


@dataclass(frozen=True)
class Choice(Greyable):
    """One of a few named options."""

    name: str
    label: str
    options: tuple[str, ...]
    start: str
    help: str
    stops: tuple[str, ...] = ()
    greyed: Greyed | None = None

    @property
    def title(self) -> str:
        return self.label

    @property
    def spec(self) -> dict[str, Any]:
        """What a browser is told of it."""
        about = {"name": self.name, "label": self.label, "unit": "", "help": self.help}
        return about | {"options": self.options, "menu": not isinstance(self, Steps)}

    @property
    def extremes(self) -> tuple[str, ...]:
        return self.options

    def snap(self, value: str) -> str:
        return value

    def place(self, value: str) -> int:
        """Its number among the options, from 0."""
        return self.options.index(value)

    def text(self, value: str) -> str:
        return value

    def check(self, value: str) -> None:
        if value not in self.options:
            raise ValueError(
                f"{self.name}: {value!r} is not allowed; it must be one of {', '.join(self.options)}"
            )


@dataclass(frozen=True)
class Steps(Choice):
    """A slider over a few named stops that are not evenly spaced, such as 40 min, 2 h, 1 day."""


Control = Slider | Choice
