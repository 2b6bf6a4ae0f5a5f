"""Solutions and judges of lesson 13: the article on trial (words: practice.toml)."""

import numpy as np

from ketalab import table
from ketalab.data.certainty import surviving


def size_for_the_money():
    people, points = 139, 3.0  # in each group, to find this benefit with a chance of 80%
    print(f"{people} in each group find {points:g} points, {4 * people} in each find {points / 2:g}")
    # your turn
    found = points * (people / 500) ** 0.5
    # done
    return found


def kappa_of_two_readers():
    # rows: her verdict, columns: the ledger's (holds, holds in part, does not hold)
    counts = np.array([[3, 2, 0], [0, 1, 1], [0, 0, 5]])
    shares = counts / counts.sum()
    print(f"they agree on {np.trace(counts)} of {counts.sum()}")
    # your turn
    chance = shares.sum(axis=1) @ shares.sum(axis=0)
    kappa = (np.trace(shares) - chance) / (1 - chance)
    # done
    return kappa


def people_kept_well():
    relapsed, relapsed_control = 0.267, 0.453
    print(f"relative: {100 * (1 - relapsed / relapsed_control):.0f}% fewer relapses")
    # your turn
    people = 1 / (relapsed_control - relapsed)
    # done
    return people


def weeks_until_five():
    claims = table("claims")
    standing = surviving(claims, comparison="active placebo", weeks=0)
    print(f"{standing.sum()} claims of benefit have beaten an active placebo or a treatment")
    # your turn
    weeks = 0
    while surviving(claims, comparison="active placebo", weeks=weeks).sum() >= 5:
        weeks += 1
    # done
    return weeks


def conclusion():
    # your turn
    text = (
        "In treatment-resistant depression ketamine lowers scores within a day more than placebo or "
        "midazolam does, and the effect of one dose fades within days. Blinding is poor, so expectancy "
        "may explain part of it. Against ECT two open trials disagree. Whether it saves lives, lasts "
        "without further doses, or works better with therapy is not known. It needs supervision."
    )  # at least 25 words
    # done
    return text
