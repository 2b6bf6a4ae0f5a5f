"""The explorables of the course, by name."""

from collections.abc import Callable
from importlib import import_module

from ketalab.explore.explorable import Explorable

CATALOGUE = {
    "history_so_far": "ketalab.explore.start",
    "drug_and_mood": "ketalab.explore.start",
    "route_to_plasma": "ketalab.explore.plasma",
    "repeated_sessions": "ketalab.explore.plasma",
    "population_fan": "ketalab.explore.plasma",
    "cascade_knockout": "ketalab.explore.synapse",
    "plasticity_window": "ketalab.explore.synapse",
    "cascade_fan": "ketalab.explore.synapse",
    "dose_to_synapse": "ketalab.explore.chain",
    "pore_block": "ketalab.explore.receptor",
    "pulse_train": "ketalab.explore.receptor",
    "infusion_to_block": "ketalab.explore.receptor",
    "target_atlas": "ketalab.explore.receptor",
    "interneurons_first": "ketalab.explore.circuit",
    "hundred_people": "ketalab.explore.antidepressants",
    "adverse_tornado": "ketalab.explore.antidepressants",
    "four_steps": "ketalab.explore.antidepressants",
    "dose_to_surge": "ketalab.explore.circuit",
    "reminder_and_drug": "ketalab.explore.beyond_depression",
    "small_trials_shine": "ketalab.explore.beyond_depression",
    "how_many_more": "ketalab.explore.beyond_depression",
    "onset_race": "ketalab.explore.depression",
    "which_trials": "ketalab.explore.depression",
    "design_the_blind": "ketalab.explore.blinding",
    "relapse_and_repeat": "ketalab.explore.relapse",
    "first_two_weeks": "ketalab.explore.ideation",
    "pool_and_silence": "ketalab.explore.ideation",
    "trial_on_events": "ketalab.explore.ideation",
    "wind_up": "ketalab.explore.pain",
    "relief_over_weeks": "ketalab.explore.pain",
    "opioid_sparing": "ketalab.explore.pain",
    "infusion_designer": "ketalab.explore.anaesthesia",
    "pressure_at_induction": "ketalab.explore.anaesthesia",
    "ketamine_or_etomidate": "ketalab.explore.anaesthesia",
    "session_planner": "ketalab.explore.psychotherapy",
    "silent_studies": "ketalab.explore.altered_state",
    "what_mediates_what": "ketalab.explore.psychotherapy",
    "going_home": "ketalab.explore.safety",
    "bladder_by_days": "ketalab.explore.safety",
    "balance_of_1000": "ketalab.explore.safety",
    "tail_behind_a_mean": "ketalab.explore.safety",
    "hold_a_standard": "ketalab.explore.verdict",
    "readers_dial": "ketalab.explore.verdict",
}


def explorable(name: str) -> Explorable:
    """A fresh copy of one of the course's explorables; ValueError when there is none of that name."""
    if name not in CATALOGUE:
        raise ValueError(f"explorable: {name!r} is not one of {', '.join(CATALOGUE)}")
    make: Callable[[], Explorable] = getattr(import_module(CATALOGUE[name]), name)
    return make()
