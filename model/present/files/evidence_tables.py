"""The tables and bundles of the commands `fit`, `backtest` and `validate`."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pandas as pd

from model import data
from model.evidence.backtests import Outcome
from model.evidence.fitting.fitted import Fitted
from model.evidence.fitting.rates import RateRow
from model.evidence.log.log import Log
from model.evidence.validation_table import Check
from model.present.files import tables
from model.present.files.declared.evidence_columns import EVIDENCE_FILES
from model.present.files.packing import SCENARIO, Bundle, Pieces, command
from model.present.words import evidence
from model.scenario.scenario import Scenario

Cells = Sequence[object]
VALIDATION = "validation.csv"


def rates(fitted: Fitted) -> pd.DataFrame:
    """Return `rates.csv`; without rates, what was counted."""
    if fitted.rates is None:
        return _table("rates.csv", [("all", fitted.log.n, _known(fitted.log.years), *[None] * 8)])
    return _table("rates.csv", map(_rate_row, fitted.rates.rows))


def _rate_row(row: RateRow) -> Cells:
    prior = row.prior or (None, None)
    after = row.posterior
    believed = (after.mean, after.low, after.high) if after else (None, None, None)
    step = row.step
    changed = (step.p_value, step.rate_before, step.rate_after) if step else (None, None, None)
    return (row.cause, row.incidents, row.exposure_years, *prior, *believed, *changed)


def durations(fitted: Fitted) -> pd.DataFrame:
    """Return `durations.csv`: a row for each cause and family that could be fitted."""
    rows = []
    for cause, of in fitted.lengths.items():
        chosen = of.fit.chosen.name if of.fit else ""
        censored = of.durations.size - of.durations.ended
        for one in of.families:
            own = one.parameters
            shape = own.get("k")
            numbers = (own.get("mu"), own.get("sigma"), shape, own.get("scale"))
            ends = (one.median_h, one.p95_h, one.aic, "yes" if one.name == chosen else "no")
            rows.append((cause, one.name, of.durations.size, censored, *numbers, *ends))
    return _table("durations.csv", rows)


def rows(log: Log) -> pd.DataFrame:
    """Return `rows.csv`: every row of the file."""
    read = log.rows
    columns = zip(
        read.number, read.read, read.reason, read.start, read.end, read.cause, strict=True
    )
    return _table(
        "rows.csv",
        (
            (
                number,
                verdict,
                reason,
                _moment(start),
                _moment(end),
                _known(round(end - start, 8)),
                cause,
            )
            for number, verdict, reason, start, end, cause in columns
        ),
    )


def _moment(hours: float) -> str:
    if math.isnan(hours):
        return ""
    moment = datetime.fromtimestamp(round(hours * 3600), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _table(file: str, rows: Iterable[Cells]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[field.name for field in EVIDENCE_FILES[file][1]])


def files(fitted: Fitted) -> dict[str, Pieces]:
    """Return the files of a fit, made when they are written."""
    return {
        "rates.csv": lambda: [tables.csv_bytes(rates(fitted))],
        "durations.csv": lambda: [tables.csv_bytes(durations(fitted))],
        "rows.csv": lambda: [tables.csv_bytes(rows(fitted.log))],
    }


def of_fit(fitted: Fitted, given: Mapping[str, object]) -> Bundle:
    """Return the bundle of a fit: its scenario is the one that was believed before."""
    facts: dict[str, object] = {
        "log": fitted.options.file,
        "rows": fitted.log.rows.counts(),
        "incidents": fitted.log.n,
        "options": dict(given),
        "command": command(
            "fit",
            {"scenario": SCENARIO} | dict(given),
            *(["--vague-prior"] if fitted.options.vague else []),
            scenarios=(),
            beside=(fitted.options.file,),
        ),
        "remarks": fitted.log.remarks,
        "questions": fitted.log.questions,
        "warnings": evidence.warnings(fitted),
    }
    title = f"Fitted to {fitted.options.file}, scenario {fitted.before.name}"
    return Bundle((fitted.before,), title, facts, files(fitted))


def backtest(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return `backtest.csv`."""
    return _table(
        "backtest.csv",
        (
            (
                one.name,
                one.figure,
                one.published,
                one.verdict.low,
                one.verdict.median,
                one.verdict.high,
                one.verdict.percentile,
                "yes" if one.verdict.inside else "no",
            )
            for one in outcomes
        ),
    )


def of_backtest(scenario: Scenario, outcomes: Sequence[Outcome]) -> Bundle:
    """Return the bundle of back-tests priced with a scenario."""
    sources = {f"{one.name}, {one.figure}": one.source for one in outcomes if one.source}
    table: dict[str, Pieces] = {"backtest.csv": lambda: [tables.csv_bytes(backtest(outcomes))]}
    title = f"Back-tests, scenario {scenario.title}"
    notes = {f"{one.name}, {one.figure}": one.note for one in outcomes if one.note}
    return Bundle((scenario,), title, {"sources": sources, "notes": notes}, table)


class Held(NamedTuple):
    """One figure of the engine against its exact value, as kept in `data/validation.csv`."""

    check: str
    measure: str
    engine: float
    exact: float
    difference: float
    """In standard errors."""


def validated() -> tuple[Held, ...]:
    """Return the checks of the engine as they came out when the results version was laid down."""
    with data.path(VALIDATION).open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Held(
                row["check"],
                row["measure"],
                **{name: float(row[name]) for name in ("engine", "exact", "difference")},
            )
            for row in csv.DictReader(file)
        )


def validation(checks: Sequence[Check]) -> pd.DataFrame:
    """Return `validation.csv`."""
    return _table("validation.csv", map(_check_row, checks))


def _check_row(check: Check) -> Cells:
    numbers = (check.engine, check.exact, check.standard_error, check.difference)
    return (check.name, check.measure, *numbers, "yes" if check.passed else "no")


def of_validation(checks: Sequence[Check], years: int, seed: int) -> Bundle:
    """Return the bundle of the checks of the engine."""
    table: dict[str, Pieces] = {"validation.csv": lambda: [tables.csv_bytes(validation(checks))]}
    facts: dict[str, object] = {"years": years, "seed": seed}
    return Bundle((Scenario.default(),), "The engine against exact values", facts, table)
