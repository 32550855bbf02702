"""One incident as it would have run with remedies in place.

A remedy that sets an assumption sets its belief. One that scales multiplies both ends of the
belief by the middle of the remedy's range, which keeps the picture readable; the comparison page
draws the factor instead. Remedies that change how often incidents happen change nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.assumptions.remedy_library import Change, Remedy
from model.beliefs.belief import Belief, fit
from model.decisions.remedies import PROTECTIVE_WHEN_HIGH
from model.replays.incident import Incident, Phase
from model.scenario.scenario import Scenario

_LOSS_FIELDS = {"publish_loss": "publish", "playback_loss": "playback", "ads_loss": "ads"}


def remedied(
    scenario: Scenario, incident: Incident, remedies: Iterable[Remedy]
) -> tuple[Scenario, Incident]:
    """Return scenario and incident with remedies in place; their order does not matter."""
    steps = [change for remedy in remedies for change in remedy.changes]
    for path in sorted({change.path for change in steps}):
        to = [change for change in steps if change.path == path]
        if path.startswith("incidents."):
            incident = _eased(incident, path, to)
        else:
            scenario = scenario.with_({path: _changed(scenario, path, to)})
    return scenario, incident


def _middle(belief: Belief, lower: float = 0.0, upper: float = float("inf")) -> float:
    return fit(belief, lower, upper).median()


def _changed(scenario: Scenario, path: str, steps: list[Change]) -> Belief:
    """Return the belief after the most protective `set` and then every `scale`."""
    item = declared(path)
    assert isinstance(item, Assumption)
    belief = scenario.belief(path)
    given = [step.belief for step in steps if step.kind == "set"]
    if given:
        better = max if path in PROTECTIVE_WHEN_HIGH else min
        belief = better(given, key=lambda b: _middle(b, item.lower, item.upper))
    factor = _factor(steps)
    ends = (min(end * factor, item.upper) for end in (belief.low, belief.high))
    low, high = ends
    scaled = replace(belief, low=low, high=high)
    # A share pressed against its bound is certain there.
    return scaled if factor == 1.0 or low < high < item.upper else _near(belief, item, factor)


def _near(belief: Belief, item: Assumption, factor: float) -> Belief:
    middle = min(_middle(belief, item.lower, item.upper) * factor, item.upper)
    return Belief(belief.shape, middle, middle)


def _factor(steps: list[Change]) -> float:
    factor = 1.0
    for step in steps:
        factor *= _middle(step.belief) if step.kind == "scale" else 1.0
    return factor


def _eased(incident: Incident, path: str, steps: list[Change]) -> Incident:
    """Return the incident with shorter or milder phases, if the path is about its cause."""
    _, cause, field = path.split(".", 2)
    factor = _factor(steps)
    if cause not in ("*", incident.cause) or factor == 1.0:
        return incident
    if field == "duration":
        phases = tuple(replace(phase, hours=phase.hours * factor) for phase in incident.phases)
        return replace(incident, phases=phases)
    if field in _LOSS_FIELDS:
        part = _LOSS_FIELDS[field]
        return replace(
            incident, phases=tuple(_milder(phase, part, factor) for phase in incident.phases)
        )
    return incident


def _milder(phase: Phase, part: str, factor: float) -> Phase:
    loss = getattr(phase, part)
    if loss is None:
        return phase
    return replace(phase, **{part: replace(loss, low=loss.low * factor, high=loss.high * factor)})
