"""Lesson 02, Blocking the NMDA receptor.

How does ketamine block a channel that is already blocked by magnesium?
"""
