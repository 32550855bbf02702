"""JSON records as rows: where they stand, how they are flattened, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats.answers import FormatError
from model.formats.limits import Limits
from model.formats.reading import read
from model.formats.records import LIST
from model.formats.table import Table

RECORD = {"id": 7, "open": None, "major": True, "impact": {"level": "high", "hours": 1.5}}


def table(content: Any, **options: Any) -> Table:
    return read(json.dumps(content).encode(), **options)


def test_a_list_of_objects() -> None:
    found = table([RECORD, {"id": 8, "end": "2026-04-01"}])
    assert found.columns == ("id", "open", "major", "impact.level", "impact.hours", "end")
    assert found.rows == (
        (7.0, "", "TRUE", "high", 1.5, ""),
        (8.0, "", "", "", "", "2026-04-01"),
    )
    assert found.where(1, "end") == "record 2, field end"


def test_one_object_a_line() -> None:
    raw = b'{"a": 1, "b": {"c": "x"}}\r\n\n{"a": 2}\n'
    assert read(raw).rows == ((1.0, "x"), (2.0, ""))
    assert read(b'\xef\xbb\xbf{"a": 1}').rows == ((1.0,),)


def test_lists_under_keys() -> None:
    content = {
        "page": {"zone": "UTC"},
        "components": [{"id": "c"}] * 5,
        "incidents": [{"id": 1}, {"id": 2}],
        "scheduled_maintenances": [{"id": 3}],
    }
    found = table(content, lists=("incidents", "Scheduled_Maintenances"))
    assert found.columns == (LIST, "id")
    assert found.rows == (
        ("incidents", 1.0),
        ("incidents", 2.0),
        ("scheduled_maintenances", 3.0),
    )
    assert found.remarks == (
        "read the lists incidents and scheduled_maintenances",
        "left out the lists components",
    )
    assert len(table(content).rows) == 5, "the longest where none is asked for"
    assert table({"data": {"result": [{"a": 1}]}}).remarks == ("read the list data.result",)


def test_lists_inside_records_run_in_parallel() -> None:
    updates = [{"at": "t1", "status": "open"}, {"at": "t2"}, {"at": "t3", "status": "closed"}]
    found = table([{"updates": updates, "tags": ["x", 1], "one": [{"title": 2.5}], "none": []}])
    assert dict(zip(found.columns, found.rows[0], strict=True)) == {
        "updates.at": "t1; t2; t3",
        "updates.status": "open; ; closed",
        "tags": "x; 1",
        "one.title": 2.5,
    }


def test_long_identifiers_keep_their_digits() -> None:
    found = read(b'[{"id": 12345678901234567890, "n": 9007199254740992, "e": 1e-05}]')
    assert found.rows == (("12345678901234567890", 9007199254740992.0, 1e-05),)
    assert read(b'[{"id": ' + b"1" * 5000 + b"}]").rows == (("1" * 5000,),)


def test_names_that_flatten_alike_are_kept_apart() -> None:
    found = table([{"a.b": 1, "a": {"b": 2}}])
    assert (found.columns, found.rows) == (("a.b", "a.b (2)"), ((1.0, 2.0),))


def test_text_that_only_begins_like_json_is_a_table() -> None:
    found = read(b"[System] Type,Key\nIncident,1\n")
    assert found.columns == ("[System] Type", "Key")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(rows=1), "2 records: at most 1"),
        (Limits(columns=3), "more than 3 fields"),
        (Limits(cells=5), "2 records of 5 fields: too many in all"),
        (Limits(cell_length=3), "record 1, field major: at most 3 characters"),
        (Limits(depth=2), "3 levels in each other: at most 2"),
    ],
)
def test_each_limit_holds(limits: Limits, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        table([RECORD, {"id": 1}], limits=limits)


def test_brackets_in_text_are_no_depth() -> None:
    for text in ("[" * 100 + '"\\', '"[' * 100, '\\"[' * 100):
        assert table([{"a": text}]).rows == ((text,),)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_a_table_or_a_format_error(content: object) -> None:
    try:
        found = table(content)
    except FormatError:
        return
    assert all(len(row) == len(found.columns) for row in found.rows)


@given(st.text(alphabet='[]{}":,1.eE-\\ truefalsn\n', max_size=40))
def test_any_text_like_json_is_a_table_or_a_format_error(text: str) -> None:
    try:
        read(text.encode(), "log.json")
    except FormatError:
        return
