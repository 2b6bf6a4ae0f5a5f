"""Lesson 11, Ketamine-assisted psychotherapy.

Does therapy add to ketamine, or ketamine to therapy?
"""
