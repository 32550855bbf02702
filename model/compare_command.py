"""The command `compare`: remedies and scenarios on the same simulated incidents."""

from __future__ import annotations

import argparse
import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from model import options
from model.compare import Comparison, compare
from model.console import (
    Arguments,
    Command,
    prepare_out,
    print_rows,
    reporter,
    save_out,
    threads,
    warn,
)
from model.evaluate import Evaluation
from model.paired import FEWEST_WORLDS, FEWEST_YEARS
from model.present import remarks
from model.present.format import money, share
from model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

PAYING_WORLDS, PAYING_YEARS = 500, 50_000
"""Size of the run that tells which worlds pay back, if the first has few years per world."""


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scenarios",
        nargs="+",
        metavar="SCENARIO.csv",
        help="scenario files; a second one and more are held against the first",
    )
    parser.add_argument(
        "--mitigation",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="remedies, each alone and all together; NAME+NAME for a set (default: those that are "
        "on, or every remedy alone; with several scenarios none)",
    )
    options.add_years(parser)
    options.add_worlds(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_threshold(parser)
    options.add_out(parser, "compare.csv, the scenarios and a manifest")


def _run(given: Arguments) -> None:
    scenarios = [options.scenario_of(path) for path in given.scenarios]
    for scenario in scenarios:
        options.check_sizes(scenario, given.years, given.worlds)
    sets = _sets(given.mitigation, len(scenarios))
    prepare_out(given.out)
    compared = [_compare(given, one, sets, given.years, given.worlds) for one in scenarios]
    from model.present.comparison import comparison

    paying = compared
    if not _pays(compared[0]):
        sizes = (PAYING_YEARS, PAYING_WORLDS)
        paying = [_compare(given, one, sets, *sizes) for one in scenarios]
    _print(comparison(compared, paying, given.threshold), compared[0].evaluation)
    warn(remarks.of_comparison(scenarios))
    if given.out is not None:
        from model.present.bundle import of_compare

        chosen = {"mitigation": given.mitigation}
        save_out(of_compare(compared, paying, given.threshold, chosen), given.out)


def _sets(names: list[str], scenarios: int) -> list[tuple[str, ...]] | None:
    """Return the sets to compare, None for the usual ones of a scenario."""
    if not names:
        return None if scenarios == 1 else []
    sets = list(dict.fromkeys(tuple(name.split("+")) for name in names))
    together = tuple(dict.fromkeys(name for one in sets for name in one))
    return sets if together in sets else [*sets, together]


def _compare(
    given: Arguments,
    scenario: Scenario,
    sets: list[tuple[str, ...]] | None,
    years: int,
    worlds: int | None,
) -> Comparison:
    with threads(given.workers) as executor:
        return compare(
            scenario,
            sets,
            years=years,
            worlds=worlds,
            seed=given.seed,
            executor=executor,
            on_block=reporter(),
        )


def _pays(one: Comparison) -> bool:
    """Tell whether a run can say which worlds pay back, or has nothing to pay."""
    worlds, years = one.evaluation.worlds, one.evaluation.years
    return len(one.names) == 1 or (worlds >= FEWEST_WORLDS and years >= FEWEST_YEARS * worlds)


def _print(table: pd.DataFrame, run: Evaluation) -> None:
    print(f"{run.years:,} years, {run.worlds:,} worlds, seed {run.seed}; differences with 95 %")
    head = ("set", "EAL", "difference", "interval", "cost a year", "net benefit", "pays back", "of")
    print_rows([head, *(_row(cells) for cells in table.to_dict("records"))])


def _row(cells: Mapping[Hashable, Any]) -> tuple[str, ...]:
    def usd(name: str) -> str:
        value = cells[f"{name}_usd"]
        return "" if math.isnan(value) else money(value, 3)

    pays = cells["p_pays_back"]
    return (
        cells["mitigation_set"],
        usd("eal"),
        usd("delta_eal"),
        f"{usd('delta_eal_low')} to {usd('delta_eal_high')}",
        usd("annual_cost"),
        usd("net_benefit"),
        "" if math.isnan(pays) else share(pays, 3),
        cells["scenario"],
    )


COMPARE = Command("compare", "price remedies, and scenarios, on the same luck", _options, _run)
