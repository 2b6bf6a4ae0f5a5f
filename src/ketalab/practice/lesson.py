"""A lesson's predictions, checks, exercises and quiz."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from IPython.display import display

from ketalab.practice.exercise import Exercise
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Check, Question, Quiz
from ketalab.practice.variants import variants


@dataclass(frozen=True)
class Lesson:
    """What can be done in one lesson."""

    number: str
    predictions: Mapping[str, Prediction]
    exercises: Mapping[str, Exercise]
    questions: Sequence[Question]
    checks: Mapping[str, Question]

    def predict(self, key: str) -> Prediction:
        """Show a prediction to commit to."""
        return _pick("prediction", key, self.predictions)

    def check(self, key: str, answer: Any) -> None:
        """Say whether an answer is right and, when it is not, what went wrong; show what to compare an
        argument with, without a verdict."""
        judgement = _pick("exercise", key, self.exercises).judgement(answer)
        if judgement.review:
            display(judgement.review)
        else:
            print(judgement)

    def check_question(self, key: str) -> Check:
        """Show the question after a section."""
        return Check(_pick("check", key, self.checks))

    def right(self, key: str, answer: Any) -> bool:
        """Whether an answer is right, for grading."""
        return _pick("exercise", key, self.exercises).right(answer)

    def quiz(self) -> Quiz:
        """Show the quiz."""
        return Quiz(tuple(self.questions))

    def varied(self, seed: str) -> "Lesson":
        """The same lesson with other numbers in every exercise whose numbers vary, drawn from the seed, for
        an assignment: the lesson itself shows its solutions."""
        return replace(
            self,
            exercises={
                key: variants(one, seed, 1, verified=True)[0] if one.recipe else one
                for key, one in self.exercises.items()
            },
        )


def _pick(kind: str, key: str, among: Mapping[str, Any]) -> Any:
    if key not in among:
        raise ValueError(f"{kind}: {key!r} is not one of {', '.join(among)}")
    return among[key]
