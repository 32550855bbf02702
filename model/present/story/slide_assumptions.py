"""What a report rests on: its assumptions with source and grade, what is left out, its method."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from model.assumptions.declaration import Assumption
from model.beliefs.belief import EMPIRICAL, Belief
from model.drivers.ranking import grade_of
from model.present.story.elements import Facts, Section, Table
from model.present.story.material import Material
from model.present.words import estimates, headline
from model.present.words import numbers as fmt
from model.present.words.drivers import weakest
from model.present.words.headline import NOT_MODELLED
from model.present.words.spoken.subject import declared
from model.scenario.scenario import Scenario

MOST_ROWS = 9
LARGE_ROWS = 6
_SHORT = 76
"""Letters of a source on a slide: two lines or three."""
_CLAUSE_ENDS = ("; ", ": ", ". ")
_ASIDE = re.compile(r" \([^()]*\)")
_WEIGHTY = 6
GRADES = {"A": "measured", "B": "published estimate", "C": "judgement"}
_FIRST = (
    "platform.ad_revenue_per_year",
    "publishing.retry_share",
    "freshness.fresh_share",
)
ALL_INPUTS = "Every input with its source is on the Assumptions page and in the HTML report."
HASH = "Scenario hash"
AT_THE_FOOT = ("Simulated years, seed", "Version", "Date")
"""Rows on method that the line at the foot of every slide says too."""
_HEAD = ("Assumption", "90\xa0% range", "evidence", "source")
_WIDTHS = (0.3, 0.14, 0.12, 0.44)


def assumptions(found: Material) -> Section:
    """Return the assumptions that matter most, with grade and source, and what is left out."""
    scenario = found.scenario
    changed = [name for name, _ in scenario.changes if name in scenario.names()]
    weighty = [swing.name for swing in found.swings]
    shown = list(dict.fromkeys([*changed, *weighty[:_WEIGHTY], *_FIRST]))[:MOST_ROWS]
    judgement, total = judged(scenario)
    return Section(
        key="assumptions",
        headline=f"{judgement} of {total} uncertain inputs are judgement, not measurement."
        if judgement
        else f"All {total} uncertain inputs are measured or published.",
        sentences=(
            _difference(found, changed),
            NOT_MODELLED,
            weakest(found.ranking, scenario),
            ALL_INPUTS,
        ),
        tables=(_rows(found, shown, "The inputs that matter most"),),
        large=_large(found, list(dict.fromkeys([*weighty, *shown]))[:LARGE_ROWS]),
        question="Can a figure built on judgement be trusted?",
        answer="As a range, yes: every input is a 90\xa0% range, and the answer shows what all of "
        "them together leave open. The table says which inputs are weak, so that they can be "
        "replaced by your own measurements.",
    )


def _difference(found: Material, changed: list[str]) -> str:
    if not found.scenario.changes:
        return "All inputs are those of the default scenario."
    if not changed:
        return "Inputs are those of the default scenario; remedies or correlations are edited."
    count = len(found.scenario.changes)
    rows = "1 value differs" if count == 1 else f"{count} values differ"
    return f"{rows} from the default scenario."


def judged(scenario: Scenario) -> tuple[int, int]:
    """Return how many uncertain inputs are judgement, and how many uncertain ones there are."""
    grades = Counter(grade_of(scenario, name) for name in uncertain(scenario))
    return grades["C"], sum(grades.values())


def uncertain(scenario: Scenario) -> list[str]:
    """Return the names of the inputs that are not known for certain."""
    beliefs = [n for n in scenario.names() if isinstance(declared(n), Assumption)]
    return [name for name in beliefs if not scenario.belief(name).certain]


def _evidence(found: Material, name: str) -> str:
    return GRADES[grade_of(found.scenario, name)]


def all_assumptions(found: Material) -> Table:
    """Return every assumption of the model."""
    return _rows(found, list(found.scenario.names()), "All inputs")


def _rows(found: Material, names: list[str], title: str) -> Table:
    rows = tuple(
        (
            declared(name).label,
            _value(found, name),
            _evidence(found, name),
            _source(found, name),
        )
        for name in names
    )
    return Table(title, _HEAD, rows, _WIDTHS, left=4)


def _large(found: Material, names: list[str]) -> Table:
    """Return the inputs that move the answer most, few and short enough to be read from afar."""
    rows = [
        (
            declared(name).label,
            _value(found, name),
            _evidence(found, name),
            brief(_source(found, name)),
        )
        for name in names
    ]
    head = ("Input", "90\xa0% range", "evidence", "source")
    widths = (0.33, 0.17, 0.14, 0.36)
    return Table("The inputs that move the answer most", head, tuple(rows), widths, left=4)


def brief(source: str) -> str:
    """Return a source, or what is left of it without asides and later clauses if it is long.

    A long one that is a single clause, as somebody typed it, is cut with an ellipsis.

    >>> brief("Judgement between one cloud (0.2 a year, 2021–24) and another (11 a year, 2020–22)")
    'Judgement between one cloud and another'
    """
    if len(source) <= _SHORT:
        return source
    told = _ASIDE.sub("", source)
    if len(told) <= _SHORT:
        return told
    ends = [told.rfind(end, 0, _SHORT + 1) for end in _CLAUSE_ENDS]
    if max(ends) > 0:
        return told[: max(ends)]
    words = told[: told.rfind(" ", 0, _SHORT)] if " " in told[:_SHORT] else told[: _SHORT - 1]
    return f"{words}…"


def _source(found: Material, name: str) -> str:
    return headline.cited(found.scenario.evidence(name))


def _value(found: Material, name: str) -> str:
    item, value = declared(name), found.scenario.value(name)
    if not isinstance(value, Belief) or not isinstance(item, Assumption):
        return str(value)
    if value.shape.startswith(EMPIRICAL):
        return f"measured values, {value.shape.removeprefix(EMPIRICAL)}"
    if value.certain:
        return fmt.shown(value.low, item.unit)
    return f"{fmt.shown(value.low, item.unit)} to {fmt.shown(value.high, item.unit)}"


def method(found: Material, facts: Facts) -> Section:
    """Return how the figures were made, how exact they are, and how to make them again."""
    average = found.result.mean("loss_usd")
    worlds, years = found.paid_in
    return Section(
        key="method",
        headline=f"{facts.years:,} simulated years; one command makes the same figures again.",
        sentences=(
            "Each simulated year draws what we do not know and then the luck of the year: which "
            "outages come, how long they last and how deep they go. Each is carried from uploads "
            "to money hour by hour.",
            f"The average year is precise to {estimates.noise(average)} as a simulation (95\xa0%); "
            "that says nothing about inputs that are wrong.",
            f"The chance of paying back comes from {worlds:,} draws of what we do not know with "
            f"{years // worlds:,} years each.",
        ),
        tables=(
            Table("How to make this again", ("", ""), _provenance(facts), (0.25, 0.75), left=2),
        ),
        question="Would another run say something else?",
        answer="With the same scenario, years and seed: the same figures to the last digit. With "
        "another seed they move by the simulation noise that is shown.",
    )


def _provenance(facts: Facts) -> tuple[tuple[str, ...], ...]:
    rows = [
        ("Scenario", facts.scenario),
        ("Note", facts.note),
        (HASH, facts.digest),
        ("Simulated years, seed", f"{facts.years:,}, seed {facts.seed}"),
        ("Tolerance", fmt.money(facts.tolerance_usd, 3)),
        ("Version", f"Downstream {facts.version}, results version {facts.results_version}"),
        ("Date", facts.date),
    ]
    return tuple(row for row in rows if row[1])


def for_a_slide(section: Section) -> Section:
    """Return the section on method without what only somebody at a keyboard can use."""
    table = section.tables[0]
    rows = tuple(row for row in table.rows if row[0] != HASH)
    return replace(section, tables=(replace(table, rows=rows),))


def with_command(section: Section, command: str) -> Section:
    """Return the section on method with the command that makes this very file."""
    table = section.tables[0]
    return replace(section, tables=(replace(table, rows=(*table.rows, ("Command", command))),))
