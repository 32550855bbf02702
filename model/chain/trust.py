"""Trust: viewers who come back less, and advertisers who pay less for them (MODEL §4.7).

Viewers who hit a failure lose trust, more so while trust is still missing from before and the more
days it fails. Trust drops when an incident (each of its phases) ends; `calendar.fading` weighs what
is missing with demand and price. Results are revenue-hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask
from model.chain.types import PhasedIncidents
from model.worlds.calendar import Cumulative, Fading
from model.worlds.clock import MONTH_H, YEAR_H

APART_H = 1.0
"""Incidents of a year that are nearer to each other are one for trust."""


class TrustTerms(NamedTuple):
    """World values behind trust, `(n,)` each."""

    effect: Array
    gain: Array
    recovery_h: Array
    permanent: Array
    horizon_h: Array

    def of(self, chosen: Index | slice) -> TrustTerms:
        """Return the terms of some incidents."""
        return TrustTerms(*(term[chosen] for term in self))


@dataclass(frozen=True)
class Harm:
    """What hits trust, by neighbours in time that are one for it, `(m,)` each.

    Everything has two parts: at the first failure, and what further days of failing add to it per
    unit of `recurrence_gain`.
    """

    hit: tuple[Array, Array]
    """Share of viewers who run into a failure."""
    shared: tuple[Array, Array]
    """The same, incidents and phases taken by themselves and added: the key of sharing out."""
    kept: tuple[Array, Array]
    """Of `shared`, what is still missing of the temporary part when the last one ends."""

    def of(self, chosen: Index | slice) -> Harm:
        """Return the harm of some incidents."""
        hit, shared, kept = (
            (first[chosen], further[chosen])
            for first, further in (self.hit, self.shared, self.kept)
        )
        return Harm(hit, shared, kept)

    def amount(self, parts: tuple[Array, Array], repeated: Array, gain: Array) -> Array:
        """Return a quantity where failing is repeated to this degree, from 0 to 1."""
        first, further = parts
        return np.asarray(first * (1.0 + gain * repeated) + gain * further)


def trust_drops(
    incidents: PhasedIncidents, visits_per_day: Array, year: Index, terms: TrustTerms
) -> Array:
    """Return ΔT of each phase of incidents sorted by year and start, `(phases, n)` (MODEL §4.7)."""
    ends = incidents.start_h + incidents.phase_ends
    end = np.asarray(ends[0] if len(ends) == 1 else ends.max(axis=0))
    first, further = _exposures(incidents.playback_loss, incidents.duration_h, visits_per_day)
    opens = _opening(year, incidents.start_h, end)
    own = np.flatnonzero(opens)
    of: Index = np.cumsum(opens, dtype=np.int64) - 1
    shared = _by_run(first, own), _by_run(further, own)
    last_end = np.maximum.reduceat(end, own) if len(own) else end
    faded = np.exp((ends - last_end.take(of)) / terms.recovery_h)
    kept = _by_run(first * faded, own), _by_run(further * faded, own)
    hit = _layered(incidents, of, own, visits_per_day, shared)
    harm = Harm(hit, shared, kept)
    mine = terms.of(own)
    repeated, drop = _one_after_another(
        year.take(own), incidents.start_h.take(own), last_end, harm, mine
    )
    if len(own) == len(of) and len(ends) == 1:
        return drop[None]
    part = harm.amount((first, further), repeated.take(of), terms.gain)
    whole = harm.amount(shared, repeated, mine.gain).take(of)
    # Exactly one where an incident of one phase stands alone, whatever happens in other years.
    part = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return np.asarray(part * drop.take(of))


def _exposures(loss: Array, hours: Array, visits_per_day: Array) -> tuple[Array, Array]:
    """Return the share of viewers hit within some hours, and × what is beyond the first day."""
    first = np.expm1(hours * (visits_per_day / -24.0))
    first *= -loss
    further = np.zeros_like(first)
    long = np.nonzero(hours > 24.0)
    further[long] = -first[long] * np.expm1(1.0 - hours[long] / 24.0)
    return first, further


def _opening(year: Index, start_h: Array, end_h: Array) -> Mask:
    """Tell which incidents are not neighbours of the one before, `(n,)`."""
    opens = np.ones(len(year), dtype=np.bool_)
    opens[1:] = (year[1:] != year[:-1]) | (start_h[1:] - end_h[:-1] >= APART_H)
    return opens


def _by_run(phases: Array, own: Index) -> Array:
    """Add up phases `(phases, n)` and neighbours, `(m,)`."""
    total = phases[0] if len(phases) == 1 else phases.sum(axis=0)
    same = len(own) == len(total)
    return np.asarray(total if same else np.add.reduceat(total, own))


def _layered(
    incidents: PhasedIncidents,
    of: Index,
    own: Index,
    visits_per_day: Array,
    shared: tuple[Array, Array],
) -> tuple[Array, Array]:
    """Return what is hit where neighbours and phases follow each other, `(m,)` both.

    The same viewers are hit throughout: ∫₀¹ dy over the hours τ(y) of a playback loss above y. Of
    phases that start together this is the sum over phases.
    """
    several = np.bincount(of, minlength=len(own)) > 1
    if incidents.offset_h is not None:
        several[:] = True
    chosen = np.flatnonzero(several[of])
    if not len(chosen):
        return shared
    which, loss, hours = _stretches(incidents.subset(chosen), of[chosen])
    order = np.lexsort((-loss, which))
    which, loss, hours = which[order], loss[order], hours[order]
    runs, first, count = np.unique(which, return_index=True, return_counts=True)
    # One run a row, so that no sum depends on what other runs there are.
    row, column = np.repeat(np.arange(len(runs)), count), np.arange(len(which))
    column -= np.repeat(first, count)
    levels, above_h = np.zeros((2, len(runs), int(count.max()) + 1))
    levels[row, column], above_h[row, column] = loss, hours
    np.cumsum(above_h, axis=1, out=above_h)
    visits = np.broadcast_to(visits_per_day, of.shape)[own].take(runs)
    found = _exposures(levels[:, :-1] - levels[:, 1:], above_h[:, :-1], visits[:, None])
    whole = shared[0].copy(), shared[1].copy()
    for total, part in zip(whole, found, strict=True):
        total[runs] = part.sum(axis=1)
    return whole


def _stretches(incidents: PhasedIncidents, which: Index) -> tuple[Index, Array, Array]:
    """Cut incidents where a phase begins or ends: owner, playback loss and hours of each part."""
    ends = incidents.phase_ends
    begins = np.zeros_like(ends) if incidents.offset_h is None else incidents.offset_h
    edges = np.sort(np.concatenate([begins, ends]), axis=0)
    middle = 0.5 * (edges[1:] + edges[:-1])
    loss = np.zeros_like(middle)
    for begin, end, lost in zip(begins, ends, incidents.playback_loss, strict=True):
        loss += lost * ((begin < middle) & (middle < end))
    owner = np.broadcast_to(which, middle.shape)
    return owner.ravel(), np.minimum(loss, 1.0).ravel(), np.diff(edges, axis=0).ravel()


def _one_after_another(
    year: Index, start_h: Array, end_h: Array, harm: Harm, terms: TrustTerms
) -> tuple[Array, Array]:
    """Return how far failing was repeated, from 0 to 1, and ΔT, `(m,)` both.

    What is still missing from the year's earlier incidents raises the harm of the next, so years
    advance together, one incident each at a time.
    """
    n = len(year)
    repeated = np.zeros(n)
    drop = np.minimum(terms.effect * harm.amount(harm.hit, repeated, terms.gain), 1.0)
    follows = np.zeros(n, dtype=np.bool_)
    follows[1:] = year[1:] == year[:-1]
    if not follows.any():
        return repeated, drop
    opening = np.maximum.accumulate(np.where(follows, 0, np.arange(n)))
    # Trust that was still to regain when the next incident began keeps regaining during it.
    fading = np.exp((start_h - end_h) / terms.recovery_h)
    since_last = np.ones(n)
    since_last[1:] = np.exp(np.minimum(end_h[:-1] - start_h[1:], 0.0) / terms.recovery_h[1:])
    lapsed = _lapsed(year, start_h, end_h, terms.horizon_h, opening)
    total, temporary = drop.copy(), drop * _kept(harm, repeated, terms)
    in_turn, rounds = _in_turn(np.flatnonzero(follows), opening)
    # Gathered once for all rounds, each of which is a piece of it.
    later, after = harm.of(in_turn), terms.of(in_turn)
    since_last, fading = since_last.take(in_turn), fading.take(in_turn)
    for part in rounds:
        i, its, own = in_turn[part], later.of(part), after.of(part)
        before = i - 1
        earlier = lasting = total.take(before)
        if lapsed is not None:
            gone = lapsed.take(i)
            old = np.where(gone > opening.take(i), total.take(np.maximum(gone - 1, 0)), 0.0)
            lasting = earlier - old
        regaining = temporary.take(before) * since_last[part]
        missing = regaining + own.permanent * lasting
        share = np.divide(missing, own.effect, out=np.zeros(len(i)), where=own.effect > 0)
        again = np.minimum(share, 1.0)
        here = np.minimum(own.effect * its.amount(its.hit, again, own.gain), 1.0 - missing)
        repeated[i], drop[i], total[i] = again, here, earlier + here
        temporary[i] = regaining * fading[part] + here * _kept(its, again, own)
    return repeated, drop


def _in_turn(following: Index, opening: Index) -> tuple[Index, list[slice]]:
    """Order incidents by how many of their year come before, and cut where that number changes."""
    number = following - opening.take(following)
    ends = np.cumsum(np.bincount(number)).tolist()
    in_turn = following.take(np.argsort(number.astype(np.int32), kind="stable"))
    return in_turn, [slice(begin, end) for begin, end in pairwise(ends)]


def _kept(harm: Harm, repeated: Array, terms: TrustTerms) -> Array:
    """Return the share of ΔT that is temporary and still missing at the end of the last phase."""
    left, whole = (harm.amount(each, repeated, terms.gain) for each in (harm.kept, harm.shared))
    part = np.divide(left, whole, out=np.ones(len(repeated)), where=whole > 0)
    return np.asarray(part * (1.0 - terms.permanent))


def _lapsed(
    year: Index, start_h: Array, end_h: Array, horizon_h: Array, opening: Index
) -> Index | None:
    """Index of the first incident of the same year whose horizon is not over at each start.

    None if no horizon is over within its year.
    """
    old = np.flatnonzero(start_h - horizon_h >= end_h[opening])
    if not len(old):
        return None
    lapsed = opening.copy()
    span = 2.0 * (1.0 + float(end_h.max()))
    keys = year * span + end_h
    lapsed[old] = np.searchsorted(keys, (year * span + start_h - horizon_h)[old], "right")
    return lapsed


class Trust(NamedTuple):
    """What the lost trust of each incident costs in viewing, weighted hours, `(n,)`."""

    temporary: Array
    permanent: Array
    permanent_after_year: Array
    """Part of the permanent loss that falls after the year's end."""


def trust_losses(
    end_h: Array, drop: Array, terms: TrustTerms, cumulative: Cumulative, fading: Fading
) -> Trust:
    """Return what missing trust costs in viewing against a weight (MODEL §4.7).

    `end_h` and `drop` are `(phases, n)`: each phase drops its part at its own end.
    """
    staying = terms.permanent * drop
    temporary = ((drop - staying) * fading.length(end_h, terms.recovery_h)).sum(axis=0)
    until = end_h + terms.horizon_h
    worth = cumulative.deviation(until)
    worth += until
    ended = cumulative.deviation(end_h)
    ended += end_h
    lasting = (staying * (worth - ended)).sum(axis=0)
    year_ended = YEAR_H + float(cumulative.deviation(np.array([float(YEAR_H)]))[0])
    after = (staying * np.maximum(worth - np.maximum(ended, year_ended), 0.0)).sum(axis=0)
    return Trust(temporary, lasting, after)


def horizon_hours(months: Array) -> Array:
    """Return months of 730 h as hours."""
    return months * MONTH_H
