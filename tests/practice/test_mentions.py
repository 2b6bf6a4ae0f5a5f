"""What an argument mentions is found wherever a student's lines happen to end."""

from ketalab.practice.argument import Point


def test_words_are_found_across_the_end_of_a_line_and_behind_two_spaces():
    point = Point("what was found", ("both groups", "people's own"), "Says what was found.")
    assert point.mentioned("Symptoms fell in both groups.")
    assert point.mentioned("Symptoms fell in both\ngroups.")
    assert point.mentioned("Symptoms fell in both\n    groups, it says.")
    assert point.mentioned("By people’s  own ratings.")
    assert not point.mentioned("Symptoms fell in both. Groups were alike.")
