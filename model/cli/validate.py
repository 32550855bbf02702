"""The verb `validate`: the engine against exact values, in standard errors."""

from __future__ import annotations

import argparse

from model.cli import console, options
from model.cli.console import Arguments, Command
from model.evidence.validation_table import YEARS, Check, validate
from model.present.words.numbers import significant


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_years(parser, YEARS)
    options.add_seed(parser)
    options.add_out(parser, "validation.csv")


def _validate(given: Arguments) -> None:
    console.prepare_out(given.out)
    checks = validate(given.years, given.seed)
    head = ("check", "measure", "engine", "exact", "standard error", "difference", "passed")
    console.print_rows([head, *map(_cells, checks)])
    passed = sum(check.passed for check in checks)
    print(f"{passed} of {len(checks)} within four standard errors")
    if given.out is not None:
        from model.present.files.evidence_tables import of_validation

        console.save_out(of_validation(checks, given.years, given.seed), given.out)


def _cells(check: Check) -> tuple[str, ...]:
    numbers = (check.engine, check.exact, check.standard_error)
    shown = tuple(significant(x, 6 if x is not check.standard_error else 2) for x in numbers)
    passed = "yes" if check.passed else "no"
    return check.name, check.measure, *shown, f"{check.difference:+.2f}", passed


VALIDATE = Command(
    "validate", "hold the engine against exact values, in standard errors", _options, _validate
)
