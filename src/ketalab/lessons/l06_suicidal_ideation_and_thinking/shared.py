"""Explorables of the lesson on suicidal thoughts: the first two weeks, the pool, a trial on rare events."""

OPEN = {"linestyle": "none", "markerfacecolor": "white", "markeredgewidth": 2.4}
