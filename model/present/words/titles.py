"""What assumptions and the rows of remedies are called."""

from __future__ import annotations

from model.assumptions.correlations import is_declared
from model.assumptions.declaration import Assumption
from model.assumptions.remedies import is_change, remedy_of
from model.assumptions.remedy_library import Change
from model.beliefs.belief import EMPIRICAL
from model.drivers.tornado import Bar
from model.present.words.spoken.subject import declared
from model.scenario.scenario import Scenario


def title(name: str, scenario: Scenario) -> str:
    """Return what an assumption, or a row of a remedy, is called."""
    remedy = remedy_of(name)
    if remedy is None:
        return scenario.declared(name).label
    label = remedy_label(remedy, scenario)
    if not is_change(name):
        part = declared(name).label.rsplit(": ", 1)[-1]
        return f"{label}: {part}"
    change = scenario.value(name)
    assert isinstance(change, Change)
    return f"{label}: effect on {path_label(change.path)[:1].lower()}{path_label(change.path)[1:]}"


def bar_label(bar: Bar) -> str:
    """Return what a bar of a tornado is about, as the subject calls it."""
    return declared(bar.name).label if is_declared(bar.name) else bar.label


def remedy_label(name: str, scenario: Scenario) -> str:
    """Return what a remedy of a scenario is called."""
    return next(one.label for one in scenario.remedies if one.name == name)


def path_label(path: str) -> str:
    """Return what a remedy changes; `incidents.*.FIELD` is the field of all causes.

    >>> path_label("incidents.*.duration"), path_label("resilience.failover_success")
    ('All causes: duration', 'Failover success')
    """
    if path.startswith("incidents.*."):
        field = declared(path.replace("*", "any")).label.rsplit(": ", 1)[-1]
        return f"All causes: {field}"
    return declared(path).label


def path_unit(path: str) -> str:
    """Return the unit of what a remedy changes."""
    item = declared(path.replace("*", "any"))
    return item.unit if isinstance(item, Assumption) else ""


_SHAPES = {
    "normal": "Even on both sides (normal)",
    "lognormal": "Long tail above (lognormal)",
    "logitnormal": "A share, never 0 or 100 % (logit-normal)",
    "uniform": "All equally likely (uniform)",
    "pert": "With a most likely value (PERT)",
    "gamma": "Long tail above, zero possible (gamma)",
    "loglogistic": "Very long tail above (log-logistic)",
    "weibull": "Tail as short or long as the ends say (Weibull)",
}


def shape_label(shape: str) -> str:
    """Return a shape of a belief in words of people who never met it.

    >>> shape_label("lognormal"), shape_label("empirical:durations_oci_ashburn.csv")
    ('Long tail above (lognormal)', 'As in durations_oci_ashburn.csv')
    """
    if shape.startswith(EMPIRICAL):
        return f"As in {shape.removeprefix(EMPIRICAL)}"
    return _SHAPES[shape]
