"""Lesson 08, Chronic pain.

Does ketamine reverse pain that has learned to stay?
"""
