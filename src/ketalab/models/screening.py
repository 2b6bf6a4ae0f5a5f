"""Which conclusions of the cascade survive when its rates are not known.

`scatter` draws many parameter sets, each rate log-uniform around its value; `CONCLUSIONS` are questions
with yes or no that each set answers; `morris` (SALib) says which rates an answer depends on.
All draws are seeded, so a share or a rank is the same every time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.models import cascade
from ketalab.models.cascade import DAY, Array, Parameters

WATCHED = 21.0  # days
CHUNK = 2000  # brains simulated together: enough to be quick, few enough to fit in memory
Run = Mapping[str, Array]


def uncertain(basis: Sequence[str] = ("unknown", "chosen to match", "measured")) -> list[str]:
    """The rates and gains that are not set by the design and not shares, with one of these bases."""
    rows = table("cascade_parameters")
    rows = rows[rows.basis.isin(basis) & (rows.low > 0)]
    return list(rows.parameter)


def scatter(n: int, fold: float, names: Sequence[str], seed: int = 1) -> Parameters:
    """`n` parameter sets in which each named rate is log-uniform over a `fold`-wide range.

    The range is centred, on the logarithmic scale, on the course's value; a fold of 1 leaves it there.
    Raises ValueError for n below 1 or a fold below 1.
    """
    if n < 1:
        raise ValueError(f"n: {n} parameter sets is not allowed; it must be 1 or more")
    if not fold >= 1:
        raise ValueError(f"fold: {fold} is not allowed; it must be 1 or more")
    course = cascade.parameters()
    places = _places(n, seed)
    moved = {name: getattr(course, name) * fold ** places[name] for name in names}
    return course.with_values(**moved)


@cache
def _places(n: int, seed: int) -> dict[str, Array]:
    """Where each set lies in the range of each rate, from -1/2 to 1/2."""
    names = uncertain()
    draws = np.random.default_rng(seed).uniform(-0.5, 0.5, (len(names), n))
    return dict(zip(names, draws, strict=True))


def share_of_peak(hours: Array, extra: Array, at: float) -> Array:
    """How much of the highest extra is there at hour `at`, one number for each brain."""
    peak = np.maximum(extra.max(axis=0), 1e-12)
    return _at(hours, extra, at) / peak


def _at(hours: Array, values: Array, at: float) -> Array:
    """Values at hour `at`, straight between the two hours around it."""
    after = min(int(np.searchsorted(hours, at)), len(hours) - 1)
    part = (at - hours[after - 1]) / (hours[after] - hours[after - 1])
    return values[after - 1] + part * (values[after] - values[after - 1])


CONCLUSIONS: dict[str, Callable[[Array, Run], Array]] = {
    "mTORC1 at rest after a day": lambda t, run: share_of_peak(t, run["mtorc1"] - 1, DAY) < 0.1,
    "spines peak after day 1": lambda t, run: t[np.argmax(run["spines"], axis=0)] > DAY,
    "24 h: under half the new spines": lambda t, run: share_of_peak(t, run["spines"] - 1, DAY) < 0.5,
    "14 days: over a quarter is left": lambda t, run: share_of_peak(t, run["spines"] - 1, 14 * DAY) > 0.25,
    "day 3: at least 5% more spines": lambda t, run: _at(t, run["spines"], 3 * DAY) >= 1.05,
}

# What SALib traces back to the rates: one number for each brain.
OUTPUTS: dict[str, Callable[[Array, Run], Array]] = {
    "extra spines, day 3": lambda t, run: np.log10(np.maximum(_at(t, run["spines"], 3 * DAY) - 1, 1e-9)),
    "time of spine peak": lambda t, run: t[np.argmax(run["spines"], axis=0)],
    "time of mTORC1 peak": lambda t, run: t[np.argmax(run["mtorc1"], axis=0)],
}


def problem() -> dict:
    """SALib's description of the rates: each log-uniform over the range in the table."""
    rows = table("cascade_parameters").set_index("parameter").loc[uncertain()]
    bounds = np.log10(rows[["low", "high"]].to_numpy())
    return {"num_vars": len(rows), "names": list(rows.index), "bounds": bounds.tolist()}


def outputs(sample: Array) -> dict[str, Array]:
    """Each of OUTPUTS for every row of a sample of log10 rates."""
    names = problem()["names"]
    parts: dict[str, list[Array]] = {name: [] for name in OUTPUTS}
    for rows in np.array_split(sample, max(1, -(-len(sample) // CHUNK))):
        rates = dict(zip(names, 10.0**rows.T, strict=True))
        hours, run = cascade.after_sessions(WATCHED, cascade.parameters().with_values(**rates))
        for name, output in OUTPUTS.items():
            parts[name].append(output(hours, run))
    return {name: np.concatenate(values) for name, values in parts.items()}


def morris(trajectories: int = 100, seed: int = 1) -> pd.DataFrame:
    """Elementary effects: for each output and rate, how strong (mu*) and how uneven (sigma)."""
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sampler

    about = problem()
    sample = sampler.sample(about, trajectories, num_levels=8, seed=seed)
    tables = []
    for name, values in outputs(sample).items():
        found = analyse.analyze(about, sample, values, num_levels=8, seed=seed)
        columns = {
            "output": name,
            "rate": found["names"],
            "mu_star": found["mu_star"],
            "sigma": found["sigma"],
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)
