"""Solutions and judges of lesson 10: ketamine and traditional antidepressants (words: practice.toml)."""

from dataclasses import replace

from ketalab.models import pathway


def risk_difference():
    with_drug, on_drug = 142, 346  # dissociation on esketamine, of how many
    with_placebo, on_placebo = 21, 222
    # your turn
    extra = 100 * (with_drug / on_drug - with_placebo / on_placebo)  # of 100 people
    # done
    return extra


def placebo_share():
    ratio = 1.64  # responders on SSRI over placebo, week 1
    difference = 4  # percentage points
    # your turn
    placebo = difference / (ratio - 1)  # % of people on placebo
    # done
    return placebo


def with_those_who_left():
    remission = [0.368, 0.306, 0.137, 0.130]
    goes_on = [0.620, 0.378, 0.335, 0.0]  # of those who did not remit
    # your turn
    in_care, total = 1.0, 0.0
    for reached, onward in zip(remission, goes_on, strict=True):
        total += in_care * reached
        in_care *= (1 - reached) * onward
    # done
    return total


def worth_of_a_call():
    steps = list(pathway.published())
    # your turn
    wanted = 0.337  # well at 12 months, with esketamine at step 3
    goes_on = 0.620  # after step 1, as counted
    while pathway.cohort([replace(steps[0], goes_on=goes_on), *steps[1:]], 13)[0, -1, 1] < wanted:
        goes_on += 0.001
    # done
    return goes_on


def fair_reply():
    # your turn
    reply = (
        "The two numbers come from different people: in the ketamine trial two or more drugs had failed, "
        "in the SSRI trials most were in primary care. The comparison differs, too: midazolam in one and a "
        "placebo tablet in the other, and people can feel an infusion, so they were hardly blind. The "
        "times are 24 hours and several weeks. What counts is the difference from the control group, in "
        "one trial that randomises the same people to both."
    )  # at least 25 words
    # done
    return reply
