"""Effect sizes from what papers print, and how sure each is.

A trial prints means and standard deviations, counts, a difference with its interval. Each function here
turns such numbers, for one trial or a whole column of them, into `Effects`: an estimate and its
standard error on the scale on which errors are symmetric (the logarithm for ratios, Fisher's z for
correlations), where `meta_analysis.pool` does its sums. `Effects.frame()` gives them back on the scale
a reader knows.

The variance of a difference is that of the two groups, less what they share when the same people are
in both (a crossover trial with within-person correlation r; r = 0 for parallel groups):

    var(treated - control) = var1 + var2 - 2 r sqrt(var1 var2)

Bad input is refused in one sentence that names field, trial, value and allowed range.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit

Array = NDArray[np.float64]
Names = Sequence[str] | pd.Series | None


@dataclass(frozen=True)
class Measure:
    """A kind of effect: its name, its sign, and the way between the natural scale and the sums' scale.

    On the analysis scale "no effect" is always 0; `null` is what that looks like to a reader.
    `decimals` is how many a table prints; a ratio is printed to meaningful digits instead.
    """

    name: str
    short: str
    null: float = 0.0
    decimals: int = 2
    natural: Callable[[ArrayLike], Array] = field(default=np.asarray, repr=False)
    analysis: Callable[[ArrayLike], Array] = field(default=np.asarray, repr=False)

    @property
    def ratio(self) -> bool:
        return self.null == 1.0

    def text(self, value: float) -> str:
        """A value on the natural scale as a table prints it."""
        if self.ratio and (value < 0.001 or value > 1000):
            return "< 0.001" if value < 1 else "> 1000"
        return shown(value) if self.ratio or np.isnan(value) else f"{value:.{self.decimals}f}"


MEAN_DIFFERENCE = Measure("mean difference", "MD")
HEDGES_G = Measure("standardised mean difference", "g")
RISK_DIFFERENCE = Measure("risk difference", "RD", decimals=3)
RISK_RATIO = Measure("risk ratio", "RR", 1.0, natural=np.exp, analysis=np.log)
ODDS_RATIO = Measure("odds ratio", "OR", 1.0, natural=np.exp, analysis=np.log)
CORRELATION = Measure("correlation", "r", natural=np.tanh, analysis=np.arctanh)


def shown(value: float) -> str:
    """A number as a table prints it: two decimals, or three meaningful digits where those say more."""
    if np.isnan(value):
        return "not known"
    if value == 0 or 0.095 <= abs(value) < 100:
        return f"{value:.2f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{float(f'{value:.2g}'):g}"


def shown_p(p: float) -> str:
    """A P value with its sign: "P = 0.033", "P < 0.001"."""
    return "P < 0.001" if p < 0.001 else f"P = {p:.{2 if p >= 0.1 else 3}f}"


@dataclass(frozen=True, eq=False)
class Effects:
    """One estimate and standard error a trial, on the analysis scale.

    `treated` and `control` are the groups as printed ("30/47", "-18.8 (14.1)"), `n` the people in
    both (NaN where not known), `notes` what had to be done to a trial, or nothing. A trial that says
    nothing about the measure has NaN as its estimate; pooling leaves it out and says so.
    """

    measure: Measure
    estimate: Array
    se: Array
    study: tuple[str, ...]
    treated: tuple[str, ...]
    control: tuple[str, ...]
    n: Array
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        silent = np.isnan(self.estimate)
        require(
            "standard error",
            self.se,
            silent | (np.isfinite(self.se) & (self.se > 0)),
            "above 0; with no spread at all a trial would outweigh every other",
            self.study,
        )

    def __len__(self) -> int:
        return len(self.study)

    def __repr__(self) -> str:
        filled = self.frame().replace("", np.nan).dropna(axis=1, how="all")
        shown_as = dict.fromkeys(("estimate", "low", "high"), self.measure.text) | {"n": "{:.0f}".format}
        for column, text in shown_as.items():
            if column in filled:
                filled[column] = filled[column].map(text, na_action="ignore")
        table = filled.fillna("").to_string(index=False)
        return f"{self.measure.name.capitalize()} of {len(self)} trials\n{table}"

    def __getitem__(self, chosen: slice | Sequence | NDArray) -> "Effects":
        """Some of the trials: a mask, positions or a slice."""
        at = np.arange(len(self))[chosen]
        texts = ([column[i] for i in at] for column in (self.study, self.treated, self.control))
        study, treated, control = map(tuple, texts)
        notes = tuple(self.notes[i] for i in at)
        return Effects(
            self.measure, self.estimate[at], self.se[at], study, treated, control, self.n[at], notes
        )

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Which trials say anything about this measure."""
        return ~np.isnan(self.estimate)

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Lower and upper limits of each trial, on the analysis scale."""
        margin = normal_quantile(level) * self.se
        return self.estimate - margin, self.estimate + margin

    def frame(self, level: float = 0.95) -> pd.DataFrame:
        """The trials as a table on the natural scale."""
        low, high = map(self.measure.natural, self.interval(level))
        return pd.DataFrame(
            {
                "study": self.study,
                "treated": self.treated,
                "control": self.control,
                "n": self.n,
                "estimate": self.measure.natural(self.estimate),
                "low": low,
                "high": high,
                "note": self.notes,
            }
        )


def join(*parts: Effects) -> Effects:
    """Trials of several designs as one set; ValueError when they measure different things."""
    for part in parts:
        if part.measure is not parts[0].measure:
            raise ValueError(
                f"measure: {part.measure.name} is not allowed here; "
                f"it must be {parts[0].measure.name}, as in the first part"
            )
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in ("estimate", "se", "n"))
    texts = (
        sum((getattr(part, name) for part in parts), ())
        for name in ("study", "treated", "control", "notes")
    )
    estimate, se, n = arrays
    study, treated, control, notes = texts
    return Effects(parts[0].measure, estimate, se, study, treated, control, n, notes)


# Means --------------------------------------------------------------------------------------------


# Counts -------------------------------------------------------------------------------------------

HALF = "half a person added to each cell, because one was empty"
SILENT = "nobody or everybody had the event in both groups, which says nothing about a ratio: left out"
SPREAD = "standard error from counts with half a person added to each cell, because they show no spread"


def odds_ratio(
    events_treated: ArrayLike,
    n_treated: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    study: Names = None,
) -> Effects:
    """Odds of the event among the treated over the odds in the control group.

    With cells a, b (treated) and c, d (control): log OR = log(ad / bc), variance of a group's log odds
    1/a + 1/b. Where a cell is empty, 1/2 is added to all four of that trial. A trial in which nobody,
    or everybody, had the event in both groups is left out.
    """
    counts = _Counts(events_treated, n_treated, events_control, n_control, correlation, study)
    a, n1, c, n2 = counts.cells
    silent = ((a == 0) & (c == 0)) | ((a == n1) & (c == n2))
    empty = (a == 0) | (c == 0) | (a == n1) | (c == n2)
    a, n1, c, n2 = counts.filled(empty)
    estimate = np.log(a / (n1 - a)) - np.log(c / (n2 - c))
    variance = _difference_variance(1 / a + 1 / (n1 - a), 1 / c + 1 / (n2 - c), counts.correlation)
    return counts.effects(ODDS_RATIO, estimate, variance, silent, {HALF: empty & ~silent})


def risk_ratio(
    events_treated: ArrayLike,
    n_treated: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    study: Names = None,
) -> Effects:
    """Risk of the event among the treated over the risk in the control group.

    log RR = log(a / n1) - log(c / n2), variance of a group's log risk 1/a - 1/n. Where a group has no
    event, or everyone in both had it, 1/2 is added to each cell of that trial. A trial without any
    event is left out.
    """
    counts = _Counts(events_treated, n_treated, events_control, n_control, correlation, study)
    a, n1, c, n2 = counts.cells
    silent = (a == 0) & (c == 0)
    empty = (a == 0) | (c == 0) | ((a == n1) & (c == n2))
    a, n1, c, n2 = counts.filled(empty)
    estimate = np.log(a / n1) - np.log(c / n2)
    variance = _difference_variance(1 / a - 1 / n1, 1 / c - 1 / n2, counts.correlation)
    return counts.effects(RISK_RATIO, estimate, variance, silent, {HALF: empty & ~silent})


def risk_difference(
    events_treated: ArrayLike,
    n_treated: ArrayLike,
    events_control: ArrayLike,
    n_control: ArrayLike,
    *,
    correlation: ArrayLike = 0.0,
    study: Names = None,
) -> Effects:
    """Risk of the event among the treated minus the risk in the control group, from -1 to 1.

    RD = a/n1 - c/n2, variance of a group's risk p (1 - p) / n. No trial is left out; where both groups
    show no spread, the standard error is taken with 1/2 added to each cell, the estimate as counted.
    """
    counts = _Counts(events_treated, n_treated, events_control, n_control, correlation, study)
    a, n1, c, n2 = counts.cells
    estimate = a / n1 - c / n2
    flat = ((a == 0) | (a == n1)) & ((c == 0) | (c == n2))
    a, n1, c, n2 = counts.filled(flat)
    p1, p2 = a / n1, c / n2
    variance = _difference_variance(p1 * (1 - p1) / n1, p2 * (1 - p2) / n2, counts.correlation)
    return counts.effects(RISK_DIFFERENCE, estimate, variance, np.zeros(len(a), bool), {SPREAD: flat})


def treated_risk(measure: Measure, effect: float, control_risk: float) -> float:
    """The risk among the treated that an effect (analysis scale) and a control risk imply."""
    if measure is ODDS_RATIO:
        odds = control_risk / (1 - control_risk) * np.exp(effect)
        return float(odds / (1 + odds))
    risk = control_risk * np.exp(effect) if measure is RISK_RATIO else control_risk + effect
    if not 0 < risk < 1:
        raise ValueError(
            f"effect: {effect:g} is not allowed; with a control risk of {control_risk:g} it makes a "
            f"risk of {risk:.2f}, which must be between 0 and 1"
        )
    return float(risk)


class _Counts:
    """Events among people in two groups, checked."""

    def __init__(self, events_treated, n_treated, events_control, n_control, correlation, study):
        self.study, columns = _columns(
            study,
            events_treated=events_treated,
            n_treated=n_treated,
            events_control=events_control,
            n_control=n_control,
            correlation=correlation,
        )
        *self.cells, self.correlation = columns.values()
        for group in ("treated", "control"):
            events, n = columns[f"events_{group}"], columns[f"n_{group}"]
            _require_whole(f"n_{group}", n, 1, self.study)
            _require_whole(f"events_{group}", events, 0, self.study)
            most = [f"at most n_{group}, which is {people:g}" for people in n]
            require(f"events_{group}", events, events <= n, most, self.study)
        _require_pairs(self.correlation, self.cells[1], self.cells[3], self.study)

    def filled(self, where: NDArray[np.bool_]) -> list[Array]:
        """The counts with 1/2 added to each of the four cells of some trials."""
        a, n1, c, n2 = self.cells
        return [a + where / 2, n1 + where, c + where / 2, n2 + where]

    def effects(
        self,
        measure: Measure,
        estimate: Array,
        variance: Array,
        silent: NDArray[np.bool_],
        done: dict[str, NDArray[np.bool_]],
    ) -> Effects:
        a, n1, c, n2 = self.cells
        notes = [[note] if note else [] for note in _crossover_notes(self.correlation)]
        for words, where in (done | {SILENT: silent}).items():
            for i in np.flatnonzero(where):
                notes[i].append(words)
        return Effects(
            measure,
            np.where(silent, np.nan, estimate),
            np.where(silent, np.nan, np.sqrt(np.maximum(variance, 0))),
            self.study,
            tuple(f"{events:.0f}/{n:.0f}" for events, n in zip(a, n1, strict=True)),
            tuple(f"{events:.0f}/{n:.0f}" for events, n in zip(c, n2, strict=True)),
            _people(n1, n2, self.correlation),
            tuple("; ".join(each) for each in notes),
        )


# As printed ---------------------------------------------------------------------------------------


def from_interval(
    estimate: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    measure: Measure,
    *,
    level: float = 0.95,
    n: ArrayLike = np.nan,
    study: Names = None,
) -> Effects:
    """Effects from printed estimates and intervals, on the natural scale (an odds ratio, not its log)."""
    names, columns = _columns(study, estimate=estimate, low=low, high=high, n=n)
    values = [columns[name] for name in ("estimate", "low", "high")]
    if measure.ratio:
        for name, value in zip(("estimate", "low", "high"), values, strict=True):
            require(name, value, value > 0, f"above 0, as every {measure.name} is", names)
    middle, lower, upper = values
    inside = [f"from low to high, {a:g} to {b:g}" for a, b in zip(lower, upper, strict=True)]
    require("low", lower, lower < upper, "below high: this interval is upside down or has no width", names)
    require("estimate", middle, (lower <= middle) & (middle <= upper), inside, names)
    lower, upper = measure.analysis(lower), measure.analysis(upper)
    se = standard_error_from_interval(lower, upper, level)
    return from_standard_error(middle, se, measure, n=columns["n"], study=names)


def from_standard_error(
    estimate: ArrayLike, se: ArrayLike, measure: Measure, *, n: ArrayLike = np.nan, study: Names = None
) -> Effects:
    """Effects from estimates on the natural scale and standard errors on the analysis scale."""
    names, columns = _columns(study, estimate=estimate, se=se, n=n)
    values = columns["estimate"]
    require("estimate", values, np.isfinite(values), "a finite number", names)
    if measure.ratio:
        require("estimate", values, values > 0, f"above 0, as every {measure.name} is", names)
    blank = ("",) * len(names)
    return Effects(
        measure, measure.analysis(values), columns["se"], names, blank, blank, columns["n"], blank
    )


def against_one_control(
    estimate: ArrayLike,
    se: ArrayLike,
    n_treated: ArrayLike,
    n_control: int,
    measure: Measure = MEAN_DIFFERENCE,
    *,
    study: str = "trial 1",
) -> Effects:
    """Several arms that share one control group as a single comparison, so that nobody counts twice.

    Each printed SE_i of arm i against the control implies a spread s_i^2 = SE_i^2 / (1/n_i + 1/n_0).
    With their mean s^2, weighted by n_i, the arms taken together differ from the control by
    sum(n_i d_i) / sum(n_i), with SE^2 = s^2 (1 / sum(n_i) + 1/n_0). Differences in the scale's units.

    Raises ValueError for a ratio, or for what `from_standard_error` and whole numbers refuse.
    """
    if measure.ratio:
        raise ValueError(f"measure: {measure.name} is not allowed; arms are joined as differences")
    names, columns = _columns(None, estimate=estimate, se=se, n_treated=n_treated, n_control=n_control)
    differences, errors, people, control = columns.values()
    require("se", errors, errors > 0, "above 0", names)
    _require_whole("n_treated", people, 2, names)
    _require_whole("n_control", control, 2, names)
    variance = np.average(errors**2 / (1 / people + 1 / control), weights=people)
    joined = np.average(differences, weights=people)
    error = np.sqrt(variance * (1 / people.sum() + 1 / control[0]))
    return from_standard_error(joined, error, measure, n=people.sum() + control[0], study=[study])


def fisher_z(correlation: ArrayLike, n: ArrayLike, *, study: Names = None) -> Effects:
    """Correlations for pooling: z = artanh(r) with SE^2 = 1 / (n - 3), pooled and turned back by tanh."""
    names, columns = _columns(study, correlation=correlation, n=n)
    r, people = columns.values()
    require("correlation", r, np.abs(r) < 1, "between -1 and 1, both excluded", names)
    _require_whole("n", people, 4, names)
    blank = ("",) * len(names)
    return Effects(CORRELATION, np.arctanh(r), 1 / np.sqrt(people - 3), names, blank, blank, people, blank)


def standard_error_from_interval(
    low: ArrayLike, high: ArrayLike, level: float = 0.95, freedom: float | None = None
) -> Array:
    """SE = (high - low) / (2 z), with t for z when the degrees of freedom are given.

    For a ratio give the logarithms of the limits.
    """
    names, columns = _columns(None, low=low, high=high)
    lower, upper = columns.values()
    require("low", lower, lower < upper, "below high: this interval is upside down or has no width", names)
    return (upper - lower) / (2 * normal_quantile(level, freedom))


def standard_error_from_p(difference: ArrayLike, p: ArrayLike, freedom: float | None = None) -> Array:
    """SE of a difference from its two-sided P value: |difference| / z, with t when freedom is given."""
    names, columns = _columns(None, difference=difference, p=p)
    value, chance = columns.values()
    require("p", chance, (chance > 0) & (chance < 1), "between 0 and 1, both excluded", names)
    quantile = -ndtri(chance / 2) if freedom is None else -stdtrit(freedom, chance / 2)
    return np.abs(value) / quantile


def sample_size_from_p(correlation: ArrayLike, p: ArrayLike) -> Array:
    """How many people a printed correlation and its two-sided P value imply, to the nearest one.

    Turns t = r sqrt((n - 2) / (1 - r^2)) on n - 2 degrees of freedom around, between 4 and 100,000 people.
    Rounded printing leaves it uncertain by a few. Raises ValueError where no number of people fits.
    """
    names, columns = _columns(None, correlation=correlation, p=p)
    r, chance = columns.values()
    require("correlation", r, (np.abs(r) < 1) & (r != 0), "between -1 and 1, and not 0", names)
    require("p", chance, (chance > 0) & (chance < 1), "between 0 and 1, both excluded", names)

    def surprise(n: Array) -> Array:
        return 2 * stdtr(n - 2, -np.abs(r) * np.sqrt((n - 2) / (1 - r**2)))

    few, many = np.full_like(r, 4.0), np.full_like(r, 1e5)
    fits = (surprise(few) >= chance) & (surprise(many) <= chance)
    require("p", chance, fits, "one that 4 to 100,000 people could give with this correlation", names)
    for _ in range(60):  # halving: P falls as people are added
        middle = (few + many) / 2
        above = surprise(middle) > chance
        few, many = np.where(above, middle, few), np.where(above, many, middle)
    return np.round((few + many) / 2)


def correlation_from_t(t: ArrayLike, freedom: ArrayLike) -> Array:
    """The correlation behind a regression coefficient: r = t / sqrt(t^2 + degrees of freedom).

    `t` is the coefficient over its standard error. With other variables in the regression this is the
    partial correlation, which is not the plain one.
    """
    names, columns = _columns(None, t=t, freedom=freedom)
    value, df = columns.values()
    require("freedom", df, df >= 1, "1 or more", names)
    return value / np.sqrt(value**2 + df)


def standardised(effects: Effects) -> Effects:
    """Log odds ratios as standardised mean differences, g = log OR / (pi / sqrt(3)) [@chinn2000].

    Exact when the outcome behind the count has a logistic distribution, alike in both groups. Effects
    that are standardised already come back as they are; any other measure raises ValueError.
    """
    if effects.measure is HEDGES_G:
        return effects
    if effects.measure is not ODDS_RATIO:
        raise ValueError(
            f"measure: a {effects.measure.name} is not allowed; it must be an odds ratio or standardised"
        )
    spread = np.pi / np.sqrt(3)
    return replace(effects, measure=HEDGES_G, estimate=effects.estimate / spread, se=effects.se / spread)


def standardised_from_difference(
    value: float, low: float, high: float, n_treated: int, n_control: int, study: str = "trial 1"
) -> Effects:
    """A standardised mean difference from a printed mean difference and its interval, without the SD.

    The interval gives the standard error, and t = difference / SE. Then d = t sqrt(1/n1 + 1/n2), so the
    standard deviation is the one the printed model left unexplained; SE^2 = 1/n1 + 1/n2 + d^2 / (2 n).
    """
    printed = from_interval(value, low, high, MEAN_DIFFERENCE, study=[study])
    share = 1 / n_treated + 1 / n_control
    d = printed.estimate / printed.se * np.sqrt(share)
    se = np.sqrt(share + d**2 / (2 * (n_treated + n_control)))
    return from_standard_error(d, se, HEDGES_G, n=float(n_treated + n_control), study=[study])


# Shared -------------------------------------------------------------------------------------------


def normal_quantile(level: float, freedom: float | None = None) -> float:
    """The z (or t) of a two-sided interval of this level: 1.96 at 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"level: {level:g} is not allowed; it must be between 0 and 1, both excluded")
    upper = (1 + level) / 2
    return float(ndtri(upper) if freedom is None else stdtrit(freedom, upper))


def require(
    field_name: str,
    values: Array,
    ok: NDArray[np.bool_],
    allowed: str | Sequence[str],
    study: Sequence[str],
) -> None:
    """Refuse the first value that is not ok, in one sentence."""
    if not np.all(ok):
        at = int(np.argmin(ok))
        must = allowed if isinstance(allowed, str) else allowed[at]
        whose = f" of {study[at]}" if len(study) > 1 or study[at] != "trial 1" else ""
        raise ValueError(f"{field_name}{whose}: {values[at]:g} is not allowed; it must be {must}")


def _columns(study: Names, **fields: ArrayLike) -> tuple[tuple[str, ...], dict[str, Array]]:
    """The fields as arrays of one length, with a name for each trial."""
    columns = {
        name: np.atleast_1d(
            values.to_numpy(float, na_value=np.nan)
            if isinstance(values, pd.Series)
            else np.asarray(values, dtype=float)
        )
        for name, values in fields.items()
    }
    length = max(map(len, columns.values()))
    if study is not None:
        length = max(length, len(study))
    for name, values in columns.items():
        if len(values) not in (1, length):
            raise ValueError(
                f"{name}: {len(values)} values are not allowed; it must have 1 or {length}, one a trial"
            )
        columns[name] = np.broadcast_to(values, length).copy()
    names = [f"trial {i + 1}" for i in range(length)] if study is None else list(map(str, study))
    if len(names) != length:
        raise ValueError(f"study: {len(names)} names are not allowed; it must have {length}, one a trial")
    return tuple(names), columns


def _require_whole(name: str, values: Array, least: int, study: Sequence[str]) -> None:
    whole = np.isfinite(values) & (values >= least) & (values == np.round(values))
    require(name, values, whole, f"a whole number, {least} or more", study)


def _require_pairs(correlation: Array, n_treated: Array, n_control: Array, study: Sequence[str]) -> None:
    require("correlation", correlation, np.abs(correlation) <= 1, "from -1 to 1", study)
    same = (correlation == 0) | (n_treated == n_control)
    must = [f"{n:g}, as n_treated: in a crossover trial everyone is in both groups" for n in n_treated]
    require("n_control", n_control, same, must, study)


def _difference_variance(first: Array, second: Array, correlation: Array) -> Array:
    return first + second - 2 * correlation * np.sqrt(first * second)


def _people(n_treated: Array, n_control: Array, correlation: Array) -> Array:
    """People in the trial; in a crossover everyone is counted once."""
    return np.where(correlation != 0, n_treated, n_treated + n_control)


def _crossover_notes(correlation: Array) -> tuple[str, ...]:
    return tuple(
        f"crossover trial, correlation {r:g} between a person's two periods" if r else ""
        for r in correlation
    )
