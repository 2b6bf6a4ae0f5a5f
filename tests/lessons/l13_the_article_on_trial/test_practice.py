"""What the predictions of the last lesson say about the ledger is what the ledger says."""

import nbformat

from ketalab.data import table
from ketalab.data.lessons import lesson_files
from ketalab.lessons import lesson


def test_the_predicted_counts_are_the_ledgers():
    verdicts = table("claims").verdict.value_counts()
    full, part = verdicts["supported"], verdicts["partly supported"]
    rest = verdicts.sum() - full - part
    answers = {o.text: o.feedback for o in lesson("13").predictions["how_many_hold"].options}
    assert 10 <= full <= 25
    assert (
        answers["Between 10 and 25"]
        == f"Right: {full} in full, and {part} more in part. The other {rest} are not."
    )
    assert f"{full} are supported in full, {part} more in part" in answers["Fewer than 10 of them"]
    assert (
        f"in full it is {full}. With those that hold in part it is {full + part}."
        in answers["Between 26 and 40"]
    )
    assert f"{full + part}. The other {rest} are" in answers["More than 40 of them"]


def test_the_teachers_note_resolves_the_prediction_with_todays_count():
    notebook = nbformat.read(lesson_files()[-1], as_version=4)
    (note,) = (
        cell.metadata["notes"]
        for cell in notebook.cells
        if "Resolve the prediction" in cell.metadata.get("notes", "")
    )
    full = (table("claims").verdict == "supported").sum()
    assert f"Resolve the prediction: {full} in full." in note
