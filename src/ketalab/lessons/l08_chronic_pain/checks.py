"""Solutions and judges of lesson 08: chronic pain (words: practice.toml)."""

from math import exp

import numpy as np

from ketalab.models import sensitisation as s


def climb():
    fade, interval = 5.0, 2.0  # s, time constant and time between pulses
    jump = 3.0  # mV left by each pulse
    # your turn
    kept = exp(-interval / fade)  # share left when the next pulse comes
    highest = jump * kept / (1 - kept)  # mV, just before a pulse
    # done
    return highest


def fade():
    difference = 5.45 - 2.68  # points, at day 7
    half_life = 10.9  # days
    # your turn
    later = difference * 0.5 ** ((28 - 7) / half_life)  # points, at day 28
    # done
    return later


def spared():
    without = 180  # of 1,000 people have nausea
    risk_ratio = 0.95
    # your turn
    fewer = without * (1 - risk_ratio)  # people of 1,000
    # done
    return fewer


def halve_it():
    blocks = np.linspace(0, 1, 1001)  # share of the NMDA channels
    growth = s.wind_up(s.Neurone(), 2.0, 16, blocks)[:, -1] - 1  # of pulse 16, one pulse every 2 s
    # your turn
    enough = 100 * blocks[np.argmax(growth <= growth[0] / 2)]  # %
    # done
    return enough


def breaks_halve_it(percent):
    """What is wrong with a block that takes away less than half of the growth."""
    growth = s.wind_up(s.Neurone(), 2.0, 16, np.array([0.0, percent / 100]))[:, -1] - 1
    if growth[1] > growth[0] / 2 * (1 + 1e-9):
        left = 100 * growth[1] / growth[0]
        return f"{percent:g}% leaves {left:.1f}% of the growth, so it takes away less than half of it."
    return ""


def reset_argument():
    # your turn
    reply = (
        "The trial behind it had 60 people and pain fell by almost three points in week 1. But at week "
        "12 the difference was no longer significant, and function had not improved, so nothing was "
        "reset. Effects on the mind in 76 against 18% mean that most could guess what they got, which "
        "can inflate the relief. Other trials, such as the one in nerve pain, found no clear difference."
    )  # at least 25 words
    # done
    return reply
