"""A scenario made ready: equal like the scenario, small to send, and the same where it arrives."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.beliefs.belief import Belief
from model.incidents.draw import draw_block
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import Prepared, distribution, prepare
from model.worlds.streams import Block

DEFAULT = Scenario.default()
WIDE = DEFAULT.with_(
    {
        "incidents.capacity.early_life_months": Belief("lognormal", 3.0, 9.0),
        "incidents.capacity.duration": Belief("empirical:durations_oci_ashburn.csv", 0.0, 0.0),
    }
)


def drawn(ready: Prepared) -> dict[str, np.ndarray]:
    block = Block(2, (0, 1), 500, np.arange(500))
    return vars(draw_block(ready, block, world_block=(0, 0)).incidents)


def test_it_is_as_its_scenario() -> None:
    assert prepare(DEFAULT) == prepare(Scenario.default()) != prepare(WIDE)
    assert hash(prepare(DEFAULT)) == hash(prepare(Scenario.default()))


@pytest.mark.parametrize("scenario", [DEFAULT, WIDE], ids=["default", "wide"])
def test_it_travels_light(scenario: Scenario) -> None:
    """Its tables weigh megabytes and stay at home; they are made again from a few words."""
    ready = prepare(scenario)
    parcel = pickle.dumps(ready)
    assert len(parcel) < 30_000
    there: Prepared = pickle.loads(parcel)
    assert there == ready
    for name, column in drawn(ready).items():
        assert column.tobytes() == drawn(there)[name].tobytes(), name


def test_every_belief_is_there_as_the_scenario_has_it() -> None:
    ready = prepare(DEFAULT)
    for name in DEFAULT.names():
        if isinstance(declared(name), Assumption):
            found, wanted = ready.belief(name).distribution, distribution(DEFAULT, name)
            assert found.median() == wanted.median(), name


def test_what_a_cause_is_drawn_from_is_its_own_and_what_all_share() -> None:
    behind = dict(prepare(DEFAULT).behind["capacity"])
    assert behind["incidents.capacity.timing"] == "load"
    assert "recurrence.repeat_ratio" in behind
    assert "platform.cpm" not in behind
    assert not any(name.startswith("incidents.network_latency") for name in behind)


def test_a_world_has_the_same_bits_however_many_are_drawn() -> None:
    """Also where beliefs are correlated: no product of matrices rounds by the number of columns."""
    ready = prepare(DEFAULT)
    few, many = (draw(ready, seed=2, block=(0, 0), worlds=n)[0] for n in (7, 5_000))
    assert ready.between_worlds.names
    for name in ready.uncertain:
        assert np.array_equal(few[name], many[name][:7]), name
