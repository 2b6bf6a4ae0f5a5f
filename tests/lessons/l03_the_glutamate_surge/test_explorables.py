"""The explorables of the glutamate surge against models and data, computed here without their code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l03_the_glutamate_surge import figures, mechanism, trials
from ketalab.models import circuit, spiking
from ketalab.models.circuit import Parameters


def readings(name: str, **values) -> dict:
    return {r.label: r.value for r in explorable(name).at(**values).readings}


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([0.5, 1.0, 3.5, 8.0]), st.sampled_from([0, 15, 50, 100]))
def test_the_rates_are_the_models(selectivity: float, occupancy: int):
    shown = readings("interneurons_first", selectivity=selectivity, occupancy=occupancy)
    blocks = circuit.block_from_occupancy(occupancy / 100, selectivity)
    state = circuit.fixed_point(*blocks)
    assert shown["blocked on interneurons"] == pytest.approx(100 * float(blocks[0]))
    assert shown["blocked on pyramidal cells"] == pytest.approx(100 * float(blocks[1]))
    assert shown["pyramidal cells"] == pytest.approx(float(state.pyramidal), rel=0.01)
    assert shown["interneurons"] == pytest.approx(float(state.interneuron), rel=0.01)


@pytest.mark.parametrize(("selectivity", "occupancy"), [(2.0, 50), (8.0, 50), (0.5, 100), (4.0, 0)])
def test_the_circuit_is_drawn_from_the_model(selectivity: float, occupancy: int):
    """Areas are rates and widths are currents, each on one scale; the black plate is the share blocked."""
    view = explorable("interneurons_first").at(selectivity=selectivity, occupancy=occupancy)
    blocks = tuple(map(float, circuit.block_from_occupancy(occupancy / 100, selectivity)))
    flows, state = circuit.currents(*blocks), circuit.fixed_point(*blocks)
    area, per_pa = {}, []
    for p, block in zip(("interneuron", "pyramidal"), blocks, strict=True):
        (disc,) = view.artists[f"{p} cell"]
        area[p] = np.ptp(disc[:, 0]) ** 2
        arriving, *past = view.artists[f"{p} NMDA"]
        wide = np.ptp(np.array(arriving)[:, 0])
        (plate,) = view.artists[f"{p} drug"]
        assert np.ptp(np.array(plate)[:, 0]) / wide == pytest.approx(block)
        assert len(past) == (block < 1)
        assert view.artists[f"{p} blocked"][2] == f"{100 * block:.0f}%"
        per_pa.append(wide / flows[p].nmda_unblocked)
    assert area["pyramidal"] / area["interneuron"] == pytest.approx(
        float(state.pyramidal / state.interneuron), rel=0.02
    )
    (inhibition,), (excitation,) = view.artists["inhibition"], view.artists["excitation"]
    per_pa.append(np.ptp(np.array(inhibition)[:, 1]) / flows["pyramidal"].gaba)
    shaft = np.array(excitation)[[0, -1], 1]
    per_pa.append(abs(shaft[1] - shaft[0]) / flows["interneuron"].ampa)
    assert per_pa == pytest.approx([per_pa[0]] * 4)
    less = flows["pyramidal"].gaba / circuit.currents(0, 0)["pyramidal"].gaba - 1
    said = {r.label: r.text for r in view.readings}["inhibition, change"]
    assert float(said.replace("−", "-").rstrip("%")) == pytest.approx(100 * less, abs=0.51)


def test_every_rate_fits_its_cell_and_its_axis():
    rates = [
        circuit.steady_state(*circuit.block_from_occupancy(np.linspace(0, 1, 51), s)) for s in (0.5, 8)
    ]
    assert max(max(r.pyramidal.max(), r.interneuron.max()) for r in rates) < mechanism.FULL_HZ


def test_the_raster_is_a_stored_run_and_says_which():
    view = explorable("interneurons_first").at(selectivity=3.0, occupancy=45)
    run = spiking.stored_runs()[0.4, 4.0]
    assert view.artists["run"] == "stored run: 40% blocked, selectivity 4"
    assert sorted(view.artists["pyramidal spikes"][0]) == sorted(run.pyramidal.time)
    assert set(view.artists["interneuron spikes"][1]) == set(run.interneuron.cell + 41)
    assert {r.label: r.value for r in view.readings}["pyramidal cells, stored run"] == run.pyramidal.rate


def test_squares_of_the_network_stand_only_where_it_was_run():
    shown = explorable("interneurons_first")
    assert shown.at(selectivity=3.0).artists["pyramidal runs"] is None
    x, y = shown.at(selectivity=4.0).artists["pyramidal runs"]
    assert x == pytest.approx([100 * o for o in spiking.STORED_OCCUPANCY])
    assert y == [spiking.stored_runs()[o, 4.0].pyramidal.rate for o in spiking.STORED_OCCUPANCY]


def test_what_is_drawn_in_advance_are_stored_runs():
    """On a slide every stop of the sliders has its own run, so the title never contradicts the setting."""
    controls = {control.name: control for control in explorable("interneurons_first").controls}
    assert set(controls["selectivity"].stops) == set(spiking.STORED_SELECTIVITY)
    assert {stop / 100 for stop in controls["occupancy"].stops} <= set(spiking.STORED_OCCUPANCY)


@pytest.mark.parametrize(
    ("values", "met"),
    [
        ({"selectivity": 3.0, "half_dose": 6}, 5),
        ({"selectivity": 1.0, "half_dose": 20}, 1),
        ({"selectivity": 3.0, "half_dose": 6, "local": "0%"}, 1),
    ],
)
def test_the_directions_met_are_counted_against_the_data(values: dict, met: int):
    shown = readings("dose_to_surge", **values)
    rats = table("surge_observations").query("reference == 'moghaddam1997'")
    local = 0.0 if values.get("local") == "0%" else 0.3
    occupancy = rats.dose.to_numpy() / (rats.dose.to_numpy() + values["half_dose"])
    blocks = circuit.block_from_occupancy(occupancy, values["selectivity"])
    change = 100 * (circuit.fixed_point(*blocks, Parameters(0.1, local)).glutamate - 1)
    expected = sum(
        (d == 1 and c >= 3) or (d == 0 and abs(c) < 3) or (d == -1 and c <= -3)
        for d, c in zip(rats.direction, change, strict=True)
    )
    assert expected == met
    assert shown["microdialysis results matched"] == f"{met} of 5"


def test_measurements_have_a_direction_and_no_height():
    stage = explorable("dose_to_surge").stage()
    marks = [line for line in stage.axes["signs"].get_lines() if line.get_label().startswith("measured")]
    data = table("surge_observations").query("species == 'rat' and dose == dose")
    data = data[data.method.isin(["microdialysis", "carbon-13 spectroscopy"])]
    assert sorted(x for line in marks for x in line.get_xdata()) == sorted(data.dose)
    assert set(np.concatenate([line.get_ydata() for line in marks])) <= {0, 1}  # the row of the method
    assert not any(line.get_label().startswith("measured") for line in stage.axes["main"].get_lines())


def test_the_peak_is_the_highest_point_of_the_curve():
    view = explorable("dose_to_surge").at(selectivity=3.0, half_dose=6)
    doses, curve = view.artists["surge"]
    shown = {r.label: r.value for r in view.readings}
    assert shown["at a dose of"] == pytest.approx(doses[np.argmax(curve)])
    assert shown["highest change"] == f"{curve.max():+.0f}%"
    fine = np.geomspace(1, 300, 5000)
    blocks = circuit.block_from_occupancy(circuit.occupancy_from_dose(fine, 6), 3.0)
    exact = 100 * (circuit.steady_state(*blocks).glutamate - 1)
    assert curve.max() == pytest.approx(exact.max(), rel=0.01)


# What the lesson says of the model ----------------------------------------------------------------------


def test_settings_that_fit_meet_each_direction_and_none_is_without_selectivity():
    found = trials.fitting()
    assert len(found) == 42
    assert min(selectivity for selectivity, _, _ in found) == 1.5
    peaks = [peak for _, _, peak in found]
    assert (round(min(peaks)), round(max(peaks))) == (3, 20)
    rows = trials.rat_signs()
    for selectivity, half, _ in found[::10]:
        changes = trials.change(rows.dose.to_numpy(), half, selectivity)
        assert all(
            (c >= 3) if d == 1 else (c <= -3) if d == -1 else abs(c) < 3
            for c, d in zip(changes, rows.direction, strict=True)
        )


def test_the_directions_are_counted_in_the_sentence_as_microdialysis_only():
    assert "of the 5 microdialysis results" in explorable("dose_to_surge").at().sentence


def test_more_of_the_same_drug_does_the_opposite_in_the_rasters():
    rates = [spiking.stored_runs()[key].pyramidal.rate for key in figures.PANELS.values()]
    rest, half, full = rates
    assert half > 1.7 * rest
    assert full < rest


def test_people_are_told_as_the_table_has_them():
    rows = table("surge_observations").query("species == 'human'")
    assert trials.in_words().startswith(f"{(rows.direction == 1).sum()} rose")
    assert "GABA +38%" in trials.in_words()
