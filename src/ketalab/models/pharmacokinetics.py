"""From dose to plasma: published compartment models of ketamine and its metabolites.

A published parameter set (`data/pharmacokinetic_parameters.csv`) becomes a linear model of one
typical patient (`typical`) or of many virtual ones (`population`). The structure follows from which
parameters the source prints: a V3 makes a third compartment, a Vh the liver of a first-pass model,
an fm a metabolite. Volumes are in L, clearances in L/min, rate constants in 1/min, times in min,
amounts in mg and concentrations in ng/mL.

    dA/dt = K A + input(t),   C = A / V1
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ketalab.checks import within
from ketalab.data import table
from ketalab.data.tables import data_folder
from ketalab.models.linear import (
    Array,
    Dose,
    Entry,
    LinearModel,
    clearance,
    concentration,
    steady_state_volume,
)

__all__ = [
    "Dose",
    "PublishedModel",
    "clearance",
    "concentration",
    "every",
    "first_order",
    "half_lives",
    "intramuscular",
    "nasal_devices",
    "published",
    "steady_state_volume",
]

COMPOUNDS = ("ketamine", "norketamine", "hydroxynorketamine")
PER_MINUTE = {"L/h": 1 / 60, "1/h": 1 / 60, "L/h per year above 60": 1 / 60, "h": 60.0}
# Two equal rates in a row share one eigenvector. Set this far apart, one up and one down, they do
# not, and the curve moves by the square of the gap.
TWIN_GAP = 1e-4
REFERENCE_WEIGHT = 70.0  # kg
_FACTS = table("drug_facts").set_index("fact").value
DEVICE_MG = float(_FACTS["device_content"])  # esketamine in one nasal device
DEVICE_GAP_MIN = float(_FACTS["device_rest"])  # rest between two devices

Values = Mapping[tuple[str, str], Array]


@dataclass(frozen=True)
class Parameter:
    """One row of `data/pharmacokinetic_parameters.csv`, in min, L and fractions.

    `part` is the compound for disposition and the route for absorption.
    """

    part: str
    symbol: str
    value: float
    unit: str
    variability: float
    variability_kind: str
    weight_exponent: float
    status: str

    def at(self, weight: Array) -> Array:
        """The typical value at these body weights (kg)."""
        if self.unit == "L/kg":
            return self.value * weight
        if np.isnan(self.weight_exponent):
            return np.full_like(weight, self.value)
        return self.value * (weight / REFERENCE_WEIGHT) ** self.weight_exponent


def published(model_id: str) -> "PublishedModel":
    """The published parameter set called `model_id` (key of the source).

    Raises ValueError when there is none of that name.
    """
    return _published(data_folder(), model_id)


@cache
def _published(_folder: Path, model_id: str) -> "PublishedModel":
    models = table("pharmacokinetic_models").set_index("model")
    if model_id not in models.index:
        raise ValueError(f"model: {model_id!r} is not one of {', '.join(models.index)}")
    rows = table("pharmacokinetic_parameters").query("model == @model_id")
    parameters = tuple(
        Parameter(
            row.compound if row.part == "disposition" else row.part,
            row.symbol,
            row.value * PER_MINUTE.get(row.unit, 1.0),
            row.unit,
            row.variability,
            row.variability_kind,
            row.weight_exponent,
            row.status,
        )
        for row in rows.itertuples()
    )
    return PublishedModel(model_id, models.loc[model_id], parameters, _molar_masses())


@dataclass(frozen=True)
class PublishedModel:
    """A parameter set exactly as printed, with what its source says about variation."""

    model_id: str
    about: pd.Series
    parameters: tuple[Parameter, ...]
    molar_masses: Mapping[str, float]

    def typical(self, weight: float = REFERENCE_WEIGHT, age: float = 40.0) -> LinearModel:
        """One patient with the typical values.

        `weight` (kg, 2 to 300) and `age` (years, 0 to 120) act only where the source found that
        they do. Raises ValueError outside these ranges.
        """
        return self._build(None, np.array([float(weight)]), np.array([float(age)]))

    def population(
        self, n: int, seed: int, weight: ArrayLike = REFERENCE_WEIGHT, age: ArrayLike = 40.0
    ) -> LinearModel:
        """`n` virtual patients: log-normal (for fractions logit-normal) variation as published.

        `weight` and `age` are one value for all or one a patient. Raises ValueError for n below 1.
        """
        if n < 1:
            raise ValueError(f"n: {n} virtual patients is not allowed; it must be 1 or more")
        deviates = np.random.default_rng(seed).standard_normal((n, len(self.parameters)))
        weight, age = (np.broadcast_to(x, n).astype(float) for x in (weight, age))
        return self._build(deviates, weight, age)

    def _build(self, deviates: Array | None, weight: Array, age: Array) -> LinearModel:
        within("weight", weight, 2, 300, "kg")
        within("age", age, 0, 120, "years")
        values = {(row.part, row.symbol): row.at(weight) for row in self.parameters}
        slope = values.pop(("ketamine", "Qh_age_slope"), None)
        if slope is not None:
            values["ketamine", "Qh"] = values["ketamine", "Qh"] + slope * np.maximum(age - 60, 0)
        if deviates is not None:
            _vary(values, self.parameters, deviates)
        for row in self.parameters:
            if row.status == "shared":
                values[row.part, row.symbol] = values["ketamine", row.symbol]
        masses = self.molar_masses if self.about.metabolite_amounts == "moles" else {}
        return _Wiring(values, weight.size, masses).model()


def _vary(values: dict[tuple[str, str], Array], rows: Sequence[Parameter], deviates: Array) -> None:
    """Multiply each value by its patients' log-normal factors (logit-normal for a fraction)."""
    covariance = {row.part: row.value for row in rows if row.unit == "covariance of logs"}
    spread = {}
    for row, z in zip(rows, deviates.T, strict=True):
        key = (row.part, row.symbol)
        if row.variability_kind == "CV %":
            spread[key] = (np.sqrt(np.log1p((row.variability / 100) ** 2)), z)
        elif row.variability_kind == "SD logit":
            odds = values[key] / (1 - values[key]) * np.exp(row.variability * z)
            values[key] = odds / (1 + odds)
    for part, shared in covariance.items():
        sd_volume, z_volume = spread[part, "V1"]
        sd_clearance, z_clearance = spread[part, "CL"]
        r = shared / (sd_volume * sd_clearance)
        spread[part, "CL"] = (sd_clearance, r * z_volume + np.sqrt(1 - r**2) * z_clearance)
    for key, (sd, z) in spread.items():
        values[key] = values[key] * np.exp(sd * z)


@dataclass
class _Wiring:
    """Collects flows between compartments, then writes them into one rate matrix."""

    values: Values
    patients: int
    molar_masses: Mapping[str, float]
    flows: list[tuple[str, str | None, Array]] = field(default_factory=list)
    entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    observed: dict[str, tuple[str, Array]] = field(default_factory=dict)

    def model(self) -> LinearModel:
        for compound in COMPOUNDS:
            if (compound, "V1") in self.values:
                self.disposition(compound)
        self.absorption()
        ends = [(source, target) for source, target, _ in self.flows]
        names = tuple(dict.fromkeys(name for pair in ends for name in pair if name is not None))
        K = np.zeros((self.patients, len(names), len(names)))
        for source, target, rate in self.flows:
            at = names.index(source)
            K[:, at, at] -= rate
            if target is not None:
                K[:, names.index(target), at] += rate
        return LinearModel(names, K, self.entries, self.observed)

    def get(self, part: str, symbol: str, default: float | None = None) -> Array:
        if default is not None and (part, symbol) not in self.values:
            return np.full(self.patients, default)
        return np.broadcast_to(self.values[part, symbol], self.patients)

    def exchange(self, one: str, other: str, flow: Array, volume: Array, other_volume: Array) -> None:
        self.flows += [(one, other, flow / volume), (other, one, flow / other_volume)]

    def disposition(self, compound: str) -> None:
        """Central compartment, its peripheral ones, and elimination into the next compound."""
        central, volume = compound, self.get(compound, "V1")
        if (compound, "k10") in self.values:
            self.by_rate_constants(compound)
        else:
            for i in (2, 3):
                if (compound, f"V{i}") in self.values:
                    side = self.get(compound, f"Q{i}"), volume, self.get(compound, f"V{i}")
                    self.exchange(central, f"{compound} peripheral {i - 1}", *side)
            if (compound, "Vh") in self.values:
                self.liver(compound)
            else:
                self.eliminate(compound, self.get(compound, "CL") / volume)
        self.observed[compound] = (central, volume / self.mass_ratio(compound))
        if compound == "ketamine":
            self.entries["iv"] = (Entry(central),)

    def by_rate_constants(self, compound: str) -> None:
        for i in (2, 3):
            if (compound, f"k1{i}") in self.values:
                side = f"{compound} peripheral {i - 1}"
                self.flows += [
                    (compound, side, self.get(compound, f"k1{i}")),
                    (side, compound, self.get(compound, f"k{i}1")),
                ]
        self.eliminate(compound, self.get(compound, "k10"))

    def following(self, compound: str) -> str | None:
        """The metabolite this compound turns into, when the source models it."""
        position = COMPOUNDS.index(compound) + 1
        if position < len(COMPOUNDS) and (COMPOUNDS[position], "V1") in self.values:
            return COMPOUNDS[position]
        return None

    def eliminate(self, compound: str, rate: Array) -> None:
        """Elimination; a fraction fm becomes the next compound, after a delay where there is one."""
        metabolite = self.following(compound)
        if metabolite is None:
            self.flows.append((compound, None, rate))
            return
        fraction = self.get(compound, "fm")
        if (compound, "MTT") in self.values:
            first, second = f"{metabolite} delay 1", f"{metabolite} delay 2"
            step = 2 / self.get(compound, "MTT")
            self.flows += [(compound, first, rate), (first, second, step * (1 + TWIN_GAP))]
            source, rate = second, step * (1 - TWIN_GAP)
        else:
            source = compound
        self.flows.append((source, metabolite, rate * fraction))
        self.flows.append((source, None, rate * (1 - fraction)))

    def liver(self, compound: str) -> None:
        """Well-stirred liver: blood brings the drug, enzymes turn some of it over on each pass."""
        self.exchange(
            compound,
            "liver",
            self.get(compound, "Qh"),
            self.get(compound, "V1"),
            self.get(compound, "Vh"),
        )
        self.flows.append(("liver", self.following(compound), self.get(compound, "kmet")))
        self.flows.append(("liver", None, self.get(compound, "kel")))

    def mass_ratio(self, compound: str) -> float:
        """Molar mass over that of ketamine, where the source carries amounts in moles."""
        return self.molar_masses[compound] / self.molar_masses["ketamine"] if self.molar_masses else 1.0

    def absorption(self) -> None:
        escape = self.get("first pass", "Fgut", 1.0)
        for route in ("oral", "im"):
            if (route, "ka") in self.values:
                fraction = self.get(route, "F", 1.0) * escape
                self.depot(route, "liver" if route == "oral" and self.has_liver else "ketamine")
                self.entries[route] = (Entry(route, fraction, self.duration(route)),)
        if ("nasal", "ka") in self.values:
            self.depot("nasal", "ketamine")
            self.depot("swallowed", "liver")
            for route, factor in (("nasal", 1.0), ("nasal later", self.get("nasal", "F_later"))):
                absorbed = self.get("nasal", "F") * factor
                self.entries[route] = (
                    Entry("nasal", absorbed),
                    Entry("swallowed", (1 - absorbed) * escape, self.duration("swallowed")),
                )

    @property
    def has_liver(self) -> bool:
        return ("ketamine", "Vh") in self.values

    def depot(self, route: str, target: str) -> None:
        self.flows.append((route, target, self.get(route, "ka")))

    def duration(self, route: str) -> float:
        """Duration of the zero-order release (min), 0 when there is none."""
        return float(self.get(route, "duration", 0.0)[0])


def _molar_masses() -> dict[str, float]:
    molecules = table("molecules").set_index("molecule").molar_mass
    return {name: float(molecules[name]) for name in COMPOUNDS}


def every(dose: Dose, interval: float, count: int) -> list[Dose]:
    """The same dose `count` times, one every `interval` min.

    Raises ValueError for a count below 1 or an interval that is not positive.
    """
    if count < 1:
        raise ValueError(f"count: {count} is not allowed; it must be 1 or more")
    if not interval > 0:
        raise ValueError(f"interval: {interval} is not allowed; it must be more than 0 min")
    return [Dose(dose.amount, dose.route, dose.time + i * interval, dose.duration) for i in range(count)]


def nasal_devices(amount: float, time: float = 0.0) -> list[Dose]:
    """A nasal esketamine dose (mg) as the 28-mg devices it comes in, five minutes apart.

    Less is absorbed from the second device on, so they have a route of their own.
    """
    Dose(amount)  # the same check on the amount as any dose
    doses: list[Dose] = []
    while amount > 1e-9:
        route = "nasal later" if doses else "nasal"
        doses.append(Dose(min(amount, DEVICE_MG), route, time + DEVICE_GAP_MIN * len(doses)))
        amount -= DEVICE_MG
    return doses


def first_order(model: LinearModel, route: str, fraction: float, half_life: float) -> LinearModel:
    """The model with one more route: a depot that empties into plasma with this half-life (min).

    Raises ValueError for a fraction outside 0 to 1 or a half-life that is not positive.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction: {fraction} is not allowed; it must be 0 to 1")
    if not half_life > 0:
        raise ValueError(f"half_life: {half_life} is not allowed; it must be more than 0 min")
    n = len(model.compartments)
    K = np.zeros((model.patients, n + 1, n + 1))
    K[:, :n, :n] = model.K
    rate = np.log(2) / half_life
    K[:, n, n] = -rate
    K[:, model.index("ketamine"), n] = rate
    entries = {**model.entries, route: (Entry(route, fraction),)}
    return LinearModel((*model.compartments, route), K, entries, model.observed)


def intramuscular(model: LinearModel, half_life: float | None = None) -> LinearModel:
    """The model with an intramuscular route, from the product labels.

    No adult study of the absorption rate was found. The label gives its half-life as a range; without
    a `half_life` (min) of your own, the geometric middle of that range is used.
    """
    facts = table("drug_facts").set_index("fact")
    low, high = facts.loc["im_absorption_half_life", ["low", "high"]]
    middle = float(np.sqrt(low * high))
    return first_order(model, "im", float(facts.loc["f_im_label", "value"]), half_life or middle)


def half_lives(model: LinearModel, compartments: Sequence[str]) -> Array:
    """Half-lives (min, longest first, patients x phases) of the exchange between `compartments`.

    t½ = ln 2 / |λ|, where λ are the eigenvalues of that part of K.
    """
    at = [model.index(name) for name in compartments]
    rates = np.linalg.eigvals(model.K[:, at][:, :, at]).real
    return -np.sort(-np.log(2) / np.abs(rates), axis=1)
