"""The generated sections of README.md: worked example, table of assumptions, validation.

`python -m model.present.files.readme` writes them; a test holds README.md to them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from model import data
from model.assumptions.cause_defaults import CAUSES
from model.assumptions.declaration import Assumption
from model.assumptions.defaults import ASSUMPTIONS
from model.beliefs.belief import Belief
from model.chain.ledger import AD_REVENUE, COMPONENTS
from model.evidence.validation_table import validate
from model.present.files import evidence_tables
from model.present.files.tables import csv_bytes
from model.present.words.numbers import NBSP, money, shown, significant
from model.present.words.spoken.subject import declared
from model.replays.incident import typed
from model.replays.replay import Replay, replay
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution

README = Path(__file__).parents[3] / "README.md"

HOURS, PUBLISH, PLAYBACK, ADS = 6.0, 0.5, 0.1, 0.05


def middle() -> Scenario:
    """Return the default scenario with every belief certain at its median and flat profiles."""
    default = Scenario.default()
    changes: dict[str, Belief | str] = {
        f"profiles.{name}": "flat" for name in ("demand", "uploads", "price")
    }
    for name in default.names():
        if isinstance(declared(name), Assumption) and not default.belief(name).certain:
            median = float(significant(distribution(default, name).median(), 3).replace(",", ""))
            changes[name] = Belief(default.belief(name).shape, median, median)
    return default.with_(changes)


def example_replay() -> Replay:
    """Return the worked example as the engine prices it."""
    incident = typed("2026-06-03T12:00", HOURS, PUBLISH, PLAYBACK, ADS)
    return replay(middle(), incident, worlds=1)


def by_hand() -> dict[str, tuple[str, float]]:
    """Return each line of the example: the arithmetic in words and its revenue-hours."""
    scenario = middle()

    def v(name: str) -> float:
        return scenario.belief(name).low

    def s(x: float) -> str:
        return significant(x, 3)

    d, q, c = HOURS, v("publishing.retry_share"), v("publishing.catch_up")
    fresh = float(2.0 ** (-(d + c) / 2 / v("publishing.timeliness_half_life")))
    deficit = PUBLISH * d * (1 - q * fresh)
    lag, elasticity = v("sessions.return_lag"), v("sessions.freshness_elasticity")
    playback = PLAYBACK * d * (1 + lag)
    freshness = elasticity * deficit
    ads = ADS * (1 - PLAYBACK) * d
    supply, back = v("publishing.attrition_per_failed_day"), v("publishing.attrition_recovery")
    attrition = elasticity * supply * PUBLISH * d / 24 * back * 24
    visits, effect = v("platform.visits_per_user_day"), v("trust.failure_return_effect")
    exposure = PLAYBACK * float(-np.expm1(-visits * d / 24))
    drop, lasting = effect * exposure, v("trust.permanent_share")
    recovery_h, horizon_h = v("trust.recovery") * 24, v("trust.retention_horizon") * 730
    retention = drop * ((1 - lasting) * recovery_h + lasting * horizon_h)
    sensitivity = v("trust.cpm_sensitivity")
    return {
        "playback": (
            f"{s(PLAYBACK)} × {s(d)} h, and viewers come back after {s(lag * d)} h on average",
            playback,
        ),
        "freshness": (
            f"{s(PUBLISH)} × {s(d)} h of supply missing, {s(100 * q)}{NBSP}% of it posted later "
            f"at {s(100 * fresh)}{NBSP}% of its worth: a deficit of {s(deficit)} h × elasticity "
            f"{s(elasticity)}",
            freshness,
        ),
        "ad_serving": (f"{s(ADS)} of the ads of the remaining {s(1 - PLAYBACK)} × {s(d)} h", ads),
        "creator_attrition": (
            f"{s(supply)} of creators per failed day × {s(PUBLISH * d / 24)} days, gone for "
            f"{s(back)} days × elasticity",
            attrition,
        ),
        "retention": (
            f"{s(100 * exposure)}{NBSP}% of viewers hit a failure and return {s(100 * effect)}"
            f"{NBSP}% less, most for {s(recovery_h)} h, {s(100 * lasting)}{NBSP}% of it for "
            f"{s(horizon_h)} h",
            retention,
        ),
        "ad_price": (
            f"{s(sensitivity)} of lost trust shows in the ad price",
            sensitivity * retention,
        ),
    }


def example() -> str:
    """Return the table of the worked example, by hand and by the engine."""
    bill = example_replay().bill()
    usd = dict(zip(bill.component, bill.expected_usd, strict=True))
    hours = dict(zip(bill.component, bill.expected_revenue_hours, strict=True))
    rows = ["| link | by hand | average hours | engine | |", "|---|---|---|---|---|"]
    for name, (words, value) in by_hand().items():
        label = name.replace("_", " ")
        rows.append(
            f"| {label} | {words} | {significant(value, 3)} | {significant(hours[name], 3)} "
            f"| {money(usd[name])} |"
        )
    for name in (*COMPONENTS[len(AD_REVENUE) :], "loss"):
        if usd[name]:
            label = name.replace("_", " ")
            rows.append(f"| {label} | | | {significant(hours[name], 3)} | {money(usd[name])} |")
    return "\n".join(rows)


def assumptions() -> str:
    """Return the table of all assumptions: name, what it is, default, grade."""
    rows = ["| assumption | what it is | default 90 % interval | grade |", "|---|---|---|---|"]
    rows += [_row(item) for item in ASSUMPTIONS]
    for cause in CAUSES:
        for field in ("rate_per_year", "duration", "publish_loss", "playback_loss", "ads_loss"):
            rows.append(_row(declared(f"incidents.{cause}.{field}")))
    return "\n".join(rows)


def _row(item: object) -> str:
    assert isinstance(item, Assumption)
    belief = item.default
    low, high = shown(belief.low, item.unit), shown(belief.high, item.unit)
    interval = low if belief.certain else f"{low} – {high}"
    return f"| `{item.name}` | {item.label} | {interval} | {item.grade} |"


def validation() -> str:
    """Return the table of the engine against exact values, as kept in `data/validation.csv`."""
    rows = ["| check | measure | engine | exact | difference |", "|---|---|---:|---:|---:|"]
    for check in evidence_tables.validated():
        numbers = (significant(check.engine, 5), significant(check.exact, 5))
        cells = (check.check, check.measure, *numbers, f"{check.difference + 0.0:+.1f}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


SECTIONS: dict[str, Callable[[], str]] = {
    "assumptions": assumptions,
    "example": example,
    "validation": validation,
}


def section(text: str, name: str) -> str:
    """Return what stands between the markers of a section."""
    return text.split(f"<!-- {name} -->\n")[1].split(f"<!-- /{name} -->")[0].strip("\n")


def rewritten(text: str) -> str:
    """Return the README with its generated sections made anew."""
    for name, make in SECTIONS.items():
        head, rest = text.split(f"<!-- {name} -->\n")
        tail = rest.split(f"<!-- /{name} -->")[1]
        text = f"{head}<!-- {name} -->\n{make()}\n<!-- /{name} -->{tail}"
    return text


def validate_anew() -> bytes:
    """Return `data/validation.csv` made anew."""
    return csv_bytes(evidence_tables.validation(validate()))


if __name__ == "__main__":
    (data.ROOT / evidence_tables.VALIDATION).write_bytes(validate_anew())
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
