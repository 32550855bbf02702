"""Defaults that have moved since a file was written (PRODUCT "Old names").

A file that does not say of which results version it is, is of version 1. It is read with the values
it has; what it leaves out is today's default, and both are said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.assumptions.cause_defaults import CAUSES
from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.version import RESULTS_VERSION

NAME = "scenario.results_version"

_DEFAULTS_OF_1: Mapping[str, Belief] = {
    "platform.cloud_bill_per_year": Belief("lognormal", 480e6, 996e6),
    "publishing.catch_up": Belief("lognormal", 2.0, 12.0),
    "sessions.freshness_elasticity": Belief("lognormal", 0.02, 0.20),
    "sessions.return_lag": Belief("lognormal", 0.02, 1.0),
    "trust.failure_return_effect": Belief("logitnormal", 0.01, 0.04),
    "trust.recovery": Belief("lognormal", 3.0, 21.0),
    "trust.permanent_share": Belief("logitnormal", 0.005, 0.10),
    "ads.budget_recapture": Belief("logitnormal", 0.10, 0.60),
    "costs.creator_make_good_share": Belief("logitnormal", 0.001, 0.10),
    **{f"incidents.{cause}.common_cause": Belief("logitnormal", 0.02, 0.24) for cause in CAUSES},
    "remedies.active_active.upfront": Belief("lognormal", 30e6, 150e6),
    "remedies.active_active.annual": Belief("lognormal", 370e6, 1.2e9),
    "remedies.warm_standby.upfront": Belief("lognormal", 15e6, 80e6),
    "remedies.warm_standby.annual": Belief("lognormal", 180e6, 630e6),
    "remedies.publish_path_region.upfront": Belief("lognormal", 5e6, 40e6),
    "remedies.publish_path_region.annual": Belief("lognormal", 35e6, 180e6),
    "remedies.second_provider.upfront": Belief("lognormal", 80e6, 400e6),
    "remedies.second_provider.annual": Belief("lognormal", 590e6, 1.6e9),
    "remedies.capacity_headroom.annual": Belief("lognormal", 30e6, 120e6),
    "remedies.sla_renegotiated.annual": Belief("lognormal", 1e6, 10e6),
}
"""What results 1 assumed where today's default is another, in today's units."""
_NEW_IN_2 = (
    "revenue.commerce_per_year",
    "revenue.commerce_recapture",
    "ads.pacing_horizon",
    "correlations of any two losses of a cause",
)
"""Assumptions that results 1 did not know and that move today's results."""


def version_problem(text: str) -> str | None:
    """Say what is wrong with the version a file gives, None if nothing is."""
    if text.isascii() and text.isdigit() and 1 <= int(text) < 1000:
        return None
    return f"value {text[:40]!r}: a whole number such as {RESULTS_VERSION}"


def remarks(version: str | None, given: Iterable[str], changes: Mapping[str, Value]) -> list[str]:
    """Return what a reader of a file should know about the defaults since it was written.

    `given` are the names of its rows, `changes` what of them differs from today's default.
    """
    written_for = int(version or 1)
    if written_for > RESULTS_VERSION:
        return [f"written for results {written_for}; this program computes results of version "
                f"{RESULTS_VERSION}"]  # fmt: skip
    if written_for == RESULTS_VERSION:
        return []
    rows = set(given)
    moved = [name for name in (*_DEFAULTS_OF_1, *_NEW_IN_2) if name not in rows]
    kept = kept_defaults(changes)
    lines = []
    if moved:
        lines.append(
            "written for results 1; it leaves these to the default, which has moved since: "
            f"{', '.join(moved)}"
        )
    if kept:
        lines.append(
            "written for results 1; these rows hold the default of then, which has moved since, "
            f"and stay as they are: {', '.join(kept)}"
        )
    return lines


def kept_defaults(changes: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the changes that hold the default of results 1: without them, today's is in force."""
    return tuple(name for name, was in _DEFAULTS_OF_1.items() if changes.get(name) == was)
