"""The table of a comparison: sets of remedies, of one scenario or of several side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from model.decisions.compare import Comparison, Row
from model.decisions.worth import Offer
from model.present.files.declared.columns import FILES
from model.present.files.declared.meanings import NONE
from model.runs import paired
from model.runs.standard_errors import Estimate

_SET = "set"
_COLUMNS = [field.name for field in FILES["compare.csv"][1]]
_BLANK = Estimate(math.nan, math.nan, math.nan, math.nan)


def comparison(
    compared: Sequence[tuple[Comparison, Sequence[Offer]]],
    tolerance_usd: float | None = None,
    best: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return the rows of `compare.csv`: each scenario as it is, then with its sets of remedies.

    `compared` has a comparison of each scenario and its sets, judged before SLA credit. Remedies
    are held against their own scenario, a further scenario against the first; all share one seed,
    so the same luck. `best` says what a set is best by.
    """
    rows = []
    for one, offers in compared:
        name = one.evaluation.scenario.name
        rows.append(_scenario_row(one, compared[0][0], tolerance_usd))
        rows += [_set_row(offer.row, offer.pays or _BLANK, name) for offer in offers]
    told = [row | {"best_by": best.get(str(row[_SET]), "")} for row in rows]
    return pd.DataFrame(told)[_COLUMNS]


def _set_row(row: Row, pays: Estimate, scenario: str) -> dict[str, object]:
    return {
        _SET: row.name,
        "eal_usd": row.eal.value,
        **_differences(row.delta_eal, row.delta_tvar_95),
        "annual_cost_usd": row.annual_cost.value,
        "net_benefit_usd": row.net_benefit.value,
        "net_benefit_low_usd": row.net_benefit.low,
        "net_benefit_high_usd": row.net_benefit.high,
        "p_pays_back": pays.value,
        "break_even_usd": row.break_even.value,
        "p_pays_back_years": row.p_pays_back_years.value,
        "delta_eal_net_usd": row.delta_eal_net.value,
        "p_over_tolerance": row.p_breach.value,
        "scenario": scenario,
        "against": scenario,
        "net_benefit_net_usd": row.net_benefit_net.value,
        "horizon_years": row.horizon_years,
    }


def _scenario_row(
    one: Comparison, first: Comparison, tolerance_usd: float | None
) -> dict[str, object]:
    """Return the row of a scenario without remedies, against the first scenario."""
    row = one.rows(tolerance_usd)[0]
    here, there, worlds = one.evaluation, first.evaluation, one.evaluation.worlds
    cells = {
        **_set_row(row, _BLANK, here.scenario.name),
        _SET: NONE,
        **_differences(
            paired.difference(here.loss(0), there.loss(0), worlds=worlds),
            paired.tail_difference(here.loss(0), there.loss(0), worlds=worlds),
        ),
        "delta_eal_net_usd": paired.difference(here.net(0), there.net(0), worlds=worlds).value,
        "against": there.scenario.name,
    }
    # Without remedies there is nothing to pay and nothing that could pay back.
    priced = ("annual_cost", "net_benefit", "p_pays_back", "break_even", "horizon")
    return {k: math.nan if k.startswith(priced) else v for k, v in cells.items()}


def _differences(eal: Estimate, tail: Estimate) -> dict[str, object]:
    cells: dict[str, object] = {}
    for name, figure in (("delta_eal", eal), ("delta_tvar_95", tail)):
        cells[f"{name}_usd"] = figure.value
        cells |= {f"{name}_low_usd": figure.low, f"{name}_high_usd": figure.high}
    return cells
