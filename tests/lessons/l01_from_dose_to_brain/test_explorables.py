"""The two tanks under the curve, against the equations of the models solved here anew."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ketalab.lessons import explorable
from ketalab.lessons.l01_from_dose_to_brain.shared import held_in_tanks, moments
from ketalab.models import pharmacokinetics as pk
from ketalab.text import significant

TIMES = np.arange(0, 361.0)


@pytest.mark.parametrize("model", ["otto2021", "simons2022", "perezruixo2021"])
def test_the_tanks_hold_what_the_equations_leave_in_them(model: str):
    patient = pk.published(model).typical(70)
    seen = moments(patient, held_in_tanks(patient, [pk.Dose(35, "iv", duration=40)], TIMES), TIMES)
    given = np.zeros(len(patient.compartments))
    given[patient.index("ketamine")] = 35 / 40
    solved = solve_ivp(
        lambda t, held: patient.K[0] @ held + given * (t < 40),
        (0, 360),
        np.zeros(len(given)),
        t_eval=TIMES,
        max_step=1.0,
        rtol=1e-8,
    ).y
    blood = sum(solved[patient.index(n)] for n in ("ketamine", "liver") if n in patient.compartments)
    tissue = sum(solved[patient.index(f"ketamine peripheral {i}")] for i in (1, 2))
    assert [m.minute for m in seen] == [40, TIMES[tissue.argmax()], 360]
    for moment in seen:
        at = int(moment.minute)
        assert moment.blood == pytest.approx(blood[at], rel=1e-3)
        assert moment.tissue == pytest.approx(tissue[at], rel=1e-3)
        if at > 40:
            change = np.gradient(tissue, TIMES / 60)[at]
            assert moment.into_tissue - moment.back == pytest.approx(change, abs=0.02 * moment.back)
            lost = -np.gradient(blood + tissue, TIMES / 60)[at] if at < 360 else None
            assert lost is None or moment.out == pytest.approx(lost, rel=0.02)


def test_the_tanks_answer_why_the_fall_is_fast_first_and_slow_later():
    """More into tissue than back at the peak; as much at B; more back than in at the end."""
    shown = explorable("route_to_plasma")
    for values in ({}, {"model": "Simons 2022 (arterial)"}, {"route": "IV bolus", "dose": 2.0}):
        artists = shown.at(**values).artists
        flows = [
            [float(artists[f"{letter} {way}"].replace(",", "")) for way in ("in", "back")]
            for letter in "ABC"
        ]
        assert flows[0][0] > 1.4 * flows[0][1]
        assert flows[1][0] == pytest.approx(flows[1][1], rel=0.05)
        assert flows[2][0] < 0.9 * flows[2][1]


def test_nothing_is_lost_before_the_liver_holds_anything():
    """Where a model's liver alone clears the drug, nothing leaves at the moment of an injection."""
    shown = explorable("route_to_plasma")
    setting = {"route": "IV bolus", "model": "Perez-Ruixo 2021 (venous)"}
    for weight in (45, 50, 70, 110):
        for dose in (0.1, 0.5, 1.1, 2.0):
            artists = shown.at(**setting, weight=weight, dose=dose).artists
            assert (artists["A out"], artists["A tissue"]) == ("0", "0 mg")
            assert float(artists["A in"].replace(",", "")) > 0


def test_levels_and_words_of_the_tanks_agree():
    shown = explorable("route_to_plasma")
    for preset in shown.presets.values():
        view = shown.at(**preset)
        heights = [polygon[2][1] - polygon[0][1] for polygon in view.artists["levels"]]
        words = [view.artists[f"{letter} {tank}"] for letter in "ABC" for tank in ("blood", "tissue")]
        held = np.array([float(text.removesuffix(" mg").replace(",", "")) for text in words])
        assert np.argmax(heights) == np.argmax(held)
        per_mg = [height / mg for height, mg in zip(heights, held, strict=True) if mg]
        assert np.ptp(per_mg) <= 0.12 * np.mean(per_mg), "one scale for all six"
        assert f"then holds {significant(held[1], 2)} mg;" in view.sentence


@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
def test_the_time_of_giving_is_shaded_from_the_bottom_of_the_picture_to_its_top(scale: str):
    """The heights of the band are shares of the picture, not concentrations."""
    shown = explorable("route_to_plasma")
    canvas, view = shown.canvas(100), shown.at(scale=scale)
    canvas.draw(view.artists, view.limits)
    band = canvas.stage.artists["given"].get_window_extent()
    frame = canvas.stage.axes["main"].get_window_extent()
    assert (band.y0, band.y1) == pytest.approx((frame.y0, frame.y1))


@pytest.mark.parametrize(
    "route", ["IV infusion", "IV bolus", "intramuscular", "nasal esketamine", "swallowed"]
)
def test_tanks_and_read_out_name_one_time_of_the_peak(route: str):
    shown = explorable("route_to_plasma")
    names = [option for control in shown.controls if control.name == "route" for option in control.options]
    view = shown.at(route=next(name for name in names if name.startswith(route)))
    at = {r.label: r.text for r in view.readings}["time of the peak"]
    assert view.artists["A name"] == f"A  {at}: the peak"
