"""The command `drivers`: what moves the answer, luck against ignorance, what to find out first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from model.cli import console, options
from model.cli.console import Arguments, Command
from model.decisions.compare import compare
from model.drivers.information import information
from model.drivers.luck import luck_or_ignorance
from model.drivers.ranking import ranked
from model.drivers.shares import variance_shares
from model.drivers.tornado import FIGURES, tornado
from model.limits import MOST_KEPT_YEARS
from model.present.words import run_warnings
from model.present.words.drivers import weakest
from model.present.words.numbers import error, money, share, shown
from model.present.words.spoken.subject import code
from model.runs.reuse.what_is_reused import simulate

if TYPE_CHECKING:
    from model.present.files.driver_tables import Drivers

DEFAULT_YEARS, FEWEST_YEARS = 50_000, 1_000
_MOST_COMPARED = 200_000
_TORNADO_PART, _TORNADO_LEAST = 10, 5_000
_PRINTED = 12


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    parser.add_argument(
        "--years",
        type=options.whole(FEWEST_YEARS, MOST_KEPT_YEARS),
        default=DEFAULT_YEARS,
        metavar="N",
        help=f"simulated years, {FEWEST_YEARS:,} to {MOST_KEPT_YEARS:,} "
        f"(default {DEFAULT_YEARS:,}); "
        f"the tornado takes a tenth of them, {_TORNADO_LEAST:,} at least",
    )
    parser.add_argument(
        "--figure",
        choices=FIGURES,
        default=FIGURES[0],
        help="figure of the tornado: the average year, the 1-in-20 year, or the mean of the worst "
        "5 %% of years (default eal)",
    )
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_out(
        parser, "tornado, ranking, variance shares, ignorance, information and a manifest"
    )


def _run(given: Arguments) -> None:
    console.prepare_out(given.out, given.scenario)
    found = _found(given)
    _print(found, given)
    console.warn(run_warnings.without_remedies(found.scenario))
    if given.out is not None:
        from model.present.files.driver_tables import bundle

        asked = {"years": given.years, "figure": given.figure, "seed": given.seed}
        sizes = {"tornado_years": _tornado_years(given.years)}
        console.save_out(bundle(found, asked, asked | sizes), given.out)


def _found(given: Arguments) -> Drivers:
    from model.present.files.driver_tables import Drivers

    scenario, years = options.scenario_of(given.scenario, variant=given.variant), given.years
    with console.simulating(given) as how:
        size = _tornado_years(years)
        bars = tornado(scenario, figure=given.figure, years=size, **how)
        # The ranking is of the average year, whichever figure the bars are asked for.
        average = bars if given.figure == "eal" else tornado(scenario, years=size, **how)
        run = simulate(scenario, years=years, **how)
        luck = luck_or_ignorance(scenario, years=years, **how)
        remedies = compare(
            scenario,
            [[remedy.name] for remedy in scenario.remedies],
            years=min(years, _MOST_COMPARED),
            **how,
        )
    rows = ranked(scenario, average, run.mean("loss_usd").value)
    return Drivers(
        scenario=scenario,
        tornado=bars,
        ranking=rows,
        shares=variance_shares(run),
        ignorance=luck,
        information=information(remedies),
    )


def _tornado_years(years: int) -> int:
    return min(years, max(_TORNADO_LEAST, years // _TORNADO_PART))


def _print(found: Drivers, given: Arguments) -> None:
    bars, years = found.tornado, _tornado_years(given.years)
    start = money(bars.baseline.value, 3)
    print(
        f"{found.scenario.title}: {bars.figure} {start} in the {years:,} years of the tornado, "
        f"seed {given.seed}; changes are from there"
    )
    head = ("assumption", "low input", "change", "high input", "change", "drawn per")
    rows = [
        (
            bar.name,
            shown(bar.low_input, bar.unit),
            money(bar.at_low.value, 3),
            shown(bar.high_input, bar.unit),
            money(bar.at_high.value, 3),
            bar.per,
        )
        for bar in bars.together[:_PRINTED]
    ]
    console.print_rows([head, *rows])
    print(f"\n{weakest(found.ranking, found.scenario)}")
    part = found.ignorance.share
    noise = error(part.standard_error, share)
    print(f"\nignorance: {share(part.value)} ({noise}) of the variance of a year; the rest is luck")
    console.print_rows([("variance share", "share", "±"), *_shares(found)])
    learned = found.information
    print(f"\nbest choice as things are known: {learned.best}")
    console.print_rows([("worth finding out", f"{code()} a year", "±"), *_worths(found)])


def _shares(found: Drivers) -> list[tuple[str, ...]]:
    return [
        (row.name, share(row.share.value), share(1.96 * row.share.standard_error))
        for row in found.shares.shares[:_PRINTED]
        if row.share.low > 0
    ]


def _worths(found: Drivers) -> list[tuple[str, ...]]:
    clear = [worth for worth in found.information.telling() if worth.value.low > 0]
    if not clear:
        return [("nothing: no single belief would change the choice", "", "")]
    return [
        (row.name, money(row.value.value, 3), money(1.96 * row.value.standard_error))
        for row in clear[:_PRINTED]
    ]


DRIVERS = Command("drivers", "show what moves the answer and what to find out", _options, _run)
