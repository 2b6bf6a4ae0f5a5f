"""Solutions and judges of lesson 05: hours, not weeks (words: practice.toml)."""

from ketalab.metaanalysis.pooling import pool
from ketalab.models import depression_trials as depression


def one_more_responder():
    better_ketamine, all_ketamine = 30, 47  # people, day 1
    better_midazolam, all_midazolam = 7, 25
    # your turn
    extra = better_ketamine / all_ketamine - better_midazolam / all_midazolam
    needed = 1 / extra  # people
    # done
    return needed


def only_the_spray():
    day = depression.points_after_a_day()
    # your turn
    chosen = day.where(drug="esketamine")
    difference = pool(day.effects[chosen]).estimate  # points, below zero is better
    # done
    return difference


def belief_needed():
    difference = 7.95  # points, ketamine better than midazolam
    right_ketamine = 0.80  # share of the group that guessed correctly
    right_midazolam = 0.70
    # your turn
    unblinding = right_ketamine + right_midazolam - 1
    belief = difference / unblinding  # points
    # done
    return belief


def weekly_sessions():
    median_alone = 18  # days until half relapse, without sessions
    hazard_ratio = 0.49  # while protected
    # your turn
    median_weekly = median_alone / hazard_ratio  # days
    # done
    return median_weekly


def as_good_as_ect():
    # your turn
    reply = (
        "Not so fast. In ELEKT-D response was 55 against 41 percent, but everybody knew the treatment, "
        "and 33 people left before their first ECT against 5 before ketamine. Nobody with psychosis "
        "took part. KetECT, also open, took inpatients and found the opposite: remission 46 percent "
        "with ketamine and 63 with ECT."
    )  # at least 25 words
    # done
    return reply
