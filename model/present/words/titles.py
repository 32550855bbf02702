"""What assumptions and the rows of remedies are called, and their values as people read them."""

from __future__ import annotations

from model.assumptions import correlations
from model.assumptions.correlations import is_declared
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import Entry
from model.assumptions.names import Value
from model.assumptions.remedies import FACTOR, is_change, remedy_of
from model.assumptions.remedy_library import Change
from model.beliefs.belief import EMPIRICAL, Belief
from model.drivers.tornado import Bar
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import declared, subject
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
    "logitnormal": "A share (logit-normal)",
    "uniform": "All equally likely (uniform)",
    "pert": "With a most likely value (PERT)",
    "gamma": "Long tail above, zero possible (gamma)",
    "loglogistic": "Very long tail above (log-logistic)",
    "weibull": "Tail as the ends say (Weibull)",
}


def shape_label(shape: str) -> str:
    """Return a shape of a belief in words of people who never met it.

    >>> shape_label("lognormal"), shape_label("empirical:durations_oci_ashburn.csv")
    ('Long tail above (lognormal)', 'As in durations_oci_ashburn.csv')
    """
    if shape.startswith(EMPIRICAL):
        return f"As in {shape.removeprefix(EMPIRICAL)}"
    return _SHAPES[shape]


def row_label(name: str, scenario: Scenario) -> str:
    """Return what any row of a scenario is about; of a correlation both parts."""
    if name.startswith(correlations.PREFIX):
        pair = correlations.pair_of(name, is_declared)
        return " ↔ ".join(title(part, scenario) for part in pair) if pair else name
    there = {remedy.name: remedy for remedy in scenario.remedies}
    remedy = remedy_of(name)
    if remedy and (remedy not in there or (is_change(name) and not _has(scenario, name))):
        return name
    return title(name, scenario) if remedy or is_declared(name) else name


def _has(scenario: Scenario, name: str) -> bool:
    return name in dict(scenario.changes) or scenario.default_of(name) is not None


def value_words(name: str, value: Value | None) -> str:
    """Return a value of a row the way people read it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, Change):
        unit = path_unit(value.path) if value.kind == "set" else FACTOR.unit
        does = "set to" if value.kind == "set" else "times"
        item = declared(value.path.replace("*", "any")) if value.kind == "set" else FACTOR
        return f"{path_label(value.path)}, {does} {belief_words(value.belief, unit, _shape(item))}"
    if name.endswith(".on") and remedy_of(name):
        return "on" if value.low else "off"
    usual = _shape(declared(name)) if is_declared(name) else ""
    return belief_words(value, row_unit(name), usual)


def _shape(item: Entry) -> str:
    """Return the shape that a value of a row has unless somebody says another."""
    return item.default.shape if isinstance(item, Assumption) else ""


def belief_words(belief: Belief, unit: str, usual: str = "") -> str:
    """Return an interval, with its shape if it is not the usual one; the value if certain."""
    if belief.shape.startswith(EMPIRICAL):
        return belief.shape
    low, high = (fmt.shown(end, unit) for end in (belief.low, belief.high))
    shape = "" if belief.shape == usual else f" ({belief.shape})"
    return low if belief.certain else f"{low} – {high}{shape}"


def default_words(name: str) -> str:
    """Return what a row says by default."""
    if name.startswith(correlations.PREFIX):
        pair = correlations.pair_of(name, is_declared)
        return fmt.significant(correlations.default_value(pair), 2) if pair else "nothing"
    try:
        return value_words(name, subject().default_of(name))
    except KeyError:
        return "nothing"


def row_unit(name: str) -> str:
    """Return the unit of a row; nothing for a word."""
    return getattr(declared(name), "unit", "") if is_declared(name) else ""


def words_in(scenario: Scenario, name: str) -> str:
    """Return what a row says in a scenario, changed or not."""
    changes = dict(scenario.changes)
    return value_words(name, changes[name]) if name in changes else default_words(name)
