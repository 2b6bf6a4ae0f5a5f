"""Lesson 07, PTSD, anxiety, OCD and alcohol.

How strong is the evidence outside depression?
"""
