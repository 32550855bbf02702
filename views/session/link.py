"""A scenario and the settings of a run as query parameters: only what differs from the default.

>>> one = Scenario.default().with_({"platform.cpm": Belief("lognormal", 5.0, 9.0)})
>>> encoded(one, Settings(seed=7))
{'platform.cpm': '5~9', 'seed': '7'}
>>> decoded(encoded(one, Settings(seed=7))) == Visit(one, Settings(seed=7), ())
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from model.assumptions.lookup import declared
from model.assumptions.messages import quoted, quoted_name
from model.assumptions.names import Value, titled
from model.assumptions.remedies import is_change
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.limits import (
    LONGEST_LINK,
    LONGEST_PLAIN_LINK,
    LONGEST_SENT,
    MOST_KEPT_YEARS,
    MOST_PARAMETERS,
    MOST_ROWS,
    MOST_SEED,
)
from model.replays import asked as replayed
from model.scenario.old_names import PARAMETERS, current, remarks, said_of_each, stand_in, today
from model.scenario.provenance import Provenance
from model.scenario.salvage import salvaged
from model.scenario.scenario import TOLERANCE, Scenario
from model.scenario.validation import ScenarioError
from views.session import cited as cited_in
from views.session.cited import BETWEEN
from views.session.packed import packed, unpacked

EVERYDAY_YEARS = 50_000
TEXTS = ("scenario.name", "scenario.note")
SOURCE = ".source"
"""How the parameter ends that says where the value of a row comes from."""
PACKED, IN_FILE, CUT = "packed", "in_file", "cut"
"""Of links that would be long: all else in one parameter; that only a file can bring it; that the
browser was asked for so many parameters, of which none got through."""
_CORRELATION = "correlation."
_OF_SETTINGS = ("years", "seed", "replay")
_SHORT = {TOLERANCE: "tolerance"}
_LONG = {short: name for name, short in _SHORT.items()}
"""Assumptions that are called something shorter in a link."""
_NOT_OURS = ("embed", "embed_options", "utm_")
"""How parameters begin that Streamlit takes for itself, or that letters and posts add to a link."""


@dataclass(frozen=True)
class Settings:
    """How a scenario is run and looked at: years, seed, and which incident is replayed."""

    years: int = EVERYDAY_YEARS
    seed: int = 0
    replay: str = ""
    """As `replayed.written` has it."""


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
    """Return the query parameters that bring a scenario and its settings back, exactly.

    One that would make too long an address is only named; `fits` tells.
    """
    return dict(_encoded(scenario, scenario.provenance, settings))


def fits(scenario: Scenario, settings: Settings) -> bool:
    """Tell whether a link brings a scenario back."""
    return IN_FILE not in encoded(scenario, settings)


def can_be_sent(scenario: Scenario, settings: Settings) -> bool:
    """Tell whether a link that brings a scenario back also survives a mail program."""
    return len(urlencode(encoded(scenario, settings))) <= LONGEST_SENT


@lru_cache(maxsize=256)
def _encoded(
    scenario: Scenario, provenance: tuple[tuple[str, Provenance], ...], settings: Settings
) -> tuple[tuple[str, str], ...]:
    # Scenarios are the same whatever their values' sources are; links are not.
    in_full = _of_scenario(scenario, provenance) | _of_settings(settings)
    if len(urlencode(in_full)) <= LONGEST_PLAIN_LINK:
        return tuple(in_full.items())
    in_one = packed(in_full)
    if len(in_one) <= LONGEST_LINK - len(PACKED) - 1:
        return ((PACKED, in_one),)
    return ((IN_FILE, scenario.digest()[:12]), *_of_settings(settings).items())


def _of_scenario(
    scenario: Scenario, provenance: tuple[tuple[str, Provenance], ...]
) -> dict[str, str]:
    texts = dict(zip(TEXTS, (scenario.name, scenario.note), strict=True))
    plain = Scenario.default()
    found = {n: t for n, t in texts.items() if t != getattr(plain, n.split(".")[1])}
    found |= {_SHORT.get(name, name): _text(name, value) for name, value in scenario.changes}
    return found | {f"{name}{SOURCE}": cited_in.written(name, given) for name, given in provenance}


def _of_settings(settings: Settings) -> dict[str, str]:
    usual, found = Settings(), {}
    if settings.years != usual.years:
        found["years"] = str(settings.years)
    if settings.seed != usual.seed:
        found["seed"] = str(settings.seed)
    if settings.replay:
        found["replay"] = settings.replay
    return found


def once(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return parameters by name, the first of each, and a line for each that comes again."""
    found: dict[str, str] = {}
    again: dict[str, None] = {}
    for name, text in pairs:
        if found.setdefault(name, text) != text:
            again[name] = None
    lines = (f"{titled(name)}: more than once in the link, the first one counts" for name in again)
    return found, tuple(lines)


def decoded(parameters: Mapping[str, str]) -> Visit:
    """Return what query parameters stand for; what is wrong is named and left out."""
    parameters, problems = _opened(parameters)
    changes: dict[str, Value] = {}
    cited: dict[str, Provenance] = {}
    scenario = Scenario.default()
    for name, text in parameters.items():
        if name in TEXTS:
            try:
                scenario = scenario.with_({name: text})
            except ScenarioError as error:
                problems += error.problems
        elif name.endswith(SOURCE):
            row = name.removesuffix(SOURCE)
            cited[row] = cited_in.read(row, text)
        elif "." in name:
            try:
                changes[name] = today(name, _value(current(name), text))
            except KeyError:
                changes[name] = text  # what is checked below names the nearest known one
            except ValueError as error:
                problems.append(f"{titled(name)}: {error}")
    found = salvaged(changes)
    problems += [f"{titled(name)}: {message}" for name, message in found.problems]
    sources = said_of_each(cited, found.given_as)
    scenario, of_sources = cited_in.with_sources(scenario.with_(found.changes), sources)
    settings, more = _settings(parameters)
    problems += [*of_sources, *more, *_unknown(parameters)]
    told = remarks((name, changes.get(name)) for name in parameters)
    return Visit(scenario, settings, tuple(problems), told)


def _opened(parameters: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the parameters with those that came packed, settings under today's names."""
    given, problems = dict(parameters), []
    if IN_FILE in given:
        given.pop(IN_FILE)
        problems.append(
            "The scenario of this link is too long for a link: open the file it was saved in."
        )
    if CUT in given:
        problems.append(
            f"The link had {given.pop(CUT)[:9]} parameters; above {MOST_PARAMETERS:,} none gets "
            "through. The default is shown: open the scenario's file instead."
        )
    if PACKED in given:
        try:
            inner, again = once(unpacked(given.pop(PACKED)))
            inner.pop(PACKED, None)
            given, problems = inner | given, [*problems, *again]
        except ValueError as error:
            problems.append(f"{PACKED}: {error}")
    for old, new in (PARAMETERS | _LONG).items():
        if old in given and given.setdefault(new, text := given.pop(old)) is not text:
            problems.append(f"{old}: the old name of {new}, which is given too; left out")
    spare = len(given) - MOST_ROWS
    if spare > 0:
        given = dict(list(given.items())[:MOST_ROWS])
        problems.append(f"{spare:,} parameters after the first {MOST_ROWS:,}: left out")
    return given, problems


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
    limits = {"years": (usual.years, 1, MOST_KEPT_YEARS), "seed": (usual.seed, 0, MOST_SEED)}
    for name, (default, least, most) in limits.items():
        text = parameters.get(name, "")
        try:
            value = float(int(text))
        except ValueError:
            value = math.nan
        if text and not least <= value <= most:
            problems.append(f"{name}: value {quoted(text)}: a number from {least} to {most:.0f}")
        found[name] = value if least <= value <= most else default
    replay, more = replayed.understood(parameters.get("replay", ""))
    return Settings(int(found["years"]), int(found["seed"]), replay), problems + more


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
    item = declared(stand_in(name))
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
