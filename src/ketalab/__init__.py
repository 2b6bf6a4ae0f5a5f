"""Ketamine in supervised medical care: the package behind the teaching notebooks."""

__version__ = "0.1.0"
