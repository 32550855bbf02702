"""The verb `start`: a scenario of one's own platform from the dozen facts that are known of it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import currencies, is_money
from model.assumptions.declaration import USD
from model.assumptions.messages import quoted
from model.cli import console, log_options, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.present.words import headline, own_platform
from model.present.words.numbers import NBSP
from model.present.words.spoken.subject import speak_of
from model.runs.simulate import simulate
from model.scenario.own_platform.fields import FIELDS, Field
from model.scenario.own_platform.scaling import Fact
from model.scenario.own_platform.start import StartError, started
from model.scenario.provenance import GRADES, Provenance
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario

ENDINGS = (".csv", ".xlsx")
_YEARS = 20_000
"""Simulated for the answer in one line; a rough figure is enough."""
_SOURCE = "given on the command line"


def flag(key: str) -> str:
    """Return the flag of a field.

    >>> flag("cloud_bill")
    '--cloud-bill'
    """
    return f"--{key.replace('_', '-')}"


def _options(parser: argparse.ArgumentParser) -> None:
    for field in FIELDS.values():
        parser.add_argument(
            flag(field.key), metavar=_metavar(field), help=_help(field).replace("%", "%%")
        )
    parser.add_argument(
        "--traffic",
        metavar="FILE",
        help="hourly traffic, or revenue by month (timestamp, value): becomes the profile of "
        "demand, or of ad prices",
    )
    parser.add_argument(
        "--source",
        default=_SOURCE,
        metavar="TEXT",
        help=f"where what is given comes from (default: {_SOURCE})",
    )
    parser.add_argument(
        "--grade",
        choices=GRADES,
        default="B",
        help="how good that source is: A measured or audited, B estimated (default), C judgement",
    )
    parser.add_argument("--owner", default="", metavar="TEXT", help="who answers for it")
    parser.add_argument(
        "--date",
        type=options.day,
        metavar="YYYY-MM-DD",
        help="when it was given (default: today); the same date, the same bytes",
    )
    parser.add_argument(
        "--out",
        type=options.file,
        required=True,
        metavar="SCENARIO.csv",
        help="the scenario file to write, .csv or .xlsx",
    )


def _metavar(field: Field) -> str:
    if is_money(field.unit):
        return "MONEY"
    texts = {"currency": "CODE", "time_zone": "TZ"}
    return texts.get(field.key) or {"h": "HOURS", "": "TEXT"}.get(field.unit, "N")


def _help(field: Field) -> str:
    interval = "" if field.single or field.is_word else "; one number or LOW-HIGH"
    return f"{field.label.lower()}: {field.help.rstrip('.')}{interval}"


def _start(given: Arguments) -> None:
    if Path(given.out).suffix.lower() not in ENDINGS:
        allowed = f"a file that ends in {' or '.join(ENDINGS)} is needed"
        raise BadInput(f"--out {quoted(given.out)}: {allowed}")
    console.prepare_file(given.out, given.traffic)
    said = Provenance(
        " ".join(given.source.split()), given.grade, given.owner, given.date or f"{date.today()}"
    )
    try:
        made = started(_facts(given), said)
    except StartError as error:
        raise BadInput(*(_wrong(key, text, given) for key, text in error.wrong.items())) from None
    speak_of(made)
    if given.traffic:
        made = made.with_(*log_options.traffic_of(given.traffic, "", made.time_zone))
    for line in own_platform.started(made):
        print(line.replace(NBSP, " "))
    result = simulate(made, years=_YEARS)
    loss = result.mean("loss_usd").value
    answer = own_platform.answer(result.components(), loss)
    print(headline.plain(answer).replace(NBSP, " "))
    console.save_file(_content(made, given.out), given.out)
    print(f"written to {given.out}")
    console.warn(remark.text.replace(NBSP, " ") for remark in own_platform.all_of(result))


def _facts(given: Arguments) -> dict[str, Fact]:
    """Return what was given by the keys of the fields; BadInput names each flag that is wrong."""
    facts: dict[str, Fact] = {}
    problems = []
    code = given.currency if given.currency in currencies() else USD
    speak_of(Scenario.default().with_({CURRENCY: code}))
    for key, field in FIELDS.items():
        text = getattr(given, key)
        if text is None:
            continue
        try:
            facts[key] = text if field.is_word else own_platform.ends(text, field.unit_in(code))
        except ValueError as error:
            problems.append(f"{flag(key)}: {error}")
    if problems:
        raise BadInput(*problems)
    return facts


def _wrong(key: str, problem: str, given: Arguments) -> str:
    return f"{flag(key)} {quoted(getattr(given, key))}: {problem}"


def _content(scenario: Scenario, out: str) -> bytes:
    if out.lower().endswith(".xlsx"):
        return scenario.to_xlsx()
    return encoded(scenario.to_csv())


START = Command(
    "start", "make a scenario of your own platform from a dozen facts", _options, _start
)
