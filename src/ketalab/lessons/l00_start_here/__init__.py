"""Lesson 00, Start here.

What is ketamine, why is it interesting, and how do I use this course?
"""
