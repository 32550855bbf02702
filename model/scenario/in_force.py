"""What is in force in a scenario: values, declarations in its currency, causes, remedies, pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from model.assumptions import correlations, remedies
from model.assumptions.correlations import Pair
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.declaration import USD, Assumption
from model.assumptions.labels import LABEL
from model.assumptions.lookup import Entry, cause_label, cause_of
from model.assumptions.lookup import declared as declared_as
from model.assumptions.names import Value, all_causes, default_of, model_names
from model.assumptions.remedy_library import Remedy
from model.beliefs.belief import Belief
from model.scenario import provenance as evidence
from model.scenario.provenance import NONE, Provenance
from model.scenario.texts import TEXTS


class InForce:
    """The part of a scenario that is asked and never changed."""

    name: str
    note: str
    changes: tuple[tuple[str, Value], ...]
    provenance: tuple[tuple[str, Provenance], ...]

    @cached_property
    def _changed(self) -> dict[str, Value]:
        return dict(self.changes)

    def value(self, name: str) -> Value:
        """Return what is in force under a full dotted name; KeyError if unknown."""
        if name in TEXTS:
            return self.name if name == "scenario.name" else self.note
        value = self._changed.get(name)
        if value is None and cause_of(name) in (None, *self.causes):
            value = default_of(name, self.currency)
        if value is None:
            raise KeyError(name)
        return value

    def default_of(self, name: str) -> Value | None:
        """Return what a row says unless it is changed, in this currency; None if nothing."""
        return default_of(name, self.currency)

    def declared(self, name: str) -> Entry:
        """Return a row's declaration as this scenario says it: its currency, its names of causes.

        KeyError if no scenario can have such a row.
        """
        return declared_as(name, self.currency, self._called(name))

    def assumption(self, name: str) -> Assumption:
        """Return the declaration of a belief, as `declared`; KeyError if the name is not one."""
        item = self.declared(name)
        if not isinstance(item, Assumption):
            raise KeyError(name)
        return item

    def _called(self, name: str) -> str:
        """Return what the cause or remedy of a row is called; nothing for other rows."""
        cause, remedy = cause_of(name), remedies.remedy_of(name)
        if cause:
            return self.cause_label(cause)
        return next((one.label for one in self.remedies if one.name == remedy), "")

    @cached_property
    def currency(self) -> str:
        """The ISO 4217 code of the currency in which all its money is."""
        return str(self._changed.get(CURRENCY, USD))

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone of its clock."""
        return self.word("simulation.time_zone")

    @property
    def platform(self) -> str:
        """What the platform is called."""
        return self.word("platform.name")

    def cause_label(self, cause: str) -> str:
        """Return what a cause is called."""
        return str(self._changed.get(f"incidents.{cause}{LABEL}", cause_label(cause)))

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
        return tuple(map(self._sourced, remedies.assembled(self._changed)))

    def _sourced(self, remedy: Remedy) -> Remedy:
        """Return an edited remedy with the source of its first row that has one."""
        if remedy.source != remedies.SET_HERE:
            return remedy
        rows = (self._own.get(row, NONE) for row in remedies.rows_of(remedy))
        given = next((one for one in rows if one.source), None)
        return replace(remedy, source=given.source, grade=given.graded) if given else remedy

    @cached_property
    def correlations(self) -> tuple[tuple[str, str, float], ...]:
        """The pairs whose rank correlation is not zero, by name, with Spearman's rho."""
        return tuple((*pair, rho) for pair, rho in self._pairs().items() if rho != 0.0)

    def _pairs(self) -> dict[Pair, float]:
        """Return every pair with a default or own value, by name; removed ones are 0."""
        known = frozenset(self.names())
        by_default = correlations.default_pairs(self.causes)
        pairs = {pair: correlations.default_value(pair) for pair in by_default}
        for name, value in self.changes:
            if name.startswith(correlations.PREFIX) and isinstance(value, Belief):
                pair = correlations.pair_of(name, known.__contains__)
                pairs |= {pair: value.low} if pair else {}
        return dict(sorted(pairs.items()))

    def names(self) -> tuple[str, ...]:
        """Return the names of all beliefs and words of the model, in chain order."""
        return model_names(self.causes)

    def evidence(self, name: str) -> Provenance:
        """Return where the value in force comes from: its own provenance, else the default's.

        Of a changed value nothing but its own: what the default rests on says nothing about it.
        """
        own = self._own.get(name)
        if own is not None or name in self._changed:
            return own or NONE
        return evidence.of_default(name)

    @cached_property
    def _own(self) -> dict[str, Provenance]:
        return dict(self.provenance)
