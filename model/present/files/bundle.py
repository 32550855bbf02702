"""The bundle: every table of a run, its scenario, a manifest and a dictionary, byte for byte.

The same scenario, years, worlds, seed and tolerance give the same bytes (PRODUCT "Files").
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from model.decisions.compare import Comparison
from model.decisions.remedies import BASELINE
from model.drivers.ranking import ranked
from model.drivers.tornado import YEARS as TORNADO_YEARS
from model.drivers.tornado import Tornado, tornado
from model.limits import MOST_ANNUAL_YEARS, MOST_KEPT_YEARS
from model.present.files import driver_tables, page_tables, tables
from model.present.files.declared.columns import declared_csv as _csv
from model.present.files.declared.meanings import NONE
from model.present.files.packing import Bundle, Pieces, command, save, save_zip, scenario_names
from model.present.words import run_warnings
from model.present.words.numbers import NBSP, share
from model.replays.replay import Replay
from model.replays.running_now import Running
from model.runs.kept.bins import RELATIVE_WIDTH
from model.runs.result import Result
from model.scenario.rows import number


def of_run(
    result: Result,
    tolerance_usd: float,
    annual_up_to: int = MOST_ANNUAL_YEARS,
    precision: Mapping[str, float] = MappingProxyType({}),
    moved: Tornado | None = None,
) -> Bundle:
    """Return the bundle of a run; `annual.csv` is in it up to `annual_up_to` years.

    `precision` is how sure its figures were asked to be; the years that took are in its command.
    `moved` is the tornado behind the ranking if it is there already.
    """
    left_out = annual_left_out(result.years, annual_up_to)
    files: dict[str, Pieces] = {
        "summary.csv": lambda: [_csv("summary.csv", tables.summary(result, tolerance_usd))],
        "exceedance.csv": lambda: [_csv("exceedance.csv", tables.exceedance(result))],
        "chain.csv": lambda: [_csv("chain.csv", tables.chain(result))],
        "by_cause.csv": lambda: [_csv("by_cause.csv", tables.by_cause(result))],
        "error_budget.csv": lambda: [_csv("error_budget.csv", _error_budget(result))],
        "per_minute.csv": lambda: [_csv("per_minute.csv", tables.per_minute(result))],
        "incidents.csv": lambda: [_csv("incidents.csv", tables.incidents(result))],
        "ranking.csv": lambda: [_csv("ranking.csv", _ranking(result, moved))],
    }
    if not left_out:
        files["annual.csv"] = lambda: tables.annual_csv(result)
    sizes = {"years": result.years, "worlds": result.worlds, "seed": result.seed}
    options = sizes | {"tolerance": number(tolerance_usd)}
    annual = ["--annual"] if not left_out and result.years > MOST_ANNUAL_YEARS else []
    asked = {"precision": dict(precision)} if precision else {}
    facts = (
        sizes
        | asked
        | {
            "tolerance_usd": tolerance_usd,
            "command": command("run", options, *annual),
            "left_out": left_out,
            "warnings": run_warnings.of_run(result),
        }
    )
    title = f"Annual loss from outages, scenario {result.scenario.title}"
    scenario = result.scenario.with_tolerance(tolerance_usd)
    return Bundle((scenario,), title, facts, files)


def annual_left_out(years: int, annual_up_to: int) -> tuple[str, ...]:
    """Return why `annual.csv` is not written, empty if it is."""
    if years > MOST_KEPT_YEARS:
        width = share(RELATIVE_WIDTH).replace(NBSP, " ")
        return (
            f"annual.csv: above {MOST_KEPT_YEARS:,} years a run keeps summaries and no years; its "
            f"quantiles are known to {width} of their value",
        )
    return (f"annual.csv: written up to {annual_up_to:,} years",) if years > annual_up_to else ()


def _ranking(result: Result, moved: Tornado | None) -> pd.DataFrame:
    """Return what matters most, as the page of drivers has it."""
    scenario = result.scenario
    if moved is None:
        moved = tornado(scenario, years=min(result.years, TORNADO_YEARS), seed=result.seed)
    return driver_tables.ranking(ranked(scenario, moved, result.mean("loss_usd").value), scenario)


def _error_budget(result: Result) -> pd.DataFrame:
    return tables.error_budget((NONE, row) for row in result.error_budget())


def of_replay(replayed: Replay, given: Mapping[str, object]) -> Bundle:
    """Return the bundle of a replay; `given` are the options that described the incident."""
    incident = replayed.incident
    frames = replayed.frames()
    facts: dict[str, object] = {
        "incident": incident.id,
        "incident_name": incident.name,
        "start_utc": incident.start.isoformat(),
        "hours": incident.hours,
        "worlds": replayed.worlds,
        "seed": replayed.seed,
        "command": command("replay", {**given, "seed": replayed.seed}),
        "warnings": run_warnings.of_scenario(replayed.scenario),
    }
    files: dict[str, Pieces] = {
        "replay.csv": lambda: [_csv("replay.csv", frames.replay)],
        "bill.csv": lambda: [_csv("bill.csv", frames.bill)],
    }
    title = f"Replay of {incident.name}, scenario {replayed.scenario.title}"
    return Bundle((replayed.scenario,), title, facts, files)


def of_running(found: Running, given: Mapping[str, object]) -> Bundle:
    """Return the bundle of an incident that is not over: hours and bill of its expected total."""
    whole = of_replay(found.ended, given)
    facts = {**whole.facts, "now_utc": found.now.isoformat(), "effective_worlds": found.effective}
    table = pd.DataFrame(found.figures()).rename(columns={"name": "figure", "usd": "expected_usd"})
    files = {**whole.files, "running.csv": lambda: [_csv("running.csv", table)]}
    return replace(whole, facts=facts, files=files)


def of_compare(
    compared: Sequence[Comparison],
    paying: Sequence[Comparison],
    table: pd.DataFrame,
    given: Mapping[str, object],
) -> Bundle:
    """Return the bundle of a comparison and its `table`; `given` options chose the remedies.

    `paying` are the same sets with many years in each world, for P(pays back).
    """
    runs = [one.evaluation for one in compared]
    scenarios = tuple(run.scenario for run in runs)
    sizes = {"years": runs[0].years, "worlds": runs[0].worlds, "seed": runs[0].seed}
    # A search has one year per world and takes no other number of worlds.
    shown = {k: v for k, v in sizes.items() if k != "worlds" or "budget" not in given}
    tolerances = list(dict.fromkeys(scenario.tolerance_usd for scenario in scenarios))
    one = len(tolerances) == 1
    options = {**given, **shown} | ({"tolerance": number(tolerances[0])} if one else {})
    facts: dict[str, object] = sizes | {
        "tolerance_usd": tolerances[0] if one else tolerances,
        "years_to_pay_back": paying[0].evaluation.years,
        "worlds_to_pay_back": paying[0].evaluation.worlds,
        "scenario_hashes": [scenario.digest() for scenario in scenarios],
        "command": command("compare", options, scenarios=scenario_names(len(scenarios))),
        "warnings": run_warnings.of_comparison(compared),
    }
    files: dict[str, Pieces] = {
        "compare.csv": lambda: [_csv("compare.csv", table)],
        "error_budget.csv": lambda: [_csv("error_budget.csv", _budgets(compared))],
    }
    if len(scenarios) > 1:
        held = [(scenario.name, scenario) for scenario in scenarios]
        files["differences.csv"] = lambda: [_csv("differences.csv", page_tables.differences(held))]
    title = f"Remedies compared, scenario {scenarios[0].title}"
    return Bundle(scenarios, title, facts, files)


def _budgets(compared: Sequence[Comparison]) -> pd.DataFrame:
    """Return the error budgets of the sets of one or several scenarios, without doubles."""
    several = len(compared) > 1
    rows = []
    for one in compared:
        name = f"{one.evaluation.scenario.name}: " if several else ""
        for remedy, row in one.error_budget():
            rows.append((f"{name}{NONE if remedy == BASELINE.name else remedy}", row))
    return tables.error_budget(rows)


def write(
    result: Result,
    tolerance_usd: float,
    path: str | os.PathLike[str],
    *,
    annual_up_to: int = MOST_ANNUAL_YEARS,
) -> tuple[str, ...]:
    """Write a run's bundle into a folder, or a zip if `path` ends in `.zip`; return its files."""
    return save(of_run(result, tolerance_usd, annual_up_to), path)


def zip_bytes(result: Result, tolerance_usd: float, moved: Tornado | None = None) -> bytes:
    """Return a run's bundle as the bytes of a zip."""
    buffer = io.BytesIO()
    save_zip(of_run(result, tolerance_usd, moved=moved), buffer)
    return buffer.getvalue()
