"""A cohort of people going through treatment steps: who is well, who has relapsed, who has left.

A step lasts `STEP_CYCLES` cycles of four weeks. In each cycle a person on step k reaches remission with
the same probability q_k, chosen so that over the step it adds up to the published proportion R_k:

    1 - (1 - q_k)^m = R_k,     m = STEP_CYCLES.

Who has not remitted when the step ends goes on to the next with probability G_k, or leaves care. A
person who is well after step k relapses in each cycle with probability r_k, from the proportion L_k
that relapsed in a year (13 cycles) and a hazard ratio h of whatever is done to prevent it:

    r_k = 1 - (1 - L_k)^(h / 13).

Relapsed, left, and all steps used are where the model ends: what happens next is not in it. The
cohort's shares after t cycles are start @ P^t with one 0/1-stochastic matrix P: a Markov chain, so how
somebody came to a state makes no difference to what follows, and nobody differs from anybody else.

Every parameter may be an array of draws: the functions then work on all draws at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketalab.data.tables import data_folder, table

Array = NDArray[np.float64]

CYCLE_WEEKS = 4
STEP_CYCLES = 3
YEAR_CYCLES = 13
OUTCOMES = ("in treatment", "well", "relapsed", "left", "all steps used")


@dataclass(frozen=True)
class Step:
    """One treatment step; each number is a probability, or an array of draws of it.

    `remission` is reached by the end of the step, `goes_on` is the part of those without remission who
    start the next step, `relapse` the part of those in remission who relapse within a year.
    """

    remission: ArrayLike
    goes_on: ArrayLike
    relapse: ArrayLike

    def __post_init__(self) -> None:
        for name in ("remission", "goes_on", "relapse"):
            values = np.asarray(getattr(self, name), dtype=float)
            wrong = ~((values >= 0) & (values <= 1))
            if wrong.any():
                found = values[wrong].flat[0]
                raise ValueError(f"{name}: {found:g} is not allowed; it must be from 0 to 1")

    def times(self, ratio: ArrayLike, hazard: ArrayLike = 1.0) -> "Step":
        """This step with remission `ratio` times as likely (at most certain) and relapse at `hazard`.

        The hazard ratio acts on the rate: 1 - relapse becomes (1 - relapse)^hazard.
        """
        for name, value in (("ratio", ratio), ("hazard", hazard)):
            least = float(np.min(value))
            if not least >= 0:
                raise ValueError(f"{name}: {least:g} is not allowed; it must be 0 or more")
        more = np.minimum(np.asarray(self.remission) * ratio, 1.0)
        return replace(self, remission=more, relapse=1 - (1 - np.asarray(self.relapse)) ** hazard)


def transition(steps: Sequence[Step]) -> Array:
    """The matrix of one cycle, draws x states x states; row i says where people in state i go.

    States in order: the cycles of each step, then being well after each step, then relapsed, left, and
    all steps used.
    """
    if not steps:
        raise ValueError("steps: none is not allowed; there must be 1 or more")
    m, k = STEP_CYCLES, len(steps)
    shape = np.broadcast_shapes(*(np.shape(v) for s in steps for v in (s.remission, s.goes_on, s.relapse)))
    draws = int(np.prod(shape))
    at_well, relapsed = m * k, m * k + k
    left, used = relapsed + 1, relapsed + 2
    matrix = np.zeros((draws, used + 1, used + 1))
    for i, step in enumerate(steps):
        remits = 1 - (1 - np.asarray(step.remission)) ** (1 / m)
        relapses = 1 - (1 - np.asarray(step.relapse)) ** (1 / YEAR_CYCLES)
        for cycle in range(i * m, i * m + m):
            matrix[:, cycle, at_well + i] = remits
            last = cycle == i * m + m - 1
            if not last:
                matrix[:, cycle, cycle + 1] = 1 - remits
            elif i + 1 < k:
                matrix[:, cycle, cycle + 1] = (1 - remits) * step.goes_on
                matrix[:, cycle, left] = (1 - remits) * (1 - np.asarray(step.goes_on))
            else:
                matrix[:, cycle, used] = 1 - remits
        matrix[:, at_well + i, at_well + i] = 1 - relapses
        matrix[:, at_well + i, relapsed] = relapses
    for end in (relapsed, left, used):
        matrix[:, end, end] = 1.0
    return matrix


def cohort(steps: Sequence[Step], cycles: int) -> Array:
    """Shares of the cohort, draws x (cycles + 1) x `OUTCOMES`; everybody starts on the first step."""
    if cycles < 1:
        raise ValueError(f"cycles: {cycles} is not allowed; it must be 1 or more")
    matrix = transition(steps)
    now = np.zeros((len(matrix), 1, matrix.shape[-1]))
    now[..., 0] = 1.0
    course = [now]
    for _ in range(cycles):
        course.append(course[-1] @ matrix)
    states = np.concatenate(course, axis=1)
    trying, k = STEP_CYCLES * len(steps), len(steps)
    grouped = (states[..., :trying].sum(-1), states[..., trying : trying + k].sum(-1))
    return np.stack([*grouped, *np.moveaxis(states[..., trying + k :], -1, 0)], axis=-1)


def remission_ever(steps: Sequence[Step]) -> Array:
    """Share that reaches remission at some step: sum of R_k times the part that got as far as step k."""
    reached, ever = np.ones(1), np.zeros(1)
    for step in steps:
        ever = ever + reached * step.remission
        reached = reached * (1 - np.asarray(step.remission)) * step.goes_on
    return ever


def proportion(events: float, n: float, draws: int, seed: int) -> Array:
    """Draws of a proportion after `events` among `n`: Beta(events + 1/2, n - events + 1/2) (Jeffreys)."""
    if not (n > 0 and 0 <= events <= n):
        raise ValueError(f"events: {events:g} is not allowed; it must be from 0 to n, which is {n:g}")
    return np.random.default_rng(seed).beta(events + 0.5, n - events + 0.5, draws)


def ratio_draws(estimate: float, low: float, high: float, draws: int, seed: int) -> Array:
    """Draws of a ratio from its printed estimate and 95% limits: log-normal."""
    if not 0 < low <= estimate <= high:
        raise ValueError(
            f"estimate: {estimate:g} is not allowed; it must be from low to high, {low:g} to {high:g}, "
            "all above 0"
        )
    spread = np.log(high / low) / (2 * 1.959964)
    return estimate * np.exp(spread * np.random.default_rng(seed).standard_normal(draws))


def published(draws: int = 0, seed: int = 10) -> tuple[Step, ...]:
    """STAR*D's four steps: the printed proportions [@rush2006], or `draws` of what they may have been.

    Who goes on is the number printed for the next step [@rush2023] over those who did not remit in this
    one. Relapse within a year is printed for the first and the last step [@warden2007]; the steps
    between are put on a straight line, which is an assumption. Draws are Jeffreys' for the proportions
    of remission and going on; relapse is not varied, as no numbers of people were seen for it.
    """
    if draws < 0:
        raise ValueError(f"draws: {draws} is not allowed; it must be 0 or more")
    return _published(data_folder(), draws, seed)


@cache
def _published(_folder: Path, draws: int, seed: int) -> tuple[Step, ...]:
    rows = table("stard_steps")
    remission = _printed(rows, "rush2006", "remission") / 100
    people = _printed(rows, "rush2023", "people at this step")
    first, last = _printed(rows, "warden2007", "relapse within 12 months of follow-up") / 100
    relapse = np.linspace(first, last, len(remission))
    steps = []
    for i, (share, n) in enumerate(zip(remission, people, strict=True)):
        ended = i == len(people) - 1
        ill = n * (1 - share)
        onward = 0.0 if ended else people[i + 1] / ill
        if draws:
            share = proportion(share * n, n, draws, seed + 2 * i)
            onward = onward if ended else proportion(people[i + 1], ill, draws, seed + 2 * i + 1)
        steps.append(Step(share, onward, float(relapse[i])))
    return tuple(steps)


def _printed(rows, reference: str, measure: str) -> Array:
    """The values of a measure in one source, in the order of the steps."""
    found = rows[(rows.reference == reference) & (rows.measure == measure)]
    return found[found.step.str.fullmatch(r"\d")].sort_values("step").value.to_numpy(float)
