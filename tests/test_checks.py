"""The sentence about a value outside its range, for one value and for many."""

import numpy as np
import pytest

from ketalab.checks import within


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
