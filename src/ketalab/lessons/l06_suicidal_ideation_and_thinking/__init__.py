"""Lesson 06, Suicidal ideation and thinking.

What was shown about suicidal thoughts, and what was not?
"""
