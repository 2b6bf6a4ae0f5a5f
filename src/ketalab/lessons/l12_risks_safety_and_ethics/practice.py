"""Practice of lesson 12: risks, safety and ethics."""

from collections.abc import Mapping

from scipy.stats import norm

from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.models import benefit_harm
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "a_small_mean",
        "In 684 infusions for depression the largest mean rise of systolic pressure was about 3 mmHg. In "
        "four weeks of the esketamine spray, how many of 100 adults under 65 went up by 40 mmHg or more "
        "at least once?",
        (
            (
                "None",
                "29 of 346 did: 8.4 in 100. A mean says nothing of the people far from it.",
            ),
            ("About 1", "That is what placebo did: 1 of 222. With the spray it was 8.4 in 100."),
            ("About 8", "Right: 29 of 346, 8.4 in 100. From 65 years on, 12 of 72: 16.7 in 100."),
            (
                "About 40",
                "Not under 65: 8.4 in 100. In one clinic 44.3 % of patients reached 165/100 mmHg at "
                "least once, but that is a level, not a rise.",
            ),
        ),
        "In section 1, look at the percentages for pressure; then find the spread that joins the two "
        "numbers.",
    ),
    Prediction(
        "equal_weights",
        "Four weeks of the spray, 1,000 adults under 65, compared with placebo. You count one point for "
        "each person whose depression halves and take away one for each extra person with dissociation, "
        "nausea, a rise of 40 mmHg or a severe reaction. Where does the balance end?",
        (
            (
                "Above zero",
                "It ends at -541. The benefit is 135 people; dissociation alone is 316.",
            ),
            (
                "Near zero",
                "It ends at -541, because the harms that are short and common outnumber the benefit.",
            ),
            (
                "Below zero",
                "Right: -541. But is an hour of dissociation worth as much as a depression halved? Equal "
                "weights are an opinion, too.",
            ),
        ),
        "In section 4, choose the preset *Everything weighs the same*.",
    ),
)


def largest_risk():
    n = 1709  # people, none of them with the harm
    # your turn
    in_1000 = 1000 * (1 - 0.05 ** (1 / n))
    # done
    return in_1000


def week_against_week():
    clinic = 2 * 0.084  # g of esketamine in a week of the first month: 84 mg, twice
    addicted = 2.0  # g of ketamine in a day, mean of people who say they are addicted
    # your turn
    ratio = 7 * addicted / clinic  # weeks compared
    # done
    return ratio


def spread_of_rises():
    mean, threshold, share = 12.61, 40, 0.084  # mmHg, mmHg, people at or above it
    # your turn
    spread = (threshold - mean) / norm.ppf(1 - share)  # mmHg
    # done
    return spread


def two_readers():
    first = {
        "depression halved": 10,
        "dissociation": 3,
        "nausea": 1,
        "pressure up 40 mmHg": 1,
        "severe or serious reaction": 1,
    }
    # your turn
    second = first | {"dissociation": 4}  # one weight changed
    # done
    return second


def an_honest_page():
    # your turn
    page = (
        "Ketamine infusions are not approved for depression; that is off-label use, and only the "
        "esketamine spray has a licence. You will be watched after each dose, because most people "
        "dissociate and blood pressure rises. It can be misused and some people become dependent. "
        "Bladder harm is known from heavy use outside medicine; for years of treatment nobody knows the "
        "risk yet."
    )  # at least 30 words
    # done
    return page


FIRST = two_readers() | {"dissociation": 3}


def _other_side(answer) -> Judgement:
    """Judge weights that differ from the first reader's in one place and turn the balance round."""
    if not isinstance(answer, Mapping) or set(answer) != set(FIRST):
        return Judgement(False, f"Give weights for exactly these: {', '.join(FIRST)}.")
    if not all(0 <= weight <= 10 for weight in answer.values()):
        return Judgement(False, "Keep every weight between 0 and 10.")
    changed = [name for name, weight in answer.items() if weight != FIRST[name]]
    if not changed:
        return Judgement(False, "These are the first reader's weights. Change one.")
    if len(changed) > 1:
        return Judgement(False, f"You changed {len(changed)} weights; one is enough.")
    net = benefit_harm.expected_net(risks.outcomes(risks.YOUNGER), dict(answer))
    if net >= 0:
        return Judgement(False, f"The balance is still {net:+.0f}, on the first reader's side.")
    return Judgement(
        True,
        f"With another weight for {changed[0]} the balance is {net:+.0f}. Both readers saw the same data.",
    )


EXERCISES = (
    Exercise(
        key="largest_risk",
        title="None seen is not none",
        objective="O3",
        task=(
            "None of 1,709 people in the esketamine trials had interstitial cystitis put down to the "
            "drug. How large could the risk be, in 1,000 people, for 'none of 1,709' still to happen in "
            "one of twenty such trials? Solve $(1-p)^{n} = 0.05$ for $p$."
        ),
        hint="$p = 1 - 0.05^{1/n}$. The rule of three, $3/n$, comes close.",
        solution=largest_risk,
        judge=number(
            1.7514,
            "in 1,000",
            "About 2 in 1,000, in trials of up to a year. For longer treatment it says nothing.",
            (
                (0.0, "None was seen, but a small risk can hide behind none in 1,709."),
                (0.0017514, "That is for one person. The answer is asked for in 1,000."),
                (0.17514, "That is in 100. The answer is asked for in 1,000."),
                (0.585, "That is 1/n. At 1/n, none would be seen in more than one trial of three."),
            ),
            tolerance=0.02,
        ),
        wrong={"none": 0.0, "one person": 0.0017514, "percent": 0.17514, "one over n": 0.585, "high": 5.0},
    ),
    Exercise(
        key="week_against_week",
        title="A week against a week",
        objective="O2",
        task=(
            "In an online survey, people who called themselves addicted to ketamine used 2.0 g a day on "
            "average. In the first month of the spray, a week is two sessions of at most 84 mg. How many "
            "times as much drug is the first week?"
        ),
        hint="Both in grams, both for seven days.",
        solution=week_against_week,
        judge=number(
            83.33,
            "",
            "More than eighty times, before asking about route, purity and which molecule. So a share "
            "from one cannot be carried to the other.",
            (
                (11.905, "That compares one day with a week."),
                (23.81, "That compares a day with one session. Take both for a week."),
                (166.67, "That is against one session. There are two in a week."),
                (0.012, "Upside down: the survey's week stands on top."),
            ),
        ),
        wrong={
            "a day": 11.905,
            "day, session": 23.81,
            "one session": 166.67,
            "upside down": 0.012,
            "off": 40.0,
        },
    ),
    Exercise(
        key="spread_of_rises",
        title="Two true numbers",
        objective="O1",
        task=(
            "A pooled mean rise of 12.61 mmHg and 8.4 in 100 people who rise by 40 mmHg or more: both "
            "can be true. If rises are normal, how large is their standard deviation (mmHg)?"
        ),
        hint="$0.084 = \\Phi((12.61 - 40)/\\sigma)$; `norm.ppf` from SciPy is the inverse of $\\Phi$.",
        solution=spread_of_rises,
        judge=number(
            19.86,
            "mmHg",
            "About 20 mmHg. The mean and the tail come from different people, so this joins them, it "
            "does not prove it.",
            (
                (29.01, "You left the mean out: the distance is from the mean to 40, not from 0."),
                (-19.86, "The size is right; a spread is above zero. Use 1 - share."),
                (299.0, "You divided by the share. Divide by its place on the normal curve."),
                (326.1, "You divided by the share itself. Divide by its quantile, norm.ppf."),
            ),
        ),
        wrong={"no mean": 29.01, "sign": -19.86, "by the share": 326.1, "small": 10.0},
        imports="from scipy.stats import norm",
    ),
    Exercise(
        key="two_readers",
        title="The other reader",
        objective="O4",
        task=(
            "Change the code. The first reader's weights leave the balance of 1,000 people just on the "
            "drug's side. Write a second reader's weights, from 0 to 10, that differ in one place only "
            "and turn it round. Then ask yourself: is the second reader wrong?"
        ),
        hint="`first | {'dissociation': ...}` copies the first and changes one. The balance is small: +44.",
        solution=two_readers,
        judge=_other_side,
        wrong={
            "unchanged": FIRST,
            "the same side": FIRST | {"dissociation": 2},
            "two changed": FIRST | {"dissociation": 5, "nausea": 3},
            "too large": FIRST | {"dissociation": 40},
            "not weights": 4,
        },
    ),
    Exercise(
        key="an_honest_page",
        title="The page before the signature",
        objective="O5",
        task=(
            "A clinic's website says: *Ketamine therapy is safe, not addictive and supervised by "
            "professionals.* Rewrite it for a patient who has to decide: say what is and is not "
            "licensed, what happens after a dose, that it can be misused, and what nobody knows."
        ),
        hint="Four points. One of them begins with *we do not know*.",
        solution=an_honest_page,
        judge=argument(
            (
                Point(
                    "what is licensed",
                    ("licen", "approv", "off-label", "off label"),
                    "Is an infusion of ketamine licensed for depression?",
                ),
                Point(
                    "what happens after a dose",
                    ("pressure", "dissoci", "sedat", "sleep", "watched", "monitor", "hours"),
                    "What does a person feel in the two hours after a dose, and who watches?",
                ),
                Point(
                    "misuse",
                    ("misuse", "abuse", "addict", "depend"),
                    "The label warns of something the website denies.",
                ),
                Point(
                    "what is not known",
                    ("not know", "unknown", "nobody knows", "not been studied", "no long", "uncertain"),
                    "What do we not know about years of treatment?",
                ),
            ),
            "A patient can decide with this. Ask somebody to read it for tone: does it frighten, does it "
            "sell?",
            least_words=30,
        ),
        wrong={
            "too short": "It is safe.",
            "no unknowns": "Ketamine is not approved for depression, so this is off-label use of an "
            "anaesthetic, and you will be watched for two hours because pressure may rise and because "
            "people dissociate, and it can be misused.",
            "no licence": "You will be watched for two hours because blood pressure may rise and people "
            "dissociate. It can be misused and some become dependent. What happens after years of "
            "treatment is unknown to us and everybody else.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "It is 90 minutes after a dose of the spray, and the strange feeling is gone. What is most "
        "likely still there?",
        (
            Option(
                "Nothing: dissociation is the last to go", "It is the first: over by 90 min on average."
            ),
            Option(
                "Slower thinking and sleepiness",
                "Yes: tests were level with placebo at 120 min, sleepiness only at 240.",
                right=True,
            ),
            Option("Only the taste", "Tests of thinking and sleepiness took longer than the feeling."),
            Option("The right to drive", "Not before the next day, after a restful sleep."),
        ),
    ),
    Question(
        "O2",
        "Bladder trouble: 77.1 % in one pool, 30 % in one survey, 3 % in one trial. What explains most "
        "of the gap?",
        (
            Option("Two of them are wrong", "Each may be right about the people it counted."),
            Option(
                "Who was counted, at which dose, and whether anybody asked",
                "Yes: patients of bladder clinics, users who were asked, and trial patients who told by "
                "themselves, at far lower doses.",
                right=True,
            ),
            Option(
                "The spray protects the bladder", "Nothing suggests that: 3 % against 0.5 % on placebo."
            ),
            Option("Chance", "The intervals do not come near each other."),
        ),
    ),
    Question(
        "O3",
        "No case in 1,709 people treated for up to a year. The fair sentence is:",
        (
            Option("It does not happen in treatment", "One woman in a course for depression had cystitis."),
            Option(
                "It is rarer than about 2 in 1,000 within a year; for longer nobody knows",
                "Yes: the upper limit is 1.75 in 1,000, and only for what was watched.",
                right=True,
            ),
            Option("The risk is 77.1 %", "That was the share among patients of bladder clinics."),
            Option("The trials were too small to say anything", "They exclude a risk of, say, 1 in 100."),
        ),
    ),
    Question(
        "O4",
        "Two people look at the same counts and one ends above zero, the other below. Who made a mistake?",
        (
            Option("The one above: harms come first", "That is a weight, not a fact."),
            Option(
                "The one below: the drug was approved", "An approval weighs for a population, not for you."
            ),
            Option(
                "Perhaps neither: their weights differ",
                "Yes. The counts are shared, the weights are not, and no weight is the right one.",
                right=True,
            ),
            Option(
                "Both: one should use equal weights",
                "Equal weights say that an hour of dissociation is worth a depression halved.",
            ),
        ),
    ),
    Question(
        "O5",
        "Tablets of ketamine from a compounding pharmacy, taken at home. What differs most from the "
        "trials you have seen?",
        (
            Option("The molecule", "It may be the same one."),
            Option(
                "Nobody watches, and no product of this kind was approved",
                "Yes: the label of the spray asks for two hours of watching; the warning of 2023 is "
                "about its absence.",
                right=True,
            ),
            Option(
                "Nothing: 62.8 % got better at home",
                "Of those who finished and could be counted; there was no control group.",
            ),
            Option("The pressure does not rise at home", "It rises; nobody measures it."),
        ),
    ),
)
