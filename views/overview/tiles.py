"""The tiles of the overview: each figure over its range of what is not known, small its noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from model.drivers.ranges import Range, Ranges
from model.present.words import estimates
from model.present.words import headline as words
from model.present.words import numbers as fmt
from model.runs.standard_errors import Estimate
from views.session import state
from views.session.first_look import FirstLook
from views.session.runs import Run

COUNT = 6


@dataclass(frozen=True)
class _Tile:
    label: str
    figure: Estimate
    range_of: Callable[[Ranges], Range]
    meaning: str
    worded: Callable[..., str] = fmt.money

    def show(self, place: DeltaGenerator, known: Ranges | None) -> DeltaGenerator:
        noise = fmt.error(self.figure.standard_error, self.worded)
        about = estimates.span(*self.range_of(known), self.worded) if known else "range follows …"
        return place.metric(
            words.markdown(self.label),
            self._said(),
            words.markdown(about),
            delta_color="off",
            delta_arrow="off",
            delta_description=words.plain(noise),
            help=words.markdown(
                f"{self.meaning} {words.RANGE} {noise}: simulation noise (95\xa0%)."
            ),
            border=True,
            height="stretch",
        )

    def _said(self) -> str:
        if self.worded is fmt.share:
            return estimates.chance(self.figure)
        return self.worded(self.figure.value)


def show(
    places: list[DeltaGenerator], run: Run | FirstLook, known: Ranges | None
) -> list[DeltaGenerator]:
    """Show the tiles, with the ranges as soon as they are there; return where each of them is."""
    tiles = _tiles(run, state.current().tolerance_usd)
    return [tile.show(place, known) for place, tile in zip(places, tiles, strict=True)]


def _tiles(run: Run | FirstLook, tolerance_usd: float) -> tuple[_Tile, ...]:
    measures = {name: one.estimate for name, one in run.measures.items()}
    over = run.chance_over(tolerance_usd)
    tail = measures["tvar_95"]
    beyond = (
        f"One year in twenty costs more (VaR 95). Those years cost {fmt.money(tail.value)} on "
        f"average (TVaR 95, {fmt.error(tail.standard_error)})."
    )
    return (
        _Tile("Average year", measures["eal"], Ranges.mean, "Expected loss before SLA credit."),
        _Tile("Median year", measures["p50"], _at(0.5), "Half of the years cost less."),
        _Tile("1-in-10 year", measures["p90"], _at(0.9), "One year in ten costs more (VaR 90)."),
        _Tile("1-in-20 year", measures["p95"], _at(0.95), beyond),
        _Tile(
            label="No incident",
            figure=measures["p_no_incident"],
            range_of=Ranges.no_incident,
            meaning="Years without a visible incident.",
            worded=fmt.share,
        ),
        _Tile(
            label=f"Over {fmt.money(tolerance_usd, 3)}",
            figure=over,
            range_of=lambda known: known.chance_over(tolerance_usd),
            meaning=f"Years that cost more than your tolerance: {estimates.one_in(over)}.",
            worded=fmt.share,
        ),
    )


def _at(p: float) -> Callable[[Ranges], Range]:
    return lambda known: known.quantile(p)
