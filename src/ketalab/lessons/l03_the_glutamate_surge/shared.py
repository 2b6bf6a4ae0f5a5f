"""Explorables of the lesson on the glutamate surge: who is blocked first, and how dose makes a surge."""


def signed(glutamate: float) -> str:
    """A change in percent with its sign."""
    percent = round(100 * (float(glutamate) - 1))
    return f"{percent:+,d}%" if percent else "0%"
