"""A dozen facts become a whole scenario: given ones as rows, open ones scaled (PRODUCT page 0).

>>> made = started({"users": (12e6, 12e6)}, Provenance("given on the command line", "B"))
>>> made.belief("publishing.uploads_per_day")
Belief(shape='lognormal', low=758000.0, high=3790000.0, mid=None)
>>> made.evidence("publishing.uploads_per_day").source
'scaled from the default by daily users (× 0.126)'
>>> facts_of(made)
{'users': (12000000.0, 12000000.0)}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from model.assumptions.currency import rate
from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.scenario.own_platform.derived import ONE_REGION, Row, derived, is_derived, two_regions
from model.scenario.own_platform.fields import FAILOVER, FIELDS, PER_HOUR, PER_INCIDENT, RESPONSE
from model.scenario.own_platform.scaling import Fact, Facts, mean, scaled
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

_NO_ROWS = (*RESPONSE, "regions")
"""Facts that are not rows as they stand."""
_MOST_REGIONS, _MOST_OF_RESPONSE = 100, 1e9


class StartError(ScenarioError):
    """Facts that no scenario can have: `wrong` has the problem of each by its key."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        """Keep the problems by the keys of their facts."""
        self.wrong = dict(wrong)
        super().__init__(f"{FIELDS[key].label}: {problem}" for key, problem in wrong.items())

    def __reduce__(self) -> tuple[type[StartError], tuple[dict[str, str]]]:  # type: ignore[override]
        """Pickle with the problems, so that the error crosses process borders."""
        return type(self), (self.wrong,)


def started(facts: Facts, said: Provenance, on: Scenario | None = None) -> Scenario:
    """Return the scenario of a platform of which `facts` are known; StartError if it cannot be.

    `said` is where the facts come from, and `on` a scenario in which they are changed: what was
    derived in it is derived anew, what else it says stays.
    """
    before = on or Scenario.default()
    ground, default = _without_start(before), _default_in_words(facts)
    _refuse(facts, default)
    own = {name for name, _ in (*ground.changes, *ground.provenance)}
    rows = {name: row for name, row in derived(facts, default).items() if name not in own}
    rows |= _given(facts, said, default)
    values: dict[str, Value] = {name: v for name, (v, _) in rows.items() if v is not None}
    sources = {name: source for name, (_, source) in rows.items()}
    values |= _titled(str(values["platform.name"]), before)
    return ground.with_(values, sources | _still_said(values, before))


def _default_in_words(facts: Facts) -> Scenario:
    """Return the default in the currency, zone and name that are given; StartError if wrong."""
    default, wrong = Scenario.default(), dict[str, str]()
    for key, fact in facts.items():
        if isinstance(fact, str):
            try:
                default = default.with_({FIELDS[key].row: fact})
            except ScenarioError as error:
                wrong[key] = error.problems[0].partition("]: ")[2]
    if wrong:
        raise StartError(wrong)
    return default


def _titled(platform: str, before: Scenario) -> dict[str, Value]:
    """Return the name of the scenario: the platform's, unless somebody gave it one of its own."""
    theirs = before.name not in (Scenario.default().name, before.platform)
    return {} if theirs else {"scenario.name": platform}


def _without_start(before: Scenario) -> Scenario:
    """Return a scenario without its facts and what follows from them."""
    gone = [name for name, source in before.provenance if is_derived(name, source)]
    known = facts_of(before)
    # What a second region brings is derived; what else its rows say was set elsewhere.
    gone += [FIELDS[key].row for key, fact in known.items() if key != "regions" or fact[0] == 1]
    gone += [PER_INCIDENT] if RESPONSE[0] in known else []
    return before.without(*gone) if gone else before


def _still_said(values: Mapping[str, Value], before: Scenario) -> dict[str, Provenance]:
    """Return where facts come from that are as they were."""
    return {
        name: source
        for name, source in before.provenance
        if name in values and values[name] == before.value(name) and not is_derived(name, source)
    }


def facts_of(scenario: Scenario) -> dict[str, Fact]:
    """Return the facts in a scenario: rows of its own that follow from no other fact."""
    own = {*dict(scenario.changes), *(name for name, said in scenario.provenance if said.source)}
    found: dict[str, Fact] = {}
    for key, field in FIELDS.items():
        source = scenario.evidence(field.row)
        if field.row in own and key not in _NO_ROWS and not is_derived(field.row, source):
            value = scenario.value(field.row)
            if isinstance(value, Belief):
                found[key] = (value.low, value.high)
            elif isinstance(value, str):
                found[key] = value
    return found | _response_of(scenario) | _regions_of(scenario)


def converted(scenario: Scenario, code: str) -> Scenario:
    """Return a scenario with all its amounts in another currency, those in its facts as well."""
    there, response = scenario.in_currency(code), _response_of(scenario)
    if not response or code == scenario.currency:
        return there
    old, new = (f" × {number:.12g} an hour" for number in _hourly(response, scenario, code))
    given = dict(there.provenance)
    return there.with_(
        {},
        {
            name: replace(given[name], source=given[name].source.replace(old, new))
            for name in (PER_HOUR, PER_INCIDENT)
            if name in given
        },
    )


def _hourly(response: Facts, scenario: Scenario, code: str) -> tuple[float, float]:
    """Return what an hour of one person costs, as it is and in another currency."""
    hourly = float(response[RESPONSE[2]][0])
    return hourly, hourly * rate(code) / rate(scenario.currency)


def _refuse(facts: Facts, default: Scenario) -> None:
    """Raise StartError with what is wrong with each fact."""
    wrong = {key: problem for key, fact in facts.items() if (problem := _wrong(key, fact, default))}
    given = [key for key in RESPONSE if key in facts]
    if given and len(given) < len(RESPONSE):
        lacks = [FIELDS[key].label.lower() for key in RESPONSE if key not in facts]
        still = f"{' and '.join(lacks)} {'are' if len(lacks) > 1 else 'is'} still open"
        wrong[given[0]] = f"people, hours and cost belong together: {still}"
    if wrong:
        raise StartError(wrong)


def _wrong(key: str, fact: Fact, default: Scenario) -> str:
    """Return what is wrong with a fact, nothing if all is well."""
    if isinstance(fact, str):
        return ""
    low, high = fact
    if FIELDS[key].single and low != high:
        return "one number is needed, no interval"
    if key == "regions" and not (low == int(low) and 1 <= low <= _MOST_REGIONS):
        return f"value {low:g}: allowed is a whole number from 1 to {_MOST_REGIONS}"
    if key in RESPONSE:
        most = f"{_MOST_OF_RESPONSE:,.0f}"
        return "" if 0 <= low <= _MOST_OF_RESPONSE else f"value {low:g}: allowed is 0 to {most}"
    if key == "regions":
        return ""
    row = FIELDS[key].row
    try:
        default.with_({row: replace(default.belief(row), low=low, high=high, mid=None)})
    except ScenarioError as error:
        return error.problems[0].partition("]: ")[2]
    return ""


def _given(facts: Facts, said: Provenance, default: Scenario) -> dict[str, Row]:
    """Return the rows that facts are, those of the cost of response among them."""
    found: dict[str, Row] = {}
    for key, fact in facts.items():
        row = FIELDS[key].row
        if isinstance(fact, str):
            found[row] = fact, said
        elif key not in _NO_ROWS:
            found[row] = replace(default.belief(row), low=fact[0], high=fact[1], mid=None), said
    if all(key in facts for key in RESPONSE):
        found |= _response([float(facts[key][0]) for key in RESPONSE], said, default)
    if facts.get("regions") == (1.0, 1.0):
        found[FAILOVER] = None, replace(said, source=said.source + ONE_REGION)
    return found


def _response(numbers: list[float], said: Provenance, default: Scenario) -> dict[str, Row]:
    """Return both costs of response with the given means; incidents differ as in the default."""
    people, hours, rate = numbers
    text = f"{said.source}: {people:.12g} people × {hours:.12g} h × {rate:.12g} an hour"
    wanted = {PER_HOUR: people * rate, PER_INCIDENT: people * hours * rate}
    return {
        name: (_around(name, average, default), replace(said, source=text))
        for name, average in wanted.items()
    }


def _around(name: str, average: float, default: Scenario) -> Belief:
    belief = default.belief(name)
    return scaled(belief, average / mean(belief, name, default), default.assumption(name))


def _response_of(scenario: Scenario) -> dict[str, Fact]:
    """Return people, hours and rate as the source of the cost of response says them."""
    head, _, rest = scenario.evidence(PER_HOUR).source.rpartition(" people × ")
    hours, _, rate = rest.removesuffix(" an hour").partition(" h × ")
    try:
        numbers = [float(text) for text in (head.rpartition(": ")[2], hours, rate)]
    except ValueError:
        return {}
    return {key: (number, number) for key, number in zip(RESPONSE, numbers, strict=True)}


def _regions_of(scenario: Scenario) -> dict[str, Fact]:
    source = scenario.evidence(FAILOVER)
    if any(scenario.evidence(name) == said for name, (_, said) in two_regions().items()):
        return {"regions": (2.0, 2.0)}
    one = source.source.endswith(ONE_REGION) and not is_derived(FAILOVER, source)
    return {"regions": (1.0, 1.0)} if one else {}
