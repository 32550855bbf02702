"""The tables that single pages offer, with the columns declared for them (`page_columns`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from model.arrays import Array
from model.decisions.best_set import Frontier
from model.decisions.compare import Comparison
from model.decisions.side_by_side import SideBySide, differing
from model.drivers.reverse import Reverse
from model.present.files.declared.meanings import NONE
from model.present.files.declared.page_columns import PAGE_FILES
from model.present.words.drivers import unit_of
from model.present.words.headline import COMPONENT_LABELS
from model.runs.one_year import Year
from model.runs.result import Measure
from model.runs.standard_errors import Estimate
from model.scenario.rows import NUMBERS
from model.scenario.scenario import Scenario

_CURVE = ("chance", "loss_usd", "low_usd", "high_usd")


def _table(file: str, rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[field.name for field in PAGE_FILES[file][1]])


def exceedance_curve(curve: Mapping[str, Array]) -> pd.DataFrame:
    """Return `exceedance_curve.csv`."""
    return pd.DataFrame({name: curve[name] for name in _CURVE})


def twenty_years(losses: Array, tolerance_usd: float) -> pd.DataFrame:
    """Return `twenty_years.csv` of twenty sorted annual losses."""
    over = np.where(losses > tolerance_usd, "yes", "no")
    return pd.DataFrame({"annual_loss_usd": losses, "over_tolerance": over})


def money(components: Mapping[str, Estimate], total: Estimate) -> pd.DataFrame:
    """Return `money.csv` of the lines of the ledger and their sum."""
    rows = [(name, COMPONENT_LABELS[name], *figure[:2]) for name, figure in components.items()]
    return _table("money.csv", [*rows, ("loss", "Expected annual loss", *total[:2])])


def one_year(year: Year) -> pd.DataFrame:
    """Return `year.csv`: every incident of a year, the first first."""
    table = pd.DataFrame(
        {
            "year": year.year,
            "cause": list(year.cause),
            "start_h": year.start_h,
            "duration_h": year.duration_h,
            **year.impairments,
            **{f"{name}_usd": line for name, line in year.lines.items()},
            "loss_usd": year.loss_usd,
            "net_loss_usd": year.net_loss_usd,
        }
    )
    return table.sort_values("start_h", ignore_index=True)


def frontier(found: Frontier, figure: str) -> pd.DataFrame:
    """Return `frontier.csv` of `saving`, `eal` or `tvar_95`, the cheapest set first."""
    return _table(
        "frontier.csv",
        (
            (
                figure,
                _set(point.remedies),
                point.cost_usd,
                point.figure.value,
                point.figure.low,
                point.figure.high,
                " + ".join(point.enters),
                " + ".join(point.leaves),
            )
            for point in found.efficient(figure)
        ),
    )


def _set(remedies: Sequence[str]) -> str:
    return " + ".join(remedies) or NONE


def curves(one: Comparison, name: str) -> pd.DataFrame:
    """Return `curves.csv` of the scenario as it is and with the set of a comparison."""
    parts = [
        exceedance_curve(one.curve(each)).assign(set=_set(one.row(each).remedies))
        for each in (one.names[0], name)
    ]
    return pd.concat(parts, ignore_index=True)[["set", *_CURVE]]


def savings(components: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return `savings.csv`."""
    return _table("savings.csv", ((name, *figure) for name, figure in components.items()))


def scenarios(found: SideBySide, tolerance_usd: float) -> pd.DataFrame:
    """Return `scenarios.csv`."""
    return _table("scenarios.csv", (_scenario(row) for row in found.rows(tolerance_usd)))


def differences(held: Sequence[tuple[str, Scenario]]) -> pd.DataFrame:
    """Return `differences.csv` of scenarios and what they are called side by side."""
    names = differing([scenario for _, scenario in held])
    rows = [
        {**row, "scenario": label} for label, one in held for row in one.rows_of(frozenset(names))
    ]
    order = {name: place for place, name in enumerate(names)}
    # An own profile is a row for each weight.
    rows.sort(key=lambda row: order.get(str(row["name"]), order.get(_above(row["name"]), 0)))
    columns = [field.name for field in PAGE_FILES["differences.csv"][1]]
    return _table("differences.csv", ([_cell(row, part) for part in columns] for row in rows))


def _above(name: object) -> str:
    return str(name).rpartition(".")[0]


def _cell(row: Mapping[str, object], part: str) -> object:
    blank = math.nan if part in NUMBERS else ""
    return row.get(part, blank) if row.get(part, "") != "" else blank


def _scenario(row: tuple[str | Measure | Estimate, ...]) -> list[object]:
    cells: list[object] = []
    for figure in row:
        if isinstance(figure, Measure):
            cells += [*figure[1:5]]
        else:
            cells += [*figure[:4]] if isinstance(figure, Estimate) else [figure]
    return cells


def reverse(found: Reverse) -> pd.DataFrame:
    """Return `reverse.csv`: the figure at every value tried."""
    asked = found.name, unit_of(found.name)
    return _table(
        "reverse.csv",
        (
            (*asked, float(value), found.figure, *figure[:4])
            for value, figure in zip(found.tried, found.figures, strict=True)
        ),
    )
