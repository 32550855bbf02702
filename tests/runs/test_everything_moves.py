"""Every input moves something, and moves what its declaration says that it enters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest

from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSE_WORDS
from model.assumptions.correlations import LOSSES, pair_problem, row_name
from model.assumptions.declaration import (
    CONTRACT,
    DRAWN,
    LINKS,
    MONEY,
    PHASES,
    REMEDIES,
    VOLUMES,
    Assumption,
    Word,
)
from model.assumptions.defaults import (
    ASSUMPTIONS,
    REMEDY_FIELDS,
    REMEDY_LABEL,
    SCENARIO_WORDS,
    WORDS,
)
from model.assumptions.lookup import declared, values_of_worlds
from model.assumptions.remedies import FACTOR
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.chain.failover import fail_over, shield
from model.chain.per_year import COLUMNS, price
from model.chain.per_year import VOLUMES as LOST_VOLUMES
from model.chain.sessions import fast_links
from model.chain.types import Links
from model.decisions.compare import compare
from model.incidents.draw import draw_block, sample
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.texts import TEXTS
from model.worlds.draw import draw
from model.worlds.prepared import prepare
from model.worlds.streams import Block

YEARS = 2_000
BLOCK = Block(3, (0, 1), YEARS, np.arange(YEARS))
STEPS = {*DRAWN, PHASES, LINKS, VOLUMES, MONEY, CONTRACT, REMEDIES}


def share(low: float, high: float) -> Belief:
    return Belief("logitnormal", low, high)


FULL = Scenario.default().with_(
    {
        "resilience.failover_success": share(0.3, 0.9),
        "resilience.residual_impairment": share(0.05, 0.3),
        "resilience.playback_shield": share(0.1, 0.4),
        "platform.loss_share_borne": share(0.5, 0.9),
        "revenue.subscriptions_per_year": Belief("lognormal", 1e9, 2e9),
        **{
            f"incidents.{cause}.{field}": belief
            for cause in Scenario.default().causes
            for field, belief in (
                ("early_life_multiplier", Belief("lognormal", 1.5, 4.0)),
                ("early_life_months", Belief("lognormal", 4.0, 8.0)),
            )
        },
    }
)
"""Nothing is switched off: failover works at times, every cause has an early life."""


def certain(value: float) -> Belief:
    return Belief("normal", value, value)


def moved(name: str) -> Scenario:
    """The full scenario with one of its assumptions or words elsewhere."""
    item = declared(name)
    if isinstance(item, Word):
        words = {
            "simulation.start_date": "2026-07-01",
            "simulation.currency": "EUR",
            "simulation.time_zone": "Asia/Kolkata",
            "flat": "winter",
        }
        if item.longest:
            return FULL.with_({name: "Another name"})
        return FULL.with_({name: words.get(name) or words.get(FULL.word(name), "flat")})
    if name == "resilience.failover_success":
        # Whether a failover can work at all decides if its luck is drawn.
        return FULL.with_({name: certain(0.0)})
    belief = FULL.belief(name)
    if belief.certain:
        near, far = item.typical
        return FULL.with_({name: certain(near if near != belief.low else far)})
    return FULL.with_({name: replace(belief, high=(belief.low + belief.high) / 2)})


@lru_cache(maxsize=2)
def course_of(scenario: Scenario) -> dict[str, tuple[np.ndarray, ...]]:
    """What every step makes of a block of years: incidents, phases, links, columns."""
    ready = prepare(scenario)
    drawn = draw_block(ready, BLOCK, world_block=(0, 0))
    world = BLOCK.world_of_year[drawn.incidents.year]
    phased = shield(fail_over(drawn.incidents, drawn.values, world), drawn.values, world)
    session, backlog = fast_links(phased, drawn.values, world, ready.calendar)
    columns = dict(zip(COLUMNS, price(ready, drawn, BLOCK).columns, strict=True))
    return {
        "drawn": tuple(vars(drawn.incidents).values()),
        PHASES: tuple(column for column in vars(phased).values() if column is not None),
        LINKS: (*session, *backlog),
        VOLUMES: tuple(columns[name] for name in LOST_VOLUMES),
        MONEY: (columns["loss_usd"],),
        CONTRACT: (columns["sla_credit_usd"],),
    }


def steps_moved(name: str) -> set[str]:
    before, after = course_of(FULL), course_of(moved(name))
    return {
        step for step, arrays in before.items() if not all(map(np.array_equal, arrays, after[step]))
    }


FOLLOWING = {
    PHASES: {LINKS, VOLUMES, MONEY, CONTRACT},
    LINKS: {VOLUMES, MONEY},
}
"""What may follow from a step."""


@pytest.mark.parametrize("name", FULL.names())
def test_an_assumption_moves_what_it_enters(name: str) -> None:
    # What remedies cost is no step of a year; a test of comparisons moves it.
    enters, found = set(declared(name).enters) - {REMEDIES}, steps_moved(name)
    if declared(name).inert:
        assert not found
        return
    assert found, "nothing moved"
    if enters & DRAWN:
        assert "drawn" in found
    else:
        assert enters <= found
        assert found <= enters.union(*(FOLLOWING.get(step, set()) for step in enters))


def test_a_step_it_does_not_enter_would_be_noticed() -> None:
    """Negative control: each kind of step is entered by something that enters no other."""
    assert steps_moved("platform.cpm") == {VOLUMES}
    assert steps_moved("trust.recovery") == {MONEY}
    assert steps_moved("sla.scope_share") == {CONTRACT}
    assert LINKS in steps_moved("publishing.catch_up")
    assert {PHASES, LINKS} <= steps_moved("incidents.capacity.common_cause")


def test_every_declaration_says_what_it_enters_or_why_nothing() -> None:
    words = (*WORDS, *CAUSE_WORDS, REMEDY_LABEL, *SCENARIO_WORDS)
    items = (*ASSUMPTIONS, *CAUSE_FIELDS, *REMEDY_FIELDS, *words)
    for item in items:
        assert set(item.enters) <= STEPS, item.name
        assert bool(item.enters) != bool(item.inert), item.name
        assert isinstance(item, Word) or item.protects in ("low", "high"), item.name


def test_the_fast_links_take_what_is_declared_to_enter_them() -> None:
    fields = [name.split(".")[1] for name in values_of_worlds(LINKS)]
    assert fields == list(Links.__dataclass_fields__)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_inert_moves_nothing(name: str) -> None:
    after = simulate(FULL.with_({name: "something else"}), years=200)["net_loss_usd"]
    assert after.tobytes() == simulate(FULL, years=200)["net_loss_usd"].tobytes()


@pytest.mark.parametrize("field", [item.name for item in REMEDY_FIELDS])
def test_a_field_of_a_remedy_moves_the_comparison(field: str) -> None:
    values = {"on": certain(1.0), "life": certain(2.0)}
    price = (
        Belief("lognormal", 0.1, 0.2) if field.endswith("_share") else Belief("lognormal", 1e6, 4e6)
    )
    change = {f"remedies.active_active.{field}": values.get(field, price)}
    both = (compare(scenario, years=200).rows() for scenario in (FULL, FULL.with_(change)))
    assert tuple(next(both)) != tuple(next(both))


@pytest.mark.parametrize("kind", ["set", "scale"])
def test_a_change_of_a_remedy_moves_the_comparison(kind: str) -> None:
    def saving(belief: Belief) -> float:
        changed = {"remedies.own.change.1": Change(kind, "publishing.retry_share", belief)}
        return compare(FULL.with_(changed), [["own"]], years=200).row("own").delta_eal.value

    assert FACTOR.enters == (REMEDIES,)
    assert saving(certain(0.95)) != saving(certain(0.5))


# --- correlations -------------------------------------------------------------------------------


def accepted() -> Iterator[tuple[str, str]]:
    numbers = (name for name in FULL.names() if isinstance(declared(name), Assumption))
    pairs = ((min(pair), max(pair)) for pair in combinations(numbers, 2))
    for pair in pairs:
        if pair_problem(pair) is None:
            yield pair


FEW = Block(3, (0, 1), 8, np.arange(8))


def draws(scenario: Scenario) -> dict[str, np.ndarray]:
    """What is drawn of every belief, by name: in worlds, or in the incidents of eight years."""
    ready = prepare(scenario)
    values, _ = draw(ready, seed=3, block=(0, 0), worlds=8)
    incidents = sample(ready, values, FEW).drawn
    fields = {"duration": incidents.duration_h} | {loss: vars(incidents)[loss] for loss in LOSSES}
    own = {
        f"incidents.{cause}.{name}": column[incidents.cause == k]
        for k, cause in enumerate(ready.causes)
        for name, column in fields.items()
    }
    return {**values, **own}


def test_every_correlation_moves_one_of_its_two() -> None:
    """With the test above, every correlation moves what the two enter."""
    pairs, before = list(accepted()), draws(FULL)
    assert len(pairs) > 1_000
    for pair in pairs:
        after = draws(FULL.with_({row_name(*pair): certain(-0.3)}))
        assert any(not np.array_equal(after[name], before[name]) for name in pair), pair


def test_a_correlation_moves_the_loss() -> None:
    """The whole way for some of them: every belief with the next."""
    before = simulate(FULL, years=YEARS)
    names = [name for name in FULL.names() if isinstance(declared(name), Assumption)]
    pairs = {(min(pair), max(pair)) for pair in pairwise(names)} & set(accepted())
    assert len(pairs) > 30
    for pair in sorted(pairs)[::5]:
        after = simulate(FULL.with_({row_name(*pair): certain(0.7)}), years=YEARS)
        assert any(not np.array_equal(after[name], before[name]) for name in COLUMNS), pair
