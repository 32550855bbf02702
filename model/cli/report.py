"""The command `report`: the whole story as a PowerPoint deck or one HTML file."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from model.assumptions.messages import nearest, quoted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.present.words import run_warnings
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    from model.present.story.elements import Story

FORMATS = ("pptx", "html")


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    options.add_remedies(
        parser,
        "remedies to decide on, alone and together (default: those that are on, else all are "
        "looked through)",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="what to write (default: by the ending of --out)",
    )
    parser.add_argument(
        "--out", type=options.file, required=True, metavar="FILE", help="the file to write"
    )
    options.add_years(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_tolerance(parser)
    parser.add_argument(
        "--date",
        type=options.day,
        metavar="YYYY-MM-DD",
        help="the date printed on it (default: today); the same date, the same bytes",
    )
    parser.add_argument(
        "--asked-by",
        type=options.name,
        default="",
        metavar="TEXT",
        help="who asks for the decision, for the title",
    )


def _run(given: Arguments) -> None:
    kind = _kind(given.format, given.out)
    scenario = options.scenario_of(given.scenario, given.tolerance, variant=given.variant)
    options.check_sizes(scenario, given.years, None)
    _check_remedies(scenario, given.remedy)
    console.prepare_file(given.out, given.scenario)
    # Charts and slides take a moment to load; other commands need none of it.
    from model.present.story.gather import gather
    from model.present.story.slides import story

    with console.threads(given.workers) as executor:
        found = gather(
            scenario,
            asked=given.remedy,
            years=given.years,
            seed=given.seed,
            executor=executor,
        )
    today = date.today().isoformat()
    told = story(found, date=given.date or today, asked_by=given.asked_by)
    console.save_file(_content(kind, told, Path(given.out).name), given.out)
    for text in (told.sections[0].headline, *told.sections[0].sentences):
        print(text)
    print(f"written to {given.out}")
    console.warn(run_warnings.of_scenario(scenario))


def _kind(wanted: str | None, out: str) -> str:
    ending = Path(out).suffix.lower().removeprefix(".")
    kind = wanted or {"htm": "html"}.get(ending, ending)
    if kind not in FORMATS:
        allowed = "a file that ends in .pptx or .html, or --format pptx|html, is needed"
        raise BadInput(f"--out {quoted(out)}: format unknown; {allowed}")
    return kind


def _check_remedies(scenario: Scenario, names: list[str]) -> None:
    known = [remedy.name for remedy in scenario.remedies]
    strange = dict.fromkeys(name for name in names if name not in known)
    if strange:
        raise BadInput(
            *(
                f"--remedy {quoted(name)}: one of {', '.join(known)}{nearest(name, known)}"
                for name in strange
            )
        )


def _content(kind: str, told: Story, file: str) -> bytes:
    if kind == "html":
        from model.present.html.report import page

        return page(told, file).encode()
    from model.present.deck.deck import deck

    return deck(told, file)


REPORT = Command("report", "write the whole story as PowerPoint or HTML", _options, _run)
