"""The sample of incidents: a row reprices to its loss, given its year and its world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from given import certain

from model.beliefs.belief import Belief
from model.chain.per_year import price
from model.incidents.draw import DrawnBlock, draw_block
from model.incidents.types import Incidents, alone
from model.present.files import tables
from model.runs.blocks import plan
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare
from model.worlds.streams import Block

YEARS, WORLDS, SEED = 400, 100, 3
REDUNDANT = {
    "resilience.failover_success": Belief("logitnormal", 0.4, 0.8),
    "resilience.playback_shield": Belief("logitnormal", 0.1, 0.5),
}
SCENARIOS = {
    "default": Scenario.default(),
    "failover and shield": Scenario.default().with_(REDUNDANT),
    "nothing left after failover": Scenario.default().with_(
        REDUNDANT | {"resilience.residual_impairment": certain(0.0)}
    ),
}


def sample_of(scenario: Scenario) -> pd.DataFrame:
    return tables.incidents(simulate(scenario, years=YEARS, worlds=WORLDS, seed=SEED))


def worlds_of(scenario: Scenario) -> tuple[Block, DrawnBlock]:
    """Return the first block of the run and its worlds; its incidents are not looked at."""
    block, world_key, _, _ = plan(scenario, YEARS, WORLDS).block(0, SEED)
    return block, draw_block(prepare(scenario), block, world_block=world_key)


def repriced(scenario: Scenario, rows: pd.DataFrame) -> np.ndarray:
    """Price the rows of whole years again, from their cells and the worlds of their years."""
    block, drawn = worlds_of(scenario)
    over = rows["failover_after_h"].to_numpy()
    nothing = np.zeros(len(rows))
    as_drawn = ("start_h", "duration_h", "publish_loss", "playback_loss", "ads_loss")
    cause = rows["cause"].map(scenario.causes.index).to_numpy()
    incidents = Incidents(
        year=rows["year"].to_numpy() - 1,
        cause=cause,
        causes=alone(cause),
        **{name: rows[name].to_numpy() for name in as_drawn},
        response_fixed_usd=rows["response_usd"].to_numpy(),
        response_usd_per_h=nothing,
        failover_time_h=np.nan_to_num(over),
        failover_chance=np.where(np.isnan(over), 1.0, 0.0),
    )
    again = replace(drawn, incidents=incidents)
    return price(prepare(scenario), again, block).loss_usd


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_row_reprices_to_its_loss_given_its_year_and_world(name: str):
    scenario = SCENARIOS[name]
    rows = sample_of(scenario)
    assert len(rows) > 300
    assert rows["failover_after_h"].notna().any() == (name != "default")
    np.testing.assert_allclose(repriced(scenario, rows), rows["loss_usd"], rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize("wrong", ["playback_loss", "failover_after_h"])
def test_without_a_cell_of_its_own_a_row_reprices_to_something_else(wrong: str):
    scenario = SCENARIOS["failover and shield"]
    rows = sample_of(scenario)
    spoiled = rows.assign(**{wrong: rows[f"{wrong}_effective"] if "loss" in wrong else np.nan})
    assert not np.allclose(repriced(scenario, spoiled), rows["loss_usd"], rtol=1e-3)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_in_effect_is_what_failover_and_shield_leave_over_the_hours(name: str):
    scenario = SCENARIOS[name]
    rows = sample_of(scenario)
    block, drawn = worlds_of(scenario)
    world = block.world_of_year[rows["year"].to_numpy() - 1]

    def value(of: str) -> np.ndarray:
        return np.broadcast_to(drawn.values[f"resilience.{of}"], (WORLDS,))[world]

    share = (rows["failover_after_h"] / rows["duration_h"]).fillna(1.0)
    left = share + (1 - share) * value("residual_impairment")
    shielded = 1 - value("playback_shield")
    for loss, kept in (("publish_loss", 1.0), ("playback_loss", shielded), ("ads_loss", 1.0)):
        np.testing.assert_allclose(rows[f"{loss}_effective"], rows[loss] * left * kept, rtol=1e-12)
