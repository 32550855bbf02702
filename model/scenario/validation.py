"""Whether a set of changes makes a scenario; every problem is found, none is repaired silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from model.assumptions import correlations, labels, remedies
from model.assumptions.cause_defaults import CAUSE_REQUIRED, CAUSES
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import currencies
from model.assumptions.declaration import USD, Word
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import nearest, plain, quoted
from model.assumptions.names import Value, all_causes, default_of, model_names
from model.assumptions.remedy_library import Change
from model.assumptions.values import judged, word_problem
from model.beliefs.belief import Belief
from model.formats.table import kept_by_spreadsheets
from model.limits import MOST_CAUSES, MOST_CHANGES, MOST_HINTS, MOST_REMEDIES
from model.scenario.old_names import spread


class ScenarioError(ValueError):
    """What is wrong with a scenario: `problems` has one line for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep every problem; the exception's text is all of them, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[str, ...]]]:
        """Pickle with the problems, so that the error crosses process borders."""
        return type(self), (self.problems,)


@dataclass
class Findings:
    """The changes that passed, normalised, and the problems as (name, message)."""

    changes: dict[str, Value] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    given_as: dict[str, str] = field(default_factory=dict)
    """The old name under which a row was given, of each that came from one of all causes."""


class Names:
    """The names that rows may have, given the causes of a scenario, and its currency."""

    def __init__(self, causes: tuple[str, ...], currency: str = USD) -> None:
        """Collect the names of the model for these causes."""
        self.causes, self.currency = causes, currency
        self.in_order = model_names(causes)
        self.all = frozenset(self.in_order)
        self._hints_left = MOST_HINTS

    def hint(self, name: str) -> str:
        """Return the nearest known name in words; nothing once too many were asked for."""
        self._hints_left -= 1
        of_remedy = name.startswith(remedies.PREFIX)
        candidates = remedies.library_rows() if of_remedy else self.in_order
        return nearest(name, candidates) if self._hints_left >= 0 else ""


def check(changes: Mapping[str, Value]) -> Findings:
    """Return what of the changes holds, normalised and without what equals the default."""
    findings = Findings()
    rest = _without_half_causes(changes, findings)
    causes = all_causes(rest)
    too_many = _too_many(rest, causes)
    if too_many:
        findings.problems += too_many
        return findings
    findings.problems += remedies.set_problems(
        {name: value for name, value in rest.items() if remedies.remedy_of(name)}
    )
    findings.problems += _called_alike(rest, causes)
    names = Names(causes, _currency(rest))
    for name, value in rest.items():
        problem, kept = _checked(name, value, names)
        if problem:
            findings.problems.append((name, problem))
        elif kept is not None:
            findings.changes[name] = kept
    return findings


def check_given(given: Mapping[str, Value], before: Mapping[str, Value] | None = None) -> Findings:
    """Return what `check` finds in rows as they are given, old names among them.

    They come on top of the changes `before`; a problem is reported under the name that was given.
    """
    before = before or {}
    now = spread(given, before)
    findings = check({**before, **now.rows})
    reported = [(now.given_as.get(name, name), text) for name, text in findings.problems]
    reported += [(name, "an old name beside the new one: once only") for name in now.doubled]
    findings.problems, findings.given_as = list(dict.fromkeys(reported)), now.given_as
    return findings


def _too_many(rows: Mapping[str, Value], causes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return which of causes, remedies and their changes are more than can be checked in time."""
    changes = sum(map(remedies.is_change, rows))
    counts = (
        ("incidents", len(causes), "causes", MOST_CAUSES),
        ("remedies", len(remedies.remedies(rows)), "remedies", MOST_REMEDIES),
        ("remedies", changes, "changes of all remedies together", MOST_CHANGES),
    )
    return [
        (name, f"{count} {what}: at most {most}")
        for name, count, what, most in counts
        if count > most
    ]


def _checked(name: str, value: Value, names: Names) -> tuple[str | None, Value | None]:
    """Return the problem of a row, or its value in normal form (None if it is the default)."""
    if name.startswith(correlations.PREFIX):
        return _correlation(name, value, names)
    if remedies.is_change(name):
        return _change(name, value, names)
    if name not in names.all and not remedies.remedy_of(name):
        return f"unknown name{names.hint(name)}", None
    item = declared(name, names.currency)
    if isinstance(item, Word):
        word = labels.one_line(value) if item.longest else value
        return word_problem(item, word), _unless_default(name, word, names.currency)
    if not isinstance(value, Belief):
        return f"value {quoted(str(value))}: a number or an interval is needed here", None
    problem, belief = judged(item, value)
    if name.endswith(".on") and not problem and belief.low not in (0.0, 1.0):
        problem = f"value {plain(belief.low)}: 0 (off) or 1 (on)"
    return problem, _unless_default(name, belief, names.currency)


def _unless_default(name: str, value: object, currency: str) -> Value | None:
    changed = value != default_of(name, currency)
    return value if changed and isinstance(value, Belief | str | Change) else None


def _currency(rows: Mapping[str, Value]) -> str:
    """Return the currency that rows are in; US dollars if what they say is none."""
    said = rows.get(CURRENCY)
    return said if isinstance(said, str) and said in currencies() else USD


def _called_alike(rows: Mapping[str, Value], causes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what is wrong with what causes are called, as (name, problem)s."""
    names = [f"incidents.{cause}{labels.LABEL}" for cause in causes]
    called = {name: str(rows.get(name, default_of(name))) for name in names}
    return labels.doubled(called, [name for name in names if name in rows])


def _without_half_causes(changes: Mapping[str, Value], findings: Findings) -> dict[str, Value]:
    """Drop the rows of added causes that lack a required field, and say what they lack."""
    missing = {
        cause: [part for part in CAUSE_REQUIRED if f"incidents.{cause}.{part}" not in changes]
        for cause in all_causes(changes)
        if cause not in CAUSES
    }
    names = Names(tuple(CAUSES))
    rest = dict(changes)
    for name in changes:
        lacks = missing.get(cause_of(name) or "")
        if lacks:
            needs = f"a new cause would also need {', '.join(lacks)}"
            findings.problems.append((name, f"unknown name{names.hint(name)}; {needs}"))
            del rest[name]
    return rest


def _change(name: str, value: Value, names: Names) -> tuple[str | None, Value | None]:
    if not isinstance(value, Change):
        return f"value {quoted(str(value))}: a change of an assumption is needed here", None
    problem, change = remedies.change_problem(name, value, names.causes, names.hint, names.currency)
    return problem, _unless_default(name, change, names.currency)


def _correlation(name: str, value: Value, names: Names) -> tuple[str | None, Value | None]:
    pair = correlations.pair_of(name, names.all.__contains__)
    if pair is None:
        return "unknown name: correlation.NAME_A.with.NAME_B is needed", None
    strangers = [part for part in pair if part not in names.all]
    if strangers:
        return f"unknown name {quoted(strangers[0])}{names.hint(strangers[0])}", None
    if not isinstance(value, Belief):
        return f"value {quoted(str(value))}: a number from -1 to 1 is needed here", None
    if not (value.low == value.high and -1.0 <= value.low <= 1.0):
        return f"low {plain(value.low)}, high {plain(value.high)}: one number from -1 to 1", None
    rho = kept_by_spreadsheets(float(value.low)) + 0.0
    is_default = rho == correlations.default_value(pair)
    return correlations.pair_problem(pair), None if is_default else Belief("normal", rho, rho)
