"""Solutions and judges of lesson 11: ketamine-assisted psychotherapy (words: practice.toml)."""

import numpy as np
from scipy import stats

from ketalab import table
from ketalab.models.mediation import CausalModel, exact
from ketalab.practice.answers import instance
from ketalab.practice.exercise import Judgement
from ketalab.text import real_minus


def people_on_day_seven():
    r, printed_p = 0.41, 0.01

    def p_value(people):
        """P of a correlation of r among this many people."""
        t = r * np.sqrt((people - 2) / (1 - r**2))
        return 2 * stats.t.sf(t, people - 2)

    print(f"108 people would give P = {p_value(108):.6f}")
    # your turn
    people = 4
    while p_value(people) > printed_p:
        people += 1
    # done
    return people


def lowest_link():
    r, people = 0.35, 58
    # your turn
    z = np.arctanh(r)
    low = np.tanh(z - 1.96 / np.sqrt(people - 3))
    # done
    return low


def talking_people():
    rows = table("therapy_contrasts").query("isolates == 'therapy'")
    print(rows[["label", "added", "n", "finding", "reference"]].to_string(index=False))
    # your turn
    talk = rows[(rows.finding != "no result yet") & (rows.added != "computer training of self-worth")]
    people = talk.groupby("reference").n.first().sum()
    # done
    return people


def a_false_mediator():
    print(
        f"cause: {exact(CausalModel(indirect=0.4))['product']:.2f} credited, "
        f"{CausalModel(indirect=0.4).truth:.2f} true"
    )
    # your turn
    world = CausalModel(confounder=0.6, loading=0.8)  # a CausalModel(...)
    # done
    return world


def leaflet():
    # your turn
    reply = (
        "Perhaps, but no trial compared two times for therapy after ketamine, so nobody knows the best. "
        "The window comes from rodents and a model. Your follow-up had no comparison group, and nearly all "
        "patients were lost by six months. Where therapy was randomised, the interval included no "
        "difference."
    )  # at least 25 words
    # done
    return reply


def judge_a_false_mediator(answer) -> Judgement:
    """Judge a world by what mediation and masking say of it."""
    instance(answer, CausalModel, "a CausalModel(...), such as CausalModel(confounder=0.2, loading=0.5)")
    found = exact(answer)
    if answer.truth != 0:
        return Judgement(
            False,
            real_minus(f"Here the experience does bring {answer.truth:.2f} SD. Set `indirect` back to 0."),
        )
    if found["slope"] >= 0.5 > found["product"]:
        return Judgement(
            False,
            f"The slope is fooled, but mediation credits {found['product']:.2f} SD: you measured the tie.",
        )
    if found["product"] < 0.5:
        return Judgement(
            False,
            f"Mediation credits {found['product']:.2f} SD. What else could tie experience and benefit?",
        )
    if abs(found["masking"]) > 0.1:
        return Judgement(
            False,
            f"Masking still finds {found['masking']:.2f} SD: hope works only in people who feel the drug.",
        )
    return Judgement(
        True,
        f"Mediation credits {found['product']:.2f} SD to an experience that does nothing; putting people "
        f"to sleep shows {found['masking']:.2f} SD.",
    )


def wrong_a_false_mediator():
    return {
        "a cause": CausalModel(indirect=0.4),
        "nothing": CausalModel(),
        "hope": CausalModel(expectancy=1.5),
        "measured": CausalModel(confounder=0.6, loading=0.8, measured=1),
        "not a world": 0.8,
    }
