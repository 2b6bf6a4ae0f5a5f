"""The five verdicts on a claim: their order, sign, colour, meaning, and whether the claim holds."""

from enum import StrEnum


class Verdict(StrEnum):
    """How a claim stands against the evidence; the value is the word in the data."""

    sign: str
    colour: str
    meaning: str
    holds: bool

    def __new__(cls, word: str, sign: str, colour: str, meaning: str, holds: bool) -> "Verdict":
        verdict = str.__new__(cls, word)
        verdict._value_ = word
        verdict.sign, verdict.colour, verdict.meaning, verdict.holds = sign, colour, meaning, holds
        return verdict

    SUPPORTED = ("supported", "✓", "#009E73", "good evidence for, nothing serious against", True)
    PARTLY_SUPPORTED = (
        "partly supported",
        "◐",
        "#56B4E9",
        "true of some people, times or comparisons",
        True,
    )
    CONTESTED = ("contested", "⇄", "#E69F00", "good studies disagree", False)
    OVERSTATED = ("overstated", "▲", "#CC79A7", "something in it, but less than is said", False)
    UNSUPPORTED = ("unsupported", "✗", "#D55E00", "no evidence found, or evidence against", False)


VERDICTS = tuple(verdict.value for verdict in Verdict)
HOLDS = tuple(verdict.value for verdict in Verdict if verdict.holds)
