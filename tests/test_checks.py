"""The sentence about a value outside its range, for one value and for many."""

import re

import numpy as np
import pytest

from ketalab.checks import above, at_least, one_of, within


def test_what_is_inside_comes_back_as_numbers_of_the_same_shape():
    assert within("weight", 70, 2, 300, "kg").shape == ()
    assert within("block", [[0, 0.5], [1, 1]], 0, 1).tolist() == [[0, 0.5], [1, 1]]


@pytest.mark.parametrize("value", [301, [70, 301, 400], [[70], [301]]])
def test_the_first_value_outside_is_named_with_the_range_and_its_unit(value):
    with pytest.raises(ValueError, match=r"^weight: 301 is not allowed; it must be 2 to 300 kg$"):
        within("weight", value, 2, 300, "kg")


def test_what_is_not_a_number_is_outside_and_without_a_unit_the_sentence_ends_at_the_range():
    with pytest.raises(ValueError, match=r"^block: nan is not allowed; it must be 0 to 1$"):
        within("block", np.nan, 0, 1)


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        (
            lambda: at_least("people", -1, 0, "people"),
            "people: -1 is not allowed; it must be 0 people or more",
        ),
        (lambda: at_least("people", np.inf, 0), "people: inf is not allowed; it must be 0 or more"),
        (lambda: above("se", [1, 0], 0), "se: 0 is not allowed; it must be above 0"),
        (lambda: above("days", np.nan, 0, "days"), "days: nan is not allowed; it must be above 0 days"),
        (
            lambda: one_of("method", "mean", ("fixed", "reml")),
            "method: 'mean' is not allowed; it must be one of fixed, reml",
        ),
    ],
)
def test_each_refusal_is_one_sentence_with_name_value_and_what_is_allowed(refused, sentence: str):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        refused()


def test_what_is_allowed_comes_back():
    assert at_least("people", 0, 0) == 0
    assert above("se", 0.1, 0) == 0.1
    assert one_of("method", "reml", ("fixed", "reml")) == "reml"
