"""The tables hold what their descriptor says, and damage is answered in one sentence."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from ketalab.data import table
from ketalab.data.tables import descriptor
from ketalab.text import with_real_minus

DATA = ROOT / "data"
NAMES = [resource["name"] for resource in descriptor()["resources"]]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `data/` that the loaders read and a test may damage."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    monkeypatch.setenv("KETALAB_DATA", str(folder))
    return folder


def replace(path: Path, row: int, column: str, value: str) -> None:
    cells = pd.read_csv(path, dtype=str, keep_default_na=False)
    cells.loc[row - 2, column] = value
    cells.to_csv(path, index=False)


@pytest.mark.filterwarnings("ignore")  # frictionless's own dependencies warn
def test_frictionless_finds_the_package_valid():
    from frictionless import Package

    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])
    assert report.stats["tasks"] == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_loads_with_the_types_it_declares(name: str):
    schema = next(r for r in descriptor()["resources"] if r["name"] == name)["schema"]
    frame = table(name)
    assert len(frame) > 0
    kinds = {"number": "float64", "integer": "Int64", "string": "str"}
    for field in schema["fields"]:
        assert str(frame[field["name"]].dtype) == kinds[field["type"]], field["name"]


def test_every_csv_is_described_and_every_field_explained():
    assert {path.stem for path in DATA.glob("*.csv")} == set(NAMES)
    for resource in descriptor()["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"], (resource["name"], field["name"])
            if field["type"] in ("number", "integer"):
                assert {"minimum", "maximum"} <= set(field["constraints"]), field["name"]


def test_every_fact_names_its_source_and_place():
    for name in set(NAMES) - {"lessons", "claims", "glossary", "second_reading"}:
        frame = table(name)
        assert (frame.reference != "").all(), name
        assert (frame.locator != "").all(), name


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "allowed"),
    [
        ("pharmacokinetic_parameters.csv", 5, "value", "many", "a number from -10 to 1000"),
        ("pharmacokinetic_parameters.csv", 2, "variability", "-3", "a number from 0 to 200"),
        ("plasma_concentrations.csv", 3, "value", "40000", "a number from 0 to 30000 (ng/mL)"),
        ("plasma_concentrations.csv", 4, "n", "17.5", "a whole number from 1 to 5000"),
        ("claims.csv", 9, "verdict", "true", "one of supported, partly supported"),
        ("claims.csv", 3, "claim", "C01", "used only once"),
        ("timeline.csv", 6, "date", "May 1983", "text of the form"),
        ("molecules.csv", 2, "smiles", "", "filled-in text"),
    ],
)
def test_a_damaged_cell_is_named_with_file_row_column_and_range(
    copy: Path, file: str, row: int, column: str, value: str, allowed: str
):
    replace(copy / file, row, column, value)
    with pytest.raises(ValueError, match=re.escape(f"{file}, row {row}, column {column}")) as error:
        table(Path(file).stem)
    assert allowed in str(error.value)
    assert "\n" not in str(error.value)


def test_a_renamed_column_is_named(copy: Path):
    path = copy / "claims.csv"
    path.write_text(path.read_text("utf-8").replace("verdict", "judgement", 1))
    with pytest.raises(ValueError, match=r"claims\.csv, row 1: the columns are .*judgement"):
        table("claims")


def test_a_file_that_is_no_table_is_refused_in_one_sentence(copy: Path):
    (copy / "claims.csv").write_bytes(b"\xff\xfe\x00 not text")
    with pytest.raises(ValueError, match=r"claims\.csv: not a readable CSV table"):
        table("claims")
    (copy / "timeline.csv").write_text("")
    with pytest.raises(ValueError, match=r"timeline\.csv: not a readable CSV table"):
        table("timeline")


def test_a_missing_file_and_an_unknown_table_are_named(copy: Path):
    (copy / "claims.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"table claims: the file .*claims\.csv is missing"):
        table("claims")
    with pytest.raises(ValueError, match=r"table: 'prices' is not one of .*claims"):
        table("prices")


def test_a_folder_without_descriptor_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KETALAB_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"holds no datapackage\.json"):
        table("claims")


def test_a_frame_given_out_can_be_changed_without_harm():
    mine = table("claims")
    mine.loc[0, "verdict"] = "changed"
    assert table("claims").verdict[0] != "changed"


def test_the_descriptor_is_a_version_two_data_package():
    package = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for resource in package["resources"]:
        assert resource["$schema"].endswith("2.0/dataresource.json")
        assert resource["schema"]["$schema"].endswith("2.0/tableschema.json")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("claims", "reason"),
        ("claims", "certainty_reason"),
        ("claim_sources", "finding"),
        ("second_reading", "reason"),
    ],
)
def test_the_ledger_is_written_as_print_is(name: str, column: str):
    """A real minus, and a comma after the thousands of what is no year."""
    for text in table(name)[column]:
        assert text == with_real_minus(text)
        for number in re.findall(r"(?<![\w.,/\u2212-])\d{4,}(?![\w,-]|\.\d|/\d)", text):
            assert 1900 <= int(number) <= 2035, text


def test_every_table_is_shown_or_used_somewhere():
    """What was collected for readers must reach them: each table is named in the code or in a lesson."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    cells = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    for name in NAMES:
        assert f'"{name}"' in code or f'\\"{name}\\"' in cells, f"{name}: no lesson shows it"


NOT_SIGNIFICANT = re.compile(
    r"\b(?:no (?:difference|effect|benefit)|did not differ|not different|unchanged|alike|equally)\b"
)
EQUAL_BY_A_NARROW_INTERVAL = {
    "smyth2025"
}  # pain after ketamine and after morphine: 0.1 points (−0.4 to 0.6)


def called_equal(frame: pd.DataFrame, column: str) -> list[str]:
    """Sentences that turn a result that is not significant into equality or absence."""
    told = frame[~frame.reference.isin(EQUAL_BY_A_NARROW_INTERVAL)] if "reference" in frame else frame
    return [text for text in told[column].dropna() if NOT_SIGNIFICANT.search(text)]


@pytest.mark.parametrize(
    ("name", "column"),
    [("claim_sources", "finding"), ("therapy_contrasts", "finding"), ("nmda_blocker_studies", "finding")],
)
def test_not_significant_is_never_called_no_difference(name: str, column: str):
    assert called_equal(table(name), column) == []


def test_a_result_called_equal_would_be_found():
    told = pd.DataFrame(
        {
            "reference": ["lee2020", "roe2021"],
            "finding": ["No difference: it did not differ.", "No clear gain."],
        }
    )
    assert called_equal(told, "finding") == ["No difference: it did not differ."]
