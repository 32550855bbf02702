"""Tidy tables of a result, with the columns of the bundle's files, and their CSV bytes.

Signs are those of a ledger: what comes back or is borne by others is negative.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.assumptions.currency import named_in
from model.chain.ledger import COMPONENTS
from model.chain.per_year import COLUMNS, VOLUMES
from model.formats.characters import neutralised
from model.runs.breakdowns import Unavailable
from model.runs.result import Exceedance, Measure, Result
from model.runs.standard_errors import Estimate

Column = NDArray[np.generic]

_TOTALS = ("loss_usd", "sla_credit_usd", "net_loss_usd")
_PER_YEAR = ("incidents", "incident_h", *VOLUMES, *(f"{name}_usd" for name in COMPONENTS), *_TOTALS)
# What is part of another column, or beside the ledger, stands after the net loss.
ANNUAL_COLUMNS = ("world", "year", *_PER_YEAR, *(c for c in COLUMNS if c not in _PER_YEAR))
"""Columns of `annual.csv`: the components before `loss_usd` add up to it in every row."""

_WHOLE = ("incidents",)
CHUNK_YEARS = 20_000


def summary(result: Result, tolerance_usd: float | None = None) -> pd.DataFrame:
    """Return the measures of annual loss with their Monte Carlo errors (`summary.csv`)."""
    columns = ["measure", *Measure._fields[1:]]
    return pd.DataFrame(result.measures(tolerance_usd), columns=columns)


def exceedance(result: Result) -> pd.DataFrame:
    """Return AEP and OEP by return period (years); empty where the run cannot support them."""
    return pd.DataFrame([_exceedance_row(row) for row in result.exceedance()])


def _exceedance_row(row: Exceedance) -> dict[str, object]:
    cells: dict[str, object] = {"return_period": row.return_period}
    for kind, figure in (("aep", row.aep), ("oep", row.oep)):
        cells[f"{kind}_usd"] = figure.value if figure else math.nan
        cells[f"{kind}_low_usd"] = figure.low if figure else math.nan
        cells[f"{kind}_high_usd"] = figure.high if figure else math.nan
    reason = next((f.reason for f in (row.aep, row.oep) if f and f.reason), "")
    return cells | {"supported": "yes" if row.aep else "no", "reason": reason}


def chain(result: Result) -> pd.DataFrame:
    """Return what an average year loses at each link, as a quantity and in money (`chain.csv`)."""
    rows = [
        {
            "link": row.link,
            "quantity": row.quantity,
            "unit": row.unit,
            "expected": row.expected.value,
            "p50": row.p50,
            "p95": row.p95,
            "expected_usd": row.expected_usd.value if row.expected_usd else math.nan,
        }
        for row in result.chain()
    ]
    return pd.DataFrame(rows)


def by_cause(result: Result) -> pd.DataFrame:
    """Return the expected annual loss by cause with its Monte Carlo error (`by_cause.csv`)."""
    tail = result.tail_by_cause(0.95)
    rows: list[dict[str, object]] = []
    for cause, figure in result.by_cause().items():
        part = tail[cause]
        cells = {"expected_usd": figure.value, **_in_usd(figure, "")}
        cells |= {"tail_95_usd": part.value, **_in_usd(part, "tail_95_")}
        said = {"reason": figure.reason, "tail_95_reason": part.reason}
        said["label"] = result.scenario.cause_label(cause)
        rows.append({"cause": cause, **cells, **said})
    return pd.DataFrame(rows)


def _in_usd(figure: Estimate, head: str) -> dict[str, float]:
    return {
        f"{head}standard_error_usd": figure.standard_error,
        f"{head}low_usd": figure.low,
        f"{head}high_usd": figure.high,
    }


def error_budget(rows: Iterable[tuple[str, Unavailable]]) -> pd.DataFrame:
    """Return the minutes unavailable by function and cause of sets of remedies, `error_budget.csv`.

    The rows are the name of a set and what is unavailable under it.
    """
    return pd.DataFrame([_unavailable_row(remedy, row) for remedy, row in rows])


def _unavailable_row(remedy: str, row: Unavailable) -> dict[str, object]:
    return {
        "cause": row.cause,
        "remedy": remedy,
        "minutes": row.minutes.value,
        "low": row.minutes.low,
        "high": row.minutes.high,
        "availability": row.availability,
        "function": row.function,
        "p50": row.p50,
        "p95": row.p95,
        "p_kept_999": row.p_kept_999,
        "p_kept_9999": row.p_kept_9999,
        "reason": row.minutes.reason,
    }


def per_minute(result: Result) -> pd.DataFrame:
    """Return the expected loss per minute of an incident by starting hour (`per_minute.csv`)."""
    columns = result.per_minute()
    hour = columns["hour_of_week"].astype(np.int64)
    return pd.DataFrame({**columns, "hour_of_week": hour})


def incidents(result: Result) -> pd.DataFrame:
    """Return the sample of simulated incidents that the run kept (`incidents.csv`)."""
    return pd.DataFrame(result.tally.sample.columns)


def annual(result: Result) -> pd.DataFrame:
    """Return one row per simulated year with the columns of `annual.csv`."""
    return pd.DataFrame(_years(result, 0, result.years))


def _years(result: Result, first: int, last: int) -> dict[str, Column]:
    """Return the columns of `annual.csv` for the years from `first` up to `last`."""
    year = np.arange(first, last)
    columns: dict[str, Column] = {
        "world": year // (result.years // result.worlds) + 1,
        "year": year + 1,
    }
    for name in ANNUAL_COLUMNS[2:]:
        values = result[name][first:last]
        # Adding zero turns a negative zero into a plain one.
        columns[name] = values.astype(np.int64) if name in _WHOLE else values + 0.0
    return columns


def annual_csv(result: Result) -> Iterator[bytes]:
    """Yield the bytes of `annual.csv` in pieces, so that memory stays bounded."""
    code = result.scenario.currency
    yield _line([named_in(name, code) for name in ANNUAL_COLUMNS]).encode("utf-8-sig")
    for first in range(0, result.years, CHUNK_YEARS):
        columns = _years(result, first, min(first + CHUNK_YEARS, result.years))
        yield _lines(column.tolist() for column in columns.values())


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV for people and spreadsheets.

    UTF-8 with a byte order mark and CRLF; numbers plain and in full precision, empty where
    unknown; text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    header = _line([neutralised(str(name)) for name in frame.columns])
    columns = [_cells(frame.iloc[:, k]) for k in range(frame.shape[1])]
    return header.encode("utf-8-sig") + _lines(columns)


def records_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return rows of text as CSV like `csv_bytes`; all rows have the columns of the first."""
    header = _line(list(rows[0]))
    columns = [[neutralised(row[name]) for row in rows] for name in rows[0]]
    return header.encode("utf-8-sig") + _lines(columns)


def _cells(column: pd.Series) -> list[object]:
    """Return the cells of a column: text neutralised, unknown numbers empty, no negative zero."""
    if pd.api.types.is_float_dtype(column):
        return ["" if math.isnan(x) else x + 0.0 for x in column.astype(float).tolist()]
    if pd.api.types.is_numeric_dtype(column):
        return list(column.tolist())
    return [_text_cell(cell) for cell in column.tolist()]


def _text_cell(cell: object) -> object:
    if isinstance(cell, str):
        return neutralised(cell)
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return cell if isinstance(cell, int | float) else neutralised(str(cell))


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _lines(columns: Iterable[Sequence[object]]) -> bytes:
    """Return rows of equally long columns as CSV bytes; floats in their shortest exact form."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(zip(*columns, strict=True))
    return out.getvalue().encode()
