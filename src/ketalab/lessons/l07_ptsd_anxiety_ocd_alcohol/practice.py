"""Practice of lesson 07: PTSD, anxiety, OCD and alcohol."""

from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.trials import mapped_trials
from ketalab.metaanalysis import next_trial
from ketalab.metaanalysis.effect_size import HEDGES_G
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "people_with_ocd",
        "The article says that preliminary research indicates a benefit in OCD. We found two randomised "
        "trials. How many people were in both together?",
        (
            ("About 30", "Right: 27 people, 15 and 12. Preliminary is the right word."),
            ("About 300", "It is 27, 15 and 12. A trial of 120 has been planned; we could read no result."),
            ("About 3000", "It is 27, 15 and 12. No condition in this lesson has had 3000 people."),
        ),
        "Look at the OCD row of the map, and read the scale below it.",
    ),
    Prediction(
        "before_a_reminder",
        "You learned to fear a tone. Ketamine is in your blood when the tone is played once more, without "
        "the shock. How strong is your fear of the tone a day later?",
        (
            (
                "Weaker: the drug blocks what a memory needs",
                "It was stronger in 18 volunteers and in rats. Blocking is only one thing ketamine does.",
            ),
            ("The same", "It was stronger, in 18 volunteers and in rats."),
            (
                "Stronger",
                "Right: in 18 volunteers and in rats. A reminder under ketamine is not a safe thing "
                "by itself.",
            ),
        ),
        "Choose each account in turn, and see which marks it rings.",
    ),
    Prediction(
        "what_small_trials_print",
        "Many trials, 15 people in each group, look for a true effect of 0.3 standard deviations. "
        "Take those "
        "that come out “significant”. How large is the effect they print, on average?",
        (
            (
                "About 0.3",
                "No: with groups this small, 0.3 can't be significant. They print 3.0 times as much.",
            ),
            ("About 0.5", "More: to be significant they must be lucky. They print 3.0 times the truth."),
            (
                "About 0.9",
                "Right: 3.0 times the truth. Only the lucky ones pass, and luck is what they print.",
            ),
        ),
        "Set 15 people and a true effect of 0.3, then look at the dashed line.",
    ),
)


def how_sure():
    low, high = -0.08, 0.48
    # your turn
    standard_error = (high - low) / (2 * 1.96)
    # done
    return standard_error


def half_as_wide():
    people, times_narrower = 96, 2
    # your turn
    needed = people * times_narrower**2
    # done
    return needed


def people_not_votes():
    trials = mapped_trials()
    trials = trials[(trials.indication == "PTSD") & (trials.direction != "no comparison")]
    print(trials[["trial", "n", "direction"]].to_string(index=False))
    # your turn
    without = trials[trials.direction == "no clear difference"]
    share = without.n.sum() / trials.n.sum()
    # done
    return share


def enough_people():
    def power(group):
        """Chance that a trial with this many in each group finds a true effect of 0.2."""
        se = next_trial.standard_error_of_trial(HEDGES_G, group, effect=0.2)
        return next_trial.power(0.2, se)

    print(f"50 in each group: {power(50):.2f}")
    # your turn
    group = 2
    while power(group) < 0.8:
        group += 1
    # done
    return group


def a_window():
    # your turn
    reply = (
        "Perhaps, but no trial has shown it. In the one controlled trial, people with PTSD recalled their "
        "trauma, had ketamine or midazolam and then exposure therapy; both groups improved equally. And a "
        "memory recalled while ketamine was in the blood came back stronger in healthy volunteers "
        "and rats. "
        "So timing matters. The larger trial against midazolam, with therapy in all arms, would "
        "decide more."
    )  # at least 30 words
    # done
    return reply


def _powerful(answer) -> Judgement:
    """Judge a group size by the power it gives."""
    group = float(answer)
    if not 2 <= group <= 1_000_000:
        return Judgement(False, "People in each group: a number between 2 and a million.")
    power = next_trial.power(0.2, next_trial.standard_error_of_trial(HEDGES_G, group, effect=0.2))
    if group == 790 or group == 788:
        return Judgement(False, "That is both groups together. The question asks for one group.")
    if 0.795 <= power <= 0.81:
        return Judgement(
            True, f"{group:.0f} in each group give a power of {power:.2f}. All trials had 221."
        )
    side = "too few" if power < 0.8 else "more than you need"
    return Judgement(False, f"{group:.0f} in each group give a power of {power:.2f}: {side}.")


EXERCISES = (
    Exercise(
        key="how_sure",
        title="From an interval to its standard error",
        objective="O2",
        task=(
            "The bias-corrected pool in PTSD prints 0.20, with a 95 % interval from −0.08 to 0.48. What is "
            "the standard error behind it? A 95 % interval reaches 1.96 standard errors to each side."
        ),
        hint="The whole width is 2 × 1.96 standard errors.",
        solution=how_sure,
        judge=number(
            0.14286,
            "",
            "0.14. The estimate is 1.4 standard errors from no effect: less than 1.96, so zero is inside.",
            (
                (0.28571, "That is the width divided by 1.96. It reaches 1.96 to each of two sides."),
                (0.56, "That is the width itself. Divide it by 2 × 1.96."),
                (0.10204, "You used 0.20 as half the width. Take the ends of the interval."),
            ),
        ),
        wrong={"one side": 0.28571, "width": 0.56, "percent": 14.286, "estimate": 0.10204, "low": 0.05},
    ),
    Exercise(
        key="half_as_wide",
        title="Half as wide",
        objective="O2",
        task=(
            "The alcohol trial had 96 people and an interval of 1.1 to 19.0 percentage points. How many "
            "people, all told, would halve its width?"
        ),
        hint="The width goes with one over the square root of the number of people.",
        solution=half_as_wide,
        judge=number(
            384,
            "people",
            "Four times as many people for half the width. The trial that follows it plans 280.",
            (
                (192, "Twice as many people shrink the width by the root of two only, to 71 %."),
                (288, "Those are the additional people. All told it is 96 more."),
                (136, "You multiplied by the root of two. Square the factor, don't take its root."),
                (768, "You multiplied by eight. Two squared is four."),
            ),
        ),
        wrong={"double": 192, "additional": 288, "root": 136, "eight": 768, "low": 100},
    ),
    Exercise(
        key="people_not_votes",
        title="Count people, not votes",
        objective="O1",
        task=(
            "In PTSD two trials found a benefit, two no clear difference, one was mixed: a draw. Now "
            "change "
            "the code and count people. What share of all people in these five trials was in one "
            "that found "
            "no clear difference?"
        ),
        hint=(
            "Choose the rows whose `direction` is 'no clear difference', add up `n`, divide by the "
            "sum of all."
        ),
        solution=people_not_votes,
        judge=number(
            0.67003,
            "",
            "Two thirds of the people. Counting trials gives a trial of 30 the same say as one of 158.",
            (
                (0.4, "You counted trials: two of five. Count the people in them."),
                (0.53199, "That is the largest trial alone. There is a second without a clear difference."),
                (0.23906, "That is the share in trials that found a benefit."),
                (67.003, "That is in percent. A fraction is asked for."),
            ),
        ),
        wrong={"trials": 0.4, "one": 0.53199, "benefit": 0.23906, "percent": 67.003, "low": 0.1},
        imports="from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.trials import mapped_trials",
    ),
    Exercise(
        key="enough_people",
        title="Enough people",
        objective="O4",
        task=(
            "Suppose the true effect in PTSD is 0.2, as the bias-corrected pool says. Change the code: how "
            "many people in each group give a new trial a power of 80 %? The check puts your number in."
        ),
        hint="Start at 2 and add one person to each group until `power(group)` reaches 0.8.",
        solution=enough_people,
        judge=_powerful,
        wrong={"as today": 110, "both": 790, "guess": 50, "far": 2000, "nonsense": -3},
        imports=(
            "from ketalab.metaanalysis import next_trial\n"
            "from ketalab.metaanalysis.effect_size import HEDGES_G"
        ),
    ),
    Exercise(
        key="a_window",
        title="A window for therapy?",
        objective="O3",
        task=(
            "A clinic writes: *Ketamine opens a window in which traumatic memories can be safely "
            "rewritten.* "
            "Write a reply that names what the controlled trial of the combination found, what a reminder "
            "under ketamine did to a memory, and what would decide."
        ),
        hint="Section 5 and the trial of 27 people. Which trial is under way?",
        solution=a_window,
        judge=argument(
            (
                Point(
                    "what the controlled trial found",
                    ("midazolam", "equal", "both groups", "no difference", "did not differ", "duek"),
                    "In one trial everyone had exposure therapy; what did ketamine add to symptoms?",
                ),
                Point(
                    "what a reminder under ketamine did",
                    ("stronger", "strengthen"),
                    "What happened to a fear memory recalled under ketamine?",
                ),
                Point(
                    "what would decide",
                    ("would decide", "larger", "trial under way", "would need", "randomis", "would settle"),
                    "Which trial, against what, could prove the clinic wrong?",
                ),
            ),
            "You asked for evidence without denying the idea.",
            least_words=30,
        ),
        wrong={
            "too short": "That is not proven.",
            "only against": "A memory recalled under ketamine came back stronger in volunteers and in rats "
            "a day later, which is the opposite of what the clinic hopes for, and it may harm someone with "
            "trauma who is left alone.",
            "no test": "In the one trial both groups improved equally with ketamine and midazolam, and in "
            "volunteers a memory recalled under ketamine was stronger a day later, so I do not "
            "believe what "
            "this clinic says about it.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "On the map a mark is hollow. What does that tell you?",
        (
            Option("The trial found nothing", "That is the shape. A hollow triangle found a benefit."),
            Option(
                "We read which way it went, but no interval",
                "Yes: without one you cannot say how sure the finding is, or pool it.",
                right=True,
            ),
            Option("The trial was small", "That is its place from left to right."),
            Option("Nobody was blind", "The map doesn't show who was blind."),
        ),
    ),
    Question(
        "O3",
        "A short reminder without the shock, or an hour of it. What is the difference to a fear memory?",
        (
            Option(
                "The short one opens the old memory, the long one builds a new one beside it",
                "Yes: reconsolidation and extinction. A drug that blocks storing helps in one, harms "
                "in the other.",
                right=True,
            ),
            Option(
                "The short one erases it, the long one opens it", "Nothing is erased by a reminder alone."
            ),
            Option("None, only the dose of the drug counts", "Timing and length turn the effect round."),
            Option(
                "Only the long one needs NMDA receptors",
                "In rats both opening and storing again need them, of two kinds.",
            ),
        ),
    ),
    Question(
        "O4",
        "A trial is planned with a power of 80 % for today's estimate. Its assurance is 45 %. Why less?",
        (
            Option(
                "Because the true effect may be smaller than today's estimate",
                "Yes: assurance averages the power over all effects that today's interval leaves open.",
                right=True,
            ),
            Option("Because patients drop out", "Then both would be lower, and by as much."),
            Option("Because assurance uses a stricter level", "Both use the same 95 % interval."),
            Option("Because the trial is blinded", "Neither number knows who is blind."),
        ),
    ),
    Question(
        "O5",
        "Ketamine with therapy beat saline with education by 15.9 points. What does this say about "
        "therapy?",
        (
            Option(
                "That therapy adds 15.9 points", "Drug and therapy changed at once; the drug may do it all."
            ),
            Option(
                "Nothing by itself: two things changed at once",
                "Yes. With ketamine in both groups, therapy added 4.2 (−6.7 to 15.2).",
                right=True,
            ),
            Option(
                "That therapy doesn't work",
                "The interval of its own comparison, −6.7 to 15.2, allows a lot.",
            ),
            Option(
                "That ketamine needs therapy",
                "For that, ketamine would have to do nothing without it; it was not compared so.",
            ),
        ),
    ),
)
