"""Lesson 13, The article on trial.

Which claims of the article hold?
"""
