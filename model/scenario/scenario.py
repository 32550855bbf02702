"""A scenario: a name, a note and what differs from the default (PRODUCT "Files").

>>> Scenario.default().with_({"platform.cpm": Belief("lognormal", 5.0, 9.0)}).changes
(('platform.cpm', Belief(shape='lognormal', low=5.0, high=9.0, mid=None)),)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from model import data
from model.assumptions import correlations, remedies
from model.assumptions.correlations import Pair
from model.assumptions.lookup import cause_of
from model.assumptions.messages import nearest, quoted, quoted_name
from model.assumptions.names import Value, all_causes, default_of, model_names, titled
from model.assumptions.remedies import Remedy
from model.assumptions.values import text_problem
from model.beliefs.belief import Belief
from model.limits import LONGEST_NAME, LONGEST_NOTE
from model.scenario import rows as scenario_csv
from model.scenario.old_names import current, given_twice
from model.scenario.sources import Source, content, one_line, preset_rows, stem
from model.scenario.validation import ScenarioError, check

# The texts of a scenario with their shortest and longest length.
TEXTS = {"scenario.name": (1, LONGEST_NAME), "scenario.note": (0, LONGEST_NOTE)}


@dataclass(frozen=True)
class Scenario:
    """All assumptions of a run, kept as the differences from the default.

    `changes` is sorted by name and normalised: what equals the default is absent. Values are
    beliefs, words, or changes of remedies.
    """

    name: str = "default"
    note: str = ""
    changes: tuple[tuple[str, Value], ...] = ()

    @staticmethod
    def default() -> Scenario:
        """Return the default scenario of MODEL §2."""
        return Scenario()

    @staticmethod
    def read(source: Source) -> Scenario:
        """Return the scenario in a file (path, bytes or open file); ScenarioError if it is bad.

        It is called as the file says, else like the file.
        """
        raw, file = content(source)
        found = scenario_csv.parsed(raw)
        texts = {name: value for name, value in found.values.items() if name in TEXTS}
        title = {"scenario.name": stem(file)} | texts
        findings = check({k: v for k, v in found.values.items() if k not in TEXTS})
        broken = {row for row, _ in found.problems}
        later = [*_text_problems(title), *findings.problems]
        rows = [(found.rows.get(name, 0), f"{quoted_name(name)}: {text}") for name, text in later]
        # A row whose cells are wrong already is not judged a second time.
        problems = [*found.problems, *(item for item in rows if item[0] not in broken)]
        if problems:
            raise ScenarioError(_placed(file, row, text) for row, text in sorted(problems))
        return _scenario(title, findings.changes)

    @staticmethod
    def presets() -> tuple[tuple[str, str, str], ...]:
        """Return the scenarios that come with the product: (id, name, note) each."""
        return tuple((row["id"], row["name"], row["note"]) for row in preset_rows())

    @staticmethod
    def preset(id: str) -> Scenario:
        """Return a scenario that comes with the product; ScenarioError for another id."""
        rows = {row["id"]: row for row in preset_rows()}
        if id not in rows:
            known = f"one of {', '.join(rows)}{nearest(id, rows)}"
            raise ScenarioError([f"preset {quoted(id)}: {known}"])
        row = rows[id]
        return replace(
            Scenario.read(data.path(row["file"])),
            name=one_line(row["name"]),
            note=one_line(row["note"]),
        )

    @cached_property
    def _changed(self) -> dict[str, Value]:
        return dict(self.changes)

    def value(self, name: str) -> Value:
        """Return what is in force under a full dotted name; KeyError if unknown."""
        if name in TEXTS:
            return self.name if name == "scenario.name" else self.note
        value = self._changed.get(name)
        if value is None and cause_of(name) in (None, *self.causes):
            value = default_of(name)
        if value is None:
            raise KeyError(name)
        return value

    def belief(self, name: str) -> Belief:
        """Return the belief in force, in the unit declared; KeyError unless it is a belief."""
        value = self.value(name)
        if not isinstance(value, Belief):
            raise KeyError(name)
        return value

    def word(self, name: str) -> str:
        """Return the word in force; KeyError unless it is a word."""
        value = self.value(name)
        if not isinstance(value, str):
            raise KeyError(name)
        return value

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """The causes: those of the default and then the added ones by name."""
        return all_causes(self._changed)

    @cached_property
    def remedies(self) -> tuple[Remedy, ...]:
        """The remedies: the library as edited here, then the added ones by name."""
        return remedies.assembled(self._changed)

    @cached_property
    def correlations(self) -> tuple[tuple[str, str, float], ...]:
        """The pairs whose rank correlation is not zero, by name, with Spearman's rho."""
        return tuple((*pair, rho) for pair, rho in self._pairs().items() if rho != 0.0)

    def _pairs(self) -> dict[Pair, float]:
        """Return every pair with a default or own value, by name; removed ones are 0."""
        known = frozenset(self.names())
        by_default = correlations.default_pairs(self.causes)
        pairs = dict.fromkeys(by_default, correlations.RATE_CORRELATION)
        for name, value in self.changes:
            if name.startswith(correlations.PREFIX) and isinstance(value, Belief):
                pair = correlations.pair_of(name, known.__contains__)
                pairs |= {pair: value.low} if pair else {}
        return dict(sorted(pairs.items()))

    def names(self) -> tuple[str, ...]:
        """Return the names of all beliefs and words of the model, in chain order."""
        return model_names(self.causes)

    def with_(self, changes: Mapping[str, Value]) -> Scenario:
        """Return this scenario with changes; ScenarioError with every problem if any is wrong."""
        texts = {name: value for name, value in changes.items() if name in TEXTS}
        title: dict[str, Value] = {"scenario.name": self.name, "scenario.note": self.note} | texts
        given = {k: v for k, v in changes.items() if k not in TEXTS}
        renamed = {correlations.canonical(current(name)): value for name, value in given.items()}
        problems = _text_problems(title)
        if len(renamed) < len(given):
            doubled = given_twice(given)
            problems += [(name, f"old name of {current(name)}: once only") for name in doubled]
            if not doubled:
                problems.append(("correlation", "the same pair twice: either order is one pair"))
        findings = check(self._changed | renamed)
        problems += findings.problems
        if problems:
            raise ScenarioError(f"{titled(name)}: {text}" for name, text in problems)
        return _scenario(title, findings.changes)

    def without(self, *names: str) -> Scenario:
        """Return this scenario with some rows, added causes or remedies back at their default.

        A name also stands for all below it: `incidents.x` takes out the cause x with its
        correlations. ScenarioError if something that stays needs what goes.
        """
        gone = {name for name in self._changed if any(_belongs(name, to) for to in names)}
        rest = {name: value for name, value in self._changed.items() if name not in gone}
        return Scenario(self.name, self.note).with_(rest)

    def to_csv(self) -> str:
        """Return the file's text with all rows in chain order; `scenario_csv.encoded` for bytes."""
        return scenario_csv.to_text(scenario_csv.rows_of(self._all_values(), self._changed))

    def changes_csv(self) -> str:
        """Return the file's text with the name, the note and what differs from the default."""
        kept = {"scenario.name", *(["scenario.note"] if self.note else []), *self._changed}
        values = ((name, value) for name, value in self._all_values() if name in kept)
        return scenario_csv.to_text(scenario_csv.rows_of(values, self._changed))

    def _all_values(self) -> Iterator[tuple[str, Value]]:
        """Yield every row in chain order: texts, model, correlations, remedies."""
        yield from ((name, self.value(name)) for name in (*TEXTS, *self.names()))
        for pair, rho in self._pairs().items():
            yield correlations.row_name(*pair), Belief("normal", rho, rho)
        for remedy in self.remedies:
            yield from remedies.rows_of(remedy).items()

    def digest(self) -> str:
        """Return the SHA-256 of all values in force, in hex; name and note do not count."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        values = [(name, value) for name, value in self._all_values() if name not in TEXTS]
        return hashlib.sha256(scenario_csv.canonical(values)).hexdigest()


def _scenario(title: Mapping[str, Value], changes: Mapping[str, Value]) -> Scenario:
    name, note = (one_line(str(title.get(name, ""))) for name in TEXTS)
    return Scenario(name, note, tuple(sorted(changes.items(), key=lambda item: item[0])))


def _text_problems(title: Mapping[str, Value]) -> list[tuple[str, str]]:
    found = []
    for name, value in title.items():
        text = one_line(value) if isinstance(value, str) else value
        shortest, longest = TEXTS[name]
        problem = text_problem(text, shortest, longest)
        found += [(name, problem)] if problem else []
    return found


def _belongs(name: str, above: str) -> bool:
    if name.startswith(correlations.PREFIX):
        pair = name.removeprefix(correlations.PREFIX).split(correlations.BETWEEN)
        below = any(part.startswith(f"{above}.") for part in pair)
        return below or name == correlations.canonical(above)
    return name == above or name.startswith(f"{above}.")


def _placed(file: str, row: int, text: str) -> str:
    return f"{file}, row {row}, {text}" if row else f"{file}: {text}"
