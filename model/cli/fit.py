"""The verb `fit`: an incident log becomes rates, durations and a scenario that has learned."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.assumptions.names import Value
from model.cli import console, log_options, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.evidence.fitting.fitted import FitOptions, Fitted, fit_log
from model.evidence.fitting.rates import RateRow
from model.formats.characters import replaced
from model.present.words import evidence
from model.present.words.learned import luck
from model.present.words.numbers import money, share, significant
from model.runs.simulate import simulate
from model.scenario.provenance import Provenance
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario

Own = tuple[dict[str, Value], dict[str, Provenance]]
"""Own profiles by name, and where they come from."""
_YEARS = 20_000
"""Simulated to say what the answer was and is; a rough figure is enough."""


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", metavar="LOG", help="an incident log: CSV, Excel or JSON")
    parser.add_argument(
        "--scenario", metavar="SCENARIO.csv", help="what was believed before (default scenario)"
    )
    options.add_variant(parser)
    log_options.add_log(parser)
    parser.add_argument(
        "--selection",
        metavar="DATE..DATE",
        help="the incidents in this window are why the log is looked at: corrects for that",
    )
    parser.add_argument(
        "--limit",
        type=options.number(0.0),
        metavar="RATE",
        help="a rate per year; says how likely the true one is above it",
    )
    parser.add_argument(
        "--vague-prior", action="store_true", help="let the log speak alone about the rates"
    )
    parser.add_argument(
        "--traffic",
        metavar="FILE",
        help="a traffic export (timestamp, value): becomes the scenario's profile of demand",
    )
    parser.add_argument(
        "--apply",
        type=options.file,
        metavar="SCENARIO.csv",
        help="write the scenario with the fitted beliefs",
    )
    options.add_out(parser, "rates.csv, durations.csv, rows.csv")


def _fit(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario, variant=given.variant)
    read = (given.log, given.scenario, given.traffic)
    console.prepare_out(given.out, *read)
    if given.apply:
        console.prepare_file(given.apply, *read, flag="--apply")
    log = log_options.log_of(given.log, given, scenario)
    selection = log_options.window(given.selection, given.time_zone, "--selection")
    file = replaced(Path(given.log).name)
    how = FitOptions(file=file, selection=selection, limit=given.limit, vague=given.vague_prior)
    if (selection or given.limit is not None) and log.options.begin is None:
        raise BadInput("--selection and --limit are about rates: --from and --to are needed")
    try:
        fitted = fit_log(log, scenario, how)
    except ValueError as error:
        raise BadInput(f"--selection: {error}") from None
    _print(fitted)
    own = _traffic(given, fitted) if given.traffic else ({}, {})
    if given.apply:
        _apply(fitted, given.apply, *own)
    if given.out is not None:
        from model.present.files.evidence_tables import of_fit

        console.save_out(of_fit(fitted, _described(given)), given.out)


_DESCRIBING = (
    "begin", "end", "time_zone", "map", "where", "assign", "cause", "leave_out", "correct",
    "selection", "limit",
)  # fmt: skip
_NAMES = {"begin": "from", "end": "to"}


def _described(given: Arguments) -> dict[str, object]:
    """Return the options that make the files again."""
    values = {name: vars(given)[name] for name in _DESCRIBING}
    said = {_NAMES.get(name, name): value for name, value in values.items() if value}
    return said | ({"limit": given.limit} if given.limit is not None else {})


def _print(fitted: Fitted) -> None:
    log = fitted.log
    print(f"{fitted.options.file}: {evidence.covers(log)}")
    for line in (*log.remarks, *log.questions):
        print(line)
    rates = fitted.rates
    if rates is not None:
        console.print_rows([_RATE_HEAD, *map(_rate_cells, rates.rows)])
    _print_durations(fitted)
    if rates is not None:
        print(luck.luck_or_design(rates))
        print(luck.changing(rates))
        if fitted.options.limit is not None:
            print(evidence.limit(rates, fitted.options.limit))
        if early := evidence.early_regime(rates):
            print(early)
    console.warn(evidence.warnings(fitted))


_RATE_HEAD = (
    "cause", "incidents", "years", "believed a year", "after the log", "mean", "p (change)",
    "before, after",
)  # fmt: skip


def _rate_cells(row: RateRow) -> tuple[str, ...]:
    after, step = row.posterior, row.step
    return (
        row.cause,
        f"{row.incidents:,}",
        f"{row.exposure_years:.3f}",
        _span(*row.prior) if row.prior else "–",
        _span(after.low, after.high) if after else "–",
        significant(after.mean, 4) if after else "–",
        share(step.p_value) if step else "–",
        f"{significant(step.rate_before, 3)}, {significant(step.rate_after, 3)}" if step else "–",
    )


def _span(low: float, high: float) -> str:
    return f"{significant(low, 3)} to {significant(high, 3)}"


def _print_durations(fitted: Fitted) -> None:
    head = ("cause", "family", "n", "censored", "median h", "p95 h", "AIC", "chosen")
    rows: list[tuple[str, ...]] = [head]
    for cause, of in fitted.lengths.items():
        chosen = of.fit.chosen.name if of.fit else ""
        censored = of.durations.size - of.durations.ended
        rows += [
            (
                cause, one.name, str(of.durations.size), str(censored),
                significant(one.median_h, 4), significant(one.p95_h, 4), f"{one.aic:.2f}",
                "yes" if one.name == chosen else "",
            )
            for one in of.families
        ]  # fmt: skip
    if len(rows) > 1:
        console.print_rows(rows)


def _traffic(given: Arguments, fitted: Fitted) -> Own:
    """Return the profile in the traffic export and its origin, and say how well it is covered."""
    return log_options.traffic_of(
        given.traffic, given.time_zone, fitted.scenario.time_zone, fitted.log
    )


def _apply(
    fitted: Fitted, path: str, traffic: dict[str, Value], origins: dict[str, Provenance]
) -> None:
    """Write the scenario after the log and say what the answer was and is."""
    scenario = fitted.scenario.with_(traffic, origins) if traffic else fitted.scenario
    console.save_file(encoded(scenario.to_csv()), path, flag="--apply")
    before, after = (_eal(one) for one in (fitted.before, scenario))
    print(f"{len(fitted.changes)} beliefs written to {path}")
    print(f"expected annual loss: {before} before, {after} after")


def _eal(scenario: Scenario) -> str:
    found = simulate(scenario, years=_YEARS).mean("loss_usd")
    return f"{money(found.value, 3)} ± {money(found.standard_error, 2)}"


FIT = Command("fit", "learn rates, durations and losses from an incident log", _options, _fit)
