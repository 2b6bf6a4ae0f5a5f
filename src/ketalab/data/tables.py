"""Tables of published facts, read from `data/` and checked against `data/datapackage.json`.

The package descriptor (Frictionless Data Package v2) says of each field its type, unit and
allowed range. `table` checks a file against it on the way in, so a damaged file stops with one
sentence that names file, row, column and range. The tests run `frictionless validate` on the same
descriptor; it is not used here because importing it costs two seconds before the first picture.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ketalab.paths import ROOT

Field = dict[str, Any]


def data_folder() -> Path:
    """The folder of tables: `$KETALAB_DATA`, or `data/` of this checkout."""
    chosen = os.environ.get("KETALAB_DATA")
    folder = Path(chosen) if chosen else ROOT / "data"
    if not (folder / "datapackage.json").is_file():
        raise FileNotFoundError(f"data folder: {folder} holds no datapackage.json")
    return folder


def table(name: str) -> pd.DataFrame:
    """The table called `name`, typed and checked.

    Raises ValueError naming file, row (as a spreadsheet counts it), column and allowed values,
    and FileNotFoundError when the file is missing.
    """
    return _load(data_folder(), name).copy()


def renamed(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Only these columns, in this order, under the names a reader sees."""
    return rows[list(names)].rename(columns=names)


def rows_by_table() -> dict[str, int]:
    """How many rows each table holds, all of them read and checked."""
    return {resource["name"]: len(table(resource["name"])) for resource in descriptor()["resources"]}


def descriptor() -> dict[str, Any]:
    """The data package descriptor, as a dictionary."""
    return _descriptor(data_folder())


@cache
def _descriptor(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


@cache
def _load(folder: Path, name: str) -> pd.DataFrame:
    resources = {resource["name"]: resource for resource in _descriptor(folder)["resources"]}
    if name not in resources:
        raise ValueError(f"table: {name!r} is not one of {', '.join(sorted(resources))}")
    path = folder / resources[name]["path"]
    if not path.is_file():
        raise FileNotFoundError(f"table {name}: the file {path} is missing")
    fields = resources[name]["schema"]["fields"]
    text = _read_text(path)
    expected = [field["name"] for field in fields]
    if list(text.columns) != expected:
        raise ValueError(
            f"{path.name}, row 1: the columns are {', '.join(map(str, text.columns))}; "
            f"expected {', '.join(expected)}"
        )
    return pd.DataFrame({field["name"]: _column(text, field, path.name) for field in fields})


def _read_text(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: not a readable CSV table ({error})") from error


def _column(text: pd.DataFrame, field: Field, file: str) -> pd.Series:
    """One column converted to its type, after checking every cell."""
    raw = text[field["name"]]
    empty = raw == ""
    constraints = field.get("constraints", {})
    _refuse(raw, empty & constraints.get("required", False), field, file)
    if field["type"] in ("number", "integer"):
        values = pd.to_numeric(raw.where(~empty), errors="coerce")
        wrong = values.isna() & ~empty
        if field["type"] == "integer":
            wrong |= values.mod(1).fillna(0) != 0
        wrong |= values < constraints.get("minimum", -float("inf"))
        wrong |= values > constraints.get("maximum", float("inf"))
        _refuse(raw, wrong, field, file)
        return values.astype("Int64" if field["type"] == "integer" else float)
    allowed = constraints.get("enum")
    if allowed:
        _refuse(raw, ~raw.isin(allowed) & ~empty, field, file)
    if "pattern" in constraints:
        _refuse(raw, ~raw.str.fullmatch(constraints["pattern"]) & ~empty, field, file)
    if constraints.get("unique"):
        _refuse(raw, raw.duplicated() & ~empty, field, file)
    return raw


def _refuse(raw: pd.Series, wrong: pd.Series, field: Field, file: str) -> None:
    if wrong.any():
        index = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"{file}, row {index + 2}, column {field['name']}: {raw.iloc[index]!r} is not {_allowed(field)}"
        )


def _allowed(field: Field) -> str:
    """The allowed values of a field in words."""
    constraints = field.get("constraints", {})
    unit = f" ({field['unit']})" if "unit" in field else ""
    once = ", used only once" if constraints.get("unique") else ""
    if "enum" in constraints:
        return "one of " + ", ".join(constraints["enum"])
    if "pattern" in constraints:
        return f"text of the form {constraints['pattern']}{once}"
    if field["type"] == "string":
        return f"filled-in text{once}"
    words = "a whole number" if field["type"] == "integer" else "a number"
    low, high = constraints.get("minimum"), constraints.get("maximum")
    return f"{words} from {low} to {high}{unit}{once}"
