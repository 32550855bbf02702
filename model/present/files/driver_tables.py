"""The tables and the bundle of the command `drivers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from model.drivers.information import Information
from model.drivers.luck import Ignorance
from model.drivers.ranking import Ranking
from model.drivers.shares import Shares
from model.drivers.tornado import Tornado
from model.present.files.declared.columns import declared_csv
from model.present.files.declared.driver_columns import DRIVER_FILES
from model.present.files.packing import Bundle, Pieces, command
from model.present.words import run_warnings
from model.present.words.spoken.subject import declared
from model.present.words.titles import bar_label, title
from model.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Drivers:
    """Everything that the command finds about one scenario."""

    scenario: Scenario
    tornado: Tornado
    ranking: Ranking
    shares: Shares
    ignorance: Ignorance
    information: Information


def tornado(found: Tornado) -> pd.DataFrame:
    """Return `tornado.csv`."""
    rows = [
        (
            found.figure,
            bar.name,
            bar_label(bar),
            bar.unit,
            bar.per,
            bar.low_input,
            bar.high_input,
            bar.at_low.value,
            bar.at_low.standard_error,
            bar.at_high.value,
            bar.at_high.standard_error,
            found.baseline.value,
        )
        for bar in found.together
    ]
    return _table("tornado.csv", rows)


def ranking(found: Ranking, scenario: Scenario) -> pd.DataFrame:
    """Return `ranking.csv`."""
    rows = [
        (
            row.name,
            row.grade,
            row.low,
            row.high,
            row.eal_from,
            row.eal_to,
            row.movement,
            row.unit,
            title(row.name, scenario),
            "yes" if row in found.weakest[:1] else "",
        )
        for row in found.rows
    ]
    return _table("ranking.csv", rows)


def shares(found: Shares) -> pd.DataFrame:
    """Return `variance_shares.csv`."""
    rows = [(row.name, declared(row.name).label, *row.share) for row in found.shares]
    return _table("variance_shares.csv", rows)


def ignorance(found: Ignorance) -> pd.DataFrame:
    """Return `ignorance.csv`."""
    rows = list(zip(found.loss_usd, found.chance, found.low, found.high, strict=True))
    return _table("ignorance.csv", rows)


def information(found: Information, scenario: Scenario) -> pd.DataFrame:
    """Return `information.csv`."""
    rows = [
        (worth.name, title(worth.name, scenario), *worth.value, found.null_95_usd)
        for worth in found.worths
    ]
    return _table("information.csv", rows)


def _table(file: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[field.name for field in DRIVER_FILES[file][1]])


def bundle(found: Drivers, options: Mapping[str, object], facts: Mapping[str, object]) -> Bundle:
    """Return the bundle; `options` make it again, `facts` stand in its manifest."""
    made: dict[str, Callable[[], pd.DataFrame]] = {
        "tornado.csv": lambda: tornado(found.tornado),
        "ranking.csv": lambda: ranking(found.ranking, found.scenario),
        "variance_shares.csv": lambda: shares(found.shares),
        "ignorance.csv": lambda: ignorance(found.ignorance),
        "information.csv": lambda: information(found.information, found.scenario),
    }
    files: dict[str, Pieces] = {name: _pieces(name, make) for name, make in made.items()}
    share = found.ignorance.share
    said = {
        "share_of_ignorance": share.value,
        "share_of_ignorance_error": share.standard_error,
        "command": command("drivers", options),
        "warnings": run_warnings.without_remedies(found.scenario),
    }
    heading = f"What drives the annual loss, scenario {found.scenario.title}"
    return Bundle((found.scenario,), heading, {**facts, **said}, files)


def _pieces(file: str, make: Callable[[], pd.DataFrame]) -> Pieces:
    return lambda: [declared_csv(file, make())]
