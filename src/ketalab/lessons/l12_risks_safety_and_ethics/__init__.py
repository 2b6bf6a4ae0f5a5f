"""Lesson 12, Risks, safety and ethics.

What can go wrong, how often, and who should decide?
"""
