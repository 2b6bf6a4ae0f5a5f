"""A printed interval has its estimate in the middle, on its own scale or as a ratio: a slip in one of the
three numbers shows. Where print is lopsided, the row is named here."""

import csv
from math import log

import pytest

from ketalab.data.tables import data_folder, descriptor

ESTIMATE = ("value", "estimate", "half_effect", "delay_s")
AROUND = {"half_effect": ("half_low", "half_high"), "delay_s": ("delay_low", "delay_high")}
RATIOS = {"risk ratio", "rate ratio", "odds ratio", "hazard ratio", "OR", "RR", "HR"}
SPREADS = {"SD", "SE", "SD or SE, not stated", "plus or minus as printed"}  # these widths go either way
MEASURED = ("trial_differences", "pooled_estimates")  # they name a measure
NETWORK = "antidepressant_network"  # odds ratios all
LOPSIDED = {
    ("trial_differences", "murrough2013", "2.18"),
    ("trial_differences", "elektd", "14.2"),
    ("trial_differences", "abbar2022", "14.1"),
    ("trial_differences", "abbar2022", "3.7"),
    ("trial_differences", "duek2023", "-0.33"),
    ("trial_differences", "dakwar2019", "58.1"),
    ("trial_differences", "motov2015", "0.2"),
    ("trial_differences", "podcast2017", "-0.36"),
    ("pooled_estimates", "wilkinson_rate_saline", "1"),  # percent, near none
    ("pooled_estimates", "almeida_ptsd", "0.25"),  # on another scale than its interval
    ("pooled_estimates", "ndt2023_esketamine_24h", "0.30"),
}


def half_digit(number: str) -> float:
    """Half of the last digit printed: 12.5 is known to 0.05."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def in_the_middle(value: str, low: str, high: str, ratio: bool) -> bool:
    """Whether the estimate may lie in the middle, as far as the digits printed allow."""
    (v, dv), (a, da), (b, db) = ((float(text), half_digit(text)) for text in (value, low, high))
    if not ratio:
        return abs((a + b) / 2 - v) <= dv + (da + db) / 2 + 1e-9
    if a - da <= 0:  # a limit of 0.0 says nothing
        return True
    least, most = log(a - da) + log(b - db), log(a + da) + log(b + db)
    return least <= 2 * log(v + dv) + 1e-9 and 2 * log(v - dv) <= most + 1e-9


def rows(name: str) -> list[dict[str, str]]:
    with (data_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables() -> list[str]:
    return [resource["name"] for resource in descriptor()["resources"]]


@pytest.mark.parametrize("name", tables())
def test_an_estimate_lies_in_the_middle_of_its_interval(name: str):
    faults, lopsided = [], {row for row in LOPSIDED if row[0] == name}
    for row in rows(name):
        kind = row.get("measure", "") if name in MEASURED else row.get("interval", "")
        if not (name in MEASURED or name == NETWORK or kind in SPREADS):
            continue
        for estimate in ESTIMATE:
            ends = AROUND.get(estimate, ("low", "high"))
            texts = [row.get(column, "") for column in (estimate, *ends)]
            if "" in texts:
                continue
            which = (name, next(iter(row.values())), texts[0])
            if in_the_middle(*texts, ratio=kind in RATIOS or name == NETWORK):
                continue
            if which in lopsided:
                lopsided.discard(which)
            else:
                faults.append((which, texts, kind))
    assert faults == []
    assert lopsided == set()  # what is named here is lopsided


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_tenth_more_in_one_of_the_three_is_seen(at: int):
    texts = ["-0.61", "-0.95", "-0.28"]
    assert in_the_middle(*texts, ratio=False)
    texts[at] = f"{1.1 * float(texts[at]):.6g}"
    assert not in_the_middle(*texts, ratio=False)
