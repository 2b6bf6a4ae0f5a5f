"""The reminder model against a stepped solution, its own limits and what each account promises."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.models import reconsolidation as rc

BLOCKER = rc.Hypothesis(opening=1, storing=1, surprise=0)
SURPRISE = rc.Hypothesis(opening=0, storing=0, surprise=0.5)
accounts = st.builds(rc.Hypothesis, st.floats(0, 1), st.floats(0, 1), st.floats(0, 2))
starts = st.floats(-24, 24)
lengths = st.floats(1, 180)
peaks = st.floats(0, 0.99)
turns = st.floats(1, 240)


def stepped(account: rc.Hypothesis, start: float, length: float, peak: float, turn: float) -> float:
    """The same story told in time: open memory and new trace are stored minute by minute, or lost."""
    ends = length / 60
    during = np.linspace(0, ends, 2001)
    b0 = np.trapezoid(rc.block(during - start, peak), during) / ends
    share = 0.5 ** (length / turn)
    opened = share * (1 - account.opening * b0)
    waiting = opened * (1 + account.surprise * b0)

    def slope(t: float, y: np.ndarray) -> list[float]:
        open_memory, _stored, new, _safe = y
        passes = 1 - account.storing * float(rc.block(t - start, peak))
        k = np.log(20) / 6
        return [-k * open_memory, k * passes * open_memory, -k * new, k * passes * new]

    path = solve_ivp(
        slope, (ends, ends + 24), [waiting, 0, 1 - share, 0], rtol=1e-7, atol=1e-9, max_step=0.05
    )
    _, stored, _, safe = path.y[:, -1]
    return max(1 - opened + stored - safe, 0.0)


@pytest.mark.parametrize("account", [BLOCKER, SURPRISE, rc.Hypothesis(0.3, 0.8, 1.2)])
@pytest.mark.parametrize(("start", "length"), [(-1.0, 5.0), (-0.3, 10.0), (0.2, 5.0), (2.0, 60.0)])
def test_the_closed_form_is_the_stepped_story(account, start, length):
    found = rc.remembered(account, start, length, 0.6, 20.0).strength[0]
    assert found == pytest.approx(stepped(account, start, length, 0.6, 20.0), abs=0.003)


@given(accounts, starts, lengths, turns)
def test_without_block_the_session_alone_decides(account, start, length, turn):
    found = rc.remembered(account, start, length, 0.0, turn)
    assert found.strength[0] == pytest.approx(found.without)
    assert found.without == pytest.approx(0.5 ** (length / turn))


@given(accounts, starts, lengths, peaks, turns)
def test_every_share_is_a_share(account, start, length, peak, turn):
    found = rc.remembered(account, start, length, peak, turn)
    assert 0 <= found.blocked[0] <= peak + 1e-9
    assert 0 <= found.opened[0] <= found.without + 1e-12
    assert 0 <= found.strength[0] <= 1 + account.surprise


@given(starts, lengths, peaks, turns)
def test_a_blocker_alone_never_makes_a_reminded_memory_stronger_than_it_was(start, length, peak, turn):
    assert rc.remembered(BLOCKER, start, length, peak, turn).strength[0] <= 1 + 1e-9


@given(starts, lengths, peaks, turns)
def test_surprise_alone_never_makes_it_weaker(start, length, peak, turn):
    found = rc.remembered(SURPRISE, start, length, peak, turn)
    assert found.change[0] >= -1e-9


def test_a_drug_that_is_gone_does_nothing():
    found = rc.remembered(BLOCKER, [-48, 47], 5, 0.9, 20)
    assert found.change == pytest.approx([0, 0], abs=1e-3)


def test_the_two_accounts_part_where_the_lesson_says_they_do():
    """Before a reminder: surprise strengthens. Right after it: a blocker weakens, surprise does nothing."""
    before, after = -0.5, 0.1
    blocked = rc.remembered(BLOCKER, [before, after], 5, 0.5, 20).change
    surprised = rc.remembered(SURPRISE, [before, after], 5, 0.5, 20).change
    assert surprised[0] > 0.05
    assert abs(surprised[1]) < 0.01
    assert blocked[1] < -0.05


def test_during_a_long_session_a_blocker_keeps_the_fear():
    assert rc.remembered(BLOCKER, -0.3, 90, 0.5, 20).change[0] > 0.05


def test_the_block_peaks_when_the_infusion_ends():
    hours = np.linspace(0, 3, 181)
    curve = rc.block(hours, 0.4)
    assert hours[curve.argmax()] == pytest.approx(40 / 60, abs=0.02)
    assert curve.max() == pytest.approx(0.4, abs=1e-3)
    assert rc.block([-0.1, 30], 0.4) == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rc.Hypothesis(2, 0, 0), "opening: 2 is not allowed; it must be 0 to 1"),
        (lambda: rc.Hypothesis(0, 0, 3), "surprise: 3 is not allowed; it must be 0 to 2"),
        (lambda: rc.block(0, 1), "peak: 1 is not allowed; it must be 0 to 0.99 of the receptors"),
        (
            lambda: rc.remembered(BLOCKER, 0, 0, 0.5, 20),
            "length: 0 is not allowed; it must be 1 to 180 min",
        ),
        (
            lambda: rc.remembered(BLOCKER, [0, np.nan], 5, 0.5, 20),
            "start: nan is not allowed; it must be -48 to 48 h",
        ),
        (lambda: rc.remembered(BLOCKER, 0, 5, 0.5, 0), "turn: 0 is not allowed; it must be 1 to 240 min"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        call()
    assert "\n" not in str(error.value)
