"""Lesson 03, The glutamate surge.

How can a blocker raise glutamate?
"""
