"""Lesson 09, Anaesthesia and emergency.

Why is a fifty-year-old anaesthetic still in use, even in some ambulances?
"""
