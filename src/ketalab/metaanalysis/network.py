"""Network meta-analysis: treatments compared through each other, from the arms of randomised trials.

A trial of treatments A, B, ... gives the log odds of an event in each arm. Contrasts with the trial's
first arm are regressed on the basic parameters d (log odds ratio of each treatment against the
reference) by generalised least squares (Lu and Ades' model in contrast form; the arms of a trial share
its first arm, so their contrasts are correlated):

    y = X d + noise,   cov(trial) = S + tau^2 (I + 1 1') / 2,
    S_jj = v_j + v_1,  S_jk = v_1,  v = 1/events + 1/non-events of an arm,

with one heterogeneity tau^2 for the whole network, estimated by restricted maximum likelihood (0 when
there are no more contrasts than treatments). With two treatments this is the usual random-effects
meta-analysis. An arm's cells get 1/2 where one in its
trial is empty; a trial in which nobody or everybody had the event is left out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ketalab.checks import one_of
from ketalab.metaanalysis.effect_size import ODDS_RATIO, normal_quantile

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """Log odds ratios of `treatments` (all but the reference) against `reference`, and their covariance.

    `tau2` is the heterogeneity between trials (log odds ratio squared), `trials` how many were used,
    `people` and `studies` how many in the arms of each treatment, the reference included.
    """

    reference: str
    treatments: tuple[str, ...]
    estimate: Array
    covariance: Array
    tau2: float
    trials: int
    people: dict[str, int]
    studies: dict[str, int]

    def frame(self, level: float = 0.95) -> pd.DataFrame:
        """Odds ratios against the reference with their intervals, one row a treatment."""
        margin = normal_quantile(level) * np.sqrt(np.diag(self.covariance))
        return pd.DataFrame(
            {
                "treatment": self.treatments,
                "estimate": np.exp(self.estimate),
                "low": np.exp(self.estimate - margin),
                "high": np.exp(self.estimate + margin),
                "studies": [self.studies[name] for name in self.treatments],
                "people": [self.people[name] for name in self.treatments],
            }
        )

    def against(self, one: str, other: str, level: float = 0.95) -> tuple[float, float, float]:
        """Odds ratio of `one` against `other`, with its interval."""
        weights = self._unit(one) - self._unit(other)
        middle = float(weights @ self.estimate)
        margin = normal_quantile(level) * float(np.sqrt(weights @ self.covariance @ weights))
        return float(np.exp(middle)), float(np.exp(middle - margin)), float(np.exp(middle + margin))

    def _unit(self, name: str) -> Array:
        one_of("treatment", name, [self.reference, *self.treatments])
        return np.array([float(name == treatment) for treatment in self.treatments])

    def __repr__(self) -> str:
        table = self.frame().to_string(index=False, float_format=ODDS_RATIO.text)
        heading = (
            f"Odds ratios against {self.reference}, {self.trials} trials, tau {np.sqrt(self.tau2):.2f}"
        )
        return f"{heading}\n{table}"


def network(arms: pd.DataFrame, events: str, reference: str, n: str = "n", trial: str = "trial") -> Network:
    """Pool the arms (columns `trial`, `treatment`, `n` and the one named by `events`) as a network.

    Arms without a count are left out, then trials with a single arm. Raises ValueError when more people
    had the event than were there, when a trial has a treatment twice, when the reference is nowhere, or
    when treatments are not linked to it.
    """
    known = arms[arms[events].notna()].astype({events: float, n: float})
    wrong = known[(known[events] < 0) | (known[events] > known[n])]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(
            f"{events}: {row[events]:g} is not allowed in trial {row[trial]}; it must be 0 to {row[n]:g}"
        )
    if known.duplicated([trial, "treatment"]).any():
        row = known[known.duplicated([trial, "treatment"])].iloc[0]
        raise ValueError(f"treatment: {row.treatment!r} stands twice in trial {row[trial]}")
    whole = known.groupby(trial)
    share = whole[events].transform("sum") / whole[n].transform("sum")
    known = known[(whole[n].transform("size") > 1) & (share > 0) & (share < 1)]
    _check_linked(known, trial, reference)
    names = tuple(name for name in dict.fromkeys(known.treatment) if name != reference)
    blocks = [_contrasts(rows, events, n, names) for _, rows in known.groupby(trial, sort=False)]
    tau2 = _restricted_likelihood(blocks)
    information, score = _sums(blocks, tau2)
    covariance = np.linalg.inv(information)
    counted = known.groupby("treatment")
    return Network(
        reference,
        names,
        covariance @ score,
        covariance,
        tau2,
        len(blocks),
        {name: int(total) for name, total in counted[n].sum().items()},
        {name: int(total) for name, total in counted.size().items()},
    )


Block = tuple[Array, Array, Array, Array]  # contrasts, design, within-trial covariance, between-trial shape


def _contrasts(rows: pd.DataFrame, events: str, n: str, names: tuple[str, ...]) -> Block:
    """A trial's contrasts with its first arm."""
    happened, not_happened = rows[events].to_numpy(), (rows[n] - rows[events]).to_numpy()
    half = 0.5 * float((happened == 0).any() or (not_happened == 0).any())
    happened, not_happened = happened + half, not_happened + half
    odds, variance = np.log(happened / not_happened), 1 / happened + 1 / not_happened
    design = np.array([[float(name == treatment) for name in names] for treatment in rows.treatment])
    ones = np.ones((len(rows) - 1, len(rows) - 1))
    shape = (np.eye(len(rows) - 1) + ones) / 2
    return odds[1:] - odds[0], design[1:] - design[0], np.diag(variance[1:]) + variance[0] * ones, shape


def _sums(blocks: list[Block], tau2: float) -> tuple[Array, Array]:
    """Information matrix and score of the basic parameters."""
    information, score = 0.0, 0.0
    for y, design, within, shape in blocks:
        weighted = np.linalg.solve(within + tau2 * shape, design)
        information = information + weighted.T @ design
        score = score + weighted.T @ y
    return information, score


def _restricted_likelihood(blocks: list[Block]) -> float:
    """Heterogeneity that makes the restricted likelihood largest; 0 where nothing could show any."""
    if sum(len(y) for y, *_ in blocks) <= blocks[0][1].shape[1]:
        return 0.0

    def deviance(tau2: float) -> float:
        information, score = _sums(blocks, tau2)
        d = np.linalg.solve(information, score)
        total = np.linalg.slogdet(information)[1]
        for y, design, within, shape in blocks:
            spread, off = within + tau2 * shape, y - design @ d
            total += np.linalg.slogdet(spread)[1] + off @ np.linalg.solve(spread, off)
        return float(total)

    best = minimize_scalar(deviance, bounds=(0, 4), method="bounded", options={"xatol": 1e-9})
    return 0.0 if deviance(0.0) <= best.fun else float(best.x)


def _check_linked(known: pd.DataFrame, trial: str, reference: str) -> None:
    """Every treatment must be reached from the reference through trials."""
    if reference not in set(known.treatment):
        raise ValueError(f"reference: {reference!r} is in none of the trials")
    reached, before = {reference}, 0
    while len(reached) > before:
        before = len(reached)
        with_one = known[known.treatment.isin(reached)][trial]
        reached |= set(known[known[trial].isin(with_one)].treatment)
    apart = sorted(set(known.treatment) - reached)
    if apart:
        raise ValueError(f"treatment: {apart[0]!r} is linked to {reference} by no trial")
