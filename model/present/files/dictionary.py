"""The data dictionary: what every column of every file means, its unit and its sign.

Columns are declared in `files/declared`, assumptions in `model.assumptions.lookup`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from model.assumptions.declaration import Assumption
from model.assumptions.messages import allowed_range
from model.assumptions.names import model_names
from model.present.files.declared.columns import file_columns, file_title
from model.present.files.declared.meanings import MEASURES, Field
from model.present.files.tables import records_csv
from model.present.words.spoken.subject import declared
from model.scenario.scenario import Scenario


def dictionary_csv(files: Iterable[str], scenario: Scenario) -> bytes:
    """Return `dictionary.csv` for some files, with the rows of keyed ones."""
    rows = []
    for file in files:
        for field in file_columns(file):
            rows.append(_row(file, field.name, "", field))
            if field.name == "measure":
                rows += [_item(file, "measure", key, "", text) for key, text in MEASURES.items()]
            if (file, field.name) == ("scenario.csv", "name"):
                rows += [_assumption(name) for name in model_names(scenario.causes)]
    return records_csv(rows)


def _row(file: str, column: str, item: str, field: Field) -> dict[str, str]:
    return {
        "file": file,
        "column": column,
        "item": item,
        "type": field.type,
        "unit": field.unit,
        "meaning": field.meaning,
        "sign": field.sign,
    }


def _item(file: str, column: str, item: str, unit: str, meaning: str) -> dict[str, str]:
    return _row(file, column, item, Field(item, "", unit, meaning))


def _assumption(name: str) -> dict[str, str]:
    entry = declared(name)
    if not isinstance(entry, Assumption):
        return _item("scenario.csv", "name", name, "", f"{entry.label}. {entry.help}")
    meaning = f"{entry.label}. {entry.help} Allowed: {allowed_range(entry)}; per {entry.per}."
    return _item("scenario.csv", "name", name, entry.unit, meaning)


def datapackage(name: str, title: str, files: Iterable[str]) -> str:
    """Return `datapackage.json`: the tables of a bundle as a Frictionless Data Package (v1)."""
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "resources": [_resource(file) for file in files],
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _resource(file: str) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": file.removesuffix(".csv").replace("_", "-"),
        "title": file_title(file),
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {"fields": [_described(f) for f in file_columns(file)], "missingValues": [""]},
    }


def _described(field: Field) -> dict[str, str]:
    keys = {"name": field.name, "type": field.type, "description": field.meaning}
    return keys | {k: v for k, v in (("unit", field.unit), ("sign", field.sign)) if v}
