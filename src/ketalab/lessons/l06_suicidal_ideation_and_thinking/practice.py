"""Practice of lesson 06: suicidal ideation and thinking."""

from math import log

from scipy.stats import norm

from ketalab.metaanalysis import rare_events as r
from ketalab.models.suicide_risk import measured_risks
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "after_two_weeks",
        "84 people with depression and strong suicidal thoughts had one infusion, of ketamine or of "
        "midazolam. After 4 hours, 14 of 42 with ketamine were free of such thoughts, and 3 of 42 with "
        "midazolam. What did you find on day 14?",
        (
            (
                "About the same gap: 14 against 3",
                "The gap was gone: 7 of 42 in each group. It held until day 5 (11 against 3) and shrank "
                "by day 7 (8 against 5).",
            ),
            (
                "A smaller gap, still in favour of ketamine",
                "That was day 7: 8 against 5, with an interval that includes no gap. On day 14 it was 7 "
                "against 7.",
            ),
            (
                "No gap",
                "Right: 7 of 42 in each group. One infusion bought days, not weeks, in this trial.",
            ),
            (
                "A gap in favour of midazolam",
                "No: 7 of 42 in each group. Nobody was worse off at that time, and nobody better.",
            ),
        ),
        "Look until day 14 with ketamine alone. Then show both groups.",
    ),
    Prediction(
        "mood_and_suicidality",
        "Two trials gave nasal esketamine or placebo to 456 people in hospital with suicidal thoughts. A "
        "day later depression had fallen by 3.8 points more with esketamine. And the clinicians' rating "
        "of how suicidal each person was?",
        (
            (
                "It fell clearly more with esketamine, too",
                "The difference was -0.20 points, and its interval, -0.43 to 0.04, includes no "
                "difference. Both groups got much better.",
            ),
            (
                "It did not differ beyond doubt",
                "Right: -0.20 points, interval -0.43 to 0.04. Both groups were in hospital, cared for, and "
                "got much better. That is good news for care, and hard ground for a comparison.",
            ),
            (
                "It got worse with esketamine",
                "No: the difference was -0.20 points, in favour of esketamine, but not beyond doubt.",
            ),
        ),
        "Compare the two panels: which interval crosses the line?",
    ),
    Prediction(
        "people_for_a_death",
        "Suppose a treatment halved the number of deaths by suicide in the year after people leave "
        "a psychiatric hospital. How many people would a trial need in each group to have a good chance "
        "(80 %) of showing it?",
        (
            ("About 100", "About 10,300. With 100 you would expect not even one death in the trial."),
            ("About 1,000", "About 10,300. With 1,000 you would expect 5 deaths against 2."),
            (
                "About 10,000",
                "Right: about 10,300 in each group. The largest trials here have about 230.",
            ),
            ("About 100,000", "Fewer: about 10,300. That many would be needed for a much smaller effect."),
        ),
        "Move the size of the trial until the dot reaches the green band.",
    ),
)


def one_more_free():
    ketamine, midazolam, people = 14, 4, 42  # free of suicidal thoughts on day 2; people in each group
    # your turn
    treated = 1 / (ketamine / people - midazolam / people)  # people
    # done
    return treated


def p_from_interval():
    difference, low, high = -0.20, -0.43, 0.04  # points on the clinician's scale, 95 % interval
    # your turn
    error = (high - low) / (2 * 1.96)
    p = 2 * norm.cdf(-abs(difference) / error)  # two-sided
    # done
    return p


def people_in_each_group():
    risk, left = 0.00483, 0.5  # death within a year without treatment; share of the risk that is left
    # your turn
    events = (1.96 + 0.84) ** 2 * (1 + left) ** 2 / (left * log(left) ** 2)  # in both groups
    people = events / (1 + left) / risk  # in each group
    # done
    return people


def a_trial_that_can_answer():
    # your turn
    plan = {"event": "any event, 1 year (lithium trial)", "left": 0.7, "people": 700}  # your trial
    # done
    return plan


def fairer_sentence():
    # your turn
    sentence = (
        "In a randomised trial of 78 depressed people, suicidal thoughts had fallen more a day after one "
        "ketamine infusion than after midazolam, and two of the tests of thinking improved. The gain in "
        "thinking did not go with the fall in suicidal thoughts. Feeling safe and being impulsive were "
        "not reported, and attempts or deaths were not studied."
    )  # at least 25 words
    # done
    return sentence


MOST_PEOPLE, LEAST_LEFT, WANTED = 2000, 0.7, 0.8


def _can_answer(answer) -> Judgement:
    """Judge a plan by the model: any event, effect and size within reach that gives 80 %."""
    if not isinstance(answer, dict) or set(answer) != {"event", "left", "people"}:
        return Judgement(False, 'Give a dict with "event", "left" and "people".')
    risks = measured_risks()
    if answer["event"] not in risks:
        return Judgement(False, f"The event must be one of: {'; '.join(risks)}.")
    people, left = float(answer["people"]), float(answer["left"])
    if people > MOST_PEOPLE:
        return Judgement(False, f"{people:g} a group is more than the {MOST_PEOPLE:,} you can recruit.")
    if left < LEAST_LEFT:
        return Judgement(
            False,
            f"A risk cut to {100 * left:.0f} % is too much to hope for: plan for {100 * LEAST_LEFT:.0f} % "
            "or more. In the clozapine trial 76 % was left.",
        )
    chance = float(r.chance_to_show(people * risks[answer["event"]], left))
    expected = people * risks[answer["event"]]
    if chance >= WANTED:
        return Judgement(True, f"Your trial shows it with a chance of {100 * chance:.0f} %.")
    if answer["event"].startswith("death"):
        return Judgement(
            False,
            f"You would expect {expected:.1f} deaths without the treatment: far too few. Count something "
            "that happens more often.",
        )
    return Judgement(False, f"The chance is {100 * chance:.0f} %. More people, or a more frequent event.")


EXERCISES = (
    Exercise(
        key="one_more_free",
        title="One more person free",
        objective="O2",
        task=(
            "On day 2, 14 of 42 people with ketamine and 4 of 42 with midazolam were free of suicidal "
            "thoughts. How many people must be treated for one more to be free on that day? Divide one by "
            "the difference of the shares."
        ),
        hint="The shares are about 0.33 and 0.10.",
        solution=one_more_free,
        judge=number(
            4.2,
            "people",
            "About 4. On day 14 the same sum has no answer: the difference is nought.",
            (
                (0.2381, "That is the difference of the shares. Turn it round."),
                (23.81, "That is the difference in percent. Turn the share round."),
                (3.5, "That is the ratio of the shares. A number needed rests on their difference."),
                (3.0, "That uses ketamine alone. What would have happened anyway does not count."),
            ),
        ),
        wrong={"difference": 0.2381, "percent": 23.81, "ratio": 3.5, "one arm": 3.0, "high": 6.0},
    ),
    Exercise(
        key="p_from_interval",
        title="What the interval says",
        objective="O3",
        task=(
            "The abstract prints a difference of -0.20 points with a 95 % interval of -0.43 to 0.04. Find "
            "the two-sided P value. The interval is 2 times 1.96 standard errors wide; "
            "`norm.cdf(-z)` is one tail."
        ),
        hint="The standard error is about 0.12, so the difference is less than 2 standard errors.",
        solution=p_from_interval,
        judge=number(
            0.0953,
            "",
            "P is about 0.095. Not below 0.05, and not proof of no difference either: the interval also "
            "holds values that might matter.",
            (
                (0.0477, "That is one tail. A difference could have gone either way: double it."),
                (0.3947, "You took half of the interval for the standard error: divide it by 1.96."),
                (0.6705, "You took the whole interval for the standard error."),
                (0.9047, "That is one minus P."),
            ),
            tolerance=0.03,
        ),
        wrong={"one tail": 0.0477, "half": 0.3947, "whole": 0.6705, "one minus": 0.9047, "low": 0.06},
        imports="from scipy.stats import norm",
    ),
    Exercise(
        key="people_in_each_group",
        title="How large a trial on deaths",
        objective="O4",
        task=(
            "In the year after discharge 0.483 % of people die by suicide. A treatment that leaves half "
            "of the risk needs $T = (1.96 + 0.84)^2 (1 + r)^2 / (r \\ln^2 r)$ deaths in both groups "
            "together. How many people is that in each group? The share $1/(1 + r)$ of the deaths falls "
            "into the control group."
        ),
        hint="T is about 73. Two thirds of them are in the control group. Divide by the risk.",
        solution=people_in_each_group,
        judge=number(
            10150,
            "people",
            "About 10,000 in each group. The explorable says 10,300, from the exact test.",
            (
                (15225, "You counted all deaths in the control group. A third of them is in the other."),
                (7612, "You split the deaths evenly. The control group has two thirds of them."),
                (49.0, "Those are deaths in the control group. How many people does that take?"),
                (73.5, "Those are deaths in both groups. How many people does that take?"),
                (20300, "That is both groups together."),
            ),
            tolerance=0.03,
        ),
        wrong={"all": 15225, "even": 7612, "deaths": 49.0, "both": 73.5, "together": 20300, "low": 8500},
        imports="from math import log",
    ),
    Exercise(
        key="a_trial_that_can_answer",
        title="Plan a trial that can answer",
        objective="O4",
        task=(
            "Change the code: plan a trial with at most 2,000 people in each group and a chance of 80 % or "
            'more. `"event"` is one of the five of the explorable, `"left"` the share of the risk that is '
            'left (0.7 or more: no miracles), `"people"` those in each group. The check runs your plan '
            "through the model and accepts every plan that works."
        ),
        hint="Deaths are too rare for 2,000 people. What else was counted?",
        solution=a_trial_that_can_answer,
        judge=_can_answer,
        wrong={
            "not a dict": 700,
            "unknown event": {"event": "death", "left": 0.7, "people": 700},
            "too many": {"event": "death, 1 year after discharge", "left": 0.7, "people": 32_000},
            "a miracle": {"event": "death, 1 year after discharge", "left": 0.1, "people": 2000},
            "deaths": {"event": "death, 1 year after discharge", "left": 0.7, "people": 2000},
            "too few": {"event": "any event, 1 year (lithium trial)", "left": 0.7, "people": 230},
        },
    ),
    Exercise(
        key="fairer_sentence",
        title="A fairer sentence",
        objective="O5",
        task=(
            "The article says of the trial of 2021 that one dose quickly reduced suicidal thoughts and "
            "improved cognitive function, *potentially making them feel safer and less impulsive*. Rewrite "
            "it so that it is short, kind and true: with what was it compared, what improved in thinking, "
            "did the two go together, and what was not measured?"
        ),
        hint="Read the printed lines of section 6: two tests, no correlation, 78 people, midazolam.",
        solution=fairer_sentence,
        judge=argument(
            (
                Point(
                    "what ketamine was compared with",
                    ("midazolam", "control", "compared with", "randomis", "randomiz"),
                    "A fall alone says little: with what was it compared?",
                ),
                Point(
                    "what improved in thinking",
                    ("two test", "two of the test", "reaction", "stroop", "two measures", "some tests"),
                    "Which part of thinking improved? Not all of it.",
                ),
                Point(
                    "that the two gains did not go together",
                    (
                        "correlat",
                        "not go with",
                        "not go together",
                        "unrelated",
                        "independent",
                        "no link",
                        "not linked",
                    ),
                    "Did those whose thinking gained most have the largest fall in suicidal thoughts?",
                ),
                Point(
                    "what was not measured",
                    ("attempt", "death", "impulsiv", "feel", "safe", "not measured", "not studied"),
                    "Name something the trial did not measure.",
                ),
            ),
            "Short, kind and true. Keep it for the next time you meet the press release.",
        ),
        wrong={
            "too short": "It helped a bit.",
            "no comparison": "After one infusion people were quicker in a reaction test and had fewer "
            "suicidal thoughts, but the two changes were not correlated, and attempts were not studied.",
            "no link named": "Compared with midazolam, one ketamine infusion was followed by fewer "
            "suicidal thoughts and better results in two tests of thinking, but attempts were not studied.",
            "only praise": "A single dose of ketamine is a remarkable medicine that made people think "
            "better, feel safer and be less impulsive within a day, which shows how the brain rewires.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "A trial reports that significantly more people were free of suicidal ideation. What do you "
        "need to know first?",
        (
            Option(
                "The scale, the score that counted as free, the time, and the comparison",
                "Yes. Free meant 3 or less on one scale, 0 on another, and 0 or 1 for a clinician.",
                right=True,
            ),
            Option(
                "Only the P value",
                "A small P says that the groups differ, not in what, nor for how long.",
            ),
            Option(
                "How many people died",
                "These trials are too small to say anything about deaths.",
            ),
            Option(
                "Nothing: free is free",
                "Each trial drew its own line, on its own scale, at its own time.",
            ),
        ),
    ),
    Question(
        "O2",
        "In the trial of 84 people, how long did ketamine do better than midazolam on suicidal thoughts?",
        (
            Option("A few hours", "Longer: on day 5 it was still 11 of 42 against 3."),
            Option(
                "Some days",
                "Yes: up to day 5. On day 7 the interval includes no difference, on day 14 it is 7 "
                "against 7.",
                right=True,
            ),
            Option("Weeks", "On day 14 it was 7 of 42 in each group."),
            Option("For good", "One infusion was not followed for that long with a comparison."),
        ),
    ),
    Question(
        "O3",
        "Esketamine lowered depression more than placebo, but the rating of suicidality did not differ "
        "beyond doubt. Which reading is fair?",
        (
            Option(
                "Esketamine has no effect on suicidality",
                "Not shown either: the interval, -0.43 to 0.04, leaves room for a small effect.",
            ),
            Option(
                "The trials do not show an effect on suicidality; both groups got better with care",
                "Yes. That is also what the US label says.",
                right=True,
            ),
            Option(
                "Better mood proves fewer suicidal thoughts",
                "They go together only in part, and here they were measured apart.",
            ),
            Option(
                "The scale must be broken",
                "It may be coarse. But a result one does not like is no proof of that.",
            ),
        ),
    ),
    Question(
        "O4",
        "No trial of ketamine has shown fewer deaths by suicide. Why?",
        (
            Option(
                "Because ketamine does not prevent any",
                "Nobody knows. A trial of 80 people could not see it either way.",
            ),
            Option(
                "Because deaths are rare, and the trials small and short",
                "Yes. To see deaths halved in a year, about 10,300 people would be needed in each group.",
                right=True,
            ),
            Option(
                "Because such trials are forbidden",
                "They are not: lithium and clozapine were tested on attempts and other events.",
            ),
            Option(
                "Because nobody counts deaths",
                "They are counted. There are just too few of them in a small trial to compare.",
            ),
        ),
    ),
    Question(
        "O5",
        "In the trial of 2021 thinking improved on two tests, and suicidal thoughts fell. What did the "
        "authors report about the link?",
        (
            Option(
                "Better thinking made suicidal thoughts fall",
                "That is the story one would like. The two were not correlated.",
            ),
            Option(
                "The gain in thinking went with neither suicidal thoughts nor depression",
                "Yes, nor with general mood.",
                right=True,
            ),
            Option(
                "People became less impulsive", "That wording comes from elsewhere, not from the abstract."
            ),
            Option("They did not look", "They did, and printed that there was no correlation."),
        ),
    ),
)
