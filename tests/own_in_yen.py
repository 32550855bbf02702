"""A scenario with everything that a spreadsheet likes to change on its way."""

from __future__ import annotations

from given import certain, lognormal, new_cause

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

TEXTS = {
    "platform.name": "Müller; “Söhne” & 東京 – 100 % „online“",
    "scenario.name": "2026-04",
    "scenario.note": '=1+1, "so"; 12:30 – größer, 1.000 ’tis',
    "incidents.capacity.label": "May 2026",
    "incidents.dns.label": "007",
    "remedies.own.label": "50 %",
}
WEIGHTS = {f"profiles.price.{month:02d}": certain(0.805 + month / 28) for month in range(1, 13)}
NUMBERS = {
    "simulation.currency": "JPY",
    "simulation.time_zone": "Asia/Tokyo",
    "simulation.start_date": "2027-01-02",
    "platform.ad_revenue_per_year": lognormal(1.234e11, 5.678e11),
    "platform.cpm": Belief("pert", 0.1 + 0.2, 1234.567, 4.125),
    "sessions.freshness_elasticity": lognormal(1e-7, 0.005),
    "publishing.retry_share": Belief("uniform", 1 / 3, 2 / 3),
    "trust.recovery": Belief("weibull", 1.001, 9.999),
    "incidents.capacity.duration": Belief("empirical:durations_oci_ashburn.csv", 0, 0),
    "correlation.platform.cpm.with.platform.daily_users": certain(-0.125),
    "remedies.own.on": certain(1),
    "remedies.own.upfront": lognormal(1e8 / 3, 1e8),
    "remedies.own.annual_share": lognormal(0.001, 0.125),
    "remedies.own.change.1": Change("scale", "platform.cpm", lognormal(0.345678, 0.123456789 * 7)),
    "remedies.own.change.2": Change("set", "incidents.*.rate_per_year", lognormal(0.05, 1.5)),
}
SOURCES = {
    "platform.cpm": Provenance("=Sales, 1,5 €; 3/4", "A", "@Ann", "2026-04-01"),
    "trust.recovery": Provenance("1e5", "B", "TRUE", "2025-12-31"),
    "publishing.retry_share": Provenance("12:30"),
    "remedies.own.change.1": Provenance("Offer 12", "B"),
}


def own_in_yen() -> Scenario:
    """Return the scenario, its prices by month a profile of its own."""
    from model.scenario.reading import parsed

    rows = "\n".join(f"{name},,{one.low!r},,{one.high!r}" for name, one in WEIGHTS.items())
    profile = parsed(f"name,shape,low,mid,high\n{rows}\n".encode()).values
    return Scenario.default().with_(new_cause("dns") | NUMBERS | TEXTS | profile, SOURCES)
