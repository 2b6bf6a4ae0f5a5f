"""Solutions and judges of lesson 04: mTOR, BDNF and new synapses (words: practice.toml)."""

from ketalab import table
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import from_first_day
from ketalab.models import cascade
from ketalab.models.cascade import Blocked
from ketalab.practice.answers import instance
from ketalab.practice.exercise import Judgement


def six_hours_of_synthesis():
    half_life = 84  # h, synaptic protein
    hours = 6  # h, for which synthesis is doubled
    # your turn
    extra = 100 * (1 - 2 ** (-hours / half_life))  # percent above rest
    # done
    return extra


def day_three():
    dendrites = from_first_day(table("dendritic_spines")).query("day == 3")
    print(dendrites[["treatment", "mouse", "branch", "change"]].head(3).to_string(index=False))
    # your turn
    mice = dendrites.groupby(["treatment", "mouse"]).change.mean()
    means = mice.groupby("treatment").mean()
    difference = means["ketamine"] - means["saline"]  # points
    # done
    return difference


def trkb_without_spines():
    p = cascade.parameters()
    _, whole = cascade.after_sessions(21, p)
    print(f"heights: TrkB {whole['trkb'].max():.2f}, spines {whole['spines'].max():.2f} times rest")
    # your turn
    blocked = Blocked(mtorc1=1)  # a Blocked(...)
    # done
    return blocked


def same_spines():
    p = cascade.parameters().with_values(gain_spine=5)  # half of the course's value
    print(f"gain_protein is {p.gain_protein:g}")
    # your turn
    changed = p.with_values(gain_protein=10)  # other parameters that give the course's spines
    # done
    return changed


def rats_and_people():
    # your turn
    reply = (
        "The trial does not say that mTORC1 has nothing to do with it. It had 20 patients, so it is one "
        "small trial. We do not know whether a swallowed dose blocked mTORC1 in the brain, because nobody "
        "measured it there; in rats it was put into the cortex. But it does say that the result in rats "
        "may not simply be carried over to people, and that is what the article does."
    )  # at least 25 words
    # done
    return reply


EXACTLY = 1e-6  # percentage points: 10% that the model gives as 9.9999999 are not fewer than 10%


def judge_trkb_without_spines(answer) -> Judgement:
    """Judge a block by what the model does with it."""
    instance(answer, Blocked, "a Blocked(...), such as Blocked(ampa=1)")
    p = cascade.parameters()
    hours, whole = cascade.after_sessions(21, p)
    run = cascade.simulate(hours, cascade.surge(hours, p), p, answer)
    trkb, spines = (100 * (run[step].max() - 1) / (whole[step].max() - 1) for step in ("trkb", "spines"))
    if trkb <= 95 + EXACTLY:
        return Judgement(
            False, f"TrkB falls to {trkb:.0f}% of its height: you blocked above it. Go further down."
        )
    if spines >= 10 - EXACTLY:
        exactly = " exactly" if spines <= 10 + EXACTLY else ""
        fewer = " Fewer than 10% were asked for." if exactly else " Block more."
        return Judgement(
            False, f"TrkB is kept, but{exactly} {spines:.0f}% of the new spines are, too.{fewer}"
        )
    return Judgement(True, f"TrkB keeps {trkb:.0f}% of its height, the new spines {spines:.1f}%.")


def judge_same_spines(answer) -> Judgement:
    """Judge parameters by whether their spines are the course's."""
    instance(answer, cascade.Parameters, "parameters, such as p.with_values(gain_protein=3)")
    course = cascade.parameters()
    hours, ours = cascade.after_sessions(21, course)
    theirs = cascade.simulate(hours, cascade.surge(hours, answer), answer)
    off = max(abs(theirs["spines"] - ours["spines"])) / (ours["spines"].max() - 1)
    if answer.gain_spine != 5:
        return Judgement(False, "Keep gain_spine at 5; change something else.")
    if off < 0.02:
        return Judgement(
            True,
            "The spines cannot tell the two apart: spine counts alone fix only the product of the gains.",
        )
    way = "too few" if theirs["spines"].max() < ours["spines"].max() else "too many"
    return Judgement(
        False, f"That gives {way} spines: they differ by {100 * off:.0f}% of the height at the worst."
    )


def wrong_trkb_without_spines():
    return {
        "too early": Blocked(ampa=1),
        "exactly a tenth": Blocked(mtorc1=0.9),
        "too early still": Blocked(bdnf=0.9),
        "too little": Blocked(mtorc1=0.5),
        "nothing": Blocked(),
        "not a block": "mtorc1",
    }


def wrong_same_spines():
    return {
        "left as it is": cascade.parameters().with_values(gain_spine=5),
        "wrong way": cascade.parameters().with_values(gain_spine=5, gain_protein=2.5),
        "overdone": cascade.parameters().with_values(gain_spine=5, gain_protein=20),
        "gave up": cascade.parameters(),
        "a number": 10,
    }
