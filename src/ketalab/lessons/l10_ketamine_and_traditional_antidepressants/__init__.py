"""Lesson 10, Ketamine and traditional antidepressants.

How do ketamine and oral antidepressants compare, fairly?
"""
