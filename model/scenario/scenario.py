"""A scenario: a name, a note and what differs from the default (PRODUCT "Files").

>>> Scenario.default().with_({"platform.cpm": Belief("lognormal", 5.0, 9.0)}).changes
(('platform.cpm', Belief(shape='lognormal', low=5.0, high=9.0, mid=None)),)
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from model import data
from model.assumptions import correlations, remedies
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import belief_in, is_money
from model.assumptions.messages import nearest, quoted
from model.assumptions.names import Value, belongs, titled
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.scenario import provenance as evidence
from model.scenario import results_versions
from model.scenario import rows as scenario_csv
from model.scenario.in_force import InForce
from model.scenario.old_names import current, given_twice, said_of_each, today
from model.scenario.provenance import Given, Provenance
from model.scenario.reading import parsed
from model.scenario.sources import Source, content, one_line, preset_rows, stem
from model.scenario.texts import TEXTS, is_said, text_problems
from model.scenario.validation import ScenarioError, check_given
from model.version import RESULTS_VERSION

TOLERANCE = "simulation.tolerance"


OWN_VERSION = "Own version"
"""What a changed scenario is called that nobody has given a name."""


@dataclass(frozen=True)
class Scenario(InForce):
    """All assumptions of a run, kept as the differences from the default.

    `changes` is sorted by name and normalised: what equals the default is absent. Values are
    beliefs, words, or changes of remedies.
    """

    name: str = "default"
    note: str = ""
    changes: tuple[tuple[str, Value], ...] = ()
    provenance: tuple[tuple[str, Provenance], ...] = field(default=(), compare=False)
    """Where own values come from, by name; no part of what identifies a run."""

    def __post_init__(self) -> None:
        """Refuse texts that no file can carry, whoever makes a scenario; ScenarioError."""
        problems = text_problems(self._title) + evidence.all_problems(dict(self.provenance))
        if problems:
            raise ScenarioError(f"{titled(name)}: {text}" for name, text in problems)

    @property
    def title(self) -> str:
        """What it is called before people: default only when nothing differs from the default."""
        return OWN_VERSION if self.name == Scenario.name and self.changes else self.name

    @staticmethod
    def default() -> Scenario:
        """Return the default scenario of MODEL §2."""
        return Scenario()

    @staticmethod
    def read(source: Source) -> Scenario:
        """Return the scenario in a file (path, bytes or open file); ScenarioError if it is bad.

        It is called as the file says, else like the file.
        """
        return Scenario.read_with_remarks(source)[0]

    @staticmethod
    def read_with_remarks(source: Source, *, sheet: str = "") -> tuple[Scenario, tuple[str, ...]]:
        """Return the scenario in a file and how the file was understood, a line each.

        Without remarks the file is as the product writes it: no other dialect, no names of earlier
        versions, no defaults that have moved since. Of a workbook a `sheet` may be asked for.
        """
        raw, file = content(source)
        found = parsed(raw, file, sheet)
        version = found.values.pop(results_versions.NAME, None)
        title: dict[str, Value] = {"scenario.name": sheet or stem(file)}
        title |= {name: value for name, value in found.values.items() if name in TEXTS}
        findings = check_given({k: v for k, v in found.values.items() if k not in TEXTS})
        problem = results_versions.version_problem(str(version)) if version else None
        findings.problems += [(results_versions.NAME, problem)] if problem else []
        place = f"{file}, sheet {quoted(sheet)}" if sheet else file
        problems = found.placed(place, [*text_problems(title), *findings.problems])
        if problems:
            raise ScenarioError(problems)
        rows = (*found.rows, *findings.given_as)
        since = results_versions.remarks(str(version or 1), rows, findings.changes)
        provenance = said_of_each(found.provenance, findings.given_as)
        borrowed = evidence.borrowed(provenance, findings.changes)
        read = _scenario(title, findings.changes, provenance)
        return read, (*found.remarks, *since, *borrowed)

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
        name, note = (one_line(rows[id][part]) for part in ("name", "note"))
        return replace(Scenario.read(data.path(rows[id]["file"])), name=name, note=note)

    @property
    def _title(self) -> dict[str, Value]:
        return {"scenario.name": self.name, "scenario.note": self.note}

    def with_(self, changes: Mapping[str, Value], provenance: Given | None = None) -> Scenario:
        """Return this scenario with changes; ScenarioError with every problem if any is wrong.

        `provenance` says where values come from, new or not; an empty one takes back what is said.
        A value that changes loses what was said of the one before.
        """
        title = self._title | {name: value for name, value in changes.items() if name in TEXTS}
        given = {k: v for k, v in changes.items() if k not in TEXTS}
        renamed = {
            correlations.canonical(current(name)): today(name, value)
            for name, value in given.items()
        }
        problems = text_problems(title)
        if len(renamed) < len(given):
            doubled = given_twice(given)
            problems += [(name, f"old name of {current(name)}: once only") for name in doubled]
            if not doubled:
                problems.append(("correlation", "the same pair twice: either order is one pair"))
        findings = check_given(renamed, self._changed)
        problems += findings.problems
        named = {correlations.canonical(current(k)): one for k, one in (provenance or {}).items()}
        stated = said_of_each(named, findings.given_as)
        problems += evidence.all_problems(stated)
        if problems:
            raise ScenarioError(f"{titled(name)}: {text}" for name, text in problems)
        before, after = {**self._title, **self._changed}, {**title, **findings.changes}
        still = {k: one for k, one in self._own.items() if before.get(k) == after.get(k)}
        return _scenario(title, findings.changes, still | stated)

    def without(self, *names: str) -> Scenario:
        """Return this scenario with some rows, added causes or remedies back at their default.

        A name also stands for all below it: `incidents.x` takes out the cause x with its
        correlations. ScenarioError if something that stays needs what goes.
        """
        gone = {name for name in self._changed if any(belongs(name, to) for to in names)}
        rest = {name: value for name, value in self._changed.items() if name not in gone}
        own = {k: one for k, one in self._own.items() if not any(belongs(k, to) for to in names)}
        return Scenario(self.name, self.note).with_(rest, own)

    def in_currency(self, code: str) -> Scenario:
        """Return this scenario with all its amounts converted to a currency at the table's rate.

        `with_` says in which currency the numbers are, and leaves them as they stand.
        """
        if code == self.currency:
            return self
        converted = {name: self._converted(name, value, code) for name, value in self.changes}
        plain = Scenario(self.name, self.note)
        return plain.with_(converted | {CURRENCY: code}, self._own)

    @cached_property
    def own_amounts(self) -> tuple[str, ...]:
        """The changed rows that are amounts of money."""
        return tuple(name for name, value in self.changes if self._is_amount(name, value))

    def _is_amount(self, name: str, value: Value) -> bool:
        return not isinstance(value, str) and is_money(self._unit(name, value))

    def _converted(self, name: str, value: Value, code: str) -> Value:
        belief = value.belief if isinstance(value, Change) else value
        if not isinstance(belief, Belief) or not self._is_amount(name, value):
            return value
        other = belief_in(belief, code, of=self.currency)
        return replace(value, belief=other) if isinstance(value, Change) else other

    def _unit(self, name: str, value: Value) -> str:
        """Return the unit of the numbers of a row; none of a factor or a correlation."""
        if isinstance(value, Change):
            target = remedies.targets(value.path, self.causes, self.currency)
            return target.unit if target and value.kind == "set" else ""
        return "" if name.startswith(correlations.PREFIX) else self.assumption(name).unit

    def unsourced(self) -> Scenario:
        """Return this scenario without own provenance, for results that others may share."""
        return replace(self, provenance=()) if self.provenance else self

    def to_csv(self) -> str:
        """Return the file's text with all rows in chain order; `scenario_csv.encoded` for bytes."""
        return scenario_csv.to_text(self._rows())

    def to_xlsx(self) -> bytes:
        """Return the file of all rows as an .xlsx workbook."""
        return scenario_csv.to_workbook(self._rows())

    def changes_csv(self) -> str:
        """Return the file's text with the name, the note and what differs from the default."""
        return scenario_csv.to_text(self.changed_rows())

    def changed_rows(self) -> Iterator[scenario_csv.Row]:
        """Yield the rows of the name, the note and what differs from the default."""
        texts = ["scenario.name", *(["scenario.note"] if self.note else [])]
        kept = {*texts, results_versions.NAME, *self._changed, *self._own}
        return self._rows(kept)

    def rows_of(self, names: Container[str]) -> Iterator[scenario_csv.Row]:
        """Yield the rows of a file that are of some names, in chain order, changed or not."""
        return self._rows(names)

    def _rows(self, kept: Container[str] | None = None) -> Iterator[scenario_csv.Row]:
        edited = {*TEXTS, *self._changed}
        values = ((n, v) for n, v in self._all_values() if kept is None or n in kept)
        return scenario_csv.rows_of(values, edited, self._own, self.declared)

    def _all_values(self) -> Iterator[tuple[str, Value]]:
        """Yield every row in chain order: texts, model, correlations, remedies."""
        yield from ((name, self.value(name)) for name in TEXTS)
        yield results_versions.NAME, str(RESULTS_VERSION)
        yield from ((name, self.value(name)) for name in self.names())
        for pair, rho in self._pairs().items():
            yield correlations.row_name(*pair), Belief("normal", rho, rho)
        for remedy in self.remedies:
            yield from remedies.rows_of(remedy).items()

    @property
    def tolerance_usd(self) -> float:
        """The loss above which a year counts as bad, USD."""
        return self.belief(TOLERANCE).low

    def with_tolerance(self, usd: float) -> Scenario:
        """Return this scenario with another tolerance."""
        return self.with_({TOLERANCE: Belief("normal", usd, usd)})

    @cached_property
    def called(self) -> Scenario:
        """This scenario with its names, whatever its losses are held against."""
        return self.without(TOLERANCE) if TOLERANCE in self._changed else self

    @cached_property
    def simulated(self) -> Scenario:
        """This scenario as far as a run depends on it: whatever things are called."""
        beside = [name for name, _ in self.changes if name == TOLERANCE or is_said(name)]
        # What remedies are called stands in what is computed of them.
        beside = [name for name in beside if not name.startswith(remedies.PREFIX)]
        return self.without(*beside) if beside else self

    def digest(self) -> str:
        """Return the SHA-256 of all values in force, in hex; what things are called is none."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        values = [(name, value) for name, value in self._all_values() if not is_said(name)]
        return hashlib.sha256(scenario_csv.canonical(values)).hexdigest()


def _scenario(title: Mapping[str, Value], changes: Mapping[str, Value], given: Given) -> Scenario:
    name, note = (one_line(str(title.get(name, ""))) for name in TEXTS)
    own = evidence.kept(given, changes, frozenset(TEXTS))
    return Scenario(name, note, tuple(sorted(changes.items())), tuple(sorted(own.items())))
