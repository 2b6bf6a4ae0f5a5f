"""Practice of lesson 04: mTOR, BDNF and new synapses."""

from ketalab import table
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import from_first_day
from ketalab.models import cascade
from ketalab.models.cascade import Blocked
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "rapamycin",
        "In rats, blocking mTORC1 with rapamycin abolished both the new synapses and the effect of "
        "ketamine on behaviour. Then 20 depressed patients swallowed rapamycin before ketamine, and on "
        "another day a placebo before ketamine. Nobody knew which. What happened to their mood?",
        (
            (
                "After rapamycin, ketamine no longer helped",
                "That was the hypothesis. At 24 hours rapamycin had not altered the effect.",
            ),
            (
                "After rapamycin, ketamine helped about half as much",
                "A partial block would have been a fair guess; but at 24 hours nothing was altered.",
            ),
            (
                "Ketamine helped as much, and if anything for longer",
                "Right: no change at 24 hours, and after two weeks more responders with rapamycin, 41% "
                "against 13%. Twenty patients are few; it is one trial.",
            ),
            (
                "Mood got worse",
                "No. At 24 hours the effect was as without rapamycin, and at two weeks 41% had responded "
                "against 13%.",
            ),
        ),
        "Block mTORC1 in the explorable of section 2 and read its last two lines. The trial itself is in "
        "the evidence section.",
    ),
    Prediction(
        "when_most_spines",
        "One session of ketamine. In the model, when are there most new spines?",
        (
            (
                "After about an hour, with the drug",
                "Then glutamate is at its height. The spines wait for all that follows it: about a week.",
            ),
            (
                "After about a day, when mood is best",
                "At one day under a third of them are there. The most comes after about a week.",
            ),
            (
                "After about a week",
                "Right: spines come and go slowly, so they are late, and late to leave.",
            ),
        ),
        "Choose the window of spines and read when it peaks.",
    ),
)


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


def _trkb_kept_spines_lost(answer) -> Judgement:
    """Judge a block by what the model does with it."""
    if not isinstance(answer, Blocked):
        return Judgement(False, "Give a Blocked(...), such as Blocked(ampa=1).")
    p = cascade.parameters()
    hours, whole = cascade.after_sessions(21, p)
    run = cascade.simulate(hours, cascade.surge(hours, p), p, answer)
    trkb, spines = (100 * (run[step].max() - 1) / (whole[step].max() - 1) for step in ("trkb", "spines"))
    if trkb > 95 and spines < 10:
        return Judgement(True, f"TrkB keeps {trkb:.0f} % of its height, the new spines {spines:.0f} %.")
    if trkb <= 95:
        return Judgement(
            False, f"TrkB falls to {trkb:.0f} % of its height: you blocked above it. Go further down."
        )
    return Judgement(False, f"TrkB is kept, but {spines:.0f} % of the new spines are, too. Block more.")


def _course_spines(answer) -> Judgement:
    """Judge parameters by whether their spines are the course's."""
    if not isinstance(answer, cascade.Parameters):
        return Judgement(False, "Give parameters: p.with_values(name=value).")
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
        False, f"That gives {way} spines: they differ by {100 * off:.0f} % of the height at the worst."
    )


EXERCISES = (
    Exercise(
        key="six_hours_of_synthesis",
        title="Six hours of building",
        objective="O1",
        task=(
            "Synaptic proteins have a half-life of 84 h. Suppose mTORC1 doubles their synthesis for 6 h "
            "and then stops. By how many percent is the pool above rest at the end? (With doubled "
            "synthesis the pool heads for twice its resting size, at the speed of its half-life.)"
        ),
        hint=(
            "The distance to the new level halves every 84 h. After 6 h a share $2^{-6/84}$ of it is "
            "still missing."
        ),
        solution=six_hours_of_synthesis,
        judge=number(
            4.83,
            "%",
            "Under 5 %. A signal of hours moves proteins of days only a little, unless synthesis rises "
            "many times.",
            (
                (100, "That is where it would end if synthesis stayed doubled for weeks."),
                (95.17, "That is what is still missing. The pool has gained the rest."),
                (7.14, "You divided 6 by 84. The half-life is not the time constant, and the path bends."),
                (0.0483, "That is the fraction; the answer is asked for in percent."),
                (6.9, "You used 84 h as the time constant; it is the half-life: use powers of 2."),
            ),
            tolerance=0.015,
        ),
        wrong={
            "doubled": 100,
            "missing": 95.17,
            "linear": 7.14,
            "fraction": 0.0483,
            "time constant": 6.9,
            "low": 3.0,
        },
    ),
    Exercise(
        key="day_three",
        title="Count the mice",
        objective="O3",
        task=(
            "Change the code. The table has a row for every dendrite; `change` is its spine density in "
            "percent above the mouse's first day. Average within each mouse, then within each treatment. "
            "What is ketamine minus saline on day 3, in points?"
        ),
        hint=(
            "Two groupings, one after the other: first by treatment and mouse, then by treatment. A mouse "
            "with fourteen dendrites must not count fourteen times."
        ),
        solution=day_three,
        judge=number(
            14.85,
            "points",
            "And now say how many mice that is: three against two.",
            (
                (15.9, "You averaged dendrites. A mouse with more of them counted more often."),
                (-14.85, "You subtracted the other way round: ketamine minus saline was asked."),
                (-9.36, "You compared densities. The mice differed before the injection: use `change`."),
                (-3.44, "That is the ketamine mice alone. Without controls you would call it a loss."),
                (17.16, "You took medians of two and three mice. The mean was asked."),
            ),
            tolerance=0.02,
        ),
        wrong={
            "dendrites": 15.9,
            "reversed": -14.85,
            "densities": -9.36,
            "no control": -3.44,
            "median": 17.16,
            "low": 12.0,
        },
        imports=(
            "from ketalab import table\n"
            "from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import from_first_day"
        ),
    ),
    Exercise(
        key="trkb_without_spines",
        title="Keep the receptor, lose the spine",
        objective="O2",
        task=(
            "Change the code: find a block that leaves TrkB at more than 95 % of its height and keeps "
            "fewer than 10 % of the new spines. The arguments of `Blocked` are `ampa`, `bdnf`, `mtorc1` "
            "and `protein`, each from 0 to 1. The check runs the model and accepts every block that works."
        ),
        hint="A block removes what lies downstream. Which steps lie between TrkB and the spines?",
        solution=trkb_without_spines,
        judge=_trkb_kept_spines_lost,
        wrong={
            "too early": Blocked(ampa=1),
            "too early still": Blocked(bdnf=0.9),
            "too little": Blocked(mtorc1=0.5),
            "nothing": Blocked(),
            "not a block": "mtorc1",
        },
        imports="from ketalab.models import cascade\nfrom ketalab.models.cascade import Blocked",
    ),
    Exercise(
        key="same_spines",
        title="Two models, one picture",
        objective="O5",
        task=(
            "Change the code: a colleague insists that extra protein makes half as many spines as we say "
            "(`gain_spine` 5, not 10). Find another parameter to change so that her model draws the same "
            "spines as ours. What do the spine counts then tell you about either gain?"
        ),
        hint="Spines answer to extra protein, and extra protein to `gain_protein`.",
        solution=same_spines,
        judge=_course_spines,
        wrong={
            "left as it is": cascade.parameters().with_values(gain_spine=5),
            "wrong way": cascade.parameters().with_values(gain_spine=5, gain_protein=2.5),
            "overdone": cascade.parameters().with_values(gain_spine=5, gain_protein=20),
            "gave up": cascade.parameters(),
            "a number": 10,
        },
        imports="from ketalab.models import cascade",
    ),
    Exercise(
        key="rats_and_people",
        title="Rats and people",
        objective="O4",
        task=(
            "A classmate says: *Rapamycin did not stop ketamine in patients, so mTOR has nothing to do "
            "with it.* Another: *It worked in rats, so the trial must be wrong.* Write a reply to both. "
            "Name something the trial cannot show, and something the rats cannot."
        ),
        hint="How many patients? Where did the rapamycin go, in the rats and in the patients?",
        solution=rats_and_people,
        judge=argument(
            (
                Point(
                    "how much rapamycin reached the brain",
                    ("brain", "dose", "barrier", "exposure", "measured", "swallow", "oral"),
                    "A swallowed tablet is not an injection into the cortex.",
                ),
                Point(
                    "how large or how often repeated the trial was",
                    ("20", "twenty", "small", "few", "one trial", "replic", "repeat"),
                    "Look at the number of patients.",
                ),
                Point(
                    "that rats are not people",
                    ("rat", "rodent", "animal", "species"),
                    "Say what the result in rats does not settle.",
                ),
            ),
            "You weighed both tests instead of choosing one.",
        ),
        wrong={
            "too short": "The trial was too small.",
            "no brain": (
                "The trial had only twenty patients and was never repeated, and rats are not people, so "
                "nobody can know anything about this from either of these two studies, whatever they say."
            ),
            "no rats": (
                "The trial had twenty patients and nobody measured whether the swallowed dose reached the "
                "brain, so it cannot say much about this question, however careful the blinding was."
            ),
        },
    ),
)

QUESTIONS = (
    Question(
        "O2",
        "mTORC1 is blocked completely. What is left in the model?",
        (
            Option("Nothing: the whole chain stops", "A block does not reach upstream."),
            Option(
                "BDNF and TrkB as before, no extra protein, no new spines",
                "Yes: what lies downstream goes, what lies upstream stays.",
                right=True,
            ),
            Option("Spines, but fewer", "A complete block leaves none, in a chain without a second route."),
            Option("Mood improves less", "There is no mood in this model. That is one of its limits."),
        ),
    ),
    Question(
        "O3",
        "Mice given ketamine had more spines than mice given saline two weeks after the injection. What do "
        "you ask first?",
        (
            Option(
                "How many mice there were in each group by then, and what the saline mice did meanwhile",
                "Yes: at day 15 three mice against one, and the saline mice had lost spines.",
                right=True,
            ),
            Option("How many dendrites were counted", "Dendrites of one mouse are not independent."),
            Option("Whether the mice felt better", "A fair question, but not about the spines."),
            Option("Which microscope was used", "It matters, but it does not decide how sure we are."),
        ),
    ),
    Question(
        "O4",
        "In people, a PET marker of synapses did not change measurably 24 hours after ketamine, although "
        "symptoms fell. What follows?",
        (
            Option("Ketamine makes no synapses in people", "One marker, one time: absence was not shown."),
            Option(
                "Relief at 24 hours does not need a change this large in this marker",
                "Yes. Smaller, later or local changes stay possible.",
                right=True,
            ),
            Option("The mice were wrong", "Mice, other methods, other times: both can be right."),
            Option("PET cannot see synapses", "It found fewer in a mouse model of stress; it sees some."),
        ),
    ),
    Question(
        "O5",
        "All unknown rates vary tenfold. Which conclusion still holds in every model brain?",
        (
            Option("Spines are 5 % or more above rest on day 3", "In about two thirds of them only."),
            Option("Ketamine helps for two weeks", "The model holds no symptoms at all."),
            Option("BDNF doubles", "How much BDNF rises is one of the unknowns."),
            Option(
                "Spines peak after the first day",
                "Yes: the order of the steps survives, their size does not.",
                right=True,
            ),
        ),
    ),
)
