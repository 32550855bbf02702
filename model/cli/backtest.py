"""The verb `backtest`: figures that are known, and where they lie in what the model says."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli import console, log_options, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.evidence.backtests import Case, Outcome, backtest, cases, published
from model.evidence.fitting.fitted import FitOptions
from model.evidence.own_years import YearScore, own_years
from model.formats.answers import FormatError
from model.formats.characters import replaced
from model.present.words.learned import backtests as words
from model.present.words.numbers import share, significant
from model.scenario.scenario import Scenario


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    parser.add_argument(
        "--case",
        metavar="CASES.csv",
        help="own cases: case,figure,published_low,published_high,source,start,hours and losses",
    )
    parser.add_argument("--log", metavar="LOG", help="the own log: its years held against a fit")
    log_options.add_log(parser)
    options.add_out(parser, "backtest.csv")


def _backtest(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario, variant=given.variant)
    console.prepare_out(given.out, given.scenario, given.case, given.log)
    known = published(scenario.time_zone) if given.case is None else _cases(given.case, scenario)
    outcomes = [] if given.log and given.case is None else list(backtest(known, scenario))
    scores = _own(given, scenario) if given.log else ()
    outcomes += [each for score in scores for each in (score.fitted, score.before)]
    console.print_rows([_HEAD, *map(_cells, outcomes)])
    for line in (*words.reasons(outcomes), *words.calibration(scores)):
        print(line)
    if given.out is not None:
        from model.present.files.evidence_tables import of_backtest

        console.save_out(of_backtest(scenario, outcomes), given.out)


def _cases(path: str, scenario: Scenario) -> tuple[Case, ...]:
    raw, name = log_options.read_file(path, "--case")
    try:
        return cases(raw, name, scenario.time_zone, scenario.currency)
    except FormatError as error:
        raise BadInput(*(f"{name}: {problem}" for problem in error.problems)) from None


def _own(given: Arguments, scenario: Scenario) -> tuple[YearScore, ...]:
    log = log_options.log_of(given.log, given, scenario)
    if log.options.begin is None:
        raise BadInput("--log: --from and --to are needed to hold out years")
    table = log_options.table_of(given.log)
    scores = own_years(log, table, scenario, FitOptions(file=replaced(Path(given.log).name)))
    if not scores:
        raise BadInput("--log: it covers less than 15 months: no year can be held out")
    return scores


_HEAD = ("case", "figure", "published", "5 %", "median", "95 %", "percentile", "inside")


def _cells(one: Outcome) -> tuple[str, ...]:
    said = one.verdict
    figures = (one.published, said.low, said.median, said.high)
    inside = f"{'yes' if said.inside else 'no'} (of {share(said.chance)})"
    numbers = tuple(significant(x, 3) for x in figures)
    return (one.name, one.figure, *numbers, share(said.percentile), inside)


BACKTEST = Command("backtest", "hold the model against figures that are known", _options, _backtest)
