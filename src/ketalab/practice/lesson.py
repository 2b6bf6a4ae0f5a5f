"""A lesson's predictions, exercises and quiz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ketalab.practice.exercise import Exercise
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Question, show_quiz


@dataclass(frozen=True)
class Lesson:
    """What can be done in one lesson."""

    number: str
    predictions: Mapping[str, Prediction]
    exercises: Mapping[str, Exercise]
    questions: Sequence[Question]

    def predict(self, key: str) -> Prediction:
        """Show a prediction to commit to."""
        return _pick("prediction", key, self.predictions)

    def check(self, key: str, answer: Any) -> None:
        """Say whether an answer is right and, when it is not, what went wrong."""
        print(_pick("exercise", key, self.exercises).check(answer))

    def right(self, key: str, answer: Any) -> bool:
        """Whether an answer is right, for grading."""
        return _pick("exercise", key, self.exercises).right(answer)

    def quiz(self) -> None:
        """Show the quiz."""
        show_quiz(self.number, self.questions)


def _pick(kind: str, key: str, among: Mapping[str, Any]) -> Any:
    if key not in among:
        raise ValueError(f"{kind}: {key!r} is not one of {', '.join(among)}")
    return among[key]
