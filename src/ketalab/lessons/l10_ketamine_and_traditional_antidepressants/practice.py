"""Practice of lesson 10: ketamine and traditional antidepressants."""

from dataclasses import replace

from ketalab.models import pathway
from ketalab.practice.exercise import Exercise, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "first_week",
        "SSRIs are said to take weeks. Of the difference from placebo that trials find in week 6, how much "
        "is already there at the end of week 1?",
        (
            ("Nothing", "4 more in 100 people have responded than on placebo, of 12 in week 6: a third."),
            (
                "About a tenth",
                "More: 4 of the 12 extra responders in 100, and 1.07 of the 3.3 points on the scale.",
            ),
            (
                "About a third",
                "Right: 4 of the 12 extra responders in 100, and 1.07 of the 3.3 points on the scale. A "
                "third is real, and it is not the full effect.",
            ),
            ("Nearly all of it", "A third: 4 of the 12 extra responders in 100. The rest needs weeks."),
        ),
        "Find week 1 in the lower part of the picture, and then week 4.",
    ),
    Prediction(
        "headache",
        "In the trials behind sertraline's label, 25 of 100 people on the drug had headache. How many of "
        "those 25 would have had it on placebo?",
        (
            ("None: it is a side effect", "On placebo it was 23 of 100. The drug's share is 2."),
            ("About half", "More: 23 of 100 on placebo. The drug's share is 2 in 100."),
            (
                "Nearly all",
                "Right: 23 of 100 had it on placebo. The drug's share is 2 in 100. The label prints both, "
                "the article prints neither.",
            ),
        ),
        "Move from *on the drug* to *on placebo*, then to the *difference*.",
    ),
    Prediction(
        "what_limits",
        "A hundred people start a first tablet. Who is not well goes on to the next step, or leaves. What "
        "would make more of the hundred well after a year?",
        (
            (
                "Esketamine at step 3",
                "In the model it takes 32.9 well to 33.7: few ever get to step 3. If nobody left between "
                "the steps, it would be 44.6 without any esketamine.",
            ),
            (
                "Nobody leaves between the steps",
                "Right, in this model: 44.6 well instead of 32.9, without any new drug. Esketamine at "
                "step 3 makes it 33.7, as few ever get there.",
            ),
            (
                "Both do about the same",
                "Far from it, in this model: 33.7 well with esketamine at step 3, 44.6 if nobody left. It "
                "was 32.9 before.",
            ),
        ),
        "First the preset without the spray, then the spray at step 3; compare the two green bars.",
    ),
)


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
    here, total = 1.0, 0.0
    for reached, onward in zip(remission, goes_on, strict=True):
        total += here * reached
        here *= (1 - reached) * onward
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


EXERCISES = (
    Exercise(
        key="risk_difference",
        title="Take placebo away",
        objective="O3",
        task=(
            "On esketamine 142 of 346 people dissociated, on placebo spray 21 of 222. Compute how many "
            "more of 100 people dissociate because of the drug."
        ),
        hint="Turn both counts into shares of their own group, subtract, times 100.",
        solution=risk_difference,
        judge=number(
            31.58,
            "of 100",
            "About 32 of 100: one person in three. Nothing in this lesson's tablet tables comes near.",
            (
                (41.04, "That is the share on the drug. Some dissociate on placebo, too."),
                (0.3158, "That is a fraction. The answer is asked for in 100 people."),
                (34.97, "You divided both by the larger group. Each count belongs to its own group."),
                (121.0, "Those are counts of groups that differ in size. Make them shares first."),
            ),
        ),
        wrong={"drug only": 41.04, "fraction": 0.3158, "one group": 34.97, "counts": 121.0, "low": 20.0},
    ),
    Exercise(
        key="placebo_share",
        title="A number nobody printed",
        objective="O2",
        task=(
            "In week 1 an SSRI makes response 1.64 times as likely as placebo, and 4 percentage points "
            "more frequent. Derive what share must have responded on placebo: the drug's share is "
            "$1.64\\,p$, and it is also $p + 4$."
        ),
        hint="Set the two expressions equal and solve for p.",
        solution=placebo_share,
        judge=number(
            6.25,
            "%",
            "About 6 in 100 on placebo and 10 on the drug. A small share makes a large ratio easy.",
            (
                (10.25, "That is the share on the drug. You were asked for placebo."),
                (2.439, "You divided by the ratio. The difference is the ratio minus one, times p."),
                (6.56, "You multiplied. The difference is (ratio - 1) times p, so divide."),
            ),
            tolerance=0.01,
        ),
        wrong={"drug": 10.25, "by ratio": 2.439, "times": 6.56, "far": 40.0},
    ),
    Exercise(
        key="with_those_who_left",
        title="Add up what really happened",
        objective="O4",
        task=(
            "Compute the share of all who start that reaches remission at some step of STAR*D, when only "
            "those go on who really went on. Change the code: a loop over the four steps will do."
        ),
        hint="Keep the share that is still here: a part of it remits, and a part of the rest goes on.",
        solution=with_those_who_left,
        judge=number(
            0.506,
            "",
            "51 %, not the 67 % that stands in textbooks. The gap is people who left.",
            (
                (0.6707, "That is the printed 67 %, where nobody leaves. Use `goes_on`."),
                (0.941, "You added the four proportions. Only those who are still there can remit."),
                (0.5738, "People who remitted went on in your sum, too. Multiply by 1 - remission first."),
                (50.6, "Right, but in percent. The answer is asked for as a share."),
            ),
            tolerance=0.004,
        ),
        wrong={"nobody leaves": 0.6707, "added": 0.941, "no rest": 0.5738, "percent": 50.6, "low": 0.4},
    ),
    Exercise(
        key="worth_of_a_call",
        title="What is a phone call worth?",
        objective="O4",
        task=(
            "With esketamine at step 3, the model has a share of 0.337 well at 12 months. Change the model "
            "instead: leave esketamine out and raise the share that goes on after step 1. Find the share "
            "that gives the same 0.337. It was 0.620. `pathway.cohort(steps, 13)[0, -1, 1]` is the share "
            "that is well after a year; `replace(step, goes_on=...)` changes a step."
        ),
        hint="Try 0.65, then 0.70, and close in; or write a loop.",
        solution=worth_of_a_call,
        judge=number(
            0.677,
            "",
            "About 0.68 instead of 0.62: six more of 100 who are not well after step 1 stay in care.",
            (
                (0.62, "That is where you started. Raise it until 0.337 are well."),
                (0.057, "That is how much to add. Add it to 0.620."),
                (1.0, "If all go on, more than 0.38 are well. You need less."),
                (67.7, "Right, but in percent. The answer is asked for as a share."),
            ),
            tolerance=0.01,
        ),
        wrong={"start": 0.62, "added": 0.057, "all": 1.0, "percent": 67.7, "high": 0.8},
        imports="from dataclasses import replace\n\nfrom ketalab.models import pathway",
    ),
    Exercise(
        key="fair_reply",
        title="Sixty-four against fifty-two",
        objective="O5",
        task=(
            "A classmate says: *On ketamine 64 % respond in a day, on an SSRI 52 % in weeks. So ketamine "
            "is better.* Write a reply that names at least three reasons why the two numbers cannot be "
            "set against each other."
        ),
        hint="Who was in each trial? Against what? Could they tell? When were they counted?",
        solution=fair_reply,
        judge=argument(
            (
                Point(
                    "who was in the trials",
                    ("resistant", "failed", "primary care", "different people", "population", "severe"),
                    "Ask who was in each trial, and what they had tried before.",
                ),
                Point(
                    "what they were compared with, and whether people could tell",
                    ("placebo", "midazolam", "blind", "control", "mask", "compar"),
                    "Ask what the other group got, and whether people could tell.",
                ),
                Point(
                    "when they were counted",
                    ("24 hours", "day", "week", "time", "end of"),
                    "Ask when the people were counted, and for how long it lasted.",
                ),
            ),
            "You weighed the people, the comparison and the time.",
        ),
        wrong={
            "too short": "It is not fair.",
            "only people": "In the ketamine trial several drugs had failed before, and in the other ones "
            "most had not tried anything, so these are not the same patients and one cannot just look at "
            "two numbers like that.",
            "only blinding": "One group got midazolam and the other one a placebo tablet, and people can "
            "feel an infusion, so nobody was really blind and we would need to know who guessed what they "
            "had received.",
            "no time": "The people were treatment-resistant in one and not in the other, and the placebo "
            "differs as well, because midazolam makes people sleepy and a tablet of sugar does nothing "
            "that anyone can feel.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "The article's table says that SSRIs need 'several weeks to months to reach full effect'. What do "
        "the trials say?",
        (
            Option("False: they work from day 1", "No trial counted responders on day 1 for us to see."),
            Option(
                "True: nothing happens before week 4", "In week 1, 4 more of 100 respond than on placebo."
            ),
            Option(
                "True of the full effect; a third of it is there after one week",
                "Yes. The table's words are right, and what readers make of them is often wrong.",
                right=True,
            ),
            Option("It cannot be tested", "Weekly scores against placebo do test it, and were pooled."),
        ),
    ),
    Question(
        "O2",
        "Serotonin transporters are about 70 % taken four hours after one tablet. What follows?",
        (
            Option(
                "Taking the target cannot be what needs weeks",
                "Yes. Something slower must come after it; what that is, is not settled.",
                right=True,
            ),
            Option("SSRIs work within hours", "The scan shows the target. The mood takes longer."),
            Option("The scans must be wrong", "Several groups found about 80 % on daily tablets."),
            Option(
                "Ketamine binds more strongly",
                "The scan says nothing about ketamine, which acts elsewhere.",
            ),
        ),
    ),
    Question(
        "O3",
        "Dissociation stands in the esketamine table and not in the one of sertraline. May you conclude "
        "that sertraline never causes it?",
        (
            Option(
                "Yes: all side effects are listed", "Tables stop at a frequency, and at what was asked."
            ),
            Option(
                "No: a label lists what was asked about and came often enough",
                "Yes. A cross in the picture means not in the table, which is not nought.",
                right=True,
            ),
            Option(
                "No: it was removed by the maker",
                "Nothing we read says so. Tables simply have a threshold.",
            ),
        ),
    ),
    Question(
        "O5",
        "Which trial would compare ketamine and a tablet most fairly?",
        (
            Option(
                "A ketamine trial beside an SSRI trial, both against placebo",
                "People, placebo and time still differ between the two.",
            ),
            Option(
                "Open treatment, rated by people who do not know it",
                "ESCAPE-TRD did that. Patients still knew, and they answer the questions.",
            ),
            Option(
                "A register of everybody who got either",
                "Those who get ketamine are more ill; no statistics fully repairs that.",
            ),
            Option(
                "Same people, randomised to infusion with placebo tablet, or tablet with a masked infusion",
                "Yes: same people, same time, both treatments hidden from patients and raters.",
                right=True,
            ),
        ),
    ),
)
