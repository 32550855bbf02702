"""The report as one story, in the order people decide in; page, deck and HTML all draw it.

>>> from model.present.gathering import gather
>>> from model.scenario import Scenario
>>> found = gather(Scenario.default(), years=400, paying=(20, 100), swing_years=100)
>>> " ".join(section.key for section in story(found, date="2026-04-01").sections)
'answer tolerance chain reasons replays options drivers assumptions method'
"""

from __future__ import annotations

import shlex

from model.present import basis, choices, findings, where, why
from model.present.material import Material
from model.present.outline import Facts, Story
from model.scenario_csv import number
from model.version import RESULTS_VERSION, VERSION


def story(found: Material, *, date: str) -> Story:
    """Return the report of a run; `date` is the day it was made, as it is to be printed."""
    facts = _facts(found, date)
    sections = (
        findings.answer(found),
        findings.tolerance(found),
        where.chain(found),
        why.reasons(found),
        why.replays(found),
        choices.options(found),
        choices.drivers(found),
        basis.assumptions(found),
        basis.method(found, facts),
    )
    return Story(
        "What outages cost",
        sections,
        facts,
        basis.all_assumptions(found),
        found.scenario.to_csv(),
    )


def _facts(found: Material, date: str) -> Facts:
    scenario, result = found.scenario, found.result
    remedies = ("--mitigation", *found.asked) if found.asked else ()
    sizes = ("--years", str(result.years), "--seed", str(result.seed))
    limit = ("--threshold", number(found.threshold_usd))
    return Facts(
        scenario.name,
        scenario.note,
        scenario.digest(),
        result.years,
        result.seed,
        found.threshold_usd,
        date,
        VERSION,
        RESULTS_VERSION,
        (*remedies, *sizes, *limit, "--date", date),
    )


def command(told: Story, file: str) -> str:
    """Return the command that makes a file of this report from `scenario.csv`."""
    words = ["python", "-m", "model", "report", "scenario.csv", *told.facts.options, "--out", file]
    return shlex.join(words)


def source_line(told: Story) -> str:
    """Return where the figures come from, for the foot of every page."""
    facts = told.facts
    return (
        f"Downstream {facts.version} (results {facts.results_version}), {facts.years:,} simulated "
        f"years, seed {facts.seed}, {facts.date}. Scenario: {facts.scenario}"
    )
