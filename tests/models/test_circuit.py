"""The mean field against its own equations solved another way, its limits, and laws it must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import root
from scipy.special import erfc

from ketalab.models import circuit
from ketalab.models.circuit import INTERNEURON, POPULATIONS, PYRAMIDAL, RESTING, Parameters

fractions = st.floats(0, 1)
corners = [Parameters(n, g) for n in (0.0, 0.05, 0.15) for g in (0.0, 0.3, 0.6)]


# An independent mean field: written out from the module's text, integrals by quadrature -------------


def first_passage(mu: float, sigma: float, tau: float, refractory: float, k) -> float:
    """Firing rate (1/ms) by adaptive quadrature of the textbook integrand."""
    r = np.sqrt(k.tau_ampa / tau)
    top = (k.threshold - mu) / sigma * (1 + r * r / 2) + 1.03 * r - r * r / 2
    integral, _ = quad(lambda u: np.exp(u * u) * erfc(-u), (k.reset - mu) / sigma, top, epsrel=1e-10)
    return 1 / (refractory + tau * np.sqrt(np.pi) * integral)


def response(population: str, rates: dict, voltage: float, block: float, drive, local: float):
    own, k = circuit.constants(population), circuit.constants("shared")
    jump = 1 - np.exp(-k.alpha * k.tau_rise)

    def gate(rate):
        return rate * k.tau_decay * jump / (1 + rate * k.tau_decay * jump)

    s = local * gate(rates[PYRAMIDAL]) + (1 - local) * gate(0.003)
    magnesium = 1 + k.magnesium / k.mg_constant * np.exp(-k.mg_slope * voltage)
    g_nmda = (1 - block) * drive.nmda * s / magnesium
    bend = g_nmda * k.mg_slope * (voltage - k.excitatory_reversal) * (magnesium - 1) / magnesium
    g_ampa = (own.g_distant * drive.distant + own.g_ampa * 800 * rates[PYRAMIDAL]) * k.tau_ampa
    g_gaba = own.g_gaba * 200 * rates[INTERNEURON] * k.tau_gaba
    total = own.leak + g_ampa + g_gaba + g_nmda + bend
    mu = (own.leak * k.leak_reversal + g_gaba * k.inhibitory_reversal + bend * voltage) / total
    tau = own.capacitance / total
    sigma = abs(own.g_distant * voltage * k.tau_ampa / own.capacitance) * np.sqrt(drive.distant * tau)
    rate = first_passage(mu, sigma, tau, own.refractory, k)
    return rate, mu - (k.threshold - k.reset) * rate * tau


def solved_by_root(block: dict, parameters: Parameters, start: dict) -> np.ndarray:
    drives = circuit.resting_circuit(parameters)

    def misfit(x):
        rates = dict(zip(POPULATIONS, np.exp(x[:2]), strict=True))
        out = []
        for p, voltage in zip(POPULATIONS, x[2:], strict=True):
            rate, potential = response(p, rates, voltage, block[p], drives[p], parameters.local_share)
            out += [np.log(rate / rates[p]), potential - voltage]
        return out

    x0 = [np.log(start[p] / 1000) for p in POPULATIONS] + [drives[p].voltage for p in POPULATIONS]
    found = root(misfit, x0, method="hybr", tol=1e-11)
    assert found.success, found.message
    return np.exp(found.x[:2]) * 1000


@pytest.mark.parametrize("blocked", [(0, 0), (0.5, 0.25), (0.9, 0.6), (1, 1), (0, 1), (1, 0.5)])
def test_fixed_point_is_the_root_scipy_finds_of_the_equations_written_out_again(blocked):
    parameters = Parameters()
    state = circuit.fixed_point(*blocked, parameters)
    start = {PYRAMIDAL: float(state.pyramidal) * 1.3, INTERNEURON: float(state.interneuron) * 0.9}
    found = solved_by_root({INTERNEURON: blocked[0], PYRAMIDAL: blocked[1]}, parameters, start)
    assert [float(state.pyramidal), float(state.interneuron)] == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("upper", [-20.0, -3.0, 0.0, 1.5, 5.0])
def test_the_passage_integral_is_the_integral(upper: float):
    exact, _ = quad(lambda u: np.sqrt(np.pi) * np.exp(u * u) * erfc(-u), -5, upper, epsrel=1e-10)
    ours = float(circuit._passage(np.array(upper)) - circuit._passage(np.array(-5.0)))
    assert ours == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("rate", [0.003, 0.01, 0.04])
def test_the_gate_is_the_mean_of_gates_driven_by_random_spikes(rate: float):
    """400 synapses for 3 s; the formula takes the rise of 2 ms as instantaneous."""
    k, dt, synapses, settle = circuit.constants("shared"), 0.1, 400, 6000
    rng = np.random.default_rng(0)
    x, s, total, steps = np.zeros(synapses), np.zeros(synapses), 0.0, 30_000
    for step in range(steps):
        x += rng.random(synapses) < rate * dt
        s += dt * (-s / k.tau_decay + k.alpha * x * (1 - s))
        x -= dt * x / k.tau_rise
        total += s.mean() * (step >= settle)
    assert total / (steps - settle) == pytest.approx(float(circuit.gate(rate)), rel=0.05)


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", corners, ids=str)
def test_without_drug_the_circuit_rests(parameters: Parameters):
    state = circuit.steady_state(0, 0, parameters)
    assert float(state.pyramidal) == pytest.approx(RESTING[PYRAMIDAL], rel=1e-6)
    assert float(state.interneuron) == pytest.approx(RESTING[INTERNEURON], rel=1e-6)
    assert float(state.glutamate) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("parameters", [p for p in corners if p.nmda_share], ids=str)
def test_interneurons_alone_disinhibit_and_pyramidal_cells_alone_fall_silent(parameters: Parameters):
    disinhibited, silenced = circuit.steady_state([1, 0], [0, 1], parameters).pyramidal
    assert disinhibited > 2 * RESTING[PYRAMIDAL]
    assert silenced < 0.6 * RESTING[PYRAMIDAL]


def test_without_nmda_current_the_drug_does_nothing():
    state = circuit.steady_state(1, 1, Parameters(nmda_share=0))
    assert float(state.pyramidal) == pytest.approx(RESTING[PYRAMIDAL], rel=1e-6)


def test_without_local_synapses_glutamate_here_cannot_change():
    state = circuit.steady_state([0.5, 1], [0.2, 0], Parameters(local_share=0))
    assert state.glutamate == pytest.approx([1, 1])
    assert (state.pyramidal > 3).all()


def test_nmda_carries_its_share_of_the_resting_current():
    parameters = Parameters(nmda_share=0.12)
    for population, drive in circuit.resting_circuit(parameters).items():
        own, k = circuit.constants(population), circuit.constants("shared")
        nmda = drive.nmda * circuit.gate(0.003) * circuit.magnesium_free(drive.voltage)
        ampa = (own.g_distant * drive.distant + own.g_ampa * 800 * 0.003) * k.tau_ampa
        assert nmda / (nmda + ampa) == pytest.approx(0.12)


@settings(deadline=None, max_examples=20)
@given(fractions, fractions)
def test_currents_are_those_that_make_the_rates_of_the_settled_circuit(i: float, e: float):
    """At the mean potential what flows in, what flows out and what the spikes take agree."""
    state, k = circuit.steady_state(i, e), circuit.constants("shared")
    flows = circuit.currents(i, e)
    for p, block in ((PYRAMIDAL, e), (INTERNEURON, i)):
        now, own = flows[p], circuit.constants(p)
        rate = float(getattr(state, p)) / 1000
        assert now.nmda == pytest.approx((1 - block) * now.nmda_unblocked)
        # From the AMPA current the driving force, hence the potential, hence the leak.
        force = now.ampa / (
            own.g_ampa * circuit.own_inputs({PYRAMIDAL: state.pyramidal / 1000}) * k.tau_ampa
        )
        leak = own.leak * (k.excitatory_reversal - force - k.leak_reversal)
        spikes = own.capacitance * (k.threshold - k.reset) * rate
        incoming = now.nmda + now.ampa + now.distant
        assert incoming - now.gaba - leak == pytest.approx(spikes, abs=0.01 * incoming)


def test_without_drug_currents_are_the_resting_ones():
    for now in circuit.currents(0, 0).values():
        assert now.nmda / (now.nmda + now.ampa + now.distant) == pytest.approx(0.10, rel=1e-3)


def test_the_published_strengths_run_away_when_interneurons_alone_are_blocked(monkeypatch):
    """Why ours differ: the docstring's claim about the published network."""
    monkeypatch.setitem(circuit.SHARE_LIMITS, "nmda_share", (0.0, 0.3))
    monkeypatch.setitem(circuit.SHARE_LIMITS, "local_share", (0.0, 1.0))
    monkeypatch.setattr(circuit, "STEP", 0.01)
    state = circuit.fixed_point(0.25, 0.0, Parameters(0.278, 1.0))
    assert float(state.pyramidal) > 100


# Laws ---------------------------------------------------------------------------------------------


@settings(deadline=None)  # the first call solves a table
@given(fractions, fractions, st.floats(0.02, 0.3))
def test_block_of_interneurons_excites_and_of_pyramidal_cells_calms(i: float, e: float, more: float):
    state = circuit.steady_state([i, min(i + more, 1), i], [e, e, min(e + more, 1)])
    if i + more <= 1:
        assert state.pyramidal[1] > state.pyramidal[0]
    if e + more <= 1:
        assert state.pyramidal[2] < state.pyramidal[0]
    assert (state.pyramidal > 0).all()
    assert (state.interneuron > 0).all()
    assert (np.sign(state.glutamate - 1) == np.sign(np.round(state.pyramidal - 3, 9))).all()


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(corners), fractions, fractions)
def test_the_tabulated_answer_is_within_a_percent_of_the_solved_one(parameters, i: float, e: float):
    table, solved = (f(i, e, parameters) for f in (circuit.steady_state, circuit.fixed_point))
    assert float(table.pyramidal) == pytest.approx(float(solved.pyramidal), rel=0.01)
    assert float(table.interneuron) == pytest.approx(float(solved.interneuron), rel=0.01)


@pytest.mark.parametrize("factor", [0.1, 1, 20])
@pytest.mark.parametrize("parameters", [Parameters(), Parameters(0.15, 0.6)], ids=str)
def test_the_state_does_not_depend_on_where_the_search_starts(parameters, factor, monkeypatch):
    expected = circuit.fixed_point([0.3, 0.6, 1], [0.1, 0.3, 0.5], parameters)
    drives = circuit.resting_circuit(parameters)
    monkeypatch.setattr(circuit, "resting_circuit", lambda _: drives)
    monkeypatch.setattr(circuit, "RESTING", {PYRAMIDAL: 3.0 * factor, INTERNEURON: 9.0 * factor**0.5})
    far = circuit.gate(0.003)
    monkeypatch.setattr(circuit, "opening", lambda rate, s: s * circuit.gate(rate) + (1 - s) * far)
    rates = circuit._settle(np.array([0.3, 0.6, 1]), np.array([0.1, 0.3, 0.5]), parameters)
    assert rates[PYRAMIDAL] * 1000 == pytest.approx(expected.pyramidal, rel=1e-5)


@given(st.floats(0, 1), st.floats(0.1, 20))
def test_selectivity_is_the_ratio_of_the_odds_and_average_affinity_lies_between(theta: float, s: float):
    i, e = circuit.block_from_occupancy(theta, s)
    assert 0 <= i <= 1
    assert 0 <= e <= 1
    assert min(i, e) - 1e-12 <= theta <= max(i, e) + 1e-12
    if 1e-6 < theta < 1 - 1e-6:
        assert (i / (1 - i)) / (e / (1 - e)) == pytest.approx(s, rel=1e-6)


def test_selectivity_is_what_two_half_blocking_concentrations_do():
    free, half, s = np.array([0.1, 1.0, 7.0]), 2.0, 4.0
    i, e = circuit.block_from_occupancy(free / (free + half), s)
    assert i == pytest.approx(free / (free + half / 2))
    assert e == pytest.approx(free / (free + half * 2))


def test_dose_and_selectivity_make_an_inverted_u():
    occupancy = circuit.occupancy_from_dose([5, 10, 20, 30, 50, 200], 6)
    surge = circuit.steady_state(*circuit.block_from_occupancy(occupancy, 3.0)).glutamate - 1
    assert surge[:4] == pytest.approx(np.abs(surge[:4]))
    assert surge[0] > surge[2] > surge[4]
    assert surge[-1] < 0
    flat = circuit.steady_state(*circuit.block_from_occupancy(occupancy, 1.0)).glutamate - 1
    assert (flat < 0).all()


def test_arrays_broadcast_and_keep_their_shape():
    state = circuit.steady_state(np.linspace(0, 1, 5)[:, None], [0.2, 0.4, 0.6])
    assert state.pyramidal.shape == state.interneuron.shape == state.glutamate.shape == (5, 3)
    assert circuit.steady_state(0.5, 0.25).pyramidal.shape == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: circuit.steady_state(1.2, 0),
            r"block_interneuron: 1\.2 is not allowed; it must be 0 to 1",
        ),
        (lambda: circuit.fixed_point(0, -0.1), r"block_pyramidal: -0\.1 is not allowed"),
        (lambda: circuit.steady_state(np.nan, 0), "block_interneuron: nan is not allowed"),
        (lambda: circuit.block_from_occupancy(2.0), r"occupancy: 2 is not allowed; it must be 0 to 1"),
        (lambda: circuit.block_from_occupancy(0.5, 0), "selectivity: 0 is not allowed"),
        (lambda: circuit.occupancy_from_dose(-1, 6), "dose: -1 is not allowed; it must be 0 mg/kg or more"),
        (lambda: circuit.occupancy_from_dose(1, 0), "half_dose: 0 is not allowed"),
        (lambda: Parameters(nmda_share=0.4), r"nmda_share: 0\.4 is not allowed; it must be 0 to 0\.15"),
        (lambda: Parameters(local_share=0.9), r"local_share: 0\.9 is not allowed; it must be 0 to 0\.6"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, message: str):
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert "\n" not in str(error.value)
