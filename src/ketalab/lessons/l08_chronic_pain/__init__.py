"""Lesson 08, Chronic pain.

Does ketamine undo pain that has become chronic?
"""
