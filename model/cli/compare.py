"""The command `compare`: remedies and scenarios on the same simulated incidents."""

from __future__ import annotations

import argparse
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from model.assumptions.messages import counted, quoted
from model.assumptions.remedy_library import library
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.decisions.best_set import frontier
from model.decisions.compare import PAYING_WORLDS, PAYING_YEARS, Comparison, compare
from model.decisions.early_life import HORIZON_YEARS
from model.decisions.side_by_side import one_currency
from model.decisions.worth import Offer, offers_of
from model.limits import MOST_KEPT_YEARS
from model.present.files.declared.meanings import NONE
from model.present.words import run_warnings
from model.present.words.numbers import money
from model.present.words.remedies import averaged, chance
from model.present.words.spoken.subject import code, speak_of
from model.runs.paired import FEWEST_PAYING_WORLDS, FEWEST_YEARS
from model.scenario.rows import number
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

SEARCH_YEARS = 20_000
_SCENARIO_FILES = (".csv", ".xlsx", ".zip")
BEST_BY = ("net_benefit", "eal", "tvar_95")
_EXPLAINED = (
    f"difference: of the coming year; saving a year: {averaged(HORIZON_YEARS)}; net benefit: that "
    "saving less the cost; net of credit: net benefit with SLA credit counted"
)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scenarios",
        nargs="*",
        metavar="SCENARIO.csv",
        help="scenario files, or a workbook or zip of several scenarios; a second one and more are "
        "held against the first; without any the default scenario",
    )
    options.add_remedies(
        parser,
        "remedies, each alone and all together; NAME+NAME for a set; may be given again, "
        "or with commas (default: those that are on, or every remedy alone; with several "
        "scenarios none)",
    )
    parser.add_argument(
        "--budget",
        type=options.number(0.0),
        metavar="MONEY",
        help="search the sets of remedies that cost at most so much a year, and show the best; "
        "a budget takes one scenario",
    )
    parser.add_argument(
        "--years",
        type=options.whole(1, MOST_KEPT_YEARS),
        metavar="N",
        help=f"simulated years, 1 to {MOST_KEPT_YEARS:,} (default {options.DEFAULT_YEARS:,}, with "
        f"--budget {SEARCH_YEARS:,})",
    )
    options.add_worlds(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_tolerance(parser)
    options.add_out(parser, "compare.csv, the scenarios and a manifest")


def _run(given: Arguments) -> None:
    given.remedy, files = _names_and_files(given.remedy)
    given.scenarios += files
    scenarios, files = _scenarios(given)
    one_currency(scenarios, files)
    speak_of(scenarios[0])
    years = given.years or (options.DEFAULT_YEARS if given.budget is None else SEARCH_YEARS)
    for scenario in scenarios:
        options.check_sizes(scenario, years, given.worlds)
    if given.budget is not None:
        _check_budget(given, scenarios)
    from model.present.files.comparison import comparison

    console.prepare_out(given.out, *given.scenarios)
    plans = [_plan(given, one, years, len(scenarios)) for one in scenarios]
    compared = [_compare(given, one, years, given.worlds) for one in plans]
    paying = compared
    if not _pays(compared[0]):
        paying = [_compare(given, one, PAYING_YEARS, PAYING_WORLDS) for one in plans]
    offered = [(one, offers_of(one, many)) for one, many in zip(compared, paying, strict=True)]
    table = comparison(offered, best=plans[0].best)
    _print(table, offered)
    console.warn(run_warnings.of_comparison(compared))
    if given.out is not None:
        from model.present.files.bundle import of_compare

        chosen = {"remedy": given.remedy}
        if given.budget is not None:
            chosen["budget"] = [number(given.budget)]
        console.save_out(of_compare(compared, paying, table, chosen), given.out)


def _names_and_files(given: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the remedies among words that follow --remedy, and the scenario files."""
    known = {remedy.name for remedy in library()}
    names: list[str] = []
    files: list[str] = []
    for word in given:
        if word.lower().endswith(_SCENARIO_FILES) or (word not in known and Path(word).is_file()):
            files.append(word)
        else:
            names += word.split(",")
    return names, files


def _scenarios(given: Arguments) -> tuple[list[Scenario], list[str]]:
    """Return all scenarios of all files, and where each stands."""
    if not given.scenarios:
        return [options.scenario_of(None, given.tolerance)], []
    read = [(path, options.scenarios_of(path, given.tolerance)) for path in given.scenarios]
    places = [
        f"{path}, {quoted(one.name)}" if len(several) > 1 else path
        for path, several in read
        for one in several
    ]
    return [one for _, several in read for one in several], places


def _check_budget(given: Arguments, scenarios: Sequence[Scenario]) -> None:
    if len(scenarios) > 1:
        raise BadInput("--budget: one scenario at a time is allowed")
    if given.worlds is not None:
        raise BadInput("--budget: the search has one year per world; --worlds is not allowed")


class _Plan(NamedTuple):
    """What to compare of one scenario: the sets, None for the usual ones."""

    scenario: Scenario
    sets: list[tuple[str, ...]] | None
    best: Mapping[str, str] = MappingProxyType({})
    """What a set is best by within the budget."""


def _plan(given: Arguments, scenario: Scenario, years: int, scenarios: int) -> _Plan:
    if given.budget is None:
        return _Plan(scenario, _sets(given.remedy, scenarios))
    names = [name for one in given.remedy for name in one.split("+")]
    with console.threads(given.workers) as executor:
        found = frontier(
            scenario,
            dict.fromkeys(names) if names else None,
            budget_usd=given.budget,
            years=years,
            seed=given.seed,
            executor=executor,
            on_progress=console.reporter(),
        )
    best = {by: found.best(given.budget, by).remedies for by in BEST_BY}
    efficient = [point.remedies for by in BEST_BY[1:] for point in found.efficient(by)]
    shown = {*best.values(), *efficient}
    sets = [row.remedies for row in found.comparison.rows() if row.remedies in shown]
    words: dict[str, str] = {}
    for by, remedies in best.items():
        name = " + ".join(remedies) or NONE
        words[name] = f"{words[name]} {by}" if name in words else by
    return _Plan(scenario, [one for one in sets if one], words)


def _sets(names: list[str], scenarios: int) -> list[tuple[str, ...]] | None:
    """Return the sets to compare, None for the usual ones of a scenario."""
    if not names:
        return None if scenarios == 1 else []
    sets = list(dict.fromkeys(tuple(name.split("+")) for name in names))
    together = tuple(dict.fromkeys(name for one in sets for name in one))
    return sets if together in sets else [*sets, together]


def _compare(given: Arguments, one: _Plan, years: int, worlds: int | None) -> Comparison:
    with console.simulating(given) as how:
        return compare(one.scenario, one.sets, years=years, worlds=worlds, **how)


def _pays(one: Comparison) -> bool:
    """Tell whether a run can say which worlds pay back, or has nothing to pay."""
    worlds, years = one.evaluation.worlds, one.evaluation.years
    enough = worlds >= FEWEST_PAYING_WORLDS and years >= FEWEST_YEARS * worlds
    return len(one.names) == 1 or enough


def _print(table: pd.DataFrame, offered: Sequence[tuple[Comparison, Sequence[Offer]]]) -> None:
    run = offered[0][0].evaluation
    print(
        f"{counted(run.years, 'year')}, {counted(run.worlds, 'world')}, seed {run.seed}; "
        f"{code()} a year before SLA credit, differences with 95 %"
    )
    head = (
        "set",
        "EAL",
        "difference",
        "interval",
        "saving a year",
        "cost a year",
        "net benefit",
        "net of credit",
        "pays back",
        "best by",
        "of",
    )
    chances = [
        chance(offer, "") if offer else "" for _, offers in offered for offer in (None, *offers)
    ]
    lines = zip(table.to_dict("records"), chances, strict=True)
    console.print_rows([head, *(_row(*line) for line in lines)])
    print(_EXPLAINED)


def _row(cells: Mapping[Hashable, Any], pays: str) -> tuple[str, ...]:
    def usd(name: str) -> str:
        value = cells[f"{name}_usd"]
        return "" if math.isnan(value) else money(value, 3)

    return (
        cells["set"],
        usd("eal"),
        usd("delta_eal"),
        f"{usd('delta_eal_low')} to {usd('delta_eal_high')}",
        usd("break_even"),
        usd("annual_cost"),
        usd("net_benefit"),
        usd("net_benefit_net"),
        pays,
        cells["best_by"],
        cells["scenario"],
    )


COMPARE = Command("compare", "price remedies, and scenarios, on the same luck", _options, _run)
