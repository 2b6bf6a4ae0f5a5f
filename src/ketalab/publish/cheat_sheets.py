"""One printed page for each part of the course: its numbers, equations, key picture and open questions.

Nothing on a sheet is typed. Numbers are read from `data/` or asked of a model, each with its source;
equations, misconceptions and what is not known are the lessons' own words, found by a few of them. A sheet
appears when all its lessons are ready.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ketalab.data import bibliography, table
from ketalab.data.lessons import ready, stem
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import (
    by_mouse,
    from_first_day,
    ketamine_minus_saline,
)
from ketalab.lessons.l06_suicidal_ideation_and_thinking import trials as ideation
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants import trials as comparators
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.trials import as_effects, correlations
from ketalab.metaanalysis.effect_size import risk_ratio
from ketalab.metaanalysis.pooling import pool
from ketalab.models import chain, pathway
from ketalab.models import depression_trials as depression
from ketalab.models import pharmacokinetics as pk
from ketalab.plots import style
from ketalab.publish import sheet_figures as draw
from ketalab.publish.sheet import (
    MISCONCEPTIONS,
    UNKNOWN,
    Fact,
    Sheet,
    equation_of,
    first_row,
    point,
    sentence,
    shares,
    take_home,
    with_interval,
)
from ketalab.text import grouped


def neuroscience(lessons: tuple[str, ...]) -> Sheet:
    facts, sites = (
        table("drug_facts").set_index("fact"),
        table("nmda_biophysics").set_index("constant"),
    )
    seen, perceived = (
        first_row("plasma_concentrations", observation="infusion_05_peak"),
        first_row("concentration_effects", reference="bowdle1998"),
    )
    rat, dish = sites.loc["ketamine_rat"], sites.loc["ketamine_ic50"]
    models = {name: pk.published(name).typical(70) for name in ("otto2021", "simons2022")}
    peaks = [
        pk.concentration(m, [pk.Dose(35, "iv", duration=40)], [40], "ketamine")[0, 0]
        for m in models.values()
    ]
    inside = [c for c in models["otto2021"].compartments if c.startswith("ketamine")]
    slow, *_, fast = pk.half_lives(models["otto2021"], inside)[0]
    blocks = [
        100 * chain.from_dose(0.5, selectivity=2, site=site).block.max()
        for site in (chain.MAGNESIUM, chain.RATS, chain.NO_MAGNESIUM)
    ]
    turnover = first_row("surge_observations", observation="abdallah_glutamine")
    spines = ketamine_minus_saline(by_mouse(from_first_day(table("dendritic_spines"))))
    day = spines[spines.day == 1].iloc[0]
    after, before = (
        first_row("trial_durability", trial="abdallah2020", measure="responding", role=role).value
        for role in ("active", "control")
    )
    return Sheet(
        slug="neuroscience",
        title="From dose to synapse",
        lessons=lessons,
        colour="#0060a0",
        picture=draw.clocks(),
        alt="One clock from minutes to weeks. Lines of the model peak one after the other: drug in "
        "plasma and glutamate at 40 minutes, BDNF, mTORC1 and synaptic protein within hours, spines after "
        "a week. Below, measured: mood was better than control at 40 minutes and on most tests up to four "
        "days, less surely later.",
        caption="Lines: lesson 04's model after one infusion, each as a share of its own height, because "
        "no size is known. Circles: the trials of lesson 05, where their papers stand. "
        "Mood lifts before spines do.",
        numbers=(
            Fact(
                "Peak in plasma, 0.5 mg/kg over 40 min, measured",
                f"{seen.value:g} ng/mL",
                (seen.reference,),
            ),
            Fact(
                "In two models, venous and arterial",
                f"{peaks[0]:.0f} and {peaks[1]:.0f} ng/mL",
                tuple(models),
            ),
            Fact(
                "Perception changes at",
                f"{perceived.low:g} to {perceived.high:g} ng/mL",
                ("bowdle1998",),
            ),
            Fact(
                "Share that arrives: muscle, nasal esketamine, swallowed",
                ", ".join(
                    f"{facts.value[key]:g}" for key in ("f_im_label", "f_nasal_esk_56", "f_oral_chong")
                ),
                tuple(facts.reference[key] for key in ("f_im_label", "f_nasal_esk_56", "f_oral_chong")),
            ),
            Fact(
                "Shortest and longest half-life in one model",
                f"{fast:.1f} min and {slow / 60:.1f} h",
                ("otto2021",),
            ),
            Fact(
                "Blocks half the NMDA current, without magnesium", f"{dish.value:g} µM", (dish.reference,)
            ),
            Fact(
                "Occupies half the sites in living rats",
                f"{with_interval(rat.value, rat.low, rat.high, 2)} µM",
                (rat.reference,),
            ),
            Fact(
                "Receptors blocked at the peak, in the model: if magnesium competes; as in rats; if not",
                "; ".join(f"{block:.0f}%" for block in blocks),
                ("lesson 04",),
            ),
            Fact(
                "Glutamate turnover in people: change minus placebo",
                f"{turnover.change:+g} ± {turnover.spread:g}%, n = {turnover.n}",
                (turnover.reference,),
            ),
            Fact(
                "Spines of mice, day 1, % of before: minus saline",
                with_interval(day.difference, day.low, day.high),
                ("phoumthipphavong2016",),
            ),
            Fact(
                "Respond after two weeks: ketamine after rapamycin; placebo",
                f"{after:g}; {before:g}%",
                ("abdallah2020",),
            ),
        ),
        equations=(
            equation_of("Arrives in the blood unchanged", "01", r"F_\text{gut}"),
            equation_of("Free drug from the plasma level", "02", "f_u"),
            equation_of("Channels without magnesium", "02", "B(V)", part=0),
            equation_of("Open channels: empty, with magnesium, with drug", "02", r"\frac{C}{K(V)}", part=0),
        ),
        take_home=take_home(lessons),
        misconceptions=(
            point("04", MISCONCEPTIONS, "explain the speed"),
            point("02", MISCONCEPTIONS, "switches NMDA receptors off"),
        ),
        unknown=(
            point("03", UNKNOWN, "makes ketamine selective"),
            sentence("02", "Nobody has an accepted way"),
            point("04", UNKNOWN, "no mood in it"),
        ),
    )


def clinical(lessons: tuple[str, ...]) -> Sheet:
    pooled = table("pooled_estimates").set_index("estimate_id")
    day, month = (
        pool(found.effects)
        for found in (depression.points_after_a_day(), depression.points_after_four_weeks())
    )
    asleep = first_row("trial_differences", trial="lii2023", time_h=72)
    free = {row.time_h: row.gain for row in ideation.course().itertuples()}
    second, last = free[24], free[max(free)]
    severity = first_row("trial_differences", trial="aspire12", domain="suicidal ideation")
    early, fourth = pooled.loc["orhurhu_pain"], pooled.loc["michelet2018_3"]
    counts = table("trial_counts").query(
        "domain == 'anaesthesia' and control == 'etomidate' and outcome == 'death' and poolable == 'yes'"
    )
    deaths = pool(
        risk_ratio(counts.events_active, counts.n_active, counts.events_control, counts.n_control)
    ).natural
    collapse = first_row("trial_differences", trial="casey2025", scale="cardiovascular collapse")
    waking = [
        first_row("sedation_harms", study=study, event=event).value
        for study, event in (
            ("sener2011", "emergence reaction"),
            ("green2009b", "emergence reaction, clinically important"),
        )
    ]
    rates = [
        pooled.estimate[f"han_rate_{arm}_{hours}h"]
        for hours in (24, 168)
        for arm in ("ketamine", "placebo")
    ]
    return Sheet(
        slug="clinical",
        title="What ketamine is used for",
        lessons=lessons,
        colour="#00634a",
        picture=draw.uses(),
        alt="Seven estimates with intervals in standard deviations. Depression against placebo and against "
        "midazolam lie clear of zero; PTSD includes zero; social anxiety and OCD are large and very wide, "
        "from 18 and 15 people; in alcohol dependence days abstinent lie clear of zero, relapse does not.",
        caption="A wide interval means few people, not a strong effect. "
        "The trials and their papers stand in lessons 05 and 07.",
        numbers=(
            Fact(
                "Respond: ketamine and control after a day; a week",
                "{:g} and {:g}%; {:g} and {:g}%".format(*rates),
                ("han2016",),
            ),
            Fact(
                f"Depression, a day, minus control, {day.k} trials, MADRS points",
                with_interval(day.estimate, day.low, day.high),
                ("lesson 05",),
            ),
            Fact(
                f"Spray, 4 weeks, minus placebo, {month.k} trials, MADRS points",
                with_interval(month.estimate, month.low, month.high, 2),
                ("lesson 05",),
            ),
            Fact(
                "Under anaesthesia, minus saline, days 1 to 3, MADRS points",
                with_interval(asleep.value, asleep.low, asleep.high, 2),
                ("lii2023",),
            ),
            Fact("Relapse, spray continued and stopped", shares("sustain1", "relapse"), ("daly2019",)),
            Fact(
                "Ketamine and ECT: response; remission",
                f"{shares('elektd', 'response')}; {shares('ketect', 'remission')}",
                ("anand2023", "ekstrand2022"),
            ),
            Fact(
                "Free of suicidal thoughts, day 2: number needed to treat",
                f"{1 / second.difference:.1f} ({1 / second.high:.1f} to {1 / second.low:.0f})",
                ("su2023",),
            ),
            Fact(
                "The same on day 14: difference in 100",
                with_interval(*(100 * x for x in (last.difference, last.low, last.high)), 0),
                ("su2023",),
            ),
            Fact(
                "Suicidality, spray minus placebo, 24 h, points",
                with_interval(severity.value, severity.low, severity.high, 2),
                ("canuso2021",),
            ),
            Fact(
                "Chronic pain (0 to 10), minus control: two weeks; week 4",
                f"{with_interval(early.estimate, early.low, early.high, 2)}; "
                f"{with_interval(fourth.estimate, fourth.low, fourth.high, 2)}",
                (early.reference, fourth.reference),
            ),
            Fact(
                "Reactions on waking: any, adults; important, children",
                f"{waking[0]:g}%; {waking[1]:g}%",
                ("sener2011", "green2009b"),
            ),
            Fact(
                "Ketamine over etomidate: risk ratio of death",
                with_interval(deaths.estimate, deaths.low, deaths.high, 2),
                ("lesson 09",),
            ),
            Fact(
                "Collapse, more in 100 than with etomidate",
                with_interval(collapse.value, collapse.low, collapse.high),
                ("casey2025",),
            ),
        ),
        equations=(
            equation_of("Trials pooled, each by how surely it is known", "05", r"\hat\mu"),
            equation_of("A trial shows drug plus belief", "05", "D = d + e"),
            equation_of("Width of an interval, n people", "07", r"\text{width}"),
            equation_of("The effect runs behind the blood", "09", "dC_e"),
        ),
        take_home=take_home(lessons),
        misconceptions=(
            point("05", MISCONCEPTIONS, "Seventy of 100"),
            point("07", MISCONCEPTIONS, "No significant difference"),
        ),
        unknown=(
            sentence("06", "large enough to compare deaths"),
            point("08", UNKNOWN, "prevent chronic pain"),
            point("09", UNKNOWN, "better in trauma"),
        ),
    )


def comparison(lessons: tuple[str, ...]) -> Sheet:
    filled = first_row("transporter_occupancy", drug="five antidepressants")
    weeks = (
        table("pooled_estimates").query("reference == 'taylor2006' and measure == 'RD'").set_index("time")
    )
    ssri = 100 * np.array(comparators.with_and_without("SSRI", "responders"))
    steps = pathway.published()
    ever, if_all_stay = (
        100 * float(pathway.remission_ever(path)[0])
        for path in (steps, [replace(step, goes_on=1.0) for step in steps])
    )
    kept = first_row("antidepressant_outcomes", topic="relapse", reference="geddes2003")
    designs = comparators.designs().set_index("label")
    spray = designs.loc["TRANSFORM-2: spray, week 4"]
    told = {
        drug: first_row("adverse_reactions", drug=drug, reaction=reaction, people="all")
        for drug, reaction in (("esketamine", "dissociation"), ("sertraline", "nausea"))
    }
    rated, sober = (first_row("therapy_contrasts", contrast=key) for key in ("cbt_rater", "mbrp"))
    link = pool(as_effects(correlations().query("time_h <= 24"))).natural
    return Sheet(
        slug="comparison",
        title="Compared with tablets, and with talk",
        lessons=lessons,
        colour="#a33b00",
        picture=draw.comparisons(),
        alt="Two panels. Left, seven comparisons: 13 to 50 percent do well without the drug and 27 to 64 "
        "with it. Right, six comparisons: three that add therapy include zero, three that add ketamine lie "
        "above it.",
        caption="Left: similar gains from very different starts; compare within a trial only. ESCAPE "
        f"counts remission, all others a halved score. {_names(designs.reference)}. Right: what was added, "
        "lesson 11.",
        numbers=(
            Fact(
                "Serotonin transporters occupied, five antidepressants",
                f"{filled.low:g} to {filled.high:g}%",
                (filled.reference,),
            ),
            Fact(
                "SSRI minus placebo, responders in 100: weeks 1, 2, 6",
                ", ".join(f"{weeks.estimate[week]:g}" for week in ("7 days", "2 weeks", "6 weeks")),
                ("taylor2006",),
            ),
            Fact(
                "Respond in primary care, SSRI and placebo",
                f"{ssri[0]:.0f} and {ssri[3]:.0f} of 100",
                ("linde2015",),
            ),
            Fact(
                "Spray added to a new tablet, more responders in 100",
                with_interval(spray.difference, spray.low, spray.high, 0),
                (spray.reference,),
            ),
            Fact(
                "Remission, spray and quetiapine, week 8", shares("escapetrd", "remission"), ("reif2023",)
            ),
            Fact(
                "Remit within STAR*D's four steps; if nobody had left",
                f"{ever:.0f}; {if_all_stay:.0f} of 100",
                ("rush2006", "lesson 10"),
            ),
            Fact(
                "Relapse, tablet continued and stopped",
                f"{kept.value:g} and {kept.comparator_value:g}%",
                (kept.reference,),
            ),
            Fact("Relapse, spray continued and stopped", shares("sustain1", "relapse"), ("daly2019",)),
            *(
                Fact(
                    f"{row.reaction.capitalize()} on {drug} and on placebo{trials}",
                    f"{row.percent_drug:g} and {row.percent_placebo:g}%",
                    (row.reference,),
                )
                for (drug, row), trials in zip(told.items(), (", two trials", ""), strict=True)
            ),
            Fact(
                "Cognitive therapy added to ketamine, as rated, SD",
                with_interval(rated.value, rated.low, rated.high, 2),
                (rated.reference,),
            ),
            Fact(
                "Therapy added to ketamine, % of days abstinent, points",
                with_interval(sober.value, sober.low, sober.high),
                (sober.reference,),
            ),
            Fact(
                "Dissociation and benefit, pooled correlation",
                with_interval(link.estimate, link.low, link.high, 2),
                ("lesson 11",),
            ),
        ),
        equations=(
            equation_of("Remission and relapse in a cycle of four weeks", "10", "R_k"),
            equation_of("A correlation, and how sure it is", "11", "artanh"),
            equation_of("What a mediation analysis finds", "11", r"\gamma\lambda"),
        ),
        take_home=take_home(lessons),
        misconceptions=(
            point("10", MISCONCEPTIONS, "Tablets do nothing for weeks"),
            point("11", MISCONCEPTIONS, "shows the mechanism"),
        ),
        unknown=(
            sentence("10", "Nobody has compared ketamine and a tablet"),
            point("11", UNKNOWN, "Correlations without a published number"),
            sentence("11", "Nobody has measured the level below which people can talk"),
        ),
    )


def risks(lessons: tuple[str, ...]) -> Sheet:
    dissociation, pressure = (
        first_row("after_a_dose", effect="dissociation", definition="reported as an adverse event"),
        first_row("after_a_dose", effect="blood pressure", definition="systolic 40 mmHg up"),
    )
    peak, over, soon = (
        first_row("after_a_dose", effect="blood pressure", quantity=quantity, reference=reference)
        for quantity, reference in (
            ("peak", "janssen2020b"),
            ("over by", "janssen2020b"),
            ("over by", "ema2020"),
        )
    )
    forms = first_row(
        "after_a_dose", effect="serious event", definition="serious adverse event, all reports to the maker"
    )
    watched = first_row("after_a_dose", effect="observation")
    severe = first_row("severe_reactions", trial="transform12", outcome="severe or serious reaction")
    surveys = table("bladder_surveys").set_index("survey")
    claims = table("claims")
    verdicts, unsure = claims.verdict.value_counts(), (claims.certainty_effect == "very low").sum()
    return Sheet(
        slug="risks",
        title="Risks, and the article on trial",
        lessons=lessons,
        colour="#7a4a00",
        picture=draw.verdicts(),
        alt="The numbers of all claims of the article in five rows: "
        + ", ".join(f"{verdict} {count}" for verdict, count in verdicts.items())
        + ".",
        caption="Every claim of the article under our verdict. A verdict is our reading of the sources we "
        "found, not a law.",
        numbers=(
            Fact(
                f"Of {len(claims)} claims: hold; hold in part; effect of very low certainty",
                f"{verdicts['supported']}; {verdicts['partly supported']}; {unsure}",
                ("lesson 13",),
            ),
            Fact(
                "Dissociation reported, all blinded phases: spray and placebo",
                f"{dissociation.value:g} and {dissociation.control:g}%",
                (dissociation.reference,),
            ),
            Fact(
                "Systolic pressure 40 mmHg up, esketamine and placebo",
                f"{pressure.value:g} and {pressure.control:g}%",
                (pressure.reference,),
            ),
            Fact(
                "Minutes until pressure is highest; until it is back",
                f"{peak.value:g}; {over.value:g} (US) or {soon.low:g} to {soon.high:g} (EU)",
                (peak.reference, soon.reference),
            ),
            Fact(
                "Spray: watched at each session for at least",
                f"{watched.value:g} min",
                (watched.reference,),
            ),
            Fact(
                "Sessions with a serious event, all reports to the maker",
                f"{forms.value:g}%",
                (forms.reference,),
            ),
            Fact(
                "Severe or serious reaction, esketamine and placebo",
                f"{severe.percent_active:g} and {severe.percent_control:g}%",
                (severe.reference,),
            ),
            *(
                Fact(what, f"{surveys.percent[key]:g}%", (surveys.reference[key],))
                for key, what in (
                    ("online_never", "Urinary symptoms, people who never took ketamine"),
                    ("online_recent", "Urinary symptoms, users of the last six months"),
                    ("harding", "Bladder problems, people who say they are addicted"),
                )
            ),
            Fact(
                "Cystitis put down to esketamine in trials, within a year",
                f"{surveys.events.label_cystitis} of {grouped(surveys.n.label_cystitis)}",
                (surveys.reference.label_cystitis,),
            ),
        ),
        equations=(
            equation_of("People beyond a threshold, from mean and spread", "12", r"\Phi"),
            equation_of("Odds after d days of use outside medicine", "12", r"r^{\,d}"),
            equation_of("Benefit minus harm; the weights are yours", "12", r"\text{balance}"),
            equation_of("Agreement of two judges beyond luck", "13", r"\kappa"),
        ),
        take_home=take_home(lessons),
        misconceptions=(
            point("12", MISCONCEPTIONS, "ruins the bladder"),
            point("13", MISCONCEPTIONS, "Unsupported means false"),
        ),
        unknown=(
            point("12", UNKNOWN, "years of treatment"),
            point("12", UNKNOWN, "become dependent"),
            point("13", UNKNOWN, "Both readers made this course"),
        ),
    )


SHEETS: dict[Callable[[tuple[str, ...]], Sheet], tuple[str, ...]] = {
    neuroscience: ("01", "02", "03", "04"),
    clinical: ("05", "06", "07", "08", "09"),
    comparison: ("10", "11"),
    risks: ("12", "13"),
}


def sheets() -> list[Sheet]:
    """The sheets whose lessons are all ready."""
    with style.course_look():
        return [make(lessons) for make, lessons in SHEETS.items() if set(lessons) <= ready()]


def write(folder: Path) -> list[Sheet]:
    """Write the sheets as pages that need only the decks' assets beside them; returns them."""
    from ketalab.publish.slides import write_page

    titles = table("lessons").set_index("lesson").title
    made = sheets()
    for sheet in made:
        write_page(folder / sheet.file, "cheat_sheet.html.j2", sheet=sheet, titles=titles, cited=cited)
    return made


def cited(sources: Sequence[str]) -> list[tuple[str, str]]:
    """Name and address of each source; a lesson's address is its deck."""
    return [
        (source, f"{stem(source[-2:])}.html")
        if source.startswith("lesson ")
        else (bibliography.short_name(source), bibliography.link(source))
        for source in sources
    ]


def _names(keys: Sequence[str]) -> str:
    return "; ".join(bibliography.short_name(key) for key in dict.fromkeys(keys))
