"""Names of rows: which a scenario may have, what they say by default, what they are called."""

from __future__ import annotations

from collections.abc import Iterable

from model.assumptions import correlations, remedies
from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSE_REQUIRED, CAUSE_WORDS, CAUSES
from model.assumptions.declaration import USD
from model.assumptions.defaults import ASSUMPTIONS, WORDS
from model.assumptions.lookup import Entry, cause_of, declared
from model.assumptions.messages import quoted_name
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief

Value = Belief | str | Change


def model_names(causes: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all beliefs and words of the model in chain order."""
    fields: tuple[Entry, ...] = (*CAUSE_FIELDS, *CAUSE_WORDS)
    blocks = [f"incidents.{cause}.{part.name}" for cause in causes for part in fields]
    simulation = _of_group("simulation")
    chain = [*_of_group("platform"), *(item.name for item in ASSUMPTIONS)]
    start = next(i for i, name in enumerate(chain) if name.startswith("simulation."))
    return (*chain[:start], *simulation, *chain[start:], *blocks, *_of_group("profiles"))


def _of_group(group: str) -> list[str]:
    return [word.name for word in WORDS if word.group == group]


def all_causes(changes: Iterable[str]) -> tuple[str, ...]:
    """Return the causes of the default and then those that the changes add, by name."""
    added = {cause_of(name) for name in changes} - set(CAUSES) - {None}
    return (*CAUSES, *sorted(name for name in added if name))


def default_of(name: str, currency: str = USD) -> Value | None:
    """Return what a row says unless a scenario changes it, None if it does not exist then.

    Money is in `currency`. KeyError if no scenario can have such a row. Rows of added causes do
    not exist unless changed.
    """
    if name.startswith(remedies.PREFIX):
        return remedies.default_of(name, currency)
    cause = cause_of(name)
    if cause not in (None, *CAUSES) and name.endswith(CAUSE_REQUIRED):
        return None
    return declared(name, currency).default


def titled(name: str) -> str:
    """Return what people call a row, and in brackets the name by which they find it.

    >>> titled("platform.cpm"), titled("nonsense")
    ('Price per 1,000 impressions (CPM) [platform.cpm]', 'nonsense')
    """
    label = _label(name)
    return f"{label} [{quoted_name(name)}]" if label else quoted_name(name)


def _label(name: str) -> str:
    if name.startswith(correlations.PREFIX):
        return "Rank correlation"
    if remedies.is_change(name):
        return f"Effect of {name.split('.')[1].replace('_', ' ')}"
    return declared(name).label if correlations.is_declared(name) else ""


def belongs(name: str, above: str) -> bool:
    """Tell whether a row is `above` or stands below it, a correlation below either of its two."""
    if name.startswith(correlations.PREFIX):
        pair = name.removeprefix(correlations.PREFIX).split(correlations.BETWEEN)
        below = any(part.startswith(f"{above}.") for part in pair)
        return below or name == correlations.canonical(above)
    return name == above or name.startswith(f"{above}.")
