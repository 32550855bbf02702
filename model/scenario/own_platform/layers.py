"""Presets as layers: a shipped scenario laid over one's own, which says what it would change.

>>> mine = Scenario.default().with_({"trust.recovery": Belief("lognormal", 2.0, 8.0)})
>>> own_values(mine), clashes(Scenario.preset("quiet_year"), mine)
({'trust.recovery': Belief(shape='lognormal', low=2.0, high=8.0, mid=None)}, ())
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import lru_cache

from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import belief_in, is_money
from model.assumptions.declaration import Assumption
from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.scenario.own_platform.derived import is_derived
from model.scenario.own_platform.fields import FIELDS, PER_INCIDENT
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

_FACTS = {PER_INCIDENT, *(field.row for field in FIELDS.values())}


def own_values(scenario: Scenario) -> dict[str, Value]:
    """Return what somebody set in a scenario: no shipped scenario's, nor followed from facts."""
    shipped = _shipped()
    return {
        name: value
        for name, value in scenario.changes
        if (name, value, scenario.evidence(name)) not in shipped
        and not is_derived(name, scenario.evidence(name))
    }


def is_shipped(name: str, source: Provenance) -> bool:
    """Tell whether a row's source is what a shipped scenario says of that row."""
    return any(row == name and said == source for row, _, said in _shipped())


@lru_cache(maxsize=1)
def _shipped() -> frozenset[tuple[str, Value, Provenance]]:
    """Return every row of every shipped scenario, with where it comes from."""
    presets = (Scenario.preset(id) for id, _, _ in Scenario.presets())
    return frozenset((name, v, one.evidence(name)) for one in presets for name, v in one.changes)


def clashes(preset: Scenario, scenario: Scenario) -> tuple[str, ...]:
    """Return the names of somebody's own values of which a preset says something else."""
    layer = layer_of(preset, scenario)
    own = own_values(scenario)
    return tuple(name for name, value in own.items() if layer.get(name, value) != value)


def layered(preset: Scenario, scenario: Scenario, *, keep: Container[str]) -> Scenario:
    """Return a preset laid over a scenario; of what both say, `keep` names what stays as it is.

    What an earlier preset said goes; where somebody's own amounts stay, so does their currency.
    """
    own = own_values(scenario)
    kept = _their_currency(own, scenario)
    platform = _of_platform(scenario) if any(name in own for name in _FACTS) else set[str]()
    stays = {*own, *platform, *([CURRENCY] if kept else [])}
    told = [name for name, source in scenario.provenance if is_derived(name, source)]
    gone = [name for name in (*dict(scenario.changes), *told) if name not in stays]
    ground = scenario.without(*gone)
    layer = {n: v for n, v in layer_of(preset, scenario).items() if n not in keep}
    title: dict[str, Value] = {} if own else _title(preset)
    said = {
        name: source
        for name, source in preset.provenance
        if name in layer or not (name in keep or name in dict(ground.changes))
    }
    return ground.with_(layer | title, said)


def _of_platform(scenario: Scenario) -> set[str]:
    """Return the rows that are facts of a platform or follow from them."""
    rows = {name for name, _ in (*scenario.changes, *scenario.provenance)}
    return {name for name in rows if name in _FACTS or is_derived(name, scenario.evidence(name))}


def _title(preset: Scenario) -> dict[str, Value]:
    return {"scenario.name": preset.name, "scenario.note": preset.note}


def _their_currency(own: Mapping[str, Value], scenario: Scenario) -> bool:
    """Tell whether somebody's own amounts are in a scenario."""
    return any(_is_money(name, scenario) for name in own)


def layer_of(preset: Scenario, scenario: Scenario) -> dict[str, Value]:
    """Return what a preset changes, in the currency of somebody's own amounts if there are any."""
    if not _their_currency(own_values(scenario), scenario):
        return dict(preset.changes)
    return {
        name: belief_in(value, scenario.currency, of=preset.currency)
        if isinstance(value, Belief) and _is_money(name, preset)
        else value
        for name, value in preset.changes
        if name != CURRENCY
    }


def _is_money(name: str, scenario: Scenario) -> bool:
    try:
        item = scenario.declared(name)
    except KeyError:  # a correlation, or what a remedy changes
        return False
    return isinstance(item, Assumption) and is_money(item.unit)
