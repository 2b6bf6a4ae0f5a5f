"""From lessons to what a reader opens: refreshed notebooks, figures and slide decks."""
