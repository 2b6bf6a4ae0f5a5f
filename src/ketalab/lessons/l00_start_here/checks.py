"""Solutions and judges of lesson 00: start here (words: practice.toml)."""

from ketalab.data import table
from ketalab.practice.exercise import number


def years_to_depression():
    timeline = table("timeline")
    years = timeline.date.str[:4].astype(int)
    made = years[timeline.event.str.contains("first makes ketamine")].iloc[0]
    report = years[timeline.event.str.contains("Berman")].iloc[0]
    # your turn
    waited = report - made  # years
    # done
    return waited


def further_down():
    ketamine_before, saline_before = 25.1, 29.9
    # your turn
    ketamine, saline = 15.9, 18.5  # after 7 days, from the explorable
    further = (saline_before - saline) - (ketamine_before - ketamine)
    # done
    return further


def overstated_efficacy():
    claims = table("claims")
    example = claims[(claims.kind == "mechanism") & (claims.verdict == "contested")]
    print(len(example), "claims of mechanism are contested")
    # your turn
    chosen = claims[(claims.kind == "efficacy") & (claims.verdict == "overstated")]
    count = len(chosen)  # a whole number
    # done
    return count


def what_it_shows():
    # your turn
    reply = (
        "In this one trial both groups improved, including the people who got saline, so the fall after "
        "ketamine cannot all be the drug. But the trial was small, forty people, and the interval of "
        "the difference is wide: a real effect could hide in it. And it was given under anaesthesia, "
        "where nobody felt it, which is not how ketamine is used for depression."
    )  # at least 25 words
    # done
    return reply


def judge_overstated_efficacy(answer):
    """Judge the count against the ledger as it is, so that a changed verdict changes the answer."""
    claims = table("claims")
    efficacy, overstated = claims.kind == "efficacy", claims.verdict == "overstated"
    unsupported = claims.verdict == "unsupported"
    count = int((efficacy & overstated).sum())
    mistakes = (
        (
            overstated.sum(),
            "That counts overstated claims of every kind. Add the condition on kind.",
        ),
        (efficacy.sum(), "That counts all efficacy claims. Add the condition on verdict."),
        ((efficacy & unsupported).sum(), "That counts unsupported claims, not overstated ones."),
        ((efficacy | overstated).sum(), "That joins the conditions with | (or). You want both: &."),
    )
    right = "These claims of benefit say more than the trials do. Each has a lesson that shows why."
    return number(count, "claims", f"{count}. {right}", (str(count),), mistakes)(answer)


def wrong_overstated_efficacy():
    return {"no kind": 9, "no verdict": 26, "unsupported": 5, "or": 29, "one": 1}
