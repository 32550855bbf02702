"""Comparisons taken apart and put together: bit for bit what one comparison gives."""

from __future__ import annotations

import numpy as np
import pytest

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.decisions.compare import compare, put_together, taken_apart
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
SETS = [["graceful_degradation"], ["active_active"], ["capacity_headroom", "active_active"]]
YEARS = 1_500


@pytest.fixture(scope="module")
def whole():
    return compare(DEFAULT, SETS, years=YEARS, seed=4)


def same(a, b):
    assert a.sets == b.sets
    assert repr(a.rows()) == repr(b.rows())
    for name in a.names[1:]:
        assert a.components(name) == b.components(name)
        assert np.array_equal(a.curve(name)["loss_usd"], b.curve(name)["loss_usd"])


def test_apart_and_together_is_the_same(whole):
    same(put_together(DEFAULT, taken_apart(whole)), whole)


def test_sets_compared_alone_fit_those_compared_together(whole):
    alone = [compare(DEFAULT, [names], years=YEARS, seed=4) for names in SETS]
    same(put_together(DEFAULT, alone), whole)


def test_an_edited_remedy_needs_only_its_own_run(whole):
    dearer = {"remedies.active_active.annual": Belief("lognormal", 1e9, 2e9)}
    edited = DEFAULT.with_(dearer)
    parts = list(taken_apart(whole))
    parts[1:] = taken_apart(compare(edited, SETS[1:], years=YEARS, seed=4))
    same(put_together(edited, parts), compare(edited, SETS, years=YEARS, seed=4))


def test_a_long_troubled_youth_is_taken_along():
    """Where years cannot be weighed, the years priced again belong to the parts as well."""
    gain = Belief("lognormal", 25.0, 25.0)
    young = DEFAULT.with_({f"incidents.{c}.early_life_multiplier": gain for c in DEFAULT.causes})
    whole = compare(young, SETS, years=YEARS, seed=4)
    assert whole.older is not None
    same(put_together(young, taken_apart(whole)), whole)


def test_another_sample_does_not_fit(whole):
    """Negative control: a remedy that brings more repeats changes the sample itself."""
    more = Change("set", "recurrence.repeat_ratio", Belief("logitnormal", 0.6, 0.7))
    worse = DEFAULT.with_({"remedies.worse.change.1": more})
    other = compare(worse, [["worse"]], years=YEARS, seed=4)
    assert put_together(worse, [*taken_apart(whole), other]) is None
