"""Lesson 01, From dose to brain.

What happens to a dose of ketamine between the needle and the brain, and why forty minutes?
"""
