"""Panels of a course in stretches, split until the bounds of their errors are within a tolerance.

On a panel what is lost is a quadratic through three Gauss nodes, and the calendar weight enters
exactly. So a panel errs by the loss not being a quadratic, and for that there is a bound.
"""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask, Selection
from model.chain.freshness import Appetite
from model.chain.panels.inputs import Given

_PANELS = 12.0  # panels among which the allowed error is first shared out
_LIFETIMES = 20.0  # time constants after which nothing is left of what fades
_MOST = 4  # equal panels into which one may be split for good
_GROWING = np.array((0.1, 0.3, 0.6))
_QUADRATIC = 1 / 120
"""Largest |G − quadratic| on a panel of length h, over h³·max|G‴|."""
_THROUGH = 3.4
"""The same over max|G|: one, and the largest sum of the three nodes' polynomials, 2.34."""


class Panels(NamedTuple):
    """Panels of many incidents, `(p,)` each: D = level + swing·e^(−x/τ), x hours into the panel."""

    owner: Index
    begin_h: Array
    """Hours since the incident's start."""
    length_h: Array
    level: Array
    swing: Array
    ads_loss: Array
    running: Mask
    shut: Mask
    """Whether nobody can view."""

    def where(self, chosen: Selection) -> Panels:
        """Return some of the panels."""
        return Panels(*map(itemgetter(chosen), self))

    def split(self, parts: Index, tau_h: Array) -> Panels:
        """Cut each panel into equal parts."""
        which = np.repeat(np.arange(len(parts)), parts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
        length = self.length_h[which] / parts[which]
        return self._part(which, place * length, length, tau_h)

    def grade(self, tau_h: Array) -> Panels:
        """Cut each panel into parts that grow, since what fades is liveliest at the beginning."""
        which = np.repeat(np.arange(len(self.owner)), len(_GROWING))
        length = self.length_h[:, None] * _GROWING
        since = np.cumsum(length, axis=1) - length
        return self._part(which, since.ravel(), length.ravel(), tau_h)

    def _part(self, which: Index, since_h: Array, length_h: Array, tau_h: Array) -> Panels:
        new = self.where(which)
        swing = new.swing * np.exp(since_h / -tau_h[new.owner])
        return new._replace(begin_h=new.begin_h + since_h, length_h=length_h, swing=swing)


def joined(some: list[Panels]) -> Panels:
    """Return the panels one after another."""
    return Panels(*map(np.concatenate, zip(*some, strict=True)))


def uncut(given: Given) -> Panels:
    """Return panels as long as they can be, from event to event."""
    course = given.course
    returning = (given.lag_h * (given.loss > 0.0)).max(axis=0)
    rest = _LIFETIMES * np.maximum(given.tau_h, np.where(given.entire, returning, 0.0))
    lengths = [*course.length_h[:-1], rest]
    return joined([_cut(given, k, length) for k, length in enumerate(lengths)])


def _cut(given: Given, k: int, length_h: Array) -> Panels:
    """Cut a stretch where D passes 0 and 1 and where viewing begins; leave out what loses nothing.

    A feed that is fresher than usual, or wholly stale, counts as one at rest there.
    """
    course, tau = given.course, given.tau_h
    begin, level = course.begin_h[k], course.level[k]
    swing = course.deficit[k] - level
    shut_h = _shut(given, begin, length_h)
    edges = [np.zeros_like(length_h), length_h]
    if shut_h.any():
        edges.append(shut_h)
    for height in (0.0, 1.0):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            crossing = np.nan_to_num(tau * np.log(swing / (height - level)))
        edges.append(np.clip(crossing, 0.0, length_h))
    settled = given.settles & (k == len(course.begin_h) - 1)
    pieces = []
    for left, right in pairwise(np.sort(edges, axis=0)):
        # In the middle of a long piece nothing may be left of a deficit that began above zero.
        inside = left + np.minimum(0.5 * (right - left), tau)
        deficit = level + swing * np.exp(inside / -tau)
        shut = inside < shut_h
        stale = (deficit > 0.0) & ~shut & ~settled
        live = stale & (deficit < 1.0)
        piece = Panels(
            owner=np.arange(len(begin)),
            begin_h=begin + left,
            length_h=right - left,
            level=np.where(live, level, stale),
            swing=np.where(live, swing * np.exp(left / -tau), 0.0),
            ads_loss=course.ads_loss[k],
            running=course.running[k],
            shut=shut,
        )
        counts = stale | ((piece.ads_loss > 0.0) & ~shut) | given.entire
        pieces.append(piece.where(counts & (right > left)))
    return joined(pieces)


def _shut(given: Given, begin_h: Array, length_h: Array) -> Array:
    """Return for how long from `begin_h` on all viewers are away, by bisection."""
    hours = np.zeros_like(length_h)
    where = np.flatnonzero(given.entire)
    at, low, high = begin_h[where], np.zeros(len(where)), length_h[where]
    middle = at + 0.5 * high
    for _ in range(60 if len(given.ends) > 1 and len(where) else 0):
        half = 0.5 * (low + high)
        full = given.gone(where, at + half, middle) > 1.0
        low, high = np.where(full, half, low), np.where(full, high, half)
    hours[where] = low
    return hours


def tolerance(given: Given, whole: Panels, allowed_h: float, allowed_share: float) -> Array:
    """Return the error allowed to a panel of each incident, hours, from the least it may lose."""
    owner, length = whole.owner, whole.length_h
    tau = given.tau_h[owner]
    stalest = Appetite(given.fresh_share, given.elasticity).lost(np.ones(len(given.start_h)))
    stale_h = whole.level * length - whole.swing * tau * np.expm1(length / -tau)
    stale_h *= np.minimum(given.elasticity, stalest)[owner]
    stale_h *= np.maximum(1.0 - given.gone(owner, whole.begin_h, whole.begin_h + 0.5 * length), 0.0)
    least = np.bincount(owner, stale_h, minlength=len(given.start_h))
    return np.asarray(np.maximum(allowed_h, allowed_share * least) / _PANELS)


def split(given: Given, panels: Panels, tolerance_h: Array) -> tuple[Panels, Array]:
    """Split panels until each keeps its tolerance; return them and the bound of |G − quadratic|."""
    done, misses = [], []
    while len(panels.owner):
        smooth, rough = _bounds(given, panels)
        allowed = tolerance_h[panels.owner] / panels.length_h
        miss = np.minimum(smooth, rough).sum(axis=0)
        cubed = smooth.sum(axis=0)
        parts = np.ceil(np.cbrt(np.clip(cubed / allowed, 1.0, 1e12))).astype(np.int64)
        parts[miss <= allowed] = 1
        fine = parts <= _MOST
        done.append(panels.where(fine).split(parts[fine], given.tau_h))
        misses.append(np.repeat(np.where(parts > 1, cubed / parts**3, miss)[fine], parts[fine]))
        panels = panels.where(~fine).grade(given.tau_h)
    return joined(done), np.concatenate(misses)


def _bounds(given: Given, panels: Panels) -> tuple[Array, Array]:
    """Bound |G − quadratic| by the third derivative of G and by its size; `(2, p)` each.

    First 1 − m(D) alone, then what viewers who return do to it.
    """
    owner, length = panels.owner, panels.length_h
    tau, f, slope = given.tau_h[owner], given.fresh_share[owner], given.elasticity[owner]
    off = panels.swing * np.stack([np.ones_like(tau), np.exp(length / -tau)])
    most = np.clip((panels.level + off).max(axis=0), 0.0, 1.0)
    left = np.clip(np.sort(1.0 - f * panels.level - f * off, axis=0), 1e-60, 1.0)
    # (1 − fD)^(ε/f − 1) is largest at one end of the panel.
    power = slope / f - 1.0
    steep = np.exp(np.minimum(power * np.log(np.where(power < 0.0, left[0], left[1])), 300.0))
    stale = np.minimum(slope * np.maximum(steep, 1.0) * most, 1.0)
    swing = np.abs(panels.swing)
    bend, turn = np.abs(f - slope) * swing / left[0], np.abs(2.0 * f - slope) * swing / left[0]
    first = slope * steep * swing / tau
    second = first * (1.0 + bend) / tau
    third = first * (1.0 + bend * (3.0 + turn)) / tau**2
    seen = stale + panels.ads_loss + given.entire[owner]
    gone, back = np.zeros_like(length), np.zeros_like(length)
    for share, per_h in given.away(owner, panels.begin_h, panels.begin_h + 0.5 * length):
        gone += np.where(per_h > 0.0, share, 0.0)
        back += share * per_h * (3.0 * second + per_h * (3.0 * first + per_h * seen))
    smooth = np.stack([third, np.where(panels.shut, 0.0, back)]) * (_QUADRATIC * length**3)
    moving = np.where(panels.shut, 0.0, seen * np.minimum(gone, 1.0))
    return smooth, np.stack([stale, moving]) * _THROUGH
