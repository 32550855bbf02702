"""A scenario and the settings of a run as query parameters: only what differs from the default.

>>> one = Scenario.default().with_({"platform.cpm": Belief("lognormal", 5.0, 9.0)})
>>> encoded(one, Settings(seed=7))
{'platform.cpm': '5~9', 'seed': '7'}
>>> decoded(encoded(one, Settings(seed=7))) == Visit(one, Settings(seed=7), ())
True
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from urllib.parse import unquote

from model.assumptions.lookup import declared
from model.assumptions.messages import quoted, quoted_name
from model.assumptions.names import Value, titled
from model.assumptions.remedies import is_change
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.runs.blocks import MOST_YEARS
from model.scenario.old_names import PARAMETERS, current, given_twice, remarks, today
from model.scenario.provenance import Provenance
from model.scenario.scenario import TOLERANCE, Scenario
from model.scenario.validation import ScenarioError, check

EVERYDAY_YEARS = 50_000
BETWEEN = "~"
TEXTS = ("scenario.name", "scenario.note")
SOURCE = ".source"
"""How the parameter ends that says where the value of a row comes from."""
_OF_PRESET = "preset:"
_CORRELATION = "correlation."
_MOST_PARAMETERS = 2000
_OF_SETTINGS = ("years", "seed")
_SHORT = {TOLERANCE: "tolerance"}
_LONG = {short: name for name, short in _SHORT.items()}
"""Assumptions that are called something shorter in a link."""
_NOT_OURS = ("embed", "embed_options", "utm_")
"""How parameters begin that Streamlit takes for itself, or that letters and posts add to a link."""


@dataclass(frozen=True)
class Settings:
    """How a scenario is run: years and seed."""

    years: int = EVERYDAY_YEARS
    seed: int = 0


@dataclass(frozen=True)
class Visit:
    """What a link stands for, one line for each parameter that was not understood, and remarks.

    A remark says what was understood otherwise than it stands in the link.
    """

    scenario: Scenario
    settings: Settings
    problems: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def encoded(scenario: Scenario, settings: Settings) -> dict[str, str]:
    """Return the query parameters that bring a scenario and its settings back, exactly."""
    texts = dict(zip(TEXTS, (scenario.name, scenario.note), strict=True))
    plain = Scenario.default()
    found = {n: t for n, t in texts.items() if t != getattr(plain, n.split(".")[1])}
    found |= {_SHORT.get(name, name): _text(name, value) for name, value in scenario.changes}
    found |= {f"{name}{SOURCE}": _cited(name, given) for name, given in scenario.provenance}
    usual = Settings()
    if settings.years != usual.years:
        found["years"] = str(settings.years)
    if settings.seed != usual.seed:
        found["seed"] = str(settings.seed)
    return found


def decoded(parameters: Mapping[str, str]) -> Visit:
    """Return what query parameters stand for; what is wrong is reported and left out."""
    problems = [
        f"{name}: an old name beside the new one, left out" for name in given_twice(parameters)
    ]
    given = _today(parameters)
    parameters = {name: text for name, (text, _) in given.items()}
    changes: dict[str, Value] = {}
    texts: dict[str, str] = {}
    cited: dict[str, Provenance] = {}
    for name, text in list(parameters.items())[:_MOST_PARAMETERS]:
        if name.endswith(SOURCE):
            row = name.removesuffix(SOURCE)
            cited[row] = _provenance(row, text)
        elif name in TEXTS:
            texts[name] = text
        elif "." in name:
            try:
                old = given[name][1]
                changes[name] = today(old, _value(name, text))
            except KeyError:
                changes[name] = text  # the check below names the nearest known one
            except ValueError as error:
                problems.append(f"{titled(name)}: {error}")
    findings = check(changes)
    problems += [f"{titled(name)}: {message}" for name, message in findings.problems]
    scenario = Scenario.default().with_(findings.changes)
    for name, text in texts.items():
        try:
            scenario = scenario.with_({name: text})
        except ScenarioError as error:
            problems += error.problems
    for name, provenance in cited.items():
        try:
            scenario = scenario.with_({}, {name: provenance})
        except ScenarioError as error:
            problems += error.problems
    settings, more = _settings(parameters)
    told = remarks((old, changes.get(name)) for name, (_, old) in given.items())
    return Visit(scenario, settings, (*problems, *more, *_unknown(parameters)), told)


def _today(parameters: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return text and given name of the parameters under today's names.

    Where old and new are given, the new one counts.
    """

    def of(name: str) -> str:
        short = PARAMETERS.get(name, name)
        return _LONG.get(short, current(short))

    renamed = {of(name): (text, name) for name, text in parameters.items()}
    newer = ((name, text) for name, text in parameters.items() if name not in PARAMETERS)
    return renamed | {of(name): (text, name) for name, text in newer if current(name) == name}


def _cited(name: str, given: Provenance) -> str:
    """Return a provenance as one text; of a preset that says the same, only which."""
    for preset, known in _in_presets():
        if known.get(name) == given:
            return f"{_OF_PRESET}{preset}"
    # The parts are apart even if somebody's name has the sign between them.
    parts = (part.replace("%", "%25").replace(BETWEEN, "%7E") for part in astuple(given))
    return BETWEEN.join(parts).rstrip(BETWEEN)


def _provenance(name: str, text: str) -> Provenance:
    of_preset = dict(_in_presets()).get(text.removeprefix(_OF_PRESET), {}).get(name)
    if text.startswith(_OF_PRESET) and of_preset:
        return of_preset
    parts = [unquote(part) for part in (*text.split(BETWEEN), "", "", "", "")]
    return Provenance(*parts[:4])


@lru_cache(maxsize=1)
def _in_presets() -> tuple[tuple[str, dict[str, Provenance]], ...]:
    """Return where the values of the shipped scenarios come from, by preset and row."""
    presets = [id for id, _, _ in Scenario.presets()]
    return tuple((id, dict(Scenario.preset(id).provenance)) for id in presets)


def _unknown(parameters: Mapping[str, str]) -> list[str]:
    """Return one line that names the parameters without a dot that mean nothing here."""
    strange = [
        quoted_name(name)
        for name in parameters
        if "." not in name and name not in _OF_SETTINGS and not name.startswith(_NOT_OURS)
    ]
    if not strange:
        return []
    more = f" and {len(strange) - 5} more" if len(strange) > 5 else ""
    known = f"{', '.join((*_OF_SETTINGS, *_LONG))} and names of assumptions such as platform.cpm"
    return [f"{', '.join(strange[:5])}{more}: unknown in a link, left out; allowed are {known}"]


def _settings(parameters: Mapping[str, str]) -> tuple[Settings, list[str]]:
    usual, problems = Settings(), []
    found: dict[str, float] = {}
    limits = {"years": (usual.years, 1, MOST_YEARS), "seed": (usual.seed, 0, 2**63 - 1)}
    for name, (default, least, most) in limits.items():
        text = parameters.get(name, "")
        try:
            value = float(int(text))
        except ValueError:
            value = math.nan
        if text and not least <= value <= most:
            problems.append(f"{name}: value {quoted(text)}: a number from {least} to {most:.0f}")
        found[name] = value if least <= value <= most else default
    return Settings(int(found["years"]), int(found["seed"])), problems


def _number(value: float) -> str:
    whole = value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


def _default_shape(name: str) -> str:
    if name.startswith(_CORRELATION):
        return "normal"
    item = declared(name)
    return item.default.shape if isinstance(item.default, Belief) else ""


def _belief_text(belief: Belief, default_shape: str) -> str:
    head = [] if belief.shape == default_shape else [belief.shape]
    if belief.shape.startswith("empirical:"):
        return belief.shape
    middle = [] if belief.mid is None else [belief.mid]
    ends = [belief.low] if belief.certain and not middle else [belief.low, *middle, belief.high]
    return BETWEEN.join([*head, *map(_number, ends)])


def _text(name: str, value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Change):
        return BETWEEN.join([value.kind, value.path, _belief_text(value.belief, "")])
    return _belief_text(value, _default_shape(name))


def _value(name: str, text: str) -> Value:
    if is_change(name):
        kind, path, belief = (*text.split(BETWEEN, 2), "", "")[:3]
        return Change(kind, path, _belief(belief, ""))
    if name.startswith(_CORRELATION):
        return _belief(text, "normal")
    item = declared(name)
    return _belief(text, item.default.shape) if isinstance(item.default, Belief) else text


def _belief(text: str, default_shape: str) -> Belief:
    if text.startswith("empirical:"):
        return Belief(text, 0.0, 0.0)
    parts = text.split(BETWEEN)
    shape = default_shape
    if parts and not _is_number(parts[0]):
        shape = parts.pop(0)
    if not 1 <= len(parts) <= 3 or not all(map(_is_number, parts)):
        raise ValueError(f"value {quoted(text)}: LOW{BETWEEN}HIGH is needed, as in 5{BETWEEN}9")
    numbers = [float(part) for part in parts]
    return Belief(shape, numbers[0], numbers[-1], numbers[1] if len(numbers) == 3 else None)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
