"""Repricing: the years of a block that a variant changes, alone or several variants at one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.arrays import Array, Mask
from model.chain.per_year import price
from model.decisions.apply_remedies import Treated, changing
from model.decisions.remedies import Draws, Variant, limits, orders
from model.decisions.same_incidents import Pool, gather
from model.incidents.types import Incidents
from model.runs.reuse.what_is_reused import draw_worlds
from model.worlds.prepared import Prepared
from model.worlds.streams import Block


def gathered(
    prepared: Prepared, block: Block, world_key: tuple[int, ...], variants: Sequence[Variant]
) -> tuple[Pool, Draws]:
    """Draw the worlds of a block and the pool of incidents that the variants need."""
    where = {"seed": block.seed, "worlds": block.worlds}
    values, _ = draw_worlds(prepared, block=world_key, **where)
    steps = tuple(dict.fromkeys(step for one in variants for step in one.steps))
    currency = prepared.scenario.currency
    draws = Draws.of_steps(steps, prepared.causes, key=world_key, currency=currency, **where)
    wanted = orders(prepared.causes, steps)
    pool = gather(prepared, values, limits(values, wanted, draws), block, changing(wanted))
    return pool, draws


def priced(treated: Treated, years: Mask) -> Array:
    """Return all columns of some years of a treated block, `(len(COLUMNS), years)`."""
    drawn, block = treated.drawn(years)
    return price(treated.pool.prepared, drawn, block).columns


def priced_together(treated: Sequence[Treated], years: Sequence[Mask]) -> list[Array]:
    """Return all columns of some years of each of several treated blocks, priced at one go.

    Small blocks cost little more together than one of them alone.
    """
    parts = [one.drawn(mine) for one, mine in zip(treated, years, strict=True)]
    blocks = [block for _, block in parts]
    starts = np.cumsum([0, *(block.years for block in blocks)])
    worlds = max(one.pool.block.worlds for one in treated)
    values = {
        name: _stacked([one.values[name] for one in treated], worlds) for name in treated[0].values
    }
    columns = {
        name: np.concatenate(
            [
                vars(drawn.incidents)[name] + (start if name == "year" else 0)
                for (drawn, _), start in zip(parts, starts, strict=False)
            ]
        )
        for name in vars(parts[0][0].incidents)
    }
    whole = replace(
        blocks[0],
        years=int(starts[-1]),
        world_of_year=np.concatenate([b.world_of_year + k * worlds for k, b in enumerate(blocks)]),
    )
    drawn = replace(parts[0][0], values=values, incidents=Incidents(**columns))
    together = price(treated[0].pool.prepared, drawn, whole).columns
    return np.split(together, starts[1:-1], axis=1)


def _stacked(values: Sequence[Array], worlds: int) -> Array:
    """Return the worlds of several blocks one after the other; one scalar if all are the same."""
    scalars = all(np.ndim(value) == 0 for value in values)
    if scalars and all(value == values[0] for value in values):
        return values[0]
    return np.concatenate([np.broadcast_to(value, (worlds,)) for value in values])
