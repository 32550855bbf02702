"""Repricing: the years of a block that a variant changes, alone or several variants at one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.arrays import Array, Mask
from model.chain.per_year import price
from model.decisions.apply_remedies import Treated
from model.decisions.remedies import Draws, Variant, limits
from model.decisions.same_incidents import Pool, gather
from model.incidents.types import Incidents
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.streams import Block


def gathered(
    scenario: Scenario, block: Block, world_key: tuple[int, ...], variants: Sequence[Variant]
) -> tuple[Pool, Draws]:
    """Draw the worlds of a block and the pool of incidents that the variants need."""
    worlds = int(block.world_of_year[-1]) + 1
    values, _ = draw(scenario, seed=block.seed, block=world_key, worlds=worlds)
    draws = Draws(block.seed, world_key, worlds)
    return gather(scenario, values, limits(scenario, values, variants, draws), block), draws


def priced(treated: Treated, years: Mask) -> Array:
    """Return all columns of some years of a treated block, `(len(COLUMNS), years)`."""
    struck, block = treated.struck(years)
    return price(treated.pool.scenario, struck, block).columns


def priced_together(treated: Sequence[Treated], years: Sequence[Mask]) -> list[Array]:
    """Return all columns of some years of each of several treated blocks, priced at one go.

    Small blocks cost little more together than one of them alone.
    """
    parts = [one.struck(mine) for one, mine in zip(treated, years, strict=True)]
    blocks = [block for _, block in parts]
    starts = np.cumsum([0, *(block.years for block in blocks)])
    worlds = max(int(one.pool.block.world_of_year[-1]) + 1 for one in treated)
    values = {
        name: _stacked([one.values[name] for one in treated], worlds) for name in treated[0].values
    }
    columns = {
        name: np.concatenate(
            [
                vars(struck.outages)[name] + (start if name == "year" else 0)
                for (struck, _), start in zip(parts, starts, strict=False)
            ]
        )
        for name in vars(parts[0][0].outages)
    }
    whole = replace(
        blocks[0],
        years=int(starts[-1]),
        world_of_year=np.concatenate([b.world_of_year + k * worlds for k, b in enumerate(blocks)]),
    )
    struck = replace(parts[0][0], values=values, outages=Incidents(**columns))
    together = price(treated[0].pool.scenario, struck, whole).columns
    return np.split(together, starts[1:-1], axis=1)


def _stacked(values: Sequence[Array], worlds: int) -> Array:
    """Return the worlds of several blocks one after the other; one scalar if all are the same."""
    if all(value is values[0] for value in values) and np.ndim(values[0]) == 0:
        return values[0]
    return np.concatenate([np.broadcast_to(value, (worlds,)) for value in values])
