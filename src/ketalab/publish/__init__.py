"""From lessons to what a reader opens: refreshed notebooks, figures and slide decks."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
