"""The verb `run`: simulate years, print the main figures, and write the bundle."""

from __future__ import annotations

import argparse
import math

from model.assumptions.messages import counted, quoted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.limits import MOST_ANNUAL_YEARS, MOST_KEPT_YEARS, MOST_YEARS
from model.present.words import run_warnings
from model.present.words.numbers import NBSP, share, shown
from model.runs.precision import CERTAIN, Reached, simulate_until
from model.runs.result import MEASURES, Measure
from model.runs.reuse.what_is_reused import simulate
from model.scenario.scenario import Scenario


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    options.add_years(parser)
    parser.set_defaults(years=None)
    options.add_worlds(parser)
    _add_precision(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_cluster(parser)
    options.add_tolerance(parser)
    options.add_out(parser, "scenario, tables, manifest and dictionary")
    parser.add_argument(
        "--annual",
        action="store_true",
        help=f"write annual.csv above {MOST_ANNUAL_YEARS:,} years too, up to {MOST_KEPT_YEARS:,}",
    )


def _run(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario, given.tolerance, variant=given.variant)
    asked = dict(given.precision)
    years = given.years or (MOST_YEARS if asked else options.DEFAULT_YEARS)
    _check(given, scenario, years)
    console.prepare_out(given.out, given.scenario)
    with console.simulating(given) as how:
        if asked:
            reached = simulate_until(scenario, asked, most_years=years, **how)
        else:
            result = simulate(scenario, years=years, worlds=given.worlds, **how)
            reached = Reached(result, {})
    _print_run(reached)
    if given.out is not None:
        _write(given, reached)


def _check(given: Arguments, scenario: Scenario, years: int) -> None:
    options.check_sizes(scenario, years, given.worlds)
    if given.precision and given.worlds:
        raise BadInput("--worlds: not with --precision, which adds worlds of one year each")
    if given.cluster and given.workers:
        raise BadInput("--workers: not with --cluster, which has workers of its own")
    if given.annual and not given.precision and years > MOST_KEPT_YEARS:
        allowed = f"up to {MOST_KEPT_YEARS:,} years; above, a run keeps no years"
        raise BadInput(f"--annual: not with --years {years}; allowed is {allowed}")


def _write(given: Arguments, reached: Reached) -> None:
    from model.present.files.bundle import annual_left_out, of_run

    result = reached.result
    up_to = MOST_KEPT_YEARS if given.annual else MOST_ANNUAL_YEARS
    bundle = of_run(result, result.scenario.tolerance_usd, up_to, reached.asked)
    console.save_out(bundle, given.out)
    console.note(annual_left_out(result.years, up_to))


def _print_run(reached: Reached) -> None:
    result = reached.result
    sizes = f"{counted(result.years, 'year')}, {counted(result.worlds, 'world')}"
    print(f"{result.scenario.title}: {sizes}, seed {result.seed}")
    console.print_rows(
        [
            ("measure", "value", "standard error", "95 % interval", "unit"),
            *(_measure_row(row) for row in result.measures()),
        ]
    )
    for name, got in reached.shares.items():
        wanted = f"{_percent(reached.asked[name])} asked for"
        print(f"{name}: half of its 95 % interval is {_percent(got)} of it, {wanted}")
    console.warn(_missed(reached))
    console.warn(run_warnings.of_run(result))


def _missed(reached: Reached) -> list[str]:
    likely, years = reached.likely_years, f"{reached.result.years:,} years"
    more = (
        f"; about {float(f'{likely:.2g}'):,.0f} are likely to do" if math.isfinite(likely) else ""
    )
    return [f"{name}: not as sure as asked for after {years}{more}" for name in reached.missed]


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else share(value).replace(NBSP, " ")


def _measure_row(row: Measure) -> tuple[str, ...]:
    value, error, low, high = ("–" if math.isnan(x) else shown(x, row.unit) for x in row[1:5])
    unknown = math.isnan(row.low) or row.low == row.high
    interval = "–" if unknown else f"{low} to {high}"
    return row.name, value, error, interval, row.unit


def _add_precision(parser: argparse.ArgumentParser) -> None:
    """Add how sure chosen figures are to be, in place of a number of years."""
    parser.add_argument(
        "--precision",
        type=_measure_and_share,
        action="append",
        default=[],
        metavar="MEASURE=SHARE",
        help="add years until half the 95 %% interval of a measure of summary.csv is that share of "
        "it (eal=0.5%%, p95=1%%, tvar_99=2%%; may be given again); --years is then the limit "
        f"(default {MOST_YEARS:,})",
    )


def _measure_and_share(text: str) -> tuple[str, float]:
    """Read a measure and a share of it, as in `eal=0.5%`."""
    name, _, said = text.partition("=")
    known = [name for name in MEASURES if name not in CERTAIN]
    share = _share(said)
    if name not in known or not 0.0 < share <= 1.0:
        allowed = "allowed is MEASURE=SHARE with a share above 0 up to 100%"
        measures = f"and one of {', '.join(known)}"
        raise argparse.ArgumentTypeError(f"value {quoted(text)}: {allowed} {measures}")
    return name, share


def _share(text: str) -> float:
    """Read a share in percent or as a plain number; nan if it is none."""
    number, per_cent = text.strip(), 1.0
    if number.endswith("%"):
        number, per_cent = number[:-1].strip(), 100.0
    return float(number) / per_cent if options.NUMBER.fullmatch(number) else math.nan


RUN = Command("run", "simulate a scenario and print the annual loss", _options, _run)
