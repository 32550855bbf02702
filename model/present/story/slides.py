"""The report as one story, in the order people decide in; page, deck and HTML all draw it.

>>> from model.present.story.gather import gather
>>> from model.scenario.scenario import Scenario
>>> found = gather(Scenario.default(), years=400, paying=(20, 100), swing_years=100)
>>> " ".join(section.key for section in story(found, date="2026-04-01").sections)
'answer tolerance chain reasons replays options drivers assumptions method'
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from model.formats.characters import replaced
from model.present.story import (
    slide_answer,
    slide_assumptions,
    slide_chain,
    slide_reasons,
    slide_remedies,
)
from model.present.story.elements import Facts, Section, Story, Table
from model.present.story.material import Material
from model.present.words.spoken.subject import speaking_of
from model.scenario.rows import number
from model.version import RESULTS_VERSION, VERSION

Maker = Callable[[Material, Facts], Section]
SECTIONS: dict[str, tuple[Maker, frozenset[str]]] = {
    "answer": (lambda found, facts: slide_answer.answer(found), frozenset({"remedies"})),
    "tolerance": (lambda found, facts: slide_answer.tolerance(found), frozenset({"remedies"})),
    "chain": (lambda found, facts: slide_chain.chain(found), frozenset()),
    "reasons": (lambda found, facts: slide_reasons.reasons(found), frozenset({"reasons"})),
    "replays": (lambda found, facts: slide_reasons.replays(found), frozenset({"replays"})),
    "options": (lambda found, facts: slide_remedies.options(found), frozenset({"remedies"})),
    "drivers": (
        lambda found, facts: slide_remedies.drivers(found),
        frozenset({"inputs", "remedies"}),
    ),
    "assumptions": (
        lambda found, facts: slide_assumptions.assumptions(found),
        frozenset({"inputs"}),
    ),
    "method": (slide_assumptions.method, frozenset()),
}
"""The sections in order: how each is written, and the steps of `gathering` it waits for."""
BEGUN = frozenset({"answer", "tolerance"})
"""Sections that say something from the year alone, and the same with more once all is there."""


def section(key: str, found: Material, *, date: str) -> Section:
    """Return one section as far as the material goes; KeyError for an unknown one."""
    write, _ = SECTIONS[key]
    with speaking_of(found.scenario):
        return write(found, facts(found, date))


def complete(key: str, found: Material) -> bool:
    """Tell whether all is there that a section waits for."""
    return SECTIONS[key][1] <= found.there


def story(
    found: Material,
    *,
    date: str,
    asked_by: str = "",
    ready: Mapping[str, Section] | None = None,
) -> Story:
    """Return the report of a run; `date` is the day it was made, as it is to be printed.

    `asked_by` is who asks for the decision, for the title. Sections that are `ready`, written from
    the same material, are taken over.
    """
    there, about = ready or {}, facts(found, date, asked_by)
    return Story(
        title=title(about),
        sections=tuple(there.get(key) or section(key, found, date=date) for key in SECTIONS),
        facts=about,
        assumptions=_all_assumptions(found),
        scenario_csv=found.scenario.to_csv(),
        subject=found.scenario,
    )


def _all_assumptions(found: Material) -> Table:
    with speaking_of(found.scenario):
        return slide_assumptions.all_assumptions(found)


def facts(found: Material, date: str, asked_by: str = "") -> Facts:
    """Return what makes a report of this material reproducible."""
    scenario, result = found.scenario, found.result
    asked = found.choice.names
    remedies = ("--remedy", *asked) if asked else ()
    sizes = ("--years", str(result.years), "--seed", str(result.seed))
    limit = ("--tolerance", number(found.tolerance_usd))
    who = ("--asked-by", asked_by) if asked_by else ()
    return Facts(
        platform=scenario.platform,
        scenario=scenario.title,
        note=scenario.note,
        digest=scenario.digest(),
        years=result.years,
        seed=result.seed,
        tolerance_usd=found.tolerance_usd,
        date=date,
        version=VERSION,
        results_version=RESULTS_VERSION,
        options=(*remedies, *sizes, *limit, "--date", date, *who),
        asked_by=asked_by,
    )


def command(facts: Facts, file: str) -> str:
    """Return the command that makes a file of this report from `scenario.csv`."""
    words = ["python", "-m", "model", "report", "scenario.csv", *facts.options, "--out", file]
    words = [replaced(word) for word in words]
    return shlex.join(words)


def title(facts: Facts) -> str:
    """Return what the title says: the question, and whose it is."""
    return f"What outages cost {facts.platform}"


def title_lines(facts: Facts) -> tuple[str, ...]:
    """Return what stands below the title: the scenario, who asks, and when."""
    who = (f"Asked by {facts.asked_by}",) if facts.asked_by else ()
    of_it = () if facts.scenario == facts.platform else (f"Scenario: {facts.scenario}",)
    return (*of_it, *who, facts.date)


def source_line(facts: Facts) -> str:
    """Return where the figures come from, for the foot of every page."""
    whose = " · ".join(dict.fromkeys((facts.platform, facts.scenario)))
    return (
        f"Downstream {facts.version} (results {facts.results_version}), {facts.years:,} simulated "
        f"years, seed {facts.seed}, {facts.date}. {whose}"
    )
