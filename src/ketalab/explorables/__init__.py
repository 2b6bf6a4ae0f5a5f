"""Describe what a hand can move, and show it: one description, several viewers."""
