"""The catalogue of cause blocks: their fields and the defaults of the four causes (MODEL §2).

Read it through `model.assumptions.lookup`, which finds entries by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.assumptions.declaration import (
    COUNTS,
    HOURS_MAX,
    INCIDENTS,
    JUDGEMENT,
    PHASES,
    SHARE,
    TIME_MONTHS,
    Assumption,
    Bounds,
    Word,
    entry,
    lognormal,
    share,
)
from model.beliefs.belief import Belief
from model.limits import LONGEST_LABEL

GENERIC_SOURCE = "Judgement for a cause without evidence of its own"
_SEVERAL_REGIONS = "Judgement inside 3 of 25 multi-region Google incidents, 2021–24"

# A table reads better with its cells in rows than one below the other.
# fmt: off
CAUSE_FIELDS: tuple[Assumption, ...] = (
    entry(
        "rate_per_year", "incidents per year", "per year", Bounds(0.0, 1000.0), (0.0, 10.0),
        lognormal(0.1, 1.0), "C",
        "Judgement between Google Cloud (0.2 per region-year, 2021–24) and Oracle Ashburn "
        "(11 multi-service incidents a year, 2020–22)",
        "How often this cause produces a visible incident on a mature platform. 0 switches the "
        "cause off.", group="incidents",
        enters=(COUNTS,), protects="low",
    ),
    entry(
        "duration", "duration", "h", Bounds(0.001, HOURS_MAX), (0.01, 336.0),
        lognormal(0.5, 18.0), "C", GENERIC_SOURCE,
        "Hours from the start of an incident to its end.", per="incident", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "publish_loss", "publishing lost", "share", SHARE, (0.0, 1.0), share(0.10, 0.80), "C",
        JUDGEMENT,
        "Share of uploads that fail while the incident runs, platform-wide.",
        per="incident", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "playback_loss", "playback lost", "share", SHARE, (0.0, 1.0), share(0.01, 0.30), "C",
        JUDGEMENT,
        "Share of the viewing that is impossible while the incident runs, platform-wide.",
        per="incident", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "ads_loss", "ad serving lost", "share", SHARE, (0.0, 1.0), share(0.01, 0.15), "C",
        JUDGEMENT,
        "Share of the remaining ad impressions that are not served while the incident runs.",
        per="incident", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "duration_level", "duration level", "ratio", Bounds(0.01, 100.0), (0.1, 10.0),
        lognormal(0.6, 1.7), "C", JUDGEMENT,
        "What we do not know about this cause's durations in general: multiplies all of them "
        "alike.", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "severity_level", "severity level", "ratio", Bounds(0.01, 100.0), (0.1, 10.0),
        lognormal(0.6, 1.7), "C", JUDGEMENT,
        "What we do not know about this cause's losses in general: multiplies the odds of all of "
        "them alike.", group="incidents",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "early_life_multiplier", "early-life multiplier", "ratio", Bounds(1.0, 50.0),
        (1.0, 20.0), lognormal(1.0, 1.0), "C",
        "Judgement; Gunawi et al., SoCC, 2016: upgrades are the most frequent known cause",
        "How many times as many incidents a platform has right after a migration. 1 means no "
        "more than later.", group="incidents",
        enters=(COUNTS,), protects="low",
    ),
    entry(
        "early_life_months", "early life", "months", TIME_MONTHS, (1.0, 36.0),
        lognormal(6.0, 6.0), "C", JUDGEMENT,
        "Time in which the early-life excess fades to about a third.", group="incidents",
        enters=(COUNTS,), protects="low",
    ),
    entry(
        "common_cause", "incidents that hit both regions", "share", SHARE, (0.0, 0.5),
        share(0.02, 0.24), "C", "Judgement around 3 of 25 multi-region Google incidents, 2021–24",
        "Share of this cause's incidents that take down a second region too, so that failover "
        "cannot help. Acts only with a second region.", group="incidents",
        enters=(PHASES,), protects="low",
    ),
)

CAUSE_WORDS: tuple[Word, ...] = (
    Word(
        "timing", "timing", "flat", ("flat", "load", "working_hours", "winter"),
        JUDGEMENT, "C",
        "When in the year and week incidents start: evenly, with the load, in working hours, or "
        "in winter.", "incidents",
        enters=(COUNTS,),
    ),
    Word(
        "label", "name", "", (), "The scenario's author", "C",
        f"What the cause is called, up to {LONGEST_LABEL} characters.", "incidents",
        inert="No figure depends on what a cause is called.", longest=LONGEST_LABEL,
    ),
)
# fmt: on

CAUSE_REQUIRED = ("rate_per_year", "duration", "publish_loss", "playback_loss", "ads_loss")


def _cause(
    rate: tuple[float, float],
    duration: tuple[float, float],
    losses: tuple[tuple[float, float], tuple[float, float], tuple[float, float]],
    early_life: tuple[float, float],
    common_cause: tuple[float, float],
    timing: str,
) -> Mapping[str, Belief | str]:
    """Return the defaults of one cause by field; the fields left out are the generic ones."""
    generic: dict[str, Belief | str] = {field.name: field.default for field in CAUSE_FIELDS}
    publish, playback, ads = losses
    return MappingProxyType(
        generic
        | {
            "rate_per_year": lognormal(*rate),
            "duration": lognormal(*duration),
            "publish_loss": share(*publish),
            "playback_loss": share(*playback),
            "ads_loss": share(*ads),
            "early_life_multiplier": lognormal(*early_life),
            "common_cause": share(*common_cause),
            "timing": timing,
        }
    )


CAUSES: Mapping[str, Mapping[str, Belief | str]] = MappingProxyType(
    {
        "power_cooling_weather": _cause(
            rate=(0.05, 0.6),
            duration=(0.4, 80.0),
            losses=((0.30, 0.95), (0.02, 0.40), (0.01, 0.20)),
            early_life=(1.0, 1.0),
            common_cause=(0.01, 0.06),
            timing="winter",
        ),
        "network_latency": _cause(
            rate=(0.1, 1.2),
            duration=(0.8, 16.0),
            losses=((0.10, 0.80), (0.01, 0.30), (0.01, 0.15)),
            early_life=(1.05, 2.0),
            common_cause=(0.02, 0.20),
            timing="flat",
        ),
        "change_and_configuration": _cause(
            rate=(0.15, 1.2),
            duration=(0.5, 18.0),
            losses=((0.10, 0.90), (0.01, 0.50), (0.01, 0.25)),
            early_life=(1.5, 6.0),
            common_cause=(0.08, 0.45),
            timing="working_hours",
        ),
        "capacity": _cause(
            rate=(0.05, 0.8),
            duration=(0.3, 8.0),
            losses=((0.05, 0.60), (0.01, 0.30), (0.01, 0.15)),
            early_life=(1.1, 3.0),
            common_cause=(0.03, 0.20),
            timing="load",
        ),
    }
)

CAUSE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "power_cooling_weather": "Power, cooling and weather",
        "network_latency": "Network and latency",
        "change_and_configuration": "Change and configuration",
        "capacity": "Capacity",
    }
)

# What has evidence of its own, most of it measured durations; (grade, source).
EVIDENCE = {
    "incidents.power_cooling_weather.duration": (
        "A",
        "Derived from post-mortems published with ISSRE 2022: 24 of power and cooling",
    ),
    "incidents.network_latency.duration": (
        "A",
        "Derived from the Oracle status page: 15 multi-service incidents in Ashburn, 2020–22",
    ),
    "incidents.change_and_configuration.duration": (
        "A",
        "Derived from post-mortems published with ISSRE 2022: 111 of configuration",
    ),
    "incidents.capacity.duration": (
        "C",
        "Judgement on post-mortems published with ISSRE 2022: request floods are shorter",
    ),
    "incidents.power_cooling_weather.common_cause": (
        "C",
        f"{_SEVERAL_REGIONS}; buildings fail alone",
    ),
    "incidents.network_latency.common_cause": ("C", _SEVERAL_REGIONS),
    "incidents.change_and_configuration.common_cause": (
        "C",
        "Judgement; Google 3 of 25; incident log: 10 of 18 cloud changes hit several regions",
    ),
    "incidents.capacity.common_cause": ("C", f"{_SEVERAL_REGIONS}; 0 of 6 in the log"),
}
