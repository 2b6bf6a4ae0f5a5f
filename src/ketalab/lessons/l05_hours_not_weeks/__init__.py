"""Lesson 05, Hours, not weeks.

How fast and how long does ketamine help in depression, and compared with what?
"""
