"""What a student does in a lesson: predict, practise, check, and be quizzed."""

from ketalab.practice.lesson import Lesson, lesson

__all__ = ["Lesson", "lesson"]
